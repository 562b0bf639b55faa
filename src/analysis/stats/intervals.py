"""Means with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.arrays import aligned
from analysis.stats.errors import NotComparable, NoVariation, OutOfRange, TooFewAnswers
from analysis.stats.frames import (
    ValuesResult,
    checked_level,
    complete_arrays,
    float_array,
    run_moments,
    run_starts,
    valid_numbers,
)
from analysis.stats.given import LARGEST, checked_number, checked_spread, how_many
from analysis.stats.shares import ShareInterval, wilson

__all__ = [
    "POOLED_UNDER",
    "MeanInterval",
    "PooledSd",
    "ShareInterval",
    "mean_interval",
    "pooled_sd",
    "t_quantile",
    "wilson",
]

POOLED_UNDER = 10
"""With fewer answers than this a group's own standard deviation is too shaky to rest an interval on."""


@dataclass(frozen=True, kw_only=True)
class MeanInterval(ValuesResult):
    """A mean with its interval, in the scale's points.

    `sd` is the standard deviation that `se` rests on, and `sd_source` says whose it is. `population` is the N
    of the finite-population correction, or None where there is none. `design_effect` is n Σw² / (Σw)²: 1
    without weights.
    """

    n: int
    mean: float
    sd: float
    se: float
    low: float
    high: float
    df: float
    level: float
    sd_source: Literal["own", "pooled"]
    population: int | None
    design_effect: float


@dataclass(frozen=True, kw_only=True)
class PooledSd(ValuesResult):
    """The standard deviation within groups, with the degrees of freedom that it rests on."""

    sd: float
    df: int
    n_groups: int


def mean_interval(
    values: Any,
    *,
    weights: Any = None,
    population: int | None = None,
    level: float = 0.95,
    pooled_sd: PooledSd | float | None = None,
) -> MeanInterval:
    """Estimate a group's mean with its t interval.

    Unweighted: s = sd/√n. Weighted: mean Σwx/Σw with the linearised s² = n/(n-1) Σ(w(x - mean)/Σw)², as R's
    `survey::svymean` for independent weights (Lumley 2010, Complex Surveys, ch. 2). With a `population` s is
    multiplied by √(1 - n/N): only for describing this round's users, never for comparing units or years.

    Below `POOLED_UNDER` answers, or where all answers are the same, the `pooled_sd` is used where it is
    given, with its own degrees of freedom (infinitely many for a plain number): s = pooled √Σw² / Σw.

    Args:
        values: the answers or scores of the group; null is no answer.
        weights: one positive weight for each value; two Series go together by their labels, all else by
            position.
        population: N, the group's number of users; at least the number of answers.
        level: level of confidence, as a share.
        pooled_sd: the service's standard deviation within units, from `pooled_sd`.

    Raises:
        TooFewAnswers: no answer, or one alone and no pooled standard deviation.
        NoVariation: all answers are the same and no pooled standard deviation is given.
        OutOfRange: a value is no finite number, a weight is missing or not positive, N is below n or not
            whole, the pooled standard deviation is no number, or `level` is no share.
        NotComparable: the weights are not as many as the values, or have other labels.

    >>> interval = mean_interval([4, 5, 3, 6, 4, 5, 2, 5, 4, 6, 5])
    >>> print(f"{interval.mean:.3f} ({interval.low:.3f} to {interval.high:.3f}), n {interval.n}")
    4.455 (3.639 to 5.270), n 11
    """
    checked_level(level)
    answers, weight = _weighted(values, weights)
    n = answers.size
    if n == 0:
        raise TooFewAnswers("a mean needs answers", found="0", expected="at least 1")
    if population is not None and checked_number(population, "a number of users", whole=True) < n:
        raise OutOfRange("more answers than users", found=f"n {n}, N {population}", expected="N at least n")
    total = weight.sum()
    mean = float((weight * answers).sum() / total)
    concentration = float((weight**2).sum() / total**2)
    same = bool(answers[0] == answers[-1])
    if pooled_sd is not None and (n < POOLED_UNDER or same):
        source, sd, df = "pooled", *_pooled_parts(pooled_sd)
        se = sd * np.sqrt(concentration)
    elif n == 1:
        raise TooFewAnswers(
            "one answer has no standard error",
            found="1",
            expected="at least 2, or a pooled standard deviation",
        )
    elif same:
        raise NoVariation(
            "all answers are the same", found=f"{n} answers, standard deviation 0", todo="give a pooled_sd"
        )
    else:
        source, df = "own", float(n - 1)
        deviation = answers - mean
        sd = float(np.sqrt((weight * deviation**2).sum() / total * n / (n - 1)))
        se = np.sqrt(n / (n - 1) * ((weight * deviation / total) ** 2).sum())
    if population is not None:
        se = se * np.sqrt(1 - n / population)
    half = float(t_quantile(df, level) * se)
    return MeanInterval(
        n=n, mean=mean, sd=sd, se=float(se), low=mean - half, high=mean + half, df=df, level=level,
        sd_source=source, population=population, design_effect=n * concentration,
    )  # fmt: skip


