"""Units beside each other: the figure, its finding and its table."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.rows import Heading, Line, Row, draw_rows
from analysis.show.scale import mean_axis
from analysis.show.select import is_number, last_year, nation, one, own, select, service_of
from analysis.show.sheet import figure_block
from analysis.show.style import QUIET, drawing
from analysis.show.tables import Column, Table
from analysis.show.text import write_callout
from analysis.show.verdicts import SUPPRESSED, judge, shown, state


def draw_units(canvas: Canvas, facts: pd.DataFrame, *, topic: str = "overall") -> Block:
    """Draw every unit's mean in the latest round with its interval, highest first; hidden units last."""
    say, labels = canvas.language, canvas.labels
    service, year = service_of(facts), last_year(facts)
    means, differences = units_of(canvas, facts, topic)
    if not any(is_number(mean) for mean in means):
        return _nothing(canvas, means)
    rows = []
    for mean in means:
        verdict = judge(say, differences.get(mean.unit))
        word = verdict.text if _says(differences.get(mean.unit)) else ""
        rows.append(
            Row(
                name=labels.unit(mean.unit),
                cells=(
                    numbers.score(say, mean),
                    numbers.count(say, mean.n),
                    word if is_number(mean) else state(say, mean).text,
                ),
                value=mean.value,
                low=mean.low,
                high=mean.high,
                sign=verdict.sign if verdict.certain and is_number(mean) else "",
                hollow=mean.n is not None and mean.n < canvas.caution,
                strong=verdict.certain and is_number(mean),
            )
        )
    headings = (
        Heading(say.text("mean"), strong=True),
        Heading(say.text("answers")),
        Heading(say.text("assessment")),
    )
    title = say.text("{topic}, mean", topic=labels.topic(service, topic))
    with drawing():
        sheet = draw_rows(
            rows, headings, mean_axis(canvas, service, title), lines=_lines(canvas, facts, topic, year)
        )
        name = "units" if topic == "overall" else f"units-{topic.partition('.')[2]}"
        return figure_block(
            canvas, name, sheet,
            caption=_caption(canvas, facts, means, topic),
            alt=_alternative(canvas, facts, means, topic),
            data=_data(canvas, means, differences),
        )  # fmt: skip


def headline_units(canvas: Canvas, facts: pd.DataFrame, *, topic: str = "overall") -> str:
    """Say which units stand out for certain, or that none does."""
    say, labels = canvas.language, canvas.labels
    service = service_of(facts)
    means, differences = units_of(canvas, facts, topic)
    units = labels.unit_word(service, plural=True)
    seen = [mean.unit for mean in means if is_number(mean)]
    if len(seen) < 2:
        return say.text("Too few {units} have results to compare them", units=units)
    spread = one(select(own(facts), statistic="variance_unit", topic=topic))
    verdicts = {unit: differences[unit].verdict for unit in seen if unit in differences}
    high = [labels.unit(unit) for unit in seen if verdicts.get(unit) == "above"]
    low = [labels.unit(unit) for unit in seen if verdicts.get(unit) == "below"]
    if high and low:
        return say.text(
            "{high} above the other {units}, {low} below",
            high=_named(canvas, high, units), low=_named(canvas, low, units), units=units,
        )  # fmt: skip
    if high:
        return say.text("{high} above the other {units}", high=_named(canvas, high, units), units=units)
    if low:
        return say.text("{low} below the other {units}", low=_named(canvas, low, units), units=units)
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


def units_of(canvas: Canvas, facts: pd.DataFrame, topic: str) -> tuple[list[Fact], dict[str, Fact]]:
    """Return the units' latest means, highest first and hidden ones last, and their differences by unit."""
    year = last_year(facts)
    mine = own(facts)
    means = [fact for fact in select(mine, statistic="mean", year=year, topic=topic) if fact.unit]
    means.sort(key=lambda fact: (fact.value is None, -(fact.value or 0), canvas.labels.unit(fact.unit)))
    judged = select(mine, statistic="unit_difference", year=year, topic=topic)
    return means, {fact.unit: fact for fact in judged}


