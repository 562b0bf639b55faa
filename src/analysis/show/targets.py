"""The scorecard (målekort): adopted targets, results of the last rounds, and where each target stands."""

from __future__ import annotations

import pandas as pd

from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import is_number
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.target_cards import Card, count_bands, is_red, read_cards, red_id
from analysis.show.target_cells import (
    target_name,
    target_verdict,
    write_certainty,
    write_chance,
    write_change,
    write_interval,
    write_range,
    write_result,
)
from analysis.show.target_notes import note_results, say_estimates, say_rounding
from analysis.show.text import write_callout, write_heading, write_paragraph
from analysis.show.verdicts import AS_REQUIRED, DOWN, NOT_MEASURED, UNDECIDED, UP
from analysis.steering.context import Steering
from analysis.steering.scorecard import CERTAINTY
from analysis.steering.targets import BANDS


def headline_targets(
    canvas: Canvas, facts: pd.DataFrame, steering: Steering, *, service: str | None = None
) -> str:
    """Say in a heading how many targets have the desired result, and how many an unacceptable one."""
    return _headline(canvas, _of(read_cards(facts, steering), service))


def tabulate_targets(
    canvas: Canvas, facts: pd.DataFrame, steering: Steering, *, service: str | None = None
) -> Block:
    """Set targets against rounds, service by service: required and achieved results, change and status.

    Under each table a second one holds the ranges' limits and probabilities. A status that `write_red_lines`
    tells more of refers to it: both stand in the same book. With `service` only that service's two tables,
    without headings and references; of one service alone there is no heading either.
    """
    say = canvas.language
    cards = _of(read_cards(facts, steering), service)
    if not cards:
        return write_callout(
            canvas,
            "note",
            say.text("No targets to hold results against"),
            say.text("The municipality has not entered any adopted targets for these services."),
        )
    if service is not None:
        return join(canvas, _tables(canvas, cards, steering, set(), refer=False))
    blocks = []
    # What holds for all tables is said under the first that it holds for, and not again.
    told: set[str] = set()
    if steering.plan.main_goal is not None:
        goal = say.pick(steering.plan.main_goal)
        blocks.append(write_paragraph(canvas, say.text("Main goal: {goal}.", goal=goal.rstrip("."))))
    blocks.append(write_paragraph(canvas, _counted(canvas, cards)))
    known = list(canvas.labels.questionnaires)
    services = dict.fromkeys([*known, *(card.target.service for card in cards)])
    groups = [group for code in services if (group := _of(cards, code))]
    for group in groups:
        name = steering.service_name(canvas.labels, group[0].target.service)
        title = say.text("{service}: {message}", service=name, message=_short(canvas, group))
        # One service's own chapter says the same in the heading above.
        blocks += [write_heading(canvas, 3, title)] if len(groups) > 1 else []
        blocks += _tables(canvas, group, steering, told, refer=True)
    return join(canvas, blocks)


def _tables(
    canvas: Canvas, cards: list[Card], steering: Steering, told: set[str], *, refer: bool
) -> list[Block]:
    name = steering.service_name(canvas.labels, cards[0].target.service)
    red = {i: canvas.id("sec", red_id(c, steering)) for i, c in enumerate(cards) if refer and is_red(c)}
    return [_results(canvas, cards, name, told, red), _limits(canvas, cards, name, told)]


def _results(canvas: Canvas, cards: list[Card], name: str, told: set[str], red: dict[int, str]) -> Block:
    say = canvas.language
    years = sorted({year for card in cards for year in card.results})
    rows = [
        (
            say.pick(card.target.success_factor),
            target_name(canvas, card.target),
            write_range(canvas, card.target, "desired"),
            *(write_result(canvas, card, card.results.get(year)) for year in years),
            write_change(canvas, card),
            target_verdict(canvas, card.status).text,
        )
        for card in cards
    ]
    columns = (
        Column(say.text("Success factor"), 15),
        Column(say.text("Indicator"), 19),
        Column(say.text("Required result"), 11),
        *(Column(str(year), 9, right=True, strong=year == years[-1]) for year in years),
        Column(say.text("Change"), 17),
        Column(say.text("Status"), 17),
    )
    parts = note_results(canvas, cards, name)
    if red:
        parts.append(say.text("In brackets behind a status: the section that tells more of it."))
    identity = f"targets-{cards[0].target.service}"
    table = Table(columns, tuple(rows), {(i, len(columns) - 1): id for i, id in red.items()})
    return table_block(canvas, identity, table, caption=" ".join(_new(parts, told)))


