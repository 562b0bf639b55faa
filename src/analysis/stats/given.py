"""What a statistic is given besides the answers: numbers, yes or no, names of columns, two rounds."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from analysis.stats.errors import NotComparable, NotMeasured, NoVariation, OutOfRange

LARGEST = 1e50
"""Numbers further out are refused like infinite ones: the fourth power of a spread must still be a number."""


ROUND_COLUMN = "year"
"""What the column of the round is called where nothing is said: a frame of one round may do without it."""


def is_plain(value: Any) -> bool:
    """Say whether `value` is one number, missing and infinite ones included; text and true or false are not.

    >>> [is_plain(value) for value in (3, 0.5, "3", True, None, [3])]
    [True, True, False, False, False, False]
    """
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """Write a setting for a message: on one line, and not at any length."""
    return " ".join(reprlib.repr(value).split())


def how_many(wrong: np.ndarray) -> str:
    """Write for a message how many values are wrong, and not which: an answer may not be shown.

    >>> how_many(np.array([True, False, True]))
    '2 of 3'
    """
    return f"{int(wrong.sum())} of {wrong.size}"


def checked_number(
    value: Any,
    name: str,
    *,
    least: float = -LARGEST,
    above: float = -math.inf,
    most: float = LARGEST,
    whole: bool = False,
) -> Any:
    """Take a setting that is one finite number, as it is.

    Raises:
        OutOfRange: it is missing, infinite, text or no number at all; it is not whole where it must be; or
            it lies below `least`, not above `above`, or above `most`.

    >>> checked_number(3, "a number of draws", least=1, whole=True)
    3
    """
    # In this order: a missing number is neither above nor below any limit.
    possible = is_plain(value) and least <= value <= most and value > above
    if not possible or (whole and value != math.floor(value)):
        limits = [f"at least {least:g}"] * (least > -LARGEST) + [f"above {above:g}"] * (above > -math.inf)
        limits += [f"at most {most:g}"] * (most < LARGEST)
        kind = "a whole number" if whole else "a finite number"
        raise OutOfRange(
            f"{name} that cannot be",
            found=shown(value),
            expected=" ".join([kind, " and ".join(limits)]).strip(),
        )
    return value


def checked_spread(value: Any, name: str) -> Any:
    """Take a standard deviation: a finite number above 0.

    Raises:
        NoVariation: it is 0, negative or missing, as that of one answer is.
        OutOfRange: it is infinite or no number.
    """
    if is_plain(value) and not value > 0:
        raise NoVariation(f"{name} is not above 0", found=shown(value), expected="a number above 0")
    return checked_number(value, name)


def checked_flag(value: Any, name: str) -> bool:
    """Take a setting that is true or false.

    Raises:
        OutOfRange: it is something else: a text such as "no" would pass for true.
    """
    if not isinstance(value, bool | np.bool_):
        raise OutOfRange(f"{name} is true or false", found=shown(value), expected="True or False")
    return bool(value)


def separate_columns(**parts: Any) -> None:
    """Check that every part of a statistic is the name of a column, each of another one.

    Raises:
        NotMeasured: a part is None, or a list or column where a name belongs.
        NotComparable: one column stands for two parts.

    >>> separate_columns(score="safety", unit="school")
    """
    taken: dict[Hashable, str] = {}
    for part, column in parts.items():
        if column is None or column is pd.NA or not isinstance(column, Hashable):
            raise NotMeasured(
                f"{part} is not the name of a column", found=shown(column), expected="a name of the data's"
            )
        if column in taken:
            raise NotComparable(
                "one column in two parts", found=f"{shown(column)} for {taken[column]} and {part}",
                expected="a column for each",
            )  # fmt: skip
        taken[column] = part


def column_list(columns: Any, part: str, *, several: bool = False) -> list[Hashable]:
    """Take one name of a column or several as a list; with `several` one name alone is refused.

    Raises:
        NotMeasured: neither a name nor several.
        NotComparable: one is named twice.

    >>> column_list("safety", "score"), column_list(("safety", "staff"), "score")
    (['safety'], ['safety', 'staff'])
    """
    if several and isinstance(columns, str):
        raise NotMeasured(
            f"{part} is one name", found=shown(columns), expected="a list of columns",
            todo=f"write {part}=[{columns!r}, …]",
        )  # fmt: skip
    try:
        named = [columns] if isinstance(columns, str) else list(columns)
    except TypeError as error:
        raise NotMeasured(
            f"{part} is not the name of a column", found=shown(columns), expected="one name or several"
        ) from error
    for name in named:
        separate_columns(**{part: name})
    if twice := [name for name in named if named.count(name) > 1]:
        raise NotComparable(f"{part} names a column twice", found=shown(twice[0]), expected="each once")
    return named


def checked_rounds(rounds: Any) -> tuple[Any, Any]:
    """Take the earlier and the later of two rounds to be compared.

    Raises:
        NotComparable: they are not two, or not in order.

    >>> checked_rounds([2024, 2026])
    (2024, 2026)
    """
    try:
        two = () if isinstance(rounds, str) else tuple(rounds)
        in_order = len(two) == 2 and bool(two[0] < two[1])
    except (TypeError, ValueError):
        in_order = False
    if not in_order:
        raise NotComparable("rounds to compare", found=shown(rounds), expected="an earlier and a later one")
    return two
