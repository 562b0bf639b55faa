"""What the priority map shows and says: its points and cuts, its finding, its caption and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.facts.sides import certain_sides
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Canvas
from analysis.show.change import inside
from analysis.show.select import is_number, last_year, one, own, select, service_of, topics
from analysis.show.side_words import say_sides
from analysis.show.tables import Column, Table
from analysis.show.verdicts import judge


@dataclass(frozen=True)
class Point:
    """A dimension on the map: its importance and its mean, both with intervals."""

    topic: str
    importance: Fact
    mean: Fact

    @property
    def decided(self) -> bool:
        """Whether its quadrant is certain."""
        return bool(self.importance.verdict)


def ends_of(points: list[Point]) -> tuple[list[float], list[float]]:
    """Return all values and ends of intervals that the map must hold: of the means, of the importance."""
    means, shares = (
        [end for fact in facts for end in (fact.low, fact.value, fact.high) if end is not None]
        for facts in ([p.mean for p in points], [p.importance for p in points])
    )
    return means, shares


def headline_priorities(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say which dimensions to prioritise and which to preserve; of those that are undecided nothing.

    Nor of those that something certain speaks against (`analysis.facts.sides`): the caption names them.
    """
    say, points = canvas.language, points_of(canvas, facts)
    if not points or cuts_of(facts) is None:
        return say.text("No priority map to show")
    spoken = {point.topic for point, _ in _spoken_against(facts, points)}
    first, keep = (
        _named(canvas, [p for p in points if p.importance.verdict == verdict and p.topic not in spoken])
        for verdict in ("prioritise", "preserve")
    )
    if first and keep:
        return say.text("Prioritise {topics}, preserve {others}", topics=first, others=keep)
    if first:
        return say.text("Prioritise {topics}", topics=first)
    if keep:
        return say.text("Preserve {topics}", topics=keep)
    if spoken:
        return say.text("The priority map and the comparisons say different things")
    if any(point.decided for point in points):
        return say.text("No dimension is certain to be prioritised")
    return say.text("What to prioritise cannot be decided")


def points_of(canvas: Canvas, facts: pd.DataFrame) -> list[Point]:
    """Return the dimensions that have a place on the map, in the questionnaire's order."""
    year, mine = last_year(facts), own(facts)
    found = {fact.topic: fact for fact in select(mine, statistic="priority", year=year, unit="")}
    means = select(mine, statistic="mean", year=year, unit="")
    points = []
    for topic in topics(canvas.labels, service_of(facts)):
        fact, mean = found.get(topic), one(means, topic=topic)
        if is_number(fact) and is_number(mean):
            points.append(Point(topic, fact, mean))
    return points


def cuts_of(facts: pd.DataFrame) -> tuple[float, float] | None:
    """Return where the map is parted, by importance and by mean; None where it cannot be."""
    found = select(own(facts), statistic="priority_cut", year=last_year(facts))
    cuts = [one(found, category=name) for name in ("importance", "score")]
    return (cuts[0].value, cuts[1].value) if all(is_number(cut) for cut in cuts) else None


def _spoken_against(facts: pd.DataFrame, points: list[Point]) -> list[tuple[Point, tuple[str, ...]]]:
    """Return the points to preserve or prioritise that something certain speaks against, and what."""
    sides, found = certain_sides(facts), []
    for point in points:
        if point.importance.verdict in ("preserve", "prioritise"):
            favour = point.importance.verdict == "prioritise"
            if reasons := sides.of(point.mean.service, point.topic, favour=favour):
                found.append((point, reasons))
    return found


def _named(canvas: Canvas, points: list[Point]) -> str:
    labels = canvas.labels
    names = [inside(labels.topic(point.mean.service, point.topic)) for point in points]
    if len(names) > 3:
        return canvas.language.plural("{n} area", "{n} areas", len(names))
    return canvas.language.series(names)


def caption_of(canvas: Canvas, facts: pd.DataFrame, points: list[Point], cuts: tuple[float, float]) -> str:
    """Say what the map shows, whose association it is, and that it is no effect."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    parts = [
        say.text(
            "{service}: each dimension's mean in {year}, and its share of what the dimensions together have "
            "in common with overall satisfaction. The lines are {level} confidence intervals.",
            service=labels.service(service), year=last_year(facts),
            level=numbers.level_word(say, [point.importance for point in points]),
        )
    ]  # fmt: skip
    if points[0].importance.against == "own":
        parts.append(say.text("The association is measured in this municipality."))
    else:
        parts.append(say.text("The association is measured in all municipalities together."))
    parts.append(
        say.text(
            "It is an association, not an effect: it does not say that a higher result makes users satisfied."
        )
    )
    parts.append(
        say.text(
            "The dashed lines stand at an equal share for each dimension ({share}) and at the mean of the "
            "dimensions ({mean}).",
            share=say.percent(cuts[0]), mean=say.number(cuts[1], 1),
        )
    )  # fmt: skip
    if any(not point.decided for point in points):
        parts.append(say.text("◇ The interval crosses a line, so the corner cannot be decided."))
    for point, reasons in _spoken_against(facts, points):
        topic, words = labels.topic(service, point.topic), say_sides(say, reasons)
        if point.importance.verdict == "preserve":
            parts.append(say.text("{topic} lies in the corner to preserve, but is {other}.",
                                  topic=topic, other=words))  # fmt: skip
        else:
            parts.append(say.text("{topic} lies in the corner to prioritise, but is {other}.",
                                  topic=topic, other=words))  # fmt: skip
    return " ".join(parts)


def alternative_of(canvas: Canvas, facts: pd.DataFrame, points: list[Point]) -> str:
    """Say the finding and every dimension's numbers."""
    say, labels = canvas.language, canvas.labels
    listed = [
        say.text(
            "{topic}: mean {mean} ({interval}), association {share} ({around}), {assessment}",
            topic=labels.topic(p.mean.service, p.topic), mean=numbers.score(say, p.mean),
            interval=numbers.interval(say, p.mean), share=numbers.score(say, p.importance),
            around=numbers.interval(say, p.importance), assessment=judge(say, p.importance).word,
        )
        for p in points
    ]  # fmt: skip
    return f"{headline_priorities(canvas, facts)}. {'; '.join(listed)}."


def data_of(canvas: Canvas, facts: pd.DataFrame, points: list[Point]) -> Table:
    """Return the numbers behind the map."""
    say, service = canvas.language, service_of(facts)
    rows = tuple(
        (
            canvas.labels.topic(service, p.topic),
            numbers.score(say, p.mean),
            numbers.interval(say, p.mean),
            numbers.score(say, p.importance),
            numbers.interval(say, p.importance),
            judge(say, p.importance).text,
        )
        for p in points
    )
    columns = (
        Column(say.text("Topic"), 28),
        Column(say.text("Mean"), 10, right=True),
        Column(say.text("Interval"), 13, right=True),
        Column(say.text("Association"), 15, right=True),
        Column(say.text("Interval"), 13, right=True),
        Column(say.text("Assessment"), 26),
    )
    return Table(columns, rows)


def why_nothing(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say why there is no map."""
    say = canvas.language
    found = select(own(facts), statistic="priority", year=last_year(facts), unit="")
    if not found:
        return say.text(
            "No priority map can be drawn: it takes dimensions and a question on overall satisfaction."
        )
    if any(fact.state == "suppressed" for fact in found):
        return say.text("The priority map is suppressed, so that no one's answers can be recognised.")
    return say.text("There are too few answers to say what goes together with overall satisfaction.")
