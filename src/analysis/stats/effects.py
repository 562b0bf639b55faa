"""Effects of measures: what changed where the measure came, beyond what changed elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from analysis.core.errors import StatisticsError
from analysis.stats.change import between_rounds
from analysis.stats.clustered import fit_within_units
from analysis.stats.errors import OutOfRange, TooFewRounds, TooFewUnits
from analysis.stats.frames import TableResult, checked_level
from analysis.stats.given import checked_flag, separate_columns, shown
from analysis.stats.intervals import t_quantile
from analysis.stats.placebo import placebo_test, smallest_comparison
from analysis.stats.round_order import rounds_in_order
from analysis.stats.unit_rounds import Cells, measured_rows, unit_rounds

FEWEST_TREATED = 3
"""With fewer units with the measure than this, their change is ranked among the others' instead."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Effect(TableResult):
    """The effect of a measure, in the scale's points, and how it came about.

    `effect` is `effect_uncorrected` minus `regression_to_the_mean`: what the treated units would have gained
    on the others by themselves, because their last round before the start was low by chance. It is 0, and
    `reliability` None, where nothing is corrected; else `reliability` is the mean ρ of the treated units in
    that round. `se`, `low`, `high` and `p` are of `effect`; `df` is None for a permutation test, in which an
    effect is certain where p is at most 1 - level. `method` is `clustered` or `permutation`, `n` the answers.

    `table` has, for the treated units and the others in every round, `group` (`treated`, `comparison`),
    `year`, `n_units`, `n`, `mean`. `notes` says in words what the analyst must know.
    """

    table: pd.DataFrame
    effect: float
    effect_uncorrected: float
    regression_to_the_mean: float
    reliability: float | None
    se: float
    df: float | None
    low: float
    high: float
    p: float
    n: int
    n_treated_units: int
    n_comparison_units: int
    method: Literal["clustered", "permutation"]
    level: float
    notes: tuple[str, ...]


class _Test(NamedTuple):
    effect: float
    se: float
    df: float | None
    low: float
    high: float
    p: float


class NoComparison(TooFewUnits):
    """Too few units with or without the measure to tell its effect; `descriptive` is what can be said.

    `descriptive` has a row for each treated unit whose change can be computed: `unit`, `n_before`, `n_after`,
    `mean_before`, `mean_after`, `difference`, `low`, `high` (Welch's interval): what changed, not why.
    """

    descriptive: pd.DataFrame = pd.DataFrame()

    def __reduce__(self) -> tuple:
        """Keep the table too when the error crosses from a worker process."""
        rebuild, parts = super().__reduce__()
        return rebuild, parts, {"descriptive": self.descriptive}


