"""What must be hidden with what: the rows of a facts table, and which of them would tell a hidden one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

COUNTS = ("respondents", "response_rate", "rows_read", "rows_accepted")
DISTRIBUTIONS = ("share", "top_box", "bottom_box")
#: A row is a person: hidden with the number of respondents, which they would tell.
_ROWS = ("rows_read", "rows_accepted", "rows_quarantined")
#: Hidden with the mean that they are made of: the same subject, unit and (last) round.
_FOLLOW_MEAN = (
    "index",
    "shrunken_mean",
    "reliability",
    "change",
    "detectable_change",
    "ordinal_change",
    "influence_on_change",
    "changes_differ",
    "unit_difference",
    "ordinal_difference",
    "expected_range",
    "influence",
    "national_difference",
    "national_difference_adjusted",
    "peer_difference",
    "peer_difference_adjusted",
    "casemix_shift",
    "variance_unit",
    "variance_residual",
    "importance",
    "priority",
    "weighted_mean",
    "residual_skewness",
    "residual_kurtosis",
    "residual_outside",
    "ceiling",
    "missing_share",
)
#: Of two rounds: hidden with either round's mean.
_CHANGES = ("change", "detectable_change", "ordinal_change", "influence_on_change", "changes_differ")
#: Told of a unit, made of the whole: hidden with the whole's mean too.
_OF_WHOLE = ("influence", "influence_on_change")
MEANS = ("mean", "alpha", *_FOLLOW_MEAN)
_SINCE = re.compile(r"year\.(\d+)")
_KEY = ("municipality", "service", "unit", "year", "topic")
_UNIT = ("municipality", "service", "unit", "topic")


class Rows:
    """A table's rows and what must be hidden with what: looked up once, asked for several times."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._statistic, names = pd.factorize(table["statistic"].to_numpy(dtype=object))
        self._names = names.tolist()
        self.n = table["n"].to_numpy(dtype=float, na_value=np.nan)
        self.value = table["value"].tolist()
        columns = {name: table[name].tolist() for name in _KEY if name != "year"}
        columns["year"] = table["year"].fillna(0).astype(int).tolist()
        self.unit, self.topic = columns["unit"], columns["topic"]
        self._has_unit = np.array([unit != "" for unit in self.unit], dtype=bool)
        self._place = _numbered(columns, _KEY[:-1])
        self._unit = _numbered(columns, _UNIT)
        self.whole_of_units = list(zip(*(columns[c] for c in _KEY if c != "unit"), strict=True))
        self.subjects = subjects = list(zip(*(columns[c] for c in _KEY), strict=True))
        number = {subject: i for i, subject in enumerate(dict.fromkeys(subjects))}
        self.subject = np.array([number[subject] for subject in subjects], dtype=int)
        # A row's whole, and its subject in the round that a change is from; -1 is none, the last place.
        wholes = [(*place[:2], "", *place[3:]) for place in subjects]
        self._whole = np.array([number.get(whole, -1) for whole in wholes], dtype=int)
        found = [_SINCE.fullmatch(against) for against in table["against"].tolist()]
        base = [int(match[1]) if match else 0 for match in found]
        since = [(*s[:3], year, s[4]) if year else None for s, year in zip(subjects, base, strict=True)]
        self._since = np.array([number.get(earlier, -1) for earlier in since], dtype=int)

    def follow(self, hidden: np.ndarray) -> np.ndarray:
        """Hide what would tell a hidden number: the rate with the count, the change with the mean."""
        gone = hidden.copy()
        places = marked_codes(self._place, gone & self.are("respondents"))
        gone |= places[self._place] & self.are(*COUNTS, *MEANS, *DISTRIBUTIONS, *_ROWS)
        means = gone & self.are("mean")
        subjects = marked_codes(self.subject, means)
        # A mean that is hidden for saying what all answered must not come out of its item's shares.
        gone |= subjects[self.subject] & self.are(*_FOLLOW_MEAN, *DISTRIBUTIONS)
        # The model pools a unit's rounds: with the others known, the pooled figure tells the hidden one.
        units = marked_codes(self._unit, means & self._has_unit)
        gone |= units[self._unit] & self.are("shrunken_mean", "reliability")
        gone |= subjects[self._whole] & self.are(*_OF_WHOLE)
        gone |= subjects[self._since] & self.are(*_CHANGES)
        return gone

    def are(self, *statistics: str) -> np.ndarray:
        """Tell which rows are of one of some statistics."""
        wanted = np.array([name in statistics for name in self._names], dtype=bool)
        return wanted[self._statistic]

    def answered(self, wanted: np.ndarray) -> list[int]:
        """Give the places of the wanted rows with any answers."""
        return np.flatnonzero(wanted & (self.n > 0)).tolist()


def _numbered(columns: Mapping[str, list], names: Sequence[str]) -> np.ndarray:
    """Number the rows by their values in some columns; an index of levels takes far longer."""
    rows = list(zip(*(columns[name] for name in names), strict=True))
    number = {row: i for i, row in enumerate(dict.fromkeys(rows))}
    return np.array([number[row] for row in rows], dtype=int)


def marked_codes(codes: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Mark the codes of the chosen rows; the last place, which -1 stands for, stays unmarked."""
    marked = np.zeros(codes.max(initial=-1) + 2, dtype=bool)
    marked[codes[chosen]] = True
    return marked
