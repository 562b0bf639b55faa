"""The data behind the results: rows set aside, missing answers, reliability, what is hidden."""

from __future__ import annotations

import pandas as pd

from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.select import (
    last_year,
    one,
    own,
    select,
    service_of,
    topics,
    years_of,
)
from analysis.show.tables import Column, Table, table_block
from analysis.show.verdicts import shown, state


def tabulate_rows(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set rounds against what became of the rows: read, accepted, set aside for each reason."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    years = years_of(facts)
    found = select(own(facts), statistic=("rows_read", "rows_accepted", "rows_quarantined"))
    lines = [("rows_read", "", say.text("Rows read")), ("rows_accepted", "", say.text("Rows accepted"))]
    for code in sorted({fact.category for fact in found if fact.statistic == "rows_quarantined"} - {""}):
        lines.append(
            ("rows_quarantined", code, say.text("Set aside: {reason}", reason=_reason(canvas, code)))
        )
    rows = []
    for statistic, category, words in lines:
        cells = []
        for year in years:
            fact = one(found, statistic=statistic, category=category, year=year)
            # No row for a reason means that no row was set aside for it.
            nil = fact is None and statistic == "rows_quarantined"
            count = numbers.count(say, None if fact is None else fact.value)
            cells.append(say.count(0) if nil else shown(say, fact, count))
        rows.append((words, *cells))
    columns = (Column(say.text("Rows"), 60), *(Column(str(year), 13, right=True) for year in years))
    caption = say.text(
        "{service}: what became of the rows that were imported. Rows set aside count nowhere in this report.",
        service=labels.service(service),
    )
    return table_block(canvas, "rows", Table(columns, tuple(rows)), caption=caption)


def tabulate_missing(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """List the share of respondents without an answer to each item."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    year = last_year(facts)
    found = select(own(facts), statistic="missing_share", year=year)
    rows = []
    for topic in topics(labels, service, items=True):
        fact = one(found, topic=topic)
        rows.append((labels.topic(service, topic), shown(say, fact, numbers.score(say, fact))))
    columns = (Column(say.text("Item"), 78), Column(say.text("No answer"), 20, right=True))
    caption = say.text(
        "{service}: share of respondents who gave no answer or answered don't know, {year}.",
        service=labels.service(service), year=year,
    )  # fmt: skip
    return table_block(canvas, "missing", Table(columns, tuple(rows)), caption=caption)


def tabulate_reliability(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """List the dimensions with Cronbach's alpha and whether the units differ enough to be ranked."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    year, asked = last_year(facts), labels.questionnaires[service]
    # Named first: a `plural` between the brackets hides a text from the program that collects them.
    units = labels.unit_word(service, plural=True)
    alphas = select(own(facts), statistic="alpha", year=year)
    spreads = select(own(facts), statistic="variance_unit", year=year, unit="")
    words = {
        "ranking": say.text("differ, and can be ranked"),
        "no_ranking": say.text("differ, but cannot be ranked"),
        "uncertain": say.text("cannot be told apart"),
        "no_difference": say.text("no difference found"),
    }
    rows = []
    for topic in ["overall", *(f"dimension.{d.id}" for d in asked.dimensions)]:
        alpha, spread = one(alphas, topic=topic), one(spreads, topic=topic)
        items = [item for item in asked.items if topic == f"dimension.{item.dimension}"]
        single = len(items) < 2
        verdict = words.get(spread.verdict, "") if spread else ""
        rows.append(
            (
                labels.topic(service, topic),
                say.count(len(items)) if items else numbers.EM_RULE,
                numbers.EM_RULE if single else shown(say, alpha, _alpha(canvas, alpha)),
                numbers.EM_RULE if single else numbers.count(say, alpha.n if alpha else None),
                verdict or state(say, spread).text,
            )
        )
    columns = (
        Column(say.text("Topic"), 30),
        Column(say.text("Items"), 9, right=True),
        Column(say.text("Alpha"), 11, right=True),
        Column(say.text("Complete answers"), 16, right=True),
        Column(say.text("The {units}", units=units), 32),
    )
    caption = say.text(
        "{service}: how well the items of a dimension belong together (Cronbach's alpha), and whether the "
        "{units} differ, {year}.",
        service=labels.service(service), units=units, year=year,
    )  # fmt: skip
    return table_block(canvas, "reliability", Table(columns, tuple(rows)), caption=caption)


def say_suppressed(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say how many results are hidden, and why."""
    say = canvas.language
    fact = one(select(own(facts), statistic="suppressed_facts"))
    number = int(fact.value) if fact and fact.value is not None else 0
    if not number:
        return say.text("No result is suppressed.")
    return say.plural(
        "{n} result is suppressed, so that no one's answers can be recognised.",
        "{n} results are suppressed, so that no one's answers can be recognised.",
        number,
    )


def _alpha(canvas: Canvas, fact: object) -> str:
    return canvas.language.number(fact.value, 2) if fact is not None and fact.value is not None else ""


def _reason(canvas: Canvas, code: str) -> str:
    say = canvas.language
    return {
        "wrong_fields": say.text("another number of fields than the header"),
        "missing_respondent": say.text("does not say who answered"),
        "duplicate_respondent": say.text("answered earlier in the same round"),
        "missing_municipality": say.text("does not say which municipality"),
        "unknown_municipality": say.text("municipality not in the register"),
        "closed_municipality": say.text("municipality did not exist in that year"),
        "unknown_service": say.text("service without a questionnaire"),
        "unknown_year": say.text("year missing or not readable"),
        "other_year": say.text("not one of the rounds"),
        "missing_unit": say.text("does not say which unit"),
        "unknown_unit": say.text("unit not in the register"),
        "closed_unit": say.text("unit closed before the round"),
        "unit_not_open": say.text("unit opened after the round"),
        "not_a_number": say.text("text where a number is expected"),
        "not_whole": say.text("answer is not a whole number"),
        "outside_scale": say.text("answer outside the scale"),
        "bad_weight": say.text("weight missing or not a number"),
    }.get(code, code)
