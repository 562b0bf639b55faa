"""The cumulative-logit model's numbers: statsmodels' OrderedModel on distinct rows, with exact derivatives.

OrderedModel takes its Hessian from differences of the log-likelihood, each over every row: with five
categories and six columns that is 1,200 passes over the data, with scores of 25 values ten times as many.
Here each distinct row counts for all like it, and the derivatives are written out. Imported only where a
model is fitted: it is slow to import.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from analysis.stats.errors import NotConverged, NotIdentified

MOST_LEVELS = 40
"""Values beyond so many are joined with their neighbours before a model is fitted."""

_FAR = 12.0
"""Log-odds beyond which an estimate may be on its way to infinity: odds of 160,000 to 1."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LogitFit:
    """The estimates, with the covariance of the coefficients followed by the thresholds."""

    coefficients: np.ndarray
    thresholds: np.ndarray
    covariance: np.ndarray
    loglik: float


class CountedOrderedModel(OrderedModel):
    """OrderedModel with the logistic distribution for distinct rows that `count` respondents gave each.

    Its parameters are statsmodels': the coefficients, the first threshold, and the logarithms of the others'
    increments, so that the thresholds stay in order.
    """

    def __init__(self, codes: np.ndarray, exog: np.ndarray, count: np.ndarray) -> None:
        super().__init__(codes, exog, distr="logit")
        self.count = count
        steps = np.eye(self.k_levels - 1)
        first, last = np.zeros_like(steps[:1]), np.zeros_like(steps[:1])
        self._upper = np.hstack([-exog, np.vstack([steps, last])[codes]])
        self._lower = np.hstack([-exog, np.vstack([first, steps])[codes]])

    def loglike(self, params: np.ndarray) -> float:
        """Sum the logarithms of the probabilities, without the cancellation in a difference of two."""
        low, upp = self._bounds(params)
        parts = special.log_expit(upp) + special.log_expit(-low) + np.log(-np.expm1(low - upp))
        return float(self.count @ parts)

    def score(self, params: np.ndarray) -> np.ndarray:
        """Give the derivatives of the log-likelihood."""
        return self._increments(params).T @ self.on_thresholds(params)[0]

    def hessian(self, params: np.ndarray) -> np.ndarray:
        """Give the second derivatives of the log-likelihood."""
        first, second = self.on_thresholds(params)
        jacobian = self._increments(params)
        bent = np.zeros(len(params))
        at = self.k_vars + 1
        # The k-th increment is in its own threshold and in all after it.
        bent[at:] = np.exp(params[at:]) * np.cumsum(first[at:][::-1])[::-1]
        return jacobian.T @ second @ jacobian + np.diag(bent)

    def on_thresholds(self, params: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give first and second derivatives for coefficients and thresholds themselves."""
        low, upp = self._bounds(params)
        chance = special.expit(upp) * special.expit(-low) * -np.expm1(low - upp)
        (above, above_slope), (below, below_slope) = _density(upp), _density(low)
        above, below = above / chance, below / chance
        first = self._upper.T @ (self.count * above) - self._lower.T @ (self.count * below)
        twice_upper = self.count * (above_slope / chance - above**2)
        twice_lower = self.count * (-below_slope / chance - below**2)
        cross = (self._upper * (self.count * above * below)[:, None]).T @ self._lower
        second = (self._upper * twice_upper[:, None]).T @ self._upper + cross
        return first, second + (self._lower * twice_lower[:, None]).T @ self._lower + cross.T

    def _increments(self, params: np.ndarray) -> np.ndarray:
        jacobian = np.eye(len(params))
        k = self.k_vars
        steps = np.concatenate([[1.0], np.exp(params[k + 1 :])])
        jacobian[k:, k:] = np.tril(np.broadcast_to(steps, (len(steps), len(steps))))
        return jacobian


def _density(at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    share = special.expit(at)
    density = share * special.expit(-at)
    return density, density * (1 - 2 * share)


def ordered_levels(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Give the distinct values, each value's place among them, and a note where neighbours were joined.

    More than `MOST_LEVELS` values become so many groups of about equal size, each named by its lowest.
    """
    # Sums of items in another order can differ in the last bit: two such means are one value.
    levels, place, n = np.unique(np.round(values, 9), return_inverse=True, return_counts=True)
    if len(levels) <= MOST_LEVELS:
        return levels, place, ()
    middle = (np.cumsum(n) - n / 2) / n.sum()
    group, first = np.unique(np.floor(middle * MOST_LEVELS), return_index=True)
    note = f"{len(levels)} different values were joined into {len(group)} groups of neighbours."
    return levels[first], np.searchsorted(first, place, side="right") - 1, (note,)


def fit_two_groups(before: np.ndarray, after: np.ndarray) -> tuple[float, float]:
    """Give the log-odds of higher values after than before, with its standard error.

    Raises:
        NotIdentified, NotConverged: as `fit_logit`.
    """
    _, place, _ = ordered_levels(np.concatenate([before, after]))
    later = np.repeat([0.0, 1.0], [len(before), len(after)])
    distinct, count = np.unique(np.column_stack([place, later]), axis=0, return_counts=True)
    fit = fit_logit(distinct[:, 0].astype(int), distinct[:, 1:], count.astype(float), ["later"])
    return float(fit.coefficients[0]), float(np.sqrt(fit.covariance[0, 0]))


def fit_logit(codes: np.ndarray, exog: np.ndarray, count: np.ndarray, names: Sequence[str]) -> LogitFit:
    """Fit logit P(y <= k) = threshold_k - x'coefficients by maximum likelihood.

    Args:
        codes: m categories from 0 up, every one of them present, at least two.
        exog: m x p, without a constant.
        count: m numbers of respondents.
        names: what the p columns are called in messages.

    Raises:
        NotIdentified: the columns follow from each other (or make a constant), or some of them separate
            answers, so that the likelihood grows for ever.
        NotConverged: the maximum was not found.
    """
    with_constant = np.column_stack([np.ones(len(exog)), exog])
    rank = int(np.linalg.matrix_rank(with_constant))
    if rank < with_constant.shape[1]:
        raise NotIdentified(
            "the coefficients cannot be told from each other and from the thresholds",
            found=f"{exog.shape[1]} columns of rank {rank - 1} beside a constant",
            expected="columns of full rank that make no constant",
            todo="leave out what follows from the other terms, or a '0 +' in the formula",
        )
    # Around their means: with a year as the number that it is the thresholds would be thousands.
    center = np.average(exog, axis=0, weights=count)
    model = CountedOrderedModel(codes, exog - center, count)
    params = _maximum(model)
    k = exog.shape[1]
    if params is None or np.abs(model.exog @ params[:k]).max() > _FAR:
        _check_separation(model, names)
    if params is None:
        raise NotConverged(
            "the cumulative-logit model found no maximum", found=f"{int(count.sum())} answers",
            todo="take fewer terms, or join categories that few chose",
        )  # fmt: skip
    back = np.eye(len(params))
    back[k:, :k] = center
    natural = back @ np.concatenate([params[:k], model.transform_threshold_params(params)[1:-1]])
    information = -model.on_thresholds(params)[1]
    covariance = back @ np.linalg.inv(information) @ back.T
    return LogitFit(
        coefficients=natural[:k], thresholds=natural[k:], covariance=covariance, loglik=model.loglike(params)
    )


def _maximum(model: CountedOrderedModel) -> np.ndarray | None:
    """Search by Newton's method; where it overshoots, start it again from where a careful search ends."""
    start = None
    for method in ("newton", "bfgs", "newton"):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore", ConvergenceWarning)
            try:
                found = model.fit(start, method=method, maxiter=200, disp=0, skip_hessian=True)
            except np.linalg.LinAlgError:
                continue
        params = np.asarray(found.params)
        if not np.isfinite(params).all():
            continue
        slope = np.abs(model.score(params)).max()
        if method == "newton" and found.mle_retvals["converged"] and slope < 1e-6 * model.count.sum():
            return params
        start = params if method == "bfgs" else None
    return None


def _check_separation(model: CountedOrderedModel, names: Sequence[str]) -> None:
    """Ask by linear programming for a direction in which no answer ever becomes less likely.

    Along such a direction the likelihood has no maximum: a group that chose the highest category alone, for
    instance (Albert and Anderson 1984, Biometrika 71: 1-10; Kaufmann 1988, Metrika 35: 185-208).
    """
    limits = np.vstack([model._upper[model.endog < model.k_levels - 1], -model._lower[model.endog > 0]])
    found = optimize.linprog(-limits.sum(axis=0), A_ub=-limits, b_ub=np.zeros(len(limits)), bounds=(-1, 1))
    if found.status == 0 and -found.fun > 1e-7:
        terms = [name for name, at in zip(names, found.x, strict=False) if abs(at) > 1e-7]
        raise NotIdentified(
            "a term separates the answers, so that its coefficient has no bound",
            found=", ".join(terms),
            expected="every group with answers that overlap the others'",
            todo="join the group with another, or leave the term out",
        )
