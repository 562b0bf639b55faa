"""What a municipality's first pages say over all services: who answered, strengths, points to improve."""

from __future__ import annotations

import pandas as pd

from analysis.facts import wording
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.select import last_year, nation, one, own, select, years_of
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_callout, write_paragraph
from analysis.show.verdicts import DOWN, UP


def write_strengths(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set strengths to preserve beside points to improve, worded alike and with equal room."""
    say = canvas.language
    found = select(own(facts), statistic=("strength", "improvement"), year=last_year(facts))
    found.sort(key=lambda fact: int(fact.category))
    good, weak = ([f for f in found if f.statistic == name] for name in ("strength", "improvement"))
    # Equal room also where the table holds more of one than of the other.
    number = min(len(good), len(weak))
    if not number:
        return write_callout(
            canvas,
            "note",
            say.text("No strengths or points to improve stand out"),
            say.text(
                "The results lie too close to each other to tell highest from lowest with certainty, or "
                "something certain speaks against them."
            ),
        )
    rows = [(_point(canvas, a), _point(canvas, b)) for a, b in zip(good[:number], weak[:number], strict=True)]
    # Outside the f-string: what stands inside one is not found when the texts are collected.
    left, right = say.text("Strengths to preserve"), say.text("Points to improve")
    columns = (Column(f"{UP} {left}", 50), Column(f"{DOWN} {right}", 50))
    caption = say.text(
        "Strengths to preserve and points to improve, {year}: the highest and the lowest results of all "
        "services in points from 0 to 100, as many of each, with {level} confidence intervals.",
        year=last_year(facts), level=say.percent(good[0].level),
    )  # fmt: skip
    return table_block(canvas, "strengths", Table(columns, tuple(rows)), caption=caption)


def write_front(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Say in one paragraph who answered, about what, and what it is compared with."""
    say = canvas.language
    year, years = last_year(facts), years_of(facts)
    answered = select(own(facts), statistic="respondents", year=year, unit="")
    total = one(answered, service="")
    services = sorted({fact.service for fact in answered if fact.service})
    parts = []
    if total and total.value is not None and total.N:
        parts.append(
            say.text(
                "{n} of {invited} invited users answered ({share}).",
                n=numbers.count(say, total.value), invited=numbers.count(say, total.N),
                share=say.percent(total.value / total.N),
            )
        )  # fmt: skip
    elif total and total.value is not None:
        parts.append(say.plural("{n} user answered.", "{n} users answered.", int(total.value)))
    else:
        parts.append(say.text("How many answered cannot be shown, so that no one can be recognised."))
    found = select(own(facts), statistic="respondents", year=year)
    names = {
        service: {canvas.labels.unit(fact.unit) for fact in found if fact.unit and fact.service == service}
        for service in services
    }
    # Districts that are the units of every service are the same districts, counted once.
    same = len({frozenset(each) for each in names.values()}) == 1
    units = next(iter(names.values())) if same else [name for each in names.values() for name in each]
    counts = [say.plural("{n} service", "{n} services", len(services))] if services else []
    counts += [say.plural("{n} unit", "{n} units", len(units))] if units else []
    if counts:
        parts.append(say.text("{counts}.", counts=", ".join(counts)))
    against = [str(y) for y in years[:-1][::-1]]
    country = next((f for f in select(nation(facts), statistic="mean", year=year) if f.N), None)
    if country:
        against.append(
            say.plural("{n} municipality", "{n} municipalities, this one included", int(country.N or 0))
        )
    if against:
        parts.append(say.text("Compared with {what}.", what=say.series(against)))
    return write_paragraph(canvas, " ".join(parts))


def _point(canvas: Canvas, fact: Fact) -> str:
    labels = canvas.labels
    name = f"{labels.service(fact.service)}: {labels.topic(fact.service, fact.topic)}"
    return f"{name}. {wording.finding(fact, labels)}."
