"""What the methods assume, and how it stands: spread within units, single units, who did not answer."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.change import inside
from analysis.show.groups import tabulate_groups, tabulate_weighted
from analysis.show.select import is_number, last_year, one, own, select, service_of, services_of, topics
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_heading, write_paragraph
from analysis.show.verdicts import judge, state

_CLAIMS = ("report_change", "report_unit_difference", "report_national_difference")
_SHAPE = ("residual_skewness", "residual_kurtosis", "residual_outside", "ceiling")
#: From such a share of scores at the top of the scale, results can hardly become higher.
CEILING = 0.3
#: Beyond these the scores are so lopsided or heavy-tailed that small groups' intervals become inexact.
SKEWNESS, KURTOSIS = 1.0, 3.0


def write_assumptions(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Make the appendix on assumptions: one section a service."""
    blocks = []
    for service in services_of(facts):
        part = facts[facts["service"] == service]
        part = part[~part["statistic"].isin((*_CLAIMS, "strength", "improvement"))]
        place = replace(canvas, prefix=service)
        blocks += [
            write_heading(place, 2, canvas.labels.service(service), id="assumptions"),
            write_paragraph(place, say_residuals(place, part)),
            tabulate_residuals(place, part),
            write_paragraph(place, say_influence(place, part)),
            tabulate_influence(place, part),
            tabulate_groups(place, part),
            tabulate_weighted(place, part),
        ]
    return join(canvas, blocks)


def say_residuals(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say in plain words whether the scores spread as the methods assume."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    found = [f for f in select(own(facts), statistic=_SHAPE, year=last_year(facts), unit="") if is_number(f)]
    if not found:
        return say.text("There are too few answers to describe how the scores spread within the units.")

    def named(statistic: str, beyond: float) -> list[str]:
        return [
            inside(labels.topic(service, f.topic))
            for f in found
            if f.statistic == statistic and abs(f.value) > beyond
        ]

    odd = list(dict.fromkeys([*named("residual_skewness", SKEWNESS), *named("residual_kurtosis", KURTOSIS)]))
    if odd:
        said = say.text(
            "The scores on {topics} lie much to one side, or some lie far from the rest. With many answers "
            "this means little; read results from few answers with care.",
            topics=say.series(odd),
        )
    else:
        said = say.text(
            "Within the units the scores spread evenly enough for the methods, also where answers are few."
        )
    if full := named("ceiling", CEILING):
        said += " " + say.text(
            "On {topics} more than {share} lie at the top of the scale: there results can hardly become "
            "higher, and differences among the most satisfied do not show.",
            topics=say.series(full), share=say.percent(CEILING),
        )  # fmt: skip
    return said


def tabulate_residuals(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set topics against how the scores spread around the units' own means, and the share at the top."""
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    found = select(own(facts), statistic=_SHAPE, year=year, unit="")
    rows = []
    for topic in _measured(canvas, facts):
        parts = [one(found, topic=topic, statistic=name) for name in _SHAPE]
        count = parts[0].n if parts[0] is not None else None
        rows.append(
            (labels.topic(service, topic), *(_written(canvas, p) for p in parts), numbers.count(say, count))
        )
    columns = (
        Column(say.text("Topic"), 30),
        Column(say.text("Skewness"), 13, right=True),
        Column(say.text("Kurtosis"), 13, right=True),
        Column(say.text("Far out"), 13, right=True),
        Column(say.text("At the top"), 14, right=True),
        Column(say.text("Answers"), 12, right=True),
    )
    caption = say.text(
        "{service}: how scores in all rounds lie around their own unit's mean. Skewness and kurtosis are 0 "
        "in a normal distribution; far out is the share beyond 1.96 standard deviations, where {share} is "
        "expected; at the top is the share of scores at the highest answer in {year}.",
        service=labels.service(service), share=say.percent(0.05), year=year,
    )  # fmt: skip
    return table_block(canvas, "residuals", Table(columns, tuple(rows)), caption=caption)


def say_influence(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say whether any certain change rests on a single unit."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    found = select(own(facts), statistic="influence_on_change", year=last_year(facts))
    rests = [fact for fact in found if fact.verdict == "changes_verdict"]
    if rests:
        names = [
            say.text(
                "{topic} (without {unit})",
                topic=inside(labels.topic(service, f.topic)), unit=labels.unit(f.unit),
            )
            for f in rests
        ]  # fmt: skip
        return say.text("A certain change rests on a single unit for {names}.", names=say.series(names))
    if any(fact.verdict == "keeps_verdict" for fact in found):
        return say.text("Every certain change stays certain whichever single unit is left out.")
    return say.text("There is no certain change that could rest on a single unit.")


def tabulate_influence(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set topics against the unit that moves the mean most, and the change without one unit."""
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    mine = own(facts)
    moved = select(mine, statistic="influence", year=year)
    changes = select(mine, statistic="influence_on_change", year=year)
    if not moved and not changes:
        return write_paragraph(canvas, say.text("There are too few units to leave one out."))
    rows = []
    for topic in _measured(canvas, facts):
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
        "{service}: how the municipality's mean moves when the unit that counts most is left out, and "
        "whether certain changes stay certain whichever unit is left out, {year}.",
        service=labels.service(service), year=year,
    )  # fmt: skip
    return table_block(canvas, "influence", Table(tuple(columns), tuple(rows)), caption=caption)


def _measured(canvas: Canvas, facts: pd.DataFrame) -> list[str]:
    every = topics(canvas.labels, service_of(facts))
    return [topic for topic in every if not topic.startswith("item.")]


def _written(canvas: Canvas, fact: Fact | None) -> str:
    say = canvas.language
    if fact is None or fact.value is None:
        return state(say, fact).text
    return say.percent(fact.value) if fact.scale == "share" else say.number(fact.value, 1, sign=True)


def _moved(canvas: Canvas, fact: Fact | None) -> str:
    say = canvas.language
    if fact is None or fact.value is None:
        return state(say, fact).text if fact is not None else numbers.EM_RULE
    return say.number(fact.value, 2, sign=True)


def _without(canvas: Canvas, fact: Fact | None) -> str:
    say = canvas.language
    if fact is None:
        return numbers.EM_RULE
    if fact.value is None:
        return state(say, fact).text
    return say.text(
        "{value} without {unit}: {assessment}",
        value=say.number(fact.value, 2, sign=True), unit=canvas.labels.unit(fact.unit),
        assessment=judge(say, fact).text,
    )  # fmt: skip
