"""Says what runs, what failed and what is left: a bar in a terminal, a line per run elsewhere."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from analysis.batch.outcome import Outcome
from analysis.batch.plan import Plan
from analysis.batch.runs import Run

_WORDS = {"done": "done", "unchanged": "unchanged", "failed": "FAILED", "not_run": "not run"}
#: How many of the runs under way are named beside the bar.
_NAMED = 4


class Silence:
    """Says nothing."""

    def began(self, run: Run) -> None:
        """Say nothing."""

    def ended(self, outcome: Outcome) -> None:
        """Say nothing."""


class Lines:
    """A line for every run that ends, for logs and cron."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self.total, self.count, self.console = len(plan.runs), 0, console

    def began(self, run: Run) -> None:
        """Say nothing: a line at its end is enough."""

    def ended(self, outcome: Outcome) -> None:
        """Say how the run ended, and why where it did not go well."""
        self.count += 1
        width = len(str(self.total))
        text = f"[{self.count:>{width}}/{self.total}] {_WORDS[outcome.outcome]:<9} {outcome.id}"
        if outcome.seconds:
            text += f"  {outcome.seconds:.1f} s"
        why = outcome.error or outcome.because
        say(self.console, text + (f"  ({why})" if why else ""))


class Bar:
    """A bar with what runs now, what failed and what is left; failures stay above it as lines."""

    def __init__(self, plan: Plan, console: Console) -> None:
        self.total, self.count, self.failed = len(plan.runs), 0, 0
        self.running: list[str] = []
        self.console = console
        columns = (BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, TextColumn("{task.description}"), console=console)
        self.task = self.progress.add_task("", total=self.total)

    def __enter__(self) -> Bar:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def began(self, run: Run) -> None:
        """Name the run beside the bar."""
        self.running.append(run.id)
        self._refresh()

    def ended(self, outcome: Outcome) -> None:
        """Move the bar on; leave a line where the run failed or was not run."""
        self.count += 1
        if outcome.id in self.running:
            self.running.remove(outcome.id)
        if not outcome.stands:
            self.failed += outcome.outcome == "failed"
            why = outcome.error or outcome.because
            say(self.progress.console, f"{_WORDS[outcome.outcome]} {outcome.id} ({why})")
        self._refresh()

    def _refresh(self) -> None:
        names = ", ".join(self.running[:_NAMED]) + (", …" if len(self.running) > _NAMED else "")
        text = f"{self.failed} failed, {self.total - self.count} left" + (f" · {names}" if names else "")
        self.progress.update(self.task, completed=self.count, description=escape(text))


def say(console: Console, text: str) -> None:
    """Print text as it is: no word of it is markup, and no line is broken."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
