"""The priority map: how a dimension's result and its association with overall satisfaction meet."""

from __future__ import annotations

import pandas as pd

from analysis.show.blocks import Block, Canvas
from analysis.show.places import Box, Name, leader, place_names
from analysis.show.plane import Plane, say_part, tick_room
from analysis.show.priority_words import (
    Point,
    alternative_of,
    caption_of,
    cuts_of,
    data_of,
    ends_of,
    points_of,
    why_nothing,
)
from analysis.show.scale import near_axis, part_axis
from analysis.show.select import service_of
from analysis.show.sheet import Sheet, figure_block
from analysis.show.style import BAND, INK, OWN, PALE, QUIET, text_width
from analysis.show.text import write_paragraph

HEIGHT, TOP, FOOT, EDGE, AIR = 300.0, 28.0, 31.0, 3.0, 12.0


def draw_priorities(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Draw every dimension's mean against its association with overall satisfaction, with both cuts.

    Where there is nothing to place on the map, a sentence says so.
    """
    say, service = canvas.language, service_of(facts)
    points, cuts = points_of(canvas, facts), cuts_of(facts)
    if not points or cuts is None:
        return write_paragraph(canvas, why_nothing(canvas, facts))
    sheet = Sheet(TOP + HEIGHT + FOOT)
    means, shares = ends_of(points)
    upright = near_axis(canvas, service, [*means, cuts[1]], say.text("The dimension's mean"))
    title = say.text("Association with overall satisfaction")
    across = part_axis(canvas, [*shares, cuts[0]], title)
    left = EDGE + tick_room(upright)
    plane = Plane(left, TOP, sheet.width - left - AIR, HEIGHT, across, upright)
    corners = _quadrants(canvas, sheet, plane, cuts)
    plane.frame(sheet)
    _crosses(canvas, sheet, plane, points, corners)
    return figure_block(
        canvas, "priorities", sheet,
        caption=caption_of(canvas, facts, points, cuts) + say_part(canvas, upright, service),
        alt=alternative_of(canvas, facts, points),
        data=data_of(canvas, facts, points),
    )  # fmt: skip


def _quadrants(canvas: Canvas, sheet: Sheet, plane: Plane, cuts: tuple[float, float]) -> list[Box]:
    say = canvas.language
    x, y = plane.x(cuts[0]), plane.y(cuts[1])
    # What to begin with lies in the grey corner: important, and the result low.
    sheet.box(x, y, plane.right - x, plane.bottom - y, colour=BAND, edge=0, order=0.1)
    sheet.strokes(
        [[(x, plane.top), (x, plane.bottom)], [(plane.left, y), (plane.right, y)]],
        colour=PALE, width=0.9, dashes=(4, 2), order=0.4,
    )  # fmt: skip
    taken = []
    for text, right, low in (
        (say.text("Lower priority"), False, False),
        (say.text("Preserve"), True, False),
        (say.text("Improve if possible"), False, True),
        (say.text("Prioritise"), True, True),
    ):
        wide = text_width(text, strong=True)
        start = plane.right - 5 - wide if right else plane.left + 5
        middle = plane.bottom - 10 if low else plane.top + 10
        sheet.write(start, middle, text, colour=QUIET, strong=True)
        taken.append(Box(start - 3, middle - 8, start + wide + 3, middle + 8))
    return [*taken, Box(x - 1, plane.top, x + 1, plane.bottom), Box(plane.left, y - 1, plane.right, y + 1)]


def _crosses(canvas: Canvas, sheet: Sheet, plane: Plane, points: list[Point], taken: list[Box]) -> None:
    labels = canvas.labels
    bars: list[list[tuple[float, float]]] = []
    tones = []
    for point in points:
        x, y = plane.x(point.importance.value), plane.y(point.mean.value)
        for fact, at in ((point.importance, plane.x), (point.mean, plane.y)):
            if fact.low is None or fact.high is None:
                continue
            ends = (at(fact.low), at(fact.high))
            bars.append([(end, y) for end in ends] if at == plane.x else [(x, end) for end in ends])
            tones.append(OWN if point.decided else QUIET)
    sheet.strokes(bars, colour=tones, width=1.3, order=3)
    for decided in (True, False):
        same = [p for p in points if p.decided == decided]
        if same:
            sheet.marks(
                [(plane.x(p.importance.value), plane.y(p.mean.value)) for p in same],
                colour=OWN if decided else QUIET, marker="o" if decided else "D",
                size=7.5 if decided else 6.5, hollow=not decided,
            )  # fmt: skip
    ordered = sorted(points, key=lambda p: (not p.decided, p.topic))
    texts = [labels.topic(p.mean.service, p.topic) for p in ordered]
    names = [
        Name(plane.x(p.importance.value), plane.y(p.mean.value), text_width(text, strong=p.decided))
        for p, text in zip(ordered, texts, strict=True)
    ]
    lines = [
        Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])).around(2.5) for a, b in bars
    ]
    area = Box(plane.left + 2, plane.top + 1, plane.right + AIR - 3, plane.bottom - 2)
    # The corners' names are kept clear; over the cuts a name may lie where there is nothing better.
    where = place_names(names, area, keep_clear=taken[:4], avoid=[*lines, *taken[4:]])
    for p, text, name, box in zip(ordered, texts, names, where, strict=True):
        if box is None:
            continue
        if line := leader(name, box):
            sheet.strokes([line], colour=QUIET, width=0.6, order=2.5)
        middle = (box.top + box.bottom) / 2
        sheet.write(box.left, middle, text, strong=p.decided, colour=INK if p.decided else QUIET)
