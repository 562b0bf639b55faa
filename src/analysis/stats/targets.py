"""Where a unit stands beside its targets, as probabilities and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.arrays import fitting_arrays
from analysis.stats.errors import OutOfRange, TooFewUnits
from analysis.stats.frames import ValuesResult, checked_level
from analysis.stats.given import LARGEST

BANDS = ("desired", "acceptable", "unacceptable")
"""The bands of a target, from the best."""

UNDECIDED = "undecided"
"""The verdict where no band is certain enough."""


@dataclass(frozen=True, kw_only=True)
class BandProbabilities(ValuesResult):
    """The probability that the true mean lies in each band of a target: numbers, or arrays of one shape.

    The three sum to 1. `verdict` is the band that reaches `certainty`, else "undecided". Where Series came
    in all four are Series on their index. `table` has a row for each mean.
    """

    desired: Any
    acceptable: Any
    unacceptable: Any
    verdict: Any
    certainty: float


def band_probabilities(
    shrunken: Any, se: Any, desired: Any, acceptable: Any, *, certainty: float = 0.8
) -> BandProbabilities:
    """Find how probable it is that the true mean lies in the desired, acceptable and unacceptable band.

    The true mean is taken as N(m, s²), the shrunken mean and its variance of prediction in the mixed model.
    Where high is good (desired limit D above the acceptable A): P(desired) = Φ((m - D)/s), P(unacceptable) =
    Φ((A - m)/s), P(acceptable) the rest. Where low is good (D below A) all signs are turned. s² has in
    it that the model's variances and fixed effects are estimates (see `prediction_variance`).

    Args:
        shrunken, se: shrunken means and their standard errors (`fit_units`), in the scale's points.
        desired: the limit of the desired band, towards the acceptable one.
        acceptable: the limit of the acceptable band, towards the unacceptable one. All four are numbers or
            arrays that broadcast; Series go together by their labels, all else by position.
        certainty: the probability from which a band is the verdict; above 0.5, so that only one can reach it.

    Raises:
        TooFewUnits: there is no mean at all.
        NotComparable: arrays whose shapes do not fit each other, or Series with other labels.
        OutOfRange: a value is missing, infinite or no number, an `se` is not above 0, the two limits are the
            same, or `certainty` is not between 0.5 and 1.

    >>> found = band_probabilities(4.6, 0.2, desired=4.5, acceptable=4.0)
    >>> print(f"{found.desired:.3f} {found.acceptable:.3f} {found.unacceptable:.3f}: {found.verdict}")
    0.691 0.307 0.001: undecided
    >>> band_probabilities([4.8, 4.2, 3.5], 0.1, 4.5, 4.0).verdict.tolist()
    ['desired', 'acceptable', 'unacceptable']
    """
    given = {"shrunken": shrunken, "se": se, "desired": desired, "acceptable": acceptable}
    mean, spread, best, worst = fitting_arrays(**given)
    labels = (each.index for each in given.values() if isinstance(each, pd.Series))
    index = next((each for each in labels if each.size == mean.size), None)
    _check(mean, spread, best, worst, certainty)
    sign = np.where(best > worst, 1.0, -1.0)
    over_best, over_worst = sign * (mean - best) / spread, sign * (mean - worst) / spread
    # The difference of two probabilities near 1 loses all digits of a small band far from the mean: it is
    # taken in the tail that the band lies in.
    upper_tail = over_best + over_worst > 0
    near = np.where(upper_tail, over_worst, -over_best)
    far = np.where(upper_tail, over_best, -over_worst)
    parts = {
        "desired": special.ndtr(over_best),
        "acceptable": special.ndtr(near) - special.ndtr(far),
        "unacceptable": special.ndtr(-over_worst),
    }
    verdict = np.full(mean.shape, UNDECIDED, dtype=object)
    for band in BANDS:
        verdict[parts[band] >= certainty] = band
    if mean.ndim == 0:
        return BandProbabilities(
            **{band: float(part) for band, part in parts.items()}, verdict=verdict.item(), certainty=certainty
        )
    found = {**parts, "verdict": verdict}
    if index is not None:
        found = {name: pd.Series(part, index=index, name=name) for name, part in found.items()}
    return BandProbabilities(**found, certainty=certainty)


def _check(
    mean: np.ndarray, se: np.ndarray, desired: np.ndarray, acceptable: np.ndarray, certainty: float
) -> None:
    if not checked_level(certainty, "certainty") > 0.5:
        raise OutOfRange(
            "two bands could reach such a certainty", found=repr(certainty), expected="above 0.5, below 1"
        )
    if mean.size == 0:
        raise TooFewUnits("a target needs a mean", found="none", expected="at least 1")
    if not all((np.abs(values) <= LARGEST).all() for values in (mean, se, desired, acceptable)):
        raise OutOfRange(
            "a value is missing or infinite",
            found="one that cannot be",
            expected="finite numbers",
            todo="leave out suppressed units",
        )
    if not (se > 0).all():
        raise OutOfRange("a standard error that is not above 0", found=f"{se.min():g}", expected="above 0")
    if (desired == acceptable).any():
        raise OutOfRange(
            "the desired and the acceptable limit are the same",
            found=f"{desired[desired == acceptable][0]:g}",
            expected="two limits with the acceptable band between them",
        )
