"""How far a batch has come, how fast it goes, and when it may be done."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from analysis.batch.outcome import Outcome
from analysis.batch.runs import Run

#: The stages of a batch by their runs' kind, in their order.
STAGES = {
    "reference": "national stage",
    "service": "services",
    "municipality": "municipalities",
    "report": "reports",
}
#: Runs whose ends say how fast a batch goes now.
_RECENT = 100


@dataclass
class Stage:
    """How many runs of one kind there are, and how many have come to their end."""

    name: str
    total: int = 0
    ended: int = 0


@dataclass
class _Sort:
    """Runs that take about as long as each other: of one kind, or reports of one edition."""

    kind: str
    left: int = 0
    made: int = 0
    seconds: float = 0.0

    def mean(self) -> float | None:
        return self.seconds / self.made if self.made else None


class Pace:
    """Counts a batch's runs. Each event costs the same, however many runs there are."""

    def __init__(self, runs: Iterable[Run], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self.began_at = clock, clock()
        stages = {kind: Stage(name) for kind, name in STAGES.items()}
        self._sorts: dict[str, _Sort] = {}
        self._of: dict[str, tuple[Stage, _Sort]] = {}
        for run in runs:
            name = run.parameters["edition"] if run.kind == "report" else run.kind
            sort = self._sorts.setdefault(f"{run.kind} {name}", _Sort(run.kind))
            sort.left += 1
            stages[run.kind].total += 1
            self._of[run.id] = stages[run.kind], sort
        self.stages = [stage for stage in stages.values() if stage.total]
        self.total, self.ended, self.failed, self.not_run = len(self._of), 0, 0, 0
        #: The runs under way, the longest first, and when each began.
        self.under_way: dict[str, float] = {}
        self._begun_sum, self._first = 0.0, None
        self._recent: deque[float] = deque(maxlen=_RECENT)

    @property
    def left(self) -> int:
        """How many runs have not come to their end."""
        return self.total - self.ended

    def began(self, run: Run) -> None:
        """Count a run as under way."""
        now = self._clock()
        self._first = now if self._first is None else self._first
        self.under_way[run.id] = now
        self._begun_sum += now

    def end(self, outcome: Outcome) -> None:
        """Count a run's end."""
        stage, sort = self._of[outcome.id]
        self.ended += 1
        stage.ended += 1
        sort.left -= 1
        self.failed += outcome.outcome == "failed"
        self.not_run += outcome.outcome == "not_run"
        begun = self.under_way.pop(outcome.id, None)
        if begun is not None:
            self._begun_sum -= begun
            self._recent.append(self._clock())
            sort.made += 1
            sort.seconds += outcome.seconds

    def elapsed(self) -> float:
        """Return the seconds since the batch began to be watched."""
        return self._clock() - self.began_at

    def running(self) -> Mapping[str, float]:
        """Return the runs under way with the seconds since each was handed out."""
        now = self._clock()
        # Copied: a bar asks in a thread of its own, while runs begin and end.
        return {name: now - begun for name, begun in list(self.under_way.items())}

    def per_minute(self) -> float | None:
        """Return how many runs are made a minute, by the latest of them; None before two have ended."""
        if len(self._recent) < 2 or self._recent[-1] <= self._recent[0]:
            return None
        # Counted up to now: a batch that has come to a stop gets slower.
        return 60 * (len(self._recent) - 1) / (self._clock() - self._recent[0])

    def seconds_left(self) -> float | None:
        """Return about how many seconds are left, or None before a run was made.

        Every run that is left is taken for one to be made, of the mean length of its kind so far (a report:
        of its edition); where its kind has none yet, of the mean of its stage or else of all. They are made
        as many at a time as until now. What turns out to be unchanged makes it less.
        """
        made = sum(sort.made for sort in self._sorts.values())
        if not made or self._first is None:
            return None
        work = sum(sort.seconds for sort in self._sorts.values())
        overall = work / made
        now = self._clock()
        gone = len(self.under_way) * now - self._begun_sum
        at_once = max((work + gone) / max(now - self._first, 1e-9), 1.0)
        left = sum(sort.left * self._expected(sort, overall) for sort in self._sorts.values())
        return max(left - gone, 0.0) / at_once

    def _expected(self, sort: _Sort, overall: float) -> float:
        if (own := sort.mean()) is not None:
            return own
        alike = [other for other in self._sorts.values() if other.kind == sort.kind and other.made]
        made = sum(other.made for other in alike)
        return sum(other.seconds for other in alike) / made if made else overall


def duration(seconds: float) -> str:
    """Write a duration.

    >>> duration(3.21), duration(125), duration(7325)
    ('3.2 s', '2 min 5 s', '2 h 2 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def about(seconds: float) -> str:
    """Write a duration that is an estimate.

    >>> about(3), about(47), about(125), about(7325), about(200_000)
    ('10 s', '50 s', '2 min', '2 h 2 min', '55 h 33 min')
    """
    if seconds < 55:
        return f"{max(int(-(-seconds // 10)), 1) * 10} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
