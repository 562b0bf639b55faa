"""A measure in one unit or two, against what units without it changed by in the same rounds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import ceil

import numpy as np

from analysis.stats.unit_rounds import Cells

FEWEST_COMPARED = 19
"""With one treated unit among twenty the most extreme change has p = 1/20."""


@dataclass(frozen=True, kw_only=True)
class PlaceboTest:
    """The effect, its standard error and interval from the units without the measure, and its rank's p."""

    effect: float
    se: float
    low: float
    high: float
    p: float


def smallest_comparison(level: float) -> int:
    """Count the units without the measure that an interval of this level needs."""
    return max(FEWEST_COMPARED, ceil(level / (1 - level) - 1e-9))


def placebo_test(cells: Cells, treated: np.ndarray, *, level: float) -> PlaceboTest:
    """Rank the treated units' change among those of every other unit, or pair of units.

    A unit's change from the mean of all the others has variance ω² + σ²(1/n_after + 1/n_before) and that
    mean's own; each is divided by its standard error, else a small unit among large ones would seem extreme
    (MacKinnon and Webb 2020, J. Econom. 218: 435-450). p is the share of all C(K, m) choices of m units that
    lie at least as far out as the treated ones: exact where units are exchangeable but for their sizes
    (Fisher 1935, The Design of Experiments; Conley and Taber 2011, Rev. Econ. Stat. 93: 113-125). The
    interval holds every effect that, taken off the treated units, the test does not reject.

    Args:
        cells: every unit with a round before the start and one after.
        treated: for each unit whether it has the measure: one or two do, at least `smallest_comparison` not.
        level: level of confidence, as a share.
    """
    change, share = _change(cells, treated)
    variance = cells.variance * share
    # Of all units: the test is exact only if the treated ones are measured like every other.
    center = np.average(change, weights=1 / variance)
    spread = np.square(change - center).sum() / (len(change) - 1)
    variance = variance + max(0.0, float(spread - np.mean(variance)))

    choices = np.array(list(combinations(range(len(treated)), int(treated.sum()))))
    own = treated[choices].all(axis=1)
    # The statistic is linear in the changes: its value, and how an effect of 1 on the treated units moves it.
    far, moved = (_from_others(values, share, variance, choices) for values in (change, treated * 1.0))
    effect, scale = float(far[own][0] / moved[own][0]), float(1 / moved[own][0])
    far, moved = far[~own], moved[~own]
    p = float((1 + (np.abs(far) >= abs(effect) / scale * (1 - 1e-12)).sum()) / len(choices))
    # A choice lies further out while |far - d moved| >= |effect - d| / scale: between two roots d, one on
    # each side of the effect, since d moves nothing as much as the treated units themselves.
    slack = [np.maximum(1 / scale - side * moved, 1e-12) for side in (1, -1)]
    roots = np.sort(
        [(effect / scale - side * far) / room for side, room in zip((1, -1), slack, strict=True)], axis=0
    )
    allowed = int((1 - level) * len(choices) + 1e-9)
    low, high = np.sort(roots[0])[allowed - 1], np.sort(roots[1])[-allowed]
    return PlaceboTest(effect=effect, se=scale, low=float(low), high=float(high), p=p)


def _change(cells: Cells, treated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each unit's change beside that of the units without the measure, and 1/n_after + 1/n_before."""
    rounds, compared = cells.rounds(), ~treated[cells.unit]
    left = cells.mean - rounds @ cells.slopes_within_units(rounds, compared)
    means, shares = [], []
    for rows in (cells.after, ~cells.after):
        n = np.bincount(cells.unit[rows], cells.n[rows], len(treated))
        means.append(np.bincount(cells.unit[rows], (cells.n * left)[rows], len(treated)) / n)
        shares.append(1 / n)
    return means[0] - means[1], shares[0] + shares[1]


def _from_others(y: np.ndarray, share: np.ndarray, variance: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Give how far each group's mean lies from that of all units not in it, in its standard errors.

    A unit counts by its answers in its group, and by its precision among the others.
    """
    weight = 1 / share[groups]
    weight = weight / weight.sum(axis=1, keepdims=True)
    precision = 1 / variance
    rest = precision.sum() - precision[groups].sum(axis=1)
    others = ((precision * y).sum() - (precision * y)[groups].sum(axis=1)) / rest
    error = (weight**2 * variance[groups]).sum(axis=1) + 1 / rest
    return ((weight * y[groups]).sum(axis=1) - others) / np.sqrt(error)
