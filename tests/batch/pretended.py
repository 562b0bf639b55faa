"""Stands in for executing notebooks and making reports, where only what is around them is tried.

In a module of its own, without pytest: worker processes import it.
"""

import os
import signal
import time
from concurrent.futures import Future
from pathlib import Path

from analysis.batch.failure import record_failure
from analysis.batch.folder import FACTS, beside, file_hash, put_in_place, set_aside, write_record
from analysis.batch.kernels.guard import RunLimits
from analysis.batch.key import Key
from analysis.batch.outcome import Outcome
from analysis.batch.runs import Run


class InProcess:
    """A pool of no processes: every task is done when it is handed in."""

    def __init__(self, workers: int, environment: dict[str, str], **options: object) -> None:
        self.at_once, self.options = workers, options

    def submit(self, task, *args, **options) -> Future:
        future: Future = Future()
        try:
            future.set_result(task(*args, **options))
        except Exception as error:
            future.set_exception(error)
        return future

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        """Nothing to end."""


def pretend(
    run: Run, *, build: Path, key: Key, notebook: Path | None = None, limits: RunLimits | None = None
) -> Outcome:
    """Write a run's folder; fail, wait or die where `<build>/../wanted/<id with ->` says so."""
    wanted = build.parent / "wanted" / run.id.replace("/", "-")
    word = wanted.read_text() if wanted.is_file() else "done"
    while word == "wait":
        (build.parent / "waiting").touch()
        time.sleep(0.05)
        word = wanted.read_text() if wanted.is_file() else "done"
    if word.startswith("die"):
        if word == "die once":
            wanted.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "fail":
        set_aside(build, run.folder)
        return record_failure(run, ValueError("answered 2"), build=build)
    part = beside(build / run.folder)
    (part / FACTS).write_text(word)
    write_record(
        part, {"id": run.id, "outcome": "done", **key.recorded(), "files": {FACTS: file_hash(part / FACTS)}}
    )
    put_in_place(part, build / run.folder)
    return Outcome(id=run.id, outcome="done", seconds=0.1)
