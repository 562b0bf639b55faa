"""Make a batch: plan it, run what is not current, say what came of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from analysis.batch.batchfile import check_build_folder, keep_batch_file
from analysis.batch.capacity import usable_memory, usable_workers
from analysis.batch.errand import ClusterLost
from analysis.batch.folder import INDEX, RECORD, clear_leftovers, run_folders, set_aside
from analysis.batch.kernels.guard import KERNELS, RunLimits
from analysis.batch.lock import hold
from analysis.batch.meanwhile import drop_outdated
from analysis.batch.mirror import Mirror, Sending, working_folder
from analysis.batch.outcome import Outcome
from analysis.batch.plan import Plan, make_plan, write_plan
from analysis.batch.progress import Bar, Lines, Silence
from analysis.batch.reports import report_folders
from analysis.batch.runlog import RunLog
from analysis.batch.schedule import Watch, carry_out
from analysis.batch.summary import BatchResult
from analysis.core.errors import DataError, SettingsError
from analysis.core.settings import Batch


def run_batch(
    batch: Batch,
    build: Path | str | None = None,
    *,
    only: Iterable[str] = (),
    workers: int | None = None,
    force: bool = False,
    formats: tuple[str, ...] | None = None,
    notebooks: Path | None = None,
    reports: bool = True,
    limits: RunLimits | None = None,
    cluster: str | None = None,
    console: Console | None = None,
) -> BatchResult:
    """Make the runs and reports of a batch that are not current, in the folder or at the address `build`.

    See `make_plan` for `only`, `force`, `formats`, `notebooks` and `reports`. `workers` is the number of
    processes (default: as many as there are processors and memory for), `cluster` the address of a Dask
    scheduler whose workers make the runs instead, `limits` what each run may use (default: an hour, and an
    even share of this machine's memory). Progress goes to `console`; without one nothing is said.
    A failing run stops no other: look at the result's `failed` and `exit_code`. Raises SettingsError or
    BuildError where nothing can be run, DataError where an address cannot be reached at the start.
    """
    clock = time.perf_counter()
    workers = checked_workers(workers)
    limits = checked_limits(limits or RunLimits(), workers)
    with working_folder(build, batch) as (folder, mirror):
        # Planned before anything is written: wrong settings leave no folder behind.
        options = {"only": tuple(only), "force": force, "formats": formats, "notebooks": notebooks}
        plan = make_plan(batch, folder, **options, reports=reports)
        check_build_folder(batch, folder)
        options = {"workers": workers, "limits": limits, "cluster": cluster, "console": console}
        result = _run_planned(plan, reports=reports, mirror=mirror, clock=clock, **options)
        unsent = "" if mirror is None else _send_what_is_left(mirror)
    return replace(result, seconds=time.perf_counter() - clock, unsent=unsent)


def _run_planned(
    plan: Plan, *, reports: bool, mirror: Mirror | None, clock: float, **options: object
) -> BatchResult:
    build, batch = plan.build, plan.batch
    with hold(build):
        clear_leftovers(build)
        batch = keep_batch_file(batch, build)
        plan = replace(plan, batch=batch)
        write_plan(plan)
        moved = _set_aside_what_is_not_planned(plan, reports=reports)
        if mirror is not None:
            # The plan, what was set aside, and what an earlier batch could not send.
            mirror.send("")
        lost = ""
        try:
            outcomes = carry_out_watched(plan, mirror=mirror, **options)
        except ClusterLost as error:
            if not error.outcomes:
                raise
            # What has been made and what has failed is to be told all the same.
            outcomes, lost = error.outcomes, str(error)
        outdated = drop_outdated(plan, outcomes)
        changed = moved > 0 or any(outcome.outcome != "unchanged" for outcome in outcomes)
        if changed:
            clear_leftovers(build)
        unwritten = ""
        if reports and (changed or not _index_stands(plan)):
            # Heavy, and thousands of runs are looked through in less time than it takes to import.
            from analysis.report import write_index  # noqa: PLC0415

            try:
                write_index(build, batch)
            except OSError as error:
                # What has failed for a full disk is to be named all the same.
                unwritten = error.strerror or type(error).__name__
    seconds = time.perf_counter() - clock
    return BatchResult(plan, outcomes, seconds, unwritten, outdated=outdated, lost=lost)


def _send_what_is_left(mirror: Mirror) -> str:
    """Send what the runs' ends have not sent, and the index; return why that cannot be, or nothing."""
    try:
        mirror.send("")
    except DataError as error:
        # What has failed is to be named all the same.
        return str(error)
    return ""


def carry_out_watched(
    plan: Plan,
    *,
    workers: int,
    console: Console | None,
    limits: RunLimits | None = None,
    cluster: str | None = None,
    mirror: Mirror | None = None,
) -> tuple[Outcome, ...]:
    """Carry out a plan with its progress on `console` and in the build's `runs.jsonl`.

    What a run leaves is sent to the build's address at its end, where it has a `mirror` there.
    """
    with contextlib.ExitStack() as stack:
        if console is None:
            watch: Watch = Silence()
        elif console.is_terminal:
            watch = stack.enter_context(Bar(plan, console))
        else:
            watch = stack.enter_context(Lines(plan, console))
        logged: Watch = stack.enter_context(RunLog(plan, watch))
        if mirror is not None:
            logged = Sending(mirror, plan, logged)
        return carry_out(plan, workers=workers, watch=logged, limits=limits, cluster=cluster)


def checked_workers(workers: int | None) -> int:
    """Return how many processes to use; raise SettingsError for less than one."""
    if workers is not None and workers < 1:
        raise SettingsError(
            "that many workers cannot work", where="--workers", found=str(workers), expected="1 or more"
        )
    return workers or usable_workers()


def checked_limits(limits: RunLimits, workers: int) -> RunLimits:
    """Return `limits`, with a share of memory where none is given; raise SettingsError if wrong.

    At most half of the workers make reports, so a report's share is twice a notebook's.
    """
    for name, value in (("--timeout", limits.seconds), ("--memory", limits.memory_mib)):
        # So put, it refuses what is not a number as well.
        if value is not None and not value > 0:
            raise SettingsError(
                "no run can end in that", where=name, found=str(value), expected="more than 0"
            )
    if limits.kernels not in KERNELS:
        raise SettingsError(
            "no such kernels", where="--kernels", found=repr(limits.kernels), expected=" or ".join(KERNELS)
        )
    if limits.memory_mib is not None:
        return replace(limits, report_memory_mib=limits.report_memory_mib or limits.memory_mib)
    if memory := usable_memory():
        share = max(memory // 2**20 // workers, 1)
        return replace(limits, memory_mib=share, report_memory_mib=min(2 * share, memory // 2**20))
    return limits


def _index_stands(plan: Plan) -> bool:
    """Return whether the index was written after every report that is there."""
    reports = (plan.build / run.folder / RECORD for run in plan.all_runs if run.kind == "report")
    try:
        written = (plan.build / INDEX).stat().st_mtime_ns
        return all(path.stat().st_mtime_ns < written for path in reports if path.is_file())
    except OSError:
        return False


def _set_aside_what_is_not_planned(plan: Plan, *, reports: bool) -> int:
    """Move away runs and reports that the batch no longer names: they must not pass for its results.

    Returns how many that were.
    """
    moved = 0
    planned = {run.id for run in plan.all_runs}
    places = {run.municipality for run in plan.all_runs}
    made = [*run_folders(plan.build), *(report_folders(plan.build) if reports else ())]
    for run_id, folder in made:
        if run_id not in planned:
            moved += 1
            place = run_id.partition("/")[0]
            gone = place if place != "reference" and place not in places else None
            if reports or gone:
                # First: after a kill the next batch would find nothing to move, and take it for current.
                (plan.build / INDEX).unlink(missing_ok=True)
            set_aside(plan.build, gone or folder.relative_to(plan.build).as_posix())
    return moved
