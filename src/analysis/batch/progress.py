"""Says what runs, what failed and what is left: bars in a terminal, a line per run elsewhere."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from itertools import islice
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from analysis.batch.outcome import Outcome
from analysis.batch.pace import Pace, about, duration
from analysis.batch.plan import Plan
from analysis.batch.runs import Run

_WORDS = {"done": "done", "unchanged": "unchanged", "failed": "FAILED", "not_run": "not run"}
#: How many of the runs under way are named.
_NAMED = 4
#: Seconds between two lines that say how far the batch has come.
_EVERY = 30


class Silence:
    """Says nothing."""

    def began(self, run: Run) -> None:
        """Say nothing."""

    def ended(self, outcome: Outcome) -> None:
        """Say nothing."""


class _Progress:
    """Counts, and says where an interrupted batch was."""

    def __init__(self, plan: Plan, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self.pace, self.console = Pace(plan.runs, clock), console
        self._ordinary: set[str] = set()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is KeyboardInterrupt:
            pace = self.pace
            say(
                self.console,
                f"Interrupted: {pace.ended:,} of {pace.total:,} runs had come to their end, {pace.failed:,} "
                "failed. What was made stands; the same command goes on from here.",
            )

    def began(self, run: Run) -> None:
        """Count a run as under way."""
        self.pace.began(run)

    def _end(self, outcome: Outcome) -> None:
        self.pace.end(outcome)
        # Once for each reason: such a batch takes several times as long.
        if outcome.ordinary and outcome.ordinary not in self._ordinary:
            self._ordinary.add(outcome.ordinary)
            say(self.console, f"Ordinary kernels instead of warm ones: {outcome.ordinary}")


class Lines(_Progress):
    """A line for every run that ends, for logs and cron, and now and then how far the batch has come."""

    def __init__(self, plan: Plan, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(plan, console, clock)
        self._clock, self._said = clock, clock()

    def __enter__(self) -> Lines:
        return self

    def ended(self, outcome: Outcome) -> None:
        """Say how the run ended, and why where it did not go well."""
        pace = self.pace
        self._end(outcome)
        width = len(str(pace.total))
        text = f"[{pace.ended:>{width}}/{pace.total}] {_WORDS[outcome.outcome]:<9} {outcome.id}"
        if outcome.seconds:
            text += f"  {outcome.seconds:.1f} s"
        why = outcome.error or outcome.because
        # Not by rich, which takes a third of a millisecond for a line: a national batch has thousands.
        self._print(text + (f"  ({why})" if why else ""))
        if pace.left and self._clock() - self._said >= _EVERY:
            self._said = self._clock()
            stages = ", ".join(f"{s.name} {s.ended:,}/{s.total:,}" for s in pace.stages)
            told = [stages, f"{pace.failed:,} failed", *_speed(pace), *_now(pace)]
            self._print(f"… {'; '.join(told)}")

    def _print(self, line: str) -> None:
        # A full disk, or a reader that went away, must not stop the batch.
        with contextlib.suppress(OSError):
            print(line, file=self.console.file, flush=True)


class Bar(_Progress):
    """A bar for all runs and one for each stage, with what runs now; failures stay above as lines."""

    def __init__(self, plan: Plan, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(plan, console, clock)
        # Drawn four times a second, however many runs end meanwhile.
        self.live = Live(get_renderable=self.drawn, console=console, refresh_per_second=4)

    def __enter__(self) -> Bar:
        self.live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.live.stop()
        super().__exit__(kind, error, trace)

    def ended(self, outcome: Outcome) -> None:
        """Move the bars on; leave a line where the run failed or was not run."""
        self._end(outcome)
        if not outcome.stands:
            why = outcome.error or outcome.because
            say(self.console, f"{_WORDS[outcome.outcome]} {outcome.id} ({why})")

    def drawn(self) -> RenderableType:
        """Return what is to be seen now."""
        pace = self.pace
        rows = Table.grid(padding=(0, 2))
        rows.add_column(no_wrap=True)
        rows.add_column(width=30)
        rows.add_column(justify="right", no_wrap=True)
        rows.add_column(no_wrap=True, overflow="ellipsis")
        speed = [duration(pace.elapsed()), *_speed(pace)]
        for name, ended, total, beside in (
            ("all runs", pace.ended, pace.total, ", ".join(speed)),
            *((stage.name, stage.ended, stage.total, "") for stage in pace.stages),
        ):
            bar = ProgressBar(total=total, completed=ended, width=30)
            rows.add_row(name, bar, f"{ended:,}/{total:,}", Text(beside))
        told = [f"{pace.failed:,} failed, {pace.left:,} left", *_now(pace)]
        return Group(rows, Text(" · ".join(told), no_wrap=True, overflow="ellipsis"))


def _speed(pace: Pace) -> Iterator[str]:
    if (rate := pace.per_minute()) is not None:
        yield f"{rate:,.0f} runs a minute" if rate >= 10 else f"{rate:.1f} runs a minute"
    if pace.left and (left := pace.seconds_left()) is not None:
        yield f"about {about(left)} left"


def _now(pace: Pace) -> Iterator[str]:
    running = pace.running()
    if running:
        named = [f"{name} {seconds:.0f} s" for name, seconds in islice(running.items(), _NAMED)]
        more = f" and {len(running) - _NAMED} more" if len(running) > _NAMED else ""
        yield f"now {', '.join(named)}{more}"


def say(console: Console, text: str) -> None:
    """Print text as it is: no word of it is markup, and no line is broken."""
    # What cannot be said, for a full disk or a reader that went away (rich then wants to end the process),
    # must not stop a batch.
    with contextlib.suppress(OSError, SystemExit):
        console.print(text, markup=False, highlight=False, soft_wrap=True)
