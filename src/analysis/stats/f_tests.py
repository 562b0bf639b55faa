"""F tests over all units at once: whether they differ at all, and whether their changes do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.errors import NotIdentified, NoVariation, TooFewAnswers, TooFewRounds, TooFewUnits
from analysis.stats.frames import ValuesResult, complete_columns, number_column, present_columns
from analysis.stats.given import ROUND_COLUMN, separate_columns


@dataclass(frozen=True, kw_only=True)
class UnitTest(ValuesResult):
    """An F test between all units: the statistic, its degrees of freedom, and p."""

    statistic: float
    df: tuple[int, int]
    p: float


def units_differ(frame: pd.DataFrame, score: str, unit: str, *, year: str = "year") -> UnitTest:
    """Test by F whether units differ at all, their rounds taken together.

    F compares score ~ C(year) + C(unit) with score ~ C(year), both by ordinary least squares, on K − 1 and
    n − K − T + 1 degrees of freedom for K units and T rounds (R's `anova(lm, lm)`). A variance between units
    that the mixed model puts above zero is no proof of a difference: without any, it does so in every second
    service.

    Args:
        frame: one row a respondent; rows without a score or a unit are left aside.
        score, unit, year: the columns; a frame of one round may do without the year.

    Raises:
        TooFewUnits: answers from fewer than two units.
        TooFewAnswers: no degrees of freedom are left.
        NoVariation: all answers of every unit are the same.
        NotIdentified: every unit answered in a round of its own, so units and rounds are the same thing.
        NotMeasured: a column is missing; that of the round only where it has another name than "year".
        NotComparable: one column is named for two parts.
        OutOfRange: the scores are no numbers, or a column mixes numbers and text.

    >>> answers = pd.DataFrame({"unit": list("aaabbbccc"), "safety": [3, 4, 5, 4, 5, 6, 1, 2, 3]})
    >>> found = units_differ(answers, "safety", "unit")
    >>> print(f"F({found.df[0]}, {found.df[1]}) = {found.statistic:.2f}, p = {found.p:.3f}")
    F(2, 6) = 7.00, p = 0.027
    """
    present_columns(frame, [])
    separate_columns(score=score, unit=unit, year=year)
    by_round = year in frame.columns or year != ROUND_COLUMN
    rows = complete_columns(frame, [unit, score, *([year] if by_round else [])])
    units, n_units = _codes(rows[unit])
    if n_units < 2:
        raise TooFewUnits("units to compare", found="1 or none", expected="at least 2 with answers")
    values = _centred(number_column(rows, score))
    rounds = _codes(rows[year])[0] if by_round else np.zeros(len(values), dtype=int)
    return _f_test("units", _of_groups(values, rounds), _additive(values, units, rounds), len(values))


def changes_differ(frame: pd.DataFrame, score: str, unit: str, year: str = "year") -> UnitTest:
    """Test by F whether the units' changes over the rounds differ from each other: the interaction.

    F compares score ~ C(unit) * C(year), a mean for every unit in every round, with score ~ C(unit) +
    C(year), in which all units change alike; both by ordinary least squares, on (K − 1)(T − 1) and n − KT
    degrees of freedom where every one of K units answered in each of T rounds (R's `anova(lm, lm)`). Where a
    unit missed a round, the cell that is not there takes its degree of freedom with it.

    Args:
        frame: one row a respondent; rows without a score, a unit or a round are left aside.
        score, unit, year: the columns.

    Raises:
        TooFewUnits: answers from fewer than two units.
        TooFewRounds: answers in fewer than two rounds.
        NotIdentified: no two units share two rounds, so that no two changes can be compared.
        TooFewAnswers: no degrees of freedom are left.
        NoVariation: all answers of every unit in every round are the same.
        NotMeasured, NotComparable, OutOfRange: as in `units_differ`; the column of the round is needed.

    >>> answers = pd.DataFrame({"unit": list("aaaabbbb"), "year": [2024, 2024, 2026, 2026] * 2,
    ...                         "safety": [3, 4, 5, 6, 4, 5, 4, 3]})
    >>> found = changes_differ(answers, "safety", "unit")
    >>> print(f"F({found.df[0]}, {found.df[1]}) = {found.statistic:.2f}, p = {found.p:.3f}")
    F(1, 4) = 9.00, p = 0.040
    """
    separate_columns(score=score, unit=unit, year=year)
    rows = complete_columns(frame, [unit, year, score])
    (units, n_units), (rounds, n_rounds) = _codes(rows[unit]), _codes(rows[year])
    if n_units < 2:
        raise TooFewUnits("units to compare", found="1 or none", expected="at least 2 with answers")
    if n_rounds < 2:
        raise TooFewRounds("changes to compare", found="1 round", expected="at least 2")
    values = _centred(number_column(rows, score))
    cells, _ = _codes(units * n_rounds + rounds)
    additive, full = _additive(values, units, rounds), _of_groups(values, cells)
    return _f_test("changes of units", additive, full, len(values))


def _codes(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Number the values in ascending order, and count the different ones."""
    codes, found = pd.factorize(values)
    place = np.empty(len(found), dtype=int)
    place[np.argsort(found, kind="stable")] = np.arange(len(found))
    return place[codes], len(found)


def _centred(values: np.ndarray) -> np.ndarray:
    # Squares are summed from here on: a level far above the spread would cost them digits.
    return values - values.mean()


def _within(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    return values - (np.bincount(group, values) / np.bincount(group))[group]


def _of_groups(values: np.ndarray, group: np.ndarray) -> tuple[float, int]:
    """Give the squares that a mean for every group leaves, and how many means that takes."""
    return float(np.square(_within(values, group)).sum()), int(group.max()) + 1


def _additive(values: np.ndarray, units: np.ndarray, rounds: np.ndarray) -> tuple[float, int]:
    """Give the squares that units and rounds leave, and the rank of their design.

    The units are taken out by subtracting their means (Frisch and Waugh), so that thousands of them need no
    columns: only the rounds do.
    """
    left, rank = _within(values, units), int(units.max()) + 1
    columns = [_within((rounds == r).astype(float), units) for r in range(1, int(rounds.max()) + 1)]
    if not columns:
        return float(np.square(left).sum()), rank
    design = np.column_stack(columns)
    # By the normal equations: a few columns of noughts and ones, which lose nothing by it.
    gram = design.T @ design
    solution = np.linalg.pinv(gram, rcond=1e-9, hermitian=True) @ (design.T @ left)
    rank += int(np.linalg.matrix_rank(gram, tol=1e-9 * len(values), hermitian=True))
    return float(np.square(left - design @ solution).sum()), rank


def _f_test(what: str, small: tuple[float, int], large: tuple[float, int], n: int) -> UnitTest:
    numerator, denominator = large[1] - small[1], n - large[1]
    if denominator < 1:
        raise TooFewAnswers(
            f"the F test between {what}", found=f"{n} answers for {large[1]} means", expected="more answers"
        )
    if numerator < 1:
        raise NotIdentified(
            f"the F test between {what}",
            found="units and rounds that cannot be told from each other",
            expected="two units with answers in the same rounds",
        )
    if large[0] <= 1e-12 * max(small[0], 1.0):
        raise NoVariation(f"the F test between {what}", found="the same answer within every unit")
    statistic = max(0.0, (small[0] - large[0]) / numerator) / (large[0] / denominator)
    p = float(special.fdtrc(numerator, denominator, statistic))
    return UnitTest(statistic=float(statistic), df=(numerator, denominator), p=p)
