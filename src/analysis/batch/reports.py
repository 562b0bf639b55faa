"""Make one report of the runs that it needs: assemble its books, render them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from analysis.batch.failure import record_failure
from analysis.batch.fingerprint import REPORT_ROOMS
from analysis.batch.folder import RECORD, file_hash, reach_disk, set_aside, write_record
from analysis.batch.kernels.guard import RunLimits
from analysis.batch.key import Key
from analysis.batch.outcome import Outcome, this_process
from analysis.batch.renderer_guard import RendererGuard
from analysis.batch.runs import NATIONAL, Run
from analysis.batch.same_source import is_as_planned
from analysis.core.memory import give_memory_back
from analysis.core.settings import EDITIONS, load_batch

_DEFAULT_LIMITS = RunLimits()


def make_report(run: Run, *, build: Path, key: Key, limits: RunLimits = _DEFAULT_LIMITS) -> Outcome:
    """Make every book of one edition, in the formats that the run names; in a worker process.

    Without formats the books are only assembled. An edition that cannot be made whole is recorded as a
    failure, with the book's name where it has several, and what there is of it is set aside. What renders is
    ended where it goes over a limit.
    """
    clock = time.perf_counter()
    guard = RendererGuard(limits)
    outcome = _make(run, build, key, guard)
    seconds = time.perf_counter() - clock
    return replace(outcome, seconds=seconds, memory_mib=guard.peak_mib, worker=this_process())


def _make(run: Run, build: Path, key: Key, guard: RendererGuard) -> Outcome:
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
        with guard:
            for book in books:
                at_work = f"{run.municipality}/{book.folder}" if book.folder != edition else ""
                guard.began_book()
                outputs += make_book(sources, book, formats=formats)
        at_work = ""
        folder.mkdir(parents=True, exist_ok=True)
        files = {path.relative_to(folder).as_posix(): file_hash(path) for path in outputs if path.is_file()}
        # A record that outlives a power loss must not stand for pages that do not.
        reach_disk(folder)
        if is_as_planned(key, REPORT_ROOMS):
            write_record(folder, {"id": run.id, "outcome": "done", **key.recorded(), "files": files})
        return Outcome(id=run.id, outcome="done")
    except Exception as error:
        with contextlib.suppress(OSError):
            set_aside(build, run.folder)
        if guard.fault is not None:
            # What the renderer's end was taken for is told with it.
            guard.fault.__cause__ = error
            error = guard.fault
        if at_work:
            error.add_note(f"in the book {at_work}")
        outcome = record_failure(run, error, build=build)
        named = "\n".join(part for part in (at_work, outcome.message) if part)
        return replace(outcome, message=named)
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
