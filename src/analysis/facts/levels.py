"""Facts on where a service stands: means, index, shares of answers, internal consistency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact
from analysis.stats.intervals import PooledSd, mean_interval, pooled_sd, t_quantile, wilson
from analysis.stats.reliability import cronbach_alpha
from analysis.stats.scores import index_0_100

#: Cronbach's alpha needs answers to compare; it describes a distribution, and is shown as late as one.
_MINIMUM_FOR_ALPHA = 10


def means(survey: ServiceSurvey, elsewhere: Mapping[str, float] = MappingProxyType({})) -> list[Fact]:
    """Give mean, standard error and t interval of every topic, per round and, but for items, per unit.

    `elsewhere` has a standard deviation within units per topic, the nation's, for where there is none here.
    """
    facts: list[Fact] = []
    for topic in (*survey.topics, *survey.item_topics):
        for year in survey.years:
            values = survey.numbers(topic, year=year)
            few = len(values) < survey.thresholds.distribution
            # The whole is its own units' sum: of few answers it has nobody here to borrow from.
            facts.append(_mean(survey, topic, year, "", values, elsewhere.get(topic), borrows=few))
            if topic.startswith("item."):
                continue
            parts = survey.by_unit(topic, year=year)
            borrowing = borrowers(survey, topic, year, parts)
            spread = _spread(survey, values, parts, borrowing, elsewhere.get(topic))
            facts += [
                _mean(survey, topic, year, unit, part, spread, borrows=unit in borrowing)
                for unit, part in parts.items()
            ]
    indexed = [fact for fact in facts if not fact.unit and not fact.topic.startswith("item.")]
    return [*facts, *(_index(survey, fact) for fact in indexed)]


def borrowers(survey: ServiceSurvey, topic: str, year: int, parts: Mapping[str, np.ndarray]) -> set[str]:
    """Name the units whose own spread is not shown: with few answers it would tell what each of them was.

    It would follow from the whole's spread and the other units', so that where there is one, the next
    smallest borrow as well, until there are two of them, of as many answers as a distribution needs.
    """
    sizes = {
        u: len(part)
        for u, part in parts.items()
        if len(part) and not survey.is_hidden(topic, unit=u, year=year)
    }
    enough = survey.thresholds.distribution
    chosen = {u for u, n in sizes.items() if n < enough or parts[u].min() == parts[u].max()}
    for unit in sorted(sizes.keys() - chosen, key=lambda u: (sizes[u], u)):
        if not chosen or (len(chosen) > 1 and sum(sizes[u] for u in chosen) >= enough):
            break
        chosen.add(unit)
    return chosen | {u for u in parts if survey.is_hidden(topic, unit=u, year=year)}


def distributions(survey: ServiceSurvey) -> list[Fact]:
    """Give, for every item of the last round, the shares of each answer, the top two and the bottom two.

    Of the rounds before it the top two alone, which targets in per cent are held against.
    """
    return [
        fact
        for topic in survey.item_topics
        for year in survey.years
        for fact in (_shares(survey, topic, year) if year == survey.year else _top(survey, topic, year))
    ]


def consistency(survey: ServiceSurvey) -> list[Fact]:
    """Give Cronbach's alpha of every dimension of at least two items in the last round."""
    facts: list[Fact] = []
    for dimension in survey.questionnaire.dimensions:
        items = [i for i in survey.questionnaire.items if i.dimension == dimension.id]
        fact = Fact(
            statistic="alpha",
            **survey.place(f"dimension.{dimension.id}"),
            scale="share",
            method="cronbach_alpha",
        )
        turned = {item.id: survey.given(item.id, survey.year) for item in items}
        for item in items:
            if item.reversed:
                turned[item.id] = item.minimum + item.maximum - turned[item.id]
        whole = ~np.logical_or.reduce([np.isnan(answers) for answers in turned.values()])
        if len(items) < 2 or whole.sum() < _MINIMUM_FOR_ALPHA:
            facts.append(fact.missing("undecided", "few"))
            continue
        try:
            result = cronbach_alpha(pd.DataFrame(turned))
        except StatisticsError:
            facts.append(fact.missing("undecided", "no_variation"))
        else:
            facts.append(_filled(fact, value=result.alpha, n=result.n_complete))
    return facts


def _filled(fact: Fact, **numbers: Any) -> Fact:
    return Fact(**{**fact.__dict__, **numbers})


