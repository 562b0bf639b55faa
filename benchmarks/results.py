"""Results as Markdown tables, printed or put into README.md between its two marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.core.paths import write_text
from benchmarks.measure import Measured

README = Path(__file__).with_name("README.md")
BEGIN, END = "<!-- results begin: written by python -m benchmarks --write -->", "<!-- results end -->"

#: What `figures` gives, column by column.
HEADER = ("seconds", "processor seconds", "peak memory, MiB")


@dataclass(frozen=True)
class Table:
    """One benchmark's results; the first column is text, the others are numbers."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    goal: str = ""

    def __str__(self) -> str:
        rule = ["---", *["---:"] * (len(self.header) - 1)]
        lines = [f"### {self.title}", "", _line(self.header), _line(rule)]
        lines += [_line(row) for row in self.rows]
        return "\n".join([*lines, *(["", self.goal] if self.goal else [])])


def against_goal(what: str, found: str, *, met: bool) -> str:
    """Say what the goal is, what was found, and whether that is enough."""
    return f"Goal: {what}. Measured: {found}: **{'met' if met else 'not met'}**."


def figures(measured: Measured, *, decimals: int = 2) -> tuple[str, ...]:
    """Return seconds, processor seconds and peak memory as text."""
    seconds = (measured.seconds, measured.processor_seconds)
    return (*(f"{s:.{decimals}f}" for s in seconds), f"{measured.peak_mib:.0f}")


def report_text(machine: str, tables: Sequence[Table]) -> str:
    """Return everything that stands between the marks."""
    return "\n\n".join([f"Machine: {machine}", *map(str, tables)])


def write_results(text: str, readme: Path = README) -> None:
    """Put `text` between the marks of `readme`; nothing else in it changes.

    Raises ValueError where a mark is missing.
    """
    old = readme.read_text(encoding="utf-8")
    before, begin, rest = old.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} lacks the marks {BEGIN!r} and {END!r}")
    write_text(readme, f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
