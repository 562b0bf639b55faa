"""Facts on units beside each other: the mixed model's shrunken means, and each unit against the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.families import MINIMUM_FOR_VERDICT
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.levels import borrowers
from analysis.facts.order import with_ordinal_check
from analysis.facts.table import Fact, tabulate
from analysis.stats.contrasts import unit_deviations, units_differ
from analysis.stats.errors import TooFewUnits
from analysis.stats.units import fit_units

#: A round with fewer answers than this is left out of the model: so few say nothing of its level.
_MINIMUM_FOR_ROUND = 5


def unit_comparisons(survey: ServiceSurvey) -> pd.DataFrame:
    """Give, for every topic, variances, shrunken means with reliability, and each unit against the others.

    Everything is made of the cells that may be shown (see `ServiceSurvey.pooled`). A unit is "above" or
    "below" only where the model finds a difference between the units at all and the unit's own difference,
    adjusted by Holm over the service's units, is certain, and the ordinal check agrees. The units as a whole
    are said to differ only where one of them does, or the F test between them is certain.
    """
    return tabulate(fact for topic in survey.topics for fact in _topic(survey, topic))


def _topic(survey: ServiceSurvey, topic: str) -> Iterator[Fact]:
    units = survey.units_in(survey.year)
    answers = survey.pooled(topic)
    answers = answers[answers.groupby("year")["score"].transform("size") >= _MINIMUM_FOR_ROUND]
    now = answers[answers["year"] == survey.year]
    try:
        fit = fit_units(answers, "score", "unit", fixed="C(year)" if answers["year"].nunique() > 1 else "1")
        difference = units_differ(answers, "score", "unit")
    except StatisticsError as error:
        why = "one_unit" if isinstance(error, TooFewUnits) else "no_variation"
        yield from _refused(survey, topic, units, why)
        return
    try:
        against = unit_deviations(now, "score", "unit").table.set_index("unit")
    except StatisticsError:
        against = pd.DataFrame()
    sizes = survey.responses.loc[survey.values(topic, year=survey.year).index, "unit"].value_counts()
    differences = [
        _difference(survey, topic, unit, int(sizes.get(unit, 0)), against, fit.difference_found)
        for unit in units
    ]
    models: list[Fact] = []
    if fit.difference_found:
        # Where the model finds none between the units, that is the verdict, however answers are taken.
        differences, models = _checked(survey, topic, differences, now, units)
    certain = difference.p < 1 - survey.level or any(f.verdict in ("above", "below") for f in differences)
    verdict = "no_difference"
    if fit.difference_found:
        verdict = "uncertain" if not certain else "ranking" if fit.ranking_allowed else "no_ranking"
    yield from _variances(survey, topic, fit, verdict, len(now), difference.p)
    shrunken = fit.table.set_index("unit")
    for unit, fact in zip(units, differences, strict=True):
        yield from _shrunken(survey, topic, unit, int(sizes.get(unit, 0)), shrunken)
        yield fact
    yield from models


def _checked(
    survey: ServiceSurvey, topic: str, differences: list[Fact], now: pd.DataFrame, units: list[str]
) -> tuple[list[Fact], list[Fact]]:
    parts = dict(list(now.groupby("unit")["score"]))
    # Of a unit whose own spread is not shown, its distribution is not tried, either.
    untried = borrowers(survey, topic, survey.year, parts) | (set(units) - set(parts))
    compared = [
        None
        if unit in untried
        else (
            np.concatenate([v.to_numpy() for u, v in parts.items() if u != unit] or [np.array([])]),
            parts[unit].to_numpy(),
        )
        for unit in units
    ]
    checked = with_ordinal_check(
        differences, compared, "ordinal_difference", adjust="holm", level=survey.level
    )
    return checked[: len(units)], checked[len(units) :]


def _variances(survey: ServiceSurvey, topic: str, fit: Any, verdict: str, n: int, p: float) -> Iterator[Fact]:
    for name in ("variance_unit", "variance_residual"):
        yield Fact(
            statistic=name,
            **survey.place(topic),
            value=float(getattr(fit, name)),
            n=n,
            scale=survey.scale,
            method="mixed_model",
            p=p if name == "variance_unit" else None,
            verdict=verdict if name == "variance_unit" else "",
        )


def _refused(survey: ServiceSurvey, topic: str, units: list[str], why: str) -> Iterator[Fact]:
    for name in ("variance_unit", "variance_residual"):
        yield Fact(statistic=name, **survey.place(topic), scale=survey.scale, method="mixed_model").missing(
            "undecided", why
        )
    for unit in units:
        yield _blank(survey, topic, unit).missing("undecided", why)


def _blank(survey: ServiceSurvey, topic: str, unit: str) -> Fact:
    return Fact(
        statistic="unit_difference",
        **survey.place(topic, unit=unit),
        against="other_units",
        scale=survey.scale,
        method="pooled_t_holm",
    )


def _shrunken(survey: ServiceSurvey, topic: str, unit: str, n: int, table: pd.DataFrame) -> Iterator[Fact]:
    place = survey.place(topic, unit=unit)
    mean = Fact(statistic="shrunken_mean", **place, scale=survey.scale, method="mixed_model")
    sure = Fact(statistic="reliability", **place, scale="share", method="mixed_model")
    if n == 0 or unit not in table.index:
        state, note = ("not_measured", "no_answers") if n == 0 else ("suppressed", "")
        yield mean.missing(state, note)
        yield sure.missing(state, note)
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
    if (unit, survey.year, topic) in survey.hidden:
        return fact.missing("suppressed")
    if n < MINIMUM_FOR_VERDICT:
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
