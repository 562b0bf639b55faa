"""What a batch came to, in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.batch.folder import PROTECTED
from analysis.batch.outcome import Outcome
from analysis.batch.plan import Plan

_WORDS = {"done": "made", "unchanged": "unchanged", "failed": "failed", "not_run": "not run"}


@dataclass(frozen=True)
class BatchResult:
    """How every run of a batch ended."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The runs that failed, without those that were not run for it."""
        return tuple(outcome for outcome in self.outcomes if outcome.outcome == "failed")

    @property
    def exit_code(self) -> int:
        """0 where every run's results stand, 1 otherwise."""
        return int(any(not outcome.stands for outcome in self.outcomes))

    def __str__(self) -> str:
        """Return the summary: how many, what failed and where its error is, what was not run and why."""
        counts = [
            f"{n} {word}"
            for ending, word in _WORDS.items()
            if (n := sum(outcome.outcome == ending for outcome in self.outcomes))
        ]
        lines = [
            f"{len(self.outcomes)} runs: {', '.join(counts) or 'nothing to do'}, in {_time(self.seconds)}"
        ]
        lines += self.plan.notes
        for outcome in self.failed:
            said = outcome.message.replace("\n", "\n      ")
            lines.append(f"  failed: {outcome.id}: {outcome.error}" + (f": {said}" if said else ""))
            where = (
                str(self.plan.build / outcome.recorded) if outcome.recorded else "not recorded (disk full?)"
            )
            lines.append(f"      notebook and traceback (may hold answers): {Path(where)}")
        for outcome in self.outcomes:
            if outcome.outcome == "not_run":
                lines.append(f"  not run: {outcome.id}, because {outcome.because}")
        lines += self._without_report()
        return "\n".join(lines)

    def _without_report(self) -> list[str]:
        kinds = {run.id: run for run in self.plan.runs}
        lost = [kinds[o.id] for o in self.outcomes if not o.stands and kinds[o.id].kind == "report"]
        if not lost:
            return []
        lines = [f"  no report: {', '.join(run.id for run in lost)}"]
        if any((self.plan.build / PROTECTED / "stale" / run.folder).exists() for run in lost):
            lines.append(
                f"      reports of an earlier batch were moved to {self.plan.build / PROTECTED / 'stale'}"
            )
        return lines


def _time(seconds: float) -> str:
    """Write a duration.

    >>> _time(3.21), _time(125)
    ('3.2 s', '2 min 5 s')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
