"""Facts of a municipality's whole report: what may be claimed on its first pages, over all services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf, nan

import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.lookup import index_of
from analysis.facts.sides import SIDED, sides_of
from analysis.facts.table import Fact, tabulate
from analysis.stats.multiple import adjust_p
from analysis.stats.scores import index_0_100

#: Facts that claim something, and what they are called once adjusted over the report.
CLAIMS = {
    "change": "report_change",
    "unit_difference": "report_unit_difference",
    "national_difference": "report_national_difference",
}
_UNCERTAIN = {
    "change": "no_certain_change",
    "unit_difference": "no_certain_difference",
    "national_difference": "no_certain_difference",
}
_MOST = 3


def report_claims(facts: pd.DataFrame) -> pd.DataFrame:
    """Adjust every tested claim of all services once more, as one family (Benjamini-Hochberg).

    The family is what may stand on a page that draws on more than one service: the change of every topic,
    its difference from the nation, and every unit's overall difference from the others. Only what is
    certain here may stand there: adjusted service by service alone, one report in six of four services
    would claim a change where there is none.
    """
    whole = facts["unit"].eq("") | (facts["statistic"].eq("unit_difference") & facts["topic"].eq("overall"))
    tested = facts[whole & facts["statistic"].isin(CLAIMS) & facts["p"].notna() & facts["verdict"].ne("")]
    if len(tested) == 0:
        return tabulate(())
    p = pd.Series(adjust_p(tested["p"].to_numpy(), "bh"), index=tested.index)
    certain = p < 1 - tested["level"]
    uncertain = tested["statistic"].map(_UNCERTAIN)
    keeps = tested["verdict"].isin(("higher", "lower", "above", "below"))
    claims = tested.assign(
        p_adjusted=p,
        verdict=tested["verdict"].where(certain & keeps, tested["verdict"].where(~keeps, uncertain)),
        statistic=tested["statistic"].map(CLAIMS),
        method=tested["method"] + "_bh_report",
    )
    identity = ["municipality", "service", "unit", "year", "topic", "category", "statistic", "against"]
    ids = claims[identity].astype(str).replace({"": "-", "<NA>": "-"}).agg("/".join, axis=1)
    return claims.assign(fact_id=ids).reset_index(drop=True)


def strengths_and_improvements(facts: pd.DataFrame, *, thresholds: Disclosure) -> pd.DataFrame:
    """Choose as many strengths as points to improve, at most three of each, by one rule.

    All dimensions (items where a service has none) of this round are ordered by their index 0–100; the
    highest are strengths, the lowest points to improve, as many as leave every strength's interval wholly
    above every point's. A difference within its uncertainty is so never called better or worse. A topic that
    anything certain speaks against is no strength, and one that anything certain speaks for no point to
    improve (`analysis.facts.sides`): the next one takes its place.
    """
    rows = index_of(facts).find({"statistic": SIDED, "unit": ""})
    return tabulate(choose_strengths(rows, year=latest_year(facts), thresholds=thresholds))


def choose_strengths(facts: Sequence[Fact], *, year: int | None, thresholds: Disclosure) -> list[Fact]:
    """Choose the same among facts that are looked up already: all that there are of the statistics `SIDED`.

    `year` is this round's (see `latest_year`).
    """
    candidates, sides = _candidates(facts, year, thresholds), sides_of(facts)
    good = [fact for fact in candidates if (fact.service, fact.topic) not in sides.against]
    weak = [fact for fact in candidates[::-1] if (fact.service, fact.topic) not in sides.favour]
    for number in range(min(_MOST, len(candidates) // 2, len(good), len(weak)), 0, -1):
        best, worst = good[:number], weak[:number]
        # Where no interval is known on one side, nothing is said to lie above it.
        if min(_known(best, "low"), default=-inf) > max(_known(worst, "high"), default=inf):
            return [
                replace(fact, statistic=name, category=str(rank))
                for name, chosen in (("strength", best), ("improvement", worst))
                for rank, fact in enumerate(chosen, start=1)
            ]
    return []


def on_index(mean: Fact, statistic: str) -> Fact:
    """Return a topic's mean and its interval as a fact on the index 0-100, NaN where it has no interval."""
    low, _, high = mean.scale.partition("-")
    parts = [nan if part is None else part for part in (mean.value, mean.low, mean.high)]
    value, start, end = (float(part) for part in index_0_100(parts, float(low), float(high)))
    return Fact(
        statistic=statistic, municipality=mean.municipality, service=mean.service, year=mean.year,
        topic=mean.topic, value=value, low=start, high=end, level=mean.level, n=mean.n,
        scale="0-100", method="index_0_100",
    )  # fmt: skip


def latest_year(facts: pd.DataFrame) -> int | None:
    """Return the last year that any of the facts is of, None where none has a year."""
    year = facts["year"].max()
    return None if pd.isna(year) else int(year)


def totals(facts: pd.DataFrame, respondents: pd.Series, *, municipality: str) -> pd.DataFrame:
    """Give how many people answered in each round over all services; `respondents` has a row a year.

    Counted as people, since one person may answer for several services. Hidden where the number of any
    one service is: the rest would tell it.
    """
    counts = facts[(facts["statistic"] == "respondents") & (facts["unit"] == "")]
    rows = []
    for year, n in respondents.items():
        services = counts[counts["year"] == year]
        fact = Fact(
            statistic="respondents",
            municipality=municipality,
            year=int(year),
            value=int(n),
            n=int(n),
            scale="count",
            method="count",
        )
        invited = services["N"]
        people = services.loc[services["state"] == "measured", "n"].sum()
        if services["state"].eq("suppressed").any():
            fact = fact.missing("suppressed")
        elif len(invited) and invited.notna().all() and people == n:
            fact = replace(fact, N=int(invited.sum()))
        rows.append(fact)
    return tabulate(rows)


def _candidates(facts: Sequence[Fact], year: int | None, thresholds: Disclosure) -> list[Fact]:
    means = [
        fact
        for fact in facts
        if fact.statistic == "mean"
        and not fact.unit
        and fact.municipality
        and fact.year is not None
        and fact.year == year
        and fact.state == "measured"
        and fact.n is not None
        and fact.n >= thresholds.distribution
    ]
    kinds = [fact.topic.partition(".")[0] for fact in means]
    with_dimensions = {f.service for f, kind in zip(means, kinds, strict=True) if kind == "dimension"}
    wanted = [
        fact
        for fact, kind in zip(means, kinds, strict=True)
        if kind == "dimension" or (kind == "item" and fact.service not in with_dimensions)
    ]
    wanted.sort(key=lambda fact: fact.fact_id)
    return sorted((on_index(fact, "mean") for fact in wanted), key=lambda fact: -fact.value)


def _known(facts: Sequence[Fact], name: str) -> list[float]:
    return [value for fact in facts if (value := getattr(fact, name)) == value]
