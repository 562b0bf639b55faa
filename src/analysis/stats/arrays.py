"""Columns and sequences of whatever kind as arrays of numbers, Series by their labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.stats.errors import NotComparable, OutOfRange
from analysis.stats.given import LARGEST


def check_finite(numbers: np.ndarray, what: str = "the values") -> None:
    """Refuse numbers that are infinite, or so large that their squares could not be summed.

    Raises:
        OutOfRange: there is one, or a missing one.
    """
    if numbers.size and not np.abs(numbers).max() <= LARGEST:
        raise OutOfRange(
            f"an infinite number in {what}", found=f"one beyond {LARGEST:g}", expected="finite numbers"
        )


def valid_numbers(values: Any, what: str = "the values") -> np.ndarray:
    """Take the values that are there, as floats in ascending order; null of any kind is no answer.

    Raises:
        OutOfRange: a value is infinite or no number.

    >>> valid_numbers([4, None, 2]).tolist()
    [2.0, 4.0]
    """
    numbers = np.sort(float_array(values, what).ravel())
    numbers = numbers[~np.isnan(numbers)]
    check_finite(numbers, what)
    return numbers


def is_number(column: pd.Series) -> bool:
    """Say whether a column enters a model as the number it is; text, categories and yes or no do not.

    Numbers that come as objects, as a database gives them, are numbers.
    """
    if column.dtype == object:
        kinds = ("integer", "floating", "mixed-integer-float", "decimal")
        return pd.api.types.infer_dtype(column, skipna=True) in kinds
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def float_array(values: Any, what: str = "the values") -> np.ndarray:
    """Turn any column or sequence into floats, null of any kind into NaN; infinite ones stay.

    Args:
        values: numbers, true or false, and null, in whatever shape they have.
        what: what they are called in a message.

    Raises:
        OutOfRange: something else is among them; text that looks like a number is none.

    >>> float_array([1, None, True]).tolist()
    [1.0, nan, 1.0]
    """
    if isinstance(values, pd.DataFrame):
        columns = [float_array(column, what) for _, column in values.items()]
        return np.column_stack(columns) if columns else np.empty(values.shape)
    try:
        if isinstance(values, pd.Series | pd.Index | pd.api.extensions.ExtensionArray):
            column = pd.Series(values)
            if pd.api.types.is_numeric_dtype(column.dtype) and column.dtype.kind != "c":
                return column.to_numpy(dtype="float64", na_value=np.nan)
            values = column.to_numpy(dtype=object)
        if isinstance(values, np.ma.MaskedArray):
            values = values.astype(object).filled(np.nan)
        array = np.asarray(values)
        if array.dtype.kind in "biuf":
            return array.astype("float64")
        if array.dtype != object:
            raise TypeError("text" if array.dtype.kind in "US" else array.dtype.name)
        # What Python makes a float of, and is no number.
        if any(isinstance(value, str | bytes | np.datetime64 | np.timedelta64) for value in array.flat):
            raise TypeError("text or dates")
        # As objects: else pandas makes one kind of dates, and numbers of them.
        plain = pd.Series(array.ravel(), dtype=object)
        return plain.to_numpy(dtype="float64", na_value=np.nan).reshape(array.shape)
    except (TypeError, ValueError, OverflowError) as error:
        # Of what kind, not which: the message may be shown, and an answer may not.
        raise OutOfRange(f"no numbers in {what}", found=str(error), expected="numbers") from error


def aligned(**values: Any) -> dict[str, Any]:
    """Put Series among the values in the order of the first of them, label by label; the rest stay.

    Values without labels (lists, arrays) go with the others by position.

    Raises:
        NotComparable: two Series that do not have the same labels, or have one several times in other orders.

    >>> first, second = pd.Series([1, 2], index=["a", "b"]), pd.Series([4, 3], index=["b", "a"])
    >>> aligned(first=first, second=second)["second"].tolist()
    [3, 4]
    """
    series = {name: each for name, each in values.items() if isinstance(each, pd.Series)}
    if len(series) < 2:
        return values
    lead, first = next(iter(series.items()))
    for name, each in series.items():
        if each.index.equals(first.index):
            continue
        unique = each.index.is_unique and first.index.is_unique
        if not unique or len(each) != len(first) or not each.index.isin(first.index).all():
            raise NotComparable(
                f"{name} and {lead} are of other rows", found=_apart(first.index, each.index),
                expected="the same labels in both, in any order",
                todo=f"take {name}.loc[{lead}.index], or arrays to pair them by position",
            )  # fmt: skip
        values[name] = each.reindex(first.index)
    return values


def _apart(first: pd.Index, other: pd.Index) -> str:
    if first.is_unique and other.is_unique:
        return f"{len(first)} and {len(other)} labels, {len(first.intersection(other))} in both"
    return "labels that stand several times, in other orders"


def fitting_arrays(**values: Any) -> list[np.ndarray]:
    """Turn numbers, sequences or columns into arrays of floats of one shape; Series are `aligned`.

    Raises:
        OutOfRange: as `float_array`.
        NotComparable: their shapes, or the labels of Series, do not fit each other.

    >>> [array.tolist() for array in fitting_arrays(n=[10, 20], sd=1.1)]
    [[10.0, 20.0], [1.1, 1.1]]
    """
    arrays = {name: float_array(each, name) for name, each in aligned(**values).items()}
    try:
        return list(np.broadcast_arrays(*arrays.values()))
    except ValueError as error:
        raise NotComparable(
            "values that do not go together",
            found=", ".join(f"{name} {array.shape}" for name, array in arrays.items()),
            expected="single numbers, or as many of each",
        ) from error
