"""Cost and quality side by side: two panels, two axes, never one figure made of both."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.cost_words import Subject, cost_cell, middle_half, say_subject, subjects_of
from analysis.show.scale import Axis
from analysis.show.select import is_number, one
from analysis.show.sheet import Sheet, figure_block
from analysis.show.style import BAND, INK, OWN, PALE, QUIET, SMALL, text_width, wrap
from analysis.show.supplied import between, supplied
from analysis.show.tables import Column, Table
from analysis.show.text import write_callout
from analysis.show.verdicts import shown, state
from analysis.steering.context import Steering

_NAME, _GAP, _EDGE, _LINE = 84.0, 22.0, 3.0, 11.0
_HEAD, _ROW, _FOOT, _BAND = 34.0, 40.0, 31.0, 13.0


def draw_cost_quality(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """Draw every service's cost among the others' costs, and beside it its users' satisfaction.

    The left panel shows costs as the difference from the others' median, in per cent, so that cheap and dear
    services share an axis; the right one satisfaction on its scale. Where no cost is known, a callout.
    """
    say = canvas.language
    subjects = [s for s in subjects_of(canvas, facts, steering) if s.service]
    if not any(is_number(subject.cost) for subject in subjects):
        why = say.text("No cost per user has been supplied for any of the services.")
        return write_callout(canvas, "note", say.text("Costs are missing"), why)
    sheet = Sheet(_HEAD + _ROW * len(subjects) + _FOOT)
    width = (sheet.width - 2 * _EDGE - _NAME - 2 * _GAP - 8) / 2
    left = _EDGE + _NAME + _GAP
    costs, means = _cost_axis(canvas, subjects), _mean_axis(canvas, subjects)
    right = left + width + _GAP
    bottom = _HEAD + _ROW * len(subjects)
    for start, axis, title in (
        (left, costs, say.text("Cost per user")),
        (right, means, say.text("Overall satisfaction")),
    ):
        sheet.write(start, 8, title, strong=True)
        axis.draw(sheet, start, width, bottom)
    _heads(canvas, sheet, left, right, subjects)
    for i, subject in enumerate(subjects):
        y = _HEAD + _ROW * (i + 0.5)
        lines = wrap(subject.name, _NAME, strong=True, lines=3)
        sheet.write_lines(left - _GAP + 4, y, lines, line=_LINE, ha="right", strong=True)
        _cost(canvas, sheet, subject, costs, left, width, y)
        _quality(canvas, sheet, subject, means, right, width, y)
    return figure_block(
        canvas, "cost-quality", sheet,
        caption=_caption(canvas, subjects, steering),
        alt=" ".join(f"{subject.name}: {say_subject(canvas, subject)}" for subject in subjects),
        data=_data(canvas, subjects),
    )  # fmt: skip


def _cost_axis(canvas: Canvas, subjects: Sequence[Subject]) -> Axis:
    ends = [0.1]
    for subject in subjects:
        if subject.compared and is_number(subject.cost):
            ends += [abs(_beside(subject, f.value)) for f in (*subject.costs, *subject.quartiles)]
    reach = math.ceil(max(ends) * 10) / 10
    step = next(s for s in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100) if reach / s <= 2.001 or s == 100)
    reach = step * math.ceil(reach / step - 1e-9)
    number = round(reach / step)
    ticks = tuple((i * step, _signed(canvas, i * step)) for i in range(-number, number + 1))
    return Axis(-reach, reach, ticks, canvas.language.text("difference from the others' median"))


def _signed(canvas: Canvas, share: float) -> str:
    written = canvas.language.percent(share)
    return f"+{written}" if share > 0 else written


def _mean_axis(canvas: Canvas, subjects: Sequence[Subject]) -> Axis:
    scales = {canvas.labels.questionnaires[subject.service].scale for subject in subjects}
    say = canvas.language
    if len(scales) == 1:
        low, high = next(iter(scales))
        ticks = tuple((at, say.count(at)) for at in range(low, high + 1, max(1, (high - low) // 10)))
        return Axis(low, high, ticks, say.text("mean, with interval"))
    # Services with scales of their own share an axis from the lowest answer to the highest.
    return Axis(0, 1, ((0, say.text("lowest")), (1, say.text("highest"))), say.text("mean, with interval"))


def _heads(canvas: Canvas, sheet: Sheet, left: float, right: float, subjects: Sequence[Subject]) -> None:
    say = canvas.language
    if any(subject.compared for subject in subjects):
        sheet.write(left, 21, say.text("grey: middle half of the others"), size=SMALL, colour=QUIET)
    if any(subject.spread for subject in subjects):
        words = say.text("grey: middle half of municipalities")
        sheet.write(right, 21, words, size=SMALL, colour=QUIET)
    elif any(is_number(subject.country) for subject in subjects):
        words = say.text("grey line: mean of all municipalities")
        sheet.write(right, 21, words, size=SMALL, colour=QUIET)


def _cost(
    canvas: Canvas, sheet: Sheet, subject: Subject, axis: Axis, left: float, width: float, y: float
) -> None:
    say, cost = canvas.language, subject.cost
    if not is_number(cost) or not subject.compared:
        said = cost_cell(canvas, subject.costs)
        if is_number(cost):
            said += ", " + say.text("nothing to compare with")
        sheet.write(left + width / 2, y, said, colour=QUIET, ha="center")
        return
    at = [axis.place(_beside(subject, fact.value), left, width) for fact in subject.quartiles]
    _band(sheet, at, y)
    earlier = [axis.place(_beside(subject, fact.value), left, width) for fact in subject.costs]
    if len(earlier) > 1:
        sheet.strokes([[(min(earlier), y + 4), (max(earlier), y + 4)]], colour=OWN, width=1.8, order=3)
    _own(sheet, earlier[-1], y + 4, cost_cell(canvas, subject.costs), left, width)


def _quality(
    canvas: Canvas, sheet: Sheet, subject: Subject, axis: Axis, left: float, width: float, y: float
) -> None:
    say, mean = canvas.language, subject.satisfaction
    if not is_number(mean):
        sheet.write(left + width / 2, y, state(say, mean).text, colour=QUIET, ha="center")
        return
    low, high = canvas.labels.questionnaires[subject.service].scale

    def at(value: float) -> float:
        shown_at = value if (axis.low, axis.high) == (low, high) else (value - low) / (high - low)
        return axis.place(min(max(shown_at, axis.low), axis.high), left, width)

    quartiles = [one(list(subject.spread), category=name) for name in ("25", "50", "75")]
    if all(is_number(fact) for fact in quartiles):
        _band(sheet, [at(fact.value) for fact in quartiles], y)
    elif is_number(subject.country):
        x = at(subject.country.value)
        sheet.strokes([[(x, y - 3), (x, y + 11)]], colour=PALE, width=1.2, order=0.4)
    if mean.low is not None and mean.high is not None:
        sheet.strokes([[(at(mean.low), y + 4), (at(mean.high), y + 4)]], colour=OWN, width=2.2, order=3)
    words = f"{numbers.score(say, mean)} ({numbers.interval(say, mean)})"
    _own(sheet, at(mean.value), y + 4, words, left, width)


def _band(sheet: Sheet, at: Sequence[float], y: float) -> None:
    low, middle, high = at
    top = y + 4 - _BAND / 2
    sheet.box(low, top, high - low, _BAND, colour=BAND, edge=0, order=0.2)
    sheet.strokes([[(x, top), (x, top + _BAND)] for x in (low, high)], colour=PALE, width=0.8, order=0.3)
    sheet.strokes([[(middle, top), (middle, top + _BAND)]], colour=INK, width=1.0, order=0.4)


def _own(sheet: Sheet, x: float, y: float, words: str, left: float, width: float) -> None:
    sheet.marks([(x, y)], colour=OWN, size=7.5)
    wide = text_width(words, SMALL, strong=True)
    start = min(max(x - wide / 2, left - 4), left + width + 4 - wide)
    sheet.write(start, y - 14, words, size=SMALL, colour=OWN, strong=True)


def _beside(subject: Subject, value: float | None) -> float:
    """Return how far a cost is from the others' median, as a share of it: a place on the axis, no result."""
    median = subject.quartiles[1].value or 1.0
    return (value or 0.0) / median - 1


