"""Facts on a municipality beside the nation and beside its peers, as it is and adjusted for case-mix."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import pandas as pd
from scipy import special

from analysis.core.errors import StatisticsError
from analysis.facts.casemix import adjustments
from analysis.facts.families import adjusted
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact
from analysis.stats.intervals import mean_interval, t_quantile


class _Reference(NamedTuple):
    """What is known of the others: of how many municipalities (`N`, null where unknown) their mean is."""

    value: float
    se: float
    N: object


#: Of a topic that nothing is known of to adjust it for.
_UNKNOWN = "no_casemix"


def differences_from_others(survey: ServiceSurvey, national: pd.DataFrame, *, minimum: int) -> list[Fact]:
    """Give the municipality's mean minus the nation's and its peers', raw and case-mix adjusted.

    `national` is the facts table of the reference stage; `minimum` is the number of other municipalities
    under which no comparison is made. Each of the four comparisons is a family over the topics
    (Benjamini-Hochberg).
    """
    rows = national[national["municipality"].eq("") & national["year"].eq(survey.year)]
    keys, numbers = ("statistic", "topic", "category"), _Reference._fields
    each = [rows[name].tolist() for name in (*keys, *numbers)]
    references = {row[:3]: _Reference(*row[3:]) for row in zip(*each, strict=True)}
    raw = {topic: survey.values(topic, year=survey.year) for topic in survey.topics}
    even = adjustments(survey, national)
    peers = survey.peer_group

    def family(statistic: str, against: str, name: str, category: str, values: dict) -> list[Fact]:
        facts = [
            _difference(
                survey,
                statistic,
                topic,
                against,
                references.get((name, topic, category)),
                values.get(topic, _UNKNOWN),
                minimum,
            )
            for topic in survey.topics
        ]
        return adjusted(facts, otherwise="no_certain_difference")

    return [
        *family("national_difference", "nation", "mean", "", raw),
        *family("peer_difference", f"peers.{peers}", "peer_mean", peers, raw),
        *family("national_difference_adjusted", "nation", "adjusted_mean", "", even),
        *family("peer_difference_adjusted", f"peers.{peers}", "adjusted_peer_mean", peers, even),
        *_shifts(survey, raw, even),
    ]


def _difference(
    survey: ServiceSurvey,
    statistic: str,
    topic: str,
    against: str,
    reference: _Reference | None,
    values: pd.Series | str | None,
    minimum: int,
) -> Fact:
    method = "t_interval_casemix" if statistic.endswith("_adjusted") else "t_interval"
    fact = Fact(
        statistic=statistic, **survey.place(topic), against=against.rstrip("."), scale=survey.scale,
        method=method,
    )  # fmt: skip
    nobody = "no_peers" if against.startswith("peers") else "no_other_municipalities"
    if isinstance(values, str):
        return fact.missing("not_comparable", values)
    # The municipality itself is one of those that the reference is made of.
    others = 0 if reference is None or pd.isna(reference.N) else int(reference.N) - 1
    if others < minimum or pd.isna(reference.value):
        return fact.missing("not_comparable", nobody)
    if values is not None and len(values) == 0:
        return fact.missing("not_measured", "no_answers")
    if survey.is_hidden(topic):
        return fact.missing("suppressed")
    if values is None:
        return fact.missing("undecided", "few_in_group")
    try:
        own = mean_interval(values, level=survey.level)
    except StatisticsError:
        return fact.missing("suppressed")
    of_others, known = float(reference.value), float(reference.se)
    difference = own.mean - of_others
    # The municipality is one of the N that the reference averages: (1 - 1/N)² s² + the others' part.
    se = math.sqrt(own.se**2 * (1 - 2 / int(reference.N)) + known**2)
    half = float(t_quantile(own.df, survey.level)) * se
    return replace(
        fact, value=difference, se=se, low=difference - half, high=difference + half,
        level=survey.level, n=own.n, N=int(reference.N),
        p=2 * float(special.stdtr(own.df, -abs(difference) / se)),
    )  # fmt: skip


def _shifts(survey: ServiceSurvey, raw: dict, even: dict) -> Iterator[Fact]:
    """Say what the composition of the users accounts for: the adjusted mean minus the raw one."""
    for topic in survey.topics:
        fact = Fact(
            statistic="casemix_shift", **survey.place(topic), against="nation", scale=survey.scale,
            method="casemix_within_units",
        )  # fmt: skip
        if topic not in even:
            yield fact.missing("not_comparable", _UNKNOWN)
        elif len(raw[topic]) == 0:
            yield fact.missing("not_measured", "no_answers")
        elif survey.is_hidden(topic):
            yield fact.missing("suppressed")
        elif even[topic] is None:
            yield fact.missing("undecided", "few_in_group")
        else:
            value = float(even[topic].mean() - raw[topic].mean())
            yield replace(fact, value=value, n=len(even[topic]))
