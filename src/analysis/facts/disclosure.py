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

from analysis.core.errors import DataError
from analysis.core.settings import Disclosure
from analysis.facts.hidden_together import COUNTS, DISTRIBUTIONS, MEANS, Rows, marked_codes
from analysis.facts.table import NUMBERS, checked, numbered

_SCALE = re.compile(r"\d+-\d+")
#: What is asked of a row to tell whether it is hidden.
_ASKED = (
    "municipality",
    "service",
    "unit",
    "topic",
    "statistic",
    "against",
    "scale",
    "verdict",
    "state",
    "note",
)


def protect(
    table: pd.DataFrame, thresholds: Disclosure, *, parts: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> pd.DataFrame:
    """Return the facts with everything hidden that could show a person; `state` says so.

    `parts` names, for every topic that is an average of others, those others: a dimension's items. Nothing
    but this function's result may be shown or saved. Raises DataError where a text is missing: where there
    is nothing to say, it is "".
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
    _check_texts(table)
    state = table["state"].to_numpy(dtype=object)
    rows = Rows(table)
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


def _check_texts(table: pd.DataFrame) -> None:
    for name in _ASKED:
        lost = table[name].isna()
        if lost.any():
            raise DataError(
                "a fact lacks a text",
                where=f"facts: {name}",
                found=f"nothing in {table['fact_id'][lost].iloc[0]}",
                expected='a text, or "" where there is nothing to say',
                todo="make the facts with tabulate, or fill the column",
            )


def _too_few(rows: Rows, thresholds: Disclosure) -> np.ndarray:
    n = rows.n  # a missing n compares as no
    few = rows.are(*COUNTS) & (n >= 1) & (n <= thresholds.mean - 1)
    few |= rows.are(*MEANS) & (n < thresholds.mean)
    return few | (rows.are(*DISTRIBUTIONS) & (n < thresholds.distribution))


def _at_an_end(table: pd.DataFrame, rows: Rows) -> np.ndarray:
    """Find means at an end of their scale, and means whose borrowed spread tells that all answered alike."""
    scales = table["scale"].tolist()
    ends = {s: [float(end) for end in s.split("-")] if _SCALE.fullmatch(s) else [] for s in set(scales)}
    extreme = [value in ends[scale] for value, scale in zip(rows.value, scales, strict=True)]
    alike = table["note"].to_numpy(dtype=object) == "unanimous"
    return rows.are("mean") & (np.array(extreme, dtype=bool) | alike)


def _unanimous(rows: Rows) -> np.ndarray:
    """Find whole distributions in which one answer has all."""
    whole = rows.are("share") & (np.array(rows.value) == 1)
    return rows.are(*DISTRIBUTIONS) & marked_codes(rows.subject, whole)[rows.subject]


def _secondary(rows: Rows, hidden: np.ndarray, statistic: str, minimum: int) -> np.ndarray:
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


def _items(rows: Rows, hidden: np.ndarray, parts: Mapping[str, Sequence[str]]) -> np.ndarray:
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
