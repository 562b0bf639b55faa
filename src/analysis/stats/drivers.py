"""Which dimensions go with overall satisfaction: shares of R², with intervals clustered by unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import pandas as pd

from analysis.stats.crossproducts import CrossProducts, combined, cross_products
from analysis.stats.errors import NotComparable, NotIdentified, OutOfRange, TooFewAnswers, TooFewUnits
from analysis.stats.frames import TableResult, checked_level
from analysis.stats.given import checked_number, column_list, shown
from analysis.stats.intervals import mean_interval
from analysis.stats.priorities import quadrants

__all__ = ["Associations", "Drivers", "association_shares", "combined", "cross_products", "shapley_shares"]

ANSWERS_PER_DIMENSION = 10
"""With fewer complete answers for each dimension the shares are mostly chance."""
FEWEST_UNITS = 10
"""With fewer units a percentile interval over resampled units is much too narrow."""
MANY_UNITS = 30
"""With fewer units such an interval is a little too narrow, and a note says so."""
MOST_DIMENSIONS = 12
MOST_DRAWS = 10**6
FEWEST_DRAWS = 40
"""With fewer draws the ends of a 95 % interval are the most extreme draws themselves."""
_SINGULAR = 1e-10
_NO_ASSOCIATION = 1e-12
_ROUNDING = 1e-20
_SUBSETS_AT_ONCE = 2**20


@dataclass(frozen=True, kw_only=True, eq=False)
class Associations(TableResult):
    """Shares of association.

    `table` has for each dimension `dimension`, `share`, `low` and `high`, fractions of 1; the shares are
    parts of `r_squared` and sum to 1. `n` counts the complete answers, `n_units` the units that the
    interval's `draws` resampled. `cut_share` is 1/p, each dimension's share if all were alike. `notes` says
    in words what the analyst must know.
    """

    table: pd.DataFrame
    r_squared: float
    n: int
    n_units: int
    cut_share: float
    level: float
    draws: int
    seed: int
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Drivers(Associations):
    """Shares of association beside the dimensions' means, and the quadrant that follows.

    `table` has besides `dimension`, `share`, `low` and `high` also `mean`, `mean_low`, `mean_high` (points)
    and `quadrant` (see `quadrants`); `cut_score` is the unweighted mean of the dimensions' means.
    """

    cut_score: float


def shapley_shares(
    frame: pd.DataFrame,
    overall: str,
    dimensions: Sequence[str],
    unit: str,
    draws: int = 1000,
    seed: int = 0,
    *,
    level: float = 0.95,
) -> Drivers:
    """Share out what the dimensions say of overall satisfaction, and put each dimension in its quadrant.

    The shares are `association_shares` over all respondents with complete answers; the means and their t
    intervals rest on every valid answer to the dimension, as wherever a dimension's mean is shown.

    Args:
        frame: one row a respondent.
        overall, dimensions, unit: the columns of the overall score, the dimensions' scores and the units.
        draws, seed, level: as in `association_shares`.

    Raises:
        TooFewItems, TooFewAnswers, TooFewUnits, NotIdentified, NotComparable, NotMeasured, OutOfRange: as
            `cross_products` and `association_shares`.
        NoVariation: all answers to a dimension are the same.
    """
    dimensions = column_list(dimensions, "dimensions", several=True)
    found = association_shares(
        cross_products(frame, overall, dimensions, unit), draws=draws, seed=seed, level=level
    )
    intervals = [mean_interval(frame[dimension], level=level) for dimension in dimensions]
    means = pd.DataFrame(
        {"dimension": list(dimensions), "mean": [i.mean for i in intervals],
         "mean_low": [i.low for i in intervals], "mean_high": [i.high for i in intervals]}
    )  # fmt: skip
    cut_score = float(means["mean"].mean())
    table = quadrants(found.table, means, cut_share=found.cut_share, cut_score=cut_score)
    return Drivers(**{**vars(found), "table": table}, cut_score=cut_score)


def association_shares(
    sums: CrossProducts, *, draws: int = 1000, seed: int = 0, level: float = 0.95
) -> Associations:
    """Share out R² over the dimensions by Shapley values, with an interval over resampled units.

    A dimension's part is the R² that it adds, averaged over all orders in which the dimensions can come into
    the linear model of overall satisfaction (LMG: Lindeman, Merenda and Gold 1980, Introduction to Bivariate
    and Multivariate Analysis; Grömping 2007, Am. Stat. 61: 139-147; Shapley's value). Its share is the part
    divided by R². The interval is the percentile one over `draws` samples of whole units with replacement
    (Davison and Hinkley 1997, Bootstrap Methods, sec. 3.8): answers of one unit are not independent. It is an
    association, not an effect: what makes users satisfied may lie behind several dimensions at once.

    Args:
        sums: from `cross_products`, or `combined` of several rounds.
        draws: number of resamples, at least `FEWEST_DRAWS`; a report takes 1,000.
        seed: of the random numbers; the same seed and answers give the same interval.
        level: level of confidence, as a share.

    Raises:
        TooFewAnswers: fewer than `ANSWERS_PER_DIMENSION` complete answers for each dimension.
        TooFewUnits: fewer than `FEWEST_UNITS` units.
        NotIdentified: dimensions that follow from each other or do not vary, or an overall score that does
            not vary or has nothing to do with any of them, here or when units are resampled.
        NotComparable: the sums are not of `cross_products`.
        OutOfRange: more than `MOST_DIMENSIONS` dimensions, too few or too many draws, a seed that is no
            whole number, or `level` is no share.

    >>> random = np.random.default_rng(1)
    >>> answers = pd.DataFrame(random.integers(1, 7, (400, 2)), columns=["safety", "staff"])
    >>> answers["all"] = answers["safety"] + answers["staff"] / 2 + random.standard_normal(400)
    >>> answers["unit"] = np.arange(400) % 20
    >>> association_shares(cross_products(answers, "all", ["safety", "staff"], "unit")).table.round(2)
      dimension  share   low  high
    0    safety   0.83  0.79  0.87
    1     staff   0.17  0.13  0.21
    """
    checked_level(level)
    checked_number(draws, "a number of draws", least=FEWEST_DRAWS, most=MOST_DRAWS, whole=True)
    checked_number(seed, "a seed", least=0, whole=True)
    if not isinstance(sums, CrossProducts):
        raise NotComparable("no sums to share out", found=shown(sums), expected="those of cross_products")
    p, k, n = len(sums.dimensions), len(sums.units), int(sums.n.sum())
    if p > MOST_DIMENSIONS:
        raise OutOfRange(
            "shares of association", found=f"{p} dimensions", expected=f"at most {MOST_DIMENSIONS}"
        )
    if n < ANSWERS_PER_DIMENSION * p:
        raise TooFewAnswers(
            "shares of association", found=f"{n} complete answers, {p} dimensions",
            expected=f"at least {ANSWERS_PER_DIMENSION} a dimension",
        )  # fmt: skip
    if k < FEWEST_UNITS:
        raise TooFewUnits(
            "an interval over resampled units", found=f"{k} units",
            expected=f"at least {FEWEST_UNITS}: over fewer it is much too narrow",
            todo="use the shares of the national stage",
        )  # fmt: skip
    moments = _moments(sums)
    # Equal scores such as 4.1 can have a variance of 1e-30 by rounding: it must not pass for one.
    floor = _ROUNDING * (sums.means**2).max(axis=0)
    lmg = _parts(_covariances(np.ones((1, k)), moments, p + 1), sums.dimensions, floor)[0]
    drawn = np.random.default_rng(seed).integers(0, k, (draws, k)) + np.arange(draws)[:, None] * k
    times = np.bincount(drawn.ravel(), minlength=draws * k).reshape(draws, k).astype(float)
    resampled = _covariances(times, moments, p + 1)
    at_once = max(1, _SUBSETS_AT_ONCE >> p)
    parts = np.concatenate(
        [_parts(resampled[i : i + at_once], sums.dimensions, floor) for i in range(0, draws, at_once)]
    )
    tail = (1 - level) / 2
    low, high = np.quantile(parts / parts.sum(axis=1, keepdims=True), [tail, 1 - tail], axis=0)
    table = pd.DataFrame({"dimension": sums.dimensions, "share": lmg / lmg.sum(), "low": low, "high": high})
    narrow = (
        f"The intervals rest on {k} units and are a little too narrow: with 30 or more they would not be."
    )
    return Associations(
        table=table, r_squared=float(lmg.sum()), n=n, n_units=k, cut_share=1 / p, level=level, draws=draws,
        seed=seed, notes=(narrow,) if k < MANY_UNITS else (),
    )  # fmt: skip


def _moments(sums: CrossProducts) -> np.ndarray:
    """Give each unit's n, sums and sums of products about the overall means, one row a unit."""
    n = sums.n.astype(float)
    away = sums.means - n @ sums.means / n.sum()
    products = sums.products + n[:, None, None] * away[:, :, None] * away[:, None, :]
    rows = np.column_stack([n, n[:, None] * away, products.reshape(len(n), -1)])
    # By what is in them: under other names the same units would else be drawn in another order. As shares of
    # the largest and rounded, so that another origin or unit of the scale puts no tie the other way.
    size = np.abs(rows).max(axis=0)
    keys = np.round(rows / np.where(size > 0, size, 1.0), 9)
    return rows[np.lexsort(keys.T[::-1])]


def _covariances(times: np.ndarray, moments: np.ndarray, width: int) -> np.ndarray:
    total = times @ moments
    n, sums = total[:, 0], total[:, 1 : 1 + width]
    means = sums / n[:, None]
    squares = total[:, 1 + width :].reshape(-1, width, width) / n[:, None, None]
    return squares - means[:, :, None] * means[:, None, :]


def _parts(covariances: np.ndarray, dimensions: Sequence[str], floor: np.ndarray | float = 0.0) -> np.ndarray:
    """Give each dimension's part of R² (draws x p) from covariances with the overall score as the last."""
    p = len(dimensions)
    variances = np.einsum("dii->di", covariances)
    constant = ~(variances > floor).all(axis=0)
    if constant.any():
        raise NotIdentified(
            "a score does not vary, or in too few units",
            found=", ".join(
                name for name, same in zip([*dimensions, "overall"], constant, strict=True) if same
            ),
        )
    scale = np.sqrt(variances)
    state = (covariances / scale[:, :, None] / scale[:, None, :])[None]
    # Dimension by dimension, each subset once without it and once with it: then the others and the overall
    # score become what it leaves of them. What is left of the overall score at last is each subset's 1 - R².
    for step in range(p):
        pivot = state[:, :, 0, 0]
        if not (pivot > _SINGULAR).all():
            raise NotIdentified(
                "dimensions follow from each other", found=f"{dimensions[step]} from those before it",
                todo="leave one of them out, or join them",
            )  # fmt: skip
        across = state[:, :, 0, 1:]
        rest = state[:, :, 1:, 1:]
        taken = rest - across[..., :, None] * across[..., None, :] / pivot[..., None, None]
        state = np.concatenate([rest, taken])
    explained = 1 - state[:, :, 0, 0]
    parts = explained.T @ _average_gain(p)
    if not (parts.sum(axis=1) > _NO_ASSOCIATION).all():
        raise NotIdentified("the overall score has nothing to do with the dimensions", found="an R² of 0")
    return parts


def _average_gain(p: int) -> np.ndarray:
    """Give the weight of every subset's R² (2^p, bit j for dimension j) in every dimension's part."""
    subsets = np.arange(2**p)
    holds = (subsets[:, None] >> np.arange(p)) & 1
    size = holds.sum(axis=1)
    # |S|! (p - |S| - 1)! / p! = 1 / (p C(p - 1, |S|)) for S without the dimension.
    weight = np.array([1 / (p * comb(p - 1, s)) for s in range(p)] + [0.0])
    return np.where(holds == 1, weight[size - 1][:, None], -weight[size][:, None])
