"""Whom the municipality is compared with, and why: the comparison group in print."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.select import own, select
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_paragraph
from analysis.steering.peers import Peers


def tabulate_comparison_group(
    canvas: Canvas,
    facts: pd.DataFrame,
    peers: Peers,
    *,
    names: Mapping[str, str],
    figures: Mapping[str, str],
) -> Block:
    """List the municipalities of the comparison group; of the nearest, how near and by which figures.

    facts: hold `peer_distance` (`peer_facts`). names: the municipalities' names. figures: what the background
    figures are called in the report's language.
    """
    say = canvas.language
    if peers.kind == "group":
        listed = say.series([names.get(code, code) for code in peers.codes])
        if not peers.codes:
            return write_paragraph(
                canvas, say.text("No other municipality is in comparison group {group}.", group=peers.group)
            )
        return write_paragraph(
            canvas, say.text("Comparison group {group}: {names}.", group=peers.group, names=listed)
        )
    found = {
        fact.category: fact
        for fact in select(own(facts), statistic="peer_distance", against=f"peers.{peers.name}")
    }
    rows = [
        (names.get(code, code), say.number(found[code].value, 2) if code in found else numbers.EM_RULE)
        for code in peers.codes
    ]
    used = [
        say.text("{figure} ({share})", figure=figures.get(name, name), share=say.percent(weight))
        for name, weight in peers.weights.items()
    ]
    caption = say.text(
        "The {n} municipalities that are most alike in {year}, nearest first, by {figures}. A distance of 1 "
        "is as far as municipalities ordinarily lie from their mean.",
        n=say.count(peers.k), year=peers.year, figures=say.series(used),
    )  # fmt: skip
    if peers.left_out:
        caption += " " + say.plural(
            "{n} municipality is left out, since it lacks a figure.",
            "{n} municipalities are left out, since they lack a figure.",
            len(peers.left_out),
        )
    columns = (Column(say.text("Municipality"), 70), Column(say.text("Distance"), 30, right=True))
    return table_block(canvas, "comparison-group", Table(columns, tuple(rows)), caption=caption)
