"""Equal rows counted together: a million respondents become the combinations of values that occur."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.arrays import check_finite, is_number
from analysis.stats.errors import NotComparable, OutOfRange
from analysis.stats.frames import float_array, mixed_kinds, present_columns

_LARGEST_KEY = 2**62


@dataclass(frozen=True, eq=False)
class DistinctRows:
    """The distinct complete rows in ascending order, and how many respondents gave each.

    `levels` has each column's distinct values in ascending order, `codes` the place of every row's value
    among them, `count` the number of respondents in every row.
    """

    levels: dict[Hashable, np.ndarray]
    codes: dict[Hashable, np.ndarray]
    count: np.ndarray

    def values(self, column: Hashable) -> np.ndarray:
        """Give the value of `column` in every distinct row."""
        return self.levels[column][self.codes[column]]

    @property
    def n(self) -> int:
        """Count the respondents behind all rows."""
        return int(self.count.sum())


def distinct_rows(
    frame: pd.DataFrame,
    *,
    numbers: Sequence[Hashable] = (),
    labels: Sequence[Hashable] = (),
    texts: Sequence[Hashable] = (),
) -> DistinctRows:
    """Count the equal ones among the rows in which every named column has a value.

    The order of what comes back rests on the values alone, so that sums over it are the same to the last bit
    whatever order the rows arrive in. It serves where there are a million rows: `complete_rows` sorts them
    all, in whole and with their text.

    Args:
        frame: one row a respondent.
        numbers: columns taken as floats.
        labels: columns taken as they are (units). The rows come in their order first.
        texts: columns taken as text (levels): True is "True".

    Raises:
        NotMeasured: the frame lacks one of the columns.
        NotComparable: one of `numbers` holds something else, or two columns have one name.
        OutOfRange: a number is infinite, or a column mixes numbers and text.

    >>> rows = distinct_rows(pd.DataFrame({"unit": list("bab"), "score": [4, 3, 4]}), labels=["unit"],
    ...                      numbers=["score"])
    >>> rows.values("unit").tolist(), rows.values("score").tolist(), rows.count.tolist()
    (['a', 'b'], [3.0, 4.0], [1, 2])
    """
    columns = present_columns(frame, [*labels, *texts, *numbers])
    found = {}
    for column in columns:
        try:
            found[column] = _factorized(frame[column], column, numbers, texts)
        except (TypeError, OverflowError) as error:
            raise mixed_kinds(column, error) from error
    complete = np.ones(len(frame), dtype=bool)
    for codes, _ in found.values():
        complete &= codes >= 0
    key, size = np.zeros(int(complete.sum()), dtype=np.int64), 1
    for codes, levels in found.values():
        if size * len(levels) > _LARGEST_KEY:
            # Many columns of many values: the combinations that occur are never more than the rows.
            occurring, key = np.unique(key, return_inverse=True)
            size = len(occurring)
        key = key * len(levels) + codes[complete]
        size *= len(levels)
    _, first, count = np.unique(key, return_index=True, return_counts=True)
    at = np.flatnonzero(complete)[first]
    levels, kept = {}, {}
    for column, (codes, every) in found.items():
        there, kept[column] = np.unique(codes[at], return_inverse=True)
        levels[column] = every[there]
    return DistinctRows(levels=levels, codes=kept, count=count)


def _factorized(
    values: pd.Series, column: Hashable, numbers: Sequence[Hashable], texts: Sequence[Hashable]
) -> tuple[np.ndarray, np.ndarray]:
    if column in numbers:
        codes, levels = pd.factorize(_as_floats(values, column))
    else:
        codes, found = pd.factorize(values)
        levels = pd.Series(found).to_numpy(dtype=object)
        if is_number(values) and column not in texts:
            if values.dtype.kind == "c":
                raise TypeError("complex numbers")
            levels = pd.to_numeric(pd.Series(levels)).to_numpy()
            check_finite(levels, f"column {column!r}")
        if column in texts:
            # By way of the few levels, not of all rows; two levels of one text (1 and "1") are one.
            again, levels = pd.factorize(np.array([str(level) for level in levels], dtype=object))
            codes = np.where(codes < 0, -1, again[codes]) if len(levels) else codes
    order = np.argsort(levels, kind="stable")
    place = np.empty(len(levels) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(levels)), -1
    return place[codes], levels[order]


def _as_floats(values: pd.Series, column: Hashable) -> np.ndarray:
    try:
        floats = float_array(values)
    except OutOfRange as error:
        raise NotComparable(
            f"column {column!r} does not hold numbers", found=str(values.dtype), expected="numbers"
        ) from error
    check_finite(floats[~np.isnan(floats)], f"column {column!r}")
    return floats
