"""Units of one round compared with each other, with the variance pooled over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.errors import NotComparable, NoVariation, TooFewAnswers, TooFewUnits
from analysis.stats.f_tests import UnitTest, changes_differ, units_differ
from analysis.stats.frames import (
    TableResult,
    checked_level,
    complete_columns,
    group_moments,
    mixed_kinds,
    present_columns,
)
from analysis.stats.given import ROUND_COLUMN, separate_columns
from analysis.stats.intervals import t_quantile
from analysis.stats.multiple import Adjustment, adjust_p

__all__ = [
    "Contrasts",
    "PairAdjustment",
    "UnitTest",
    "changes_differ",
    "deviations_by_unit",
    "pairwise",
    "unit_deviations",
    "units_differ",
]

PairAdjustment = Literal["holm", "bh", "tukey"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrasts(TableResult):
    """Differences between units, one row each, with the adjustment and the variance behind them."""

    table: pd.DataFrame
    adjust: PairAdjustment
    level: float
    df: int
    variance_residual: float


def pairwise(
    frame: pd.DataFrame,
    score: str,
    unit: str,
    adjust: PairAdjustment = "holm",
    *,
    level: float = 0.95,
    year: str = "year",
) -> Contrasts:
    """Test every pair of units of one round against each other.

    t = (mean_a - mean_b) / √(s²(1/n_a + 1/n_b)) with N - K degrees of freedom, s² the variance within the K
    units pooled over all; R's `emmeans::pairs(lm(score ~ unit))`.

    `tukey` adjusts by the studentized range Q of K units, p = P(Q > √2 |t|), after Tukey and Kramer (Kramer
    1956, Biometrics 12: 307-310), which is never too small where units differ in size (Hayter 1984,
    Ann. Stat. 12: 61-75). It holds the probability of any false finding, as `holm` does, and finds more where
    all pairs are compared; it takes some ten milliseconds a pair.

    Args:
        frame: one row a respondent, of one round.
        score: the column of the scores.
        unit: the column of the units.
        adjust: `holm`, `bh` or `tukey`, over all pairs.
        level: level of confidence of the unadjusted intervals, as a share.
        year: the column of the round; where the frame has it, it may hold one round only.

    Returns:
        `table` has `a`, `b`, `difference` (a minus b, in the score's points), `se`, `df`, `low`, `high`,
        `p`, `p_adjusted`, in the units' order.

    Raises:
        TooFewUnits: fewer than two units.
        TooFewAnswers: no unit has two answers.
        NoVariation: within every unit all answers are the same.
        NotComparable: more than one round, or an unknown adjustment.
        NotMeasured: a column is missing; that of the round only where it has another name than "year".
        OutOfRange: the scores are no numbers, a column mixes numbers and text, or `level` is no share.

    >>> answers = pd.DataFrame({"unit": list("aaabbbccc"), "safety": [3, 4, 5, 4, 5, 6, 1, 2, 3]})
    >>> pairwise(answers, "safety", "unit").table[["a", "b", "difference", "p_adjusted"]].round(3)
       a  b  difference  p_adjusted
    0  a  b        -1.0       0.267
    1  a  c         2.0       0.100
    2  b  c         3.0       0.031
    """
    units, variance, df = _one_round(frame, score, unit, year, level)
    first, second = (np.array(side) for side in zip(*combinations(range(len(units)), 2), strict=True))
    names, n, mean = (units[column].to_numpy() for column in ("unit", "n", "mean"))
    table = {"a": names[first], "b": names[second], "difference": mean[first] - mean[second]}
    table["se"] = np.sqrt(variance * (1 / n[first] + 1 / n[second]))
    tested = pd.DataFrame(_tested(table, df, level))
    if isinstance(adjust, str) and adjust == "tukey":
        tested["p_adjusted"] = _studentized_range(tested, len(units), df)
    else:
        tested["p_adjusted"] = adjust_p(tested["p"], adjust)
    return Contrasts(table=tested, adjust=adjust, level=level, df=df, variance_residual=variance)


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
        `table` has `unit`, `n`, `n_others`, `mean`, `mean_others`, `difference`, `se`, `df`,
        `low`, `high`, `p`, `p_adjusted`, in the units' order.

    Raises:
        TooFewUnits, TooFewAnswers, NoVariation, NotComparable, NotMeasured, OutOfRange: as in `pairwise`.

    >>> answers = pd.DataFrame({"unit": list("aaabbbccc"), "safety": [3, 4, 5, 4, 5, 6, 1, 2, 3]})
    >>> unit_deviations(answers, "safety", "unit").table[["unit", "difference", "p_adjusted"]].round(3)
      unit  difference  p_adjusted
    0    a         0.5       0.506
    1    b         2.0       0.060
    2    c        -2.5       0.037
    """
    columns, variance, df = _deviations(frame, score, unit, adjust, level, year)
    return Contrasts(
        table=pd.DataFrame(columns), adjust=adjust, level=level, df=df, variance_residual=variance
    )


def deviations_by_unit(
    frame: pd.DataFrame, score: str, unit: str, *, level: float = 0.95
) -> dict[Any, dict[str, Any]]:
    """Give the rows of `unit_deviations`, adjusted by Holm, by their unit: for many topics at once.

    Raises:
        TooFewUnits, TooFewAnswers, NoVariation, NotComparable, NotMeasured, OutOfRange: as there.

    >>> answers = pd.DataFrame({"unit": list("aaabbbccc"), "safety": [3, 4, 5, 4, 5, 6, 1, 2, 3]})
    >>> deviations_by_unit(answers, "safety", "unit")["c"]["difference"]
    -2.5
    """
    columns, _, df = _deviations(frame, score, unit, "holm", level, "year")
    lists = {name: values.tolist() for name, values in columns.items() if name != "df"}
    return {
        key: {"df": df, **{name: values[at] for name, values in lists.items()}}
        for at, key in enumerate(lists["unit"])
    }


def _deviations(
    frame: pd.DataFrame, score: str, unit: str, adjust: Adjustment, level: float, year: str
) -> tuple[dict[str, Any], float, int]:
    units, variance, df = _one_round(frame, score, unit, year, level)
    n, mean = units["n"].to_numpy(), units["mean"].to_numpy()
    others = n.sum() - n
    mean_others = ((n * mean).sum() - n * mean) / others
    table = {
        "unit": units["unit"].array, "n": n, "n_others": others, "mean": mean, "mean_others": mean_others,
        "difference": mean - mean_others, "se": np.sqrt(variance * (1 / n + 1 / others)),
    }  # fmt: skip
    tested = _tested(table, df, level)
    return tested | {"p_adjusted": adjust_p(tested["p"], adjust)}, variance, df


def _one_round(
    frame: pd.DataFrame, score: str, unit: str, year: str, level: float
) -> tuple[pd.DataFrame, float, int]:
    checked_level(level)
    separate_columns(score=score, unit=unit, year=year)
    # Under names of their own, whatever they are called in the frame: a unit's column may be called "n".
    rows = complete_columns(frame, [unit, score])
    if year in frame.columns or year != ROUND_COLUMN:
        present_columns(frame, [year])
        try:
            rounds = frame[year][frame[score].notna() & frame[unit].notna()].dropna().unique()
        except TypeError as error:
            raise mixed_kinds(year, error) from error
        if len(rounds) > 1:
            raise NotComparable(
                "units are compared within one round",
                found=f"{len(rounds)} rounds in {year!r}",
                expected="one",
                todo="take the rows of one round",
            )
    units = group_moments({"unit": rows[unit], "score": rows[score]}, ["unit"], "score")
    if len(units) < 2:
        raise TooFewUnits("a comparison of units", found=f"{len(units)} with answers", expected="at least 2")
    df = int(units["n"].sum() - len(units))
    if df == 0:
        raise TooFewAnswers("no unit has two answers", found=f"{len(units)} units", expected="2 in some unit")
    variance = float(np.nansum((units["n"].to_numpy() - 1) * units["variance"].to_numpy()) / df)
    if variance == 0:
        raise NoVariation("all answers are the same within every unit", found=f"{len(units)} units")
    return units, variance, df


def _tested(table: dict[str, Any], df: int, level: float) -> dict[str, Any]:
    difference, se = table["difference"], table["se"]
    half = t_quantile(df, level) * se
    p = 2 * special.stdtr(df, -np.abs(difference / se))
    return table | {"df": df, "low": difference - half, "high": difference + half, "p": p}


def _studentized_range(table: pd.DataFrame, n_units: int, df: int) -> np.ndarray:
    # Imported when it is asked for: all distributions of scipy come with it.
    from scipy.stats import studentized_range  # noqa: PLC0415

    range_in_sds: Any = np.sqrt(2) * (table["difference"] / table["se"]).abs().to_numpy()
    # The integral can end a hair's breadth outside 0 to 1, and for two units below the plain p.
    return np.clip(studentized_range.sf(range_in_sds, n_units, df), table["p"].to_numpy(), 1.0)
