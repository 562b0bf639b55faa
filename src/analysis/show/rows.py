"""Figures with one row a result: name, dot with interval on a common axis, numbers and verdict in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.show.scale import Axis
from analysis.show.sheet import Sheet
from analysis.show.style import ACCENT, BAND, INK, OWN, PALE, QUIET, SMALL, WIDTH, text_width, wrap

LINE, GAP, PAD = 11.5, 9.0, 5.5
#: Widths of the columns of names and words in points: fixed, so that the axis stands in the same place in
#: every figure of a kind and figures can be compared at a glance.
NAME, WORDS, EDGE = 112.0, 100.0, 3.0
#: Height of the band behind a row's mark.
BAND_HEIGHT = 13.0
_MARKS = {"": "o", "▲": "^", "▼": "v"}
_COLOURS = {"▲": OWN, "▼": ACCENT}


@dataclass(frozen=True)
class Row:
    """One result. `sign` is ▲ or ▼ where a direction is certain; hollow marks call for caution.

    The last cell's words may take several lines, parted by a line feed; a line that begins with ▲ or ▼ is
    set in that sign's colour. `band` is the range that the result is expected in, drawn behind it. In a
    figure of one result and what it is compared with, `tone` is "own" for the one and "pale" for the rest.
    """

    name: str
    cells: tuple[str, ...]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    sign: str = ""
    hollow: bool = False
    strong: bool = False
    band: tuple[float, float] | None = None
    tone: str = ""

    @property
    def colour(self) -> str:
        """The mark's colour: the accent calls for attention, the pale mark for caution."""
        if self.tone == "pale":
            return QUIET
        return _COLOURS.get(self.sign) or (QUIET if self.hollow and self.tone != "own" else OWN)


@dataclass(frozen=True)
class Heading:
    """Head of a column of numbers or words at the right; the last column holds words and is aligned left."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Line:
    """A vertical line to compare with, named at its head."""

    value: float
    name: str
    colour: str = INK
    dashes: tuple[float, ...] = ()


@dataclass(frozen=True)
class _Plan:
    names: list[list[str]]
    last: list[list[tuple[str, str]]]
    widths: list[float]
    tops: list[float]
    heights: list[float]
    left: float
    plot: float


def draw_rows(
    rows: Sequence[Row], headings: Sequence[Heading], axis: Axis, *, lines: Sequence[Line] = ()
) -> Sheet:
    """Draw the rows in the order given; the figure's height follows their number."""
    plan = _plan(rows, headings)
    head = 4 + LINE * (1 + len(lines)) + 3
    body = plan.tops[-1] + plan.heights[-1]
    sheet = Sheet(head + body + 31)
    axis.draw(sheet, plan.left, plan.plot, head + body)
    _bands(sheet, rows, plan, axis, head)
    _marks(sheet, rows, plan, axis, head)
    _compare(sheet, lines, plan, axis, head)
    _words(sheet, rows, headings, plan, head)
    return sheet


def _plan(rows: Sequence[Row], headings: Sequence[Heading]) -> _Plan:
    names = [wrap(row.name, NAME, strong=row.strong, lines=3) for row in rows]
    last = [_last(row.cells[-1]) for row in rows]
    widths = []
    for i, heading in enumerate(headings):
        cells = [WORDS]
        if i < len(headings) - 1:
            cells = [text_width(row.cells[i], strong=heading.strong) for row in rows]
        widths.append(max([text_width(heading.text, SMALL), *cells]))
    heights = [max(len(a), len(b)) * LINE + PAD for a, b in zip(names, last, strict=True)]
    tops = [sum(heights[:i]) for i in range(len(heights))]
    left = EDGE + NAME + GAP
    # The axis' last tick text reaches past the axis by half its width.
    plot = WIDTH - left - sum(widths) - GAP * len(widths) - 4 - EDGE
    return _Plan(names, last, widths, tops, heights, left, plot)


def _last(words: str) -> list[tuple[str, str]]:
    # Every line with its sign, which the lines that it is broken into keep.
    lines = []
    for said in words.split("\n"):
        sign = said[:1] if said[:1] in _COLOURS else ""
        lines += [(line, sign) for line in wrap(said, WORDS, SMALL, strong=bool(sign), lines=3)]
    return lines


