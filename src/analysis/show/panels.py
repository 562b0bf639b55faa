"""One small panel of a development: our line with intervals, the national line, gaps where rounds differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Canvas
from analysis.show.select import is_number
from analysis.show.sheet import Sheet
from analysis.show.style import OWN, PALE, QUIET, RULE, SMALL, text_width
from analysis.show.verdicts import state

#: Height of a panel in points.
PANEL = 92.0


@dataclass(frozen=True)
class Panel:
    """Where a panel lies on its sheet, in points, its scale and its rounds."""

    sheet: Sheet
    left: float
    top: float
    width: float
    scale: tuple[int, int]
    years: tuple[int, ...]

    def x(self, year: float) -> float:
        """Return where a year lies."""
        first, last = self.years[0], self.years[-1]
        around = max(0.8, 0.22 * (last - first))
        return self.left + self.width * (year - first + around) / (last - first + 2 * around)

    def y(self, value: float) -> float:
        """Return where a mean lies."""
        low, high = self.scale
        return self.top + PANEL * (high - min(max(value, low), high)) / (high - low)


def draw_panel(
    canvas: Canvas, panel: Panel, mine: dict[int, Fact], country: dict[int, Fact], broken: set[int]
) -> None:
    """Draw the means of one topic by round, ours and all municipalities'.

    Rounds in `broken` cannot be compared with the latest: they are not joined to it.
    """
    years = panel.years
    _frame(canvas, panel)
    theirs = [year for year in years if is_number(country.get(year))]
    _line(panel, country, _runs(theirs, broken, years), colour=PALE, width=1.4, dashes=(4, 2))
    seen = [year for year in years if is_number(mine.get(year))]
    bars = [mine[y] for y in seen if mine[y].low is not None and mine[y].high is not None]
    panel.sheet.strokes(
        [[(panel.x(f.year), panel.y(f.low)), (panel.x(f.year), panel.y(f.high))] for f in bars],
        colour=OWN, width=1.4, order=3,
    )  # fmt: skip
    _line(panel, mine, _runs(seen, broken, years), colour=OWN, width=1.8, order=3)
    for hollow in (False, True):
        marked = [y for y in seen if (mine[y].n is not None and mine[y].n < canvas.caution) == hollow]
        if marked:
            panel.sheet.marks(
                [(panel.x(y), panel.y(mine[y].value)) for y in marked], colour=OWN, size=5.5, hollow=hollow
            )
    for year in years:
        if year in seen:
            _number(canvas, panel, mine[year], country.get(year))
        else:
            # The sign of the reason stands where the number would.
            sign = state(canvas.language, mine.get(year)).sign
            panel.sheet.write(panel.x(year), panel.top + PANEL / 2, sign, colour=QUIET, ha="center")
    gap = _gap(seen, broken, years)
    if gap:
        x = panel.x(gap)
        panel.sheet.strokes(
            [[(x, panel.top), (x, panel.top + PANEL - 16)]], colour=QUIET, dashes=(1, 2), order=1
        )
        word = canvas.language.text("not comparable")
        x = max(x, panel.left + text_width(word, SMALL) / 2)
        panel.sheet.write(x, panel.top + PANEL - 8, word, size=SMALL, colour=QUIET, ha="center")


def _frame(canvas: Canvas, panel: Panel) -> None:
    low, high = panel.scale
    ticks = range(low, high + 1, max(1, (high - low) // 10))
    right = panel.left + panel.width
    panel.sheet.strokes(
        [[(panel.left, panel.y(tick)), (right, panel.y(tick))] for tick in ticks],
        colour=RULE,
        width=0.5,
        order=0,
    )
    for tick in ticks:
        panel.sheet.write(
            panel.left - 4, panel.y(tick), canvas.language.count(tick), size=SMALL, colour=QUIET, ha="right"
        )
    for year in panel.years:
        panel.sheet.write(panel.x(year), panel.top + PANEL + 9, str(year), size=SMALL, ha="center")


def _line(panel: Panel, facts: dict[int, Fact], runs: list[list[int]], **how: object) -> None:
    joined = [[(panel.x(y), panel.y(facts[y].value)) for y in run] for run in runs if len(run) > 1]
    if joined:
        panel.sheet.strokes(joined, **how)


def _number(canvas: Canvas, panel: Panel, fact: Fact, country: Fact | None) -> None:
    # Beyond the interval, on the side away from the national line and inside the panel.
    low = panel.y(fact.value if fact.low is None else fact.low)
    high = panel.y(fact.value if fact.high is None else fact.high)
    under = is_number(country) and country.value > fact.value
    room = 14
    if high - room < panel.top - 6:
        under = True
    if low + room > panel.top + PANEL:
        under = False
    y = max(low, panel.y(fact.value) + 3) + 7 if under else min(high, panel.y(fact.value) - 3) - 7
    panel.sheet.write(panel.x(fact.year), y, numbers.score(canvas.language, fact), strong=True, ha="center")


def _runs(seen: Sequence[int], broken: set[int], years: Sequence[int]) -> list[list[int]]:
    # Joined: neighbouring rounds that are both there and both comparable with the latest.
    runs: list[list[int]] = []
    for year in years:
        if year not in seen:
            continue
        at = years.index(year)
        before = years[at - 1] if at else None
        if runs and runs[-1][-1] == before and not {before, year} & broken:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


def _gap(seen: Sequence[int], broken: set[int], years: Sequence[int]) -> float | None:
    late = max((year for year in broken if year in seen), default=None)
    return None if late is None else (late + years[years.index(late) + 1]) / 2
