"""Facts of the status report: feedback with equal room, staff, and who took part in other sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.findings import choose_strengths, on_index
from analysis.facts.sides import sides_of
from analysis.facts.table import Fact, join, tabulate
from analysis.steering.context import Steering
from analysis.steering.notes import Note, Staffing
from analysis.steering.topics import topics_of

#: So many items of each kind in the whole chapter, and at least one of each from every service.
_MOST = 6
#: The verdict of a source whose points may be shown: enough people took part.
POINTS = "points_shown"
_CERTAIN = {"higher": "rise", "lower": "fall"}
_BESIDE = {"higher": "above", "lower": "below"}
#: What comes after what is certain, and what fills a side that still has fewer.
_FILLS = {"strength": "highest", "improvement": "lowest"}


def status_facts(
    facts: pd.DataFrame, steering: Steering, *, thresholds: Disclosure = Disclosure()
) -> pd.DataFrame:
    """Give the status report's own facts: feedback, staff and other sources, joined."""
    return join(
        [
            feedback_facts(facts, thresholds=thresholds),
            staff_facts(steering, thresholds=thresholds),
            source_facts(steering, thresholds=thresholds),
        ]
    )


def feedback_facts(facts: pd.DataFrame, *, thresholds: Disclosure = Disclosure()) -> pd.DataFrame:
    """Choose what each service's users said that was positive and negative, as many of each.

    Positive is, in this order: a certain rise, a topic certainly above the mean of the municipalities, a
    strength (see `strengths_and_improvements`, over the service's own topics). Negative is the same turned
    round. Where one side has fewer, it is filled with the highest, or lowest, of the topics that are left.
    What is certain is taken as adjusted over the whole report, where the facts hold that.

    Returns:
        `feedback_positive` and `feedback_negative` by rank (category): the topic's index 0-100 with its
        interval; `note` says why it was chosen: rise, above, strength, highest, or fall, below,
        improvement, lowest.
    """
    services = topics_of(facts)
    most = max(1, _MOST // max(1, len(services)))
    found: list[Fact] = []
    for topics in services.values():
        found += _feedback(topics.facts, topics.year, thresholds, most)
    return tabulate(found)


@dataclass(frozen=True)
class _Chosen:
    topic: str
    reason: str


def _feedback(rows: Sequence[Fact], year: int | None, thresholds: Disclosure, most: int) -> Iterator[Fact]:
    levels = _levels(rows, year, thresholds)
    good, bad = _claimed(rows, levels)
    sides = sides_of(rows)
    against = {
        "strength": {topic for _, topic in sides.against} | {c.topic for c in bad},
        "improvement": {topic for _, topic in sides.favour} | {c.topic for c in good},
    }
    found = choose_strengths(rows, year=year, thresholds=thresholds)
    named = {name: [fact.topic for fact in found if fact.statistic == name] for name in _FILLS}
    ranked = [topic for topic in levels if topic != "overall"] or list(levels)
    every = {*ranked, *(c.topic for c in (*good, *bad))}
    # No topic stands on both sides, and no side has more than there is to set against it.
    number = min(most, max(len(good), len(bad), len(named["strength"])), len(every) // 2)
    good, bad = good[:number], bad[:number]
    for side, name, order in ((good, "strength", ranked), (bad, "improvement", ranked[::-1])):
        gone = {chosen.topic for chosen in (*good, *bad)}
        # What something certain speaks against fills a side only where nothing else is left; whoever writes
        # of it says so (`analysis.facts.sides`).
        rest = sorted((t for t in order if t not in named[name]), key=lambda t: t in against[name])
        wanted = [t for t in named[name] if t not in against[name]]
        rest = [t for t in dict.fromkeys((*wanted, *rest, *named[name])) if t not in gone]
        for topic in rest[: number - len(side)]:
            side.append(_Chosen(topic, name if topic in named[name] else _FILLS[name]))
    for statistic, side in (("feedback_positive", good), ("feedback_negative", bad)):
        for rank, chosen in enumerate(side[: min(len(good), len(bad))], start=1):
            yield replace(levels[chosen.topic], statistic=statistic, category=str(rank), note=chosen.reason)


def _levels(rows: Sequence[Fact], year: int | None, thresholds: Disclosure) -> dict[str, Fact]:
    """Return what may be chosen: this round's topics with their index, the highest first."""
    means = [
        fact
        for fact in rows
        if fact.statistic == "mean"
        and fact.year is not None
        and fact.year == year
        and fact.state == "measured"
        and fact.n is not None
        and fact.n >= thresholds.distribution
    ]
    dimensions = [fact for fact in means if fact.topic.startswith("dimension.")]
    if dimensions:
        means = [*dimensions, *(fact for fact in means if fact.topic == "overall")]
    found = {fact.topic: on_index(fact, "") for fact in means}
    return dict(sorted(found.items(), key=lambda item: (-item[1].value, item[0])))


def _claimed(rows: Sequence[Fact], levels: dict[str, Fact]) -> tuple[list[_Chosen], list[_Chosen]]:
    """Return what is certain, for and against: changes first, then what differs from the municipalities."""
    good: list[_Chosen] = []
    bad: list[_Chosen] = []
    for statistic, words in (("change", _CERTAIN), ("national_difference", _BESIDE)):
        claims = [fact for fact in rows if fact.statistic == f"report_{statistic}"]
        claims = claims or [fact for fact in rows if fact.statistic == statistic]
        claims = [fact for fact in claims if fact.verdict in words and fact.state == "measured"]
        # Of changes since several rounds the latest; the surest topic first.
        claims.sort(key=lambda fact: (fact.p_adjusted is None, fact.p_adjusted or 0.0, fact.topic))
        claims.sort(key=lambda fact: fact.against, reverse=True)
        for fact in claims:
            chosen = {each.topic for each in (*good, *bad)}
            if fact.topic in levels and fact.topic not in chosen:
                (good if fact.verdict == "higher" else bad).append(_Chosen(fact.topic, words[fact.verdict]))
    return good, bad


def staff_facts(steering: Steering, *, thresholds: Disclosure = Disclosure()) -> pd.DataFrame:
    """Give the staff figures that the municipality has supplied, up to the round.

    `staff_employees` (count), `staff_positions` (number), `staff_turnover` (share of employees who left in
    the year) and `staff_sick_leave` (percent), n the employees. All are suppressed where fewer than
    `thresholds.mean` people work, or where it is not said how many do and there are fewer positions than
    that. The two rates are suppressed under `thresholds.distribution` people: of nine employees one who is
    away shows in the rate. Turnover also where somebody left but fewer than `thresholds.mean` did. What is
    not supplied is not measured.
    """
    found: list[Fact] = []
    for entry in sorted(steering.plan.staff, key=lambda entry: (entry.service, entry.year)):
        if entry.year <= steering.year:
            found += _staff(entry, steering.plan.municipality, thresholds)
    return tabulate(found)


def _staff(entry: Staffing, municipality: str, thresholds: Disclosure) -> Iterator[Fact]:
    people = entry.employees if entry.employees is not None else entry.positions
    few = people is None or people < thresholds.mean
    few_for_rates = people is None or people < thresholds.distribution
    turnover = None
    if entry.left is not None and entry.employees:
        turnover = entry.left / entry.employees
    for statistic, value, scale in (
        ("staff_employees", entry.employees, "count"),
        ("staff_positions", entry.positions, "number"),
        ("staff_turnover", turnover, "share"),
        ("staff_sick_leave", entry.sick_leave, "percent"),
    ):
        fact = Fact(
            statistic=statistic, municipality=municipality, service=entry.service, year=entry.year,
            scale=scale, method="supplied",
        )  # fmt: skip
        rate = statistic in ("staff_turnover", "staff_sick_leave")
        left = entry.left or 0
        few_left = statistic == "staff_turnover" and 0 < left < thresholds.mean
        if value is None:
            yield fact.missing("not_measured", "not_supplied")
        elif few or few_left or (rate and few_for_rates):
            yield fact.missing("suppressed")
        else:
            yield replace(fact, value=float(value), n=entry.employees)


def source_facts(steering: Steering, *, thresholds: Disclosure = Disclosure()) -> pd.DataFrame:
    """Give how many took part in each focus group and other source, category the note's id.

    Suppressed under `thresholds.mean` people; from `thresholds.distribution` on the verdict is
    `points_shown`: their points may be shown. Words are held to the same as an open answer.
    """
    found = []
    for note in _notes(steering):
        fact = Fact(
            statistic="participants", municipality=steering.plan.municipality, service=note.service,
            year=note.year, category=note.id, scale="count", method="supplied",
        )  # fmt: skip
        if note.n < thresholds.mean:
            found.append(fact.missing("suppressed"))
        else:
            shown = POINTS if note.n >= thresholds.distribution else ""
            found.append(replace(fact, value=note.n, n=note.n, verdict=shown))
    return tabulate(found)


def _notes(steering: Steering) -> list[Note]:
    return [note for note in steering.plan.notes if note.year <= steering.year]
