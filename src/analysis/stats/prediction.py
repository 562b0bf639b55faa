"""How far a unit's shrunken mean may lie from its true mean: the variance of prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stats.reml import RemlFit

_NO_INFORMATION = 1e-9


@dataclass(frozen=True, eq=False)
class _Units:
    """Sums over the units' answers, and what the ratios of variances (over σ², which is 1 here) make of them.

    `keep` is 1/(1 + nλ), `held` n keep; by group `pull` is λ_g/(1 + λ_g Σheld), 0 where there are no groups.
    """

    n: np.ndarray
    design: np.ndarray
    ratio: float
    ratio_group: float
    keep: np.ndarray
    held: np.ndarray
    group: np.ndarray
    pull: np.ndarray
    grouped: bool

    def by_group(self, values: np.ndarray) -> np.ndarray:
        """Give each group's sum over its units, of `values` or of each of their columns."""
        if values.ndim == 2:
            return np.column_stack([self.by_group(column) for column in values.T])
        return np.bincount(self.group, values, self.pull.size)


def prediction_variance(
    fit: RemlFit, design: np.ndarray, unit: np.ndarray, group: np.ndarray | None, average: np.ndarray
) -> np.ndarray:
    """Estimate the mean squared error of each unit's shrunken mean, as a predictor of its true mean.

    MSE = g1 + g2 + 2 g3: g1 is the conditional variance of the unit's effect, g2 what the fixed effects'
    estimation adds, g3 what the variances' does (Prasad and Rao 1990, J. Am. Stat. Assoc. 85: 163-171; by
    REML, Datta and Lahiri 2000, Stat. Sin. 10: 613-627). With the best predictor a'β + b'(y - Xβ):
    g2 = (a - X'b)'C(a - X'b) with C the covariance of β, and g3 = Σ W_jk (∂b/∂ψ_j)'V(∂b/∂ψ_k) with W the
    inverse of the restricted likelihood's expected information on the variances ψ. For units alone g3 is
    n_i⁻²(τ² + σ²/n_i)⁻³ (σ⁴W_ττ - 2τ²σ²W_τσ + τ⁴W_σσ). Where τ² = 0 was estimated g1 is 0 and g3 is not:
    that no difference was found does not say that there is none.

    Everything is made from sums over units, in time proportional to the answers.

    Args:
        fit: from `fit_intercepts` of the same design, units and groups.
        design, unit, group: as in `fit_intercepts`.
        average: p values of the design's columns, for which the means are predicted.

    Returns:
        K variances, in squared points.
    """
    s2 = fit.variance_residual
    units = _summed(fit.variance_unit / s2, fit.variance_group / s2, design, unit, group)
    covariance = fit.fixed_covariance / s2
    g2 = _of_fixed(units, covariance, average)
    g3 = np.einsum("jki,jk->i", _slopes(units), _of_variances(units, covariance))
    return fit.total_sd**2 + s2 * (g2 + 2 * g3)


def _summed(
    ratio: float, ratio_group: float, design: np.ndarray, unit: np.ndarray, group: np.ndarray | None
) -> _Units:
    n = np.bincount(unit).astype(float)
    sums = np.column_stack([np.bincount(unit, column, n.size) for column in design.T])
    codes = np.zeros(n.size, dtype=int) if group is None else group
    keep = 1 / (1 + ratio * n)
    pull = ratio_group / (1 + ratio_group * np.bincount(codes, n * keep))
    return _Units(n, sums, ratio, ratio_group, keep, n * keep, codes, pull, group is not None)


def _of_fixed(units: _Units, covariance: np.ndarray, average: np.ndarray) -> np.ndarray:
    """Give g2 for every unit."""
    kept = units.keep[:, None] * units.design
    of_group = (units.pull[:, None] * units.by_group(kept))[units.group]
    away = average - units.ratio * kept - units.keep[:, None] * of_group
    return np.einsum("ip,pq,iq->i", away, covariance, away)