def _weighted(values: Any, weights: Any) -> tuple[np.ndarray, np.ndarray]:
    if weights is None:
        answers = valid_numbers(values)
        return answers, np.ones_like(answers)
    values, weights = aligned(values=values, weights=weights).values()
    answers, weight = float_array(values).ravel(), float_array(weights, "the weights").ravel()
    if answers.size != weight.size:
        raise NotComparable("weights for other rows", found=f"{weight.size} weights, {answers.size} values")
    answered = ~np.isnan(answers)
    answers, weight = answers[answered], weight[answered]
    # Their squares are divided by each other: both must be numbers above 0.
    possible = (weight >= 1 / LARGEST) & (weight <= LARGEST) & (np.abs(answers) <= LARGEST)
    if not possible.all():
        raise OutOfRange(
            "a weight or value that cannot be used", found=how_many(~possible),
            expected="finite values, positive weights",
        )  # fmt: skip
    order = np.lexsort((weight, answers))
    return answers[order], weight[order]


def _pooled_parts(pooled: PooledSd | float) -> tuple[float, float]:
    sd, df = (pooled.sd, float(pooled.df)) if isinstance(pooled, PooledSd) else (pooled, np.inf)
    return float(checked_spread(sd, "the pooled standard deviation")), df


def t_quantile(df: Any, level: float) -> Any:
    """Give the t distribution's two-sided quantile; the normal one where `df` is infinite."""
    tail = (1 - level) / 2
    finite = np.isfinite(df)
    return -np.where(finite, special.stdtrit(np.where(finite, df, 1.0), tail), special.ndtri(tail))


def pooled_sd(values: Any, groups: Any) -> PooledSd:
    """Estimate the standard deviation within groups: √(Σ(n_i - 1) sd_i² / Σ(n_i - 1)).

    Args:
        values: answers or scores of all groups; null is no answer.
        groups: the group (unit) of each value; two Series go together by their labels, all else by position.

    Raises:
        TooFewAnswers: no group has two answers.
        NoVariation: within every group all answers are the same.
        NotComparable: the groups are not as many as the values, or have other labels.
        OutOfRange: a value is no finite number, or the groups' names are of several kinds.

    >>> pooled_sd([1, 3, 4, 6, 5], ["a", "a", "b", "b", "b"])
    PooledSd(sd=1.1547005383792515, df=3, n_groups=2)
    """
    values, groups = aligned(values=values, groups=groups).values()
    answers = float_array(values).ravel()
    try:
        labels = pd.Series(groups).reset_index(drop=True)
    except (TypeError, ValueError) as error:
        raise NotComparable(
            "groups that are no column", found=str(error), expected="one for each value"
        ) from error
    if answers.size != len(labels):
        raise NotComparable("groups for other rows", found=f"{len(labels)} groups, {answers.size} values")
    rows = complete_arrays({"group": labels, "value": pd.Series(answers)})
    n, _, variance = run_moments(rows["value"], run_starts([rows["group"]]))
    df = int((n - 1).sum())
    if df == 0:
        raise TooFewAnswers("a pooled standard deviation needs a group with two answers", found="none")
    squares = float(np.nansum((n - 1) * variance))
    if squares == 0:
        raise NoVariation("all answers are the same within every group", found=f"{len(n)} groups")
    return PooledSd(sd=float(np.sqrt(squares / df)), df=df, n_groups=len(n))
