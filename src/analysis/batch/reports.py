"""Make one report of the runs that it needs: assemble the book, render it."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from analysis.batch.failure import record_failure
from analysis.batch.folder import RECORD, file_hash, set_aside, write_record
from analysis.batch.outcome import Outcome
from analysis.batch.runs import Run
from analysis.core.settings import load_batch


def make_report(run: Run, *, build: Path, key: str) -> Outcome:
    """Assemble a municipality's book and render the formats that the run names; in a worker process.

    Without formats the book is only assembled. A report that cannot be made is recorded as a failure, and
    what there is of it is set aside.
    """
    clock = time.perf_counter()
    folder = build / run.folder
    try:
        # Heavy, and needed in the workers alone.
        from analysis.report import assemble, render  # noqa: PLC0415

        # First of all: a kill halfway must not leave the record of an older, whole report.
        (folder / RECORD).unlink(missing_ok=True)
        batch = load_batch(build / "batch.yaml")
        book = assemble(build, run.municipality, run.parameters["edition"], batch)
        made = render(book, formats=tuple(run.parameters["formats"])) if run.parameters["formats"] else None
        outputs = [Path(path) for path in made.files.values()] if made else [Path(book) / "_quarto.yml"]
        files = {path.relative_to(folder).as_posix(): file_hash(path) for path in outputs if path.is_file()}
        write_record(folder, {"id": run.id, "outcome": "done", "key": key, "files": files})
        return Outcome(id=run.id, outcome="done", seconds=time.perf_counter() - clock)
    except Exception as error:
        with contextlib.suppress(OSError):
            set_aside(build, run.folder)
        return record_failure(run, error, build=build, seconds=time.perf_counter() - clock)
