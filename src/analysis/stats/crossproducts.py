"""What shares of association are made from: each unit's means and cross-products, small enough to keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.stats.cells import distinct_rows
from analysis.stats.errors import NotComparable, TooFewAnswers, TooFewItems
from analysis.stats.given import column_list, separate_columns, shown


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossProducts:
    """Units' answers summed up: for K units and the columns `dimensions` with `overall` as the last.

    `units` has the units' names (K), `n` their respondents (K), `means` the columns' means (K x p+1), and
    `products` the sums of squares and products of deviations from the unit's own means (K x p+1 x p+1).
    """

    overall: str
    dimensions: tuple[str, ...]
    units: tuple[Any, ...]
    n: np.ndarray
    means: np.ndarray
    products: np.ndarray


def cross_products(frame: pd.DataFrame, overall: str, dimensions: Sequence[str], unit: str) -> CrossProducts:
    """Sum up each unit's answers to what shares of association need.

    Args:
        frame: one row a respondent; rows without a unit, the overall score or one of the dimensions are left
            aside.
        overall: the column of the overall score.
        dimensions: the columns of the dimensions' scores.
        unit: the column of the units.

    Raises:
        TooFewAnswers: no row has all values.
        TooFewItems: fewer than two dimensions.
        NotComparable: a dimension is named twice or is the overall score, or a column holds no numbers.
        OutOfRange: a number is infinite, or the units' names are of several kinds.
        NotMeasured: a column is missing.

    >>> answers = pd.DataFrame({"unit": list("aab"), "safety": [3, 5, 4], "staff": [4, 4, 6],
    ...                         "all": [3, 5, 5]})
    >>> sums = cross_products(answers, "all", ["safety", "staff"], "unit")
    >>> sums.n.tolist(), sums.means[0].tolist(), sums.products[0, 0].tolist()
    ([2, 1], [4.0, 4.0, 4.0], [2.0, 0.0, 2.0])
    """
    separate_columns(overall=overall, unit=unit)
    dimensions = column_list(dimensions, "dimensions", several=True)
    for dimension in dimensions:
        separate_columns(overall=overall, unit=unit, dimension=dimension)
    columns = [*dimensions, overall]
    if len(columns) < 3:
        raise TooFewItems(
            "shares of association", found=f"{len(columns) - 1} dimensions", expected="2 or more"
        )
    rows = distinct_rows(frame, labels=[unit], numbers=columns)
    if rows.n == 0:
        raise TooFewAnswers("shares of association need answers", found="no row with all values")
    code, count = rows.codes[unit], rows.count
    k, width = len(rows.levels[unit]), len(columns)
    n = np.bincount(code, count, k)
    means, away = np.empty((k, width)), []
    for j, column in enumerate(columns):
        values = rows.values(column)
        means[:, j] = np.bincount(code, count * values, k) / n
        away.append(values - means[code, j])
    products = np.empty((k, width, width))
    for i in range(width):
        weighted = count * away[i]
        for j in range(i + 1):
            products[:, i, j] = products[:, j, i] = np.bincount(code, weighted * away[j], k)
    return CrossProducts(
        overall=overall, dimensions=tuple(dimensions), units=tuple(rows.levels[unit].tolist()),
        n=n.astype("int64"), means=means, products=products,
    )  # fmt: skip


def combined(parts: Iterable[CrossProducts]) -> CrossProducts:
    """Put the sums of several rounds or files together; a unit that comes again is one unit.

    Means and products of two parts of a unit are joined by Chan, Golub and LeVeque's formula (1983, Am. Stat.
    37: 242-247), which loses no digits.

    Raises:
        NotComparable: the parts are not of the same columns in the same order or not of `cross_products`,
            their units' names are of several kinds, or there is none.
    """
    try:
        found = list(parts)
    except TypeError:
        found = [parts]
    if not all(isinstance(part, CrossProducts) for part in found):
        raise NotComparable("no sums to join", found=shown(parts), expected="results of cross_products")
    kinds = {(part.overall, part.dimensions) for part in found}
    if len(kinds) != 1:
        raise NotComparable("sums of different columns", found=f"{len(kinds)} kinds", expected="1")
    code, names = pd.factorize(np.array([unit for part in found for unit in part.units], dtype=object))
    try:
        order = np.argsort(names, kind="stable")
    except TypeError as error:
        raise NotComparable(
            "units of several kinds", found=str(error), expected="all numbers or all text"
        ) from error
    code, k = np.argsort(order)[code], len(names)
    n_part = np.concatenate([part.n for part in found])
    mean_part = np.concatenate([part.means for part in found])
    n = np.bincount(code, n_part, k)
    means = np.zeros((k, mean_part.shape[1]))
    np.add.at(means, code, n_part[:, None] * mean_part)
    means /= n[:, None]
    away = mean_part - means[code]
    products = np.zeros((k, *found[0].products.shape[1:]))
    between = n_part[:, None, None] * away[:, :, None] * away[:, None, :]
    np.add.at(products, code, np.concatenate([part.products for part in found]) + between)
    return CrossProducts(
        overall=found[0].overall, dimensions=found[0].dimensions, units=tuple(names[order].tolist()),
        n=n.astype("int64"), means=means, products=products,
    )  # fmt: skip