def _limits(canvas: Canvas, cards: list[Card], name: str, told: set[str]) -> Block:
    say = canvas.language
    rows = []
    for card in cards:
        cells = [target_name(canvas, card.target)]
        for band in BANDS:
            written, chance = (
                write_range(canvas, card.target, band),
                write_chance(canvas, card.chances.get(band)),
            )
            cells.append(f"{written} ({unbroken(chance)})" if chance else written)
        rows.append((*cells, write_interval(canvas, card), write_certainty(canvas, card)))
    # Outside the f-string: what stands inside one is not found when the texts are collected.
    best, middle, worst = say.text("Desired"), say.text("Acceptable"), say.text("Unacceptable")
    columns = (
        Column(say.text("Indicator"), 21),
        Column(unbroken(f"{UP} {best}"), 15),
        Column(unbroken(f"{AS_REQUIRED} {middle}"), 15),
        Column(unbroken(f"{DOWN} {worst}"), 15),
        Column(say.text("Interval (answers)"), 15, right=True),
        Column(say.text("How certain"), 18),
    )
    parts = [say.text("{service}: the limits, and how certain the status is.", service=name)]
    if any(is_number(chance) for card in cards for chance in card.chances.values()):
        parts.append(
            say.text(
                "In brackets: how probable it is that the true result lies in the range. From {share} on, "
                "that range is the status.",
                share=say.percent(CERTAINTY),
            )
        )
        parts += say_rounding(canvas, cards)
    if any(fact.method == "shrunken_band" for card in cards for fact in card.chances.values()):
        parts.append(
            say.text(
                "For a single unit the probability rests on a cautious estimate, which draws on the other "
                "units and on all rounds, not on this round's mean alone."
            )
        )
        parts += say_estimates(canvas, cards)
    if any(card.supplied and is_number(card.status) for card in cards):
        parts.append(
            say.text("Supplied figures are no sample: they are held against the limits as they are.")
        )
    documents = dict.fromkeys(
        say.text(
            "{document} ({year})",
            document=say.pick(card.target.adopted.document), year=card.target.adopted.year,
        )
        for card in cards
    )  # fmt: skip
    parts.append(say.text("Adopted in: {documents}.", documents=say.series(list(documents))))
    identity = f"limits-{cards[0].target.service}"
    return table_block(canvas, identity, Table(columns, tuple(rows)), caption=" ".join(_new(parts, told)))


def _new(parts: list[str], told: set[str]) -> list[str]:
    """Return the sentences that have not been told yet, and note that they are."""
    new = [part for part in parts if part not in told]
    told.update(new)
    return new


def _of(cards: list[Card], service: str | None) -> list[Card]:
    if service is None:
        return cards
    # Each success factor with all of its indicators, in the order in which the plan names them first.
    factors = [str(card.target.success_factor) for card in cards]
    return sorted(
        (card for card in cards if card.target.service == service),
        key=lambda card: factors.index(str(card.target.success_factor)),
    )


def _headline(canvas: Canvas, cards: list[Card]) -> str:
    # No heading begins with a number: it would run together with the section's own.
    say, counts = canvas.language, count_bands(cards)
    if not cards:
        return say.text("No targets have been adopted")
    if counts["missing"] == len(cards):
        return say.text("None of the targets could be measured")
    if counts["unacceptable"]:
        return say.plural(
            "Of {n} target, {good} has the desired result, {bad} an unacceptable one",
            "Of {n} targets, {good} have the desired result, {bad} an unacceptable one",
            len(cards), good=counts["desired"], bad=counts["unacceptable"],
        )  # fmt: skip
    return say.plural(
        "Of {n} target, {good} has the desired result, none is unacceptable",
        "Of {n} targets, {good} have the desired result, none is unacceptable",
        len(cards), good=counts["desired"],
    )  # fmt: skip


def _short(canvas: Canvas, cards: list[Card]) -> str:
    said = _headline(canvas, cards)
    return said[:1].lower() + said[1:]


def _counted(canvas: Canvas, cards: list[Card]) -> str:
    say, counts = canvas.language, count_bands(cards)
    words = {
        "desired": (UP, say.text("desired")),
        "acceptable": (AS_REQUIRED, say.text("acceptable")),
        "unacceptable": (DOWN, say.text("unacceptable")),
        "undecided": (UNDECIDED, say.text("cannot be decided")),
        "missing": (NOT_MEASURED, say.text("not measured or not shown")),
    }
    parts = [f"{sign} {counts[kind]} {word}" for kind, (sign, word) in words.items() if counts[kind]]
    return say.plural("{n} target: {parts}.", "{n} targets: {parts}.", len(cards), parts=", ".join(parts))
