"""Change over three and more rounds of the survey, with the units' own levels taken into account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.change import (
    NO_EARLIER_ROUND,
    NO_VARIATION,
    NOT_IN_ROUND,
    TOO_FEW_ANSWERS,
    Changes,
    compared_scores,
)
from analysis.stats.errors import NotIdentified, NoVariation, TooFewAnswers, TooFewRounds
from analysis.stats.frames import checked_level, complete_columns, number_column
from analysis.stats.intervals import t_quantile
from analysis.stats.multiple import adjust_p
from analysis.stats.power import detectable_difference
from analysis.stats.reml import RemlFit, fit_intercepts
from analysis.stats.round_order import rounds_in_order

NO_COMMON_UNIT = "no_common_unit"


@dataclass(frozen=True, kw_only=True, eq=False)
class RoundChanges(Changes):
    """Changes from the mixed model, in the same columns as `between_rounds` gives, and the models behind.

    In `table`, `n_from`, `n_to`, `mean_from` and `mean_to` are the two rounds' answers as they are, while
    `difference` is the model's: where the units' shares of the answers have moved, it is not `mean_to` minus
    `mean_from`. `left_out` knows one reason more: `no_common_unit` (no unit ties the two rounds together,
    itself or over rounds between, so that the change cannot be told from who was asked).

    `models` has, for every score in `table`: `score`, `n` (answers of all rounds), `n_units`, `n_rounds`,
    `variance_unit` (τ²; 0 where no difference between the units was found) and `variance_residual` (σ²).
    """

    models: pd.DataFrame


def changes_over_rounds(
    frame: pd.DataFrame,
    score: str | Sequence[str],
    year: str,
    unit: str,
    *,
    rounds: tuple[Any, Any] | None = None,
    level: float = 0.95,
    power: float = 0.8,
) -> RoundChanges:
    """Test the change from the previous round to the last in the mixed model score ~ C(year) + (1 | unit).

    y_itr = β_t + u_i + e_itr, u_i ~ N(0, τ²), e_itr ~ N(0, σ²), fitted by REML to all the frame's rounds.
    The change is c'β̂, with the standard error and the degrees of freedom of Kenward and Roger (1997,
    Biometrics 53: 983-997; R's `pbkrtest`): se² = c'(C + 2CΛC)c with C = (X'V⁻¹X)⁻¹ and Λ what the
    uncertainty of (τ², σ²) adds, df = 2(c'Cc)² / (g'Wg) with g the gradient of c'Cc in (τ², σ²) and W their
    estimates' covariance. Where each unit has the same share of every round's answers, se² is c'Cc and df is
    n - K - T + 1, for K units and T rounds. With one unit it is ordinary least squares.
    `p_bh`, `detectable` (the t test's, with √σ² and the two rounds' sizes) and which rounds are compared are
    as in `between_rounds`.

    Args:
        frame: one row a respondent, all rounds in which the scores are comparable, and no others; rows
            without a unit are left aside.
        score: the column of the scores, or several such columns, which are one family.
        year, unit: the columns of the round (numbers, dates or an ordered categorical) and of the unit.
        rounds: the earlier and the later round, where it is not the last two. The others stay in the model.
        level: level of confidence, as a share.
        power: the power of `detectable`, as a share.

    Raises:
        TooFewRounds: no score has two rounds, or one of `rounds` is not among the data's.
        TooFewAnswers, NoVariation, NotIdentified: there are two rounds, but no change can be computed, for
            this reason.
        NotMeasured: a column is missing.
        NotComparable: no score is named, or one twice or as another column; the rounds are text, which has
            no order in time; or `rounds` is not an earlier and a later round.
        OutOfRange: the scores are no numbers, or `level` or `power` is no share.

    >>> answers = pd.DataFrame({"year": [2022, 2024, 2026] * 4, "unit": list("aaaaaabbbbbb"),
    ...                         "safety": [3, 4, 5, 4, 4, 6, 2, 2, 3, 2, 3, 4]})
    >>> changes_over_rounds(answers, "safety", "year", "unit").table[["from_year", "difference", "df"]]
       from_year  difference   df
    0       2024        1.25  8.0
    """
    checked_level(level)
    checked_level(power, "power")
    scores = compared_scores(score, year=year, unit=unit)
    order = rounds_in_order(frame, year)
    frame, rounds = order.frame, None if rounds is None else order.pair(rounds)
    rows = {name: complete_columns(frame, [unit, year, name]) for name in scores}
    if not any(len(each[unit]) for each in rows.values()):
        raise TooFewAnswers("a change needs answers", found="0", expected="at least 2 in each of two rounds")
    # The whole frame's, also where a score has no answer in it: else an old change would pass for the last.
    last = complete_columns(frame, [year])[year].max() if rounds is None else rounds[1]
    # Under names of their own, whatever they are called in the frame.
    found = [
        _change(name, {"unit": each[unit], "year": each[year], "score": each[name]}, rounds, last)
        for name, each in rows.items()
    ]
    left_out = pd.DataFrame(
        [row for row in found if row["reason"]], columns=["score", "from_year", "to_year", "reason"]
    )
    compared = pd.DataFrame([row for row in found if not row["reason"]])
    if compared.empty:
        _refuse(left_out["reason"])
    sizes = ["score", "n", "n_units", "n_rounds", "variance_unit", "variance_residual"]
    compared = compared.astype({"from_year": compared["to_year"].dtype})
    return RoundChanges(
        table=order.named(_tested(compared, level, power), "from_year", "to_year"), level=level, power=power,
        left_out=order.named(left_out, "from_year", "to_year"),
        models=compared[sizes].reset_index(drop=True),
    )  # fmt: skip


def _change(
    name: str, rows: dict[str, np.ndarray], rounds: tuple[Any, Any] | None, last: Any
) -> dict[str, Any]:
    """Fit one score and give its change, or the reason why there is none."""
    years, period = np.unique(rows["year"], return_inverse=True)
    unit, names = pd.factorize(rows["unit"])
    score = number_column(rows, "score")
    n = np.bincount(period, minlength=len(years))
    earlier = [y for y in years if (y < last if rounds is None else y == rounds[0])]
    row = {"score": name, "from_year": max(earlier, default=None), "to_year": last, "reason": ""}
    if last not in years:
        return row | {"reason": NOT_IN_ROUND}
    if not earlier:
        return row | {"reason": NO_EARLIER_ROUND}
    at = {end: int(np.searchsorted(years, row[f"{end}_year"])) for end in ("from", "to")}
    if min(n[at["from"]], n[at["to"]]) < 2:
        return row | {"reason": TOO_FEW_ANSWERS}
    cells = np.bincount(unit * len(years) + period, minlength=len(names) * len(years))
    cells = cells.reshape(len(names), len(years)).astype(float)
    tied = np.linalg.matrix_power((cells.T @ cells > 0).astype(float), len(years))
    if not tied[at["from"], at["to"]] > 0:
        return row | {"reason": NO_COMMON_UNIT}
    if len(score) <= len(names) + len(years) - 1:
        return row | {"reason": TOO_FEW_ANSWERS}
    contrast = np.zeros(len(years))
    contrast[at["to"]], contrast[at["from"]] = 1.0, -1.0
    try:
        # A mean for every round instead of an intercept: the change is a difference of two of them.
        fit = fit_intercepts(score, np.eye(len(years))[period], unit)
    except NoVariation:
        return row | {"reason": NO_VARIATION}
    variance, df = _variance_and_df(fit, cells, contrast)
    total = np.bincount(period, score, len(years))
    return row | {
        "n_from": n[at["from"]], "n_to": n[at["to"]],
        "mean_from": total[at["from"]] / n[at["from"]], "mean_to": total[at["to"]] / n[at["to"]],
        "difference": float(contrast @ fit.fixed), "se": float(np.sqrt(variance)), "df": df,
        "n": len(score), "n_units": len(names), "n_rounds": len(years),
        "variance_unit": fit.variance_unit, "variance_residual": fit.variance_residual,
    }  # fmt: skip


def _variance_and_df(fit: RemlFit, cells: np.ndarray, contrast: np.ndarray) -> tuple[float, float]:
    """Give the contrast's variance and degrees of freedom after Kenward and Roger, from units x rounds of n.

    Everything is made from sums over units. With P = V⁻¹ - V⁻¹XCX'V⁻¹ the expected information on (τ², σ²)
    is half the traces of products of P, ZZ' and I, and these follow from G = Z'PZ, which is K x K, because
    PVP = P, tr(PV) = n - T and V = σ²I + τ²ZZ'. In the same way each product of X', X and some V⁻¹ and ZZ'
    follows from the one with an I less.
    """
    tau2, sigma2, covariance = fit.variance_unit, fit.variance_residual, fit.fixed_covariance
    size = cells.sum(axis=1)
    shrunk = sigma2 + size * tau2
    pulled = cells / shrunk[:, None]
    plain = float(contrast @ covariance @ contrast)
    g = np.diag(size / shrunk) - pulled @ covariance @ pulled.T
    df_fixed = size.sum() - cells.shape[1]
    if np.trace(g) * sigma2 <= 1e-9 * size.sum():
        # Every unit is all there is of its rounds: units and rounds are one, and the rounds are plain means.
        return plain, float(df_fixed)

    both = np.square(g).sum()
    mixed = (np.trace(g) - tau2 * both) / sigma2
    residual = ((df_fixed - tau2 * np.trace(g)) / sigma2 - tau2 * mixed) / sigma2
    uncertainty = np.linalg.inv(np.array([[both, mixed], [mixed, residual]]) / 2)

    once = [pulled.T @ pulled]
    once.append((np.linalg.inv(covariance) - tau2 * once[0]) / sigma2)
    units_units = (pulled * (size / shrunk)[:, None]).T @ pulled
    units_rest = (once[0] - tau2 * units_units) / sigma2
    twice = [[units_units, units_rest], [units_rest, (once[1] - tau2 * units_rest) / sigma2]]
    loss = sum(
        uncertainty[i, j] * (twice[i][j] - once[i] @ covariance @ once[j]) for i in (0, 1) for j in (0, 1)
    )
    spread = covariance @ contrast
    gradient = np.array([spread @ part @ spread for part in once])
    df = 2 * plain**2 / (gradient @ uncertainty @ gradient)
    return plain + 2 * float(spread @ loss @ spread), float(df)


def _refuse(reasons: pd.Series) -> None:
    if (reasons == NO_VARIATION).any():
        raise NoVariation("no change can be tested", found="answers that follow from round and unit")
    if (reasons == NO_COMMON_UNIT).any():
        raise NotIdentified(
            "no change can be told from who was asked",
            found="no unit that ties the two rounds together",
            expected="units that answered in both, or in one of them and a round between",
        )
    if (reasons == TOO_FEW_ANSWERS).any():
        raise TooFewAnswers("no change can be tested", expected="at least 2 answers in each of two rounds")
    raise TooFewRounds("a change needs two rounds", found="one for every score", expected="at least 2")


def _tested(rows: pd.DataFrame, level: float, power: float) -> pd.DataFrame:
    n_from, n_to, difference, se, df, variance = (
        rows[name].to_numpy() for name in ("n_from", "n_to", "difference", "se", "df", "variance_residual")
    )
    half = t_quantile(df, level) * se
    p = 2 * special.stdtr(df, -np.abs(difference / se))
    names = ["score", "from_year", "to_year", "n_from", "n_to", "mean_from", "mean_to", "difference", "se"]
    return rows[[*names, "df"]].assign(
        low=difference - half, high=difference + half, p=p, p_bh=adjust_p(p, "bh"),
        detectable=detectable_difference(n_from, n_to, np.sqrt(variance), power=power, level=level),
    )  # fmt: skip
