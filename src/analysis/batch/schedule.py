"""Carry out a plan: each run as soon as what it needs is there, none stopped by another's failure."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Protocol

from analysis.batch.execute import execute
from analysis.batch.failure import WorkerDied, record_failure
from analysis.batch.fingerprint import digest
from analysis.batch.folder import FACTS, forget_failure, read_record, set_aside
from analysis.batch.outcome import Outcome
from analysis.batch.plan import Plan
from analysis.batch.pool import Pool
from analysis.batch.reports import make_report
from analysis.batch.runs import Run
from analysis.batch.surroundings import surroundings


class Watch(Protocol):
    """Is told what goes on."""

    def began(self, run: Run) -> None:
        """A run was handed to a worker."""

    def ended(self, outcome: Outcome) -> None:
        """A run came to its end, whatever that was."""


def carry_out(plan: Plan, *, workers: int, watch: Watch) -> tuple[Outcome, ...]:
    """Make the plan's runs in `workers` processes and return how each ended, in the plan's order.

    A run that is unchanged is not made again. What needs a failed run is not run.
    """
    work = _Work(plan, watch)
    with Pool(workers, surroundings(plan.batch.date)) as pool:
        while work.waiting or work.under_way:
            work.settle()
            work.hand_out(pool)
            if work.under_way:
                work.gather(pool)
    return tuple(work.outcomes[run.id] for run in plan.runs)


@dataclass
class _Work:
    plan: Plan
    watch: Watch
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    under_way: dict[Future, Run] = field(default_factory=dict)
    suspects: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.waiting = list(self.plan.runs)

    def settle(self) -> None:
        """Give every waiting run that needs no worker its end."""
        for run in list(self.waiting):
            needed = [self.outcomes.get(name) for name in run.needs]
            lost = [outcome for outcome in needed if outcome and not outcome.stands]
            if lost:
                self.waiting.remove(run)
                self._not_run(run, lost[0])
            elif all(needed) and self._unchanged(run):
                self.waiting.remove(run)
                self._end(run, Outcome(id=run.id, outcome="unchanged"))

    def hand_out(self, pool: Pool) -> None:
        """Give the workers as many of the runs that are ready as there are workers."""
        while self.suspects and not self.under_way:
            # One of these brought a worker down. Each alone now, so that it takes no other with it again.
            self._submit(self.suspects.pop(0), pool)
            return
        for run in list(self.waiting):
            if self.suspects or len(self.under_way) >= pool.workers:
                return
            if all(name in self.outcomes for name in run.needs):
                self.waiting.remove(run)
                self._submit(run, pool)

    def gather(self, pool: Pool) -> None:
        """Wait until a run ends, and take note of every one that has."""
        alone = len(self.under_way) == 1
        ended, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
        if any(isinstance(_error_of(future), BrokenProcessPool) for future in ended):
            # One dead worker breaks the whole pool: the others' futures end too, some of them well.
            pool.renew()
            ended, _ = wait(self.under_way, timeout=10)
        for future in ended:
            run = self.under_way.pop(future)
            error = _error_of(future)
            if error is None:
                self._end(run, future.result())
            elif not isinstance(error, (BrokenProcessPool, CancelledError)):
                self._end(run, record_failure(run, error, build=self.plan.build))
            elif alone:
                self._end(run, self._died(run))
            else:
                self.suspects.append(run)

    def _submit(self, run: Run, pool: Pool) -> None:
        self.watch.began(run)
        key = full_key(run, self.plan)
        if run.kind == "report":
            future = pool.submit(make_report, run, build=self.plan.build, key=key)
        else:
            notebook = self.plan.notebooks / run.notebook
            future = pool.submit(execute, run, build=self.plan.build, notebook=notebook, key=key)
        self.under_way[future] = run

    def _unchanged(self, run: Run) -> bool:
        if run.id in self.plan.forced:
            return False
        record = read_record(self.plan.build / run.folder)
        return record is not None and record["key"] == full_key(run, self.plan)

    def _not_run(self, run: Run, lost: Outcome) -> None:
        set_aside(self.plan.build, run.folder)
        because = lost.because or f"{lost.id} failed"
        self._end(run, Outcome(id=run.id, outcome="not_run", because=because))

    def _died(self, run: Run) -> Outcome:
        set_aside(self.plan.build, run.folder)
        error = WorkerDied(
            "the process that made this run was killed",
            where=run.id,
            expected="enough memory, and a notebook that ends no other process",
            todo="try again with --workers 1",
        )
        return record_failure(run, error, build=self.plan.build)

    def _end(self, run: Run, outcome: Outcome) -> None:
        self.outcomes[run.id] = outcome
        if outcome.stands:
            forget_failure(self.plan.build, run.id, run.folder)
        self.watch.ended(outcome)


def _error_of(future: Future) -> BaseException | None:
    return CancelledError() if future.cancelled() else future.exception()


def full_key(run: Run, plan: Plan) -> str:
    """Return the hash of what a run depends on, with what the runs it needs have made.

    A notebook reads other runs' facts: it is made again when those differ, not when their run was repeated.
    A report holds the executed notebooks too.
    """
    folders: Mapping[str, str] = {r.id: r.folder for r in plan.all_runs}
    made = {name: read_record(plan.build / folders[name]) or {} for name in run.needs}
    if run.kind == "report":
        return digest([run.key, {name: record.get("key") for name, record in made.items()}])
    return digest([run.key, {name: record.get("files", {}).get(FACTS) for name, record in made.items()}])
