"""Facts on priorities: how a dimension's result and its association with overall satisfaction meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact
from analysis.stats.drivers import shapley_shares
from analysis.stats.priorities import quadrants

DRAWS, SEED = 1000, 2012
"""The bootstrap's draws and seed, the same everywhere: the same answers give the same intervals."""


def priorities(survey: ServiceSurvey, scores: Iterable[Fact], national: pd.DataFrame) -> list[Fact]:
    """Place every dimension on the priority map: its mean here against its importance in the nation.

    The association is the nation's where the reference stage has one, since it rests on all units; else the
    municipality's own, where it has units enough for an interval. `scores` holds the means as
    `analysis.facts.levels` gives them.
    """
    return list(_priorities(survey, scores, national))


def _priorities(survey: ServiceSurvey, scores: Iterable[Fact], national: pd.DataFrame) -> Iterator[Fact]:
    topics = [topic for topic in survey.topics if topic != "overall"]
    if not topics or survey.questionnaire.overall is None:
        return
    rows = national[
        national["statistic"].eq("importance")
        & national["municipality"].eq("")
        & national["state"].eq("measured")
    ]
    against = "nation"
    if len(rows) < len(topics):
        against = "own"
        known = list(_own(survey, topics))
        yield from known
    else:
        known = list(rows.itertuples())
    importance = {row.topic: row for row in known if pd.notna(row.value)}
    means = {f.topic: f for f in scores if f.statistic == "mean" and not f.unit and f.year == survey.year}
    # The score's cut is the mean of all of them: with one hidden, it would tell that one.
    ready = [t for t in topics if t in importance and means[t].low is not None and not survey.is_hidden(t)]
    judged: dict[str, str] = {}
    cuts: dict[str, float] = {}
    if len(ready) == len(topics):
        shares = _ends({t: importance[t] for t in topics}, "share", "low", "high")
        levels = _ends({t: means[t] for t in topics}, "mean", "mean_low", "mean_high")
        cuts = {"importance": 1 / len(topics), "score": float(levels["mean"].mean())}
        found = quadrants(shares, levels, cut_share=cuts["importance"], cut_score=cuts["score"])
        judged = dict(zip(found["dimension"], found["quadrant"], strict=True))
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
        if topic not in judged:
            gone = topic in importance and means[topic].state == "not_measured"
            yield fact.missing("not_measured", "no_answers") if gone else fact.missing("undecided", "few")
            continue
        row = importance[topic]
        numbers = {name: float(getattr(row, name)) for name in ("value", "low", "high", "level")}
        fact = replace(fact, **numbers, n=means[topic].n, N=int(row.N))
        if judged[topic] == "undecided":
            yield replace(fact, state="undecided", note="crosses")
        else:
            yield replace(fact, verdict=judged[topic])


def _ends(facts: Mapping[str, Any], value: str, low: str, high: str) -> pd.DataFrame:
    columns = {value: "value", low: "low", high: "high"}
    return pd.DataFrame(
        {"dimension": list(facts)}
        | {column: [float(getattr(f, name)) for f in facts.values()] for column, name in columns.items()}
    )


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
