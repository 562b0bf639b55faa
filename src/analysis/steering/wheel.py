"""The year wheel: when a survey is prepared, made, talked about and decided on, by a municipality's dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analysis.core.language import Language
from analysis.core.paths import write_bytes
from analysis.steering.notes import Wheel

Kind = Literal[
    "preparation", "selection", "rollout", "fieldwork", "analysis", "result_dialogue", "status_report",
    "action_plan", "budget", "focus_preparation", "focus_groups",
]  # fmt: skip

#: The standard dates where a municipality gives none: fieldwork at the start of the first quarter, so that
#: it can inform the report on the year before; the budget by the middle of December.
_FIELDWORK = ((1, 10), (2, 10))
_BUDGET = ((12, 1), (12, 15))
_STATUS_REPORT = ((5, 15), (6, 20))
_FOCUS_PREPARATION, _FOCUS_GROUPS = ((9, 1), (9, 30)), ((10, 1), (11, 30))
#: Days before the fieldwork on which the preparation, the selection and the roll-out begin: with fieldwork
#: in January all three lie in the autumn before.
_BEFORE = {"preparation": 140, "selection": 98, "rollout": 42}
_ANALYSIS, _DIALOGUE, _AFTERWARDS, _ACTION_PLAN = 35, 28, 42, 90
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry of the wheel; `end` is its last day.

    id: kind and year, the same in every run. given: the municipality has said this very date; others follow
    from the standard, or from the date that it gave for another year.
    """

    id: str
    kind: Kind
    start: dt.date
    end: dt.date
    given: bool = False


def wheel_of(wheel: Wheel | None, years: tuple[int, ...]) -> Wheel:
    """Return the municipality's wheel; without one, that of its rounds: as far apart as the last two.

    >>> wheel_of(None, (2021, 2023, 2025)).every, wheel_of(None, (2025,)).every
    (2, 2)
    """
    if wheel is not None:
        return wheel
    every = years[-1] - years[-2] if len(years) > 1 else 2
    return Wheel(first_survey=years[-1], every=min(every, 4))


def survey_years(wheel: Wheel, years: tuple[int, ...]) -> tuple[int, int]:
    """Return the wheel's survey year that the round belongs to, and the next one.

    >>> survey_years(Wheel(first_survey=2021), (2023, 2025))
    (2025, 2027)
    >>> survey_years(Wheel(first_survey=2026), (2023, 2025))
    (2026, 2028)
    """
    this = max(years[-1] - (years[-1] - wheel.first_survey) % wheel.every, wheel.first_survey)
    return this, this + wheel.every


def next_survey(wheel: Wheel | None, years: tuple[int, ...]) -> int:
    """Return the year of the first survey after the round.

    >>> next_survey(None, (2023, 2025)), next_survey(Wheel(first_survey=2026), (2023, 2025))
    (2027, 2026)
    """
    return next(year for year in survey_years(wheel_of(wheel, years), years) if year > years[-1])


def events(wheel: Wheel | None, years: tuple[int, ...]) -> list[Event]:
    """Give everything from the preparation of the round's survey to the fieldwork of the next, in order.

    Args:
        wheel: the dates that the municipality gives, None for none.
        years: the rounds, oldest first; the last is the one reported on.

    Around each survey: preparation, selection and roll-out before it, analysis and report, result dialogue
    and status report after it. Each year: action plan and budget. In the autumn of the last year before the
    next survey, which is the second one where a survey is made every second year: focus groups.
    """
    wheel = wheel_of(wheel, years)
    this, following = survey_years(wheel, years)
    found = [*_before(wheel, this), *_after(wheel, this), *_before(wheel, following)]
    for year in range(this, following):
        found += _budget(wheel, year)
    autumn = following - 1
    found.append(_event("focus_preparation", autumn, *_dates(_FOCUS_PREPARATION, autumn)))
    found.append(_event("focus_groups", autumn, *_dates(_FOCUS_GROUPS, autumn)))
    return sorted(found, key=lambda event: (event.start, event.end, event.id))


def _before(wheel: Wheel, year: int) -> Iterator[Event]:
    start, end, given = _fieldwork(wheel, year)
    begins = {kind: start - dt.timedelta(days=days) for kind, days in _BEFORE.items()}
    yield _event("preparation", year, begins["preparation"], begins["selection"] - _DAY)
    yield _event("selection", year, begins["selection"], begins["rollout"] - _DAY)
    yield _event("rollout", year, begins["rollout"], start - _DAY)
    yield _event("fieldwork", year, start, end, given)


