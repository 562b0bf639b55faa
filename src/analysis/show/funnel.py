"""The funnel: a municipality's units by number of answers, and how far an ordinary unit may lie from all."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.expected import ranges_of
from analysis.show.funnel_words import NAMED, Nation, alternative_of, caption_of, data_of, why_nothing
from analysis.show.places import Box, Name, leader, place_names
from analysis.show.plane import Plane, apart, say_part, tick_room
from analysis.show.scale import count_axis, near_axis, reach_of
from analysis.show.select import is_number, nation, one, select, service_of
from analysis.show.sheet import Sheet, figure_block
from analysis.show.style import ACCENT, BAND, INK, OWN, PALE, QUIET, SMALL, text_width
from analysis.show.text import write_paragraph
from analysis.show.unit_findings import units_of
from analysis.show.verdicts import DOWN, UP, judge

HEIGHT, TOP, FOOT, EDGE = 250.0, 28.0, 31.0, 3.0
_SHAPES = {UP: ("^", OWN, 9.0), DOWN: ("v", ACCENT, 9.0), "": ("o", OWN, 7.0)}


def draw_funnel(canvas: Canvas, facts: pd.DataFrame, *, topic: str = "overall") -> Block:
    """Draw every unit's mean against its number of answers, with the limits at 1.96 and 3.09.

    The limits are θ ± z √(σ²/n + τ²) with the nation's θ, τ and σ (Spiegelhalter 2005). Where they are not
    known, a sentence says why.
    """
    say, service = canvas.language, service_of(facts)
    country = _nation(facts, topic)
    means, _ = units_of(canvas, facts, topic)
    there = [mean for mean in means if is_number(mean) and mean.n]
    if country is None or not there:
        return write_paragraph(canvas, why_nothing(canvas, facts, topic, there))
    ranges = ranges_of(facts, topic)
    title = say.text("{topic}, mean", topic=canvas.labels.topic(service, topic))
    sheet = Sheet(TOP + HEIGHT + FOOT)
    limits = _limits(country, there)
    ends = [mean.value for mean in there] + [limits["low_998"].min(), limits["high_998"].max()]
    upright = near_axis(canvas, service, ends, title)
    across = count_axis(canvas, max(mean.n or 0 for mean in there), say.text("Number of answers"))
    words = _words(canvas, service, country)
    right = EDGE + 6 + max(text_width(word, SMALL) for word in words)
    left = EDGE + tick_room(upright)
    plane = Plane(left, TOP, sheet.width - left - right, HEIGHT, across, upright)
    plane.frame(sheet)
    lines = _draw_limits(sheet, plane, country, limits, words)
    _points(canvas, sheet, plane, there, ranges, lines)
    name = "funnel" if topic == "overall" else f"funnel-{topic.partition('.')[2]}"
    return figure_block(
        canvas, name, sheet,
        caption=caption_of(canvas, facts, topic, country, there) + say_part(canvas, upright, service),
        alt=alternative_of(canvas, facts, topic, means, ranges),
        data=data_of(canvas, means, ranges),
    )  # fmt: skip


def _nation(facts: pd.DataFrame, topic: str) -> Nation | None:
    names = ("theta", "tau", "sd_within")
    found = select(nation(facts), statistic=names, category="unit", topic=topic)
    parts = [one(found, statistic=name) for name in names]
    # A round is missing or too few units take part: then there is nothing to draw a funnel from.
    known = all(is_number(part) for part in parts) and parts[2].value > 0
    return Nation(*parts) if known else None


def _words(canvas: Canvas, service: str, country: Nation) -> list[str]:
    say = canvas.language
    # Named first: a `plural` between the brackets hides a text from the program that collects them.
    units = canvas.labels.unit_word(service, plural=True)
    return [
        say.text("{share} lie inside", share=say.percent(0.998, 1)),
        say.text("{share} lie inside", share=say.percent(0.95)),
        say.text(
            "all {units} {mean}",
            units=units, mean=numbers.score(say, country.theta),
        ),
    ]  # fmt: skip


def _limits(country: Nation, there: list[Fact]) -> pd.DataFrame:
    from analysis.stats.expected_range import funnel  # noqa: PLC0415 - no other figure needs it

    sizes = [mean.n or 0 for mean in there]
    # Close where the limits bend, wide apart where they run straight.
    n = np.unique(np.geomspace(max(1.0, 0.8 * min(sizes)), reach_of(max(sizes)), 60))
    theta, tau, within = (float(fact.value or 0) for fact in (country.theta, country.tau, country.within))
    return funnel(n, theta, sd=within, tau=tau).table


def _draw_limits(
    sheet: Sheet, plane: Plane, country: Nation, table: pd.DataFrame, words: list[str]
) -> list[Box]:
    xs = [plane.x(v) for v in table["n"].tolist()]
    ends = {name: table[name].tolist() for name in ("low", "high", "low_998", "high_998")}
    curve = {name: list(zip(xs, [plane.y(v) for v in values], strict=True)) for name, values in ends.items()}
    scale = plane.upright
    # A limit beyond the scale is no line: nobody can lie there.
    drawn = {
        name: [point for point, v in zip(curve[name], values, strict=True) if scale.low < v < scale.high]
        for name, values in ends.items()
    }
    sheet.area([*curve["low"], *curve["high"][::-1]], colour=BAND)
    for pair, dashes in ((("low", "high"), ()), (("low_998", "high_998"), (4, 2))):
        lines = [drawn[name] for name in pair if len(drawn[name]) > 1]
        if lines:
            sheet.strokes(lines, colour=PALE, width=0.9, dashes=dashes, order=0.4)
    middle = plane.y(float(country.theta.value or 0))
    sheet.strokes([[(xs[0], middle), (plane.right, middle)]], colour=QUIET, width=0.9, order=0.4)
    heights = [curve["high_998"][-1][1], curve["high"][-1][1], middle]
    for y, word in zip(apart(heights, 11.0), words, strict=True):
        sheet.write(plane.right + 5, y, word, size=SMALL, colour=QUIET)
    return [
        Box(min(a[0], b[0]), min(a[1], b[1]) - 1, max(a[0], b[0]), max(a[1], b[1]) + 1)
        for line in (*drawn.values(), [(xs[0], middle), (plane.right, middle)])
        for a, b in pairwise(line)
    ]


def _points(
    canvas: Canvas, sheet: Sheet, plane: Plane, there: list[Fact], ranges: dict[str, Fact], lines: list[Box]
) -> None:
    say = canvas.language
    signs = {}
    for mean in there:
        verdict = judge(say, ranges.get(mean.unit))
        signs[mean.unit] = verdict.sign if verdict.certain else ""
    hollow = {mean.unit: not signs[mean.unit] and (mean.n or 0) < canvas.caution for mean in there}
    for sign, (shape, colour, size) in _SHAPES.items():
        for bare in (False, True):
            same = [m for m in there if signs[m.unit] == sign and hollow[m.unit] == bare]
            if same:
                sheet.marks(
                    [(plane.x(m.n), plane.y(m.value)) for m in same],
                    colour=QUIET if bare else colour, marker=shape, size=size, hollow=bare,
                )  # fmt: skip
    # Those outside choose their place first.
    named = sorted(there, key=lambda m: (not signs[m.unit], m.n or 0, m.value or 0, m.unit))
    if len(there) > NAMED:
        named = [m for m in named if signs[m.unit]]
    texts = _short(canvas, named)
    names = [
        Name(plane.x(m.n), plane.y(m.value), text_width(text, SMALL, strong=bool(signs[m.unit])))
        for m, text in zip(named, texts, strict=True)
    ]
    others = [m for m in there if m not in named]
    covered = [
        Box(plane.x(m.n) - 4, plane.y(m.value) - 4, plane.x(m.n) + 4, plane.y(m.value) + 4) for m in others
    ]
    area = Box(plane.left + 2, plane.top, plane.right - 2, plane.bottom - 3)
    for m, text, name, box in zip(
        named, texts, names, place_names(names, area, keep_clear=covered, avoid=lines), strict=True
    ):
        if box is None:
            continue
        if line := leader(name, box):
            sheet.strokes([line], colour=QUIET, width=0.6, order=3)
        colour = _SHAPES[signs[m.unit]][1] if signs[m.unit] else INK
        sheet.write(
            box.left,
            (box.top + box.bottom) / 2,
            text,
            size=SMALL,
            colour=colour,
            strong=bool(signs[m.unit]),
        )


def _short(canvas: Canvas, means: list[Fact]) -> list[str]:
    # "Solbakken kindergarten" among kindergartens is "Solbakken", unless that is another's name too.
    full = [canvas.labels.unit(mean.unit) for mean in means]
    short = [
        name.rpartition(" ")[0]
        if name.rpartition(" ")[2].casefold() == canvas.labels.unit_word(mean.service).casefold()
        else name
        for name, mean in zip(full, means, strict=True)
    ]
    return [s if s and short.count(s) == 1 else f for s, f in zip(short, full, strict=True)]
