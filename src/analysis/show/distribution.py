"""How the answers fall on the scale: bars that part in its middle, and the finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.bars import Item, draw_bars, pages
from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import last_year, one, own, select, service_of, topics
from analysis.show.sheet import figure_block
from analysis.show.tables import Column, Table
from analysis.show.text import write_callout
from analysis.show.verdicts import state

#: A question of more signs than this is not put into a heading.
_LONG = 48


def draw_distribution(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Draw each item's answers as a bar that parts in the middle of the scale.

    More items than a page holds take several figures; the block's id is the first one's.
    """
    say, service = canvas.language, service_of(facts)
    items = _items(canvas, facts)
    if not any(item.there for item in items):
        asked = any(state(say, fact).sign == "⊘" for item in items for fact in item.shares)
        why = (
            say.text("There are too few answers to show how they are distributed.")
            if asked
            else say.text("This was not measured in this round.")
        )
        return write_callout(canvas, "note", say.text("No distribution of answers to show"), why)
    blocks = [
        figure_block(
            canvas,
            f"distribution-{number}" if number > 1 else "distribution",
            draw_bars(canvas, service, part, every=items),
            caption=_caption(canvas, facts, part),
            alt=_alternative(canvas, facts, part),
            data=_data(canvas, service, part),
        )
        for number, part in enumerate(pages(canvas, service, items), start=1)
    ]
    return blocks[0] if len(blocks) == 1 else replace(join(canvas, blocks), id=blocks[0].id)


def headline_distribution(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say where most and where fewest give the highest answers."""
    say, service = canvas.language, service_of(facts)
    tops = {
        fact.topic: fact for fact in select(own(facts), statistic="top_box", year=last_year(facts), unit="")
    }
    known = [
        (tops[t].value, t)
        for t in topics(canvas.labels, service, items=True)
        if t in tops and tops[t].value is not None
    ]
    if len(known) < 2:
        return say.text("How the answers are distributed")
    (high, most), (low, least) = max(known, key=lambda k: k[0]), min(known, key=lambda k: k[0])
    if (tops[most].low or 0) <= (tops[least].high or 1):
        # Their intervals meet: which is higher is not certain, so none is named.
        if say.percent(low) == say.percent(high):
            return say.text("About {share} give high answers to each item", share=say.percent(high))
        return say.text(
            "Between {low} and {high} give high answers to each item",
            low=say.percent(low),
            high=say.percent(high),
        )
    names = [canvas.labels.topic(service, topic) for topic in (most, least)]
    if any(len(name) > _LONG for name in names):
        return say.text(
            "From {low} to {high} give high answers, by question",
            low=say.percent(low),
            high=say.percent(high),
        )
    return say.text(
        "Most give high answers to «{most}» ({high}), fewest to «{least}» ({low})",
        most=canvas.labels.topic(service, most).rstrip("."), high=say.percent(high),
        least=canvas.labels.topic(service, least).rstrip("."), low=say.percent(low),
    )  # fmt: skip


def _items(canvas: Canvas, facts: pd.DataFrame) -> list[Item]:
    service = service_of(facts)
    found: dict[str, list[Fact]] = {}
    for fact in select(own(facts), statistic="share", year=last_year(facts), unit=""):
        found.setdefault(fact.topic, []).append(fact)
    asked = canvas.labels.questionnaires[service]
    items = []
    for topic in topics(canvas.labels, service, items=True):
        # A low answer to a turned item is the good one: it stands to the right, as in all others.
        turned = asked.item(topic.removeprefix("item.")).reversed
        shares = sorted(found.get(topic, ()), key=lambda fact: int(fact.category), reverse=turned)
        items.append(Item(topic, canvas.labels.topic(service, topic), tuple(shares), turned))
    return items


def _caption(canvas: Canvas, facts: pd.DataFrame, items: Sequence[Item]) -> str:
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    low, high = labels.questionnaires[service].scale
    caption = say.text(
        "{service}: answers in {year} in per cent, from {low} (lowest) to {high} (highest). The line is the "
        "middle of the scale; shares under {least} are not labelled.",
        service=labels.service(service), year=last_year(facts), low=low, high=high, least=say.percent(0.07),
    )  # fmt: skip
    if any(item.turned for item in items):
        caption += " " + say.text("Turned: here the low answers are the good ones and stand to the right.")
    if any(not item.there for item in items):
        caption += " " + say.text("⊘ Suppressed, so that no one's answers can be recognised.")
    return caption


def _alternative(canvas: Canvas, facts: pd.DataFrame, items: Sequence[Item]) -> str:
    say = canvas.language
    listed = []
    for item in items:
        if not item.there:
            listed.append(f"{item.wording}: {state(say, item.shares[0] if item.shares else None).word}")
            continue
        written = ", ".join(f"{fact.category}: {say.percent(fact.value or 0)}" for fact in item.shares)
        listed.append(f"{item.wording} {written}")
    return f"{headline_distribution(canvas, facts)}. {'; '.join(listed)}."


def _data(canvas: Canvas, service: str, items: Sequence[Item]) -> Table:
    say = canvas.language
    low, high = canvas.labels.questionnaires[service].scale
    rows = []
    for item in items:
        cells = []
        for answer in range(low, high + 1):
            fact = one(item.shares, category=str(answer))
            cells.append(
                say.percent(fact.value) if fact and fact.value is not None else state(say, fact).sign
            )
        n = max((fact.n or 0 for fact in item.shares), default=0)
        rows.append((item.wording, *cells, numbers.count(say, n or None)))
    columns = (
        Column(say.text("Item"), 44),
        *(Column(say.count(answer), 8, right=True) for answer in range(low, high + 1)),
        Column(say.text("Answers"), 9, right=True),
    )
    return Table(columns, tuple(rows))
