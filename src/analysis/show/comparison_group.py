"""Whom the municipality is compared with, and why: the comparison group in print."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.core.language import Language
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.change import inside
from analysis.show.select import own, select
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_heading, write_paragraph
from analysis.steering.background import INHABITANTS
from analysis.steering.context import Steering
from analysis.steering.costs import COST, LEAVE, USERS
from analysis.steering.peers import Peers


def name_group(language: Language, group: str) -> str:
    """Return what a comparison group is called within a sentence, by its name in the facts."""
    if group.startswith("nearest."):
        return language.text("the municipalities most alike")
    return language.text("peer group {group}", group=group)


def write_comparison_group(
    canvas: Canvas,
    facts: pd.DataFrame,
    peers: Peers | None,
    steering: Steering,
    *,
    names: Mapping[str, str],
) -> Block:
    """Show whom the municipality is compared with and how they were chosen, under a heading of its own.

    names: the municipalities' names. Nothing where there is no comparison group.
    """
    if peers is None:
        return join(canvas, [])
    say = canvas.language
    figures = {name: _figure(canvas, steering, name) for name in peers.weights}
    if peers.kind == "group":
        chosen = say.text(
            "The peer group is the one that the register of municipalities gives {municipality}.",
            municipality=canvas.labels.municipality,
        )
    else:
        chosen = say.text(
            "The municipalities most alike are chosen for {municipality} alone, by background figures. How "
            "much each figure counts is a choice, and is printed.",
            municipality=canvas.labels.municipality,
        )
    return join(
        canvas,
        [
            write_heading(canvas, 2, say.text("Whom the municipality is compared with"), id="comparison"),
            write_paragraph(canvas, chosen),
            tabulate_comparison_group(canvas, facts, peers, names=names, figures=figures),
        ],
    )


def _figure(canvas: Canvas, steering: Steering, name: str) -> str:
    """Name a background figure: an indicator by what reports call it, else by its id."""
    say = canvas.language
    if name == INHABITANTS:
        return say.text("inhabitants")
    topic, _, indicator = name.partition(".")
    known = {
        COST: say.text("Cost per user"),
        USERS: say.text("Users per position"),
        LEAVE: say.text("Sick leave"),
    }
    called = known.get(indicator, indicator.replace("_", " "))
    return f"{inside(called)} ({steering.service_name(canvas.labels, topic)})"


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
                canvas, say.text("No other municipality is in peer group {group}.", group=peers.group)
            )
        return write_paragraph(
            canvas, say.text("Peer group {group}: {names}.", group=peers.group, names=listed)
        )
    found = {
        fact.category: fact
        for fact in select(own(facts), statistic="peer_distance", against=f"peers.{peers.name}")
    }
    rows = [
        (names.get(code, code), say.number(found[code].value, 2) if code in found else numbers.EM_RULE)
        for code in peers.codes
    ]
    used = [f"{figures.get(name, name)} {say.percent(weight)}" for name, weight in peers.weights.items()]
    caption = say.text(
        "The {n} municipalities that are most alike in {year}, nearest first, by {figures}. A distance of 1 "
        "is as far as municipalities ordinarily lie from their mean.",
        n=say.count(peers.k), year=peers.year, figures="; ".join(used),
    )  # fmt: skip
    if peers.left_out:
        caption += " " + say.plural(
            "{n} municipality is left out, since it lacks a figure.",
            "{n} municipalities are left out, since they lack a figure.",
            len(peers.left_out),
        )
    columns = (Column(say.text("Municipality"), 70), Column(say.text("Distance"), 30, right=True))
    return table_block(canvas, "comparison-group", Table(columns, tuple(rows)), caption=caption)
