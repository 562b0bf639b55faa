"""Facts of a municipality's whole report: what may be claimed on its first pages, over all services."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.sides import certain_sides
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
    candidates, sides = _candidates(facts, thresholds), certain_sides(facts)
    subjects = list(zip(candidates["service"], candidates["topic"], strict=True))
    good = candidates[[subject not in sides.against for subject in subjects]]
    weak = candidates[[subject not in sides.favour for subject in subjects]].iloc[::-1]
    for number in range(min(_MOST, len(candidates) // 2, len(good), len(weak)), 0, -1):
        best, worst = good.iloc[:number], weak.iloc[:number]
        if best["low"].min() > worst["high"].max():
            return tabulate(
                _finding(row, name, rank)
                for name, rows in (("strength", best), ("improvement", worst))
                for rank, row in enumerate(rows.itertuples(), start=1)
            )
    return tabulate(())


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


def _candidates(facts: pd.DataFrame, thresholds: Disclosure) -> pd.DataFrame:
    means = facts[
        (facts["statistic"] == "mean")
        & facts["unit"].eq("")
        & facts["municipality"].ne("")
        & facts["year"].eq(facts["year"].max())
        & facts["state"].eq("measured")
        & facts["n"].ge(thresholds.distribution).fillna(False)
    ]
    # Of no text at all, pandas makes no parts.
    kind = means["topic"].map(lambda topic: topic.partition(".")[0])
    with_dimensions = set(means.loc[kind == "dimension", "service"])
    wanted = kind.eq("dimension") | (kind.eq("item") & ~means["service"].isin(with_dimensions))
    means = means[wanted].copy()
    ends = means["scale"].str.extract(r"^(\d+)-(\d+)$").astype(float)
    for name in ("value", "low", "high"):
        parts = zip(means[name], ends[0], ends[1], strict=True)
        means[name] = [index_0_100(value, low, high) for value, low, high in parts]
    return means.sort_values(["value", "fact_id"], ascending=[False, True])


def _finding(row: Any, statistic: str, rank: int) -> Fact:
    return Fact(
        statistic=statistic,
        municipality=row.municipality,
        service=row.service,
        year=int(row.year),
        topic=row.topic,
        category=str(rank),
        value=float(row.value),
        low=float(row.low),
        high=float(row.high),
        level=float(row.level),
        n=int(row.n),
        scale="0-100",
        method="index_0_100",
    )
