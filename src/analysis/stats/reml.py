"""Restricted maximum likelihood for random intercepts of units, and of groups that hold the units.

statsmodels' MixedLM (0.15) is not used. On simulated data of a municipality (3 to 11 units, three rounds)
its default optimizers missed lme4's optimum in every third fit, some of them with `converged` true, a
variance of exactly 0 and a log-likelihood of minus infinity where lme4 finds a variance of 0.045; no rule
on its answer can tell such a fit from a true zero. Here the variances are the only unknowns of a search over
closed forms, so the whole range can be looked at, zero included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from analysis.stats.errors import NotIdentified, NoVariation

ZERO_RATIO = 1e-6
"""A variance below this share of the residual variance is none: no difference can be found."""

# Natural logarithms of the ratio of a variance to the residual variance, from under ZERO_RATIO to absurd.
_LOWEST, _HIGHEST = np.log(1e-7), np.log(1e5)
_GRID = np.linspace(_LOWEST, _HIGHEST, 29)
_COARSE = np.log([1e-5, 1e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 10.0])


@dataclass(frozen=True, kw_only=True, eq=False)
class RemlFit:
    """The estimates; arrays over units are in the order of the units' codes.

    `effect` is a unit's predicted intercept, `total` with its group's added, and `total_sd` the conditional
    standard deviation of that sum, given the variances and the fixed effects. `criterion` is minus twice the
    restricted log-likelihood, as lme4's `REMLcrit`.
    """

    fixed: np.ndarray
    fixed_covariance: np.ndarray
    variance_unit: float
    variance_group: float
    variance_residual: float
    criterion: float
    effect: np.ndarray
    total: np.ndarray
    total_sd: np.ndarray


@dataclass(frozen=True, eq=False)
class _Sums:
    """All that the likelihood needs of the data: sums over units and over everything."""

    n: np.ndarray
    design: np.ndarray
    residual: np.ndarray
    group: np.ndarray
    n_groups: int
    cross: np.ndarray
    cross_residual: np.ndarray
    squares: float


@dataclass(frozen=True, eq=False)
class _Profile:
    """The likelihood at given ratios of variances, with what it is made of."""

    criterion: float
    shift: np.ndarray
    information: np.ndarray
    variance_residual: float


def fit_intercepts(
    score: np.ndarray, design: np.ndarray, unit: np.ndarray, group: np.ndarray | None = None
) -> RemlFit:
    """Fit score = design β + group intercept + unit intercept + residual by REML.

    With ratios λ = variance / residual variance, V = I + λ_u ZZ' + λ_g WW', β and the residual variance have
    closed forms, and the criterion (n-p)(log 2πs² + 1) + log|V| + log|X'V⁻¹X| is left as a function of the
    ratios alone (Bates et al. 2015, J. Stat. Softw. 67(1), sec. 3.4; V⁻¹ through Woodbury's identity, unit
    by unit). A ratio below `ZERO_RATIO` is set to 0; with none left it is ordinary least squares.

    Args:
        score: n answers.
        design: n x p, of full rank.
        unit: n codes from 0 to K - 1, every one of them present.
        group: for each of the K units the code of its group from 0 to G - 1; None is a model without groups.

    Raises:
        NotIdentified: the design has columns that follow from others, or there are no more answers than
            columns.
        NoVariation: nothing is left to vary within the units.
    """
    n, p = design.shape
    if n <= p or np.linalg.matrix_rank(design) < p:
        raise NotIdentified(
            "the fixed effects cannot be told from each other",
            found=f"{n} answers, {p} columns of rank {np.linalg.matrix_rank(design)}",
            expected="columns of full rank, fewer than the answers",
        )
    start = np.linalg.lstsq(design, score, rcond=None)[0]
    # What ordinary least squares leaves holds the same information, without the cancellation in y'y - b'Ab.
    sums = _summed(score - design @ start, design, unit, group)
    if sums.squares <= 1e-20 * max(1.0, float(score @ score)):
        raise NoVariation("all scores follow from the fixed effects", found=f"{n} answers without residuals")
    ratio_unit, ratio_group = _best_ratios(sums, nested=group is not None)
    best = _profile(sums, ratio_unit, ratio_group)
    effect, total, variance = _predicted(sums, best.shift, ratio_unit, ratio_group)
    s2 = best.variance_residual
    return RemlFit(
        fixed=start + best.shift, fixed_covariance=s2 * np.linalg.inv(best.information),
        variance_unit=s2 * ratio_unit, variance_group=s2 * ratio_group, variance_residual=s2,
        criterion=best.criterion, effect=effect, total=total, total_sd=np.sqrt(s2 * variance),
    )  # fmt: skip


def _summed(residual: np.ndarray, design: np.ndarray, unit: np.ndarray, group: np.ndarray | None) -> _Sums:
    n_units = int(unit.max()) + 1
    of_unit = np.column_stack([np.bincount(unit, column, n_units) for column in design.T])
    group = np.zeros(n_units, dtype=int) if group is None else group
    return _Sums(
        np.bincount(unit, minlength=n_units).astype(float), of_unit, np.bincount(unit, residual, n_units),
        group, int(group.max()) + 1, design.T @ design, design.T @ residual, float(residual @ residual),
    )  # fmt: skip


def _profile(sums: _Sums, ratio_unit: float, ratio_group: float) -> _Profile:
    keep = 1 / (1 + ratio_unit * sums.n)
    weight = ratio_unit * keep
    information = sums.cross - (sums.design * weight[:, None]).T @ sums.design
    right = sums.cross_residual - sums.design.T @ (weight * sums.residual)
    squares = sums.squares - float(weight @ sums.residual**2)
    log_v = float(np.log1p(ratio_unit * sums.n).sum())
    if ratio_group > 0:
        held, design, residual = _group_sums(sums, keep)
        pull = ratio_group / (1 + ratio_group * held)
        information = information - (design * pull[:, None]).T @ design
        right = right - design.T @ (pull * residual)
        squares -= float(pull @ residual**2)
        log_v += float(np.log1p(ratio_group * held).sum())
    shift = np.linalg.solve(information, right)
    df = sums.n.sum() - len(right)
    s2 = (squares - float(right @ shift)) / df
    if not s2 > 0:
        return _Profile(np.inf, shift, information, s2)
    criterion = df * (np.log(2 * np.pi * s2) + 1) + log_v + np.linalg.slogdet(information)[1]
    return _Profile(float(criterion), shift, information, s2)


def _group_sums(sums: _Sums, keep: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    held = np.bincount(sums.group, keep * sums.n, sums.n_groups)
    design = np.column_stack([np.bincount(sums.group, keep * c, sums.n_groups) for c in sums.design.T])
    return held, design, np.bincount(sums.group, keep * sums.residual, sums.n_groups)


def _on_grid(sums: _Sums, ratios: np.ndarray) -> np.ndarray:
    """Give the criterion at many ratios of the units' variance, without groups, as `_profile` gives each."""
    growth = 1 + np.outer(ratios, sums.n)
    weight = ratios[:, None] / growth
    information = sums.cross - np.einsum("ru,up,uq->rpq", weight, sums.design, sums.design)
    right = sums.cross_residual - (weight * sums.residual) @ sums.design
    squares = sums.squares - weight @ sums.residual**2
    shift = np.linalg.solve(information, right[:, :, None])[:, :, 0]
    df = sums.n.sum() - right.shape[1]
    s2 = (squares - (right * shift).sum(axis=1)) / df
    s2[~(s2 > 0)] = np.inf
    return df * (np.log(2 * np.pi * s2) + 1) + np.log(growth).sum(axis=1) + np.linalg.slogdet(information)[1]


