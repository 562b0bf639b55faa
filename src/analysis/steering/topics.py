"""What is known of the topics of each service: the facts that are chosen from, looked up once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.facts.lookup import Index, index_of
from analysis.facts.sides import SIDED
from analysis.facts.table import Fact


@dataclass(frozen=True)
class Topics:
    """One service's own facts of the statistics `SIDED`, and the last year that any of its own facts is of.

    there: whether the municipality has any facts of the whole service at all.
    """

    facts: Sequence[Fact] = ()
    year: int | None = None
    there: bool = False


def topics_of(facts: pd.DataFrame) -> dict[str, Topics]:
    """Return every service's topics, the services in the order of their facts."""
    return dict(index_of(facts).known("topics by service", _topics))


@dataclass
class _Gathered:
    facts: list[Fact] = field(default_factory=list)
    years: set[int | None] = field(default_factory=set)


def _topics(index: Index) -> dict[str, Topics]:
    gathered = {service: _Gathered() for service in index.values("service") if service}
    of_whole = index.only("municipality", bool).only("unit", lambda unit: unit == "")
    for service, year in zip(of_whole.values("service"), of_whole.values("year"), strict=True):
        if service:
            gathered[service].years.add(year)
    for fact in of_whole.find({"statistic": SIDED}):
        if fact.service:
            gathered[fact.service].facts.append(fact)
    return {
        service: Topics(tuple(of.facts), max(of.years - {None}, default=None), bool(of.years))
        for service, of in gathered.items()
    }
