"""The numbers behind expected ranges and adjusted comparisons, so that a reader can work them out again."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.groups import group_name
from analysis.show.select import is_number, last_year, nation, one, scored_topics, select, service_of
from analysis.show.tables import Column, Table, table_block

_KINDS = ("unit", "municipality")


def tabulate_reference(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Show centre and spread of ordinary units and municipalities by topic, and what each group adds.

    Nothing where the nation is not known.
    """
    return join(canvas, [_ranges(canvas, facts), _groups(canvas, facts)])


def _ranges(canvas: Canvas, facts: pd.DataFrame) -> Block:
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    found = select(nation(facts), statistic=("theta", "tau"), year=year)
    rows = []
    for topic in scored_topics(labels, service):
        cells = []
        for kind in _KINDS:
            centre, spread = (
                one(found, topic=topic, category=kind, statistic=name) for name in ("theta", "tau")
            )
            cells += [_third(canvas, centre), _third(canvas, spread)]
            cells.append(numbers.count(say, centre.N if centre else None))
        rows.append((labels.topic(service, topic), *cells))
    if not any(is_number(fact) for fact in found):
        return join(canvas, [])
    units = labels.unit_word(service, plural=True)
    columns = (
        Column(say.text("Topic"), 28),
        Column(say.text("θ, {units}", units=units), 13, right=True),
        Column(say.text("τ, {units}", units=units), 13, right=True),
        Column(say.text("Number"), 10, right=True),
        Column(say.text("θ, municipalities"), 13, right=True),
        Column(say.text("τ, municipalities"), 13, right=True),
        Column(say.text("Number"), 10, right=True),
    )
    caption = say.text(
        "{service}: what expected ranges are made of, {year}, on the scale {scale}. A range is θ ± 1.96 · "
        "√(s² + τ²), with s the standard error of the {unit} or municipality itself.",
        service=labels.service(service), year=year, scale=numbers.scale_of(found),
        unit=labels.unit_word(service),
    )  # fmt: skip
    return table_block(canvas, "reference", Table(columns, tuple(rows)), caption=caption)


def _groups(canvas: Canvas, facts: pd.DataFrame) -> Block:
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    found = select(nation(facts), statistic="casemix_beta", year=year)
    groups = list(dict.fromkeys(fact.category for fact in found if fact.note != "reference"))
    base = dict.fromkeys(fact.category for fact in found if fact.note == "reference")
    if not groups or not any(is_number(fact) for fact in found):
        return join(canvas, [])
    rows = []
    for topic in scored_topics(labels, service):
        effects = [one(found, topic=topic, category=group) for group in groups]
        rows.append((labels.topic(service, topic), *(_second(canvas, fact) for fact in effects)))
    columns = (
        Column(say.text("Topic"), 28),
        *(Column(_named(canvas, service, group), 72 // len(groups), right=True) for group in groups),
    )
    caption = say.text(
        "{service}: what belonging to a group goes with within the units, {year}, on the scale {scale}; "
        "comparisons are adjusted by it.",
        service=labels.service(service), year=year, scale=numbers.scale_of(found),
    )  # fmt: skip
    if base:
        others = say.series([_named(canvas, service, group) for group in base])
        caption += " " + say.text("Compared with: {groups}.", groups=others)
    return table_block(canvas, "casemix", Table(columns, tuple(rows)), caption=caption)


def _named(canvas: Canvas, service: str, category: str) -> str:
    variable, value = group_name(canvas.labels, service, category)
    return f"{variable}: {value}" if value else variable


def _third(canvas: Canvas, fact: Fact | None) -> str:
    if fact is None or fact.value is None:
        return numbers.EM_RULE
    return canvas.language.number(fact.value, 3)


def _second(canvas: Canvas, fact: Fact | None) -> str:
    if fact is None or fact.value is None:
        return numbers.EM_RULE
    return canvas.language.number(fact.value, 2, sign=True)
