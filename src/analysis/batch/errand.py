"""What a worker of a cluster does with a task: in its surroundings, alone, and noted down."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import re
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from analysis.batch.failure import MOST_DEATHS, WorkerDied
from analysis.batch.fingerprint import NOTEBOOK_ROOMS, REPORT_ROOMS, environment_hash
from analysis.batch.outcome import Outcome, this_process
from analysis.batch.same_source import source_now, tree_now
from analysis.batch.scratch import is_alive
from analysis.batch.workers import begin_work
from analysis.core.errors import BuildError
from analysis.core.paths import project_root, write_text
from analysis.core.remote import bring, brought

# papermill changes the process's folder: a worker with several threads does one task after the other.
_ALONE = threading.Lock()
_ENDED = "ended.json"


class ClusterLost(BuildError):  # noqa: N818 - the house names errors by what is wrong
    """The scheduler or all of its workers went away, or do not do for this batch."""

    #: How every run of the batch ended, where it had begun.
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class Errand:
    """A task that returns an Outcome, pickled, and what it is to be carried out with."""

    call: bytes
    environment: Mapping[str, str]
    #: A folder of its own, on a file system that all workers share: a file for each worker that began it.
    marks: Path
    made_by: Mapping[str, str]
    #: Address of the data where each machine has a copy, and which data they are; "" where all see a folder.
    data: str = ""
    data_mark: str = ""


def carry(errand: Errand) -> Outcome:
    """Carry a task out on this worker.

    Raises WorkerDied where MOST_DEATHS workers have begun it and come to no end, and ClusterLost where this
    machine would make other results than the batch's own.
    """
    with _ALONE:
        _check_this_machine(errand)
        begin_work(errand.environment)
        if (ended := errand.marks / _ENDED).is_file():
            # Made already; its worker went away before anybody had heard of it.
            return Outcome(**json.loads(ended.read_text(encoding="utf-8")))
        deaths = read_deaths(errand.marks)
        if len(deaths) >= MOST_DEATHS:
            raise WorkerDied.after(deaths)
        now = f"{dt.datetime.now():%Y-%m-%d %H:%M:%S}"
        mark = f"{now}: process {this_process()} began the run and was gone before its end"
        write_text(errand.marks / f"begun-{len(deaths) + 1}.txt", mark)
        outcome = pickle.loads(errand.call)()
        write_text(ended, json.dumps(asdict(outcome)))
        return outcome


def read_deaths(marks: Path) -> list[str]:
    """Return what the workers noted that began a task, where none has come to its end."""
    return [path.read_text(encoding="utf-8") for path in sorted(marks.glob("begun-*.txt"))]


def last_word(marks: Path, given_up: int) -> Exception | None:
    """Return what a task has failed with that a scheduler has given up so many times; None: do it again."""
    try:
        deaths = read_deaths(marks)
    except OSError as error:
        return error
    if len(deaths) >= MOST_DEATHS:
        return WorkerDied.after(deaths)
    return WorkerDied.waited_for(given_up, deaths) if given_up >= MOST_DEATHS else None


def wait_for_what_is_begun(marks: Path, seconds: float) -> None:
    """Return when no task that a worker has begun is under way, at the latest after so many seconds.

    `marks` holds the folders of all tasks. Of a worker on another machine nobody knows here whether it lives.
    """
    last = time.monotonic() + seconds
    while time.monotonic() < last and any(map(_is_under_way, marks.glob("*"))):
        time.sleep(0.1)


def _is_under_way(marks: Path) -> bool:
    if (marks / _ENDED).is_file() or not (begun := read_deaths(marks)):
        return False
    worker = re.search(r"process (\d+) on (\S+) began", begun[-1])
    here = worker is not None and worker[2] == socket.gethostname()
    return not here or is_alive(int(worker[1]))


@cache
def made_by() -> dict[str, str]:
    """Return the hashes of what makes results here: packages, this one's source, the reports' templates.

    Once in a process: what was changed after that it has not imported.
    """
    return {
        "packages": environment_hash(),
        "source": source_now(NOTEBOOK_ROOMS) + source_now(REPORT_ROOMS),
        "templates": tree_now(("reports", "_quarto.yml", "requirements.lock"), project_root()),
    }


def look_around(paths: Mapping[str, str]) -> dict[str, dict]:
    """Return which of the named paths are there for this worker, and what it makes results with."""
    return {"there": {name: Path(path).exists() for name, path in paths.items()}, "made_by": made_by()}


def check_worker(worker: str, found: object, seen: Mapping[str, Path]) -> None:
    """Raise ClusterLost where what a worker said of itself will not do; `seen` names what it has to see."""
    if isinstance(found, BaseException):
        raise ClusterLost(
            "a worker cannot be used",
            where=worker,
            found=f"{type(found).__name__}: {found}",
            expected="a worker with this version of the package installed",
            todo="install it there as it is here, by the lock, and start the worker again",
        )
    for name, there in found["there"].items():
        if not there:
            raise ClusterLost(
                f"a worker does not see {name}",
                where=worker,
                found=f"no {seen[name]}",
                expected="a shared file system, with the same paths on all machines",
                todo="see docs/how-to/run-on-a-cluster.md",
            )
    if found["made_by"] != made_by():
        differ = [name for name, mark in made_by().items() if found["made_by"].get(name) != mark]
        raise ClusterLost(
            "a worker would make other results",
            where=worker,
            found=f"its {' and '.join(differ)} differ from this machine's",
            expected="the same Python, the same versions of all packages, the same source",
            todo="install it there as it is here, by the lock, and start the worker again",
        )


def _check_this_machine(errand: Errand) -> None:
    if made_by() != errand.made_by:
        # One that came later: those that were there at the start have been asked.
        raise ClusterLost(
            "a worker would make other results",
            where=socket.gethostname(),
            expected="the same Python, the same versions of all packages, the same source",
            todo="install it there as it is here, by the lock, and start the worker again",
        )
    if errand.data and brought(errand.data) != errand.data_mark and bring(errand.data) != errand.data_mark:
        raise ClusterLost(
            "the data were changed while the batch was at work",
            where=errand.data,
            todo="give the same command again: it is planned anew",
        )
