"""Rounds of units with and without a measure: what is answered in them, before and after its start."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import nearest
from analysis.stats.errors import NotComparable, NotMeasured, NoVariation, OutOfRange, TooFewAnswers
from analysis.stats.frames import complete_rows, group_moments, number_column
from analysis.stats.given import separate_columns, shown


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """Rounds of units: code of the unit, place of the round, answers, mean, and what they are.

    `last_before` is the place of the last round before the start, `variance` the respondents' within cells.
    """

    unit: np.ndarray
    period: np.ndarray
    n: np.ndarray
    mean: np.ndarray
    after: np.ndarray
    last_before: int
    variance: float

    def rounds(self) -> np.ndarray:
        """Give a column of noughts and ones for every round but the first."""
        return (self.period[:, None] == np.unique(self.period)[None, 1:]).astype(float)

    def unreliability(self, treated: np.ndarray) -> np.ndarray:
        """Give 1 - ρ_i, the share of the units' differences in each cell that is chance (Morris 1983).

        1 - ρ_i = (K - 3)/(K - 1) · v_i / (v_i + τ²), with v_i = ω² + σ²/n_i and K units (J. Am. Stat. Assoc.
        78: 47-55). σ² is the respondents' variance; ω², that of units' own ups and downs, is what the rounds
        of the units without the measure vary by beyond it; τ², that of their levels, what all units' last
        means before the start do.
        """
        others = ~treated[self.unit]
        shocks = max(0.0, self._residual_variance(others) - float(np.mean(self.variance / self.n[others])))
        chance = shocks + self.variance / self.n
        last = self.period == self.last_before
        k = int(last.sum())
        between = max(0.0, float(np.var(self.mean[last], ddof=1) - np.mean(chance[last]))) if k > 3 else 0.0
        return max(0.0, (k - 3) / (k - 1)) * chance / (chance + between)

    def without_return(self, treated: np.ndarray) -> Cells:
        """Take from the last means before the start what of them is expected to be chance.

        (1 - ρ_i)(y_i - θ), with θ the mean of that round: a unit that was low returns by itself by so much.
        """
        last = self.period == self.last_before
        center = np.average(self.mean[last], weights=self.n[last])
        expected = np.where(last, self.unreliability(treated) * (self.mean - center), 0.0)
        return replace(self, mean=self.mean - expected)

    def slopes_within_units(self, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Fit the means of `rows` to columns beside a mean for every unit, weighted by answers."""
        return _fitted(self.mean[rows], columns[rows], self.unit[rows], self.n[rows])[0]

    def _residual_variance(self, rows: np.ndarray) -> float:
        """Give the variance of cells around unit plus round."""
        unit = self.unit[rows]
        _, squares, rank = _fitted(self.mean[rows], self.rounds()[rows], unit, np.ones(len(unit)))
        df = len(unit) - len(np.unique(unit)) - rank
        return squares / df if df > 0 else 0.0


def _fitted(
    y: np.ndarray, columns: np.ndarray, unit: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, float, int]:
    """Give the slopes beside a mean for every unit, the squares that they leave, and the columns' rank."""
    total = np.maximum(np.bincount(unit, weight), 1e-300)

    def within(values: np.ndarray) -> np.ndarray:
        return np.sqrt(weight) * (values - (np.bincount(unit, weight * values) / total)[unit])

    x, left = np.column_stack([within(column) for column in columns.T]), within(y)
    slopes, _, rank, _ = np.linalg.lstsq(x, left, rcond=1e-10)
    return slopes, float(np.square(left - x @ slopes).sum()), int(rank)


