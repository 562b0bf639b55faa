"""The ordinal check: does a verdict stand where answers are taken as ordered instead of as numbers?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from analysis.facts.table import Fact
from analysis.stats.ordinal import agreement

#: The values before and after, or of the others and of the unit.
Comparison = tuple[np.ndarray, np.ndarray]
DEPENDS = "depends_on_method"
_SIDES = {
    "ordinal_change": ("higher", "lower", "no_certain_change"),
    "ordinal_difference": ("above", "below", "no_certain_difference"),
}


def with_ordinal_check(
    facts: Sequence[Fact],
    comparisons: Sequence[Comparison],
    statistic: Literal["ordinal_change", "ordinal_difference"],
    *,
    adjust: Literal["bh", "holm"] = "bh",
    level: float = 0.95,
) -> list[Fact]:
    """Return the family's facts with the verdicts that stand, and a fact for every model that was fitted.

    Where the means and the cumulative-logit model do not agree on whether there is a certain difference and
    which way it goes, the verdict is "depends_on_method". The model is fitted only where it can change a
    verdict; see `analysis.stats.ordinal.agreement`.
    """
    facts = list(facts)
    tested = [
        i for i, f in enumerate(facts) if f.p_adjusted is not None and f.state == "measured" and f.verdict
    ]
    if not tested:
        return facts
    higher, lower, none = _SIDES[statistic]
    certain = [facts[i].verdict in (higher, lower) for i in tested]
    table = agreement(
        {
            i: (*comparisons[i], facts[i].value, facts[i].p_adjusted if sure else 1.0)
            for i, sure in zip(tested, certain, strict=True)
        },
        adjust=adjust,
        level=level,
    ).table.set_index("key")
    models = []
    for i in tested:
        row = table.loc[i]
        if row["fitted"]:
            models.append(
                replace(
                    facts[i],
                    statistic=statistic,
                    method="cumulative_logit",
                    scale="log-odds",
                    value=float(row["coefficient"]),
                    se=float(row["se"]),
                    low=float(row["low"]),
                    high=float(row["high"]),
                    p=float(row["p"]),
                    p_adjusted=float(row["p_adjusted"]),
                    verdict={"higher": higher, "lower": lower}.get(row["ordinal"], none),
                )
            )
        if not row["agrees"]:
            facts[i] = replace(facts[i], verdict=DEPENDS)
    return [*facts, *models]
