"""Units beside each other: the figure, its finding and its table."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.expected import band_of, both_words, ranges_of, say_band
from analysis.show.rows import Heading, Line, Row, draw_rows
from analysis.show.scale import mean_axis
from analysis.show.select import is_number, last_year, nation, one, own, select, service_of
from analysis.show.sheet import figure_block
from analysis.show.style import QUIET
from analysis.show.tables import Column, Table
from analysis.show.text import write_callout
from analysis.show.unit_findings import headline_units, units_of
from analysis.show.verdicts import SUPPRESSED, judge, shown, state


def draw_units(canvas: Canvas, facts: pd.DataFrame, *, topic: str = "overall", first: str = "") -> Block:
    """Draw every unit's mean in the latest round with its interval, highest first; hidden units last.

    Behind each lies the range that it is expected in by its number of answers, where the nation is known.
    `first` is the unit whose own edition it is: at the top, in colour, the others grey.
    """
    say, labels = canvas.language, canvas.labels
    service, year = service_of(facts), last_year(facts)
    means, differences = units_of(canvas, facts, topic, first=first)
    if not any(is_number(mean) for mean in means):
        return _nothing(canvas, means)
    ranges = ranges_of(facts, topic)
    rows = []
    for mean in means:
        verdict, expected = judge(say, differences.get(mean.unit)), ranges.get(mean.unit)
        word = both_words(canvas, verdict if _says(differences.get(mean.unit)) else None, expected)
        if not verdict.certain and expected is not None:
            verdict = judge(say, expected)
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
                strong=mean.unit == first if first else verdict.certain and is_number(mean),
                tone="" if not first else "own" if mean.unit == first else "pale",
                band=band_of(expected) if is_number(mean) else None,
            )
        )
    headings = (
        Heading(say.text("mean"), strong=True),
        Heading(say.text("answers")),
        Heading(say.text("assessment")),
    )
    title = say.text("{topic}, mean", topic=labels.topic(service, topic))
    sheet = draw_rows(
        rows, headings, mean_axis(canvas, service, title), lines=_lines(canvas, facts, topic, year)
    )
    name = "units" if topic == "overall" else f"units-{topic.partition('.')[2]}"
    return figure_block(
        canvas, name, sheet,
        caption=_caption(canvas, facts, means, topic, first),
        alt=_alternative(canvas, facts, means, topic),
        data=_data(canvas, means, differences, ranges),
    )  # fmt: skip


def _says(difference: Fact | None) -> bool:
    # An ordinary unit has no word: the caption says what that means, and those with a word stand out.
    return difference is not None and (
        difference.verdict in ("above", "below", "depends_on_method") or difference.state == "undecided"
    )


def _lines(canvas: Canvas, facts: pd.DataFrame, topic: str, year: int) -> list[Line]:
    say = canvas.language
    country = one(select(nation(facts), statistic="mean", year=year, topic=topic))
    whole = one(select(own(facts), statistic="mean", year=year, topic=topic, unit=""))
    lines = []
    ranges = ranges_of(facts, topic)
    if ranges:
        # The middle of the bands: the mean of all units, which is not quite that of the municipalities.
        middle = next(iter(ranges.values()))
        units = canvas.labels.unit_word(service_of(facts), plural=True)
        name = say.text(
            "all {units} {mean}, expected range in grey",
            units=units, mean=numbers.score(say, middle),
        )  # fmt: skip
        lines.append(Line(middle.value, name, QUIET, (4, 2)))
    elif is_number(country):
        name = say.text("all municipalities {mean}", mean=numbers.score(say, country))
        lines.append(Line(country.value, name, QUIET, (4, 2)))
    if is_number(whole):
        name = f"{canvas.labels.municipality} {numbers.score(say, whole)}"
        lines.append(Line(whole.value, name))
    return lines


def _caption(canvas: Canvas, facts: pd.DataFrame, means: list[Fact], topic: str, first: str) -> str:
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    parts = [
        say.text(
            "{topic} by {unit}, {year}. The bar is a {level} confidence interval.",
            topic=labels.topic(service, topic), unit=labels.unit_word(service), year=last_year(facts),
            level=numbers.level_word(say, means),
        ),
    ]  # fmt: skip
    if first:
        parts.append(
            say.text("{unit} stands first, the others from highest to lowest.", unit=labels.unit(first))
        )
    drawn = ranges_of(facts, topic)
    if not drawn:
        parts.append(say.text("Where nothing is said, there is no certain difference from the others."))
    else:
        parts.append(
            say.text("Where nothing is said of the others, there is no certain difference from them.")
        )
        parts.append(say_band(canvas, service, drawn.values()))
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
    listed, ranges = [], ranges_of(facts, topic)
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
        if (expected := ranges.get(mean.unit)) is not None:
            band, word = numbers.interval(say, expected), judge(say, expected).word
            written += ", " + say.text("expected {band}: {word}", band=band, word=word)
        listed.append(f"{name} {written}")
    return f"{headline_units(canvas, facts, topic=topic)}. {'; '.join(listed)}."


def _data(canvas: Canvas, means: list[Fact], differences: dict[str, Fact], ranges: dict[str, Fact]) -> Table:
    say, rows = canvas.language, []
    for mean in means:
        there, expected = is_number(mean), ranges.get(mean.unit)
        cells = [
            canvas.labels.unit(mean.unit),
            shown(say, mean, numbers.score(say, mean)),
            numbers.interval(say, mean),
            numbers.count(say, mean.n),
            (judge(say, differences.get(mean.unit)) if there else state(say, mean)).text,
        ]
        if ranges:
            seen = expected if there else None
            cells += [numbers.interval(say, seen), judge(say, seen).text if seen else numbers.EM_RULE]
        rows.append(tuple(cells))
    columns = [
        Column(say.text("Unit"), 28),
        Column(say.text("Mean"), 10, right=True),
        Column(say.text("Interval"), 12, right=True),
        Column(say.text("Answers"), 9, right=True),
        Column(say.text("Assessment"), 30 if not ranges else 22),
    ]
    if ranges:
        columns += [
            Column(say.text("Expected range"), 14, right=True),
            Column(say.text("Beside the expected"), 22),
        ]
    return Table(tuple(columns), tuple(rows))


def _nothing(canvas: Canvas, means: list[Fact]) -> Block:
    say = canvas.language
    if any(state(say, mean).sign == SUPPRESSED for mean in means):
        why = say.text("There are too few answers to show results, so that no one can be recognised.")
    else:
        why = say.text("This was not measured in this round.")
    return write_callout(canvas, "note", say.text("No results to show for the units"), why)