def _of_variances(units: _Units, covariance: np.ndarray) -> np.ndarray:
    """Give the covariance of the variances' estimates, in the order units, (groups,) residual.

    The information is half of the traces of PV_jPV_k with P = V⁻¹ - V⁻¹XCX'V⁻¹. Those of units and groups are
    sums of squares in M = Z'PZ = S - BCB' (S = Z'V⁻¹Z, B = Z'V⁻¹X), and those of the residual, whose V_j is
    I, follow from PVP = P.
    """
    held, group, pull = units.held, units.group, units.pull
    kept = units.keep[:, None] * units.design
    b = kept - held[:, None] * (pull[:, None] * units.by_group(kept))[group]
    b_group = units.by_group(b)
    inner, inner_group = covariance @ b.T @ b, covariance @ b_group.T @ b_group
    lean = units.by_group(held[:, None] * b)
    own = units.by_group(held**2)
    ratios = np.array([units.ratio, units.ratio_group])
    # S is diagonal but for what the group takes: held_i δ_ij - pull held_i held_j.
    squares = own.sum() - 2 * (pull * units.by_group(held**3)).sum() + np.square(pull * own).sum()
    mixed = held @ _form(b, covariance, b) - pull @ _form(lean, covariance, lean)
    traces = np.array([held.sum() - pull @ own - np.trace(inner), 0.0])
    m = np.array([[squares - 2 * mixed + np.trace(inner @ inner), 0.0], [0.0, 0.0]])
    if units.grouped:
        # To its group a unit is S_i = held_i(1 - pull Σheld), and the group to itself what its units are.
        s = held * (1 - pull * units.by_group(held))[group]
        s_group = units.by_group(s)
        traces[1] = s_group.sum() - np.trace(inner_group)
        m[0, 1] = m[1, 0] = (
            s @ s - 2 * s @ _form(b, covariance, b_group[group]) + np.trace(inner @ inner_group)
        )
        m[1, 1] = (
            s_group @ s_group - 2 * s_group @ _form(b_group, covariance, b_group)
            + np.trace(inner_group @ inner_group)
        )  # fmt: skip
    with_residual = traces - m @ ratios
    residual = units.n.sum() - units.design.shape[1] - ratios @ traces - ratios @ with_residual
    information = np.block([[m, with_residual[:, None]], [with_residual, residual]]) / 2
    there = [0, 1, 2] if units.grouped else [0, 2]
    return _inverse(information[np.ix_(there, there)])


def _form(left: np.ndarray, middle: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Give left_i' middle right_i for every row i."""
    return ((left @ middle) * right).sum(axis=1)


def _inverse(information: np.ndarray) -> np.ndarray:
    """Invert what can be told; a variance without information, as of units in the fixed part, is known."""
    size = np.sqrt(np.diag(information).clip(min=0))
    known = np.flatnonzero(size > _NO_INFORMATION * size.max())
    inverse, kept = np.zeros_like(information), np.ix_(known, known)
    scale = np.outer(size[known], size[known])
    inverse[kept] = np.linalg.pinv(information[kept] / scale, rcond=_NO_INFORMATION, hermitian=True) / scale
    return inverse


def _slopes(units: _Units) -> np.ndarray:
    """Give (∂b/∂ψ_j)'V(∂b/∂ψ_k) for every unit i (last axis), in the order units, (groups,) residual.

    ∂b/∂ψ = V⁻¹d, d being alike for all answers of a unit j: keep_i(δ_ij - pull held_j) for the units'
    variance, keep_i(1 - pull Σheld) for the groups', -keep_i(λ δ_ij + pull keep_j) for the residual's. So all
    follow from the products d'V⁻¹d of four vectors over the units of i's group: δ_i, held, 1 and keep.
    """
    held, keep = units.held, units.keep
    pull, total = units.pull[units.group], units.by_group(held)[units.group]
    vectors = {"held": held, "one": np.ones_like(held), "keep": keep}
    summed = {name: units.by_group(held * vector)[units.group] for name, vector in vectors.items()}

    def product(first: str, second: str) -> np.ndarray:
        if second == "own":
            first, second = second, first
        if first != "own":
            both = units.by_group(held * vectors[first] * vectors[second])[units.group]
            return both - pull * summed[first] * summed[second]
        if second == "own":
            return held - pull * held**2
        return held * vectors[second] - pull * held * summed[second]

    parts = [{"own": keep, "held": -keep * pull}, {"one": keep * (1 - pull * total)}]
    parts.append({"own": -units.ratio * keep, "keep": -keep * pull})
    if not units.grouped:
        del parts[1]
    slopes = np.zeros((len(parts), len(parts), held.size))
    for j, left in enumerate(parts):
        for k, right in enumerate(parts):
            slopes[j, k] = sum(x * y * product(a, b) for a, x in left.items() for b, y in right.items())
    return slopes
