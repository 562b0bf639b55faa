"""The scorecard: overall satisfaction and dimensions by round, with change and its certainty."""

from __future__ import annotations

import pandas as pd

from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.change import changes_of, compared_year
from analysis.show.change_words import detectable_of, say_changes
from analysis.show.select import (
    is_number,
    last_year,
    nation,
    one,
    own,
    select,
    service_of,
    topics,
    years_of,
)
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.verdicts import judge, shown, state


def tabulate_scorecard(canvas: Canvas, facts: pd.DataFrame, *, against: int | None = None) -> Block:
    """Set topics against rounds: means, interval and answers of the latest, change and its certainty."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    years, year = years_of(facts), last_year(facts)
    before = compared_year(facts, against)
    changes = changes_of(canvas, facts, before) if before is not None else {}
    seen = detectable_of(facts, before) if before is not None else {}
    chosen = topics(labels, service)
    means = select(own(facts), statistic="mean", unit="", topic=tuple(chosen))
    country = select(nation(facts), statistic="mean", year=year, topic=tuple(chosen))
    # As in the figure of the same changes, which has their intervals.
    decimals = numbers.shared_decimals(changes.values())
    rows = []
    for topic in chosen:
        last = one(means, topic=topic, year=year)
        verdict = judge(say, changes.get(topic))
        cells = [labels.topic(service, topic)]
        cells += [_cell(canvas, one(means, topic=topic, year=y)) for y in years]
        cells += [numbers.interval(say, last), numbers.count(say, last.n if last else None)]
        if changes:
            written = numbers.change(say, changes.get(topic), decimals=decimals)
            cells += [written, verdict.text]
        if seen:
            cells.append(numbers.score(say, seen.get(topic)))
        if country:
            cells.append(numbers.score(say, one(country, topic=topic)))
        rows.append(tuple(cells))
    columns = [Column(say.text("Topic"), 22)]
    columns += [Column(str(y), 7, right=True, strong=y == year) for y in years]
    columns += [Column(say.text("Interval"), 11, right=True), Column(say.text("Answers"), 8, right=True)]
    if changes:
        columns += [
            Column(say.text("Change"), 9, right=True),
            Column(say.text("Assessment"), 23 if seen else 27),
        ]
    if seen:
        columns.append(Column(say.text("Visible from"), 8, right=True))
    if country:
        columns.append(Column(say.text("All municipalities"), 13, right=True))
    parts = [
        say.text(
            "{service}: means on the scale {low}–{high}, {level} confidence interval for {year}.",
            service=labels.service(service), low=labels.questionnaires[service].scale[0],
            high=labels.questionnaires[service].scale[1], level=numbers.level_word(say, means), year=year,
        )
    ]  # fmt: skip
    if changes:
        parts.append(
            say.text(
                "Change since {before}, computed before rounding; the assessment takes into account that "
                "several changes are tested at once.",
                before=before,
            )
        )
        parts += say_changes(canvas, changes.values(), seen.values())
    if any(mean.n is not None and mean.n < canvas.caution for mean in means):
        parts.append(say.text("Results from fewer than {n} answers: read with care.", n=canvas.caution))
    return table_block(canvas, "scorecard", Table(tuple(columns), tuple(rows)), caption=" ".join(parts))


def headline_level(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say how satisfied users are, and where that stands among all municipalities where it is certain."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    year = last_year(facts)
    mean = one(select(own(facts), statistic="mean", unit="", year=year, topic="overall"))
    if not is_number(mean):
        return f"{labels.topic(service, 'overall')}: {state(say, mean).word}"
    values = {
        "topic": labels.topic(service, "overall"),
        "mean": numbers.score(say, mean),
        "high": labels.questionnaires[service].scale[1],
    }
    beside = one(select(own(facts), statistic="national_difference", unit="", year=year, topic="overall"))
    if beside and beside.verdict == "higher":
        return say.text("{topic} {mean} of {high}, above the mean of all municipalities", **values)
    if beside and beside.verdict == "lower":
        return say.text("{topic} {mean} of {high}, below the mean of all municipalities", **values)
    return say.text("{topic} {mean} of {high}", **values)


def _cell(canvas: Canvas, fact: object) -> str:
    # A narrow cell takes the sign of the missing number's reason with its word.
    return unbroken(shown(canvas.language, fact, numbers.score(canvas.language, fact)))
