"""Facts on units beside each other: the mixed model's shrunken means, and each unit against the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, tabulate
from analysis.stats.contrasts import unit_deviations
from analysis.stats.errors import TooFewUnits
from analysis.stats.units import fit_units

#: A unit's verdict needs as many answers as a distribution; see docs/methods.md.
_MINIMUM_FOR_VERDICT = 10
#: A round with fewer answers than this is left out of the model: its means are hidden, and the residual
#: variance would tell how they spread.
_MINIMUM_FOR_ROUND = 5


def unit_comparisons(survey: ServiceSurvey) -> pd.DataFrame:
    """Give, for every topic, variances, shrunken means with reliability, and each unit against the others.

    A unit is "above" or "below" only where the model finds a difference between the units at all and the
    unit's own difference, adjusted by Holm over the service's units, is certain.
    """
    return tabulate(fact for topic in survey.topics for fact in _topic(survey, topic))


def _topic(survey: ServiceSurvey, topic: str) -> Iterator[Fact]:
    units = survey.units_in(survey.year)
    values = survey.values(topic)
    answers = survey.responses.loc[values.index, ["unit", "year"]].assign(score=values)
    answers = answers[answers.groupby("year")["score"].transform("size") >= _MINIMUM_FOR_ROUND]
    now = answers[answers["year"] == survey.year]
    try:
        fit = fit_units(answers, "score", "unit", fixed="C(year)" if answers["year"].nunique() > 1 else "1")
        found = fit.difference_found
        verdict = ("ranking" if fit.ranking_allowed else "no_ranking") if found else "no_difference"
        yield from _variances(survey, topic, fit, verdict, len(now))
    except StatisticsError as error:
        why = "one_unit" if isinstance(error, TooFewUnits) else "no_variation"
        yield from _refused(survey, topic, units, why)
        return
    shrunken = fit.table.set_index("unit")
    try:
        against = unit_deviations(now, "score", "unit").table.set_index("unit")
    except StatisticsError:
        against = pd.DataFrame()
    sizes = now["unit"].value_counts()
    for unit in units:
        n = int(sizes.get(unit, 0))
        yield from _shrunken(survey, topic, unit, n, shrunken)
        yield _difference(survey, topic, unit, n, against, found)


def _place(survey: ServiceSurvey, topic: str, unit: str = "") -> dict[str, Any]:
    return {
        "municipality": survey.municipality,
        "service": survey.service,
        "unit": unit,
        "year": survey.year,
        "topic": topic,
    }


def _variances(survey: ServiceSurvey, topic: str, fit: Any, verdict: str, n: int) -> Iterator[Fact]:
    for name in ("variance_unit", "variance_residual"):
        yield Fact(
            statistic=name,
            **_place(survey, topic),
            value=float(getattr(fit, name)),
            n=n,
            scale=survey.scale,
            method="mixed_model",
            verdict=verdict if name == "variance_unit" else "",
        )


def _refused(survey: ServiceSurvey, topic: str, units: list[str], why: str) -> Iterator[Fact]:
    for name in ("variance_unit", "variance_residual"):
        yield Fact(statistic=name, **_place(survey, topic), scale=survey.scale, method="mixed_model").missing(
            "undecided", why
        )
    for unit in units:
        yield _blank(survey, topic, unit).missing("undecided", why)


def _blank(survey: ServiceSurvey, topic: str, unit: str) -> Fact:
    return Fact(
        statistic="unit_difference",
        **_place(survey, topic, unit),
        against="other_units",
        scale=survey.scale,
        method="pooled_t_holm",
    )


def _shrunken(survey: ServiceSurvey, topic: str, unit: str, n: int, table: pd.DataFrame) -> Iterator[Fact]:
    mean = Fact(
        statistic="shrunken_mean", **_place(survey, topic, unit), scale=survey.scale, method="mixed_model"
    )
    sure = Fact(statistic="reliability", **_place(survey, topic, unit), scale="share", method="mixed_model")
    if n == 0 or unit not in table.index:
        yield mean.missing("not_measured", "no_answers")
        yield sure.missing("not_measured", "no_answers")
        return
    row = table.loc[unit]
    half = NormalDist().inv_cdf((1 + survey.level) / 2) * float(row["se"])
    value = float(row["shrunken"])
    yield replace(
        mean, value=value, se=float(row["se"]), low=value - half, high=value + half, level=survey.level, n=n
    )
    yield replace(sure, value=float(row["reliability"]), n=n)


def _difference(
    survey: ServiceSurvey, topic: str, unit: str, n: int, against: pd.DataFrame, found: bool
) -> Fact:
    fact = _blank(survey, topic, unit)
    if n == 0:
        return fact.missing("not_measured", "no_answers")
    if n < _MINIMUM_FOR_VERDICT:
        return fact.missing("undecided", "few")
    if unit not in against.index:
        return fact.missing("undecided", "one_unit")
    row = against.loc[unit]
    certain = float(row["p_adjusted"]) < 1 - survey.level
    side = "above" if row["difference"] > 0 else "below"
    return replace(
        fact,
        value=float(row["difference"]),
        **{name: float(row[name]) for name in ("se", "low", "high", "p", "p_adjusted")},
        level=survey.level,
        n=n,
        verdict="no_difference" if not found else side if certain else "no_certain_difference",
    )
