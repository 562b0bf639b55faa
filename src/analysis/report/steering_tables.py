"""The tables of a workbook that hold what was adopted and decided, and what it costs."""

from __future__ import annotations

from math import floor, log10
from typing import Any

import pandas as pd

from analysis.core.language import NO_BREAK, Language
from analysis.facts.table import Fact
from analysis.report.cells import (
    Cell,
    Number,
    SheetTable,
    count_cell,
    end_cell,
    number_of,
    rounded,
    value_cell,
)
from analysis.show import Canvas
from analysis.show.measure_words import judge_measure, say_status
from analysis.show.numbers import change_decimals, shared_decimals
from analysis.show.select import is_number, one, own, select
from analysis.show.target_cards import Card, read_cards
from analysis.show.target_cells import target_name, target_verdict, write_chance, write_range, write_result
from analysis.show.verdicts import BREAK, NOT_MEASURED, SUPPRESSED, UNDECIDED, state
from analysis.steering.achieved import written_decimals
from analysis.steering.context import Steering
from analysis.steering.targets import BANDS

_SIGNS = (SUPPRESSED, UNDECIDED, NOT_MEASURED, BREAK)


def targets_table(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> SheetTable:
    """Set the adopted targets against the results of the rounds, the ranges and their probability."""
    say = canvas.language
    cards = read_cards(facts, steering)
    years = sorted({year for card in cards for year in card.results})
    rows = []
    for card in cards:
        target = card.target
        rows.append(
            (
                steering.service_name(canvas.labels, target.service),
                say.pick(target.success_factor),
                target_name(canvas, target),
                *(write_range(canvas, target, band) for band in BANDS),
                *(_result(canvas, card, card.results.get(year)) for year in years),
                _change(say, card),
                target_verdict(canvas, card.status).word,
                *(_chance(canvas, card, card.chances.get(band)) for band in BANDS),
                f"{say.pick(target.adopted.document)}, {target.adopted.year}",
            )
        )
    head = (
        say.text("Service"), say.text("Success factor"), say.text("Indicator"),
        say.text("Desired result"), say.text("Acceptable result"), say.text("Unacceptable result"),
        *(say.text("Result {year}", year=year) for year in years),
        say.text("Change since the last measurement"), say.text("Status"),
        say.text("Probability of desired"), say.text("Probability of acceptable"),
        say.text("Probability of unacceptable"), say.text("Adopted in"),
    )  # fmt: skip
    about = (say.text("The status is given where one of the ranges is probable enough."),)
    title = say.text("Scorecard")
    return SheetTable("targets", title, title, about, head, tuple(rows))


def measures_table(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> SheetTable:
    """List the measures with who owns them, and what the survey says came of them."""
    say, labels = canvas.language, canvas.labels
    effects = select(own(facts), statistic="measure_effect", year=steering.year)
    rows = []
    for measure in steering.plan.measures:
        effect = one(effects, category=measure.id)
        began = measure.start < steering.year
        units = say.series([labels.unit(unit) for unit in measure.units])
        rows.append(
            (
                steering.service_name(labels, measure.service),
                say.pick(measure.title),
                units or say.text("The whole service"),
                say.pick(measure.owner),
                str(measure.start),
                say_status(say, measure.status),
                _decided(say, measure.decided_in),
                *_effect(say, effect),
                judge_measure(say, effect).word if began else say.text("not begun"),
            )
        )
    head = (
        say.text("Service"), say.text("Measure"), say.text("Units"), say.text("Owner"), say.text("Start"),
        say.text("Status"), say.text("Decided in"), say.text("Effect, on the answer scale"),
        say.text("Interval, lower end"), say.text("Interval, upper end"), say.text("What came of it"),
    )  # fmt: skip
    about = (say.text("The effect is what changed with the measure beyond what changed without it."),)
    title = say.text("Measures")
    return SheetTable("measures", title, title, about, head, tuple(rows))


def costs_table(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> SheetTable:
    """Set the figures on cost and resources against the other municipalities' quartiles."""
    say = canvas.language
    words = {
        "cost_per_user": say.text("Cost per user"),
        "users_per_position": say.text("Users per position"),
        "sick_leave": say.text("Sick leave"),
    }
    units = {"percent": say.text("per cent"), "number": say.text("number")}
    found = select(own(facts), statistic=tuple(words))
    every: dict[tuple[str, str, str, str], list[Fact]] = {}
    for fact in found:
        if not fact.against:
            every.setdefault((*_subject(fact), fact.category), []).append(fact)
    rows = []
    for (service, unit, statistic, product), series in every.items():
        fact = max(series, key=lambda each: each.year or 0)
        decimals = written_decimals([each.value for each in series if each.value is not None])
        beside = [f for f in found if f.against == "nation" and _subject(f) == (service, unit, statistic)]
        of = [f"{product}.{q}" if product else q for q in ("25", "50", "75")]
        median = one(beside, category=of[1], year=fact.year)
        rows.append(
            (
                steering.service_name(canvas.labels, product or service),
                canvas.labels.unit(unit) if unit else say.text("The whole service"),
                words[statistic],
                str(fact.year),
                Number(rounded(fact.value, decimals), decimals) if is_number(fact) else state(say, fact).word,
                units.get(fact.scale, fact.scale) if is_number(fact) else say.text("not given"),
                *(_quartile(say, one(beside, category=q, year=fact.year), decimals) for q in of),
                count_cell(say, median, "N") if median else say.text("not given"),
            )
        )
    head = (
        say.text("Service"), say.text("Unit"), say.text("Figure"), say.text("Year"), say.text("Value"),
        say.text("Unit of measure"), say.text("Others: lowest quarter up to"), say.text("Others: median"),
        say.text("Others: highest quarter from"), say.text("Other municipalities"),
    )  # fmt: skip
    about = (say.text("Figures that the municipality supplies. A figure that is missing is not filled in."),)
    title = say.text("Cost and resources")
    return SheetTable("costs", title, title, about, head, tuple(rows))


def _result(canvas: Canvas, card: Card, fact: Fact | None) -> Cell:
    if not is_number(fact):
        if fact is not None and fact.state == "not_measured_common_template":
            # Short in the report, whose table says under it what that means.
            return state(canvas.language, fact).word
        # The report's own words, without the sign.
        return write_result(canvas, card, fact).lstrip("".join((*_SIGNS, NO_BREAK)))
    decimals = 0 if card.target.scale in ("0-100", "percent") else 1
    if card.supplied:
        decimals = _supplied_decimals(card)
    return Number(rounded(fact.value, decimals), decimals)


def _chance(canvas: Canvas, card: Card, fact: Fact | None) -> Cell:
    if card.supplied or fact is None:
        return canvas.language.text("not given")
    if not is_number(fact):
        return state(canvas.language, fact).word
    written = write_chance(canvas, fact)
    # Never nil and never all: what the report says in words stays words.
    return number_of(fact, fact.value) if written == canvas.language.percent(fact.value) else written


def _change(language: Language, card: Card) -> Cell:
    fact = card.change
    if not is_number(fact):
        return state(language, fact).word
    certain = fact.verdict in ("higher", "lower")
    if card.supplied:
        decimals = _supplied_decimals(card)
    elif card.target.scale in ("0-100", "percent"):
        # A certain change is never written as nil.
        decimals = 1 if certain and abs(fact.value) < 0.5 else 0
    else:
        decimals = change_decimals(fact, certain=certain)
    return Number(rounded(fact.value, decimals), decimals, sign=True)


def _supplied_decimals(card: Card) -> int:
    return written_decimals([f.value for f in card.results.values() if f.value is not None])


def _effect(language: Language, effect: Fact | None) -> tuple[Cell, Cell, Cell]:
    """Write an effect and its ends, or in all three that it cannot be judged: a number would judge it."""
    if effect is None:
        said = language.text("not given")
    elif effect.state == "measured":
        how: dict[str, Any] = {"sign": True, "decimals": shared_decimals([effect])}
        ends = (end_cell(language, effect, end, **how) for end in ("low", "high"))
        return value_cell(language, effect, **how), *ends
    else:
        said = judge_measure(language, effect).word
    return said, said, said


def _decided(language: Language, adopted: object) -> str:
    if adopted is None:
        return language.text("not decided")
    return f"{language.pick(adopted.document)}, {adopted.year}"


def _subject(fact: Fact) -> tuple[str, str, str]:
    return fact.service, fact.unit, fact.statistic


def _quartile(language: Language, fact: Fact | None, most: int) -> Cell:
    if fact is None:
        return language.text("not given")
    if not is_number(fact):
        return state(language, fact).word
    # Four digits, as in the report, and no more decimals than the figures beside it.
    digits = 3 - floor(log10(abs(fact.value))) if fact.value else 0
    decimals = max(0, min(digits, most))
    return Number(rounded(round(fact.value, digits), decimals), decimals)
