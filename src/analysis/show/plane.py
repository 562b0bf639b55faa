"""A plane with an axis under it and one beside it, for figures that set two numbers against each other."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.show.blocks import Canvas
from analysis.show.scale import Axis
from analysis.show.sheet import Sheet
from analysis.show.style import QUIET, RULE, SMALL, text_width


@dataclass(frozen=True)
class Plane:
    """Where a plane lies on its sheet, in points, and its two axes."""

    left: float
    top: float
    width: float
    height: float
    across: Axis
    upright: Axis

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def x(self, value: float) -> float:
        """Return where a value lies across; what is outside the axis lies at its end."""
        held = min(max(value, self.across.low), self.across.high)
        return self.across.place(held, self.left, self.width)

    def y(self, value: float) -> float:
        """Return where a value lies upright; what is outside the axis lies at its end."""
        held = min(max(value, self.upright.low), self.upright.high)
        return self.upright.place(held, self.bottom, -self.height)

    def frame(self, sheet: Sheet) -> None:
        """Draw both axes with their titles: the upright one's stands above it, so that it can be read."""
        lines = [[(self.left, self.y(v)), (self.right, self.y(v))] for v, _ in self.upright.ticks]
        sheet.strokes(lines, colour=RULE, width=0.5, order=0.25)
        for value, text in self.upright.ticks:
            sheet.write(self.left - 5, self.y(value), text, size=SMALL, ha="right")
        sheet.write(3, self.top - 14, self.upright.title, size=SMALL, colour=QUIET)
        self.across.draw(sheet, self.left, self.width, self.bottom)


def say_part(canvas: Canvas, axis: Axis, service: str) -> str:
    """Return the sentence that tells that an axis shows a part of the scale, with a space before; else ""."""
    low, high = canvas.labels.questionnaires[service].scale
    if (axis.low, axis.high) == (low, high):
        return ""
    return " " + canvas.language.text(
        "The scale runs from {low} to {high}; the figure shows {start} to {end}.",
        low=low, high=high, start=int(axis.low), end=int(axis.high),
    )  # fmt: skip


def tick_room(axis: Axis) -> float:
    """Return how wide the texts of an upright axis are, with the space beside them."""
    return 8 + max(text_width(text, SMALL) for _, text in axis.ticks)


def apart(heights: list[float], least: float) -> list[float]:
    """Return the heights, in the order given, moved as little as it takes to be `least` apart.

    >>> apart([10.0, 12.0, 40.0], 11.0)
    [5.5, 16.5, 40.0]
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    # Neighbours that are too near become one group around their own middle.
    groups: list[tuple[list[int], float]] = []
    for i in order:
        groups.append(([i], heights[i]))
        while len(groups) > 1 and _end(groups[-2], least) + least > _start(groups[-1], least):
            (first, _), (second, _) = groups[-2:]
            both = [*first, *second]
            groups[-2:] = [(both, sum(heights[j] for j in both) / len(both))]
    moved = list(heights)
    for members, middle in groups:
        for k, i in enumerate(members):
            moved[i] = middle + least * (k - (len(members) - 1) / 2)
    return moved


def _start(group: tuple[list[int], float], least: float) -> float:
    return group[1] - least * (len(group[0]) - 1) / 2


def _end(group: tuple[list[int], float], least: float) -> float:
    return group[1] + least * (len(group[0]) - 1) / 2
