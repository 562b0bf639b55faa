"""Adjust p values for how many comparisons were made."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.stats.errors import NotComparable, OutOfRange
from analysis.stats.frames import float_array
from analysis.stats.given import shown

Adjustment = Literal["bh", "holm"]


def adjust_p(p: Any, method: Adjustment = "bh") -> Any:
    """Adjust the p values of one family of comparisons.

    `bh` holds the expected share of false findings among the findings (Benjamini and Hochberg 1995,
    J. R. Stat. Soc. B 57: 289-300): p_(i) becomes min over j >= i of m p_(j) / j. `holm` holds the
    probability of any false finding (Holm 1979, Scand. J. Stat. 6: 65-70): p_(i) becomes max over j <= i of
    (m - j + 1) p_(j). Both are cut at 1, and both give what R's `p.adjust` gives.

    Args:
        p: the family's p values, of any length above zero; a Series keeps its index.
        method: `bh` or `holm`.

    Returns:
        The adjusted p values, in the order given: a Series for a Series, else an array.

    Raises:
        OutOfRange: no p value is given, or one is missing, no number or not between 0 and 1. A comparison
            that was not made has no place in the family: leave it out before.
        NotComparable: the method is not known.

    >>> adjust_p([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    >>> adjust_p([0.01, 0.04, 0.03], "holm").round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    raw = float_array(p, "the p values").ravel()
    possible = (raw >= 0) & (raw <= 1)
    if raw.size == 0 or not possible.all():
        raise OutOfRange(
            "p values to adjust",
            found=f"{raw.size}, of them {(~possible).sum()} missing or outside 0 to 1",
            expected="at least one, each between 0 and 1",
        )
    # Not by statsmodels' multipletests: it collects garbage in every call, which takes longer in a notebook
    # than all the statistics of a service.
    order = np.argsort(raw, kind="stable")
    rank = np.arange(1, raw.size + 1)
    if not isinstance(method, str) or method not in ("bh", "holm"):
        raise NotComparable("unknown adjustment", found=shown(method), expected="'bh' or 'holm'")
    if method == "bh":
        stepped = np.minimum.accumulate((raw[order] * raw.size / rank)[::-1])[::-1]
    else:
        stepped = np.maximum.accumulate(raw[order] * (raw.size - rank + 1))
    adjusted = np.empty_like(raw)
    adjusted[order] = np.minimum(stepped, 1.0)
    return pd.Series(adjusted, index=p.index, name=p.name) if isinstance(p, pd.Series) else adjusted
