"""Make one report of the runs that it needs: assemble its books, render them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from analysis.batch.failure import record_failure
from analysis.batch.folder import RECORD, file_hash, reach_disk, set_aside, write_record
from analysis.batch.key import Key
from analysis.batch.outcome import Outcome, this_process
from analysis.batch.runs import NATIONAL, Run
from analysis.core.memory import give_memory_back
from analysis.core.settings import EDITIONS, load_batch


def make_report(run: Run, *, build: Path, key: Key) -> Outcome:
    """Make every book of one edition, in the formats that the run names; in a worker process.

    Without formats the books are only assembled. An edition that cannot be made whole is recorded as a
    failure, with the book's name where it has several, and what there is of it is set aside.
    """
    clock = time.perf_counter()
    folder = build / run.folder
    at_work = ""
    try:
        # Heavy, and needed in the workers alone.
        from analysis.report import Sources, edition_books, make_book  # noqa: PLC0415

        # First of all: a kill halfway must not leave the record of an older, whole report.
        (folder / RECORD).unlink(missing_ok=True)
        edition, formats = run.parameters["edition"], tuple(run.parameters["formats"])
        sources = Sources(build, run.municipality, load_batch(build / "batch.yaml"))
        outputs: list[Path] = []
        books = edition_books(sources, edition)
        _set_others_aside(build, run, {f"{run.municipality}/{book.folder}" for book in books})
        for book in books:
            at_work = f"{run.municipality}/{book.folder}" if book.folder != edition else ""
            outputs += make_book(sources, book, formats=formats)
        at_work = ""
        folder.mkdir(parents=True, exist_ok=True)
        files = {path.relative_to(folder).as_posix(): file_hash(path) for path in outputs if path.is_file()}
        # A record that outlives a power loss must not stand for pages that do not.
        reach_disk(folder)
        write_record(folder, {"id": run.id, "outcome": "done", **key.recorded(), "files": files})
        seconds, worker = time.perf_counter() - clock, this_process()
        return Outcome(id=run.id, outcome="done", seconds=seconds, worker=worker)
    except Exception as error:
        with contextlib.suppress(OSError):
            set_aside(build, run.folder)
        if at_work:
            error.add_note(f"in the book {at_work}")
        outcome = record_failure(run, error, build=build, seconds=time.perf_counter() - clock)
        named = "\n".join(part for part in (at_work, outcome.message) if part)
        return replace(outcome, message=named, worker=this_process())
    finally:
        give_memory_back()


def report_folders(build: Path) -> Iterator[tuple[str, Path]]:
    """Yield the id and folder of every report that is in a build folder, in order."""
    for folder in sorted(p for p in build.glob("*/*") if p.is_dir()):
        place, name = folder.parts[-2:]
        if (name in EDITIONS and not place.startswith(("_", "."))) or f"{place}/{name}" == NATIONAL:
            yield f"{place}/{name}", folder


def _set_others_aside(build: Path, run: Run, books: set[str]) -> None:
    """Take away books of units and services that have none now: they must not pass for this round's.

    They lie under `_protected/stale/` until the run has ended well, and are gone then.
    """
    if run.folder in books or run.id == NATIONAL:
        return
    for folder in sorted(p for p in (build / run.folder).glob("[!.]*") if p.is_dir()):
        if f"{run.folder}/{folder.name}" not in books:
            set_aside(build, f"{run.folder}/{folder.name}")
