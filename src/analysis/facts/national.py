"""Facts of the reference stage on levels: what all municipalities, and each peer group, come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.facts.country import DECIMALS, Country
from analysis.facts.table import Fact, tabulate
from analysis.stats.intervals import wilson

FEWEST_FOR_QUARTILES = 20


def national_levels(country: Country, *, minimum_municipalities: int = 3) -> pd.DataFrame:
    """Give the mean of the municipalities' means, each municipality counting once, per topic; of peers too.

    In the facts n is the number of respondents behind it and N the number of municipalities. Where there are
    not more than `minimum_municipalities`, there is no national picture, and it could tell each of them.
    """
    return tabulate(_levels(country, minimum_municipalities))


def national_answers(country: Country, *, minimum_municipalities: int = 3) -> pd.DataFrame:
    """Give how all respondents' answers to each item are distributed, and the municipalities' quartiles.

    Quartiles come from `FEWEST_FOR_QUARTILES` municipalities on: of five they are three places' own means.
    """
    return tabulate([*_quartiles(country), *_shares(country, minimum_municipalities)])


def mean_of_municipalities(fact: Fact, rows: pd.DataFrame, minimum: int) -> Fact:
    """Fill a fact with the mean of the municipalities (rows of n, mean, variance), or say why there is none.

    Its standard error is that of the answers, √Σ s²/N: all municipalities asked are there.
    """
    if len(rows) == 0:
        return fact.missing("not_measured", "no_answers")
    if len(rows) <= minimum:
        return fact.missing("not_comparable", "no_other_municipalities")
    value = round(float(rows["mean"].mean()), DECIMALS)
    se = round(float(np.sqrt((rows["variance"] / rows["n"]).sum()) / len(rows)), DECIMALS)
    return replace(fact, value=value, se=se, n=int(rows["n"].sum()), N=len(rows))


def shown_groups(rows: pd.DataFrame, peers: Mapping[str, str], minimum: int) -> set[str]:
    """Name the peer groups whose mean may be shown, for the municipalities in `rows`.

    A group needs more than `minimum` of them; and so do all those that are in no shown group, if there are
    any: their mean follows from the nation's and the groups'. Groups are hidden from the smallest on.
    """
    sizes = rows["municipality"].map(peers).value_counts()
    shown = sizes[sizes > minimum].sort_index().sort_values(kind="stable")
    while len(shown) and 0 < len(rows) - shown.sum() <= minimum:
        shown = shown.iloc[1:]
    return set(shown.index)


def _levels(country: Country, minimum: int) -> Iterator[Fact]:
    moments = country.municipality_moments
    group = moments["municipality"].map(country.peers)
    for topic in country.topics:
        of_topic = moments["topic"] == topic
        fact = country.fact("mean", topic, method="mean_of_municipalities")
        yield mean_of_municipalities(fact, moments[of_topic], minimum)
        shown = shown_groups(moments[of_topic], country.peers, minimum)
        for peers in sorted(set(country.peers.values())):
            fact = country.fact("peer_mean", topic, category=peers, method="mean_of_municipalities")
            if peers in shown:
                yield mean_of_municipalities(fact, moments[of_topic & (group == peers)], minimum)
            else:
                yield fact.missing("not_comparable", "no_other_municipalities")


def _quartiles(country: Country) -> Iterator[Fact]:
    moments = country.municipality_moments
    for topic in country.topics:
        rows = moments[moments["topic"] == topic]
        if len(rows) < FEWEST_FOR_QUARTILES:
            continue
        for percent in (25, 50, 75):
            fact = country.fact("quartile", topic, category=str(percent), method="quartile_of_municipalities")
            value = round(float(np.percentile(rows["mean"], percent)), DECIMALS)
            yield replace(fact, value=value, n=int(rows["n"].sum()), N=len(rows))


def _shares(country: Country, minimum: int) -> Iterator[Fact]:
    places = country.responses["municipality"].nunique()
    if places <= minimum:
        return
    for item in country.questionnaire.items:
        counts = country.responses[item.id].value_counts()
        n = int(counts.sum())
        if n == 0:
            continue
        for answer in range(item.minimum, item.maximum + 1):
            interval = wilson(int(counts.get(answer, 0)), n)
            fact = country.fact(
                "share", f"item.{item.id}", category=str(answer), scale="share", method="wilson"
            )
            value, low, high = (round(x, DECIMALS) for x in (interval.share, interval.low, interval.high))
            yield replace(fact, value=value, low=low, high=high, level=interval.level, n=n, N=places)
