"""Units' means drawn towards the service's: how much of what they differ by is more than chance."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.facts import wording
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import is_number, last_year, one, own, select, service_of, years_of
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_paragraph
from analysis.show.unit_findings import units_of
from analysis.show.verdicts import shown


def tabulate_shrunken(canvas: Canvas, facts: pd.DataFrame, *, topic: str = "overall") -> Block:
    """Set every unit's mean beside its shrunken mean and reliability, and say if units may be ranked.

    A sentence alone where the model could not be fitted.
    """
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    year, mine = last_year(facts), own(facts)
    found = select(mine, statistic=("shrunken_mean", "reliability"), year=year, topic=topic)
    spread = one(select(mine, statistic="variance_unit", year=year, topic=topic), unit="")
    several = _several_rounds(facts, topic)
    said = [wording.ranking(spread, labels, rounds=2 if several else 1)] if spread else []
    means, _ = units_of(canvas, facts, topic)
    drawn = [fact for fact in found if fact.statistic == "shrunken_mean"]
    if not any(is_number(fact) for fact in drawn):
        nothing = say.text("There are too few answers to compare the units.")
        return write_paragraph(canvas, " ".join(said) or nothing)
    ranked = spread is not None and spread.verdict == "ranking"
    # Named first: a `plural` between the brackets hides a text from the program that collects them.
    units = labels.unit_word(service, plural=True)
    if several:
        said.append(say.text("The cautious estimates use each unit's answers from all comparable rounds."))
    said.append(
        say.text(
            "They are drawn towards the mean of all the {units}, most where answers are few, because few "
            "answers easily give high or low results by chance.",
            units=units,
        )
        if several
        else say.text(
            "The cautious estimates are drawn towards the mean of all the {units}, most where answers are "
            "few, because few answers easily give high or low results by chance.",
            units=units,
        )
    )
    said.append(
        say.text(
            "Reliability runs from 0 to 1: how much of the differences is more than chance. Units are ranked "
            "only where it is at least {least} for all.",
            least=say.number(0.7, 1),
        )
    )
    rows = []
    if ranked:
        near_of = {fact.unit: fact.value for fact in drawn if is_number(fact)}
        # What is written alike has no order: by name.
        means.sort(key=lambda mean: (-round(near_of.get(mean.unit, 0.0), 1), labels.unit(mean.unit)))
    for mean in means:
        near, sure = (one(found, unit=mean.unit, statistic=s) for s in ("shrunken_mean", "reliability"))
        rows.append(
            (
                labels.unit(mean.unit),
                numbers.count(say, mean.n),
                shown(say, mean, numbers.score(say, mean)),
                shown(say, near, numbers.score(say, near)),
                numbers.interval(say, near),
                say.number(sure.value, 2) if sure is not None and is_number(sure) else numbers.EM_RULE,
            )
        )
    columns = (
        Column(labels.unit_word(service).capitalize(), 32),
        Column(say.text("Answers"), 11, right=True),
        Column(say.text("Mean"), 13, right=True),
        Column(say.text("Cautious estimate"), 15, right=True, strong=True),
        Column(say.text("Interval"), 14, right=True),
        Column(say.text("Reliability"), 15, right=True),
    )
    caption = say.text(
        "{topic} by {unit}, {year}: the mean as it is, and the cautious estimate with its {level} interval.",
        topic=labels.topic(service, topic), unit=labels.unit_word(service), year=year,
        level=numbers.level_word(say, drawn),
    )  # fmt: skip
    if ranked:
        caption += " " + say.text("Ordered by the cautious estimate, by name where it is written alike.")
    else:
        caption += " " + say.text("The order is the figure's and no ranking.")
    table = table_block(canvas, "shrunken", Table(columns, tuple(rows)), caption=caption)
    return replace(join(canvas, [write_paragraph(canvas, " ".join(said)), table]), id=table.id)


def _several_rounds(facts: pd.DataFrame, topic: str) -> bool:
    # After a change of wording there is one round again, however many were asked for.
    changes = select(own(facts), statistic="change", year=last_year(facts), unit="", topic=topic)
    return len(years_of(facts)) > 1 and any(fact.state != "not_comparable" for fact in changes)
