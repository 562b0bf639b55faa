"""Facts on what to preserve, what to improve, and what satisfied users want more of, service by service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analysis.core.errors import SettingsError
from analysis.core.settings import Disclosure
from analysis.facts.findings import choose_strengths, on_index
from analysis.facts.table import Fact, tabulate
from analysis.steering.context import Steering
from analysis.steering.notes import Note
from analysis.steering.topics import topics_of

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
    found: list[Fact] = []
    services = topics_of(facts)
    most = max(1, _MOST // max(1, len(services)))
    for service, topics in services.items():
        if not topics.there:
            continue
        chosen = choose_strengths(topics.facts, year=topics.year, thresholds=thresholds)
        points = [
            replace(fact, statistic=f"service_{fact.statistic}")
            for fact in chosen
            if int(fact.category) <= most
        ]
        found += [*points, *_wishes(topics.facts, steering, service, points, thresholds)]
    return tabulate(found)


def _wishes(
    rows: Sequence[Fact], steering: Steering, service: str, points: Sequence[Fact], thresholds: Disclosure
) -> list[Fact]:
    kept = sum(fact.statistic == "service_strength" for fact in points)
    improve = {fact.topic for fact in points if fact.statistic == "service_improvement"}
    found: list[Fact] = []
    for note in _groups(steering, service, thresholds):
        for number, point in enumerate(note.points):
            if point.tone != "wish":
                continue
            topic = point.topic or "overall"
            fact = _level(rows, steering, note, topic)
            if fact is not None and topic not in improve:
                found.append(replace(fact, category=f"{note.id}.{number}"))
    return found[: max(1, kept)]


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


def _level(rows: Sequence[Fact], steering: Steering, note: Note, topic: str) -> Fact | None:
    """Return a topic's index where users are satisfied with it, None where that cannot be said."""
    means = [fact for fact in rows if fact.statistic == "mean"]
    asked = [fact for fact in means if fact.topic == topic]
    if not asked:
        known = sorted({fact.topic for fact in means})
        raise SettingsError(
            "a wish on a topic that nobody was asked about",
            where=f"steering file of {steering.plan.municipality}: notes, {note.id}",
            found=topic,
            expected="one of " + ", ".join(known[:12]),
            todo="correct the wish's topic, or leave it out: the wish is then on the whole service",
        )
    mean = next((f for f in asked if f.year == steering.year and f.state == "measured"), None)
    if mean is None or mean.low is None:
        return None
    low, high = (float(end) for end in mean.scale.split("-"))
    return on_index(mean, "want_more") if mean.low > (low + high) / 2 else None
