"""Facts on change between rounds and on a municipality beside the nation."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd
from scipy import special

from analysis.core.errors import StatisticsError
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, tabulate
from analysis.stats.change import between_rounds
from analysis.stats.intervals import mean_interval
from analysis.stats.multiple import adjust_p

#: No test is made on fewer answers than this in either group: disclosure hides such means anyway.
_MINIMUM_FOR_TEST = 5


def changes(survey: ServiceSurvey) -> pd.DataFrame:
    """Give the change since the round before: of every topic, and of every unit's overall score.

    Welch's interval and test; Benjamini-Hochberg over the service's topics, and over its units. Refused
    across a break in wording or unit; `detectable_change` says what the survey could have seen.
    """
    topics = {(topic, ""): survey.values(topic) for topic in survey.compared_topics}
    overall = survey.values("overall")
    of_unit = survey.responses.loc[overall.index, "unit"]
    units = {("overall", unit): overall[of_unit == unit] for unit in survey.units_in(survey.year)}
    facts: list[Fact] = []
    beside: list[Fact] = []
    for family in (topics, units):
        tests = _welch(survey, family)
        pairs = [
            _change(survey, topic, unit, values, tests.get((topic, unit)))
            for (topic, unit), values in family.items()
        ]
        facts += adjusted([change for change, _ in pairs])
        beside += [detectable for _, detectable in pairs]
    return tabulate([*facts, *beside])


def national_differences(survey: ServiceSurvey, national: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """Give the municipality's mean minus the mean of all municipalities, for every topic of the last round.

    `national` is the facts table of the reference stage, which is passed on as well; `minimum` is the
    number of other municipalities under which no comparison is made. The national mean is taken as given:
    the interval is that of the municipality's own mean.
    """
    keep = national[(national["municipality"] == "") & (national["statistic"] == "mean")]
    facts = [_from_nation(survey, topic, keep, minimum) for topic in survey.topics]
    return tabulate(adjusted(facts, otherwise="no_certain_difference"))


def adjusted(facts: Iterable[Fact], *, otherwise: str = "no_certain_change") -> list[Fact]:
    """Adjust the family's p values (Benjamini-Hochberg); the adjusted test is each fact's verdict.

    `otherwise` is the verdict where the test finds nothing.
    """
    facts = list(facts)
    tested = [i for i, fact in enumerate(facts) if fact.p is not None]
    if tested:
        for i, p in zip(tested, adjust_p([facts[i].p for i in tested], "bh"), strict=True):
            certain = p < 1 - facts[i].level
            side = "higher" if facts[i].value > 0 else "lower"
            facts[i] = replace(facts[i], p_adjusted=float(p), verdict=side if certain else otherwise)
    return facts


def _welch(survey: ServiceSurvey, family: dict[tuple[str, str], pd.Series]) -> dict[tuple[str, str], Any]:
    """Test every member of a family at once; what cannot be tested is not in the answer."""
    if survey.previous is None:
        return {}
    keys = list(family)
    parts = [
        pd.DataFrame({"score": values, "year": survey.responses.loc[values.index, "year"], "key": number})
        for number, values in enumerate(family.values())
    ]
    rounds = (survey.previous, survey.year)
    try:
        table = between_rounds(
            pd.concat(parts), "score", "year", by="key", rounds=rounds, level=survey.level
        ).table
    except StatisticsError:
        return {}
    return {keys[row.key]: row for row in table.itertuples()}


def _change(survey: ServiceSurvey, topic: str, unit: str, values: pd.Series, test: Any) -> tuple[Fact, Fact]:
    since = survey.previous
    place: dict[str, Any] = {
        "municipality": survey.municipality,
        "service": survey.service,
        "unit": unit,
        "year": survey.year,
        "topic": topic,
        "against": f"year.{since}" if since else "year",
    }
    change = Fact(statistic="change", **place, scale=survey.scale, method="welch")
    detectable = Fact(statistic="detectable_change", **place, scale=survey.scale, method="t_power")
    if since is None:
        return _both(change, detectable, "not_comparable", "one_round")
    if survey.wording_break(topic, since):
        return _both(change, detectable, "not_comparable", "wording")
    if unit and survey.unit_break(unit, since):
        return _both(change, detectable, "not_comparable", "unit")
    years = survey.responses.loc[values.index, "year"]
    sizes = [int((years == year).sum()) for year in (since, survey.year)]
    if min(sizes) == 0:
        return _both(change, detectable, "not_measured", "no_answers")
    if min(sizes) < _MINIMUM_FOR_TEST:
        return _both(change, detectable, "suppressed", "")
    if test is None:
        # Nobody's answer differs from the others': to say so would be to show what all answered.
        return _both(change, detectable, "suppressed", "")
    numbers = {name: float(getattr(test, name)) for name in ("se", "low", "high", "p")}
    change = replace(change, **numbers, value=float(test.difference), level=survey.level, n=min(sizes))
    return change, replace(detectable, value=float(test.detectable), n=min(sizes))


def _both(change: Fact, detectable: Fact, state: str, note: str) -> tuple[Fact, Fact]:
    return change.missing(state, note), detectable.missing(state, note)


def _from_nation(survey: ServiceSurvey, topic: str, national: pd.DataFrame, minimum: int) -> Fact:
    fact = Fact(
        statistic="national_difference",
        municipality=survey.municipality,
        service=survey.service,
        year=survey.year,
        topic=topic,
        against="nation",
        scale=survey.scale,
        method="t_interval",
    )
    row = national[(national["topic"] == topic) & (national["year"] == survey.year)]
    # The municipality itself is one of those that the national mean is made of.
    others = int(row["N"].fillna(0).max() if len(row) else 0) - 1
    values = survey.values(topic, year=survey.year)
    if others < minimum or not len(row) or pd.isna(row["value"].iloc[0]):
        return fact.missing("not_comparable", "no_other_municipalities")
    if len(values) < _MINIMUM_FOR_TEST:
        return fact.missing("suppressed") if len(values) else fact.missing("not_measured", "no_answers")
    try:
        own = mean_interval(values, level=survey.level)
    except StatisticsError:
        return fact.missing("suppressed")
    nation = float(row["value"].iloc[0])
    difference = own.mean - nation
    p = 2 * float(special.stdtr(own.n - 1, -abs(difference) / own.se)) if own.se > 0 else math.nan
    if math.isnan(p):
        return fact.missing("suppressed")
    return replace(
        fact,
        value=difference,
        se=own.se,
        low=own.low - nation,
        high=own.high - nation,
        level=survey.level,
        n=own.n,
        p=p,
    )
