"""Adjust p values for how many comparisons were made."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from statsmodels.stats.multitest import multipletests

from analysis.stats.errors import NotComparable, OutOfRange
from analysis.stats.frames import float_array

Adjustment = Literal["bh", "holm"]

_METHODS = {"bh": "fdr_bh", "holm": "holm"}


def adjust_p(p: Any, method: Adjustment = "bh") -> Any:
    """Adjust the p values of one family of comparisons.

    `bh` holds the expected share of false findings among the findings (Benjamini and Hochberg 1995,
    J. R. Stat. Soc. B 57: 289-300): p_(i) becomes min over j >= i of m p_(j) / j. `holm` holds the
    probability of any false finding (Holm 1979, Scand. J. Stat. 6: 65-70): p_(i) becomes max over j <= i of
    (m - j + 1) p_(j). Both are cut at 1 (statsmodels'
    `multipletests`), and both give what R's `p.adjust` gives.

    Args:
        p: the family's p values, of any length above zero; a Series keeps its index.
        method: `bh` or `holm`.

    Returns:
        The adjusted p values, in the order given: a Series for a Series, else an array.

    Raises:
        OutOfRange: no p value is given, or one is missing or not between 0 and 1. A comparison that was not
            made has no place in the family: leave it out before.
        NotComparable: the method is not known.

    >>> adjust_p([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    >>> adjust_p([0.01, 0.04, 0.03], "holm").round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    raw = float_array(p).ravel()
    possible = (raw >= 0) & (raw <= 1)
    if raw.size == 0 or not possible.all():
        raise OutOfRange(
            "p values to adjust",
            found=f"{raw.size}, of them {(~possible).sum()} missing or outside 0 to 1",
            expected="at least one, each between 0 and 1",
        )
    if method not in _METHODS:
        raise NotComparable("unknown adjustment", found=repr(method), expected="'bh' or 'holm'")
    adjusted = multipletests(raw, method=_METHODS[method])[1]
    return pd.Series(adjusted, index=p.index, name=p.name) if isinstance(p, pd.Series) else adjusted
