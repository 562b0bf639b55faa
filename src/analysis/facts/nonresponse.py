"""Facts on who did not answer: response by group of users, and results weighted to all users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, tabulate
from analysis.stats.intervals import mean_interval, wilson
from analysis.stats.weights import calibrate

#: A group of respondents is shown from as many as any number of people.
_MINIMUM = 5
#: Weights on fewer answers than this would let single answers count for many.
_MINIMUM_FOR_WEIGHTS = 30


def nonresponse(survey: ServiceSurvey, *, minimum: int = _MINIMUM) -> pd.DataFrame:
    """Give response by background group, and every topic's mean weighted to the users' composition.

    Only where the register says how many users there are in each group. A group of fewer than `minimum`
    respondents is hidden, and the next smallest with it, until the hidden ones are at least two and
    `minimum` together: else it would follow from the others.
    """
    margins = _margins(survey)
    facts = [
        fact for variable, users in margins.items() for fact in _groups(survey, variable, users, minimum)
    ]
    return tabulate([*facts, *_weighted(survey, margins)])


def _margins(survey: ServiceSurvey) -> dict[str, pd.Series]:
    """Give, per background variable, the number of users with each value, over all units of the round."""
    groups = survey.groups[survey.groups["year"] == survey.year]
    counted = groups.groupby(["variable", "value"])["population"].sum()
    known = [v.id for v in survey.questionnaire.background if v.id in survey.responses.columns]
    found = {name: counted[name] for name in known if name in counted.index.get_level_values(0)}
    return {name: users[users > 0] for name, users in found.items() if users.sum() > 0}


def _groups(survey: ServiceSurvey, variable: str, users: pd.Series, minimum: int) -> Iterator[Fact]:
    last = survey.responses.loc[survey.responses["year"] == survey.year, variable]
    answered = last.value_counts().reindex(users.index, fill_value=0)
    hidden = _hidden(answered, minimum)
    everyone, known = int(users.sum()), int(answered.sum())
    if 0 < len(last) < minimum or 0 < known < minimum:
        # Of so few it is not said either who none of them is, nor, beside a group of none, how few they are.
        hidden = set(answered.index)
    for value, n in answered.items():
        place = survey.place("") | {"category": f"{variable}={value}", "scale": "share"}
        share = Fact(statistic="users_share", **place, method="count")
        yield replace(share, value=float(users[value] / everyone), n=everyone)
        rate = Fact(statistic="group_response", **place, method="wilson")
        among = Fact(statistic="respondents_share", **place, method="count")
        if value in hidden:
            yield from (fact.missing("suppressed") for fact in (rate, among))
            continue
        population = int(users[value])
        if n > population:
            # More answers than users: the register is not of those who were asked.
            yield rate.missing("not_measured", "more_answers_than_users")
        else:
            interval = wilson(int(n), population, survey.level)
            yield replace(
                rate, value=n / population, low=interval.low, high=interval.high, level=survey.level,
                n=int(n), N=population,
            )  # fmt: skip
        if known:
            yield replace(among, value=n / known, n=int(n), N=known)
        else:
            yield among.missing("not_measured", "no_answers")


def _hidden(answered: pd.Series, minimum: int) -> set[str]:
    order = answered.sort_values(kind="stable")
    gone = {value for value, n in order.items() if 0 < n < minimum}
    for value, n in order.items():
        if not gone or (len(gone) > 1 and order[sorted(gone)].sum() >= minimum):
            break
        if n > 0:
            gone.add(value)
    return gone


def _weighted(survey: ServiceSurvey, margins: dict[str, pd.Series]) -> Iterator[Fact]:
    effect = Fact(statistic="design_effect", **survey.place(""), scale="number", method="raking")
    means = [
        Fact(statistic="weighted_mean", **survey.place(topic), scale=survey.scale, method="raking")
        for topic in survey.topics
    ]
    last = survey.responses[survey.responses["year"] == survey.year]
    known = last[list(margins)].notna().all(axis=1) if margins else pd.Series(dtype=bool)
    why = "no_groups" if not margins else "few" if known.sum() < _MINIMUM_FOR_WEIGHTS else ""
    if why:
        state = "not_measured" if why == "no_groups" else "undecided"
        yield from (fact.missing(state, why) for fact in (effect, *means))
        return
    rows = last.loc[known, list(margins)]
    try:
        found = calibrate(rows, {name: users.to_dict() for name, users in margins.items()})
    except StatisticsError:
        yield from (fact.missing("undecided", "no_weights") for fact in (effect, *means))
        return
    # Who did not give their background counts as one: left out, their answers would follow from the rest.
    weights = found.weights.reindex(last.index, fill_value=1.0)
    deff = len(weights) * float((weights**2).sum()) / float(weights.sum()) ** 2
    yield replace(effect, value=deff, n=len(weights))
    for fact in means:
        values = survey.values(fact.topic, year=survey.year)
        try:
            result = mean_interval(values, weights=weights[values.index], level=survey.level)
        except StatisticsError:
            yield fact.missing("undecided", "no_variation")
            continue
        yield replace(
            fact, value=result.mean, se=result.se, low=result.low, high=result.high, level=survey.level,
            n=result.n,
        )  # fmt: skip
