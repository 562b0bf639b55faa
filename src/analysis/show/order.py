"""Where a verdict hangs on the method: what means say, and what answers taken as ordered do not."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show.blocks import Block, Canvas, join
from analysis.show.change import inside
from analysis.show.select import last_year, own, select, service_of, topics
from analysis.show.text import write_callout
from analysis.show.verdicts import UNDECIDED

_DEPENDS = "depends_on_method"


def write_order_check(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """List the changes and differences that depend on the method; an empty block where none does."""
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    mine = own(facts)
    # Named first: a `plural` between the brackets hides a text from the program that collects them.
    units = labels.unit_word(service, plural=True)
    changes = select(mine, statistic="change", year=year, verdict=_DEPENDS)
    differences = select(mine, statistic="unit_difference", year=year, verdict=_DEPENDS)
    parts = []
    for since in sorted({fact.against for fact in changes}):
        names = _names(canvas, [fact for fact in changes if fact.against == since])
        parts.append(
            say.text(
                "Whether there is a change since {before} depends on the method: {names}.",
                before=since.removeprefix("year."), names=say.series(names),
            )
        )  # fmt: skip
    if differences:
        parts.append(
            say.text(
                "Whether there is a difference from the other {units} depends on the method: {names}.",
                units=units, names=say.series(_names(canvas, differences)),
            )
        )  # fmt: skip
    if not parts:
        return join(canvas, [])
    parts.append(
        say.text(
            "Means take the steps between answers to be equally long. Taken only as ordered, from low to "
            "high, the answers do not give the same verdict, so none is given."
        )
    )
    # Outside the f-string: what stands inside one is not found when the texts are collected.
    title = say.text("Some verdicts depend on the method")
    return write_callout(canvas, "note", f"{UNDECIDED} {title}", " ".join(parts))


def _names(canvas: Canvas, found: list[Fact]) -> list[str]:
    labels, service = canvas.labels, found[0].service
    order = {
        topic: i for i, topic in enumerate([*topics(labels, service), *topics(labels, service, items=True)])
    }
    named = []
    for fact in sorted(found, key=lambda f: (order.get(f.topic, len(order)), labels.unit(f.unit))):
        topic = labels.topic(service, fact.topic)
        if not fact.unit:
            named.append(inside(topic))
        else:
            named.append(f"{labels.unit(fact.unit)} ({inside(topic)})")
    return named
