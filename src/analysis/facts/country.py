"""All municipalities' answers to one service in one round: what the national picture is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.facts.table import Fact
from analysis.stats.scores import dimension_scores
from analysis.survey.codebook import Questionnaire

#: A municipality or unit with fewer answers than this does not count in a national figure, whatever the batch
#: shows: of groups that overlap, and of quartiles, single ones' figures can be told.
MINIMUM_ANSWERS = 5
#: Decimals that national figures are saved with, and that every other run reads: a change that does not
#: show there redoes nothing.
DECIMALS = 3


@dataclass(frozen=True)
class Country:
    """One round: a row a respondent in `responses`, and the same rows in `scores`, a column a topic.

    `peers` gives the municipalities of every peer group; one may be in several, or in none. A municipality or
    unit with fewer answers than `minimum_answers` does not count in a figure of several.
    """

    questionnaire: Questionnaire
    year: int
    responses: pd.DataFrame
    scores: pd.DataFrame
    peers: Mapping[str, Collection[str]]
    minimum_answers: int = MINIMUM_ANSWERS

    @property
    def topics(self) -> tuple[str, ...]:
        """Overall and every dimension, the way facts name them."""
        return tuple(self.scores.columns)

    @property
    def scale(self) -> str:
        """The answers' scale as facts name it."""
        return "{}-{}".format(*self.questionnaire.scale)

    @cached_property
    def municipality_moments(self) -> pd.DataFrame:
        """Give topic, municipality, n, mean, variance: municipalities with enough answers."""
        return self.moments("municipality")

    @cached_property
    def unit_moments(self) -> pd.DataFrame:
        """Give topic, unit, n, mean, variance: units with enough answers."""
        return self.moments("unit")

    def moments(self, place: str) -> pd.DataFrame:
        """Count and average every topic's scores in each municipality or unit, those with enough answers."""
        groups = self.scores.groupby(self.responses[place].to_numpy(), sort=True)
        parts = {"n": groups.count(), "mean": groups.mean(), "variance": groups.var()}
        tidy = pd.concat(
            {name: part.rename_axis(index=place).stack() for name, part in parts.items()}, axis=1
        )
        tidy = tidy.rename_axis([place, "topic"]).reset_index()
        return tidy[tidy["n"] >= self.minimum_answers].reset_index(drop=True)

    def fact(self, statistic: str, topic: str = "", **fields: Any) -> Fact:
        """Return a fact of the whole country in this round, without its numbers."""
        place = {"service": self.questionnaire.service, "year": self.year, "topic": topic}
        return Fact(statistic=statistic, **place, **({"scale": self.scale} | fields))


def grouped(codes: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Turn each municipality's group code into the municipalities of each group; no code is no group.

    >>> {group: sorted(members) for group, members in grouped({"a": "1", "b": "2", "c": "1"}).items()}
    {'1': ['a', 'c'], '2': ['b']}
    """
    there = pd.Series(dict(codes), dtype="object").dropna()
    return {str(group): frozenset(part.index) for group, part in there.groupby(there, sort=True)}


def gather(
    responses: pd.DataFrame,
    questionnaire: Questionnaire,
    *,
    year: int,
    peers: Mapping[str, Collection[str]],
    min_answered: float = 0.5,
    shown_from: int = MINIMUM_ANSWERS,
) -> Country:
    """Score all respondents of a round; those who answered none of the service's items are left out.

    shown_from: answers that a mean is shown from; of fewer none counts in a figure of several either.
    """
    items: Sequence[str] = list(questionnaire.item_ids)
    answered = responses[responses[items].notna().any(axis=1)].reset_index(drop=True)
    scores = dimension_scores(answered, questionnaire, min_answered=min_answered)
    named = {c: c if c == "overall" else f"dimension.{c}" for c in scores.columns}
    order = ["overall", *(f"dimension.{d.id}" for d in questionnaire.dimensions)]
    return Country(
        questionnaire=questionnaire,
        year=year,
        responses=answered,
        scores=scores.rename(columns=named)[order],
        peers=peers,
        minimum_answers=max(MINIMUM_ANSWERS, shown_from),
    )