def _bands(sheet: Sheet, rows: Sequence[Row], plan: _Plan, axis: Axis, head: float) -> None:
    ends = []
    for row, top, height in zip(rows, plan.tops, plan.heights, strict=True):
        if row.band is None:
            continue
        left, right = (
            axis.place(min(max(end, axis.low), axis.high), plan.left, plan.plot) for end in row.band
        )
        y = head + top + (height - BAND_HEIGHT) / 2
        sheet.box(left, y, right - left, BAND_HEIGHT, colour=BAND, edge=0, order=0.2)
        ends += [[(x, y), (x, y + BAND_HEIGHT)] for x in (left, right)]
    if ends:
        # The fill alone is too pale for a mark: the ends carry the contrast.
        sheet.strokes(ends, colour=PALE, width=0.8, order=0.3)


def _marks(sheet: Sheet, rows: Sequence[Row], plan: _Plan, axis: Axis, head: float) -> None:
    def at(value: float) -> float:
        return axis.place(min(max(value, axis.low), axis.high), plan.left, plan.plot)

    ys = [head + top + height / 2 for top, height in zip(plan.tops, plan.heights, strict=True)]
    there = [(row, y) for row, y in zip(rows, ys, strict=True) if row.value is not None]
    ranged = [(row, y) for row, y in there if row.low is not None and row.high is not None]
    sheet.strokes(
        [[(at(row.low), y), (at(row.high), y)] for row, y in ranged],
        colour=[row.colour for row, _ in ranged], width=2.2, order=3,
    )  # fmt: skip
    for sign, hollow, tone in sorted({(row.sign, row.hollow, row.tone) for row, _ in there}):
        same = [(row, y) for row, y in there if (row.sign, row.hollow, row.tone) == (sign, hollow, tone)]
        sheet.marks(
            [(at(row.value), y) for row, y in same],
            colour=same[0][0].colour, marker=_MARKS[sign], size=9 if sign else 7.5, hollow=hollow,
        )  # fmt: skip


def _compare(sheet: Sheet, lines: Sequence[Line], plan: _Plan, axis: Axis, head: float) -> None:
    bottom = head + plan.tops[-1] + plan.heights[-1]
    for i, line in enumerate(lines):
        y = 4 + LINE * (i + 0.5)
        at = axis.place(line.value, plan.left, plan.plot)
        sheet.strokes(
            [[(at, y + LINE / 2 + 1.5), (at, bottom)]],
            colour=line.colour,
            width=0.9,
            dashes=line.dashes,
            order=0.5,
        )
        wide = text_width(line.name, SMALL)
        # A higher row's line runs down past the names under it: they stand on its free side.
        passing = [above.value for above in lines[:i]]
        if passing and line.value >= passing[-1]:
            sheet.write(min(at + 3, sheet.width - wide), y, line.name, size=SMALL, colour=line.colour)
        elif passing:
            sheet.write(at - 3, y, line.name, size=SMALL, colour=line.colour, ha="right")
        else:
            start = min(max(at - wide / 2, 0), sheet.width - wide)
            sheet.write(start, y, line.name, size=SMALL, colour=line.colour)


def _words(sheet: Sheet, rows: Sequence[Row], headings: Sequence[Heading], plan: _Plan, head: float) -> None:
    ends, x = [], plan.left + plan.plot + 4
    for width in plan.widths:
        x += GAP + width
        ends.append(x)
    start = ends[-1] - plan.widths[-1]
    for heading, end in zip(headings[:-1], ends, strict=False):
        sheet.write(end, head - 3 - LINE / 2, heading.text, size=SMALL, colour=QUIET, ha="right")
    sheet.write(start, head - 3 - LINE / 2, headings[-1].text, size=SMALL, colour=QUIET)
    for i, row in enumerate(rows):
        middle = head + plan.tops[i] + plan.heights[i] / 2
        colour = row.colour if row.sign else INK
        sheet.write_lines(plan.left - GAP, middle, plan.names[i], line=LINE, ha="right", strong=row.strong)
        for text, end, heading in zip(row.cells[:-1], ends, headings, strict=False):
            sheet.write(
                end, middle, text, colour=colour if heading.strong else INK, strong=heading.strong, ha="right"
            )
        for j, (text, sign) in enumerate(plan.last[i]):
            y = middle + LINE * (j - (len(plan.last[i]) - 1) / 2)
            colour = QUIET if row.tone == "pale" else _COLOURS.get(sign, QUIET)
            sheet.write(start, y, text, size=SMALL, strong=bool(sign), colour=colour)
