"""A ring of months: where a day lies on it, and how it is drawn."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from babel.dates import get_month_names

from analysis.show.blocks import Canvas
from analysis.show.sheet import Sheet
from analysis.show.style import BAND, QUIET, SMALL

#: Radii of the months' ring in points.
OUTER, INNER = 116.0, 94.0
#: The second year's months are paler than the first's, and the third's are as the first's.
_PALER = "#f1f3f6"


@dataclass(frozen=True)
class Ring:
    """The wheel's months, and where on the sheet its middle is."""

    first: int
    years: int
    x: float
    y: float

    @property
    def months(self) -> int:
        """How many months there are."""
        return 12 * self.years

    def turn(self, day: dt.date) -> float:
        """Return how far round a day is, 0 to 1 clockwise from the top."""
        months = 12 * (day.year - self.first) + day.month - 1
        return (months + (day.day - 1) / 31) / self.months

    def at(self, turn: float, radius: float) -> tuple[float, float]:
        """Return the point at a turn and a radius."""
        angle = 2 * math.pi * turn
        return self.x + radius * math.sin(angle), self.y - radius * math.cos(angle)

    def arc(self, start: float, end: float, inner: float, outer: float) -> list[tuple[float, float]]:
        """Return the outline of a part of a ring."""
        steps = max(2, math.ceil((end - start) * 180))
        turns = [start + (end - start) * i / steps for i in range(steps + 1)]
        return [self.at(t, outer) for t in turns] + [self.at(t, inner) for t in reversed(turns)]


def draw_months(canvas: Canvas, sheet: Sheet, ring: Ring) -> None:
    """Draw the ring of months with their names, and the years inside it."""
    names = get_month_names("wide", locale=canvas.language.locale)
    # Three years and more leave room for a letter alone.
    short = 3 if ring.years < 3 else 1
    for month in range(ring.months):
        start, end = month / ring.months, (month + 1) / ring.months
        sheet.area(ring.arc(start, end, INNER, OUTER), colour=BAND if month // 12 % 2 == 0 else _PALER)
        x, y = ring.at((start + end) / 2, (INNER + OUTER) / 2)
        sheet.write(x, y, names[month % 12 + 1][:short], size=SMALL, ha="center")
    for month in range(ring.months):
        new_year = month % 12 == 0
        inner = 22.0 if new_year else INNER
        sheet.strokes(
            [[ring.at(month / ring.months, inner), ring.at(month / ring.months, OUTER)]],
            colour=QUIET if new_year else "white", width=1.0 if new_year else 0.8,
            dashes=(2, 2) if new_year else (), order=1,
        )  # fmt: skip
    for year in range(ring.years):
        x, y = ring.at((year + 0.5) / ring.years, 16 if ring.years > 1 else 0)
        sheet.write(x, y, str(ring.first + year), size=SMALL, strong=True, ha="center")
