"""Units compared as if all had the same users: scores adjusted for what a service does not decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.stats.adjusters import CaseMix, adjusted_scores
from analysis.stats.arrays import is_number
from analysis.stats.cells import DistinctRows, distinct_rows
from analysis.stats.errors import NotComparable, NotIdentified, NoVariation, TooFewAnswers, TooFewUnits
from analysis.stats.frames import TableResult, present_columns
from analysis.stats.given import column_list, separate_columns

__all__ = ["CaseMix", "CaseMixFit", "adjust", "adjusted_scores"]

_SINGULAR = 1e-10


@dataclass(frozen=True, kw_only=True, eq=False)
class CaseMixFit(CaseMix, TableResult):
    """Units' means adjusted for their users, and the adjustment behind them.

    `table` has, for every unit: its column, `n`, `mean`, `adjusted`, `adjusted_se` and `shift` (adjusted
    minus mean), in points. `beta_se` has the coefficients' standard errors, `n` the respondents,
    `variance_residual` the variance within units and given the adjusters, on `df` degrees of freedom. A level
    that varies within no unit has a coefficient of 0 and no standard error; `notes` names it.
    """

    table: pd.DataFrame
    beta_se: pd.Series
    n: int
    df: int
    variance_residual: float
    notes: tuple[str, ...]


def adjust(frame: pd.DataFrame, score: str, unit: str, adjusters: str | Sequence[str]) -> CaseMixFit:
    """Adjust units' means for differences between their users.

    x_ir = μ_i + β'c_ir + e_ir with a fixed effect μ_i for every unit, so that β is found from differences
    between users of the same unit alone; adjusted_i = y_i - β'(c_i - C), with y_i and c_i the unit's means
    and C the adjusters' mean over all respondents (Zaslavsky et al. 2001, Health Care Financ. Rev. 22(3):
    109-126; R's `lm(score ~ 0 + unit + adjusters)`). The standard error is √(s²/n_i + (c_i - C)'V(c_i - C)):
    s² is the residual variance pooled over all units, and V, the covariance of β, brings in that β is an
    estimate.

    Args:
        frame: one row a respondent; rows without a score, a unit or an adjuster are left aside.
        score: the column of the scores.
        unit: the column of the units.
        adjusters: one column or several. Text and true or false become indicators against the most frequent
            level (of equally frequent ones, the first in order). Numbers enter as they are: turn codes into
            text before.

    Raises:
        NotIdentified: an adjuster does not vary within any unit, or adjusters follow from each other.
        TooFewUnits: fewer than two units.
        TooFewAnswers: no answer, or no more of them than coefficients.
        NoVariation: all scores follow from the units and the adjusters.
        NotMeasured: a column is missing.
        NotComparable: no adjuster is named, one is named twice or is the score or the unit, or its name holds
            an "="; or a score is no number.
        OutOfRange: a number is infinite, or a column mixes numbers and text.

    >>> answers = pd.DataFrame({"unit": list("aaaabbbb"), "age": ["young", "young", "young", "old"] * 2,
    ...                         "safety": [4, 5, 5, 3, 4, 5, 4, 2]})
    >>> answers.loc[4, "age"] = "old"
    >>> fit = adjust(answers, "safety", "unit", "age")
    >>> fit.reference, fit.beta.round(3).to_dict()
    ({'age': 'young'}, {'age=old': -1.571})
    >>> fit.table[["unit", "mean", "adjusted", "shift"]].round(3)
      unit  mean  adjusted  shift
    0    a  4.25     4.054 -0.196
    1    b  3.75     3.946  0.196
    """
    separate_columns(score=score, unit=unit)
    named = column_list(adjusters, "adjusters")
    _check_names(named, score, unit)
    present_columns(frame, [score, unit, *named])
    numeric = [column for column in named if is_number(frame[column])]
    rows = distinct_rows(
        frame, labels=[unit], texts=[c for c in named if c not in numeric], numbers=[*numeric, score]
    )
    units = rows.codes[unit]
    k, n = len(rows.levels[unit]), rows.n
    if k < 2:
        if n == 0:
            raise TooFewAnswers("an adjustment needs answers", found="no row with all values")
        raise TooFewUnits("units to adjust", found=f"{k} with answers", expected="at least 2")
    design, reference, constant = _design(rows, named, numeric, units)
    terms = [term for term in design if term not in constant]
    if n - k - len(terms) < 1:
        raise TooFewAnswers(
            "an adjustment needs more answers than coefficients",
            found=f"{n} answers, {k} units, {len(terms)} coefficients",
        )
    means, within = _demeaned({term: design[term] for term in terms}, units, rows.count)
    score_mean, scores = _demeaned({score: rows.values(score)}, units, rows.count)
    beta, inverse, variance = _least_squares(within, scores[:, 0], rows.count, n - k - len(terms), terms)
    size = np.bincount(units, rows.count, k)
    centre = size @ means / n
    away = means - centre
    shift = -away @ beta
    spread = np.einsum("ij,jk,ik->i", away, inverse, away)
    table = pd.DataFrame(
        {unit: rows.levels[unit], "n": size.astype("int64"), "mean": score_mean[:, 0],
         "adjusted": score_mean[:, 0] + shift, "adjusted_se": np.sqrt(variance * (1 / size + spread)),
         "shift": shift}
    )  # fmt: skip
    every = pd.Series({term: float(rows.count @ column) / n for term, column in design.items()})
    se = pd.Series(np.sqrt(variance * np.diag(inverse)), index=terms)
    return CaseMixFit(
        beta=pd.Series(beta, index=terms).reindex(every.index, fill_value=0.0),
        beta_se=se.reindex(every.index), centre=every, reference=reference, table=table, n=n,
        df=n - k - len(terms), variance_residual=variance, notes=tuple(constant.values()),
    )  # fmt: skip


def _check_names(named: list[str], score: str, unit: str) -> None:
    if not named:
        raise NotComparable("nothing to adjust for", found="none", expected="at least one adjuster")
    for name in named:
        separate_columns(score=score, unit=unit, adjuster=name)
    if marked := [name for name in named if "=" in str(name)]:
        raise NotComparable(
            "an adjuster's name holds '='", found=repr(marked[0]), todo="rename it: '=' stands before a level"
        )


def _design(
    rows: DistinctRows, named: list[str], numeric: list[str], units: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, str], dict[str, str]]:
    design: dict[str, np.ndarray] = {}
    reference: dict[str, str] = {}
    constant: dict[str, str] = {}
    for column in named:
        values = {column: rows.values(column)} if column in numeric else {}
        if column not in numeric:
            levels, codes = rows.levels[column], rows.codes[column]
            most = int(np.argmax(np.bincount(codes, rows.count)))
            reference[column] = str(levels[most])
            values = {f"{column}={x}": (codes == i) * 1.0 for i, x in enumerate(levels) if i != most}
        fixed = [term for term, x in values.items() if not _varies(x, units)]
        if len(fixed) == len(values):
            raise NotIdentified(
                f"adjuster {column!r} does not vary within any unit",
                found="the same value for all users of a unit",
                expected="users of one unit that differ",
                todo="leave it out: what is the same for a whole unit cannot be told from the unit",
            )
        constant |= {x: f"{x} does not vary within any unit: no adjustment is made for it." for x in fixed}
        design |= values
    return design, reference, constant


def _varies(values: np.ndarray, units: np.ndarray) -> bool:
    # The rows come in the units' order: a unit's value differs where it changes from one row to the next.
    same_unit = units[1:] == units[:-1]
    return bool((values[1:] != values[:-1])[same_unit].any())


def _demeaned(
    columns: dict[str, np.ndarray], units: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    size = np.bincount(units, count)
    means = np.column_stack([np.bincount(units, count * x) / size for x in columns.values()])
    return means, np.column_stack(list(columns.values())) - means[units]


def _least_squares(
    within: np.ndarray, scores: np.ndarray, count: np.ndarray, df: int, terms: list[str]
) -> tuple[np.ndarray, np.ndarray, float]:
    weighted = within * count[:, None]
    gram = weighted.T @ within
    scale = np.sqrt(np.diag(gram))
    if not (scale > 0).all():
        raise NotIdentified(
            "an adjuster hardly varies within any unit", found=", ".join(np.array(terms)[~(scale > 0)]),
            expected="differences whose squares are numbers",
        )  # fmt: skip
    values, vectors = np.linalg.eigh(gram / np.outer(scale, scale))
    if values[0] < _SINGULAR:
        tied = [term for term, part in zip(terms, vectors[:, 0], strict=True) if abs(part) > 1e-4]
        raise NotIdentified(
            "adjusters follow from each other within the units", found=", ".join(tied), todo="leave one out"
        )
    inverse = (vectors / values) @ vectors.T / np.outer(scale, scale)
    beta = inverse @ (weighted.T @ scores)
    residual = float(count @ (scores - within @ beta) ** 2)
    if residual <= 1e-12 * float(count @ scores**2) or residual == 0:
        raise NoVariation("all scores follow from the units and the adjusters", found="no residual variance")
    return beta, inverse, residual / df
