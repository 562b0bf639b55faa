"""The ordinal check: does a verdict stand where answers are taken as ordered instead of as numbers?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import special

from analysis.core.errors import StatisticsError
from analysis.facts.table import Fact
from analysis.stats.intervals import t_quantile
from analysis.stats.multiple import Adjustment, adjust_p
from analysis.stats.ordinal import agreement, cumulative_logit

#: The values before and after, or of the others and of the unit; None is a comparison that is not checked.
Comparison = tuple[np.ndarray, np.ndarray] | None
DEPENDS = "depends_on_method"
_SIDES = {
    "ordinal_change": ("higher", "lower", "no_certain_change"),
    "ordinal_difference": ("above", "below", "no_certain_difference"),
}


@dataclass
class _Checked:
    """One comparison: the p value and side where answers are ordered, and the model, where one was fitted."""

    p: float
    side: float
    coefficient: float | None = None
    se: float | None = None


#: What is taken from the table of `agreement`.
_READ = ("key", "fitted", "z", "coefficient", "se", "p", "agrees")


def with_ordinal_check(
    facts: Sequence[Fact],
    comparisons: Sequence[Comparison],
    statistic: Literal["ordinal_change", "ordinal_difference"],
    *,
    strata: Mapping[int, pd.DataFrame] = MappingProxyType({}),
    adjust: Adjustment = "bh",
    level: float = 0.95,
) -> list[Fact]:
    """Return the family's facts with the verdicts that stand, and a fact for every model that was fitted.

    Where the means and the cumulative-logit model do not agree on whether there is a certain difference and
    which way it goes, the verdict is "depends_on_method". The model is fitted only where it can change a
    verdict; see `analysis.stats.ordinal.agreement`. A change within units has in `strata`, by its place among
    the facts, the rows it rests on (unit, year, score): where their plain comparison says otherwise, the
    model has the units in it, or a change in who answered would pass for a matter of method.
    """
    facts = list(facts)
    pairs = {i: pair for i, pair in enumerate(comparisons) if pair is not None}
    pairs |= {i: _by_round(rows) for i, rows in strata.items()}
    tested = [i for i in pairs if facts[i].p_adjusted is not None and facts[i].verdict]
    if not tested:
        return facts
    higher, lower, none = _SIDES[statistic]
    sure = {i: facts[i].verdict in (higher, lower) for i in tested}
    table = agreement(
        {i: (*pairs[i], facts[i].value, facts[i].p_adjusted if sure[i] else 1.0) for i in tested},
        adjust=adjust,
        level=level,
    ).table
    columns = {name: table[name].tolist() for name in _READ}
    rows = {i: {name: values[at] for name, values in columns.items()} for at, i in enumerate(columns["key"])}
    checked = {i: _of(rows[i]) for i in tested}
    for i in [i for i in tested if i in strata and not rows[i]["agrees"]]:
        checked[i] = _within_units(strata[i]) or checked[i]
    adjusted = adjust_p(np.array([checked[i].p for i in tested]), adjust)
    models = []
    for i, p in zip(tested, adjusted, strict=True):
        certain = p < 1 - level
        verdict = none if not certain else higher if checked[i].side > 0 else lower
        if checked[i].coefficient is not None:
            models.append(_model(facts[i], checked[i], statistic, float(p), verdict, level))
        if (verdict if certain else "") != (facts[i].verdict if sure[i] else ""):
            facts[i] = replace(facts[i], verdict=DEPENDS)
    return [*facts, *models]


def _by_round(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    year, score = rows["year"].to_numpy(), rows["score"].to_numpy()
    last = year == year.max()
    return score[~last], score[last]


def _of(row: Mapping[str, Any]) -> _Checked:
    if row["fitted"]:
        return _Checked(row["p"], row["coefficient"], float(row["coefficient"]), float(row["se"]))
    return _Checked(row["p"], row["z"])


def _within_units(rows: pd.DataFrame) -> _Checked | None:
    """Fit the model with the units in it; None where it cannot be fitted, and the plain one stands."""
    try:
        fit = cumulative_logit(rows, "score", "C(year) + C(unit)")
    except StatisticsError:
        return None
    term = next(name for name in fit.coefficients.index if name.startswith("C(year)"))
    coefficient = float(fit.coefficients[term])
    return _Checked(float(fit.p[term]), coefficient, coefficient, float(fit.se[term]))


def _model(fact: Fact, checked: _Checked, statistic: str, p: float, verdict: str, level: float) -> Fact:
    half = float(t_quantile(np.inf, level)) * checked.se
    return replace(
        fact, statistic=statistic, method="cumulative_logit", scale="log-odds", value=checked.coefficient,
        se=checked.se, low=checked.coefficient - half, high=checked.coefficient + half,
        p=2 * float(special.ndtr(-abs(checked.coefficient / checked.se))), p_adjusted=p,
        verdict=verdict, note="",
    )  # fmt: skip
