"""Units with each other: how much they differ, and each unit's mean shrunken by what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.stats.contrasts import pairwise
from analysis.stats.designs import ROUNDS, fixed_formula, rows_and_design
from analysis.stats.errors import NotComparable, NotIdentified, NotMeasured, TooFewAnswers, TooFewUnits
from analysis.stats.frames import TableResult, number_column, present_columns, run_starts
from analysis.stats.given import separate_columns
from analysis.stats.prediction import prediction_variance
from analysis.stats.reml import RemlFit, fit_intercepts
from analysis.stats.round_order import last_round

__all__ = ["RANKING_RELIABILITY", "UnitFit", "fit_units", "pairwise"]

RANKING_RELIABILITY = 0.7
"""Below this reliability of any of them, units are not put in order."""


@dataclass(frozen=True, kw_only=True, eq=False)
class UnitFit(TableResult):
    """A mixed model of one score with a random intercept for the unit.

    `table` has, for every unit with answers in `round`: `unit` (before it `within`'s column, where given),
    `n` and `mean` of that round, `n_pooled` (answers in all rounds, which the shrinkage rests on),
    `shrunken` (the round's fixed effect plus the unit's effect), `se` (its standard error as a prediction of
    the unit's true mean: see `prediction_variance`), `conditional_se` (conditional standard deviation of the
    effect, given the fixed effects and the variances, lme4's `condVar`; too small for an interval), `effect`
    (the unit's deviation) and `reliability` τ²/(τ² + s²).

    `fixed` and `fixed_se` are the fixed effects by their names in the formula; `variance_unit` is τ²,
    `variance_within` the variance between the groups that hold the units (None without them), and `reml` is
    minus twice the restricted log-likelihood. `difference_found` is False where τ² is zero: then every unit
    (with `within`: of the same group) has the same mean. `left_out` names the units without answers in the
    round; `notes` says in words what the analyst must know.
    """

    table: pd.DataFrame
    fixed: pd.Series
    fixed_se: pd.Series
    variance_unit: float
    variance_within: float | None
    variance_residual: float
    reml: float
    n: int
    round: Any
    difference_found: bool
    ranking_allowed: bool
    left_out: tuple[Any, ...]
    notes: tuple[str, ...]


def fit_units(
    frame: pd.DataFrame,
    score: str,
    unit: str,
    fixed: str = ROUNDS,
    within: str | None = None,
    *,
    year: str = "year",
    round: Any = None,
) -> UnitFit:
    """Fit score ~ fixed + (1 | unit) by REML, over all rounds together, and give each unit's shrunken mean.

    score_ir = β'x_ir + u_i + e_ir, u_i ~ N(0, τ²), e_ir ~ N(0, σ²); with `within` also an intercept for what
    holds the units: (1 | within / unit). The shrunken mean is the fixed part, averaged over the round's
    respondents, plus the unit's predicted effect; ρ_i = τ²/(τ² + σ²/n_i) is its reliability (Snijders and
    Bosker 2012, Multilevel Analysis, sec. 3.5 and 4.8; R's `lme4::lmer`). Where τ² is below a millionth of
    σ² the model is ordinary least squares, and no difference between the units could be found. `se` is the
    root of Prasad and Rao's mean squared error, in which neither the fixed effects nor τ² and σ² pass for
    known.

    Args:
        frame: one row a respondent, all rounds; rows without a score or another value are left aside.
        score: the column of the scores.
        unit: the column of the units.
        fixed: the fixed part as a formula over the frame's columns, with an intercept unless it says not. As
            it is, a mean for every round in `year`; where the frame has no such column it is taken as one
            round, and `notes` says so.
        within: the column of the municipality that holds each unit. Units are told apart within it.
        year: the column of the round; a frame of one round may do without.
        round: the round whose means are given; the last one where nothing is said.

    Raises:
        TooFewAnswers: no answer, or no unit with more than one.
        TooFewUnits: fewer than two units, or with `within` fewer than two groups.
        NotIdentified: fixed effects that follow from each other, or one unit in every group.
        NoVariation: all scores follow from the fixed effects and the units.
        NotMeasured: a column is missing (that of the round too, where another one has nearly its name), there
            is no such round, or `fixed` is no formula.
        NotComparable: `within` is called as a column of the result's table, one column is named for two
            parts, or the rounds are text, which has no last one, and no `round` is named.
        OutOfRange: the scores are no numbers.

    >>> answers = pd.DataFrame({"unit": list("aaaabbbbcccc"), "year": [2025, 2026] * 6,
    ...                         "safety": [3, 4, 4, 5, 5, 6, 5, 5, 2, 2, 1, 3]})
    >>> fit_units(answers, "safety", "unit").table[["unit", "n", "mean", "shrunken"]].round(2)
      unit  n  mean  shrunken
    0    a  2   4.5      4.41
    1    b  2   5.5      5.62
    2    c  2   2.5      2.47
    """
    present_columns(frame, [])
    keys = [unit] if within is None else [within, unit]
    separate_columns(score=score, year=year, unit=unit, **({} if within is None else {"within": within}))
    formula, notes = fixed_formula(frame, fixed, year)
    rounds = [year] if year in frame.columns else []
    rows, design = rows_and_design(frame, [*keys, *rounds, score], formula)
    if rows.empty:
        raise TooFewAnswers(
            "a model of units needs answers", found="no row with all values", expected="several"
        )
    values = number_column(rows, score)
    # The rows are sorted by the keys: a unit ends where one of them changes.
    places = {key: rows[key].to_numpy() for key in keys}
    starts = run_starts(places.values())
    units = pd.DataFrame({key: place[starts] for key, place in places.items()})
    codes = np.repeat(np.arange(len(units)), np.diff([*starts, len(rows)]))
    pooled = np.bincount(codes)
    group = None if within is None else units.groupby(within, observed=True).ngroup().to_numpy()
    _check_parts(pooled, group, within)
    matrix = design.to_numpy(dtype=float)
    fit = fit_intercepts(values, matrix, codes, group)
    shown, in_round = _round(rows, frame, year, round)
    average = matrix[in_round].mean(axis=0)
    se = np.sqrt(prediction_variance(fit, matrix, codes, group, average))
    table, left_out = _table(units, pooled, values, codes, in_round, fit, average @ fit.fixed, se)
    found = fit.variance_unit > 0
    if not found:
        alike = "all" if fit.variance_group == 0 else f"all of the same {within!r}"
        notes.append(f"No difference between the units could be found: {alike} have the same mean.")
    if within is not None and fit.variance_group == 0:
        notes.append(f"No difference between the groups in {within!r} could be found.")
    if left_out:
        notes.append(f"{len(left_out)} units without answers in the round shown are not in the table.")
    return UnitFit(
        table=table, fixed=pd.Series(fit.fixed, index=design.columns),
        fixed_se=pd.Series(np.sqrt(np.diag(fit.fixed_covariance)), index=design.columns),
        variance_unit=fit.variance_unit, variance_within=None if within is None else fit.variance_group,
        variance_residual=fit.variance_residual, reml=fit.criterion, n=len(rows), round=shown,
        difference_found=found, ranking_allowed=bool((table["reliability"] >= RANKING_RELIABILITY).all()),
        left_out=left_out, notes=tuple(notes),
    )  # fmt: skip


def _check_parts(pooled: np.ndarray, group: np.ndarray | None, within: str | None) -> None:
    if len(pooled) < 2:
        raise TooFewUnits("a model of units", found=f"{len(pooled)} with answers", expected="at least 2")
    if (pooled == 1).all():
        raise TooFewAnswers("no unit has two answers", found="1 in each", expected="at least 2 in some unit")
    if group is None:
        return
    n_groups = int(group.max()) + 1
    if n_groups < 2:
        raise TooFewUnits(f"groups of units in {within!r}", found=str(n_groups), expected="at least 2")
    if n_groups == len(pooled):
        raise NotIdentified(
            f"each group in {within!r} has one unit",
            found=f"{n_groups} groups, {len(pooled)} units",
            expected="a group with two units or more",
            todo="leave out within",
        )


def _round(rows: pd.DataFrame, frame: pd.DataFrame, year: str, round: Any) -> tuple[Any, np.ndarray]:
    if year not in rows.columns:
        if round is not None:
            raise NotMeasured(f"no column {year!r} in the data", expected=f"a column {year!r} with {round!r}")
        return None, np.ones(len(rows), dtype=bool)
    shown = last_round(frame[year], rows[year]) if round is None else round
    known = pd.api.types.is_scalar(shown) and not pd.isna(shown)
    in_round = (rows[year] == shown).to_numpy() if known else np.zeros(len(rows), dtype=bool)
    if not in_round.any():
        known = ", ".join(map(str, sorted(rows[year].unique())))
        raise NotMeasured("no answers in the round", found=f"rounds {known}", expected=repr(round))
    return (shown.item() if isinstance(shown, np.generic) else shown), in_round


def _table(
    keys: pd.DataFrame,
    pooled: np.ndarray,
    values: np.ndarray,
    codes: np.ndarray,
    in_round: np.ndarray,
    fit: RemlFit,
    level: float,
    se: np.ndarray,
) -> tuple[pd.DataFrame, tuple[Any, ...]]:
    n = np.bincount(codes[in_round], minlength=len(keys))
    there = n > 0
    total = np.bincount(codes[in_round], values[in_round], len(keys))
    measured = {
        "n": n, "n_pooled": pooled, "mean": total / np.maximum(n, 1),
        "shrunken": level + fit.total, "se": se, "conditional_se": fit.total_sd, "effect": fit.effect,
        "reliability": fit.variance_unit / (fit.variance_unit + fit.variance_residual / pooled),
    }  # fmt: skip
    # Called `unit` whatever its column is called in the frame: what takes the table on need not know.
    names = [*keys.columns[:-1], "unit"]
    if names[0] in (*names[1:], *measured):
        raise NotComparable(
            "two columns of one name in the table of units",
            found=f"within={names[0]!r}",
            expected="a column of groups with another name",
            todo="rename it in the data",
        )
    held = {name: keys[column].array for name, column in zip(names, keys.columns, strict=True)}
    table = pd.DataFrame({name: column[there] for name, column in (held | measured).items()})
    return table, tuple(held["unit"][~there].tolist())
