"""The ordinal check: answers as ordered categories, beside their means."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.comparisons import rank_test, taken_comparisons
from analysis.stats.designs import rows_and_design
from analysis.stats.errors import (
    NotConverged,
    NotIdentified,
    NotMeasured,
    NoVariation,
    TooFewAnswers,
)
from analysis.stats.frames import (
    TableResult,
    checked_level,
    number_column,
    present_columns,
    valid_numbers,
)
from analysis.stats.given import separate_columns
from analysis.stats.intervals import t_quantile
from analysis.stats.multiple import Adjustment, adjust_p

if TYPE_CHECKING:
    from analysis.stats.cumulative import LogitFit


@dataclass(frozen=True, kw_only=True, eq=False)
class CumulativeLogit(TableResult):
    """A cumulative-logit model: logit P(answer <= k) = threshold_k - x'coefficients.

    A coefficient is a logarithm of odds: above zero, higher answers. `table` has `term`, `coefficient`, `se`,
    `z`, `p` (Wald's), `low`, `high`. `coefficients`, `se` and `p` are by term; `thresholds` and
    `threshold_se` by the two values that each lies between ("3|4"; of joined values their lowest), on the
    scale of the log-odds itself, as R's `clm` gives them. `loglik` is the log-likelihood, `n` the answers;
    `notes` says what the analyst must know.
    """

    table: pd.DataFrame
    coefficients: pd.Series
    se: pd.Series
    p: pd.Series
    thresholds: pd.Series
    threshold_se: pd.Series
    loglik: float
    n: int
    level: float
    notes: tuple[str, ...]

    _unprinted: ClassVar = ("coefficients", "se", "p")


@dataclass(frozen=True, kw_only=True, eq=False)
class Agreement(TableResult):
    """Whether means and ordered categories give the same verdict, one row a comparison.

    `table` has `key`, `n_before`, `n_after`, `z` and `screened_p` (rank test), `fitted` (whether the model
    was), `coefficient`, `se`, `low`, `high` (log-odds, null where no model was fitted), `p` (the model's
    where it was fitted, else the rank test's), `p_adjusted` (over the family), `linear` and `ordinal`
    (`higher`, `lower` or `none`) and `agrees`. `notes` names the comparisons whose model could not be fitted.
    """

    table: pd.DataFrame
    adjust: Adjustment
    level: float
    notes: tuple[str, ...]


def cumulative_logit(frame: pd.DataFrame, item: str, formula: str, *, level: float = 0.95) -> CumulativeLogit:
    """Fit the cumulative-logit (proportional-odds) model of one item or score by maximum likelihood.

    McCullagh (1980, J. R. Stat. Soc. B 42: 109-142); R's `ordinal::clm`. The model is statsmodels'
    OrderedModel, fitted by Newton's method to the distinct rows. A score that is the mean of several items
    is ordered too (Liu et al. 2017, Stat. Med. 36: 4316-4335); with more than 40 values,
    neighbours are joined into so many groups of about equal size, which costs less than a thousandth of the
    information (1 - Σ share³: Whitehead 1993, Stat. Med. 12: 2257-2271).

    Args:
        frame: one row a respondent; rows without an answer or another value are left aside.
        item: the column of the answers: numbers, or an ordered categorical.
        formula: the right side over the frame's columns, such as "C(year) + C(unit)". An intercept is taken
            out by itself: the thresholds stand for it.
        level: level of confidence, as a share.

    Raises:
        TooFewAnswers: no more answers than parameters.
        NoVariation: all answers are the same.
        NotIdentified: terms that follow from each other or from the thresholds, or that separate the
            answers (a group that chose the highest category alone).
        NotConverged: no maximum was found.
        NotMeasured: a column is missing, or the formula cannot be made from the data or has no term.
        OutOfRange: the answers are neither numbers nor ordered, or `level` is no share.

    >>> answers = pd.DataFrame({"safety": [1, 2, 2, 3, 2, 3, 3, 1], "year": [2024] * 4 + [2026] * 4})
    >>> cumulative_logit(answers, "safety", "C(year)").table[["term", "coefficient", "se"]].round(3)
                  term  coefficient     se
    0  C(year)[T.2026]        0.653  1.332
    """
    # Imported when a model is fitted: statsmodels' part is slow to import.
    from analysis.stats.cumulative import fit_logit, ordered_levels  # noqa: PLC0415

    checked_level(level)
    separate_columns(item=item)
    present_columns(frame, [item])
    labels: Any = None
    if isinstance(frame[item].dtype, pd.CategoricalDtype) and frame[item].cat.ordered:
        labels, codes = frame[item].cat.categories, frame[item].cat.codes
        frame = frame.assign(**{item: codes.where(codes >= 0).astype("Int64")})
    rows, design = rows_and_design(frame, [item], formula)
    design = design.drop(columns="Intercept", errors="ignore")
    if len(rows) > 0 and design.shape[1] == 0:
        raise NotMeasured("the formula has no term", found=repr(formula), expected="at least one column")
    levels, place, joined = ordered_levels(number_column(rows, item))
    if len(rows) <= design.shape[1] + len(levels) - 1 or len(rows) == 0:
        raise TooFewAnswers(
            "a cumulative-logit model",
            found=f"{len(rows)} answers",
            expected=f"more than its {design.shape[1] + max(len(levels) - 1, 1)} parameters",
        )
    if len(levels) < 2:
        raise NoVariation("all answers are the same", found=f"{len(rows)} answers")
    distinct, count = np.unique(np.column_stack([place, design]), axis=0, return_counts=True)
    terms = [str(column) for column in design.columns]
    fit = fit_logit(distinct[:, 0].astype(int), distinct[:, 1:], count.astype(float), terms)
    names = [str(labels[int(at)]) if labels is not None else f"{at:g}" for at in levels]
    between = pd.Index([f"{low}|{high}" for low, high in pairwise(names)])
    return _described(fit, pd.Index(terms, name="term"), between, len(rows), level, joined)


def _described(
    fit: LogitFit, terms: pd.Index, between: pd.Index, n: int, level: float, notes: tuple[str, ...]
) -> CumulativeLogit:
    se = np.sqrt(np.diag(fit.covariance))
    estimate, spread = fit.coefficients, se[: len(terms)]
    z = estimate / spread
    p, half = 2 * special.ndtr(-np.abs(z)), t_quantile(np.inf, level) * spread
    table = pd.DataFrame(
        {"term": terms, "coefficient": estimate, "se": spread, "z": z, "p": p,
         "low": estimate - half, "high": estimate + half}
    )  # fmt: skip
    return CumulativeLogit(
        table=table, coefficients=pd.Series(estimate, terms), se=pd.Series(spread, terms),
        p=pd.Series(p, terms), thresholds=pd.Series(fit.thresholds, between),
        threshold_se=pd.Series(se[len(terms) :], between), loglik=fit.loglik, n=n, level=level, notes=notes,
    )  # fmt: skip


def agreement(
    comparisons: Mapping[Hashable, tuple[Any, Any, float, float]]
    | Iterable[tuple[Hashable, tuple[Any, Any, float, float]]],
    *,
    adjust: Adjustment = "bh",
    level: float = 0.95,
) -> Agreement:
    """Check a family of comparisons of two groups' means against the cumulative-logit model.

    All are screened by the rank test of Wilcoxon, Mann and Whitney with ties (normal, no continuity
    correction), which is the score test of the cumulative-logit model for two groups, but for N - 1 in place
    of N (McCullagh 1980, J. R. Stat. Soc. B 42: 109-142). Screened p values are adjusted over the family. The
    model is fitted only where that verdict differs from the means'; its Wald p then stands for the screened
    one and the family is adjusted again, until every comparison that does not agree has been fitted. Where
    the model has no maximum because one group lies wholly above the other, the rank test stands.

    Args:
        comparisons: for each key the values before, the values after (or of the others and of the unit; null
            is no answer), the difference of means, and its p value as adjusted over the same family.
        adjust: `bh` or `holm`, as the means were adjusted.
        level: level of confidence, as a share.

    Raises:
        NotComparable: no comparison is given, or one that is not of four parts, or an unknown adjustment.
        TooFewAnswers: a comparison without values on one side.
        NoVariation: a comparison in which all values are the same.
        OutOfRange: a difference or p value that is missing or cannot be, or `level` is no share.

    >>> found = agreement({"safety": ([1, 2, 2, 3, 4, 3], [4, 5, 3, 5, 6, 6], 2.33, 0.01)})
    >>> found.table[["key", "fitted", "linear", "ordinal", "agrees"]]
          key  fitted  linear ordinal  agrees
    0  safety   False  higher  higher    True
    """
    checked_level(level)
    pairs = taken_comparisons(comparisons)
    groups = [(valid_numbers(before), valid_numbers(after)) for _, (before, after, *_) in pairs]
    linear = np.array([(difference, p) for _, (*_, difference, p) in pairs], dtype=float)
    z = np.array([rank_test(key, *sides) for (key, _), sides in zip(pairs, groups, strict=True)])
    screened = 2 * special.ndtr(-np.abs(z))
    verdict = _verdicts(linear[:, 0], linear[:, 1], level)
    sign, p = z.copy(), screened.copy()
    fits: dict[int, tuple[float, float]] = {}
    without: list[int] = []
    while True:
        adjusted = adjust_p(p, adjust)
        ordinal = _verdicts(sign, adjusted, level)
        open_ = [i for i in np.flatnonzero(ordinal != verdict) if i not in fits and i not in without]
        if not open_:
            break
        # Imported when a model is fitted: statsmodels' part is slow to import.
        from analysis.stats.cumulative import fit_two_groups  # noqa: PLC0415

        for i in open_:
            try:
                fits[i] = fit_two_groups(*groups[i])
            except (NotIdentified, NotConverged):
                without.append(i)
                continue
            sign[i], p[i] = fits[i][0], 2 * special.ndtr(-abs(fits[i][0] / fits[i][1]))
    estimate, se = np.array([fits.get(i, (np.nan, np.nan)) for i in range(len(pairs))]).T
    half = t_quantile(np.inf, level) * se
    table = pd.DataFrame({
        "key": pd.Series([key for key, _ in pairs], dtype=object),
        "n_before": [len(before) for before, _ in groups], "n_after": [len(after) for _, after in groups],
        "z": z, "screened_p": screened, "fitted": [i in fits for i in range(len(pairs))],
        "coefficient": estimate, "se": se, "low": estimate - half, "high": estimate + half,
        "p": p, "p_adjusted": adjusted, "linear": verdict, "ordinal": ordinal, "agrees": ordinal == verdict,
    })  # fmt: skip
    notes = tuple(f"{pairs[i][0]}: no model could be fitted; the rank test stands." for i in sorted(without))
    return Agreement(table=table, adjust=adjust, level=level, notes=notes)


def _verdicts(sign: np.ndarray, p: np.ndarray, level: float) -> np.ndarray:
    return np.where(p < 1 - level, np.where(sign > 0, "higher", "lower"), "none").astype(object)
