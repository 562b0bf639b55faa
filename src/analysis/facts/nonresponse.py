"""Facts on who did not answer: response by group of users, and results weighted to all users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.casemix import smallest_group
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact
from analysis.stats.intervals import mean_interval, wilson
from analysis.stats.weights import calibrate

#: Weights on fewer answers than this, or less even than this, would let single answers count for many.
_MINIMUM_FOR_WEIGHTS, _MOST_DESIGN_EFFECT = 30, 2.0


def nonresponse(survey: ServiceSurvey) -> list[Fact]:
    """Give response by background group, and every topic's mean weighted to the users' composition.

    Only where the register says how many users there are in each group. A group of fewer people than a mean
    needs, users or respondents, is hidden, and the next smallest with it, until the hidden ones are at least
    two and as many people together: else it would follow from the others. Weighted means need as many answers
    as a distribution in every group: with the plain means beside them they tell the groups' own.
    """
    margins = _margins(survey)
    facts = [fact for variable, users in margins.items() for fact in _groups(survey, variable, users)]
    return [*facts, *_weighted(survey, margins)]


def _margins(survey: ServiceSurvey) -> dict[str, pd.Series]:
    """Give, per background variable, the number of users with each value, over all units of the round."""
    groups = survey.groups[survey.groups["year"] == survey.year]
    counted = groups.groupby(["variable", "value"])["population"].sum()
    known = [v.id for v in survey.questionnaire.background if v.id in survey.responses.columns]
    found = {name: counted[name] for name in known if name in counted.index.get_level_values(0)}
    return {name: users[users > 0] for name, users in found.items() if users.sum() > 0}


def _groups(survey: ServiceSurvey, variable: str, users: pd.Series) -> Iterator[Fact]:
    minimum = survey.thresholds.mean
    last = survey.responses.loc[survey.responses["year"] == survey.year, variable]
    answered = last.value_counts().reindex(users.index, fill_value=0)
    hidden = _hidden(answered, minimum)
    few_users = _hidden(users, minimum)
    hidden |= few_users
    everyone, known = int(users.sum()), int(answered.sum())
    if 0 < len(last) < minimum or 0 < known < minimum:
        # Of so few it is not said either who none of them is, nor, beside a group of none, how few they are.
        hidden = set(answered.index)
    for value, n in answered.items():
        place = survey.place("") | {"category": f"{variable}={value}", "scale": "share"}
        share = Fact(statistic="users_share", **place, method="count")
        share = replace(share, value=float(users[value] / everyone), n=everyone)
        yield share.missing("suppressed") if value in few_users else share
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
    weights = _weights(last, margins, survey.thresholds.distribution) if margins else "no_groups"
    if isinstance(weights, str):
        state = "not_measured" if weights == "no_groups" else "undecided"
        yield from (fact.missing(state, weights) for fact in (effect, *means))
        return
    deff = len(weights) * float((weights**2).sum()) / float(weights.sum()) ** 2
    yield replace(effect, value=deff, n=len(weights))
    # As Python's own texts: each topic counts them anew.
    background = last[list(margins)].astype(object)
    for fact in means:
        values = survey.values(fact.topic, year=survey.year)
        smallest = smallest_group(background.loc[values.index], list(margins))
        if smallest < survey.thresholds.distribution:
            yield fact.missing("undecided", "few_in_group")
            continue
        try:
            result = mean_interval(values, weights=weights[values.index], level=survey.level)
        except StatisticsError:
            yield fact.missing("undecided", "no_variation")
            continue
        yield replace(
            fact, value=result.mean, se=result.se, low=result.low, high=result.high, level=survey.level,
            n=result.n,
        )  # fmt: skip


def _weights(last: pd.DataFrame, margins: dict[str, pd.Series], minimum: int) -> pd.Series | str:
    """Give every respondent's weight, or why there is none."""
    known = last[list(margins)].notna().all(axis=1)
    if known.sum() < _MINIMUM_FOR_WEIGHTS:
        return "few"
    rows = last.loc[known, list(margins)]
    if smallest_group(rows, list(margins)) < minimum:
        return "few_in_group"
    try:
        found = calibrate(rows, {name: users.to_dict() for name, users in margins.items()})
    except StatisticsError:
        return "no_weights"
    if found.design_effect > _MOST_DESIGN_EFFECT:
        return "too_uneven"
    # Who did not give their background counts as one: left out, their answers would follow from the rest.
    return found.weights.reindex(last.index, fill_value=1.0)
