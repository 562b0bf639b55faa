"""Facts on what to preserve, what to improve, and what satisfied users want more of, service by service."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.core.errors import SettingsError
from analysis.core.settings import Disclosure
from analysis.facts.findings import strengths_and_improvements
from analysis.facts.table import Fact, join, tabulate
from analysis.stats.scores import index_0_100
from analysis.steering.context import Steering
from analysis.steering.notes import Note

#: So many points of each kind over all services, and at least one of each from every service.
_MOST = 12


def preserve_facts(
    facts: pd.DataFrame, steering: Steering, *, thresholds: Disclosure = Disclosure()
) -> pd.DataFrame:
    """Choose, in each service, as many points to preserve as to improve, and what users want more of.

    To preserve and to improve: the rule of the report's strengths (`strengths_and_improvements`) over the
    service's own topics: as many of each, at most three, fewer in a report of many services, every interval
    of the ones above every one of the others. To want more of: a wish from a focus group of users since the
    round before, on a topic (the whole service where the wish names none) that users are satisfied with,
    which is that the interval of its mean lies wholly above the middle of the scale and that it is no point
    to improve. A survey does not ask what people want more of: without a group of at least
    `thresholds.distribution` people nothing is said. At most as many as there are points to preserve, or one
    where there are none.

    Returns:
        `service_strength` and `service_improvement` by rank (category), and `want_more` with the note's id
        and the number of its point as category (`<note>.<number from 0>`): each the topic's index 0-100
        with interval and answers.
    """
    tables = []
    services = [code for code in facts["service"].unique() if code]
    most = max(1, _MOST // max(1, len(services)))
    for service in services:
        rows = facts[facts["service"].eq(service) & facts["municipality"].ne("") & facts["unit"].eq("")]
        if rows.empty:
            continue
        found = strengths_and_improvements(rows, thresholds=thresholds)
        found = found[found["category"].astype(int).le(most)]
        named = found.assign(statistic="service_" + found["statistic"])
        tables += [_renamed(named), tabulate(_wishes(rows, steering, service, named, thresholds))]
    return join(tables)


def _renamed(table: pd.DataFrame) -> pd.DataFrame:
    ids = [
        Fact(
            statistic=row.statistic, municipality=row.municipality, service=row.service, year=row.year,
            topic=row.topic, category=row.category,
        ).fact_id
        for row in table.itertuples()
    ]  # fmt: skip
    return table.assign(fact_id=pd.array(ids, dtype="string"))


def _wishes(
    rows: pd.DataFrame, steering: Steering, service: str, points: pd.DataFrame, thresholds: Disclosure
) -> list[Fact]:
    kept = points["statistic"].eq("service_strength").sum()
    improve = set(points.loc[points["statistic"].eq("service_improvement"), "topic"])
    found: list[Fact] = []
    for note in _groups(steering, service, thresholds):
        for number, point in enumerate(note.points):
            if point.tone != "wish":
                continue
            topic = point.topic or "overall"
            fact = _level(rows, steering, note, topic)
            if fact is not None and topic not in improve:
                found.append(replace(fact, category=f"{note.id}.{number}"))
    return found[: max(1, int(kept))]


def _groups(steering: Steering, service: str, thresholds: Disclosure) -> list[Note]:
    # Since the round before: what an older group wished for may long have been done.
    since = steering.years[-2] if len(steering.years) > 1 else steering.year - 1
    return [
        note
        for note in steering.plan.notes
        if note.service == service
        and note.kind == "focus_group"
        and since < note.year <= steering.year
        and note.n >= thresholds.distribution
    ]


def _level(rows: pd.DataFrame, steering: Steering, note: Note, topic: str) -> Fact | None:
    """Return a topic's index where users are satisfied with it, None where that cannot be said."""
    means = rows[rows["statistic"].eq("mean") & rows["topic"].eq(topic)]
    if means.empty:
        known = sorted(rows.loc[rows["statistic"].eq("mean"), "topic"].unique())
        raise SettingsError(
            "a wish on a topic that nobody was asked about",
            where=f"steering file of {steering.plan.municipality}: notes, {note.id}",
            found=topic,
            expected="one of " + ", ".join(known[:12]),
            todo="correct the wish's topic, or leave it out: the wish is then on the whole service",
        )
    means = means[means["year"].eq(steering.year).fillna(False) & means["state"].eq("measured")]
    for row in means.itertuples():
        low, high = (float(end) for end in row.scale.split("-"))
        if pd.isna(row.low) or not row.low > (low + high) / 2:
            return None
        value, start, end = (index_0_100(float(x), low, high) for x in (row.value, row.low, row.high))
        return Fact(
            statistic="want_more", municipality=row.municipality, service=row.service, year=int(row.year),
            topic=topic, value=value, low=start, high=end, level=float(row.level), n=int(row.n),
            scale="0-100", method="index_0_100",
        )  # fmt: skip
    return None
