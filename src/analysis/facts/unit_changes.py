"""Changes of single units, from the means and standard errors that are shown of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.facts.inputs import ServiceSurvey
from analysis.stats.intervals import t_quantile
from analysis.stats.power import detectable_difference

#: A unit's mean in one round, by the columns of the facts.
Mean = dict[str, Any]


def own_spreads(scores: pd.DataFrame, survey: ServiceSurvey) -> set[str]:
    """Name the units whose own spread stands behind their overall mean in both of the rounds compared."""
    rows = _overall(scores, survey)
    own = rows[rows["note"].eq("") & rows["se"].notna()]
    counted = own.groupby("unit")["year"].nunique()
    return set(counted.index[counted == 2])


def from_means(survey: ServiceSurvey, scores: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Test every unit's change of the overall mean by Welch's test, on the standard errors of its means.

    Where a unit's mean rests on the pooled spread, so does its change: with its own the change would tell
    what the mean does not. Degrees of freedom after Welch and Satterthwaite, a pooled spread's being those
    of the units that lend it.
    """
    rows = _overall(scores, survey)
    lending = rows[rows["note"].eq("")].groupby("year")["n"].agg(["sum", "size"])
    pooled = {int(year): max(int(row["sum"] - row["size"]), 1) for year, row in lending.iterrows()}
    means = {(row["unit"], row["year"]): row for row in rows.to_dict("records")}
    enough = survey.thresholds.distribution
    found = {}
    for unit in sorted({unit for unit, _ in means}):
        before, now = (means.get((unit, year)) for year in (survey.previous, survey.year))
        if before and now and all(end["se"] > 0 and end["n"] >= enough for end in (before, now)):
            found[("overall", unit)] = _tested(before, now, pooled, survey.level)
    return found


def _overall(scores: pd.DataFrame, survey: ServiceSurvey) -> pd.DataFrame:
    return scores[
        scores["statistic"].eq("mean")
        & scores["topic"].eq("overall")
        & scores["unit"].ne("")
        & scores["year"].isin((survey.previous, survey.year))
    ]


def _tested(before: Mean, now: Mean, pooled: dict[int, int], level: float) -> dict[str, Any]:
    sizes = np.array([before["n"], now["n"]], dtype=float)
    parts = np.array([before["se"], now["se"]], dtype=float) ** 2
    freedom = np.array(
        [
            end["n"] - 1 if end["note"] == "" else pooled.get(int(end["year"]), end["n"] - 1)
            for end in (before, now)
        ],
        dtype=float,
    )
    se = float(np.sqrt(parts.sum()))
    df = float(parts.sum() ** 2 / (parts**2 / freedom).sum())
    difference = float(now["value"] - before["value"])
    half = float(t_quantile(df, level)) * se
    spread = np.sqrt((parts * sizes * (sizes - 1)).sum() / (sizes.sum() - 2))
    return {
        "difference": difference, "se": se, "low": difference - half, "high": difference + half,
        "p": 2 * float(special.stdtr(df, -abs(difference) / se)), "n_from": before["n"], "n_to": now["n"],
        "detectable": detectable_difference(*sizes, spread, level=level), "method": "welch",
    }  # fmt: skip
