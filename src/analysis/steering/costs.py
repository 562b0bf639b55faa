"""Facts on cost and resources: the municipality's own figures, and where the others' lie in that year."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.national import FEWEST_FOR_QUARTILES
from analysis.facts.table import Fact, tabulate
from analysis.steering.context import Steering

#: What a service's figures are called in the indicators table.
COST, USERS, LEAVE = "cost_per_user", "users_per_position", "sick_leave"
_QUARTILES = (25, 50, 75)


@dataclass(frozen=True)
class _Subject:
    """What a figure is of: a service, a product of one, or a unit; `filed` is its topic in the table."""

    filed: str
    indicator: str
    service: str = ""
    unit: str = ""
    product: str = ""


class _Figures:
    """The figures of all municipalities up to the round: columns as arrays, and the rows of every subject."""

    def __init__(self, steering: Steering) -> None:
        table = steering.indicators
        table = table[table["year"].le(steering.year) & table["value"].notna()]
        self.municipality = table["municipality"].to_numpy(dtype=object)
        self.year = table["year"].to_numpy(dtype="int64")
        self.value = table["value"].to_numpy(dtype="float64")
        self.source = table["source"].to_numpy(dtype=object)
        # A table of a whole country has a handful of units of measure, in tens of thousands of rows.
        codes, words = table["unit"].factorize()
        self.scale = np.array([*map(_unit_of, words), _unit_of(None)], dtype=object)[codes]
        self._rows = table.groupby(["topic", "indicator"], sort=False).indices

    def rows(self, subject: _Subject) -> np.ndarray:
        """Return the places of a subject's figures, in the table's order."""
        return np.sort(self._rows.get((subject.filed, subject.indicator), np.empty(0, dtype="int64")))


def cost_facts(
    facts: pd.DataFrame,
    steering: Steering,
    *,
    peer_group: str = "",
    peers: Collection[str] = (),
    minimum_municipalities: int = 3,
    thresholds: Disclosure = Disclosure(),
) -> pd.DataFrame:
    """Give cost per user, users per position and sick leave, and the others' median and quartiles.

    Args:
        facts: the services' facts, which say what services there are.
        steering: the indicators of all municipalities, the catalogue's products, the units and the rounds.
        peer_group, peers: a group to compare with beside the nation, and the codes in it.
        minimum_municipalities: with fewer others there is nothing to compare with; of sick leave with fewer
            than `FEWEST_FOR_QUARTILES`, since of few the quartiles are single municipalities' own figures.
        thresholds: sick leave of fewer employees than `distribution` is suppressed.

    Returns:
        One fact a year up to the round under the statistic's own name (`cost_per_user` and so on), topic
        `indicator.<id>`, in the unit of measure of the table; the last one with the verdict lowest_quarter,
        middle_half or highest_quarter, and with N others. Of the same year, with `against` nation and
        peers.<group>, the others' quartiles (category 25, 50, 75), the municipality itself left out.
        A product of the catalogue that is filed on its own has its id before the category (`<product>`,
        `<product>.25`). Units' costs where the table files a cost under a unit's code. A figure that is not
        there is a fact that is not measured: nothing is filled in.
    """
    services = [code for code in facts["service"].unique() if code]
    groups = {"nation": None}
    if peer_group:
        groups[f"peers.{peer_group}"] = frozenset(peers)
    found: list[Fact] = []
    figures = _Figures(steering)
    for subject in _subjects(steering, services):
        own = _own(steering, figures, subject)
        few = steering.plan.tells_of_few(subject.service, subject.indicator, thresholds.distribution)
        if few and own[-1].state == "measured":
            found += [replace(fact, note="").missing("suppressed") for fact in own]
            continue
        # Each hides its own of few employees, but of how many they are the table says nothing.
        fewest = minimum_municipalities
        fewest = max(fewest, FEWEST_FOR_QUARTILES) if subject.indicator == LEAVE else fewest
        against = []
        if own[-1].state == "measured" and not subject.unit:
            for name, codes in groups.items():
                against += _others(figures, subject, own[-1], name, codes, fewest)
        found += [*own[:-1], _placed(own[-1], against), *against]
    return tabulate(found)


def _subjects(steering: Steering, services: list[str]) -> Iterator[_Subject]:
    products = [
        placed.product
        for placed in steering.catalogue.products()
        if placed.product.service is None or placed.product.service in services
    ]
    for service in services:
        # The service's own cost; products that are filed under the service are that cost.
        filed = [p for p in products if p.service == service]
        cost = next((p.cost for p in filed if p.cost and p.cost_topic == service), None)
        if cost or not filed or all(p.cost is None for p in filed):
            yield _Subject(service, cost or COST, service)
        yield from (_Subject(service, name, service) for name in (USERS, LEAVE))
    for product in products:
        if product.cost_topic != product.service or not product.service:
            yield _Subject(
                product.cost_topic, product.cost or COST, product.service or "", product=product.id
            )
    table = steering.indicators
    with_cost = set(table.loc[table["indicator"].eq(COST), "topic"])
    for unit, service in zip(steering.units["unit"], steering.units["service"], strict=True):
        if service in services and unit in with_cost:
            yield _Subject(unit, COST, service, unit=unit)


def _own(steering: Steering, figures: _Figures, subject: _Subject) -> list[Fact]:
    """Return the municipality's figures, oldest first; the last is the latest, or says that there is none."""
    rows = figures.rows(subject)
    rows = rows[figures.municipality[rows] == steering.plan.municipality]
    rows = rows[np.argsort(figures.year[rows], kind="stable")]
    fact = Fact(
        statistic=subject.indicator,
        municipality=steering.plan.municipality,
        service=subject.service,
        unit=subject.unit,
        year=steering.year,
        topic=f"indicator.{subject.indicator}",
        category=subject.product,
        method="indicator",
    )
    if not len(rows):
        return [fact.missing("not_measured", "no_figure")]
    kept = rows[figures.year[rows] >= min(steering.years)]
    return [
        replace(
            fact,
            year=int(figures.year[row]),
            value=float(figures.value[row]),
            scale=figures.scale[row],
            note=_text(figures.source[row]),
        )
        for row in (kept if len(kept) else rows[-1:])
    ]


