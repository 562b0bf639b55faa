"""Single items: all of them, or the highest and the lowest."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.select import is_number, last_year, one, own, select, service_of, topics
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_callout
from analysis.show.verdicts import shown


def tabulate_items(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """List every item with mean, interval, share of high and low answers and number of answers."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    means = _means(canvas, facts)
    if not means:
        return _nothing(canvas)
    caption = say.text(
        "{service}: every item, {year}, with {level} confidence interval. High and low are the shares of the "
        "two best and the two poorest answers. Where a low answer is the good one, the item is turned.",
        service=labels.service(service), year=last_year(facts), level=numbers.level_word(say, means),
    )  # fmt: skip
    rows = tuple(_row(canvas, facts, mean) for mean in means)
    return table_block(canvas, "items", Table(_columns(canvas), rows), caption=caption)


def tabulate_extremes(canvas: Canvas, facts: pd.DataFrame, *, count: int = 3) -> Block:
    """List the items with the highest and the lowest mean, as many of each, at most `count`."""
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    known = sorted(
        (mean for mean in _means(canvas, facts) if is_number(mean)), key=lambda mean: -(mean.value or 0)
    )
    number = min(count, len(known) // 2)
    if number < 1:
        return _nothing(canvas)
    groups = ((say.text("Highest"), known[:number]), (say.text("Lowest"), known[-number:][::-1]))
    rows = [
        (word if i == 0 else "", *_row(canvas, facts, mean))
        for word, means in groups
        for i, mean in enumerate(means)
    ]
    columns = (Column("", 10, strong=True), *_columns(canvas))
    caption = say.text(
        "{service}: the items with the highest and the lowest mean, {year}. Where intervals overlap, the "
        "order is not certain.",
        service=labels.service(service), year=last_year(facts),
    )  # fmt: skip
    return table_block(canvas, "extremes", Table(columns, tuple(rows)), caption=caption)


def _means(canvas: Canvas, facts: pd.DataFrame) -> list[Fact]:
    found = {
        fact.topic: fact for fact in select(own(facts), statistic="mean", unit="", year=last_year(facts))
    }
    return [found[t] for t in topics(canvas.labels, service_of(facts), items=True) if t in found]


def _row(canvas: Canvas, facts: pd.DataFrame, mean: Fact) -> tuple[str, ...]:
    say = canvas.language
    boxes = select(own(facts), topic=mean.topic, year=last_year(facts), statistic=("top_box", "bottom_box"))
    return (
        canvas.labels.topic(mean.service, mean.topic),
        shown(say, mean, numbers.score(say, mean)),
        numbers.interval(say, mean),
        *(numbers.score(say, one(boxes, statistic=name)) for name in ("top_box", "bottom_box")),
        numbers.count(say, mean.n),
    )


def _columns(canvas: Canvas) -> tuple[Column, ...]:
    say = canvas.language
    return (
        Column(say.text("Item"), 45),
        Column(say.text("Mean"), 10, right=True, strong=True),
        Column(say.text("Interval"), 11, right=True),
        Column(say.text("High"), 9, right=True),
        Column(say.text("Low"), 9, right=True),
        Column(say.text("Answers"), 9, right=True),
    )


def _nothing(canvas: Canvas) -> Block:
    say = canvas.language
    why = say.text("There are too few answers to show single items, or none were asked.")
    return write_callout(canvas, "note", say.text("No items to show"), why)
