"""Whether a dimension's items hang together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.arrays import check_finite
from analysis.stats.errors import NoVariation, TooFewAnswers, TooFewItems
from analysis.stats.frames import ValuesResult, float_array, present_columns


@dataclass(frozen=True, kw_only=True)
class Alpha(ValuesResult):
    """Cronbach's alpha of one dimension: the coefficient, its number of items and of complete answers."""

    alpha: float
    n_items: int
    n_complete: int


def cronbach_alpha(items: pd.DataFrame) -> Alpha:
    """Estimate a dimension's internal consistency from the respondents who answered all of its items.

    alpha = k/(k-1) (1 - sum of the items' variances / variance of the respondents' sums), with k items
    (Cronbach 1951, Psychometrika 16: 297-334). It is negative where items pull against each other, which is
    most often a reversed item that was not turned: see `turned`.

    Args:
        items: one row a respondent, one column an item, all on the same scale and turned the same way.

    Returns:
        The coefficient (at most 1, no unit), the number of items and of complete answers.

    Raises:
        TooFewItems: fewer than two items.
        TooFewAnswers: fewer than two complete answers.
        NoVariation: all respondents have the same sum.
        OutOfRange: an answer is infinite or no number.
        NotMeasured, NotComparable: no data frame, or two columns of one name.

    >>> cronbach_alpha(pd.DataFrame({"a": [1, 2, 4, 5], "b": [2, 2, 5, 6], "c": [1, 3, None, 5]}))
    Alpha(alpha=0.9743589743589742, n_items=3, n_complete=3)
    """
    present_columns(items, getattr(items, "columns", ()))
    answers = float_array(items, "the items")
    n_items = items.shape[1]
    if n_items < 2:
        raise TooFewItems(
            "internal consistency needs several items", found=str(n_items), expected="at least 2"
        )
    complete = answers[~np.isnan(answers).any(axis=1)]
    check_finite(complete, "the items")
    # Sorted, so that the sums are the same to the last bit in any order of the rows.
    complete = complete[np.lexsort(complete.T)]
    if len(complete) < 2:
        raise TooFewAnswers(
            "internal consistency needs complete answers", found=str(len(complete)), expected="at least 2"
        )
    total = complete.sum(axis=1).var(ddof=1)
    # Sums of means such as 4.1 can differ in the last bit where they are equal: hence not 0 exactly.
    if total <= 1e-12 * max(1.0, float(np.abs(complete).max())) ** 2:
        raise NoVariation("internal consistency needs respondents who differ", found="the same sum for all")
    within = complete.var(axis=0, ddof=1).sum()
    alpha = n_items / (n_items - 1) * (1 - within / total)
    return Alpha(alpha=float(alpha), n_items=n_items, n_complete=len(complete))
