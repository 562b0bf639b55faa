"""Disclosure control: what is hidden before a fact leaves, so that no person can be seen in a result.

Primary: a mean and its n under `mean` answers, a distribution and a verdict under `distribution`, a
distribution in which all gave the same answer, a mean at an end of the scale, which says the same.
Secondary: where a hidden part of a shown total could be found by subtraction, the next smallest part is
hidden too, until at least two parts, and together at least `mean` answers, are hidden. Parts of a total are
the units of a service and the items of a dimension; what pools the rounds of a unit goes with any of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.table import NUMBERS, checked, numbered

_COUNTS = ("respondents", "response_rate", "rows_read", "rows_accepted")
_DISTRIBUTIONS = ("share", "top_box", "bottom_box")
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
_MEANS = ("mean", "alpha", *_FOLLOW_MEAN)
_SINCE = re.compile(r"year\.(\d+)")
_SCALE = re.compile(r"\d+-\d+")
_KEY = ("municipality", "service", "unit", "year", "topic")
_UNIT = ("municipality", "service", "unit", "topic")


def protect(
    table: pd.DataFrame, thresholds: Disclosure, *, parts: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> pd.DataFrame:
    """Return the facts with everything hidden that could show a person; `state` says so.

    `parts` names, for every topic that is an average of others, those others: a dimension's items. Nothing
    but this function's result may be shown or saved.
    """
    table = table.reset_index(drop=True)
    gone = _hidden(table, thresholds, parts)
    return checked(_without_verdicts(_suppress(table, gone), thresholds))


def hidden_cells(
    table: pd.DataFrame, thresholds: Disclosure, *, parts: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> frozenset[tuple[str, int, str]]:
    """Return the (unit, year, topic) of a service's means that are hidden, before or by `protect`.

    The unit is "" for the whole service. No other figure may be made of these; see `ServiceSurvey.pooled`.
    """
    table = table.reset_index(drop=True)
    cells = table[_hidden(table, thresholds, parts) & table["statistic"].eq("mean").to_numpy(dtype=bool)]
    return frozenset(zip(cells["unit"], cells["year"].astype(int), cells["topic"], strict=True))


def _hidden(table: pd.DataFrame, thresholds: Disclosure, parts: Mapping[str, Sequence[str]]) -> np.ndarray:
    """Tell which rows' numbers are to go."""
    state = table["state"].to_numpy(dtype=object)
    rows = _Rows(table)
    gone = (state == "suppressed") | _too_few(rows, thresholds) | _at_an_end(table, rows) | _unanimous(rows)
    gone = rows.follow(gone)
    gone |= _secondary(rows, gone, "respondents", thresholds.mean)
    gone = rows.follow(gone)
    gone |= _secondary(rows, gone, "mean", thresholds.mean)
    gone |= _items(rows, gone, parts)
    gone = rows.follow(gone)
    # Nobody answered, or no comparison is possible: that is known without any answer, and stays said. All
    # else at a hidden place looks alike, or the reason would tell which part of a pair is the small one.
    known = (state == "not_measured") | (state == "not_comparable")
    return gone & (~known | numbered(table))


def _too_few(rows: _Rows, thresholds: Disclosure) -> np.ndarray:
    n = rows.n  # a missing n compares as no
    few = rows.are(*_COUNTS) & (n >= 1) & (n <= thresholds.mean - 1)
    few |= rows.are(*_MEANS) & (n < thresholds.mean)
    return few | (rows.are(*_DISTRIBUTIONS) & (n < thresholds.distribution))


def _at_an_end(table: pd.DataFrame, rows: _Rows) -> np.ndarray:
    """Find means at an end of their scale, and means whose borrowed spread tells that all answered alike."""
    scales = table["scale"].tolist()
    ends = {s: [float(end) for end in s.split("-")] if _SCALE.fullmatch(s) else [] for s in set(scales)}
    extreme = [value in ends[scale] for value, scale in zip(rows.value, scales, strict=True)]
    alike = table["note"].to_numpy(dtype=object) == "unanimous"
    return rows.are("mean") & (np.array(extreme, dtype=bool) | alike)


