"""What changed where a measure is that cannot be judged: means of units or a service, or figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.families import without_spread
from analysis.facts.table import Fact
from analysis.stats.change import between_rounds
from analysis.steering.achieved import SCALES, latest_figure, written_decimals
from analysis.steering.measures import Measure

if TYPE_CHECKING:
    from analysis.steering.context import Steering


def unit_changes(
    measure: Measure, own: pd.DataFrame, blank: Fact, facts: pd.DataFrame, level: float, enough: int
) -> Iterator[Fact]:
    """Give each unit's change since the last round before the start, or the whole service's, not why.

    `own` are the scores that may be shown, `blank` the measure's `measure_effect` fact without numbers. Where
    fewer than `enough` answered before or after, the change has no interval: it would tell how much so few
    answers vary, which is held back of them everywhere else.
    """
    if not measure.units:
        yield from _whole_change(measure, blank, facts)
        return
    rows = own[own["unit"].isin(measure.units)]
    before = rows.loc[rows["year"] <= measure.start, "year"]
    if before.empty or blank.year is None:
        return
    rounds = (int(before.max()), blank.year)
    try:
        table = between_rounds(rows, "score", "year", by="unit", rounds=rounds, level=level).table
    except StatisticsError:
        return
    for row in table.sort_values("unit").to_dict("records"):
        n = int(min(row["n_from"], row["n_to"]))
        change = replace(
            blank,
            statistic="measure_change",
            unit=row["unit"],
            against=f"year.{rounds[0]}",
            value=float(row["difference"]),
            **{name: float(row[name]) for name in ("se", "low", "high")},
            level=level,
            n=n,
            method="welch",
        )
        yield change if n >= enough else without_spread(change)


def _whole_change(measure: Measure, blank: Fact, facts: pd.DataFrame) -> Iterator[Fact]:
    place = {"municipality": blank.municipality, "service": measure.service, "topic": measure.topic}
    rows = matching(facts, place | {"statistic": "change", "unit": "", "state": "measured"})
    for row in rows[rows["year"].eq(blank.year).fillna(False)].to_dict("records"):
        numbers = {name: float(row[name]) for name in ("value", "se", "low", "high", "level")}
        yield replace(
            blank,
            statistic="measure_change",
            against=row["against"],
            **numbers,
            n=None if pd.isna(row["n"]) else int(row["n"]),
            method=row["method"],
        )


def figure_changes(measure: Measure, blank: Fact, steering: Steering) -> Iterator[Fact]:
    """Give the difference of an indicator's figure from that of the last round before the start.

    A round in the year of the start counts as before it, as for surveys. Nothing where one of the figures is
    not there, or they are in different units of measure.
    """
    table = steering.indicators
    asked = table["indicator"].eq(measure.indicator) & table["topic"].eq(measure.service)
    figures = table[asked & table["municipality"].eq(blank.municipality)].sort_values("year")
    before = [year for year in steering.years if year <= measure.start and year < steering.year]
    if not before:
        return
    then, now = (latest_figure(figures, year, steering.years) for year in (before[-1], steering.year))
    if then is None or now is None:
        return
    scales = {"" if pd.isna(row["unit"]) else SCALES.get(row["unit"], row["unit"]) for row in (then, now)}
    if len(scales) > 1:
        return
    ends = [float(then["value"]), float(now["value"])]
    yield replace(
        blank,
        statistic="measure_change",
        against=f"year.{before[-1]}",
        # 8.3 - 9.1 is -0.7999999999999989 in floating point.
        value=round(ends[1] - ends[0], written_decimals(ends)),
        scale=scales.pop(),
        method="supplied",
    )


def matching(facts: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    """Return the facts whose columns have these values."""
    for column, value in where.items():
        facts = facts[facts[column].eq(value).to_numpy(dtype=bool)]
    return facts