def _best_ratios(sums: _Sums, *, nested: bool) -> tuple[float, float]:
    on_units = _on_grid(sums, np.exp(_GRID))
    candidates = [
        (0.0, 0.0),
        (_best_on_line(lambda ratio: _profile(sums, ratio, 0.0).criterion, on_units), 0.0),
    ]
    if nested:
        on_groups = np.array([_profile(sums, 0.0, ratio).criterion for ratio in np.exp(_GRID).tolist()])
        candidates.append((0.0, _best_on_line(lambda ratio: _profile(sums, 0.0, ratio).criterion, on_groups)))
        candidates.append(_best_inside(sums))
    # A ratio must earn its place: on a tie the simpler model, which stands first, is kept.
    found = [_profile(sums, *candidate).criterion for candidate in candidates]
    best = candidates[int(np.argmax(np.array(found) <= min(found) + 1e-8))]
    if max(best) > np.exp(_HIGHEST) / 2:
        raise NoVariation("nothing varies within the units", expected="answers that differ within some unit")
    return best


def _best_on_line(criterion: Callable[[float], float], on_grid: np.ndarray) -> float:
    lowest = int(np.argmin(on_grid))
    around = (_GRID[max(lowest - 1, 0)], _GRID[min(lowest + 1, len(_GRID) - 1)])
    found = optimize.minimize_scalar(
        lambda at: criterion(float(np.exp(at))), bounds=around, method="bounded", options={"xatol": 1e-9}
    )
    ratio = float(np.exp(found.x))
    return ratio if ratio >= ZERO_RATIO else 0.0


def _best_inside(sums: _Sums) -> tuple[float, float]:
    def criterion(at: np.ndarray) -> float:
        ratios = np.exp(np.clip(at, _LOWEST, _HIGHEST))
        return _profile(sums, float(ratios[0]), float(ratios[1])).criterion

    grid = [np.array([unit, group]) for unit in _COARSE for group in _COARSE]
    start = min(grid, key=criterion)
    found = optimize.minimize(
        criterion, start, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 2000}
    )
    ratios = np.exp(np.clip(found.x, _LOWEST, _HIGHEST))
    return tuple(float(ratio) if ratio >= ZERO_RATIO else 0.0 for ratio in ratios)


def _predicted(
    sums: _Sums, shift: np.ndarray, ratio_unit: float, ratio_group: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give each unit's intercept, its sum with the group's, and that sum's variance over the residual one."""
    keep = 1 / (1 + ratio_unit * sums.n)
    weight = ratio_unit * keep
    left = sums.residual - sums.design @ shift
    pull = ratio_group / (1 + ratio_group * np.bincount(sums.group, keep * sums.n, sums.n_groups))
    group = (pull * np.bincount(sums.group, keep * left, sums.n_groups))[sums.group]
    # Adding 0 turns the -0.0 of a zero weight into a plain 0, which prints without a sign.
    effect = weight * (left - sums.n * group) + 0.0
    return effect, group + effect, weight + keep**2 * pull[sums.group]
