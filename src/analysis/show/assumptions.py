"""What the methods assume, and how it stands: spread within units, single units, who did not answer."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.change import inside
from analysis.show.groups import tabulate_groups, tabulate_weighted
from analysis.show.influence import say_differing, say_influence, tabulate_influence
from analysis.show.reference_numbers import tabulate_reference
from analysis.show.select import (
    by_service,
    is_number,
    last_year,
    one,
    own,
    scored_topics,
    select,
    service_of,
)
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_heading, write_paragraph
from analysis.show.verdicts import state

_SHAPE = ("residual_skewness", "residual_kurtosis", "residual_outside", "ceiling")
#: From such a share of scores at the top of the scale, results can hardly become higher.
CEILING = 0.3
#: Beyond these the scores are so lopsided or heavy-tailed that small groups' intervals become inexact.
SKEWNESS, KURTOSIS = 1.0, 3.0


def write_assumptions(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Make the appendix on assumptions: one section a service."""
    blocks = []
    for place, part in by_service(canvas, facts):
        blocks += [
            write_heading(place, 2, canvas.labels.service(place.prefix), id="assumptions"),
            write_paragraph(place, say_residuals(place, part)),
            tabulate_residuals(place, part),
            write_paragraph(place, f"{say_influence(place, part)} {say_differing(place, part)}".rstrip()),
            tabulate_influence(place, part),
            tabulate_groups(place, part),
            tabulate_weighted(place, part),
            tabulate_reference(place, part),
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
        said = say.text("Within the units the scores spread evenly enough for the methods.")
    if full := named("ceiling", CEILING):
        said += " " + say.text(
            "On {topics} more than {share} lie at the top of the scale: there results can hardly become "
            "higher, and differences among the most satisfied do not show.",
            topics=say.series(full), share=say.percent(CEILING),
        )  # fmt: skip
    return " ".join([said, *_unsaid(canvas, facts)])


def _unsaid(canvas: Canvas, facts: pd.DataFrame) -> list[str]:
    # Of what is not described, the sentences before say nothing: named, or they would seem to hold for all.
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    found = select(own(facts), statistic=_SHAPE[0], year=last_year(facts), unit="")
    gone = {
        kind: [
            inside(labels.topic(service, topic))
            for topic in scored_topics(labels, service)
            if (fact := one(found, topic=topic)) is not None and fact.state == kind
        ]
        for kind in ("undecided", "suppressed")
    }
    parts = []
    if gone["undecided"]:
        parts.append(
            say.text("Of {topics} there are too few answers to say.", topics=say.series(gone["undecided"]))
        )
    if gone["suppressed"]:
        parts.append(
            say.text(
                "How the scores on {topics} spread is suppressed.", topics=say.series(gone["suppressed"])
            )
        )
    return parts


def tabulate_residuals(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set topics against how the scores spread around the units' own means, and the share at the top."""
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    found = select(own(facts), statistic=_SHAPE, year=year, unit="")
    rows = []
    for topic in scored_topics(labels, service):
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
        "{service}: how scores lie around the mean of their own unit in the same round, in all rounds and "
        "units that can be shown and compared. Skewness and kurtosis are 0 in a normal distribution; far out "
        "is the share beyond 1.96 standard deviations, where {share} is expected; at the top is the share of "
        "scores at the highest answer in {year}.",
        service=labels.service(service), share=say.percent(0.05), year=year,
    )  # fmt: skip
    return table_block(canvas, "residuals", Table(columns, tuple(rows)), caption=caption)


def _written(canvas: Canvas, fact: Fact | None) -> str:
    say = canvas.language
    if fact is None or fact.value is None:
        return state(say, fact).text
    return say.percent(fact.value) if fact.scale == "share" else say.number(fact.value, 1, sign=True)
