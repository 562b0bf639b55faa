"""What goes into and comes out of every statistic: checked columns, valid numbers, results that print."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import numpy as np
import pandas as pd

from analysis.core.errors import nearest
from analysis.stats.arrays import check_finite, float_array, valid_numbers
from analysis.stats.errors import NotComparable, NotMeasured, OutOfRange
from analysis.stats.given import is_plain, shown
from analysis.stats.results import TableResult, ValuesResult

__all__ = [
    "TableResult",
    "ValuesResult",
    "checked_level",
    "complete_arrays",
    "complete_columns",
    "complete_rows",
    "float_array",
    "group_moments",
    "mixed_kinds",
    "number_column",
    "present_columns",
    "run_moments",
    "run_starts",
    "valid_numbers",
]


def complete_rows(frame: pd.DataFrame, columns: Iterable[Hashable]) -> pd.DataFrame:
    """Keep the rows in which every one of `columns` has a value, in an order of their own.

    The rows come back sorted by the columns' values, so that sums of floating-point numbers, and with them
    every statistic, are the same to the last bit whatever order the rows arrive in. Nullable types become
    NumPy's own, which formulas and linear algebra need.

    Raises:
        NotMeasured, NotComparable: as `present_columns`.
        OutOfRange: a number is infinite, or a column mixes numbers and text.
    """
    arrays = complete_columns(frame, columns)
    return pd.DataFrame(arrays, columns=list(arrays))


def complete_columns(frame: pd.DataFrame, columns: Iterable[Hashable]) -> dict[Hashable, np.ndarray]:
    """Give what `complete_rows` gives as an array a column: a frame costs more than the sums made of it."""
    return complete_arrays({column: frame[column] for column in present_columns(frame, columns)})


def complete_arrays(columns: Mapping[Hashable, pd.Series]) -> dict[Hashable, np.ndarray]:
    """Give what `complete_rows` gives of columns of one length that are in no frame."""
    complete = np.logical_and.reduce([~pd.isna(column.array) for column in columns.values()])
    plain: dict[Hashable, np.ndarray] = {}
    for name, column in columns.items():
        if isinstance(column.dtype, np.dtype) and column.dtype.kind in "fiO":
            # What nearly every column is: the rest is for those that come from elsewhere.
            kept = column.to_numpy()[complete]
            wide = {"f": "float64", "i": "int64"}.get(column.dtype.kind)
            plain[name] = kept.astype(wide) if wide else kept
            if column.dtype.kind == "f":
                check_finite(plain[name], f"column {name!r}")
            continue
        kept = column.array[complete]
        if pd.api.types.is_bool_dtype(column.dtype) or not pd.api.types.is_numeric_dtype(column.dtype):
            plain[name] = kept.to_numpy(dtype=object)
        else:
            numbers = kept.to_numpy()
            if numbers.dtype.kind == "c":
                raise OutOfRange(
                    f"no plain numbers in column {name!r}", found="complex ones", expected="numbers"
                )
            whole = pd.api.types.is_integer_dtype(column.dtype)
            plain[name] = numbers.astype("int64" if whole else "float64")
            check_finite(plain[name], f"column {name!r}")
    # Ten times as fast as sort_values by several columns, on the few thousand rows of a service.
    order = np.lexsort([_sortable(values, name) for name, values in plain.items()][::-1])
    return {name: values[order] for name, values in plain.items()}


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


def number_column(rows: pd.DataFrame | Mapping[Hashable, np.ndarray], column: Hashable) -> np.ndarray:
    """Take a column of complete rows as floats.

    Raises:
        OutOfRange: it holds something else than numbers, for instance answers as text.
    """
    values = rows[column].to_numpy() if isinstance(rows, pd.DataFrame) else rows[column]
    if values.dtype.kind not in "iuf":
        # Numbers can come as objects, as a database gives them; text that looks like a number is none.
        numbers = float_array(values, f"column {column!r}")
        check_finite(numbers, f"column {column!r}")
        return numbers
    return values.astype(float)


def group_moments(rows: Mapping[Hashable, np.ndarray], keys: list[Hashable], score: Hashable) -> pd.DataFrame:
    """Count, average and measure the spread of `score` in each group of complete rows.

    Args:
        rows: from `complete_columns`, with the keys first among the columns, so that they are sorted by them.
        keys: the columns that make a group.
        score: the column of the scores.

    Returns:
        One row a group, sorted: the keys, `n`, `mean` and `variance` (with n - 1; NaN for n = 1).

    Raises:
        OutOfRange: the scores are no numbers.
    """
    score_of = number_column(rows, score)
    columns = {name: np.asarray(rows[name]) for name in keys}
    starts = run_starts(columns.values())
    groups = {name: column[starts] for name, column in columns.items()}
    n, mean, variance = run_moments(score_of, starts)
    return pd.DataFrame({**groups, "n": n, "mean": mean, "variance": variance})


def run_starts(columns: Iterable[np.ndarray]) -> np.ndarray:
    """Give the places where a group of sorted rows begins: where one of `columns` has another value.

    >>> run_starts([np.array(["a", "a", "b"]), np.array([2024, 2026, 2026])]).tolist()
    [0, 1, 2]
    """
    another = [np.concatenate([[True], column[1:] != column[:-1]])[: len(column)] for column in columns]
    return np.flatnonzero(np.logical_or.reduce(another))


def run_moments(scores: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count, average and measure the spread of every run of scores; `starts` has where each begins.

    The variance is with n - 1; NaN for n = 1.

    >>> [part.tolist() for part in run_moments(np.array([1.0, 3.0, 5.0, 4.0, 4.0]), np.array([0, 3]))]
    [[3, 2], [3.0, 4.0], [4.0, 0.0]]
    """
    n = np.diff([*starts, len(scores)])
    mean = np.add.reduceat(scores, starts) / n
    squares = np.add.reduceat(np.square(scores - np.repeat(mean, n)), starts)
    variance = np.full(len(n), np.nan)
    np.divide(squares, n - 1, out=variance, where=n > 1)
    # Equal values such as 4.1 can have a variance of 1e-31 by rounding: a zero must be one.
    same = np.minimum.reduceat(scores, starts) == np.maximum.reduceat(scores, starts)
    variance[same & (n > 1)] = 0.0
    return n, np.where(same, scores[starts], mean), variance


def checked_level(level: float, name: str = "a level") -> float:
    """Take a level of confidence or power, as a share between 0 and 1.

    Raises:
        OutOfRange: it is no number between 0 and 1, for instance 95 instead of 0.95.
    """
    if not (is_plain(level) and 0 < level < 1):
        percent = is_plain(level) and 1 < level < 100
        raise OutOfRange(
            f"{name} is a share", found=shown(level), expected="a number between 0 and 1",
            todo=f"write {level / 100:g}" if percent else "",
        )  # fmt: skip
    return level
