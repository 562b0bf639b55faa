"""The demo's rows, scored and compared without the package's own sums, for tests to set beside its facts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.survey import Store

#: Half of the last decimal that a national fact is saved with.
ROUNDING = 0.0005 + 1e-9


def scored(
    store: Store, service: str, *, municipality: str | None = None, years: Sequence[int] | None = None
) -> pd.DataFrame:
    """Read the rows of all who answered, with a column a topic: items turned, half of them enough."""
    asked = store.questionnaire(service)
    rows = store.responses(service, municipality=municipality, years=years)
    items = rows[list(asked.item_ids)]
    rows, items = (part[items.notna().any(axis=1)].reset_index(drop=True) for part in (rows, items))
    low, high = asked.scale
    for item in asked.items:
        if item.reversed:
            items[item.id] = low + high - items[item.id]
    topics = {"overall": items[asked.overall]}
    for dimension in asked.dimensions:
        own = items[[item.id for item in asked.items if item.dimension == dimension.id]]
        topics[f"dimension.{dimension.id}"] = own.mean(axis=1).where(own.count(axis=1) * 2 >= own.shape[1])
    background = [variable.id for variable in asked.background]
    return pd.concat([rows[["municipality", "unit", "year", *background]], pd.DataFrame(topics)], axis=1)


def topics_of(rows: pd.DataFrame) -> list[str]:
    """Name the topics among the columns."""
    return [name for name in rows.columns if name == "overall" or name.startswith("dimension.")]


def only(table: pd.DataFrame, **where: object) -> pd.Series:
    """Return the one fact that has these values."""
    for name, value in where.items():
        table = table[table[name] == value]
    assert len(table) == 1, (where, len(table))
    return table.iloc[0]


def holm(p: Sequence[float]) -> np.ndarray:
    """Adjust after Holm: the smallest p times their number, the next times one less, never falling."""
    p = np.asarray(p, dtype=float)
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def benjamini_hochberg(p: Sequence[float]) -> np.ndarray:
    """Adjust after Benjamini and Hochberg: p times their number over the rank, never rising downwards."""
    p = np.asarray(p, dtype=float)
    order = np.argsort(p)[::-1]
    steps = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1)
    return adjusted


def shapley(rows: pd.DataFrame, target: str, predictors: Sequence[str]) -> pd.Series:
    """Share out R² by its definition: what each adds, averaged over all orders of coming in."""
    names = list(predictors)
    complete = rows[[target, *names]].dropna()
    correlation = np.corrcoef(complete.to_numpy(dtype=float).T)
    explained = np.zeros(1 << len(names))
    for chosen in range(1, len(explained)):
        at = [1 + i for i in range(len(names)) if chosen >> i & 1]
        goes_with = correlation[at, 0]
        explained[chosen] = goes_with @ np.linalg.solve(correlation[np.ix_(at, at)], goes_with)
    parts = np.zeros(len(names))
    for i in range(len(names)):
        for chosen in range(len(explained)):
            if not chosen >> i & 1:
                added = explained[chosen | 1 << i] - explained[chosen]
                parts[i] += _ways(chosen.bit_count(), len(names)) * added
    return pd.Series(parts / explained[-1], index=names)


def _ways(before: int, number: int) -> float:
    """Return the share of all orders in which exactly these come before."""
    share = 1 / number
    for k in range(before):
        share *= (before - k) / (number - 1 - k)
    return share
