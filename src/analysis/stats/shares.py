"""Shares with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from analysis.stats.arrays import fitting_arrays
from analysis.stats.errors import OutOfRange, TooFewAnswers
from analysis.stats.frames import ValuesResult, checked_level
from analysis.stats.given import how_many

_LARGEST_COUNT = 2**53


@dataclass(frozen=True, kw_only=True)
class ShareInterval(ValuesResult):
    """A share with its interval, all as fractions of 1: numbers, or arrays of one shape."""

    successes: Any
    n: Any
    share: Any
    low: Any
    high: Any
    level: float


def wilson(successes: Any, n: Any, level: float = 0.95) -> ShareInterval:
    """Estimate a share with Wilson's interval, which stays within 0 and 1 and works for few answers.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n), with p = successes/n (Wilson 1927, J. Am. Stat. Assoc.
    22: 209-212); statsmodels' `proportion_confint`, R's `prop.test(correct = FALSE)`.

    Args:
        successes, n: counts; scalars or arrays that broadcast, with 0 <= successes <= n and n at least 1.
        level: level of confidence, as a share.

    Raises:
        TooFewAnswers: an n below 1, or no n at all.
        OutOfRange: a count that is not whole or cannot be, or `level` is no share.
        NotComparable: counts whose shapes do not fit each other.

    >>> share = wilson(8, 10)
    >>> print(f"{share.share:.0%} ({share.low:.1%} to {share.high:.1%})")
    80% (49.0% to 94.3%)
    """
    checked_level(level)
    count, total = fitting_arrays(successes=successes, n=n)
    whole = (np.floor(total) == total) & (np.abs(total) <= _LARGEST_COUNT)
    if not whole.all():
        raise OutOfRange("an n that cannot be", found=how_many(~whole), expected="whole numbers from 1 up")
    if not total.size or not (total >= 1).all():
        raise TooFewAnswers("a share needs answers", found="an n below 1", expected="at least 1")
    possible = (count >= 0) & (count <= total) & (np.floor(count) == count)
    if not possible.all():
        raise OutOfRange(
            "successes that cannot be", found=how_many(~possible), expected="whole numbers from 0 to n"
        )
    share = count / total
    # Not by statsmodels' proportion_confint, which gives the same to the last bit: to import it takes longer
    # than all the statistics of a service, and every notebook would.
    z = -special.ndtri((1 - level) / 2)
    middle = (share + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2)) / (1 + z**2 / total)
    low, high = middle - half, middle + half
    # At 0 and at n the limit is 0 or 1 exactly; rounding would put it a hair's breadth beside it.
    low = np.where(count == 0, 0.0, low)
    high = np.where(count == total, 1.0, high)
    parts = {
        "successes": count.astype("int64"),
        "n": total.astype("int64"),
        "share": share,
        "low": low,
        "high": high,
    }
    if share.ndim == 0:
        parts = {name: part.item() for name, part in parts.items()}
    return ShareInterval(**parts, level=level)
