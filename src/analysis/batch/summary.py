"""What a batch came to, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from analysis.batch.folder import INDEX, PROTECTED, RECORD
from analysis.batch.outcome import Outcome
from analysis.batch.pace import duration
from analysis.batch.plan import Plan

_WORDS = {"done": "made", "unchanged": "unchanged", "failed": "failed", "not_run": "not run"}
#: How many of the slowest runs are named, and how many that share a reason.
_SLOWEST, _NAMED = 5, 20


@dataclass(frozen=True)
class BatchResult:
    """How every run of a batch ended. `unwritten` says why there is no new index, where there should be.

    `unsent` says why not everything is at the build's address. `outdated` are runs that were made while
    something that they depend on was changed. `lost` says how the cluster was lost, where it was.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...]
    seconds: float
    unwritten: str = ""
    unsent: str = ""
    outdated: tuple[str, ...] = ()
    lost: str = ""

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The runs that failed, without those that were not run for it."""
        return tuple(outcome for outcome in self.outcomes if outcome.outcome == "failed")

    @property
    def exit_code(self) -> int:
        """0 where every run's results stand where they belong and the index with them, 1 otherwise."""
        return int(
            bool(self.unwritten or self.unsent or self.outdated)
            or any(not outcome.stands for outcome in self.outcomes)
        )

    def __str__(self) -> str:
        """Return the summary: how many, what failed and where its error is, what was not run and why."""
        counts = [
            f"{n:,} {word}"
            for ending, word in _WORDS.items()
            if (n := sum(outcome.outcome == ending for outcome in self.outcomes))
        ]
        told = ", ".join(counts) or "nothing to do"
        lines = [f"{len(self.outcomes):,} runs: {told}, in {duration(self.seconds)}", *self.plan.notes]
        for outcome in self.failed:
            said = outcome.message.replace("\n", "\n      ")
            lines.append(f"  failed: {outcome.id}: {outcome.error}" + (f": {said}" if said else ""))
            where = (
                str(self.plan.build / outcome.recorded) if outcome.recorded else "not recorded (disk full?)"
            )
            lines.append(f"      notebook and traceback (may hold answers): {Path(where)}")
        if self.lost:
            said = self.lost.replace("\n", "\n      ")
            lines.append(f"  stopped: {said}")
        if self.unwritten:
            lines.append(f"  not written: {self.plan.build / INDEX}: {self.unwritten}")
        if self.outdated:
            lines.append(
                f"  source, data or settings were changed meanwhile, run again: {_named([*self.outdated])}"
            )
        if self.unsent:
            said = self.unsent.replace("\n", "\n      ")
            lines.append(f"  not sent, the next batch from this machine does it: {said}")
        lines += [*self._not_run(), *self._without_report(), *self._ordinary()]
        return "\n".join([*lines, *self._slowest(), *self._memory()])

    def _not_run(self) -> list[str]:
        # A national stage that fails stops hundreds of runs for one and the same reason.
        because: dict[str, list[str]] = {}
        for outcome in self.outcomes:
            if outcome.outcome == "not_run":
                because.setdefault(outcome.because, []).append(outcome.id)
        return [f"  not run: {_named(names)}, because {reason}" for reason, names in because.items()]

    def _without_report(self) -> list[str]:
        kinds = {run.id: run for run in self.plan.runs}
        lost = [kinds[o.id] for o in self.outcomes if not o.stands and kinds[o.id].kind == "report"]
        # Where the cluster was lost, what was there before stands.
        lost = [run for run in lost if not (self.plan.build / run.folder / RECORD).is_file()]
        if not lost:
            return []
        lines = [f"  no report: {_named([run.id for run in lost])}"]
        if any((self.plan.build / PROTECTED / "stale" / run.folder).exists() for run in lost):
            lines.append(
                f"      reports of an earlier batch were moved to {self.plan.build / PROTECTED / 'stale'}"
            )
        return lines

    def _ordinary(self) -> list[str]:
        reasons = Counter(outcome.ordinary for outcome in self.outcomes if outcome.ordinary)
        return [f"  ordinary kernels instead of warm ones in {n:,} runs: {why}" for why, n in reasons.items()]

    def _slowest(self) -> list[str]:
        made = sorted((o for o in self.outcomes if o.seconds), key=lambda outcome: -outcome.seconds)
        # Of a handful the lines above have said it.
        if len(made) <= _SLOWEST:
            return []
        named = [f"{outcome.id} {duration(outcome.seconds)}" for outcome in made[:_SLOWEST]]
        return [f"  slowest: {', '.join(named)}"]

    def _memory(self) -> list[str]:
        most = max(self.outcomes, key=lambda outcome: outcome.memory_mib or 0, default=None)
        if most is None or not most.memory_mib:
            return []
        return [f"  most memory of a run: {most.memory_mib:,} MiB, {most.id}"]


def _named(names: list[str]) -> str:
    """Name some runs and count the others.

    >>> _named(["9901/full", "9902/full"]), _named([f"99{n:02}/full" for n in range(1, 25)])[-20:]
    ('9901/full, 9902/full', '9920/full and 4 more')
    """
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