def _caption(canvas: Canvas, subjects: Sequence[Subject], steering: Steering) -> str:
    say = canvas.language
    parts = [
        say.text(
            "What the services cost and what their users say of them, {year}. The two stand beside each "
            "other and are not made into one figure: a low cost is not good in itself, and satisfaction is "
            "not all that quality is.",
            year=steering.year,
        )
    ]
    if any(subject.compared for subject in subjects):
        parts.append(
            say.text(
                "Left, the point is the latest cost per user and the line its lowest and highest since "
                "{first}. A cost comes from the accounts and has no confidence interval.",
                first=min(steering.years),
            )
        )
    means = [s.satisfaction for s in subjects if s.satisfaction is not None]
    parts.append(
        say.text("Right, the line is a {level} confidence interval.", level=numbers.level_word(say, means))
    )
    missing = [subject.name for subject in subjects if not is_number(subject.cost)]
    if missing:
        parts.append(say.text("No cost is known for {names}.", names=say.series(missing)))
    known = [fact for subject in subjects for fact in subject.costs if is_number(fact)]
    # The demonstration's figures carry a code for their source; a municipality's carry its own words.
    made_up = {"synthetic": say.text("synthetic data")}
    sources = sorted({made_up.get(fact.note, fact.note) for fact in known if fact.note})
    if sources:
        parts.append(say.text("Source of the costs: {sources}.", sources=", ".join(sources)))
    return " ".join(parts)


def _data(canvas: Canvas, subjects: Sequence[Subject]) -> Table:
    say = canvas.language
    rows = []
    for subject in subjects:
        mean = subject.satisfaction
        around = numbers.EM_RULE
        median = numbers.EM_RULE
        if subject.compared and is_number(subject.cost):
            median = between(say, subject.quartiles[1], subject.costs)
            around = middle_half(canvas, subject.quartiles, subject.costs)
        rows.append(
            (
                subject.name,
                supplied(say, subject.cost, subject.costs)
                if is_number(subject.cost)
                else cost_cell(canvas, subject.costs),
                str(subject.cost.year) if is_number(subject.cost) else numbers.EM_RULE,
                median,
                around,
                shown(say, mean, numbers.score(say, mean)),
                numbers.interval(say, mean),
                numbers.score(say, subject.country),
            )
        )
    columns = (
        Column(say.text("Service"), 17),
        Column(say.text("Cost per user"), 14, right=True),
        Column(say.text("Year"), 7, right=True),
        Column(say.text("Others' median"), 14, right=True),
        Column(say.text("Middle half"), 19, right=True),
        Column(say.text("Satisfaction"), 11, right=True),
        Column(say.text("Interval"), 10, right=True),
        Column(say.text("All municipalities"), 12, right=True),
    )
    return Table(columns, tuple(rows))
