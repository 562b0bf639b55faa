"""What goes into and comes out of every statistic: checked columns, valid numbers, results that print."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import nearest
from analysis.stats.errors import NotMeasured, OutOfRange


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
        NotMeasured: the frame lacks one of the columns.
        OutOfRange: a number is infinite, or a column mixes numbers and text.
    """
    wanted = list(dict.fromkeys(columns))
    for column in wanted:
        if column not in frame.columns:
            raise NotMeasured(
                f"no column {column!r} in the data",
                found=f"columns {', '.join(map(str, frame.columns[:12]))}",
                expected=f"a column {column!r}",
                todo=nearest(str(column), frame.columns),
            )
    kept = frame[wanted].dropna()
    plain: dict[Hashable, Any] = {}
    keys: list[np.ndarray] = []
    for column in wanted:
        if pd.api.types.is_bool_dtype(kept[column].dtype) or not pd.api.types.is_numeric_dtype(kept[column]):
            plain[column] = kept[column].to_numpy(dtype=object)
        else:
            numbers = kept[column].to_numpy()
            whole = pd.api.types.is_integer_dtype(kept[column].dtype)
            plain[column] = numbers.astype("int64" if whole else "float64")
            if not np.isfinite(plain[column]).all():
                raise OutOfRange(f"column {column!r} holds an infinite number", expected="finite numbers")
        keys.append(_sortable(plain[column], column))
    # Ten times as fast as sort_values by several columns, on the few thousand rows of a service.
    order = np.lexsort(keys[::-1])
    return pd.DataFrame({column: values[order] for column, values in plain.items()}, columns=wanted)


def _sortable(values: np.ndarray, column: Hashable) -> np.ndarray:
    if values.dtype != object:
        return values
    codes, found = pd.factorize(values)
    try:
        rank = np.argsort(np.argsort(found, kind="stable"), kind="stable")
    except TypeError as error:
        raise OutOfRange(
            f"column {column!r} mixes kinds of values",
            found=str(error),
            expected="all numbers or all text in a column",
        ) from error
    return rank[codes]


def valid_numbers(values: Any) -> np.ndarray:
    """Take the values that are there, as floats in ascending order; null of any kind is no answer.

    Raises:
        OutOfRange: a value is infinite.

    >>> valid_numbers([4, None, 2]).tolist()
    [2.0, 4.0]
    """
    numbers = np.sort(float_array(values).ravel())
    numbers = numbers[~np.isnan(numbers)]
    if np.isinf(numbers).any():
        raise OutOfRange("an infinite number among the values", expected="finite numbers")
    return numbers


def float_array(values: Any) -> np.ndarray:
    """Turn any column or sequence into floats, null of any kind into NaN."""
    if isinstance(values, pd.Series | pd.DataFrame | pd.api.extensions.ExtensionArray):
        if isinstance(values, pd.DataFrame):
            return values.astype("Float64").to_numpy(dtype="float64", na_value=np.nan)
        return pd.Series(values).to_numpy(dtype="float64", na_value=np.nan)
    array = np.asarray(values)
    if array.dtype == object:
        return pd.Series(array.ravel()).to_numpy(dtype="float64", na_value=np.nan).reshape(array.shape)
    return array.astype("float64")


def number_column(rows: pd.DataFrame, column: Hashable) -> np.ndarray:
    """Take a column of complete rows as floats.

    Raises:
        OutOfRange: it holds something else than numbers, for instance answers as text.
    """
    if not pd.api.types.is_numeric_dtype(rows[column]):
        # Numbers can come as objects, as a database gives them; text that looks like a number is none.
        if any(isinstance(value, str) for value in rows[column]):
            raise OutOfRange(f"column {column!r} holds text", expected="numbers")
        try:
            numbers = rows[column].astype(float)
        except (TypeError, ValueError) as error:
            kind = type(rows[column].iloc[0]).__name__
            raise OutOfRange(f"column {column!r} holds no numbers", found=kind, expected="numbers") from error
        return numbers.to_numpy()
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
        OutOfRange: it is not between 0 and 1, for instance 95 instead of 0.95.
    """
    if not 0 < level < 1:
        raise OutOfRange("a level is a share", found=repr(level), expected="a number between 0 and 1")
    return level
