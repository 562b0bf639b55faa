"""A case-mix adjustment that can be saved, and used again on other respondents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.stats.arrays import check_finite
from analysis.stats.errors import NotComparable, OutOfRange, TooFewAnswers
from analysis.stats.frames import float_array, mixed_kinds, present_columns
from analysis.stats.given import separate_columns, shown


@dataclass(frozen=True, kw_only=True, eq=False)
class CaseMix:
    """An adjustment that can be saved and used again: coefficients, centre and reference levels.

    `beta` (points) and `centre` have one index: "column=level" for a level of a categorical adjuster,
    "column" for a number. `reference` has the level of each categorical adjuster that is not in `beta` and
    counts as 0, as text.
    """

    beta: pd.Series
    centre: pd.Series
    reference: Mapping[str, str]

    def __post_init__(self) -> None:
        if not isinstance(self.reference, Mapping):
            raise NotComparable(
                "reference levels", found=shown(self.reference), expected="a level for each adjuster"
            )
        try:
            beta, centre = (pd.Series(part, dtype="float64") for part in (self.beta, self.centre))
        except (TypeError, ValueError, OverflowError) as error:
            raise NotComparable(
                "a coefficient or a centre that is no number", found=str(error), expected="numbers"
            ) from error
        if not beta.index.is_unique or set(beta.index) != set(centre.index):
            raise NotComparable(
                "coefficients and centre of different adjusters",
                found=f"{', '.join(map(str, beta.index))} and {', '.join(map(str, centre.index))}",
                expected="the same names in both",
            )
        if not np.isfinite(beta.to_numpy()).all() or not np.isfinite(centre.to_numpy()).all():
            raise NotComparable(
                "a coefficient or a centre is missing", found="or infinite", expected="finite numbers"
            )
        object.__setattr__(self, "beta", beta)
        object.__setattr__(self, "centre", centre.reindex(beta.index))

    @property
    def adjusters(self) -> dict[str, dict[str, str] | None]:
        """Name the adjusters: each with its levels and their names in `beta`, or None for a number."""
        known: dict[str, dict[str, str] | None] = {column: {} for column in self.reference}
        for term in self.beta.index:
            column, equals, level = str(term).partition("=")
            if equals and column in self.reference:
                known[column][level] = term
            else:
                known[str(term)] = None
        return known

    def adjusted_scores(self, frame: pd.DataFrame, score: str) -> pd.Series:
        """Adjust each respondent's score: y - β'(c - C), with C the centre.

        Args:
            frame: one row a respondent, with the adjusters' columns.
            score: the column of the scores.

        Returns:
            The scores in points, on the frame's index; null only where the score or an adjuster is.

        Raises:
            NotComparable: a level that has no coefficient and is not the reference. It is not taken for the
                reference: that would pass a wrong name off as an adjustment.
            TooFewAnswers: no row has a score and all adjusters.
            NotMeasured: a column is missing.
            OutOfRange: a number is infinite, or a score no number.
        """
        known = self.adjusters
        separate_columns(score=score, **{f"adjuster {column!r}": column for column in known})
        present_columns(frame, [score, *known])
        adjusted = float_array(frame[score], f"column {score!r}") + float(self.beta @ self.centre)
        for column, terms in known.items():
            adjusted -= self._part(frame[column], column, terms)
        check_finite(adjusted[~np.isnan(adjusted)], "a score or adjuster")
        if np.isnan(adjusted).all():
            raise TooFewAnswers("no score to adjust", found="no row with a score and all adjusters")
        return pd.Series(adjusted, index=frame.index, name=score)

    def _part(self, values: pd.Series, column: str, terms: dict[str, str] | None) -> np.ndarray:
        if terms is None:
            try:
                return self.beta[column] * float_array(values)
            except OutOfRange as error:
                raise NotComparable(
                    f"adjuster {column!r} is a number", found=str(values.dtype), expected="numbers"
                ) from error
        try:
            codes, found = pd.factorize(values)
        except TypeError as error:
            raise mixed_kinds(column, error) from error
        levels = [str(level) for level in found]
        strange = sorted({level for level in levels if level not in terms} - {self.reference[column]})
        if strange:
            raise NotComparable(
                f"adjuster {column!r} has levels without a coefficient",
                found=", ".join(strange[:8]),
                expected=", ".join([self.reference[column], *terms]),
                todo="name the levels alike, or leave these rows out",
            )
        # The last place is for the missing, whose code is -1.
        return np.array([self.beta[terms[x]] if x in terms else 0.0 for x in levels] + [np.nan])[codes]


def adjusted_scores(
    frame: pd.DataFrame, score: str, beta: Any, centre: Any, reference: Mapping[str, str]
) -> pd.Series:
    """Adjust respondents' scores with coefficients, centre and reference levels from elsewhere.

    The same as `CaseMix(beta=beta, centre=centre, reference=reference).adjusted_scores(frame, score)`.

    >>> answers = pd.DataFrame({"age": ["young", "old", None], "safety": [5, 3, 4]})
    >>> adjusted_scores(answers, "safety", {"age=old": -1.5}, {"age=old": 0.2}, {"age": "young"}).tolist()
    [4.7, 4.2, nan]
    """
    return CaseMix(beta=beta, centre=centre, reference=reference).adjusted_scores(frame, score)
