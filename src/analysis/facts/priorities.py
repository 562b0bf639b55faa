"""Facts on priorities: how a dimension's result and its association with overall satisfaction meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, tabulate
from analysis.stats.drivers import shapley_shares
from analysis.stats.priorities import quadrants

DRAWS, SEED = 1000, 2012
"""The bootstrap's draws and seed, the same everywhere: the same answers give the same intervals."""


def priorities(survey: ServiceSurvey, scores: pd.DataFrame, national: pd.DataFrame) -> pd.DataFrame:
    """Place every dimension on the priority map: its mean here against its importance in the nation.

    The association is the nation's where the reference stage has one, since it rests on all units; else the
    municipality's own, where it has units enough for an interval. `scores` holds the means as
    `analysis.facts.levels` gives them.
    """
    return tabulate(_priorities(survey, scores, national))


def _priorities(survey: ServiceSurvey, scores: pd.DataFrame, national: pd.DataFrame) -> Iterator[Fact]:
    topics = [topic for topic in survey.topics if topic != "overall"]
    if not topics or survey.questionnaire.overall is None:
        return
    importance = national[
        national["statistic"].eq("importance")
        & national["municipality"].eq("")
        & national["state"].eq("measured")
    ]
    against = "nation"
    if len(importance) < len(topics):
        against = "own"
        own = list(_own(survey, topics))
        yield from own
        importance = tabulate(own)
    importance = importance[importance["value"].notna()].set_index("topic")
    means = scores[
        scores["statistic"].eq("mean") & scores["unit"].eq("") & scores["year"].eq(survey.year)
    ].set_index("topic")
    # The score's cut is the mean of all of them: with one hidden, it would tell that one.
    ready = [
        t
        for t in topics
        if t in importance.index and pd.notna(means.at[t, "low"]) and not survey.is_hidden(t)
    ]
    judged = pd.DataFrame()
    cuts: dict[str, float] = {}
    if len(ready) == len(topics):
        shares = importance.loc[topics, ["value", "low", "high"]].rename(columns={"value": "share"})
        levels = means.loc[topics, ["value", "low", "high"]]
        levels.columns = ["mean", "mean_low", "mean_high"]
        cuts = {"importance": 1 / len(topics), "score": float(levels["mean"].mean())}
        judged = quadrants(
            shares.rename_axis("dimension").reset_index(),
            levels.rename_axis("dimension").reset_index(),
            cut_share=cuts["importance"],
            cut_score=cuts["score"],
        ).set_index("dimension")
    for name, scale in (("importance", "share"), ("score", survey.scale)):
        cut = Fact(
            statistic="priority_cut", **survey.place(""), category=name, against=against, scale=scale,
            method="shapley",
        )  # fmt: skip
        yield replace(cut, value=cuts[name]) if cuts else cut.missing("undecided", "few")
    for topic in topics:
        fact = Fact(
            statistic="priority", **survey.place(topic), against=against, scale="share", method="shapley"
        )
        if topic not in judged.index:
            gone = topic in importance.index and means.at[topic, "state"] == "not_measured"
            yield fact.missing("not_measured", "no_answers") if gone else fact.missing("undecided", "few")
            continue
        row = importance.loc[topic]
        numbers = {name: float(row[name]) for name in ("value", "low", "high", "level")}
        fact = replace(fact, **numbers, n=int(means.at[topic, "n"]), N=int(row["N"]))
        quadrant = judged.at[topic, "quadrant"]
        if quadrant == "undecided":
            yield replace(fact, state="undecided", note="crosses")
        else:
            yield replace(fact, verdict=quadrant)


def _own(survey: ServiceSurvey, topics: list[str]) -> Iterator[Fact]:
    # Of cells that may be shown: an association over hidden ones could be solved for them.
    parts = {topic: survey.pooled(topic, year=survey.year)["score"] for topic in ("overall", *topics)}
    frame = survey.responses[["unit"]].assign(
        **{topic: values.reindex(survey.responses.index) for topic, values in parts.items()}
    )
    facts = [
        Fact(statistic="importance", **survey.place(topic), scale="share", method="shapley")
        for topic in topics
    ]
    try:
        result = shapley_shares(frame, "overall", topics, "unit", draws=DRAWS, seed=SEED, level=survey.level)
    except StatisticsError:
        yield from (fact.missing("undecided", "few") for fact in facts)
        return
    table = result.table.set_index("dimension")
    for topic, fact in zip(topics, facts, strict=True):
        row = table.loc[topic]
        yield replace(
            fact, value=float(row["share"]), low=float(row["low"]), high=float(row["high"]),
            level=survey.level, n=int(result.n), N=int(result.n_units),
        )  # fmt: skip
