"""Facts on what the methods assume: how scores spread within units, and what hangs on a single unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact
from analysis.stats.change import between_rounds
from analysis.stats.f_tests import changes_differ
from analysis.stats.rounds import changes_over_rounds


def diagnostics(survey: ServiceSurvey, changes: Iterable[Fact]) -> list[Fact]:
    """Give, per topic, the residuals' shape, the scores at the top, and the most influential unit.

    `changes` holds this service's changes: for those that are certain it is tried whether they stay so
    whichever unit is left out, and whether they are the same in all units.
    """
    certain = [
        fact
        for fact in changes
        if fact.statistic == "change"
        and not fact.unit
        and fact.verdict in ("higher", "lower")
        and fact.topic in survey.topics
    ]
    return [
        *(fact for topic in survey.topics for fact in _residuals(survey, topic)),
        *(fact for topic in survey.topics for fact in _influence(survey, topic)),
        *(fact for change in certain for fact in _on_change(survey, change)),
        *(fact for change in certain for fact in _between_units(survey, change)),
    ]


def _residuals(survey: ServiceSurvey, topic: str) -> Iterator[Fact]:
    """Describe scores minus the mean of their unit in their round: what a mixed model calls residuals."""
    rows = survey.pooled(topic)
    place = survey.place(topic)
    facts = [
        Fact(statistic="residual_skewness", **place, scale="number", method="moments"),
        Fact(statistic="residual_kurtosis", **place, scale="number", method="moments"),
        Fact(statistic="residual_outside", **place, scale="share", method="moments"),
        Fact(statistic="ceiling", **place, scale="share", method="count"),
    ]
    if not len(rows):
        yield from (fact.missing("not_measured", "no_answers") for fact in facts)
        return
    score = rows["score"].to_numpy(dtype=float)
    cell = np.unique(survey.cells_of(rows), return_inverse=True)[1]
    size = np.bincount(cell)
    # A unit with one answer is its own mean: its residual of 0 says nothing of the spread.
    keep = size[cell] > 1
    left = (score - (np.bincount(cell, score) / size)[cell])[keep]
    spread = float(np.sqrt(np.mean(left**2))) if keep.any() else 0.0
    now = survey.numbers(topic, year=survey.year)
    if min(len(left), len(now)) < survey.thresholds.distribution or not spread > 1e-9:
        yield from (fact.missing("undecided", "few") for fact in facts)
        return
    z = left / spread
    values = (
        float(np.mean(z**3)),
        float(np.mean(z**4) - 3),
        float(np.mean(np.abs(z) > 1.96)),
        float(np.mean(now >= survey.questionnaire.scale[1])),
    )
    for fact, value in zip(facts, values, strict=True):
        yield replace(fact, value=value, n=len(now) if fact.statistic == "ceiling" else len(left))


def _influence(survey: ServiceSurvey, topic: str) -> Iterator[Fact]:
    """Find the unit without which the municipality's mean would move most."""
    if survey.is_hidden(topic):
        return
    values = survey.values(topic, year=survey.year)
    shown = survey.pooled(topic, year=survey.year).groupby("unit")["score"]
    totals, sizes = shown.sum(), shown.size().to_numpy()
    left = len(values) - sizes
    tried = np.minimum(sizes, left) >= survey.thresholds.mean
    if tried.sum() < 2:
        return
    totals, sizes, left = totals[tried], sizes[tried], left[tried]
    moved = (values.sum() - totals.to_numpy()) / left - values.mean()
    most = int(np.argmax(np.abs(moved)))
    yield Fact(
        statistic="influence", **survey.place(topic, unit=str(totals.index[most])), scale=survey.scale,
        method="leave_one_out", value=float(moved[most]), n=int(sizes[most]),
    )  # fmt: skip


def _on_change(survey: ServiceSurvey, change: Fact) -> Iterator[Fact]:
    """Try a certain change without each unit in turn, and name the one that matters most to it.

    The p value without the unit carries the family's adjustment as the factor that it had with it.
    """
    topic = change.topic
    rows = survey.pooled(topic)
    factor = change.p_adjusted / change.p if change.p else 1.0
    fact = Fact(
        statistic="influence_on_change", **survey.place(topic), against=change.against, scale=survey.scale,
        method="leave_one_out",
    )  # fmt: skip
    tried = [(min(1.0, p * factor), unit, value) for unit, value, p in _without_each(survey, rows, change)]
    if len(tried) < 2:
        yield fact.missing("undecided", "one_unit")
        return
    p, unit, value = max(tried)
    same = p < 1 - change.level and (value > 0) == (change.value > 0)
    n = int((rows["unit"].eq(unit) & rows["year"].eq(survey.year)).sum())
    # Neither p nor more digits: from both the unit's own spread could be told.
    yield replace(
        fact, unit=unit, value=round(value, 2), n=n, verdict="keeps_verdict" if same else "changes_verdict"
    )


def _between_units(survey: ServiceSurvey, change: Fact) -> Iterator[Fact]:
    """Test whether a certain change is the same in all units, between the two rounds."""
    rows = survey.pooled(change.topic)
    rows = rows[rows["year"].isin((survey.previous, survey.year))]
    fact = Fact(
        statistic="changes_differ", **survey.place(change.topic), against=change.against, scale="number",
        method="f_test",
    )  # fmt: skip
    try:
        test = changes_differ(rows, "score", "unit", "year")
    except StatisticsError:
        yield fact.missing("undecided", "one_unit")
        return
    verdict = "differ" if test.p < 1 - change.level else "no_certain_difference"
    yield replace(fact, value=test.statistic, p=test.p, n=len(rows), verdict=verdict)


def _without_each(
    survey: ServiceSurvey, rows: pd.DataFrame, change: Fact
) -> Iterator[tuple[str, float, float]]:
    """Give the change and its p value without each unit of the round, where there is one without it."""
    of_unit = rows["unit"].to_numpy(dtype=object)
    units = sorted(set(of_unit[rows["year"] == survey.year]))
    # A column for every unit, without that unit's scores: one call tests them all.
    columns = {f"without_{k}": rows["score"].where(of_unit != unit) for k, unit in enumerate(units)}
    frame = rows[["unit", "year"]].assign(**columns)
    rounds = (survey.previous, survey.year)
    try:
        if change.method == "mixed_model_year":
            found = changes_over_rounds(
                frame, list(columns), "year", "unit", rounds=rounds, level=survey.level
            )
        else:
            found = between_rounds(frame, list(columns), "year", rounds=rounds, level=survey.level)
    except StatisticsError:
        return
    unit_of = dict(zip(columns, units, strict=True))
    for row in found.table.itertuples():
        yield unit_of[row.score], float(row.difference), float(row.p)
