"""Carry out a plan: each run as soon as what it needs is there, none stopped by another's failure."""

from __future__ import annotations

import contextlib
import heapq
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass, field
from typing import Protocol

from analysis.batch.cluster import Cluster
from analysis.batch.errand import ClusterLost
from analysis.batch.execute import execute
from analysis.batch.failure import record_failure
from analysis.batch.folder import forget_failure, set_aside
from analysis.batch.kernels.guard import RunLimits
from analysis.batch.outcome import Outcome
from analysis.batch.plan import Plan
from analysis.batch.pool import Executor, Pool
from analysis.batch.reports import make_report
from analysis.batch.runs import Run
from analysis.batch.standing import Standing
from analysis.batch.surroundings import surroundings
from analysis.core.memory import give_memory_back


class Watch(Protocol):
    """Is told what goes on."""

    def began(self, run: Run) -> None:
        """A run was handed to a worker."""

    def ended(self, outcome: Outcome) -> None:
        """A run came to its end, whatever that was."""


def carry_out(
    plan: Plan, *, workers: int, watch: Watch, limits: RunLimits | None = None, cluster: str | None = None
) -> tuple[Outcome, ...]:
    """Make the plan's runs and return how each ended, in the plan's order.

    They are made in `workers` processes of this machine, or by the workers of the Dask scheduler at the
    address `cluster`. A run that is unchanged is not made again. What needs a failed run is not run. Raises
    ClusterLost where the scheduler goes away, with how the runs ended until then; what has been made stands.
    """
    limits = limits or RunLimits()
    work = _Work(plan, watch, limits)
    with _executor(plan, workers, cluster, fork=limits.kernels == "warm") as executor:
        work.settle()
        if work.waiting:
            # What planning took, workers can use.
            give_memory_back()
        try:
            while work.waiting or work.under_way:
                work.hand_out(executor)
                work.gather()
                work.settle()
        except ClusterLost as error:
            work.give_up("the cluster was lost")
            error.outcomes = tuple(work.outcomes[run.id] for run in plan.runs)
            raise
    return tuple(work.outcomes[run.id] for run in plan.runs)


def _executor(plan: Plan, workers: int, cluster: str | None, *, fork: bool) -> Executor:
    environment = surroundings(plan.batch.date)
    if cluster is not None:
        return Cluster(cluster, environment, plan)
    return Pool(workers, environment, fork=fork, renew_after=make_report)


@dataclass
class _Work:
    plan: Plan
    watch: Watch
    limits: RunLimits
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    under_way: dict[Future, Run] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Counted, not searched for: at each run's end only the runs that need it are looked at.
        self.standing = Standing(self.plan)
        self.lacking = {run.id: len(run.needs) for run in self.plan.runs}
        self.needed_by: dict[str, list[int]] = {}
        for number, run in enumerate(self.plan.runs):
            for name in run.needs:
                self.needed_by.setdefault(name, []).append(number)
        #: Places in the plan of the runs whose needs have come to their end, and of those that need a worker.
        self.due = [number for number, run in enumerate(self.plan.runs) if not run.needs]
        self.waiting: list[int] = []

    def settle(self) -> None:
        """Give every run that is due and needs no worker its end."""
        while self.due:
            number = heapq.heappop(self.due)
            run = self.plan.runs[number]
            lost = [outcome for name in run.needs if not (outcome := self.outcomes[name]).stands]
            if lost:
                self._not_run(run, lost[0])
            elif run.id not in self.plan.forced and self.standing.is_current(run):
                self._end(run, Outcome(id=run.id, outcome="unchanged"))
            else:
                heapq.heappush(self.waiting, number)

    def hand_out(self, executor: Executor) -> None:
        """Hand out as many of the runs that are ready as keep every worker at work.

        At most half of them are reports: each takes several times a run's memory, and two thirds of a
        batch's time are runs.
        """
        at_once, held_back = executor.at_once, []
        reports = sum(run.kind == "report" for run in self.under_way.values())
        while self.waiting and len(self.under_way) < at_once:
            number = heapq.heappop(self.waiting)
            run = self.plan.runs[number]
            if run.kind == "report" and reports >= max(1, at_once // 2):
                held_back.append(number)
                continue
            reports += run.kind == "report"
            self._submit(run, executor)
        for number in held_back:
            heapq.heappush(self.waiting, number)

    def gather(self) -> None:
        """Wait until a run ends, and take note of every one that has."""
        ended, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
        lost = None
        for future in ended:
            run = self.under_way.pop(future)
            error = CancelledError() if future.cancelled() else future.exception()
            if isinstance(error, ClusterLost):
                lost = error
            elif error is None:
                self._end(run, future.result())
            else:
                # Not the run's own word: its worker died, or could not be told what to do.
                with contextlib.suppress(OSError):
                    set_aside(self.plan.build, run.folder)
                self._end(run, record_failure(run, error, build=self.plan.build))
        if lost is not None:
            raise lost

    def give_up(self, because: str) -> None:
        """Give every run that has none its end: it was not run. What stood of it before stands."""
        for run in self.plan.runs:
            if run.id not in self.outcomes:
                self.outcomes[run.id] = Outcome(id=run.id, outcome="not_run", because=because)
                self.watch.ended(self.outcomes[run.id])

    def _submit(self, run: Run, executor: Executor) -> None:
        self.watch.began(run)
        key = self.standing.key(run)
        if run.kind == "report":
            task, where = make_report, {}
        else:
            task, where = execute, {"notebook": self.plan.notebooks / run.notebook}
        future = executor.submit(task, run, build=self.plan.build, **where, key=key, limits=self.limits)
        self.under_way[future] = run

    def _not_run(self, run: Run, lost: Outcome) -> None:
        with contextlib.suppress(OSError):
            set_aside(self.plan.build, run.folder)
        because = lost.because or f"{lost.id} failed"
        self._end(run, Outcome(id=run.id, outcome="not_run", because=because))

    def _end(self, run: Run, outcome: Outcome) -> None:
        self.outcomes[run.id] = outcome
        if outcome.outcome != "unchanged":
            self.standing.forget(run.id)
        for number in self.needed_by.get(run.id, ()):
            name = self.plan.runs[number].id
            self.lacking[name] -= 1
            if not self.lacking[name]:
                heapq.heappush(self.due, number)
        if outcome.stands:
            forget_failure(self.plan.build, run.id, run.folder)
        self.watch.ended(outcome)
