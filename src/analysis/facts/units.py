"""Facts on units beside each other: the mixed model's shrunken means, and each unit against the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.families import MINIMUM_FOR_VERDICT
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.levels import borrowers
from analysis.facts.order import with_ordinal_check
from analysis.facts.table import Fact
from analysis.stats.contrasts import deviations_by_unit, units_differ
from analysis.stats.errors import TooFewUnits
from analysis.stats.multiple import adjust_p
from analysis.stats.units import fit_units

#: A round with fewer answers than this is left out of the model: so few say nothing of its level.
_MINIMUM_FOR_ROUND = 5


def unit_comparisons(survey: ServiceSurvey) -> list[Fact]:
    """Give, for every topic, variances, shrunken means with reliability, and each unit against the others.

    Everything is made of the cells that may be shown (see `ServiceSurvey.pooled`). Two steps guard a table of
    many topics against finding something by chance. Topics are chosen first: those in which the F test says
    that the units differ, adjusted by Benjamini-Hochberg over the topics. Within a chosen topic a unit is
    "above" or "below" only where the model finds a difference between the units at all, the unit's own
    difference, adjusted by Holm over the service's units and for the choice of topics, is certain, and the
    ordinal check agrees.

    Source: Benjamini & Bogomolov (2014), Journal of the Royal Statistical Society B 76, 297-318.
    """
    compared = [_compare(survey, topic) for topic in survey.topics]
    chosen = _choose_topics(compared, survey.level)
    return [fact for one in compared for fact in _facts(survey, one, chosen.get(one.topic))]


@dataclass(frozen=True)
class _Compared:
    """A topic's model, and this round's answers; without a model, why there is none."""

    topic: str
    now: pd.DataFrame
    fit: Any = None
    p: float = float("nan")
    why: str = ""


def _compare(survey: ServiceSurvey, topic: str) -> _Compared:
    answers = survey.pooled(topic)
    found, sizes = np.unique(answers["year"].to_numpy(), return_counts=True)
    rounds = found[sizes >= _MINIMUM_FOR_ROUND]
    if len(rounds) < len(found):
        answers = answers[np.isin(answers["year"].to_numpy(), rounds)]
    now = answers[answers["year"].to_numpy() == survey.year]
    try:
        fit = fit_units(answers, "score", "unit", fixed="C(year)" if len(rounds) > 1 else "1")
        return _Compared(topic, now, fit, units_differ(answers, "score", "unit").p)
    except StatisticsError as error:
        return _Compared(topic, now, why="one_unit" if isinstance(error, TooFewUnits) else "no_variation")


def _choose_topics(compared: list[_Compared], level: float) -> dict[str, float]:
    """Give, for each topic whose units certainly differ, what its units' p values are multiplied by."""
    tested = [one for one in compared if one.fit is not None]
    if not tested:
        return {}
    certain = adjust_p([one.p for one in tested]) < 1 - level
    # Topics chosen for being certain: in each, the units are tested at the share of the level chosen.
    return {one.topic: len(tested) / certain.sum() for one, sure in zip(tested, certain, strict=True) if sure}


def _facts(survey: ServiceSurvey, compared: _Compared, share: float | None) -> Iterator[Fact]:
    topic, fit, now = compared.topic, compared.fit, compared.now
    units = survey.units_in(survey.year)
    if fit is None:
        yield from _refused(survey, topic, units, compared.why)
        return
    try:
        against = deviations_by_unit(now, "score", "unit", level=survey.level)
    except StatisticsError:
        against = {}
    sizes = {unit: len(scores) for unit, scores in survey.by_unit(topic, year=survey.year).items()}
    differences = [
        _difference(survey, topic, unit, sizes[unit], against.get(unit), share, fit.difference_found)
        for unit in units
    ]
    models: list[Fact] = []
    if fit.difference_found:
        # Where the model finds none between the units, that is the verdict, however answers are taken.
        differences, models = _checked(survey, topic, differences, now, units)
    verdict = "no_difference"
    if fit.difference_found:
        verdict = "uncertain" if not share else "ranking" if fit.ranking_allowed else "no_ranking"
    yield from _variances(survey, topic, fit, verdict, len(now), compared.p)
    shrunken = _by_unit(fit.table)
    for unit, fact in zip(units, differences, strict=True):
        yield from _shrunken(survey, topic, unit, sizes[unit], shrunken.get(unit))
        yield fact
    yield from models


def _by_unit(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    # Ten times as fast as taking each unit's row out of the frame.
    columns = {name: table[name].tolist() for name in ("unit", "shrunken", "se", "reliability")}
    return {
        unit: {name: values[at] for name, values in columns.items()}
        for at, unit in enumerate(columns["unit"])
    }


def _checked(
    survey: ServiceSurvey, topic: str, differences: list[Fact], now: pd.DataFrame, units: list[str]
) -> tuple[list[Fact], list[Fact]]:
    parts = {unit: scores.to_numpy() for unit, scores in now.groupby("unit")["score"]}
    # Of a unit whose own spread is not shown, its distribution is not tried, either.
    untried = borrowers(survey, topic, survey.year, parts) | (set(units) - set(parts))
    compared = [
        None
        if unit in untried
        else (
            np.concatenate([scores for u, scores in parts.items() if u != unit] or [np.array([])]),
            parts[unit],
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


def _shrunken(
    survey: ServiceSurvey, topic: str, unit: str, n: int, row: Mapping[str, Any] | None
) -> Iterator[Fact]:
    place = survey.place(topic, unit=unit)
    mean = Fact(statistic="shrunken_mean", **place, scale=survey.scale, method="mixed_model")
    sure = Fact(statistic="reliability", **place, scale="share", method="mixed_model")
    if n == 0 or row is None:
        state, note = ("not_measured", "no_answers") if n == 0 else ("suppressed", "")
        yield mean.missing(state, note)
        yield sure.missing(state, note)
        return
    half = NormalDist().inv_cdf((1 + survey.level) / 2) * float(row["se"])
    value = float(row["shrunken"])
    yield replace(
        mean, value=value, se=float(row["se"]), low=value - half, high=value + half, level=survey.level, n=n
    )
    yield replace(sure, value=float(row["reliability"]), n=n)


def _difference(
    survey: ServiceSurvey,
    topic: str,
    unit: str,
    n: int,
    row: Mapping[str, Any] | None,
    share: float | None,
    found: bool,
) -> Fact:
    fact = _blank(survey, topic, unit)
    if n == 0:
        return fact.missing("not_measured", "no_answers")
    if (unit, survey.year, topic) in survey.hidden:
        return fact.missing("suppressed")
    if n < MINIMUM_FOR_VERDICT:
        return fact.missing("undecided", "few")
    if row is None:
        return fact.missing("undecided", "one_unit")
    # In a topic that was not chosen, nothing is certain.
    p_adjusted = min(float(row["p_adjusted"] * share), 1.0) if share else 1.0
    certain = p_adjusted < 1 - survey.level
    side = "above" if row["difference"] > 0 else "below"
    return replace(
        fact,
        value=float(row["difference"]),
        **{name: float(row[name]) for name in ("se", "low", "high", "p")},
        p_adjusted=p_adjusted,
        level=survey.level,
        n=n,
        verdict="no_difference" if not found else side if certain else "no_certain_difference",
    )
