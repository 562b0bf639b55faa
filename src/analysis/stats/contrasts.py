"""Units of one round compared with each other, with the variance pooled over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.errors import NotComparable, NoVariation, TooFewAnswers, TooFewUnits
from analysis.stats.frames import TableResult, checked_level, complete_rows, group_moments
from analysis.stats.intervals import t_quantile
from analysis.stats.multiple import Adjustment, adjust_p


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrasts(TableResult):
    """Differences between units, one row each, with the adjustment and the variance behind them."""

    table: pd.DataFrame
    adjust: Adjustment
    level: float
    df: int
    variance_residual: float


@dataclass(frozen=True, kw_only=True)
class UnitTest:
    """An F test between all units: the statistic, its degrees of freedom, and p."""

    statistic: float
    df: tuple[int, int]
    p: float


def pairwise(
    frame: pd.DataFrame,
    score: str,
    unit: str,
    adjust: Adjustment = "holm",
    *,
    level: float = 0.95,
    year: str = "year",
) -> Contrasts:
    """Test every pair of units of one round against each other.

    t = (mean_a - mean_b) / √(s²(1/n_a + 1/n_b)) with N - K degrees of freedom, s² the variance within the K
    units pooled over all; R's `emmeans::pairs(lm(score ~ unit))`.

    Args:
        frame: one row a respondent, of one round.
        score: the column of the scores.
        unit: the column of the units.
        adjust: `holm` or `bh`, over all pairs.
        level: level of confidence of the unadjusted intervals, as a share.
        year: the column of the round; where the frame has it, it may hold one round only.

    Returns:
        `table` has `a`, `b`, `difference` (a minus b, in the score's points), `se`, `df`, `low`, `high`,
        `p`, `p_adjusted`, in the units' order.

    Raises:
        TooFewUnits: fewer than two units.
        TooFewAnswers: no unit has two answers.
        NoVariation: within every unit all answers are the same.
        NotComparable: more than one round.
        NotMeasured: a column is missing.

    >>> answers = pd.DataFrame({"unit": list("aaabbbccc"), "safety": [3, 4, 5, 4, 5, 6, 1, 2, 3]})
    >>> pairwise(answers, "safety", "unit").table[["a", "b", "difference", "p_adjusted"]].round(3)
       a  b  difference  p_adjusted
    0  a  b        -1.0       0.267
    1  a  c         2.0       0.100
    2  b  c         3.0       0.031
    """
    units, variance, df = _one_round(frame, score, unit, year, level)
    first, second = (np.array(side) for side in zip(*combinations(range(len(units)), 2), strict=True))
    names, n, mean = (units[column].to_numpy() for column in (unit, "n", "mean"))
    table = pd.DataFrame({"a": names[first], "b": names[second], "difference": mean[first] - mean[second]})
    table["se"] = np.sqrt(variance * (1 / n[first] + 1 / n[second]))
    return Contrasts(
        table=_tested(table, df, level, adjust), adjust=adjust, level=level, df=df, variance_residual=variance
    )


def unit_deviations(
    frame: pd.DataFrame,
    score: str,
    unit: str,
    adjust: Adjustment = "holm",
    *,
    level: float = 0.95,
    year: str = "year",
) -> Contrasts:
    """Test every unit of one round against the mean of all the other units' users.

    t = (mean_i - mean_-i) / √(s²(1/n_i + 1/(N - n_i))) with N - K degrees of freedom, s² as in `pairwise`
    and mean_-i over the users of the other units, so that a large unit counts for its users. It is a
    contrast of the one-way model, with the unit itself left out of what it is compared with: else a unit
    with half of the users would be compared for the most part with itself.

    Args:
        frame, score, unit, level, year: as in `pairwise`.
        adjust: `holm` or `bh`, over the units.

    Returns:
        `table` has the unit's column, `n`, `n_others`, `mean`, `mean_others`, `difference`, `se`, `df`,
        `low`, `high`, `p`, `p_adjusted`, in the units' order.

    Raises:
        TooFewUnits, TooFewAnswers, NoVariation, NotComparable, NotMeasured: as in `pairwise`.

    >>> answers = pd.DataFrame({"unit": list("aaabbbccc"), "safety": [3, 4, 5, 4, 5, 6, 1, 2, 3]})
    >>> unit_deviations(answers, "safety", "unit").table[["unit", "difference", "p_adjusted"]].round(3)
      unit  difference  p_adjusted
    0    a         0.5       0.506
    1    b         2.0       0.060
    2    c        -2.5       0.037
    """
    units, variance, df = _one_round(frame, score, unit, year, level)
    n, mean = units["n"].to_numpy(), units["mean"].to_numpy()
    others = n.sum() - n
    mean_others = ((n * mean).sum() - n * mean) / others
    table = units[[unit, "n"]].assign(
        n_others=others, mean=mean, mean_others=mean_others, difference=mean - mean_others,
        se=np.sqrt(variance * (1 / n + 1 / others)),
    )  # fmt: skip
    return Contrasts(
        table=_tested(table, df, level, adjust), adjust=adjust, level=level, df=df, variance_residual=variance
    )


def units_differ(frame: pd.DataFrame, score: str, unit: str, *, year: str = "year") -> UnitTest:
    """Test by F whether units differ at all, their rounds taken together.

    F compares score ~ C(year) + C(unit) with score ~ C(year), both by ordinary least squares, on K − 1 and
    n − K − T + 1 degrees of freedom for K units and T rounds (R's `anova(lm, lm)`). A variance between units
    that the mixed model puts above zero is no proof of a difference: without any, it does so in every second
    service.

    Args:
        frame: one row a respondent; rows without a score or a unit are left aside.
        score, unit, year: the columns; a frame of one round may do without the year.

    Raises:
        TooFewUnits: answers from fewer than two units.
        TooFewAnswers: no degrees of freedom are left.
        NoVariation: all answers of every unit are the same.
    """
    rows = complete_rows(frame, [unit, score, *([year] if year in frame.columns else [])])
    units = pd.get_dummies(rows[unit], drop_first=True, dtype=float)
    if units.shape[1] == 0:
        raise TooFewUnits("units to compare", found="1 or none", expected="at least 2 with answers")
    base = np.ones((len(rows), 1))
    if year in frame.columns:
        base = np.hstack([base, pd.get_dummies(rows[year], drop_first=True, dtype=float).to_numpy()])
    values = rows[score].to_numpy(dtype=float)
    small, small_rank = _squares(base, values)
    large, large_rank = _squares(np.hstack([base, units.to_numpy()]), values)
    numerator, denominator = large_rank - small_rank, len(rows) - large_rank
    if denominator < 1 or numerator < 1:
        raise TooFewAnswers(
            "the F test between units", found=f"{len(rows)} answers", expected="more than units"
        )
    if large <= 1e-12 * max(small, 1.0):
        raise NoVariation("the F test between units", found="the same answer within every unit")
    statistic = ((small - large) / numerator) / (large / denominator)
    p = float(special.fdtrc(numerator, denominator, statistic))
    return UnitTest(statistic=float(statistic), df=(numerator, denominator), p=p)


def _squares(design: np.ndarray, values: np.ndarray) -> tuple[float, int]:
    # By the normal equations: a few columns of noughts and ones, which lose nothing by it.
    gram = design.T @ design
    solution = np.linalg.pinv(gram, hermitian=True) @ (design.T @ values)
    rank = int(np.linalg.matrix_rank(gram, hermitian=True))
    return float(np.square(values - design @ solution).sum()), rank


def _one_round(
    frame: pd.DataFrame, score: str, unit: str, year: str, level: float
) -> tuple[pd.DataFrame, float, int]:
    checked_level(level)
    rows = complete_rows(frame, [unit, score])
    if year in frame.columns:
        rounds = frame.loc[frame[score].notna() & frame[unit].notna(), year].dropna().unique()
        if len(rounds) > 1:
            raise NotComparable(
                "units are compared within one round",
                found=f"{len(rounds)} rounds in {year!r}",
                expected="one",
                todo="take the rows of one round",
            )
    units = group_moments(rows, [unit], score)
    if len(units) < 2:
        raise TooFewUnits("a comparison of units", found=f"{len(units)} with answers", expected="at least 2")
    df = int(units["n"].sum() - len(units))
    if df == 0:
        raise TooFewAnswers("no unit has two answers", found=f"{len(units)} units", expected="2 in some unit")
    variance = float(((units["n"] - 1) * units["variance"]).sum() / df)
    if variance == 0:
        raise NoVariation("all answers are the same within every unit", found=f"{len(units)} units")
    return units, variance, df


def _tested(table: pd.DataFrame, df: int, level: float, adjust: Adjustment) -> pd.DataFrame:
    half = t_quantile(df, level) * table["se"]
    p = 2 * special.stdtr(df, -(table["difference"] / table["se"]).abs())
    low, high = table["difference"] - half, table["difference"] + half
    return table.assign(df=df, low=low, high=high, p=p, p_adjusted=adjust_p(p, adjust))
