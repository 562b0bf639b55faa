"""What to look at first: how a dimension scores beside how much it goes with overall satisfaction."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from analysis.stats.errors import NotComparable, NotMeasured, OutOfRange, TooFewItems
from analysis.stats.frames import complete_rows, number_column
from analysis.stats.given import checked_number

Quadrant = Literal["prioritise", "preserve", "improve_if_possible", "lower_priority", "undecided"]
PRIORITISE, PRESERVE = "prioritise", "preserve"
IMPROVE_IF_POSSIBLE, LOWER_PRIORITY = "improve_if_possible", "lower_priority"
UNDECIDED = "undecided"


def quadrants(
    shares: pd.DataFrame,
    means: pd.DataFrame,
    *,
    cut_share: float | None = None,
    cut_score: float | None = None,
) -> pd.DataFrame:
    """Put each dimension in a quadrant by its share of association and its mean, from wherever they come.

    `prioritise`: share above its cut, mean below its own; `preserve`: both above; `improve_if_possible`: both
    below; `lower_priority`: share below, mean above; `undecided` where one of the two intervals holds its
    cut. The municipality's means with the nation's shares will do (Martilla and James 1977, J. Marketing
    41(1): 77-79, with association in the place of stated importance).

    Args:
        shares: `dimension`, `share`, `low`, `high`, as in `Associations.table`; one row a dimension.
        means: `dimension`, `mean`, `mean_low`, `mean_high`, in points, all on one scale; one row for each of
            the dimensions in `shares`.
        cut_share: by default 1/p for the p dimensions of `shares`. To judge some of the dimensions only, give
            the whole number's.
        cut_score: by default the unweighted mean of the means.

    Returns:
        The columns of both tables, in the order of `shares`, and `quadrant`.

    Raises:
        TooFewItems: no dimension.
        NotComparable: the two tables are of different dimensions, or one stands twice.
        NotMeasured: a column is missing, or a share, mean or limit is (a hidden mean, for instance: leave the
            dimension out of both tables and give both cuts).
        OutOfRange: an interval whose low end is above its high end, or a share, mean or cut that is no finite
            number.

    >>> shares = pd.DataFrame({"dimension": ["safety", "staff"], "share": [0.7, 0.3], "low": [0.6, 0.2],
    ...                        "high": [0.8, 0.4]})
    >>> means = pd.DataFrame({"dimension": ["staff", "safety"], "mean": [5.0, 4.0], "mean_low": [4.8, 3.9],
    ...                       "mean_high": [5.2, 4.1]})
    >>> quadrants(shares, means)[["dimension", "share", "mean", "quadrant"]]
      dimension  share  mean        quadrant
    0    safety    0.7   4.0      prioritise
    1     staff    0.3   5.0  lower_priority
    """
    for name, cut in (("cut_share", cut_share), ("cut_score", cut_score)):
        if cut is not None:
            checked_number(cut, name)
    share_columns, mean_columns = ["share", "low", "high"], ["mean", "mean_low", "mean_high"]
    for table, columns in ((shares, share_columns), (means, mean_columns)):
        _check(table, columns)
    if set(shares["dimension"]) != set(means["dimension"]):
        apart = sorted(set(shares["dimension"]) ^ set(means["dimension"]), key=str)
        raise NotComparable(
            "shares and means of different dimensions", found=", ".join(map(str, apart)) + " in one only",
            todo="leave them out of both, and give cut_share",
        )  # fmt: skip
    at = means.set_index("dimension")[mean_columns].astype(float)
    plain = shares[["dimension", *share_columns]].astype(dict.fromkeys(share_columns, float))
    table = plain.join(at, on="dimension").reset_index(drop=True)
    cut_share = 1 / len(table) if cut_share is None else cut_share
    cut_score = float(np.sort(at["mean"]).mean()) if cut_score is None else cut_score
    important, unimportant = table["low"] > cut_share, table["high"] < cut_share
    high, low = table["mean_low"] > cut_score, table["mean_high"] < cut_score
    quadrant = np.select(
        [important & low, important & high, unimportant & low, unimportant & high],
        [PRIORITISE, PRESERVE, IMPROVE_IF_POSSIBLE, LOWER_PRIORITY],
        default=UNDECIDED,
    )
    return table.assign(quadrant=quadrant)


def _check(table: pd.DataFrame, columns: list[str]) -> None:
    complete = complete_rows(table, ["dimension", *columns])
    if table.empty:
        raise TooFewItems("dimensions to put in quadrants", found="none", expected="at least 1")
    if len(complete) < len(table):
        missing = table.loc[table[columns].isna().any(axis=1), "dimension"]
        raise NotMeasured(
            "a share, a mean or its interval is missing", found=", ".join(map(str, missing)),
            expected=", ".join(columns), todo="leave these dimensions out of both tables, and give both cuts",
        )  # fmt: skip
    for column in columns:
        number_column(complete, column)
    if table["dimension"].duplicated().any():
        raise NotComparable("a dimension stands twice", found=", ".join(map(str, table["dimension"])))
    if (complete[columns[1]] > complete[columns[2]]).any():
        raise OutOfRange("an interval turned round", found=f"{columns[1]} above {columns[2]}")
