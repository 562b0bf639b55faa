"""The axis that figures share: the whole of the questionnaire's scale, shares, or differences around zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.show.blocks import Canvas
from analysis.show.sheet import Sheet
from analysis.show.style import QUIET, SMALL


@dataclass(frozen=True)
class Axis:
    """An axis' ends, ticks with their texts, and what it measures."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    title: str

    def place(self, value: float, start: float, length: float) -> float:
        """Return where a value lies on an axis that begins at `start` and is `length` long."""
        return start + length * (value - self.low) / (self.high - self.low)

    def draw(self, sheet: Sheet, left: float, width: float, y: float) -> None:
        """Draw the axis from `left` at height y, its title beneath."""
        at = [self.place(value, left, width) for value, _ in self.ticks]
        sheet.strokes([[(left, y), (left + width, y)], *([(x, y), (x, y + 3)] for x in at)], colour=QUIET)
        for x, (_, text) in zip(at, self.ticks, strict=True):
            sheet.write(x, y + 10, text, size=SMALL, ha="center")
        sheet.write(left, y + 23, self.title, size=SMALL, colour=QUIET)


def mean_axis(canvas: Canvas, service: str, title: str) -> Axis:
    """Return the whole scale as an axis: never cut, so that figures can be compared at a glance."""
    low, high = canvas.labels.questionnaires[service].scale
    step = max(1, (high - low) // 10)
    ticks = range(low, high + 1, step)
    return Axis(low, high, tuple((at, canvas.language.count(at)) for at in ticks), title)


def near_axis(canvas: Canvas, service: str, values: Sequence[float], title: str) -> Axis:
    """Return the part of the scale, in whole points, that holds the values and is at least two points long.

    For figures in a plane alone, where the whole scale would press all points into one corner.
    """
    least, most = canvas.labels.questionnaires[service].scale
    low, high = max(least, math.floor(min(values))), min(most, math.ceil(max(values)))
    if high - low < 2:
        low, high = max(least, high - 2), min(most, max(low, least) + 2)
    step = max(1, (high - low) // 10)
    return Axis(low, high, tuple((at, canvas.language.count(at)) for at in range(low, high + 1, step)), title)


def share_axis(canvas: Canvas, title: str) -> Axis:
    """Return an axis of shares from 0 to 100 per cent."""
    ticks = (0, 0.25, 0.5, 0.75, 1)
    return Axis(0, 1, tuple((at, canvas.language.percent(at)) for at in ticks), title)


def difference_axis(canvas: Canvas, reach: float, title: str) -> Axis:
    """Return an axis around zero that holds `reach`: one point to either side, or more by halves."""
    end = 1.0
    while end < reach:
        end += 0.5
    step = 0.5 if end <= 1.5 else 1.0
    number = int(end / step)
    ticks = [i * step for i in range(-number, number + 1)]
    words = tuple((at, canvas.language.number(at, 1 if step < 1 else 0, sign=True)) for at in ticks)
    return Axis(-end, end, words, title)


def reach_of(most: int) -> float:
    """Return where an axis of counts ends: a little over the largest."""
    return max(10.0, 1.05 * most)


def count_axis(canvas: Canvas, most: int, title: str) -> Axis:
    """Return an axis of counts from 0 to a little over the largest, with at most eight ticks."""
    high = reach_of(most)
    step = next(s * 10**k for k in range(9) for s in (1, 2, 5) if high / (s * 10**k) <= 7 and s * 10**k >= 2)
    return Axis(
        0, high, tuple((at, canvas.language.count(at)) for at in range(0, int(high) + 1, step)), title
    )


def part_axis(canvas: Canvas, values: Sequence[float], title: str) -> Axis:
    """Return the part of an axis of shares, in steps of five per cent, that holds the values."""
    # With room for names beside the outermost.
    low = max(0, math.floor((min(values) - 0.02) * 20))
    high = min(20, max(low + 2, math.ceil((max(values) + 0.02) * 20)))
    ticks = range(low, high + 1, 1 if high - low <= 6 else 2)
    return Axis(low / 20, high / 20, tuple((i / 20, canvas.language.percent(i / 20)) for i in ticks), title)
