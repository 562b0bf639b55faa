"""Facts of the reference stage on case-mix: what users' background does to scores, and means without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.casemix import REFERENCE_LEVEL, adjusted_or_own, adjusters
from analysis.facts.country import DECIMALS, Country
from analysis.facts.national import mean_of_municipalities, peer_means
from analysis.facts.table import Fact, tabulate
from analysis.stats.casemix import CaseMix, CaseMixFit, adjust


def national_casemix(country: Country, *, minimum_municipalities: int = 3) -> pd.DataFrame:
    """Give the adjusters' effects within units and their centre per topic, and the adjusted national means.

    Effects and centre are rounded before the means are adjusted with them, as a municipality's run will
    read them rounded: both sides of its comparison are made in the same way.
    """
    names = [name for name in adjusters(country.questionnaire) if name in country.responses.columns]
    if not names or country.responses["municipality"].nunique() <= minimum_municipalities:
        return tabulate(())
    facts: list[Fact] = []
    for topic in country.topics:
        columns = country.responses[["unit", "municipality", *names]]
        rows = columns.assign(score=country.scores[topic]).dropna(subset=["score"])
        try:
            fit = adjust(rows, "score", "unit", names)
        except StatisticsError:
            continue
        mix = CaseMix(
            beta=fit.beta.round(DECIMALS), centre=fit.centre.round(DECIMALS), reference=fit.reference
        )
        facts += _effects(country, topic, fit, mix, rows["municipality"].nunique())
        facts += _means(country, topic, rows, mix, minimum_municipalities)
    return tabulate(facts)


def _effects(country: Country, topic: str, fit: CaseMixFit, mix: CaseMix, places: int) -> Iterator[Fact]:
    method = "casemix_within_units"
    counts = {"n": fit.n, "N": places}
    for term in mix.beta.index:
        beta = country.fact("casemix_beta", topic, category=str(term), method=method)
        yield replace(beta, value=float(mix.beta[term]), se=_rounded(fit.beta_se[term]), **counts)
        scale = "share" if str(term).partition("=")[0] in mix.reference else "number"
        centre = country.fact("casemix_centre", topic, category=str(term), method=method, scale=scale)
        yield replace(centre, value=float(mix.centre[term]), **counts)
    for column, level in mix.reference.items():
        beta = country.fact("casemix_beta", topic, category=f"{column}={level}", method=method)
        yield replace(beta, value=0.0, note=REFERENCE_LEVEL, **counts)


def _rounded(se: float) -> float | None:
    return None if pd.isna(se) else round(float(se), DECIMALS)


def _means(country: Country, topic: str, rows: pd.DataFrame, mix: CaseMix, minimum: int) -> Iterator[Fact]:
    values = adjusted_or_own(rows, mix)
    means = values.groupby(rows["municipality"]).agg(["size", "mean", "var"])
    means = means.rename(columns={"size": "n", "var": "variance"})
    means = means[means["n"] >= country.minimum_answers].reset_index()
    method = "mean_of_municipalities_casemix"
    fact = country.fact("adjusted_mean", topic, method=method)
    yield mean_of_municipalities(fact, means, minimum)
    yield from peer_means(country, means, minimum, "adjusted_peer_mean", topic, method)
