"""Facts of the reference stage on levels: what all municipalities, and each peer group, come to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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


def peer_means(
    country: Country, rows: pd.DataFrame, minimum: int, statistic: str, topic: str, method: str
) -> Iterator[Fact]:
    """Give the mean of each peer group's municipalities (rows of municipality, n, mean, variance)."""
    shown = shown_groups(rows, country.peers, minimum)
    for group in sorted(country.peers):
        fact = country.fact(statistic, topic, category=group, method=method)
        if group in shown:
            members = rows["municipality"].isin(country.peers[group])
            yield mean_of_municipalities(fact, rows[members], minimum)
        else:
            yield fact.missing("not_comparable", "no_other_municipalities")


def shown_groups(rows: pd.DataFrame, peers: Mapping[str, Collection[str]], minimum: int) -> set[str]:
    """Name the peer groups whose mean may be shown, for the municipalities in `rows`.

    A group needs more than `minimum` of them; and so do all those that are in no shown group, if there are
    any: their mean follows from the nation's and the groups'. Groups are hidden from the smallest on. Of
    groups that overlap a reader is shown one: the rest beside that one is what has to be large enough.
    """
    there = set(rows["municipality"])
    members = {group: there & set(codes) for group, codes in peers.items()}
    sizes = {group: len(codes) for group, codes in members.items() if len(codes) > minimum}
    if sum(map(len, members.values())) > len(set().union(*members.values())):
        return {group for group, size in sizes.items() if not 0 < len(there) - size <= minimum}
    shown = sorted(sizes, key=lambda group: (sizes[group], group))
    while shown and 0 < len(there) - sum(sizes[group] for group in shown) <= minimum:
        shown = shown[1:]
    return set(shown)


def _levels(country: Country, minimum: int) -> Iterator[Fact]:
    moments, method = country.municipality_moments, "mean_of_municipalities"
    for topic in country.topics:
        rows = moments[moments["topic"] == topic]
        yield mean_of_municipalities(country.fact("mean", topic, method=method), rows, minimum)
        yield from peer_means(country, rows, minimum, "peer_mean", topic, method)


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