def _after(wheel: Wheel, year: int) -> Iterator[Event]:
    _, closed, _ = _fieldwork(wheel, year)
    reported = closed + dt.timedelta(days=_ANALYSIS)
    begin, end, given = reported + _DAY, reported + dt.timedelta(days=_DIALOGUE), False
    if wheel.result_dialogue:
        begin = end = _in_year(wheel.result_dialogue, year - wheel.result_dialogue.year)
        given = wheel.result_dialogue.year == year
        # The report is there when it is talked about.
        if closed < begin - _DAY < reported:
            reported = begin - _DAY
    yield _event("analysis", year, closed + _DAY, reported)
    yield _event("result_dialogue", year, begin, end, given)
    begin, end = _dates(_STATUS_REPORT, year)
    if begin <= reported:
        begin, end = reported + _DAY, reported + dt.timedelta(days=_AFTERWARDS)
    yield _event("status_report", year, begin, end)


def _budget(wheel: Wheel, year: int) -> Iterator[Event]:
    begin, end = _dates(_BUDGET, year)
    given = False
    if wheel.budget:
        begin = end = _in_year(wheel.budget, year - wheel.budget.year)
        given = wheel.budget.year == year
    yield _event("action_plan", year, begin - dt.timedelta(days=_ACTION_PLAN), begin - _DAY)
    yield _event("budget", year, begin, end, given)


def _fieldwork(wheel: Wheel, year: int) -> tuple[dt.date, dt.date, bool]:
    if wheel.fieldwork is None:
        return (*_dates(_FIELDWORK, year), False)
    # Fieldwork that begins before the new year belongs to the year in which it ends.
    later = year - wheel.fieldwork[1].year
    start, end = (_in_year(day, later) for day in wheel.fieldwork)
    return start, end, later == 0


def _dates(days: tuple[tuple[int, int], tuple[int, int]], year: int) -> tuple[dt.date, dt.date]:
    first, last = (dt.date(year, *day) for day in days)
    return first, last


def _in_year(day: dt.date, later: int) -> dt.date:
    try:
        return day.replace(year=day.year + later)
    except ValueError:
        return day.replace(year=day.year + later, day=28)


def _event(kind: Kind, year: int, start: dt.date, end: dt.date, given: bool = False) -> Event:
    return Event(id=f"{kind}-{year}", kind=kind, start=start, end=end, given=given)


def name_event(event: Event, language: Language) -> str:
    """Return what an event is called in a reader's language."""
    text = language.text
    words: dict[str, str] = {
        "preparation": text("Preparation of the survey"),
        "selection": text("Selection of users and questions"),
        "rollout": text("Roll-out: users and staff are told"),
        "fieldwork": text("Fieldwork: users answer"),
        "analysis": text("Analysis and report"),
        "result_dialogue": text("Result dialogue between the municipal director and the heads of service"),
        "status_report": text("Status report to the council on {year}", year=event.start.year - 1),
        "action_plan": text("Work on budget and action plan"),
        "budget": text("The council decides on budget and action plan"),
        "focus_preparation": text("Preparation of focus groups"),
        "focus_groups": text("Focus groups"),
    }
    return words[event.kind]


def write_calendar(
    events: Iterable[Event],
    path: Path,
    language: Language,
    *,
    municipality: str,
    name: str,
    date: dt.date,
) -> None:
    """Save the events as an iCalendar file (RFC 5545) that any calendar program reads.

    Args:
        events: what is to be in it; every event lasts whole days.
        path: the .ics file.
        language: the readers'.
        municipality: its code, which makes the events' ids its own.
        name: its name.
        date: the batch's date, which stands as the time the file was made: the same run gives the same bytes.

    A date that the municipality has not said itself is marked as tentative.
    """
    from icalendar import Calendar  # noqa: PLC0415 - a report's notebooks never need it
    from icalendar import Event as Entry  # noqa: PLC0415

    text = language.text
    made = dt.datetime.combine(date, dt.time(), tzinfo=dt.UTC)
    calendar = Calendar()
    calendar.add("prodid", f"-//Tilstand//{municipality}//{language.code.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", text("Year wheel, {municipality}", municipality=name))
    for event in events:
        entry = Entry()
        entry.add("uid", f"{event.id}.{municipality}@tilstand")
        entry.add("dtstamp", made)
        entry.add("dtstart", event.start)
        # The end of a whole-day event is the first day that is no longer in it.
        entry.add("dtend", event.end + _DAY)
        entry.add("summary", name_event(event, language))
        entry.add("status", "CONFIRMED" if event.given else "TENTATIVE")
        entry.add("description", text("Adopted date") if event.given else text("Tentative date"))
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    write_bytes(path, calendar.to_ical())
