"""Finding facts in the table: those of a subject, the latest round, the topics in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.facts.findings import CLAIMS
from analysis.facts.labels import Labels
from analysis.facts.table import COLUMNS, Fact
from analysis.show.blocks import Canvas

_FIELDS = [name for name in COLUMNS if name != "fact_id"]
#: What only a survey gives: the years of these are its rounds.
_OF_A_ROUND = ("respondents", "mean")


def select(facts: pd.DataFrame, **where: object) -> list[Fact]:
    """Return the rows whose columns have these values (a tuple: one of these), in the table's order.

    Missing numbers are None.
    """
    fits = np.ones(len(facts), dtype=bool)
    for column, wanted in where.items():
        held = facts[column]
        same = held.isin(list(wanted)) if isinstance(wanted, tuple) else held == wanted
        # A year that is missing compares as missing, which is no mask.
        fits &= same.fillna(False).to_numpy(dtype=bool)
    # Rows are taken once, when all conditions are known: of a table of texts that is the slow part.
    chosen = facts[fits]
    columns = [chosen[name].tolist() for name in _FIELDS]
    return [
        Fact(**{name: None if pd.isna(value) else value for name, value in zip(_FIELDS, row, strict=True)})
        for row in zip(*columns, strict=True)
    ]


def one(facts: Iterable[Fact], **where: object) -> Fact | None:
    """Return the first fact with these values, or None."""
    for fact in facts:
        if all(getattr(fact, name) == wanted for name, wanted in where.items()):
            return fact
    return None


def service_of(facts: pd.DataFrame) -> str:
    """Return the service that the facts are about; raise ValueError where there is not exactly one."""
    services = sorted(set(facts["service"]) - {""})
    if len(services) != 1:
        raise ValueError(f"facts of one service expected, found {services}")
    return services[0]


def services_of(facts: pd.DataFrame) -> list[str]:
    """Return the services in the order of their facts, which is the report's."""
    return [service for service in facts["service"].unique() if service]


def by_service(canvas: Canvas, facts: pd.DataFrame) -> Iterator[tuple[Canvas, pd.DataFrame]]:
    """Give each service its own facts, without claims over the whole report, and a canvas for them."""
    over_all = (*CLAIMS.values(), "strength", "improvement")
    for service in services_of(facts):
        part = facts[facts["service"] == service]
        yield replace(canvas, prefix=service), part[~part["statistic"].isin(over_all)]


def own(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the municipality's own facts, without the national picture."""
    return facts[(facts["municipality"] != "").to_numpy(dtype=bool)]


def nation(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the national picture's facts."""
    return facts[(facts["municipality"] == "").to_numpy(dtype=bool)]


def years_of(facts: pd.DataFrame) -> list[int]:
    """Return the rounds, oldest first."""
    years = facts["year"]
    asked = years[facts["statistic"].isin(_OF_A_ROUND).to_numpy(dtype=bool)]
    # Supplied figures, such as costs, come for years without a round too.
    return sorted({int(year) for year in (asked if len(asked) else years).dropna().unique()})


def last_year(facts: pd.DataFrame) -> int:
    """Return the latest round; raise ValueError where no fact has a year."""
    years = years_of(facts)
    if not years:
        raise ValueError("facts with a year expected, found none")
    return years[-1]


def topics(labels: Labels, service: str, *, items: bool = False) -> list[str]:
    """Return the questionnaire's topics in its order.

    With `items` every item; else overall satisfaction and the dimensions, or overall satisfaction and the
    items where the questionnaire has no dimensions.
    """
    asked = labels.questionnaires[service]
    every = [f"item.{item.id}" for item in asked.items]
    if items:
        return every
    # The overall item is a topic of its own: beside its twin it would stand there twice.
    rest = [topic for topic in every if topic != f"item.{asked.overall}"]
    return ["overall", *([f"dimension.{d.id}" for d in asked.dimensions] or rest)]


def scored_topics(labels: Labels, service: str) -> list[str]:
    """Return overall satisfaction and the dimensions: the topics that are no single items."""
    return [topic for topic in topics(labels, service) if not topic.startswith("item.")]


def is_number(fact: Fact | None) -> bool:
    """Tell whether the fact is there with a value."""
    return fact is not None and fact.value is not None
