"""Facts of the reference stage on drivers: how each dimension goes with overall satisfaction."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.country import DECIMALS, Country
from analysis.facts.priorities import DRAWS, SEED
from analysis.facts.table import tabulate
from analysis.stats.drivers import shapley_shares


def national_drivers(country: Country, *, minimum_municipalities: int = 3) -> pd.DataFrame:
    """Give every dimension's share of what the dimensions together explain of overall satisfaction.

    Only where the questionnaire has an overall item: a mean of the same items would be explained by itself.
    """
    topics = [topic for topic in country.topics if topic != "overall"]
    places = country.responses["municipality"].nunique()
    if country.questionnaire.overall is None or len(topics) < 2 or places <= minimum_municipalities:
        return tabulate(())
    frame = country.scores.assign(unit=country.responses["unit"].to_numpy())
    facts = [country.fact("importance", topic, scale="share", method="shapley") for topic in topics]
    try:
        result = shapley_shares(frame, "overall", topics, "unit", draws=DRAWS, seed=SEED)
    except StatisticsError:
        return tabulate(fact.missing("undecided", "few") for fact in facts)
    table = result.table.set_index("dimension")
    filled = []
    for topic, fact in zip(topics, facts, strict=True):
        value, low, high = (
            round(float(table.at[topic, name]), DECIMALS) for name in ("share", "low", "high")
        )
        counts = {"n": int(result.n), "N": int(result.n_units)}
        filled.append(replace(fact, value=value, low=low, high=high, level=result.level, **counts))
    return tabulate(filled)
