"""Bars that part in the middle of the scale, one for each item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Canvas
from analysis.show.sheet import Sheet
from analysis.show.style import INK, QUIET, RULE, SMALL, readable_on, text_width, wrap
from analysis.show.verdicts import state

#: Tones from the lowest answer to the middle and from the middle to the highest: far from the middle is dark.
LOW, HIGH, MIDDLE = ("#a63a14", "#d98a66", "#f0cdbb"), ("#c9dcec", "#7eabd0", "#1b5b92"), "#dfe2e6"
NAME, EDGE, GAP, LINE, BAR, HEAD, GROUP, AIR = 200.0, 3.0, 10.0, 10.5, 13.0, 38.0, 16.0, 4.0
#: A figure is no taller than this, so that it and its caption stand on one page.
TALLEST = 600.0
#: Under this share a number does not fit into its part of the bar.
LABELLED = 0.065


@dataclass(frozen=True)
class Item:
    """One item's answers: the shares from the worst answer to the best; turned where low answers are good."""

    topic: str
    wording: str
    shares: tuple[Fact, ...]
    turned: bool = False

    @property
    def there(self) -> bool:
        """Whether all shares may be shown."""
        return bool(self.shares) and all(fact.value is not None for fact in self.shares)


def pages(canvas: Canvas, service: str, items: Sequence[Item]) -> list[list[Item]]:
    """Part the items into as many figures as pages need, dimensions kept whole where they can be."""
    out: list[list[Item]] = [[]]
    tall, groups = HEAD, _groups(canvas, service, items)
    for i, item in enumerate(items):
        high = _height(item) + (GROUP if groups[i] else 0)
        # With a dimension's first item come all of its items, if one page holds them.
        rest = next((j for j in range(i + 1, len(items)) if groups[j]), len(items))
        whole = high + sum(map(_height, items[i + 1 : rest])) if groups[i] else high
        needed = whole if HEAD + whole <= TALLEST else high
        if out[-1] and tall + needed > TALLEST:
            out.append([])
            tall = HEAD
        out[-1].append(item)
        tall += high
    return out


def draw_bars(canvas: Canvas, service: str, items: Sequence[Item], *, every: Sequence[Item]) -> Sheet:
    """Draw each item's answers as a bar, the answers of the middle of the scale meeting at one line.

    `every` holds the items of all parts, so that their bars are drawn to one measure.
    """
    tones = _tones(*canvas.labels.questionnaires[service].scale)
    say = canvas.language
    wordings = [wrap(item.wording, NAME, SMALL, lines=3) for item in items]
    heights = [_height(item) for item in items]
    groups = _groups(canvas, service, items)
    counts = [numbers.count(say, max((f.n or 0 for f in item.shares), default=0) or None) for item in items]
    last = max(text_width(text, SMALL) for text in (say.text("answers"), *counts))
    sheet = Sheet(HEAD + sum(heights) + GROUP * sum(bool(group) for group in groups) + 4)
    left, right = EDGE + NAME + GAP, sheet.width - EDGE - last - GAP
    drawn = [[fact.value or 0.0 for fact in item.shares] for item in every if item.there]
    before = max(_under(shares) for shares in drawn)
    after = max(sum(shares) - _under(shares) for shares in drawn)
    unit = (right - left) / (before + after)
    middle = left + before * unit
    _key(canvas, sheet, service, items, tones, left, right)
    sheet.write(sheet.width - EDGE, HEAD - 8, say.text("answers"), size=SMALL, colour=QUIET, ha="right")
    y = HEAD
    for item, lines, height, count, group in zip(items, wordings, heights, counts, groups, strict=True):
        if group:
            sheet.write(EDGE, y + GROUP - 5.5, group, size=SMALL, strong=True)
            y += GROUP
        centre = y + height / 2
        sheet.write_lines(EDGE, centre, lines, line=LINE, size=SMALL)
        if item.there:
            _bar(canvas, sheet, [fact.value or 0.0 for fact in item.shares], tones, middle, unit, centre)
        else:
            missing = next((fact for fact in item.shares if fact.value is None), None)
            sheet.write(middle + 6, centre, state(say, missing).text, size=SMALL, colour=QUIET)
        sheet.write(
            sheet.width - EDGE, centre, count if item.there else numbers.EM_RULE, size=SMALL, ha="right"
        )
        y += height
    # With a middle answer the line would run through its number: there it passes behind the bars.
    behind = len(tones) % 2 == 1
    line = [(middle, HEAD - 1), (middle, y + 1)]
    sheet.strokes([line], colour=INK, width=0.9, order=0 if behind else 2)
    return sheet


