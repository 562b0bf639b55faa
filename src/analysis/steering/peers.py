"""Comparison groups: municipalities of the same group code, or the nearest on background figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from analysis.facts.table import Fact, tabulate
from analysis.stats.errors import NotMeasured, NoVariation, OutOfRange, TooFewUnits
from analysis.stats.frames import TableResult
from analysis.steering.background import INHABITANTS, background

#: Distances are compared to this many decimals: equal ones must not be told apart by the last bits of a sum.
_DECIMALS = 9


@dataclass(frozen=True)
class Peers(TableResult):
    """Whom a municipality is compared with, and why.

    codes: the others, nearest first; of a group, in the order of their codes.
    weights: what each background figure counts, summing to 1; empty for a group.
    table: municipality, distance, and each figure as it is; the municipality itself first, with distance 0.
    left_out: municipalities that lack a figure, with what they lack.
    """

    municipality: str
    kind: Literal["group", "nearest"]
    codes: tuple[str, ...]
    table: pd.DataFrame = field(repr=False)
    group: str = ""
    year: int | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def k(self) -> int:
        """How many others there are."""
        return len(self.codes)

    @property
    def indicators(self) -> tuple[str, ...]:
        """The background figures that were used."""
        return tuple(self.weights)

    @property
    def members(self) -> tuple[str, ...]:
        """The municipality itself and the others: what a comparison group's mean is made of."""
        return (self.municipality, *self.codes)

    @property
    def name(self) -> str:
        """What facts call the group: its code, or `nearest.` and the municipality."""
        return self.group if self.kind == "group" else f"nearest.{self.municipality}"


def same_group(municipality: str, register: pd.DataFrame) -> Peers:
    """Return the municipalities of the same group code (KOSTRA group, family group).

    `register` is the store's table of municipalities: code, peer_group. Raises NotMeasured where the
    municipality is not there or has no group.
    """
    groups = register.set_index("code")["peer_group"]
    own = groups.get(municipality)
    if own is None or pd.isna(own):
        raise NotMeasured(
            "the municipality has no comparison group",
            found=municipality,
            expected="a peer_group in the register of municipalities",
            todo="fill in the group, or choose the nearest on background figures",
        )
    others = sorted(str(code) for code in groups.index[groups.eq(own).fillna(False)] if code != municipality)
    table = pd.DataFrame({"municipality": [municipality, *others]})
    return Peers(municipality, "group", tuple(others), table, group=str(own))


def nearest(
    municipality: str,
    indicators: pd.DataFrame,
    *,
    k: int,
    weights: Mapping[str, float],
    year: int,
    register: pd.DataFrame | None = None,
) -> Peers:
    """Return the k municipalities nearest on the chosen background figures.

    d_j = √(Σ w_i ((x_ij − x_i0)/s_i)² / Σ w_i), with s_i the standard deviation of figure i over the
    municipalities that have all figures (n − 1): the weighted Euclidean distance on standardised figures, as
    in cluster analysis (Kaufman and Rousseeuw 1990, Finding Groups in Data, sec. 1.2). Equal distances are
    put in the order of the codes. A municipality that lacks a figure is left out and named: what it lacks is
    not guessed.

    Args:
        municipality: whom the others are near to.
        indicators: the store's table: municipality, topic, indicator, year, value.
        k: how many others.
        weights: what each figure counts, above 0: `<topic>.<indicator>`, or the register's `inhabitants`.
        year: the figures' year; one that has none yet is taken from its latest year before.
        register: the store's table of municipalities; those that are no more in that year are left out.

    Raises:
        OutOfRange: k is under 1, no figure is chosen, or a weight is not above 0.
        NotMeasured: nobody has a chosen figure, or the municipality itself lacks it.
        TooFewUnits: fewer than k others have all figures.
        NoVariation: a figure is the same everywhere, and so tells nobody near or far.
    """
    weights = _shares(weights, k)
    figures = background(indicators, weights, year=year, register=register)
    return _nearest(municipality, figures, k, weights, year)