def measured_rows(
    frame: pd.DataFrame, score: str, unit: str, year: str, treated: Sequence[Hashable] | str
) -> tuple[pd.DataFrame, dict[Hashable, bool]]:
    """Take the complete rows as `unit`, `year` and `score`, and say for each unit whether it has the measure.

    Raises:
        TooFewAnswers: no complete row.
        NotMeasured: a column is missing, a treated unit is not in the data, or none of them has answers.
        NotComparable: a unit that is treated for some of its respondents only, or one column for two parts.
        OutOfRange: the scores are no numbers, `treated` is no list of units, or the column that it names
            holds something else than true and false.
    """
    marked = isinstance(treated, str)
    separate_columns(score=score, unit=unit, year=year, **({"treated": treated} if marked else {}))
    rows = complete_rows(frame, [unit, year, score, *([treated] if marked else [])])
    rows = rows.set_axis(["unit", "year", "score", *(["treated"] if marked else [])], axis=1)
    if rows.empty:
        raise TooFewAnswers("an effect needs answers", found="0", expected="rounds of several units")
    rows["score"] = number_column(rows, "score")
    if marked:
        if not rows["treated"].isin([False, True]).all():
            # A text such as "no" would pass for true.
            raise OutOfRange(
                f"column {treated!r} marks the units with the measure", found="other values in it",
                expected="true or false, or 1 and 0",
            )  # fmt: skip
        kinds = rows.groupby("unit", sort=True)["treated"].agg(["min", "max"]).astype(bool)
        mixed = kinds.index[kinds["min"] != kinds["max"]]
        if len(mixed):
            raise NotComparable(
                f"units that column {treated!r} marks for some of their respondents only",
                found=", ".join(map(str, mixed[:5])), expected="true or false for a whole unit",
            )  # fmt: skip
        has = kinds["max"].to_dict()
    else:
        try:
            chosen = set(treated)
        except TypeError as error:
            raise OutOfRange(
                "treated units", found=shown(treated), expected="a list of units, or the name of a column"
            ) from error
        _check_known(chosen, frame[unit])
        has = {name: name in chosen for name in pd.unique(rows["unit"])}
    if not any(has.values()):
        raise NotMeasured(
            "no answers from a unit with the measure",
            found=f"{len(has)} units without it", expected="treated units among those of the frame",
        )  # fmt: skip
    return rows, has


def _check_known(chosen: set[Hashable], units: pd.Series) -> None:
    known = set(units.dropna())
    if unknown := sorted(chosen - known, key=str):
        first = nearest(str(unknown[0]), map(str, known))
        raise NotMeasured(
            "treated units that are not in the data",
            found=", ".join(repr(name) for name in unknown[:5]) + (" …" if len(unknown) > 5 else ""),
            expected=f"units of column {units.name!r}", todo=f"{unknown[0]!r}: {first}" if first else "",
        )  # fmt: skip


def unit_rounds(rows: pd.DataFrame, start: Any) -> tuple[Cells, list[Hashable], list[str]]:
    """Take the means of the rounds of every unit that has rounds on both sides of the start.

    Returns:
        The cells, the units' names in the order of their codes, and notes on what was left out.

    Raises:
        TooFewAnswers, NoVariation: nothing to take the respondents' variance from.
    """
    moments = group_moments(rows, ["unit", "year"], "score")
    after = moments["year"] >= start
    both = moments.assign(after=after).groupby("unit", sort=True)["after"].transform("nunique") == 2
    freedom = (moments["n"] - 1).sum()
    if freedom == 0:
        raise TooFewAnswers("no unit has two answers in a round", expected="2 in some unit's round")
    variance = float((moments["variance"].fillna(0.0) * (moments["n"] - 1)).sum() / freedom)
    if variance == 0:
        raise NoVariation(
            "all answers are the same within every unit's round", found=f"{len(moments)} rounds of units"
        )
    dropped = moments.loc[~both, "unit"].nunique()
    notes = [f"{dropped} units without answers before and after the start are left out."] if dropped else []
    kept = moments[both].reset_index(drop=True)
    codes, names = pd.factorize(kept["unit"])
    period = np.unique(kept["year"], return_inverse=True)[1] if len(kept) else np.zeros(0, dtype=int)
    later = (kept["year"] >= start).to_numpy()
    cells = Cells(
        unit=codes, period=period, n=kept["n"].to_numpy(dtype=float), mean=kept["mean"].to_numpy(dtype=float),
        after=later, last_before=int(period[~later].max()) if len(kept) else 0, variance=variance,
    )  # fmt: skip
    return cells, list(names), notes