def _unanimous(rows: _Rows) -> np.ndarray:
    """Find whole distributions in which one answer has all."""
    whole = rows.are("share") & (np.array(rows.value) == 1)
    return rows.are(*_DISTRIBUTIONS) & _marked(rows.subject, whole)[rows.subject]


class _Rows:
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
        places = _marked(self._place, gone & self.are("respondents"))
        gone |= places[self._place] & self.are(*_COUNTS, *_MEANS, *_DISTRIBUTIONS, *_ROWS)
        means = gone & self.are("mean")
        subjects = _marked(self.subject, means)
        # A mean that is hidden for saying what all answered must not come out of its item's shares.
        gone |= subjects[self.subject] & self.are(*_FOLLOW_MEAN, *_DISTRIBUTIONS)
        # The model pools a unit's rounds: with the others known, the pooled figure tells the hidden one.
        units = _marked(self._unit, means & self._has_unit)
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


def _marked(codes: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Mark the codes of the chosen rows; the last place, which -1 stands for, stays unmarked."""
    marked = np.zeros(codes.max(initial=-1) + 2, dtype=bool)
    marked[codes[chosen]] = True
    return marked


def _secondary(rows: _Rows, hidden: np.ndarray, statistic: str, minimum: int) -> np.ndarray:
    """Find the parts (units) to hide so that no hidden one is the rest of a shown total."""
    more = np.zeros(len(hidden), dtype=bool)
    groups: dict[tuple, list[int]] = {}
    for i in rows.answered(rows.are(statistic)):
        groups.setdefault(rows.whole_of_units[i], []).append(i)
    for group in groups.values():
        total = [i for i in group if not rows.unit[i]]
        parts = sorted((i for i in group if rows.unit[i]), key=lambda i: (rows.n[i], rows.unit[i]))
        if not hidden[group].any() or not total or hidden[total].all() or not parts:
            continue
        gone = [i for i in parts if hidden[i]]
        for i in (i for i in parts if not hidden[i]):
            if _is_enough(rows.n[gone], minimum):
                break
            gone.append(i)
        more[gone] = True
        # Nothing is left to hide behind: the total itself would tell.
        more[total] |= not _is_enough(rows.n[gone], minimum)
    return more & ~hidden


def _is_enough(sizes: np.ndarray, minimum: int) -> bool:
    """Tell whether hidden parts of these sizes hide each other; none hide nothing, and need nothing."""
    return not len(sizes) or (len(sizes) > 1 and float(sizes.sum()) >= minimum)


def _items(rows: _Rows, hidden: np.ndarray, parts: Mapping[str, Sequence[str]]) -> np.ndarray:
    """Find the item to hide beside the one hidden item of an average that is shown."""
    more = hidden.copy()
    means = {rows.subjects[i]: i for i in rows.answered(rows.are("mean")) if not rows.unit[i]}
    for (*place, topic), total in means.items():
        if topic not in parts or hidden[total]:
            continue
        items = [means[key] for part in parts[topic] if (key := (*place, part)) in means]
        items = sorted(items, key=lambda i: (rows.n[i], rows.topic[i]))
        if sum(more[i] for i in items) != 1:
            continue
        others = [i for i in items if not more[i]]
        # Alone in its average, the item is the average.
        more[others[0] if others else total] = True
    return more & ~hidden


def _suppress(table: pd.DataFrame, hidden: np.ndarray) -> pd.DataFrame:
    emptied = {name: table[name].mask(hidden) for name in NUMBERS}
    emptied |= {name: table[name].mask(hidden, "") for name in ("verdict", "note")}
    return table.assign(**emptied, state=table["state"].mask(hidden, "suppressed"))


def _without_verdicts(table: pd.DataFrame, thresholds: Disclosure) -> pd.DataFrame:
    """Take the verdict from facts on fewer answers than a distribution needs: undecided, and said so."""
    few = table["verdict"].ne("") & table["n"].lt(thresholds.distribution).fillna(False)
    if not few.any():
        return table
    return table.assign(
        verdict=table["verdict"].mask(few, ""),
        note=table["note"].mask(few, "few"),
        state=table["state"].mask(few & table["state"].eq("measured"), "undecided"),
    )
