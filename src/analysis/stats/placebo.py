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


def placebo_test(cells: Cells, treated: np.ndarray, *, corrected: bool, level: float) -> PlaceboTest:
    """Rank the treated units' change among those of every unit, or pair of units, of all.

    Rounds' effects, and with `corrected` the line of changes on what is expected to return, are estimated
    from the units without the measure. What remains of a unit's change has variance ω² + σ²(1/n_after +
    1/n_before); each change from the line of all the other units is divided by its own standard error, else a
    small unit among large ones would seem extreme (MacKinnon and Webb 2020, J. Econom. 218: 435-450). p is
    the share of all C(K, m) choices of m units that lie at least as far out as the treated ones: exact where
    units are exchangeable but for their sizes (Fisher 1935; Conley and Taber 2011, Rev. Econ. Stat. 93:
    113-125). The interval holds every effect that, taken off the treated units, the test does not reject.

    Args:
        cells: every unit with a round before the start and one after.
        treated: for each unit whether it has the measure: one or two do, at least `smallest_comparison` not.
        corrected: whether what is expected to return is taken out.
        level: level of confidence, as a share.
    """
    compared = ~treated[cells.unit]
    rounds = cells.rounds()
    left = cells.mean - rounds @ _within_slopes(cells, rounds, compared)
    change, share = _change(cells, left, len(treated))
    design = np.ones((len(treated), 1))
    if corrected:
        design = np.column_stack([design, _change(cells, cells.expected_return(), len(treated))[0]])
    variance = cells.variance * share
    # Of all units: the test is exact only if the treated ones are measured like every other.
    variance = variance + _shocks(change, design, variance)

    choices = np.array(list(combinations(range(len(treated)), int(treated.sum()))))
    own = treated[choices].all(axis=1)
    # The statistic is linear in the changes: its value, and how an effect of 1 on the treated units moves it.
    far, moved = (_left_out(values, design, share, variance, choices) for values in (change, treated * 1.0))
    effect, scale = float(far[own][0] / moved[own][0]), float(1 / moved[own][0])
    far, moved = far[~own], moved[~own]
    p = float((1 + (np.abs(far) >= abs(effect) / scale * (1 - 1e-12)).sum()) / len(choices))
    # |far - d moved| = |effect - d| / scale has two roots d, one on each side of the effect.
    roots = np.sort([(effect / scale - side * far) / (1 / scale - side * moved) for side in (1, -1)], axis=0)
    allowed = int((1 - level) * len(choices) + 1e-9)
    return PlaceboTest(
        effect=effect, se=scale, low=float(np.sort(roots[0])[allowed - 1]),
        high=float(np.sort(roots[1])[-allowed]), p=p,
    )  # fmt: skip


def _shocks(change: np.ndarray, design: np.ndarray, variance: np.ndarray) -> float:
    """Give the variance of units' own ups and downs, beyond what their answers make."""
    left = change - design @ _line(change, design, variance)[0]
    spare = (len(change) - design.shape[1]) / len(change)
    return max(0.0, float(np.mean(left**2) / spare - np.mean(variance)))


def _change(cells: Cells, values: np.ndarray, n_units: int) -> tuple[np.ndarray, np.ndarray]:
    """Give each unit's change of mean, and by how much of a respondent's variance it varies."""
    means, shares = [], []
    for rows in (cells.after, ~cells.after):
        n = np.bincount(cells.unit[rows], cells.n[rows], n_units)
        means.append(np.bincount(cells.unit[rows], (cells.n * values)[rows], n_units) / n)
        shares.append(1 / n)
    return means[0] - means[1], shares[0] + shares[1]


def _line(y: np.ndarray, x: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inverse = np.linalg.pinv((x / variance[:, None]).T @ x, hermitian=True)
    return inverse @ (x.T @ (y / variance)), inverse


def _left_out(
    y: np.ndarray, x: np.ndarray, share: np.ndarray, variance: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Give each group's change from the line of all the others, over its own standard error.

    With H the line's hat matrix in units of the standard errors, the residuals of a group S from a line
    without it are (I - H_SS)⁻¹ r_S, and their covariance is (I - H_SS)⁻¹.
    """
    slopes, inverse = _line(y, x, variance)
    sd = np.sqrt(variance)
    part = (x / sd[:, None])[groups]
    hat = part @ inverse @ part.transpose(0, 2, 1)
    spread = np.linalg.inv(np.eye(groups.shape[1]) - hat)
    weight = 1 / share[groups]
    pull = sd[groups] * weight / weight.sum(axis=1, keepdims=True)
    change = np.einsum("gi,gij,gj->g", pull, spread, ((y - x @ slopes) / sd)[groups])
    return change / np.sqrt(np.einsum("gi,gij,gj->g", pull, spread, pull))


def _within_slopes(cells: Cells, design: np.ndarray, rows: np.ndarray) -> np.ndarray:
    unit, n = cells.unit[rows], cells.n[rows]
    total = np.maximum(np.bincount(unit, n), 1e-300)

    def within(values: np.ndarray) -> np.ndarray:
        return np.sqrt(n) * (values - (np.bincount(unit, n * values) / total)[unit])

    x = np.column_stack([within(column) for column in design[rows].T])
    return np.linalg.lstsq(x, within(cells.mean[rows]), rcond=None)[0]
