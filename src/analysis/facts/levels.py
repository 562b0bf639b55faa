"""Facts on where a service stands: means, index, shares of answers, internal consistency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, tabulate
from analysis.stats.intervals import PooledSd, mean_interval, pooled_sd, wilson
from analysis.stats.reliability import cronbach_alpha
from analysis.stats.scores import index_0_100

#: With fewer answers than this a unit's own spread says too little, and the service's is borrowed.
_FEW = 10
#: Cronbach's alpha needs answers to compare; it describes a distribution, and is shown as late as one.
_MINIMUM_FOR_ALPHA = 10


def means(survey: ServiceSurvey) -> pd.DataFrame:
    """Give mean, standard error and t interval of every topic, per round and, but for items, per unit."""
    facts: list[Fact] = []
    units = {year: survey.units_in(year) for year in survey.years}
    for topic in (*survey.topics, *survey.item_topics):
        for year in survey.years:
            values = survey.values(topic, year=year)
            parts = {"": values}
            if not topic.startswith("item."):
                by_unit = dict(list(values.groupby(survey.responses.loc[values.index, "unit"])))
                parts |= {unit: by_unit.get(unit, values.iloc[:0]) for unit in units[year]}
            borrows = any(len(part) < _FEW or part.min() == part.max() for part in parts.values())
            spread = _pooled(survey, topic, year) if borrows else None
            facts += [_mean(survey, topic, year, unit, part, spread) for unit, part in parts.items()]
    facts += [_index(survey, fact) for fact in facts if not fact.unit and not fact.topic.startswith("item.")]
    return tabulate(facts)


def distributions(survey: ServiceSurvey) -> pd.DataFrame:
    """Give, for every item of the last round, the shares of each answer, the top two and the bottom two."""
    return tabulate(f for topic in survey.item_topics for f in _shares(survey, topic))


def consistency(survey: ServiceSurvey) -> pd.DataFrame:
    """Give Cronbach's alpha of every dimension of at least two items in the last round."""
    last = survey.responses[survey.responses["year"] == survey.year]
    facts = []
    for dimension in survey.questionnaire.dimensions:
        items = [i for i in survey.questionnaire.items if i.dimension == dimension.id]
        fact = Fact(
            statistic="alpha",
            **survey.place(f"dimension.{dimension.id}"),
            scale="share",
            method="cronbach_alpha",
        )
        turned = last[[i.id for i in items]].astype(float)
        for item in items:
            if item.reversed:
                turned[item.id] = item.minimum + item.maximum - turned[item.id]
        if len(items) < 2 or len(turned.dropna()) < _MINIMUM_FOR_ALPHA:
            facts.append(fact.missing("undecided", "few"))
            continue
        try:
            result = cronbach_alpha(turned)
        except StatisticsError:
            facts.append(fact.missing("undecided", "no_variation"))
        else:
            facts.append(_filled(fact, value=result.alpha, n=result.n_complete))
    return tabulate(facts)


def _filled(fact: Fact, **numbers: Any) -> Fact:
    return Fact(**{**fact.__dict__, **numbers})


def _pooled(survey: ServiceSurvey, topic: str, year: int) -> PooledSd | None:
    """Return the sd within the service's units, None where no unit has two answers that differ."""
    rows = survey.pooled(topic, year=year)
    try:
        spread = pooled_sd(rows["score"], rows["unit"])
    except StatisticsError:
        return None
    return spread if spread.sd > 0 else None


def _mean(
    survey: ServiceSurvey, topic: str, year: int, unit: str, values: pd.Series, spread: PooledSd | None
) -> Fact:
    fact = Fact(
        statistic="mean", **survey.place(topic, year=year, unit=unit), scale=survey.scale, method="t_interval"
    )
    if len(values) == 0:
        return fact.missing("not_measured", "no_answers")
    try:
        result = mean_interval(values, level=survey.level, pooled_sd=spread)
    except StatisticsError:
        # One answer, or all the same, and no spread to borrow. It keeps its numbers until disclosure control
        # has counted it among the parts of its total, and hides it there for what the note says.
        return _filled(fact, value=float(values.mean()), n=len(values), note="unanimous")
    # Where n alone would not have borrowed the pooled sd, borrowing it tells that all answered alike.
    note = "pooled_sd" if result.sd_source == "pooled" else ""
    if len(values) >= _FEW and note:
        note = "unanimous"
    return _filled(
        fact,
        value=result.mean,
        se=result.se,
        low=max(result.low, survey.questionnaire.scale[0]),
        high=min(result.high, survey.questionnaire.scale[1]),
        level=survey.level,
        n=result.n,
        note=note,
    )


def _index(survey: ServiceSurvey, mean: Fact) -> Fact:
    fact = _filled(mean, statistic="index", scale="0-100", method="index_0_100")
    if mean.value is None:
        return fact
    low, high = survey.questionnaire.scale
    if mean.se is None:
        return _filled(fact, value=float(index_0_100(mean.value, low, high)))
    parts = {name: float(index_0_100(getattr(mean, name), low, high)) for name in ("value", "low", "high")}
    return _filled(fact, **parts, se=100 * mean.se / (high - low))


def _shares(survey: ServiceSurvey, topic: str) -> Iterator[Fact]:
    item = survey.questionnaire.item(topic.partition(".")[2])
    # As given, not turned: a category is an answer on the questionnaire.
    given = survey.responses.loc[survey.responses["year"] == survey.year, item.id].dropna()
    answers = given.to_numpy()
    place = survey.place(topic)
    scale = list(range(item.minimum, item.maximum + 1))
    good, bad = (scale[:2], scale[-2:]) if item.reversed else (scale[-2:], scale[:2])
    counted = [("share", str(answer), [answer]) for answer in scale]
    counted += [("top_box", "", good), ("bottom_box", "", bad)] if len(scale) >= 5 else []
    for statistic, category, chosen in counted:
        fact = Fact(statistic=statistic, category=category, **place, scale="share", method="wilson")
        if len(answers) == 0:
            yield fact.missing("not_measured", "no_answers")
            continue
        k = int(np.isin(answers, chosen).sum())
        interval = wilson(k, len(answers), level=survey.level)
        yield _filled(
            fact,
            value=k / len(answers),
            low=interval.low,
            high=interval.high,
            level=survey.level,
            n=len(answers),
        )
