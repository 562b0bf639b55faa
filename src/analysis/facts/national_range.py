"""Facts of the reference stage on spread: how much ordinary units and municipalities differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.country import DECIMALS, Country
from analysis.facts.table import Fact, tabulate
from analysis.stats.expected_range import expected_range
from analysis.stats.intervals import POOLED_UNDER


def national_range(country: Country, *, minimum_municipalities: int = 3) -> pd.DataFrame:
    """Give θ, τ and the standard deviation within, for units and for municipalities, per topic.

    What an ordinary unit's result may be is θ ± z √(s² + τ²) with its own standard error s; see
    `analysis.stats.expected_range`. It is estimated from the units of all municipalities, and undecided
    where there are fewer than twenty of them.
    """
    return tabulate(_range(country, minimum_municipalities))


def _range(country: Country, minimum: int) -> Iterator[Fact]:
    enough = country.responses["municipality"].nunique() > minimum
    for kind, moments in (("unit", country.unit_moments), ("municipality", country.municipality_moments)):
        for topic in country.topics:
            rows = moments[moments["topic"] == topic]
            yield from _of_topic(country, topic, kind, rows, enough)


def _of_topic(country: Country, topic: str, kind: str, rows: pd.DataFrame, enough: bool) -> Iterator[Fact]:
    fields = {"category": kind, "method": "expected_range_consistent"}
    theta, tau = (country.fact(name, topic, **fields) for name in ("theta", "tau"))
    within = country.fact("sd_within", topic, category=kind, method="pooled_sd")
    if not enough:
        yield from (f.missing("not_comparable", "no_other_municipalities") for f in (theta, tau, within))
        return
    freedom = rows["n"] - 1
    squares = float((freedom * rows["variance"]).sum())
    if not squares > 0:
        yield from (f.missing("undecided", "no_variation") for f in (theta, tau, within))
        return
    sd = float(np.sqrt(squares / freedom.sum()))
    counts = {"n": int(rows["n"].sum()), "N": len(rows)}
    # Few answers tell too little of their own spread, as in every interval of a report.
    own = (rows["n"] >= POOLED_UNDER) & (rows["variance"] > 1e-12)
    se = np.where(own, np.sqrt(rows["variance"]), sd) / np.sqrt(rows["n"])
    estimates = pd.DataFrame({"unit": rows[kind], "n": rows["n"], "mean": rows["mean"], "se": se})
    try:
        band = expected_range(estimates)
    except StatisticsError:
        yield from (f.missing("undecided", "few_units") for f in (theta, tau))
    else:
        yield replace(theta, value=round(float(band.theta), DECIMALS), **counts)
        yield replace(tau, value=round(float(band.tau), DECIMALS), **counts)
    yield replace(within, value=round(sd, DECIMALS), **counts)
