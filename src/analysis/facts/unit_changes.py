"""Changes of single units, from the means and standard errors that are shown of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy import special

from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact
from analysis.stats.intervals import t_quantile
from analysis.stats.power import detectable_difference


def own_spreads(scores: Iterable[Fact], survey: ServiceSurvey) -> set[str]:
    """Name the units whose own spread stands behind their overall mean in both of the rounds compared."""
    own = Counter(mean.unit for mean in _overall(scores, survey) if not mean.note and mean.se is not None)
    return {unit for unit, rounds in own.items() if rounds == 2}


def from_means(survey: ServiceSurvey, scores: Iterable[Fact]) -> dict[tuple[str, str], dict[str, Any]]:
    """Test every unit's change of the overall mean by Welch's test, on the standard errors of its means.

    Where a unit's mean rests on the pooled spread, so does its change: with its own the change would tell
    what the mean does not. Degrees of freedom after Welch and Satterthwaite, a pooled spread's being those
    of the units that lend it.
    """
    rows = _overall(scores, survey)
    lent: Counter[int | None] = Counter()
    for mean in rows:
        if not mean.note:
            lent[mean.year] += (mean.n or 0) - 1
    pooled = {year: max(freedom, 1) for year, freedom in lent.items()}
    means = {(mean.unit, mean.year): mean for mean in rows}
    enough = survey.thresholds.distribution
    found = {}
    for unit in sorted({unit for unit, _ in means}):
        before, now = (means.get((unit, year)) for year in (survey.previous, survey.year))
        if before and now and all((end.se or 0) > 0 and (end.n or 0) >= enough for end in (before, now)):
            found[("overall", unit)] = _tested(before, now, pooled, survey.level)
    return found


def _overall(scores: Iterable[Fact], survey: ServiceSurvey) -> list[Fact]:
    rounds = (survey.previous, survey.year)
    return [
        fact
        for fact in scores
        if fact.statistic == "mean" and fact.topic == "overall" and fact.unit and fact.year in rounds
    ]


def _tested(before: Fact, now: Fact, pooled: dict[int | None, int], level: float) -> dict[str, Any]:
    sizes = np.array([before.n, now.n], dtype=float)
    parts = np.array([before.se, now.se], dtype=float) ** 2
    freedom = np.array(
        [end.n - 1 if not end.note else pooled.get(end.year, end.n - 1) for end in (before, now)], dtype=float
    )
    se = float(np.sqrt(parts.sum()))
    df = float(parts.sum() ** 2 / (parts**2 / freedom).sum())
    difference = float(now.value - before.value)
    half = float(t_quantile(df, level)) * se
    spread = np.sqrt((parts * sizes * (sizes - 1)).sum() / (sizes.sum() - 2))
    return {
        "difference": difference, "se": se, "low": difference - half, "high": difference + half,
        "p": 2 * float(special.stdtr(df, -abs(difference) / se)), "n_from": before.n, "n_to": now.n,
        "detectable": detectable_difference(*sizes, spread, level=level), "method": "welch",
    }  # fmt: skip