def _others(
    figures: _Figures,
    subject: _Subject,
    own: Fact,
    against: str,
    codes: frozenset[str] | None,
    minimum: int,
) -> Iterator[Fact]:
    rows = figures.rows(subject)
    rows = rows[(figures.year[rows] == own.year) & (figures.municipality[rows] != own.municipality)]
    # Figures in another unit of measure are another figure.
    rows = rows[figures.scale[rows] == own.scale]
    if codes is not None:
        rows = rows[[code in codes for code in figures.municipality[rows]]]
    values = np.percentile(figures.value[rows], _QUARTILES) if len(rows) >= minimum else ()
    few = "no_peers" if codes is not None else "no_other_municipalities"
    for i, percent in enumerate(_QUARTILES):
        category = f"{subject.product}.{percent}" if subject.product else str(percent)
        fact = replace(
            own,
            category=category,
            against=against,
            value=None,
            verdict="",
            method="quartile_of_others",
            note="",
        )
        if not len(values):
            yield fact.missing("not_comparable", few)
        else:
            yield replace(fact, value=float(values[i]), N=len(rows))


def _placed(own: Fact, against: list[Fact]) -> Fact:
    """Say where among the others a figure lies: in their lowest or highest quarter, or between."""
    nation = [fact for fact in against if fact.against == "nation" and fact.value is not None]
    if not nation:
        return own
    low, _, high = (fact.value for fact in nation)
    verdict = (
        "lowest_quarter" if own.value < low else "highest_quarter" if own.value > high else "middle_half"
    )
    return replace(own, N=nation[0].N, verdict=verdict)


def _unit_of(unit: object) -> str:
    written = _text(unit)
    return {"%": "percent", "": "number"}.get(written, written)


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)
