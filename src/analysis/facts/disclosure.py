"""Disclosure control: what is hidden before a fact leaves, so that no person can be seen in a result.

Primary: a mean and its n under `mean` answers, a distribution and a verdict under `distribution`, a
distribution in which all gave the same answer, a mean at an end of the scale, which says the same.
Secondary: where a hidden part of a shown total could be found by subtraction, the next smallest part is
hidden too, until at least two parts, and together at least `mean` answers, are hidden. Parts of a total are
the units of a service and the items of a dimension; what pools the rounds of a unit goes with any of them.
"""

from __future__ import annotations

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
_KEY = ["municipality", "service", "unit", "year", "topic"]
_UNIT = ["municipality", "service", "unit", "topic"]


def protect(
    table: pd.DataFrame, thresholds: Disclosure, *, parts: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> pd.DataFrame:
    """Return the facts with everything hidden that could show a person; `state` says so.

    `parts` names, for every topic that is an average of others, those others: a dimension's items. Nothing
    but this function's result may be shown or saved.
    """
    table = table.reset_index(drop=True)
    hidden = table["state"].eq("suppressed") | _too_few(table, thresholds) | _at_an_end(table)
    hidden |= _unanimous(table)
    links = _Links(table)
    hidden = links.follow(hidden)
    hidden |= _secondary(table, hidden, "respondents", thresholds.mean)
    hidden = links.follow(hidden)
    hidden |= _secondary(table, hidden, "mean", thresholds.mean)
    hidden |= _items(table, hidden, parts)
    hidden = links.follow(hidden)
    return checked(_without_verdicts(_suppress(table, hidden), thresholds))


def hidden_cells(
    table: pd.DataFrame, thresholds: Disclosure, *, parts: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> frozenset[tuple[str, int, str]]:
    """Return the (unit, year, topic) of a service's means that are hidden, before or by `protect`.

    The unit is "" for the whole service. No other figure may be made of these; see `ServiceSurvey.pooled`.
    """
    shown = protect(table, thresholds, parts=parts)
    cells = shown[shown["statistic"].eq("mean") & shown["state"].eq("suppressed")]
    return frozenset(zip(cells["unit"], cells["year"].astype(int), cells["topic"], strict=True))


def _too_few(table: pd.DataFrame, thresholds: Disclosure) -> pd.Series:
    n = table["n"].astype("float64")  # a missing n compares as no
    few = pd.Series(False, index=table.index)
    few |= table["statistic"].isin(_COUNTS) & n.between(1, thresholds.mean - 1)
    few |= table["statistic"].isin(_MEANS) & n.lt(thresholds.mean)
    few |= table["statistic"].isin(_DISTRIBUTIONS) & n.lt(thresholds.distribution)
    return few


def _at_an_end(table: pd.DataFrame) -> pd.Series:
    """Find means at an end of their scale, and means whose borrowed spread tells that all answered alike."""
    ends = table["scale"].str.extract(r"^(\d+)-(\d+)$").astype(float)
    extreme = table["value"].eq(ends[0]) | table["value"].eq(ends[1])
    return table["statistic"].eq("mean") & (extreme | table["note"].eq("unanimous"))


def _unanimous(table: pd.DataFrame) -> pd.Series:
    """Find whole distributions in which one answer has all."""
    whole = table["statistic"].eq("share") & table["value"].eq(1)
    subjects = pd.Series(_subjects(table), index=table.index)
    return table["statistic"].isin(_DISTRIBUTIONS) & subjects.isin(set(subjects[whole]))


class _Links:
    """What must be hidden with what, in one table: looked up once, asked for several times."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._statistic, names = pd.factorize(table["statistic"].to_numpy(dtype=object))
        self._names = names.tolist()
        self._has_unit = table["unit"].ne("").to_numpy(dtype=bool)
        self._place = pd.factorize(pd.Series(_subjects(table, _KEY[:-1]), dtype=object))[0]
        self._unit = pd.factorize(pd.Series(_subjects(table, _UNIT), dtype=object))[0]
        subjects = _subjects(table)
        number = {subject: i for i, subject in enumerate(dict.fromkeys(subjects))}
        self._subject = np.array([number[subject] for subject in subjects], dtype=int)
        # A row's whole, and its subject in the round that a change is from; -1 is none, the last place.
        wholes = [(*place[:2], "", *place[3:]) for place in subjects]
        self._whole = np.array([number.get(whole, -1) for whole in wholes], dtype=int)
        base = table["against"].str.extract(r"^year\.(\d+)$")[0].fillna("0").astype(int).tolist()
        since = [(*s[:3], year, s[4]) if year else None for s, year in zip(subjects, base, strict=True)]
        self._since = np.array([number.get(earlier, -1) for earlier in since], dtype=int)

    def follow(self, hidden: pd.Series) -> pd.Series:
        """Hide what would tell a hidden number: the rate with the count, the change with the mean."""
        gone = hidden.to_numpy(dtype=bool).copy()
        places = _marked(self._place, gone & self._is("respondents"))
        gone |= places[self._place] & self._is(*_COUNTS, *_MEANS, *_DISTRIBUTIONS, *_ROWS)
        means = gone & self._is("mean")
        subjects = _marked(self._subject, means)
        # A mean that is hidden for saying what all answered must not come out of its item's shares.
        gone |= subjects[self._subject] & self._is(*_FOLLOW_MEAN, *_DISTRIBUTIONS)
        # The model pools a unit's rounds: with the others known, the pooled figure tells the hidden one.
        units = _marked(self._unit, means & self._has_unit)
        gone |= units[self._unit] & self._is("shrunken_mean", "reliability")
        gone |= subjects[self._whole] & self._is(*_OF_WHOLE)
        gone |= subjects[self._since] & self._is(*_CHANGES)
        return pd.Series(gone, index=hidden.index)

    def _is(self, *statistics: str) -> np.ndarray:
        wanted = np.array([name in statistics for name in self._names], dtype=bool)
        return wanted[self._statistic]


def _marked(codes: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Mark the codes of the chosen rows; the last place, which -1 stands for, stays unmarked."""
    marked = np.zeros(codes.max(initial=-1) + 2, dtype=bool)
    marked[codes[chosen]] = True
    return marked


def _subjects(table: pd.DataFrame, columns: list[str] = _KEY) -> list[tuple]:
    """Give each row its subject as one value: tuples are far quicker here than an index of levels."""
    years = table["year"].fillna(0).astype(int).tolist()
    return list(zip(*(years if c == "year" else table[c].tolist() for c in columns), strict=True))


def _secondary(table: pd.DataFrame, hidden: pd.Series, statistic: str, minimum: int) -> pd.Series:
    """Find the parts (units) to hide so that no hidden one is the rest of a shown total."""
    more = pd.Series(False, index=table.index)
    keys = ["municipality", "service", "year", "topic"]
    counted = table["statistic"].eq(statistic) & table["n"].fillna(0).gt(0)
    rows = table.loc[counted, [*keys, "unit", "n"]]
    subjects = pd.Series(_subjects(rows, keys), index=rows.index, dtype=object)
    touched = subjects.isin(set(subjects[hidden[rows.index]]))
    for _, group in rows[touched].groupby(subjects[touched], sort=False):
        total = group.index[group["unit"].eq("")]
        parts = group[group["unit"].ne("")].sort_values(["n", "unit"])
        if len(total) == 0 or hidden[total].all() or len(parts) == 0:
            continue
        gone = hidden[parts.index]
        for index in parts.index[~gone]:
            if not gone.any() or (gone.sum() > 1 and parts.loc[gone, "n"].sum() >= minimum):
                break
            gone[index] = True
        enough = not gone.any() or (gone.sum() > 1 and parts.loc[gone, "n"].sum() >= minimum)
        more[parts.index[gone]] = True
        # Nothing is left to hide behind: the total itself would tell.
        more[total] |= not enough
    return more & ~hidden


def _items(table: pd.DataFrame, hidden: pd.Series, parts: Mapping[str, Sequence[str]]) -> pd.Series:
    """Find the item to hide beside the one hidden item of an average that is shown."""
    more = hidden.copy()
    rows = table[table["statistic"].eq("mean") & table["unit"].eq("") & table["n"].fillna(0).gt(0)]
    means = dict(zip(_subjects(rows), rows.index, strict=True))
    n_and_topic = dict(zip(rows.index, zip(rows["n"], rows["topic"], strict=True), strict=True))
    for (*place, topic), total in means.items():
        if topic not in parts or hidden[total]:
            continue
        items = [means[key] for part in parts[topic] if (key := (*place, part)) in means]
        items = sorted(items, key=n_and_topic.__getitem__)
        if sum(more[i] for i in items) != 1:
            continue
        others = [i for i in items if not more[i]]
        # Alone in its average, the item is the average.
        more[others[0] if others else total] = True
    return more & ~hidden


def _suppress(table: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    # Nobody answered, or no comparison is possible: that is known without any answer, and stays said. All
    # else at a hidden place looks alike, or the reason would tell which part of a pair is the small one.
    hidden = hidden & (~table["state"].isin(("not_measured", "not_comparable")) | numbered(table))
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
