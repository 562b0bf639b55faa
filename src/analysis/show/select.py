"""Finding facts in the table: those of a subject, the latest round, the topics in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pandas as pd

from analysis.facts.findings import CLAIMS
from analysis.facts.labels import Labels
from analysis.facts.lookup import Index, index_of, kept_part
from analysis.facts.table import Fact
from analysis.show.blocks import Canvas

#: What only a survey gives: the years of these are its rounds.
_OF_A_ROUND = ("respondents", "mean")


def select(facts: pd.DataFrame, **where: object) -> list[Fact]:
    """Return the rows whose columns have these values (a tuple: one of these), in the table's order.

    Missing numbers are None.
    """
    return index_of(facts).find(where)


def one(facts: Iterable[Fact], **where: object) -> Fact | None:
    """Return the first fact with these values, or None."""
    asked = tuple(where.items())
    for fact in facts:
        for name, wanted in asked:
            if getattr(fact, name) != wanted:
                break
        else:
            return fact
    return None


def service_of(facts: pd.DataFrame) -> str:
    """Return the service that the facts are about; raise ValueError where there is not exactly one."""
    services = sorted(services_of(facts))
    if len(services) != 1:
        raise ValueError(f"facts of one service expected, found {services}")
    return services[0]


def services_of(facts: pd.DataFrame) -> list[str]:
    """Return the services in the order of their facts, which is the report's."""
    return list(index_of(facts).known("services", _services))


def by_service(canvas: Canvas, facts: pd.DataFrame) -> Iterator[tuple[Canvas, pd.DataFrame]]:
    """Give each service its own facts, without claims over the whole report, and a canvas for them.

    All who ask of one table get the same tables: take a copy before changing one.
    """
    over_all = (*CLAIMS.values(), "strength", "improvement")
    told = kept_part(facts, "of services", "statistic", lambda statistic: statistic not in over_all)
    for service in services_of(facts):
        part = kept_part(told, f"of {service}", "service", lambda named, service=service: named == service)
        yield replace(canvas, prefix=service), part


def own(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the municipality's own facts, without the national picture.

    All who ask of one table get the same table: take a copy before changing it.
    """
    return kept_part(facts, "own", "municipality", lambda municipality: municipality != "")


def nation(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the national picture's facts.

    All who ask of one table get the same table: take a copy before changing it.
    """
    return kept_part(facts, "nation", "municipality", lambda municipality: municipality == "")


def years_of(facts: pd.DataFrame) -> list[int]:
    """Return the rounds, oldest first."""
    return list(index_of(facts).known("years", _years))


def last_year(facts: pd.DataFrame) -> int:
    """Return the latest round; raise ValueError where no fact has a year."""
    years = years_of(facts)
    if not years:
        raise ValueError("facts with a year expected, found none")
    return years[-1]


def _services(index: Index) -> list[str]:
    return [service for service in dict.fromkeys(index.values("service")) if service]


def _years(index: Index) -> list[int]:
    # Supplied figures, such as costs, come for years without a round too.
    asked = index.find({"statistic": _OF_A_ROUND})
    years = [fact.year for fact in asked] or index.values("year")
    return sorted({int(year) for year in years if year is not None})


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
