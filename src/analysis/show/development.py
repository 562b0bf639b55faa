"""Development over the rounds: one small panel for each topic on the same axes, and its finding."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.change import headline_change
from analysis.show.panels import PANEL, Panel, draw_panel
from analysis.show.select import is_number, nation, own, select, service_of, topics, years_of
from analysis.show.sheet import Sheet, figure_block
from analysis.show.style import INK, OWN, PALE, QUIET, SMALL, text_width, wrap
from analysis.show.tables import Column, Table
from analysis.show.text import write_callout
from analysis.show.verdicts import shown, state

ACROSS, BETWEEN, EDGE = 3, 20.0, 16.0
TITLE, FOOT, LINE = 28.0, 22.0, 11.5


def draw_development(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Draw overall satisfaction and every dimension over the rounds, with intervals and the national mean.

    A round that cannot be compared with the latest is not joined to it: the gap says so.
    """
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    years, shown_topics = years_of(facts), topics(labels, service)
    mine = _by_topic(select(own(facts), statistic="mean", unit="", topic=tuple(shown_topics)))
    country = _by_topic(select(nation(facts), statistic="mean", topic=tuple(shown_topics)))
    drawn = [t for t in shown_topics if any(is_number(fact) for fact in mine.get(t, {}).values())]
    if not drawn:
        why = say.text("There are too few answers in every round, or it was not measured.")
        return write_callout(canvas, "note", say.text("No development to show"), why)
    broken = _broken(canvas, facts, drawn, years)
    rows = -(-len(drawn) // ACROSS)
    top = 22.0
    across = min(ACROSS, max(len(drawn), 2))
    sheet = Sheet(top + rows * (TITLE + PANEL + FOOT))
    width = (sheet.width - 2 * EDGE - (ACROSS - 1) * BETWEEN) / ACROSS
    _key(canvas, sheet, country=bool(country))
    for i, topic in enumerate(drawn):
        left = EDGE + (i % across) * (width + BETWEEN)
        head = top + i // across * (TITLE + PANEL + FOOT)
        lines = wrap(labels.topic(service, topic), width, strong=True, lines=2)
        sheet.write_lines(left, head + TITLE - 4 - LINE * (len(lines) / 2), lines, line=LINE, strong=True)
        panel = Panel(sheet, left, head + TITLE, width, labels.questionnaires[service].scale, tuple(years))
        draw_panel(canvas, panel, mine[topic], country.get(topic, {}), broken.get(topic, set()))
    return figure_block(
        canvas, "development", sheet,
        caption=_caption(canvas, facts, years, any(broken.get(t) for t in drawn), mine),
        alt=_alternative(canvas, facts, drawn, mine),
        data=_data(canvas, service, drawn, mine, country, years),
    )  # fmt: skip


def headline_development(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say over how many rounds it was measured, and what has changed for certain since the one before."""
    years = years_of(facts)
    if len(years) == 1:
        return canvas.language.text("Measured for the first time")
    rounds = canvas.language.text(
        "{n} rounds since {first}", n=canvas.language.count(len(years)), first=years[0]
    )
    return f"{rounds}: {_small(headline_change(canvas, facts))}"


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _by_topic(found: Sequence[Fact]) -> dict[str, dict[int, Fact]]:
    out: dict[str, dict[int, Fact]] = {}
    for fact in found:
        out.setdefault(fact.topic, {})[int(fact.year or 0)] = fact
    return out


def _broken(
    canvas: Canvas, facts: pd.DataFrame, drawn: Sequence[str], years: Sequence[int]
) -> dict[str, set[int]]:
    # Rounds that cannot be compared with the latest one, by topic: those before a change of wording, and
    # those that a refused comparison names.
    asked = canvas.labels.questionnaires[service_of(facts)]
    out: dict[str, set[int]] = {}
    for topic in drawn:
        kind, _, name = topic.partition(".")
        overall = [asked.item(asked.overall)] if asked.overall else list(asked.items)
        behind = overall if kind == "overall" else [i for i in asked.items if name in (i.id, i.dimension)]
        first = max((i.comparable_from for i in behind if i.comparable_from is not None), default=years[0])
        out[topic] = {year for year in years if year < first}
    for fact in select(own(facts), statistic="change", unit="", state="not_comparable"):
        before = fact.against.removeprefix("year.")
        if fact.note in ("wording", "unit") and before.isdigit() and fact.topic in out:
            out[fact.topic] |= {year for year in years if year <= int(before)}
    return out


def _key(canvas: Canvas, sheet: Sheet, *, country: bool) -> None:
    say = canvas.language
    x = EDGE
    samples = [(canvas.labels.municipality, OWN, 2.0, ())]
    if country:
        samples.append((say.text("all municipalities"), PALE, 1.4, (4, 2)))
    for name, colour, width, dashes in samples:
        sheet.strokes([[(x, 8), (x + 20, 8)]], colour=colour, width=width, dashes=dashes)
        sheet.write(x + 25, 8, name, size=SMALL, colour=INK if colour == OWN else QUIET)
        x += 25 + text_width(name, SMALL) + 18


def _caption(
    canvas: Canvas, facts: pd.DataFrame, years: Sequence[int], gap: bool, mine: dict[str, dict[int, Fact]]
) -> str:
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    every = [fact for by_year in mine.values() for fact in by_year.values()]
    parts = [
        say.text(
            "{service}: means from {first} to {last}. The upright bars are {level} confidence intervals.",
            service=labels.service(service), first=years[0], last=years[-1],
            level=numbers.level_word(say, every),
        )
    ]  # fmt: skip
    if gap:
        parts.append(
            say.text("Where the line is broken, a change of the survey makes the rounds not comparable.")
        )
    if any(fact.n is not None and fact.n < canvas.caution for fact in every):
        parts.append(say.text("Open marks: fewer than {n} answers, read with care.", n=canvas.caution))
    if any(fact.state == "suppressed" for fact in every):
        parts.append(say.text("⊘ Suppressed, so that no one's answers can be recognised."))
    return " ".join(parts)


def _alternative(
    canvas: Canvas, facts: pd.DataFrame, drawn: Sequence[str], mine: dict[str, dict[int, Fact]]
) -> str:
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    listed = []
    for topic in drawn:
        values = [
            f"{year}: {numbers.score(say, fact) if is_number(fact) else state(say, fact).word}"
            for year, fact in sorted(mine[topic].items())
        ]
        listed.append(f"{labels.topic(service, topic)} {', '.join(values)}")
    return f"{headline_development(canvas, facts)}. {'; '.join(listed)}."


def _data(
    canvas: Canvas,
    service: str,
    drawn: Sequence[str],
    mine: dict[str, dict[int, Fact]],
    country: dict[str, dict[int, Fact]],
    years: Sequence[int],
) -> Table:
    say = canvas.language
    rows = []
    for topic in drawn:
        for year in years:
            fact, theirs = mine[topic].get(year), country.get(topic, {}).get(year)
            rows.append(
                (
                    canvas.labels.topic(service, topic),
                    str(year),
                    shown(say, fact, numbers.score(say, fact)),
                    numbers.interval(say, fact),
                    numbers.count(say, fact.n if fact else None),
                    numbers.score(say, theirs),
                )
            )
    columns = (
        Column(say.text("Topic"), 32),
        Column(say.text("Year"), 9),
        Column(say.text("Mean"), 15, right=True),
        Column(say.text("Interval"), 13, right=True),
        Column(say.text("Answers"), 11, right=True),
        Column(say.text("All municipalities"), 18, right=True),
    )
    return Table(columns, tuple(rows))
