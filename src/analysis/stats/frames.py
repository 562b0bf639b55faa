"""What goes into and comes out of every statistic: checked columns, valid numbers, results that print."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import nearest
from analysis.stats.arrays import check_finite, float_array, valid_numbers
from analysis.stats.errors import NotComparable, NotMeasured, OutOfRange
from analysis.stats.given import is_plain, shown

__all__ = [
    "TableResult",
    "ValuesResult",
    "checked_level",
    "complete_rows",
    "float_array",
    "group_moments",
    "mixed_kinds",
    "number_column",
    "present_columns",
    "valid_numbers",
]


class TableResult:
    """A result that holds a tidy `table` and prints as it, in a terminal and in JupyterLab."""

    table: pd.DataFrame

    def __str__(self) -> str:
        return self.table.to_string(index=False)

    def _repr_html_(self) -> str:
        return self.table.to_html(index=False)


class ValuesResult:
    """A result of a few named values, a dataclass: prints as one row of them, or as one for each element."""

    def __str__(self) -> str:
        return self._as_table().to_string(index=False, float_format=_four_digits)

    def _repr_html_(self) -> str:
        return self._as_table().to_html(index=False, float_format=_four_digits)

    def _as_table(self) -> pd.DataFrame:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays = [value for value in values.values() if isinstance(value, np.ndarray)]
        length = arrays[0].size if arrays else 1
        columns = {
            name: value.ravel() if isinstance(value, np.ndarray) else [value] * length
            for name, value in values.items()
        }
        return pd.DataFrame(columns)


def _four_digits(number: float) -> str:
    return f"{number:.4g}" if abs(number) < 1000 else f"{number:.0f}"


def complete_rows(frame: pd.DataFrame, columns: Iterable[Hashable]) -> pd.DataFrame:
    """Keep the rows in which every one of `columns` has a value, in an order of their own.

    The rows come back sorted by the columns' values, so that sums of floating-point numbers, and with them
    every statistic, are the same to the last bit whatever order the rows arrive in. Nullable types become
    NumPy's own, which formulas and linear algebra need.

    Raises:
        NotMeasured, NotComparable: as `present_columns`.
        OutOfRange: a number is infinite, or a column mixes numbers and text.
    """
    wanted = present_columns(frame, columns)
    kept = frame[wanted].dropna()
    plain: dict[Hashable, Any] = {}
    keys: list[np.ndarray] = []
    for column in wanted:
        if pd.api.types.is_bool_dtype(kept[column].dtype) or not pd.api.types.is_numeric_dtype(kept[column]):
            plain[column] = kept[column].to_numpy(dtype=object)
        else:
            numbers = kept[column].to_numpy()
            if numbers.dtype.kind == "c":
                raise OutOfRange(
                    f"no plain numbers in column {column!r}", found="complex ones", expected="numbers"
                )
            whole = pd.api.types.is_integer_dtype(kept[column].dtype)
            plain[column] = numbers.astype("int64" if whole else "float64")
            check_finite(plain[column], f"column {column!r}")
        keys.append(_sortable(plain[column], column))
    # Ten times as fast as sort_values by several columns, on the few thousand rows of a service.
    order = np.lexsort(keys[::-1])
    return pd.DataFrame({column: values[order] for column, values in plain.items()}, columns=wanted)


def present_columns(frame: pd.DataFrame, columns: Iterable[Hashable]) -> list[Hashable]:
    """Name `columns` once each, where the frame has them all.

    Raises:
        NotMeasured: this is no frame, or it lacks one of the columns.
        NotComparable: two of the frame's columns have that name.
    """
    if not isinstance(frame, pd.DataFrame):
        raise NotMeasured("no table of data", found=type(frame).__name__, expected="a data frame")
    wanted = list(dict.fromkeys(columns))
    for column in wanted:
        if column not in frame.columns:
            raise NotMeasured(
                f"no column {column!r} in the data",
                found=f"columns {', '.join(map(str, frame.columns[:12]))}",
                expected=f"a column {column!r}",
                todo=nearest(str(column), frame.columns),
            )
    if frame.columns.nlevels > 1 or not frame.columns.is_unique:
        twice = [
            column for column in wanted if np.ndim(frame.columns.get_loc(column)) or frame.columns.nlevels > 1
        ]
        if twice:
            raise NotComparable(
                f"more than one column {twice[0]!r} in the data", found="several", expected="each name once"
            )
    return wanted


def _sortable(values: np.ndarray, column: Hashable) -> np.ndarray:
    if values.dtype != object:
        return values
    try:
        codes, found = pd.factorize(values)
        rank = np.argsort(np.argsort(found, kind="stable"), kind="stable")
    except TypeError as error:
        raise mixed_kinds(column, error) from error
    if len(found) and (found[rank == 0][0] == -np.inf or found[rank == len(found) - 1][0] == np.inf):
        raise OutOfRange(f"an infinite number in column {column!r}", found="one", expected="finite numbers")
    return rank[codes]


def mixed_kinds(column: Hashable, error: Exception) -> OutOfRange:
    """Make the error for a column whose values have no order among them, or cannot be compared at all."""
    return OutOfRange(
        f"column {column!r} mixes kinds of values",
        found=str(error),
        expected="all numbers or all text in a column",
    )


def number_column(rows: pd.DataFrame, column: Hashable) -> np.ndarray:
    """Take a column of complete rows as floats.

    Raises:
        OutOfRange: it holds something else than numbers, for instance answers as text.
    """
    if not pd.api.types.is_numeric_dtype(rows[column]):
        # Numbers can come as objects, as a database gives them; text that looks like a number is none.
        numbers = float_array(rows[column], f"column {column!r}")
        check_finite(numbers, f"column {column!r}")
        return numbers
    return rows[column].to_numpy(dtype=float)


def group_moments(rows: pd.DataFrame, keys: list[Hashable], score: Hashable) -> pd.DataFrame:
    """Count, average and measure the spread of `score` in each group of complete rows.

    Args:
        rows: from `complete_rows`, with the keys first among the columns, so that they are sorted by them.
        keys: the columns that make a group.
        score: the column of the scores.

    Returns:
        One row a group, sorted: the keys, `n`, `mean` and `variance` (with n - 1; NaN for n = 1).

    Raises:
        OutOfRange: the scores are no numbers.
    """
    names = list(dict.fromkeys(keys))
    score_of = number_column(rows, score)
    columns = {name: rows[name].to_numpy() for name in names}
    if not len(rows):
        return pd.DataFrame({**columns, "n": np.array([], int), "mean": score_of, "variance": score_of})
    # The rows are sorted by the keys first: a group ends where one of them changes.
    changes = [column[1:] != column[:-1] for column in columns.values()]
    starts = np.concatenate([[0], np.flatnonzero(np.logical_or.reduce(changes)) + 1])
    n = np.diff([*starts, len(rows)])
    mean = np.add.reduceat(score_of, starts) / n
    squares = np.add.reduceat(np.square(score_of - np.repeat(mean, n)), starts)
    variance = np.full(len(n), np.nan)
    np.divide(squares, n - 1, out=variance, where=n > 1)
    # Equal values such as 4.1 can have a variance of 1e-31 by rounding: a zero must be one.
    same = np.minimum.reduceat(score_of, starts) == np.maximum.reduceat(score_of, starts)
    variance[same & (n > 1)] = 0.0
    mean = np.where(same, score_of[starts], mean)
    groups = {name: column[starts] for name, column in columns.items()}
    return pd.DataFrame({**groups, "n": n, "mean": mean, "variance": variance})


def checked_level(level: float) -> float:
    """Take a level of confidence or power, as a share between 0 and 1.

    Raises:
        OutOfRange: it is no number between 0 and 1, for instance 95 instead of 0.95.
    """
    if not (is_plain(level) and 0 < level < 1):
        raise OutOfRange("a level is a share", found=shown(level), expected="a number between 0 and 1")
    return level
