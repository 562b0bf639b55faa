"""Rounds of units with and without a measure: what is answered in them, before and after its start."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.stats.errors import NotComparable, NotMeasured, NoVariation, TooFewAnswers
from analysis.stats.frames import complete_rows, group_moments, number_column


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

    def expected_return(self) -> np.ndarray:
        """Give what of the last mean before the start is expected to be chance, by its reliability; else 0.

        (1 - ρ_i)(y_i - θ), ρ_i = τ²/(τ² + σ²/n_i), with θ and τ² of all units in that round. A small unit's
        low mean is more chance than a large one's.
        """
        there = self.period == self.last_before
        mean, chance = self.mean, self.variance / self.n
        center = np.average(mean[there], weights=self.n[there])
        between = float(np.mean((mean[there] - center) ** 2 - chance[there]))
        unreliable = chance / (chance + between) if between > 0 else np.ones_like(chance)
        return np.where(there, unreliable * (mean - center), 0.0)


def measured_rows(
    frame: pd.DataFrame, score: str, unit: str, year: str, treated: Sequence[Hashable] | str
) -> tuple[pd.DataFrame, dict[Hashable, bool]]:
    """Take the complete rows as `unit`, `year` and `score`, and say for each unit whether it has the measure.

    Raises:
        TooFewAnswers: no complete row.
        NotMeasured: a column is missing, or no treated unit is in the rows.
        NotComparable: a unit that is treated for some of its respondents only.
        OutOfRange: the scores are no numbers.
    """
    marked = isinstance(treated, str)
    rows = complete_rows(frame, [unit, year, score, *([treated] if marked else [])])
    rows = rows.set_axis(["unit", "year", "score", *(["treated"] if marked else [])], axis=1)
    if rows.empty:
        raise TooFewAnswers("an effect needs answers", found="0", expected="rounds of several units")
    rows["score"] = number_column(rows, "score")
    if marked:
        kinds = rows.groupby("unit", sort=True)["treated"].agg(["min", "max"]).astype(bool)
        mixed = kinds.index[kinds["min"] != kinds["max"]]
        if len(mixed):
            raise NotComparable(
                f"units that column {treated!r} marks for some of their respondents only",
                found=", ".join(map(str, mixed[:5])), expected="true or false for a whole unit",
            )  # fmt: skip
        has = kinds["max"].to_dict()
    else:
        chosen = set(treated)
        has = {name: name in chosen for name in pd.unique(rows["unit"])}
    if not any(has.values()):
        raise NotMeasured(
            "no answers from a unit with the measure",
            found=f"{len(has)} units without it", expected="treated units among those of the frame",
        )  # fmt: skip
    return rows, has


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
