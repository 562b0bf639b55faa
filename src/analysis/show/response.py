"""Who answered: the response rate by unit, its finding."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.rows import Heading, Line, Row, draw_rows
from analysis.show.scale import share_axis
from analysis.show.select import is_number, last_year, one, own, select, service_of
from analysis.show.sheet import figure_block
from analysis.show.tables import Column, Table
from analysis.show.text import write_callout
from analysis.show.verdicts import shown, state


def draw_response(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Draw every unit's response rate in the latest round with its interval, highest first."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    rates, total = _rates(canvas, facts)
    everyone = [*rates, *([total] if total else [])]
    if not any(is_number(rate) for rate in everyone):
        why = say.text("How many were invited is not known, or there are too few answers to show it.")
        return write_callout(canvas, "note", say.text("No response rate to show"), why)
    rows = [
        Row(
            name=labels.unit(rate.unit)
            if rate.unit
            else say.text("All {units}", units=_units(canvas, service)),
            cells=(numbers.score(say, rate), _answered(canvas, rate), state(say, rate).text),
            value=rate.value,
            low=rate.low,
            high=rate.high,
            strong=not rate.unit,
        )
        for rate in everyone
    ]
    headings = (Heading(say.text("rate"), strong=True), Heading(say.text("answered")), Heading(""))
    lines = (
        [Line(total.value, f"{labels.municipality} {numbers.score(say, total)}")] if is_number(total) else []
    )
    sheet = draw_rows(
        rows, headings, share_axis(canvas, say.text("Response rate of those invited")), lines=lines
    )
    caption = say.text(
        "Response rate by {unit}, {year}: answers out of those invited. The bar is a {level} confidence "
        "interval (Wilson).",
        unit=labels.unit_word(service), year=last_year(facts), level=numbers.level_word(say, everyone),
    )  # fmt: skip
    return figure_block(
        canvas, "response", sheet,
        caption=caption,
        alt=_alternative(canvas, facts, rates),
        data=_data(canvas, service, everyone),
    )  # fmt: skip


def headline_response(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say how many answered."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    _, total = _rates(canvas, facts)
    answered = one(select(own(facts), statistic="respondents", year=last_year(facts)), unit="")
    if is_number(total) and total.n is not None and total.N:
        return say.text(
            "Answers from {n} of {invited} {users} ({share})",
            n=say.count(total.n), invited=say.count(total.N), users=labels.users(service),
            share=say.percent(total.value),
        )  # fmt: skip
    if is_number(answered):
        return say.text(
            "Answers from {n} {users}; how many were invited is not known",
            n=say.count(int(answered.value)), users=labels.users(service),
        )  # fmt: skip
    return say.text("How many answered cannot be shown")


def _rates(canvas: Canvas, facts: pd.DataFrame) -> tuple[list[Fact], Fact | None]:
    found = select(own(facts), statistic="response_rate", year=last_year(facts))
    rates = [fact for fact in found if fact.unit]
    rates.sort(key=lambda fact: (fact.value is None, -(fact.value or 0), canvas.labels.unit(fact.unit)))
    return rates, one(found, unit="")


def _units(canvas: Canvas, service: str) -> str:
    return canvas.labels.unit_word(service, plural=True)


def _answered(canvas: Canvas, rate: Fact) -> str:
    if rate.n is None or rate.N is None:
        return numbers.EM_RULE
    return canvas.language.text(
        "{n} of {invited}", n=canvas.language.count(rate.n), invited=canvas.language.count(rate.N)
    )


def _alternative(canvas: Canvas, facts: pd.DataFrame, rates: list[Fact]) -> str:
    say = canvas.language
    listed = []
    for rate in rates:
        name = canvas.labels.unit(rate.unit)
        if is_number(rate):
            listed.append(f"{name} {numbers.score(say, rate)} ({_answered(canvas, rate)})")
        else:
            listed.append(f"{name}: {state(say, rate).word}")
    return (
        f"{headline_response(canvas, facts)}. {'; '.join(listed)}."
        if listed
        else headline_response(canvas, facts)
    )


def _data(canvas: Canvas, service: str, rates: list[Fact]) -> Table:
    say = canvas.language
    rows = tuple(
        (
            canvas.labels.unit(rate.unit)
            if rate.unit
            else say.text("All {units}", units=_units(canvas, service)),
            shown(say, rate, numbers.score(say, rate)),
            numbers.interval(say, rate),
            numbers.count(say, rate.n),
            numbers.count(say, rate.N),
        )
        for rate in rates
    )
    columns = (
        Column(say.text("Unit"), 34),
        Column(say.text("Response rate of those invited"), 18, right=True),
        Column(say.text("Interval"), 16, right=True),
        Column(say.text("Answers"), 12, right=True),
        Column(say.text("Invited"), 12, right=True),
    )
    return Table(columns, rows)