def nearest_of_all(
    indicators: pd.DataFrame,
    *,
    k: int,
    weights: Mapping[str, float],
    year: int,
    register: pd.DataFrame | None = None,
) -> dict[str, Peers]:
    """Return the nearest of every municipality that has all the figures; see `nearest`.

    Raises what `nearest` raises, but for what a single municipality lacks: it is left out.
    """
    weights = _shares(weights, k)
    figures = background(indicators, weights, year=year, register=register)
    whole = figures.index[~figures.isna().any(axis=1)]
    return {str(code): _nearest(str(code), figures, k, weights, year) for code in whole}


def _nearest(
    municipality: str, figures: pd.DataFrame, k: int, weights: Mapping[str, float], year: int
) -> Peers:
    if municipality not in figures.index:
        raise NotMeasured("the municipality has no background figures", found=municipality)
    lacking = figures.isna()
    if lacking.loc[municipality].any():
        names = ", ".join(figures.columns[lacking.loc[municipality]])
        raise NotMeasured(
            "the municipality lacks a background figure",
            found=f"{municipality} without {names}",
            expected=f"a value in {year} or before",
            todo="import the figure, or choose others",
        )
    whole = figures[~lacking.any(axis=1)].sort_index()
    if len(whole) - 1 < k:
        raise TooFewUnits(
            "too few municipalities to choose the nearest from",
            found=f"{len(whole) - 1} others with all figures",
            expected=f"{k} or more",
        )
    distance = _distances(whole, municipality, weights)
    order = sorted(whole.index, key=lambda code: (code != municipality, distance[code], code))[: k + 1]
    table = whole.loc[order].rename_axis("municipality").reset_index()
    table.insert(1, "distance", [distance[code] for code in order])
    left = {
        code: tuple(figures.columns[lacking.loc[code]]) for code in sorted(figures.index[lacking.any(axis=1)])
    }
    return Peers(
        municipality, "nearest", tuple(order[1:]), table, year=year,
        weights=weights, left_out=left,
    )  # fmt: skip


def peer_facts(peers: Peers, *, year: int) -> pd.DataFrame:
    """Give the distances as facts: `peer_distance`, the other municipality as category."""
    if peers.kind == "group":
        return tabulate(())
    distances = peers.table.set_index("municipality")["distance"]
    return tabulate(
        Fact(
            statistic="peer_distance",
            municipality=peers.municipality,
            year=year,
            category=code,
            against=f"peers.{peers.name}",
            value=float(distances[code]),
            N=peers.k,
            scale="number",
            method="standardised_euclidean",
        )
        for code in peers.codes
    )


def _shares(weights: Mapping[str, float], k: int) -> dict[str, float]:
    if k < 1:
        raise OutOfRange("how many municipalities to compare with", found=str(k), expected="1 or more")
    if not weights:
        raise OutOfRange("no background figures to compare by", expected="at least one, with its weight")
    wrong = {name: w for name, w in weights.items() if not (math.isfinite(w) and w > 0)}
    if wrong:
        raise OutOfRange("what a background figure counts", found=str(wrong), expected="weights above 0")
    total = math.fsum(weights.values())
    return {name: w / total for name, w in weights.items()}


def _distances(figures: pd.DataFrame, municipality: str, weights: Mapping[str, float]) -> dict[str, float]:
    squares = np.zeros(len(figures))
    for name in sorted(weights):
        values = figures[name].to_numpy(dtype=float)
        if name == INHABITANTS:
            values = np.log(values)
        # In order of size: the same to the last bit whatever the municipalities are called.
        spread = float(np.std(np.sort(values), ddof=1))
        if not spread > 1e-12 * max(1.0, float(np.abs(values).max())):
            raise NoVariation(
                "a background figure is the same everywhere", found=name, expected="figures that differ"
            )
        squares += weights[name] * ((values - values[figures.index.get_loc(municipality)]) / spread) ** 2
    rounded = [round(math.sqrt(square), _DECIMALS) for square in squares]
    return dict(zip(figures.index, rounded, strict=True))