def _height(item: Item) -> float:
    return max(BAR, len(wrap(item.wording, NAME, SMALL, lines=3)) * LINE) + AIR


def _tones(low: int, high: int) -> list[str]:
    number = high - low + 1
    half = number // 2

    def spread(tones: Sequence[str]) -> list[str]:
        return [tones[round(i * (len(tones) - 1) / max(1, half - 1))] for i in range(half)]

    # A short scale takes the outer tones, which differ most.
    if half == 1:
        low_side, high_side = [LOW[0]], [HIGH[-1]]
    else:
        low_side, high_side = spread(LOW), spread(HIGH)
    return [*low_side, *([MIDDLE] if number % 2 else []), *high_side]


def _under(shares: Sequence[float]) -> float:
    # What lies left of the middle: the lower half of the answers and half of a middle one.
    half = len(shares) // 2
    return sum(shares[:half]) + (shares[half] / 2 if len(shares) % 2 else 0)


def _groups(canvas: Canvas, service: str, items: Sequence[Item]) -> list[str]:
    # A dimension's name over its first item; nothing where there are no dimensions.
    asked = canvas.labels.questionnaires[service]
    names = {d.id: canvas.language.pick(d.name) for d in asked.dimensions}
    if len(names) < 2:
        return [""] * len(items)
    of = [names.get(asked.item(i.topic.removeprefix("item.")).dimension or "", "") for i in items]
    of = [group or canvas.labels.topic(service, "overall") for group in of]
    return [group if i == 0 or of[i - 1] != group else "" for i, group in enumerate(of)]


def _bar(
    canvas: Canvas,
    sheet: Sheet,
    shares: Sequence[float],
    tones: Sequence[str],
    middle: float,
    unit: float,
    y: float,
) -> None:
    x = middle - _under(shares) * unit
    for share, tone in zip(shares, tones, strict=True):
        wide = share * unit
        if share:
            sheet.box(x, y - BAR / 2, wide, BAR, colour=tone)
        text = canvas.language.number(100 * share, 0)
        if share >= LABELLED and wide >= text_width(text, SMALL) + 3:
            sheet.write(x + wide / 2, y, text, size=SMALL, colour=readable_on(tone), ha="center")
        x += wide


def _key(
    canvas: Canvas,
    sheet: Sheet,
    service: str,
    items: Sequence[Item],
    tones: Sequence[str],
    left: float,
    right: float,
) -> None:
    # The answers in their order over the bars, the ends in words where all items share them.
    say, asked = canvas.language, canvas.labels.questionnaires[service]
    low, _ = asked.scale
    names = [item.topic.removeprefix("item.") for item in items if item.there and not item.turned]
    worded = {tuple(canvas.labels.end(service, name, highest=end) for end in (False, True)) for name in names}
    lowest, highest = worded.pop() if len(worded) == 1 else ("", "")
    lowest, highest = lowest or say.text("lowest"), highest or say.text("highest")
    room = right - left
    wide = min(20.0, (room * 0.42) / len(tones))
    ends = (room - wide * len(tones)) / 2 - 5
    start = left + ends + 5
    for i, tone in enumerate(tones):
        sheet.box(start + i * wide, 5, wide, 13, colour=tone)
        sheet.write(
            start + (i + 0.5) * wide,
            11.5,
            say.count(low + i),
            size=SMALL,
            colour=readable_on(tone),
            ha="center",
        )
    for lines, x, ha in (
        (wrap(lowest, ends, SMALL, lines=2), start - 5, "right"),
        (wrap(highest, ends, SMALL, lines=2), start + wide * len(tones) + 5, "left"),
    ):
        sheet.write_lines(x, 11.5, lines, line=LINE, size=SMALL, colour=QUIET, ha=ha)
    sheet.strokes([[(left, HEAD - 1), (right, HEAD - 1)]], colour=RULE)
