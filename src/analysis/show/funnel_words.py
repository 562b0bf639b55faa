"""What the funnel is drawn from and says: the nation's numbers, its caption and the units' numbers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Canvas
from analysis.show.select import is_number, last_year, own, select, service_of
from analysis.show.tables import Column, Table
from analysis.show.unit_findings import headline_units
from analysis.show.verdicts import judge, shown, state

#: More units than these, and only those outside their range are named.
NAMED = 12


@dataclass(frozen=True)
class Nation:
    """What the funnel is drawn from: the mean of all units, their spread, the spread within one."""

    theta: Fact
    tau: Fact
    within: Fact


def caption_of(canvas: Canvas, facts: pd.DataFrame, topic: str, country: Nation, there: list[Fact]) -> str:
    """Say what the funnel shows, seen from how many units, and what its marks mean."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    units = labels.unit_word(service, plural=True)
    parts = [
        say.text(
            "{topic} by {unit} and number of answers, {year}. The grey band is where {level} of ordinary "
            "{units} lie, the dashed lines where nearly all do ({nearly}), seen from {N} {units} in all "
            "municipalities. The band is wide on the left, since few answers vary more by chance.",
            topic=labels.topic(service, topic), unit=labels.unit_word(service), year=last_year(facts),
            units=units, level=say.percent(0.95),
            nearly=say.percent(0.998, 1), N=numbers.count(say, country.theta.N or country.theta.n),
        ),
        say.text("▲ and ▼: certainly above or below, with all units tested at once."),
    ]  # fmt: skip
    if any((mean.n or 0) < canvas.caution for mean in there):
        parts.append(say.text("Open marks: fewer than {n} answers, read with care.", n=canvas.caution))
    if len(there) > NAMED:
        parts.append(say.text("Only those certainly above or below are named."))
    return " ".join(parts)


def alternative_of(
    canvas: Canvas, facts: pd.DataFrame, topic: str, means: list[Fact], ranges: dict[str, Fact]
) -> str:
    """Say the finding and every unit's numbers."""
    say, listed = canvas.language, []
    for mean in means:
        name = canvas.labels.unit(mean.unit)
        if not is_number(mean):
            listed.append(f"{name}: {state(say, mean).word}")
            continue
        answers = say.plural("{n} answer", "{n} answers", mean.n or 0)
        word = judge(say, ranges[mean.unit]).word if mean.unit in ranges else numbers.EM_RULE
        listed.append(f"{name} {numbers.score(say, mean)} ({answers}, {word})")
    return f"{headline_units(canvas, facts, topic=topic)}. {'; '.join(listed)}."


def data_of(canvas: Canvas, means: list[Fact], ranges: dict[str, Fact]) -> Table:
    """Return the numbers behind the funnel."""
    say, rows = canvas.language, []
    for mean in means:
        expected = ranges.get(mean.unit) if is_number(mean) else None
        word = judge(say, expected).text if expected else state(say, mean).text or numbers.EM_RULE
        rows.append(
            (
                canvas.labels.unit(mean.unit),
                numbers.count(say, mean.n),
                shown(say, mean, numbers.score(say, mean)),
                numbers.interval(say, expected),
                word,
            )
        )
    columns = (
        Column(say.text("Unit"), 32),
        Column(say.text("Answers"), 12, right=True),
        Column(say.text("Mean"), 14, right=True),
        Column(say.text("Expected range"), 18, right=True),
        Column(say.text("Beside the expected"), 30),
    )
    return Table(columns, tuple(rows))


def why_nothing(canvas: Canvas, facts: pd.DataFrame, topic: str, there: list[Fact]) -> str:
    """Say why there is no funnel."""
    say = canvas.language
    units = canvas.labels.unit_word(service_of(facts), plural=True)
    if not there:
        return say.text("There are no results of {units} to compare with all municipalities.", units=units)
    found = select(own(facts), statistic="expected_range", year=last_year(facts), topic=topic)
    reasons = [fact for fact in found if fact.state == "not_comparable"]
    said = judge(say, reasons[0]).word if reasons else say.text("too few units to compare with")
    return say.text("No expected range can be given for the {units}: {reason}.", units=units, reason=said)