def _says(difference: Fact | None) -> bool:
    # An ordinary unit has no word: the caption says what that means, and those with a word stand out.
    return difference is not None and (
        difference.verdict in ("above", "below") or difference.state == "undecided"
    )


def _lines(canvas: Canvas, facts: pd.DataFrame, topic: str, year: int) -> list[Line]:
    say = canvas.language
    country = one(select(nation(facts), statistic="mean", year=year, topic=topic))
    whole = one(select(own(facts), statistic="mean", year=year, topic=topic, unit=""))
    lines = []
    if is_number(country):
        name = say.text("all municipalities {mean}", mean=numbers.score(say, country))
        lines.append(Line(country.value, name, QUIET, (0, (4, 2))))
    if is_number(whole):
        name = f"{canvas.labels.municipality} {numbers.score(say, whole)}"
        lines.append(Line(whole.value, name))
    return lines


def _caption(canvas: Canvas, facts: pd.DataFrame, means: list[Fact], topic: str) -> str:
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    parts = [
        say.text(
            "{topic} by {unit}, {year}. The bar is a {level} confidence interval.",
            topic=labels.topic(service, topic), unit=labels.unit_word(service), year=last_year(facts),
            level=numbers.level_word(say, means),
        ),
        say.text("Where nothing is said, there is no certain difference from the others."),
    ]  # fmt: skip
    if any(mean.n is not None and mean.n < canvas.caution for mean in means):
        parts.append(say.text("Open marks: fewer than {n} answers, read with care.", n=canvas.caution))
    if any(mean.state == "suppressed" for mean in means):
        parts.append(say.text("⊘ Suppressed, so that no one's answers can be recognised."))
    spread = one(select(own(facts), statistic="variance_unit", topic=topic))
    if spread and spread.verdict == "no_ranking":
        parts.append(say.text("The differences are too uncertain for a ranking."))
    return " ".join(parts)


def _alternative(canvas: Canvas, facts: pd.DataFrame, means: list[Fact], topic: str) -> str:
    say = canvas.language
    listed = []
    for mean in means:
        name = canvas.labels.unit(mean.unit)
        if not is_number(mean):
            listed.append(f"{name}: {state(say, mean).word}")
            continue
        written = say.text(
            "{mean} ({interval}, {answers})",
            mean=numbers.score(say, mean), interval=numbers.interval(say, mean),
            answers=say.plural("{n} answer", "{n} answers", mean.n or 0),
        )  # fmt: skip
        listed.append(f"{name} {written}")
    return f"{headline_units(canvas, facts, topic=topic)}. {'; '.join(listed)}."


def _data(canvas: Canvas, means: list[Fact], differences: dict[str, Fact]) -> Table:
    say = canvas.language
    rows = tuple(
        (
            canvas.labels.unit(mean.unit),
            shown(say, mean, numbers.score(say, mean)),
            numbers.interval(say, mean),
            numbers.count(say, mean.n),
            (judge(say, differences.get(mean.unit)) if is_number(mean) else state(say, mean)).text,
        )
        for mean in means
    )
    columns = (
        Column(say.text("Unit"), 28),
        Column(say.text("Mean"), 10, right=True),
        Column(say.text("Interval"), 12, right=True),
        Column(say.text("Answers"), 9, right=True),
        Column(say.text("Assessment"), 30),
    )
    return Table(columns, rows)


def _named(canvas: Canvas, names: list[str], units: str) -> str:
    # A heading that lists seven units is no finding any more.
    if len(names) <= 3:
        return canvas.language.series(names)
    return canvas.language.text("{n} {units}", n=canvas.language.count(len(names)), units=units)


def _nothing(canvas: Canvas, means: list[Fact]) -> Block:
    say = canvas.language
    if any(state(say, mean).sign == SUPPRESSED for mean in means):
        why = say.text("There are too few answers to show results, so that no one can be recognised.")
    else:
        why = say.text("This was not measured in this round.")
    return write_callout(canvas, "note", say.text("No results to show for the units"), why)
