"""Families of comparisons of two groups' values, and the rank test of one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from analysis.stats.errors import NotComparable, NoVariation, OutOfRange, TooFewAnswers
from analysis.stats.given import LARGEST, is_plain, shown


def taken_comparisons(comparisons: Any) -> list[tuple[Hashable, tuple[Any, Any, float, float]]]:
    """Take a family of comparisons as pairs of a key and its four parts, however it is given.

    Raises:
        NotComparable: it is no such family, or an empty one.
        OutOfRange: a difference or p value that is missing or cannot be.
    """
    try:
        given = comparisons.items() if isinstance(comparisons, Mapping) else comparisons
        pairs = [(key, (before, after, difference, p)) for key, (before, after, difference, p) in given]
    except (TypeError, ValueError) as error:
        raise NotComparable(
            "comparisons to check", found=str(error),
            expected="for each key: values before, values after, difference, p value",
        ) from error  # fmt: skip
    if not pairs:
        raise NotComparable("no comparison to check", found="none", expected="at least one")
    for key, (*_, difference, p) in pairs:
        if not (is_plain(difference) and abs(difference) <= LARGEST and is_plain(p) and 0 <= p <= 1):
            raise OutOfRange(
                f"{key}: a difference or p value of the means that cannot be",
                found=f"difference {shown(difference)}, p {shown(p)}", expected="finite, and p from 0 to 1",
            )  # fmt: skip
    return pairs


def rank_test(key: Hashable, before: np.ndarray, after: np.ndarray) -> float:
    """Give z of the rank test of Wilcoxon, Mann and Whitney with ties: above zero, higher values after.

    Normal, without continuity correction, with the variance of the ranks given their ties (Wilcoxon 1945,
    Biometrics Bull. 1: 80-83; Mann and Whitney 1947, Ann. Math. Stat. 18: 50-60).

    Raises:
        TooFewAnswers: no value on one side.
        NoVariation: all values are the same.

    >>> print(f"{rank_test('safety', np.array([1, 2, 2]), np.array([2, 3, 3])):.3f}")
    1.650
    """
    if min(len(before), len(after)) == 0:
        raise TooFewAnswers(f"{key}: a comparison needs values on both sides", found="none on one side")
    n, m = len(before), len(before) + len(after)
    _, place, ties = np.unique(np.round([*before, *after], 9), return_inverse=True, return_counts=True)
    if len(ties) == 1:
        raise NoVariation(f"{key}: all values are the same", found=f"{m} values")
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place]
    spread = n * (m - n) / 12 * (m + 1 - (ties**3 - ties).sum() / (m * (m - 1)))
    return float((ranks[n:].sum() - (m - n) * (m + 1) / 2) / np.sqrt(spread))
