"""The year wheel as a ring of months with this municipality's dates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_interval

from analysis.show.blocks import Block, Canvas
from analysis.show.month_ring import OUTER, Ring, draw_months
from analysis.show.plane import apart
from analysis.show.sheet import Sheet, figure_block
from analysis.show.style import INK, OWN, PALE, QUIET, SMALL, WIDTH, wrap
from analysis.show.tables import Column, Table
from analysis.steering.context import Steering
from analysis.steering.wheel import Event, events, name_event, next_survey, survey_years, wheel_of

#: Radii in points, inside the months: a ring for the survey, one for steering, one for the focus groups.
_TRACKS = {"survey": (74.0, 90.0), "steering": (55.0, 71.0), "groups": (36.0, 52.0)}
_OF_STEERING = ("result_dialogue", "status_report", "action_plan", "budget")
_OF_GROUPS = ("focus_preparation", "focus_groups")
_COLOURS = {"survey": OWN, "steering": QUIET, "groups": PALE}
_LABEL, _LINE, _GAP, _EDGE = 103.0, 11.0, 7.0, 3.0
#: An arc is at least so long, in points: that its number has room.
_LEAST = 15.0


@dataclass(frozen=True)
class _Part:
    """One numbered arc with its label's lines."""

    event: Event
    number: int
    track: str
    start: float
    end: float
    lines: list[str]
    dates: list[str]

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2

    @property
    def height(self) -> float:
        return _LINE * (len(self.lines) + len(self.dates))


def draw_wheel(canvas: Canvas, steering: Steering) -> Block:
    """Draw the years from this survey to the next as a ring of months, with what is done when."""
    wheel = wheel_of(steering.plan.wheel, steering.years)
    this, following = survey_years(wheel, steering.years)
    every = events(steering.plan.wheel, steering.years)
    inside = [event for event in every if this <= event.start.year < following]
    ring = Ring(this, following - this, WIDTH / 2, 0)
    parts = _parts(canvas, steering, ring, inside)
    right = [part for part in parts if part.middle % 1 < 0.5]
    left = [part for part in parts if part.middle % 1 >= 0.5]
    tallest = max(sum(p.height + _GAP for p in side) for side in (right, left))
    height = max(2 * OUTER, tallest) + 2 * _EDGE + 4
    ring = Ring(this, following - this, WIDTH / 2, height / 2)
    sheet = Sheet(height)
    draw_months(canvas, sheet, ring)
    _arcs(sheet, ring, parts, steering.year)
    for side, align in ((right, "left"), (left, "right")):
        _labels(sheet, ring, side, align, height, steering.year)
    return figure_block(
        canvas, "wheel", sheet,
        caption=_caption(canvas, steering, this, following),
        alt=_alternative(canvas, every, this, following),
        data=_data(canvas, every),
    )  # fmt: skip


def dates_of(canvas: Canvas, event: Event) -> str:
    """Write when an event is: one day, or from a day to another."""
    written = format_interval(event.start, event.end, "yMMMd", locale=canvas.language.locale)
    # Thin spaces around the dash are not in every font.
    return written.replace("\u2009", " ")


def _parts(canvas: Canvas, steering: Steering, ring: Ring, inside: Sequence[Event]) -> list[_Part]:
    decided = {event.start.year: event for event in inside if event.kind == "budget"}
    shown = [event for event in inside if event.kind != "budget"]
    parts = []
    for number, event in enumerate(shown, start=1):
        track = _track(event)
        taken = [part.end for part in parts if part.track == track]
        start, end = _place(ring, event, track, shown, max(taken, default=-1.0))
        text = name_event(event, canvas.language)
        if event.kind == "result_dialogue":
            text = canvas.language.text("Result dialogue")
        dates, adopted = dates_of(canvas, event), event.given
        if event.kind == "action_plan" and (budget := decided.get(event.end.year)):
            # Two entries of the calendar, one place on the wheel: the work, and the day it ends in.
            text = canvas.language.text("Budget and action plan")
            dates, adopted = (
                canvas.language.text("decided {date}", date=dates_of(canvas, budget)),
                budget.given,
            )
        if adopted:
            dates = canvas.language.text("{dates}, adopted", dates=dates)
        if event.kind == "fieldwork" and event.start.year <= steering.year <= event.end.year:
            text = canvas.language.text("{name} (this report)", name=text)
        parts.append(
            _Part(
                event, number, track, start, end,
                wrap(text, _LABEL - 17, strong=True, lines=5), wrap(dates, _LABEL - 17, SMALL, lines=2),
            )
        )  # fmt: skip
    return parts


def _place(ring: Ring, event: Event, track: str, shown: Sequence[Event], taken: float) -> tuple[float, float]:
    """Return an arc's two ends: as long as its number needs, and clear of its neighbours."""
    start, end = ring.turn(event.start), ring.turn(event.end) + 1 / (31 * ring.months)
    least = _LEAST / (math.pi * sum(_TRACKS[track]))
    if end - start >= least:
        return max(start, taken), end
    later = [ring.turn(e.start) for e in shown if e.start > event.end and _track(e) == track]
    end = min((start + end + least) / 2, min(later, default=math.inf))
    return max(end - least, taken), end


