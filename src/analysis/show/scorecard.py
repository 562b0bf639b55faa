"""The scorecard: overall satisfaction and dimensions by round, with change, its certainty and the nation."""

from __future__ import annotations

import pandas as pd

from analysis.facts import wording
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.change import changes_of, compared_year
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
from analysis.show.text import write_paragraph
from analysis.show.verdicts import judge, shown, state


def tabulate_scorecard(canvas: Canvas, facts: pd.DataFrame, *, against: int | None = None) -> Block:
    """Set topics against rounds: means, interval and answers of the latest, change and its certainty."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    years, year = years_of(facts), last_year(facts)
    before = compared_year(facts, against)
    changes = changes_of(canvas, facts, before) if before is not None else {}
    chosen = topics(labels, service)
    means = select(own(facts), statistic="mean", unit="", topic=tuple(chosen))
    country = select(nation(facts), statistic="mean", year=year, topic=tuple(chosen))
    rows = []
    for topic in chosen:
        last = one(means, topic=topic, year=year)
        verdict = judge(say, changes.get(topic))
        cells = [labels.topic(service, topic)]
        cells += [_cell(canvas, one(means, topic=topic, year=y)) for y in years]
        cells += [numbers.interval(say, last), numbers.count(say, last.n if last else None)]
        if changes:
            written = numbers.change(say, changes.get(topic), certain=verdict.certain)
            cells += [written, verdict.text]
        if country:
            cells.append(numbers.score(say, one(country, topic=topic)))
        rows.append(tuple(cells))
    columns = [Column(say.text("Topic"), 22)]
    columns += [Column(str(y), 7, right=True, strong=y == year) for y in years]
    columns += [Column(say.text("Interval"), 11, right=True), Column(say.text("Answers"), 8, right=True)]
    if changes:
        columns += [Column(say.text("Change"), 9, right=True), Column(say.text("Assessment"), 27)]
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
    if any(mean.n is not None and mean.n < canvas.caution for mean in means):
        parts.append(say.text("Results from fewer than {n} answers: read with care.", n=canvas.caution))
    return table_block(canvas, "scorecard", Table(tuple(columns), tuple(rows)), caption=" ".join(parts))


def tabulate_nation(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set the municipality beside the mean of all municipalities: difference and its certainty."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    year, chosen = last_year(facts), topics(labels, service)
    means = select(own(facts), statistic="mean", unit="", year=year, topic=tuple(chosen))
    country = select(nation(facts), statistic="mean", year=year, topic=tuple(chosen))
    differences = select(own(facts), statistic="national_difference", unit="", year=year)
    if not country and differences:
        return write_paragraph(canvas, wording.nation(differences[0], None, labels))
    rows = []
    for topic in chosen:
        # The national picture has no single items.
        if topic.startswith("item."):
            continue
        fact = one(differences, topic=topic)
        verdict = judge(say, fact)
        rows.append(
            (
                labels.topic(service, topic),
                _cell(canvas, one(means, topic=topic)),
                numbers.score(say, one(country, topic=topic)),
                numbers.change(say, fact, certain=verdict.certain),
                numbers.change_interval(say, fact, certain=verdict.certain),
                verdict.text,
            )
        )
    columns = (
        Column(say.text("Topic"), 27),
        Column(labels.municipality, 12, right=True, strong=True),
        Column(say.text("All municipalities"), 14, right=True),
        Column(say.text("Difference"), 11, right=True),
        Column(say.text("Interval"), 15, right=True),
        Column(say.text("Assessment"), 24),
    )
    some = next((fact for fact in country if is_number(fact) and fact.N), None)
    caption = say.text(
        "{service} beside all municipalities, {year}. Differences are computed before rounding.",
        service=labels.service(service),
        year=year,
    )
    if some:
        caption += " " + say.text(
            "The national figure is the mean of the means of {N} municipalities, with {n} answers behind it.",
            N=say.count(some.N), n=numbers.count(say, some.n),
        )  # fmt: skip
    return table_block(canvas, "nation", Table(columns, tuple(rows)), caption=caption)


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
