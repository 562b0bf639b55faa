"""Which units stand out: their means, what is certain of them, and the finding."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show.blocks import Canvas
from analysis.show.expected import outside, ranges_of
from analysis.show.select import is_number, last_year, one, own, select, service_of


def headline_units(canvas: Canvas, facts: pd.DataFrame, *, topic: str = "overall") -> str:
    """Say which units stand out for certain, from the others or from what is expected, or that none does."""
    say, labels = canvas.language, canvas.labels
    service = service_of(facts)
    means, differences = units_of(canvas, facts, topic)
    units = labels.unit_word(service, plural=True)
    seen = [mean.unit for mean in means if is_number(mean)]
    if len(seen) < 2:
        return say.text("Too few {units} have results to compare them", units=units)
    verdicts = {unit: differences[unit].verdict for unit in seen if unit in differences}
    found = _beside_others(canvas, verdicts, units) or _beside_expected(canvas, facts, topic, seen, units)
    if found:
        return found
    spread = one(select(own(facts), statistic="variance_unit", topic=topic))
    if spread and spread.verdict == "no_difference":
        return say.text("No difference found between the {units}", units=units)
    if not any(verdicts.values()):
        return say.text("Too few answers to tell the {units} apart", units=units)
    # Of dimensions nothing is said here: there a unit may well stand out, as the table below shows.
    if topic == "overall":
        return say.text(
            "No {unit} differs for certain from the others overall", unit=labels.unit_word(service)
        )
    return say.text("No {unit} differs for certain from the others", unit=labels.unit_word(service))


def units_of(
    canvas: Canvas, facts: pd.DataFrame, topic: str, *, first: str = ""
) -> tuple[list[Fact], dict[str, Fact]]:
    """Return the units' latest means, highest first and hidden ones last, and their differences by unit.

    `first` is the unit that stands before all others whatever its result: in that unit's own edition.
    """
    year = last_year(facts)
    mine = own(facts)
    means = [fact for fact in select(mine, statistic="mean", year=year, topic=topic) if fact.unit]
    means.sort(
        key=lambda fact: (
            fact.unit != first, fact.value is None, -(fact.value or 0), canvas.labels.unit(fact.unit)
        )
    )  # fmt: skip
    judged = select(mine, statistic="unit_difference", year=year, topic=topic)
    return means, {fact.unit: fact for fact in judged}


def _beside_others(canvas: Canvas, verdicts: dict[str, str], units: str) -> str:
    say = canvas.language
    high, low = (
        _named(canvas, [unit for unit, said in verdicts.items() if said == verdict], units)
        for verdict in ("above", "below")
    )
    if high and low:
        return say.text("{high} above the other {units}, {low} below", high=high, low=low, units=units)
    if high:
        return say.text("{high} above the other {units}", high=high, units=units)
    return say.text("{low} below the other {units}", low=low, units=units) if low else ""


def _beside_expected(canvas: Canvas, facts: pd.DataFrame, topic: str, seen: list[str], units: str) -> str:
    say, ranges = canvas.language, ranges_of(facts, topic)
    high, low = (_named(canvas, outside(ranges, verdict, seen), units) for verdict in ("above", "below"))
    if high and low:
        return say.text("{high} above what is expected, {low} below", high=high, low=low)
    if high:
        return say.text("{high} above what is expected", high=high)
    return say.text("{low} below what is expected", low=low) if low else ""


def _named(canvas: Canvas, units: list[str], word: str) -> str:
    # A heading that lists seven units is no finding any more.
    if len(units) <= 3:
        return canvas.language.series([canvas.labels.unit(unit) for unit in units])
    return canvas.language.text("{n} {units}", n=canvas.language.count(len(units)), units=word)
