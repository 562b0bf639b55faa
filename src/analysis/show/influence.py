"""What rests on a single unit: the mean, each certain change, and whether units changed alike."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.change import compared_year, inside
from analysis.show.select import last_year, one, own, scored_topics, select, service_of
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_paragraph
from analysis.show.verdicts import judge, state


def say_influence(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say whether any certain change rests on a single unit, for every certain change that there is."""
    say, mine, year = canvas.language, own(facts), last_year(facts)
    since = f"year.{compared_year(facts)}"
    changes = select(mine, statistic="change", year=year, unit="", against=since, verdict=("higher", "lower"))
    if not changes:
        return say.text("There is no certain change that could rest on a single unit.")
    tried = select(mine, statistic="influence_on_change", year=year, against=since)
    found = [one(tried, topic=change.topic) for change in changes]
    pairs = list(zip(changes, found, strict=True))
    parts = []
    if rests := [fact for fact in found if fact is not None and fact.verdict == "changes_verdict"]:
        names = [
            say.text("{topic} (without {unit})", topic=_topic(canvas, f), unit=canvas.labels.unit(f.unit))
            for f in rests
        ]
        parts.append(
            say.text("A certain change rests on a single unit for {names}.", names=say.series(names))
        )
    keeps = [c for c, fact in pairs if fact is not None and fact.verdict == "keeps_verdict"]
    if len(keeps) == len(changes):
        parts.append(say.text("Every certain change stays certain whichever of the units shown is left out."))
    elif keeps:
        parts.append(
            say.text(
                "Certain whichever of the units shown is left out: the change in {topics}.",
                topics=_topics(canvas, keeps),
            )
        )
    if hidden := [c for c, fact in pairs if fact is not None and fact.state == "suppressed"]:
        parts.append(
            say.text(
                "Whether the certain change in {topics} rests on a single unit is suppressed.",
                topics=_topics(canvas, hidden),
            )
        )
    if untried := [
        c for c, fact in pairs if fact is None or not (fact.verdict or fact.state == "suppressed")
    ]:
        parts.append(
            say.text(
                "Whether the certain change in {topics} rests on a single unit cannot be tried, since there "
                "are too few units.",
                topics=_topics(canvas, untried),
            )
        )
    return " ".join(parts)


def say_differing(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Name the topics whose certain change is not the same in all units; "" where none was tested."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    found = select(own(facts), statistic="changes_differ", year=last_year(facts), unit="")
    tested = [fact for fact in found if fact.verdict]
    differ = [fact for fact in tested if fact.verdict == "differ"]
    # Named first: a `plural` between the brackets hides a text from the program that collects them.
    units = labels.unit_word(service, plural=True)
    if differ:
        return say.text(
            "The change is certainly not the same in all {units}, each topic tested by itself: {topics}.",
            units=units, topics=_topics(canvas, differ),
        )  # fmt: skip
    if tested:
        return say.text("It cannot be shown that the {units} differ in the certain changes.", units=units)
    return ""


def tabulate_influence(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set topics against the unit that moves the mean most, and the change without one unit."""
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    mine = own(facts)
    moved = select(mine, statistic="influence", year=year)
    changes = select(mine, statistic="influence_on_change", year=year)
    if all(fact.state == "undecided" for fact in (*moved, *changes)):
        return write_paragraph(canvas, say.text("There are too few units to leave one out."))
    rows = []
    for topic in scored_topics(labels, service):
        unit, change = one(moved, topic=topic), one(changes, topic=topic)
        rows.append(
            (
                labels.topic(service, topic),
                labels.unit(unit.unit) if unit else numbers.EM_RULE,
                _moved(canvas, unit),
                _without(canvas, change) if changes else "",
            )
        )
    columns = [
        Column(say.text("Topic"), 26),
        Column(say.text("Unit that counts most"), 28),
        Column(say.text("The mean moves without it"), 16, right=True),
        Column(say.text("The change without one unit"), 30),
    ]
    if not changes:
        columns, rows = columns[:3], [row[:3] for row in rows]
    caption = say.text(
        "{service}: how the municipality's mean moves when the unit among those shown that counts most is "
        "left out, {year}.",
        service=labels.service(service), year=year,
    )  # fmt: skip
    if changes:
        caption += " " + say.text(
            "At the right the certain changes without the unit among those shown that they rest on most, and "
            "whether they then stay certain."
        )
    return table_block(canvas, "influence", Table(tuple(columns), tuple(rows)), caption=caption)


def _topic(canvas: Canvas, fact: Fact) -> str:
    return inside(canvas.labels.topic(fact.service, fact.topic))


def _topics(canvas: Canvas, facts: list[Fact]) -> str:
    return canvas.language.series([_topic(canvas, fact) for fact in facts])


def _moved(canvas: Canvas, fact: Fact | None) -> str:
    say = canvas.language
    if fact is None or fact.value is None:
        return state(say, fact).text if fact is not None else numbers.EM_RULE
    return say.number(fact.value, 2, sign=True)


def _without(canvas: Canvas, fact: Fact | None) -> str:
    say = canvas.language
    if fact is None:
        return numbers.EM_RULE
    if fact.state == "undecided":
        return say.text("cannot be tried")
    if fact.value is None:
        return state(say, fact).text
    return say.text(
        "{value} without {unit}: {assessment}",
        value=say.number(fact.value, 2, sign=True), unit=canvas.labels.unit(fact.unit),
        assessment=judge(say, fact).text,
    )  # fmt: skip