def _spread(
    survey: ServiceSurvey,
    values: np.ndarray,
    parts: Mapping[str, np.ndarray],
    borrowing: set[str],
    elsewhere: float | None,
) -> PooledSd | float | None:
    """Return the sd within the units that show their own; else the whole's, else the one from elsewhere."""
    lending = [part for unit, part in parts.items() if unit not in borrowing and len(part)]
    try:
        if lending:
            names = np.repeat(np.arange(len(lending)), [len(part) for part in lending])
            return pooled_sd(np.concatenate(lending), names)
        if len(values) >= survey.thresholds.distribution:
            return pooled_sd(values, np.zeros(len(values)))
    except StatisticsError:
        pass
    return elsewhere


def _mean(
    survey: ServiceSurvey,
    topic: str,
    year: int,
    unit: str,
    values: np.ndarray,
    spread: PooledSd | float | None,
    *,
    borrows: bool,
) -> Fact:
    fact = Fact(
        statistic="mean", **survey.place(topic, year=year, unit=unit), scale=survey.scale, method="t_interval"
    )
    n = len(values)
    if n == 0:
        return fact.missing("not_measured", "no_answers")
    mean = float(values.mean())
    # It keeps its numbers until disclosure control has counted it among the parts of its total, and hides
    # it there for what the note says.
    alike = n >= survey.thresholds.distribution and values.min() == values.max()
    note = "unanimous" if alike else "pooled_sd" if borrows else ""
    if not borrows and not alike:
        result = mean_interval(values, level=survey.level)
        se, half = result.se, result.high - result.mean
    elif spread is None:
        return _filled(fact, value=mean, n=n, note="unanimous" if alike else "no_spread")
    else:
        sd, df = (spread.sd, spread.df) if isinstance(spread, PooledSd) else (spread, np.inf)
        se = sd / np.sqrt(n)
        half = float(t_quantile(df, survey.level)) * se
    low, high = survey.questionnaire.scale
    return _filled(
        fact, value=mean, se=float(se), low=max(mean - half, low), high=min(mean + half, high),
        level=survey.level, n=n, note=note,
    )  # fmt: skip


def _index(survey: ServiceSurvey, mean: Fact) -> Fact:
    fact = _filled(mean, statistic="index", scale="0-100", method="index_0_100")
    if mean.value is None:
        return fact
    low, high = survey.questionnaire.scale
    if mean.se is None:
        return _filled(fact, value=float(index_0_100(mean.value, low, high)))
    parts = {name: float(index_0_100(getattr(mean, name), low, high)) for name in ("value", "low", "high")}
    return _filled(fact, **parts, se=100 * mean.se / (high - low))


def _top(survey: ServiceSurvey, topic: str, year: int) -> Iterator[Fact]:
    shares = list(_shares(survey, topic, year))
    # Of a round without the shares themselves disclosure control cannot see that all answered alike.
    alike = any(fact.statistic == "share" and fact.value == 1 for fact in shares)
    yield from (f.missing("suppressed") if alike else f for f in shares if f.statistic == "top_box")


def _shares(survey: ServiceSurvey, topic: str, year: int) -> Iterator[Fact]:
    item = survey.questionnaire.item(topic.partition(".")[2])
    # As given, not turned: a category is an answer on the questionnaire.
    given = survey.given(item.id, year)
    answers = given[~np.isnan(given)]
    place = survey.place(topic, year=year)
    scale = list(range(item.minimum, item.maximum + 1))
    good, bad = (scale[:2], scale[-2:]) if item.reversed else (scale[-2:], scale[:2])
    counted = [("share", str(answer), [answer]) for answer in scale]
    counted += [("top_box", "", good), ("bottom_box", "", bad)] if len(scale) >= 5 else []
    facts = [
        Fact(statistic=statistic, category=category, **place, scale="share", method="wilson")
        for statistic, category, _ in counted
    ]
    n = len(answers)
    if n == 0:
        yield from (fact.missing("not_measured", "no_answers") for fact in facts)
        return
    each = {answer: int((answers == answer).sum()) for answer in scale}
    found = wilson([sum(each[one] for one in chosen) for *_, chosen in counted], n, level=survey.level)
    intervals = zip(found.share.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
    for fact, (share, low, high) in zip(facts, intervals, strict=True):
        yield _filled(fact, value=share, low=low, high=high, level=survey.level, n=n)