def difference_in_differences(
    frame: pd.DataFrame,
    score: str,
    unit: str,
    year: str,
    treated: Sequence[Hashable] | str,
    start: Any,
    *,
    selected_low: bool = True,
    level: float = 0.95,
) -> Effect:
    """Estimate what a measure changed, by the units without it.

    y_it = α_i + γ_t + δ D_it + ε_it, D_it = 1 for a unit with the measure from `start` on, by least squares
    on the means of units' rounds, weighted by answers: the same δ as with respondents as rows. Errors are
    clustered by unit after Bell and McCaffrey (see `fit_within_units`). With fewer than three treated units
    their change is ranked among the others' (see `placebo_test`).

    Units chosen because they were low in the last round before the start rise by themselves: by
    (1 - ρ_i)(θ - y_i), ρ_i the reliability of that round's mean and θ the round's (Barnett, van der Pols and
    Dobson 2005, Int. J. Epidemiol. 34: 215-220; ρ after Morris, see `Cells.unreliability`). With
    `selected_low` that part is taken from every unit's mean of that round, the others' too, before δ is
    estimated.

    Args:
        frame: one row a respondent, of rounds that are comparable.
        score, unit, year: the columns; numbers in `score`, and in `year` numbers, dates or an ordered
            categorical.
        treated: the units with the measure, or the name of a column that is true for their respondents.
        start: the first round with the measure in it.
        selected_low: whether units could be chosen because of their last round before the start. Right also
            where they were drawn by lot; wrong, and to be set to False, where they were chosen for being low
            over years or on grounds of their own, for then their low level is no chance.
        level: level of confidence, as a share.

    Raises:
        NoComparison: fewer than three treated or compared units, and fewer than 19 (at 95 %) to rank one or
            two treated units among; a TooFewUnits that carries the treated units' own change.
        TooFewRounds: no round before the start, or none from it on.
        NotMeasured: a column or a treated unit is not in the data, or none of these units has answers.
        NotComparable: a unit that is treated for some of its respondents only, or rounds that are text.
        NotIdentified: no comparison of units before and after.
        TooFewAnswers, NoVariation, OutOfRange: no answers; nothing that varies; no numbers or no level.

    >>> answers = pd.DataFrame({"unit": list("aabbccddeeff") * 2, "year": [2023] * 12 + [2025] * 12,
    ...     "safety": [3, 4, 4, 5, 2, 4, 3, 5, 5, 4, 2, 5, 5, 5, 5, 6, 5, 5, 4, 4, 5, 4, 3, 4]})
    >>> found = difference_in_differences(answers, "safety", "unit", "year", ["a", "b", "c"], 2024,
    ...                                   selected_low=False)
    >>> print(f"{found.effect:.2f} ({found.low:.2f} to {found.high:.2f})")
    1.50 (0.70 to 2.30)
    """
    checked_level(level)
    checked_flag(selected_low, "selected_low")
    separate_columns(score=score, unit=unit, year=year)
    order = rounds_in_order(frame, year)
    rows, has = measured_rows(order.frame, score, unit, year, treated)
    start = order.place(start)
    years = pd.Series(np.unique(rows["year"]))
    before = _before(years, start)
    if before.all() or not before.any():
        raise TooFewRounds(
            "an effect needs rounds before and after the start",
            found=f"rounds {order.called(years)}, start {order.called([start])}",
            expected="at least one before it and one from it on",
        )
    cells, names, notes = unit_rounds(rows, start)
    is_treated = np.array([has[name] for name in names], dtype=bool)
    n_treated, n_others = int(is_treated.sum()), int((~is_treated).sum())
    ranked = n_treated < FEWEST_TREATED
    needed = smallest_comparison(level) if ranked else FEWEST_TREATED
    if n_treated == 0 or n_others < needed:
        raise _refusal(rows, has, start, (n_treated, n_others), level)
    tested = _ranked if ranked else _clustered
    plain = found = tested(cells, is_treated, level)
    reliability = None
    if selected_low:
        found = tested(cells.without_return(is_treated), is_treated, level)
        last = is_treated[cells.unit] & (cells.period == cells.last_before)
        if last.any():
            reliability = 1 - float(cells.unreliability(is_treated)[last].mean())
    if not ranked and n_treated < 2 * FEWEST_TREATED:
        notes.append(f"{n_treated} units with the measure: {found.df:.1f} degrees of freedom.")
    rows = rows[rows["unit"].isin(names)]
    rows = rows.assign(group=np.where(rows["unit"].map(has), "treated", "comparison"))
    by_group = rows.groupby(["group", "year"], sort=True)
    table = by_group.agg(
        n_units=("unit", "nunique"), n=("score", "size"), mean=("score", "mean")
    ).reset_index()
    table = order.named(table, "year")
    return Effect(
        **found._asdict(), effect_uncorrected=plain.effect, reliability=reliability,
        regression_to_the_mean=plain.effect - found.effect, table=table, n=int(cells.n.sum()),
        n_treated_units=n_treated, n_comparison_units=n_others, notes=tuple(notes), level=level,
        method="permutation" if ranked else "clustered",
    )  # fmt: skip


def _before(years: pd.Series, start: Any) -> np.ndarray:
    try:
        # As a series: NumPy compares a span of time with a plain number.
        before = years < start if pd.api.types.is_scalar(start) and not pd.isna(start) else None
    except TypeError:
        before = None
    if before is None:
        raise OutOfRange(
            "a start that is no round", found=shown(start),
            expected=f"one to compare with {', '.join(map(str, years[:5]))}",
        )  # fmt: skip
    return before.to_numpy(dtype=bool)


def _clustered(cells: Cells, treated: np.ndarray, level: float) -> _Test:
    columns = np.column_stack([treated[cells.unit] & cells.after, cells.rounds()]).astype(float)
    fit = fit_within_units(cells.mean, columns, cells.unit, cells.n)
    effect, half = float(fit.coefficients[0]), float(t_quantile(fit.df, level) * fit.se)
    p = float(2 * special.stdtr(fit.df, -abs(effect / fit.se)))
    return _Test(effect, fit.se, fit.df, effect - half, effect + half, p)


def _ranked(cells: Cells, treated: np.ndarray, level: float) -> _Test:
    found = placebo_test(cells, treated, level=level)
    return _Test(found.effect, found.se, None, found.low, found.high, found.p)


def _refusal(
    rows: pd.DataFrame, has: dict[Hashable, bool], start: Any, counts: tuple[int, int], level: float
) -> NoComparison:
    own = rows[rows["unit"].map(has)]
    own = own.assign(side=np.where(own["year"] >= start, 1, 0))
    columns = ["unit", "n_from", "n_to", "mean_from", "mean_to", "difference", "low", "high"]
    try:
        table = between_rounds(own, "score", "side", "unit", level=level).table[columns]
    except StatisticsError:
        table = pd.DataFrame(columns=columns)
    error = NoComparison(
        "too few units to tell the measure's effect from other changes",
        found=f"{counts[0]} with it and {counts[1]} without it, before and after its start",
        expected=f"{FEWEST_TREATED} of each, or 1 and {smallest_comparison(level)}",
        todo="take units without the measure from other municipalities too, or report the units' own change,"
        " which is not the measure's effect (the error's `descriptive`)",
    )
    error.descriptive = table.rename(
        columns=lambda name: name.replace("_from", "_before").replace("_to", "_after")
    )
    return error
