"""Make a batch: plan it, run what is not current, say what came of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from analysis.batch.batchfile import check_build_folder, default_build, keep_batch_file
from analysis.batch.folder import clear_leftovers, run_folders, set_aside
from analysis.batch.lock import hold
from analysis.batch.outcome import Outcome
from analysis.batch.plan import Plan, make_plan, write_plan
from analysis.batch.pool import usable_processors
from analysis.batch.progress import Bar, Lines, Silence
from analysis.batch.runs import Run
from analysis.batch.schedule import Watch, carry_out
from analysis.batch.summary import BatchResult
from analysis.core.errors import SettingsError
from analysis.core.settings import Batch


def run_batch(
    batch: Batch,
    build: Path | None = None,
    *,
    only: Iterable[str] = (),
    workers: int | None = None,
    force: bool = False,
    formats: tuple[str, ...] | None = None,
    notebooks: Path | None = None,
    reports: bool = True,
    console: Console | None = None,
) -> BatchResult:
    """Make the runs and reports of a batch that are not current, in the folder `build`.

    See `make_plan` for `only`, `force`, `formats`, `notebooks` and `reports`. `workers` is the number of
    processes (default: one per processor). Progress goes to `console`; without one nothing is said.
    A failing run stops no other: look at the result's `failed` and `exit_code`. Raises SettingsError or
    BuildError where nothing can be run.
    """
    clock = time.perf_counter()
    workers = checked_workers(workers)
    build = Path(build or default_build(batch)).resolve()
    # Planned before anything is written: wrong settings leave no folder behind.
    options = {"only": tuple(only), "force": force, "formats": formats, "notebooks": notebooks}
    plan = make_plan(batch, build, **options, reports=reports)
    check_build_folder(batch, build)
    with hold(build):
        clear_leftovers(build)
        batch = keep_batch_file(batch, build)
        plan = replace(plan, batch=batch)
        write_plan(plan)
        _set_aside_what_is_not_planned(plan)
        outcomes = carry_out_watched(plan, workers=workers, console=console)
        clear_leftovers(build)
        if reports:
            from analysis.report import write_index  # noqa: PLC0415

            write_index(build, batch)
    return BatchResult(plan, outcomes, time.perf_counter() - clock)


def carry_out_watched(plan: Plan, *, workers: int, console: Console | None) -> tuple[Outcome, ...]:
    """Carry out a plan with its progress on `console` and in the build's `runs.jsonl`."""
    with contextlib.ExitStack() as stack:
        if console is None:
            watch: Watch = Silence()
        elif console.is_terminal:
            watch = stack.enter_context(Bar(plan, console))
        else:
            watch = Lines(plan, console)
        log = stack.enter_context((plan.build / "runs.jsonl").open("w", encoding="utf-8"))
        return carry_out(plan, workers=workers, watch=_Logged(watch, log))


def checked_workers(workers: int | None) -> int:
    """Return how many processes to use; raise SettingsError for less than one."""
    if workers is not None and workers < 1:
        raise SettingsError(
            "that many workers cannot work", where="--workers", found=str(workers), expected="1 or more"
        )
    return workers or usable_processors()


class _Logged:
    """Writes every outcome down before it is shown."""

    def __init__(self, watch: Watch, log: object) -> None:
        self.watch, self.log = watch, log

    def began(self, run: Run) -> None:
        self.watch.began(run)

    def ended(self, outcome: Outcome) -> None:
        # A full disk fails runs; it must not stop the ones that need no more room.
        with contextlib.suppress(OSError):
            self.log.write(outcome.line() + "\n")
            self.log.flush()
        self.watch.ended(outcome)


def _set_aside_what_is_not_planned(plan: Plan) -> None:
    """Move away runs and reports that the batch no longer names: they must not pass for its results."""
    planned = {run.id for run in plan.all_runs}
    places = {run.municipality for run in plan.all_runs}
    for run_id, folder in list(run_folders(plan.build)):
        if run_id not in planned:
            place = run_id.partition("/")[0]
            gone = place if place != "reference" and place not in places else None
            set_aside(plan.build, gone or folder.relative_to(plan.build).as_posix())
