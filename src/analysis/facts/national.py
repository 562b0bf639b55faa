"""Facts of the reference stage: the national picture of one service, which every municipality reads."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.facts.table import Fact, tabulate
from analysis.stats.scores import dimension_scores
from analysis.survey.codebook import Questionnaire

#: A municipality with fewer answers than this does not count in the national mean.
MINIMUM_ANSWERS = 5
#: Decimals that national figures are saved with, and that every other run reads: a change that does not
#: show there redoes nothing.
DECIMALS = 3


def municipality_means(
    responses: pd.DataFrame, questionnaire: Questionnaire, *, min_answered: float = 0.5
) -> pd.DataFrame:
    """Give n and mean per municipality, round and topic: columns year, municipality, topic, n, mean."""
    scores = dimension_scores(responses, questionnaire, min_answered=min_answered)
    scores.columns = [c if c == "overall" else f"dimension.{c}" for c in scores.columns]
    groups = [responses["year"].to_numpy(), responses["municipality"].to_numpy()]
    summed = scores.groupby(groups).agg(["count", "mean"])
    summed.index.names = ["year", "municipality"]
    tidy = summed.stack(0, future_stack=True).rename_axis(["year", "municipality", "topic"]).reset_index()
    return tidy.rename(columns={"count": "n"})[["year", "municipality", "topic", "n", "mean"]]


def national_facts(
    means: pd.DataFrame, questionnaire: Questionnaire, *, minimum_municipalities: int = 3
) -> pd.DataFrame:
    """Give the mean of the municipalities' means, each municipality counting once, per topic and round.

    In the facts n is the number of respondents behind it and N the number of municipalities. Where there are
    not more than `minimum_municipalities`, there is no national picture, and it could tell each of them.
    """
    return tabulate(_facts(means, questionnaire, minimum_municipalities))


def _facts(means: pd.DataFrame, questionnaire: Questionnaire, minimum: int) -> Iterator[Fact]:
    topics = ("overall", *(f"dimension.{d.id}" for d in questionnaire.dimensions))
    for topic in topics:
        for year in sorted(means["year"].unique()):
            rows = means[(means["year"] == year) & (means["topic"] == topic)]
            rows = rows[rows["n"] >= MINIMUM_ANSWERS]
            fact = Fact(
                statistic="mean",
                service=questionnaire.service,
                year=int(year),
                topic=topic,
                scale="{}-{}".format(*questionnaire.scale),
                method="mean_of_municipalities",
            )
            if len(rows) == 0:
                yield fact.missing("not_measured", "no_answers")
                continue
            if len(rows) <= minimum:
                yield fact.missing("not_comparable", "no_other_municipalities")
                continue
            value = round(float(rows["mean"].mean()), DECIMALS)
            yield Fact(**{**fact.__dict__, "value": value, "n": int(rows["n"].sum()), "N": len(rows)})