def _track(event: Event) -> str:
    return "steering" if event.kind in _OF_STEERING else "groups" if event.kind in _OF_GROUPS else "survey"


def _arcs(sheet: Sheet, ring: Ring, parts: Sequence[_Part], year: int) -> None:
    for part in parts:
        inner, outer = _TRACKS[part.track]
        colour = _COLOURS[part.track]
        sheet.area(ring.arc(part.start, part.end, inner, outer), colour=colour, order=2)
        # White lines part neighbours of one colour, also in black and white.
        for turn in (part.start, part.end):
            sheet.strokes([[ring.at(turn, inner), ring.at(turn, outer)]], colour="white", width=1.2, order=3)
        x, y = ring.at(part.middle, (inner + outer) / 2)
        # On the pale arcs the number is dark, on the others white.
        sheet.write(
            x,
            y,
            str(part.number),
            size=SMALL,
            colour=INK if colour == PALE else "white",
            strong=True,
            ha="center",
        )
        if _is_round(part, year):
            outline = ring.arc(part.start, part.end, OUTER + 3, OUTER + 3)
            sheet.strokes([outline[: len(outline) // 2]], colour=OWN, width=2.4)


def _labels(sheet: Sheet, ring: Ring, side: Sequence[_Part], align: str, height: float, year: int) -> None:
    # Down the page on both sides: on the left, time runs upwards.
    side = sorted(side, key=lambda part: part.number, reverse=align == "right")
    middles = _spread(side, [ring.at(part.middle, OUTER)[1] for part in side], height)
    for part, middle in zip(side, middles, strict=True):
        right = align == "left"
        edge = WIDTH - _LABEL if right else _LABEL
        x = edge + 16 if right else edge - 16
        top = middle - part.height / 2 + _LINE / 2
        colour = _COLOURS[part.track]
        badge = edge + (7 if right else -7)
        round_about = [i / 36 * 2 * math.pi for i in range(36)]
        sheet.area([(badge + 7 * math.cos(a), top + 7 * math.sin(a)) for a in round_about], colour=colour)
        number = INK if colour == PALE else "white"
        sheet.write(badge, top, str(part.number), size=SMALL, colour=number, strong=True, ha="center")
        tone = OWN if _is_round(part, year) else INK
        for i, line in enumerate(part.lines):
            sheet.write(x, top + _LINE * i, line, strong=True, colour=tone, ha=align)
        for i, line in enumerate(part.dates, start=len(part.lines)):
            sheet.write(x, top + _LINE * i, line, size=SMALL, colour=QUIET, ha=align)


def _spread(side: Sequence[_Part], wanted: list[float], height: float) -> list[float]:
    """Return the middles of labels of different heights, in order down the page and inside the figure."""
    if not side:
        return []
    mean = max(part.height for part in side) + _GAP
    middles = apart(wanted, mean) if mean * len(side) <= height else list(wanted)
    for i, part in enumerate(side):
        least = (
            _EDGE + part.height / 2
            if i == 0
            else middles[i - 1] + (side[i - 1].height + part.height) / 2 + _GAP
        )
        middles[i] = max(middles[i], least)
    floor = height - _EDGE
    for i in range(len(side) - 1, -1, -1):
        middles[i] = min(middles[i], floor - side[i].height / 2)
        floor = middles[i] - side[i].height / 2 - _GAP
    return middles


def _is_round(part: _Part, year: int) -> bool:
    return part.event.kind == "fieldwork" and part.event.end.year == year


def _caption(canvas: Canvas, steering: Steering, this: int, following: int) -> str:
    say = canvas.language
    said = say.plural(
        "The year wheel of {municipality}: a survey every year.",
        "The year wheel of {municipality}: a survey every {n} years.",
        following - this,
        municipality=canvas.labels.municipality,
    )
    said += " " + say.text(
        "Outermost the survey, then result dialogue, status report and budget, innermost the focus groups. "
        "The next survey is in {year}.",
        year=next_survey(steering.plan.wheel, steering.years),
    )
    return said + " " + say.text("Dates that are not said to be adopted are tentative.")


def _alternative(canvas: Canvas, every: Sequence[Event], this: int, following: int) -> str:
    say = canvas.language
    listed = "; ".join(f"{name_event(event, say)}: {dates_of(canvas, event)}" for event in every)
    return say.text(
        "From the survey in {this} to the next one in {following}. {events}.",
        this=this, following=following, events=listed,
    )  # fmt: skip


def _data(canvas: Canvas, every: Sequence[Event]) -> Table:
    say = canvas.language
    columns = (Column(say.text("What"), 52), Column(say.text("When"), 30), Column(say.text("Date"), 18))
    rows = tuple(
        (
            name_event(event, say),
            dates_of(canvas, event),
            say.text("adopted") if event.given else say.text("tentative"),
        )
        for event in every
    )
    return Table(columns, rows)
