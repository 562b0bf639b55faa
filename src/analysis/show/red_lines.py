"""Targets that are not reached or at risk: what was found, how sure, what is done, by whom, and where."""

from __future__ import annotations

import pandas as pd

from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import is_number
from analysis.show.target_cards import Card, at_risk, read_cards, red_id, too_few
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
from analysis.show.text import write_heading, write_list, write_paragraph
from analysis.show.verdicts import AS_REQUIRED, DOWN, UNDECIDED
from analysis.show.wheel import dates_of
from analysis.steering.context import Steering
from analysis.steering.documents import next_document
from analysis.steering.measures import Measure, Purpose
from analysis.steering.targets import BANDS, Target
from analysis.steering.wheel import events, survey_years, wheel_of

_OPEN = ("proposed", "decided", "running")


def headline_red_lines(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> str:
    """Say in a heading how many targets have an unacceptable result, and how many are at risk."""
    say = canvas.language
    missed, risky = _red(read_cards(facts, steering))
    parts = []
    if missed:
        # "Not reached" are the acceptable ones too: what is required is the desired result.
        parts.append(
            say.plural("{n} has an unacceptable result", "{n} have an unacceptable result", len(missed))
        )
    if risky:
        parts.append(say.plural("{n} is at risk", "{n} are at risk", len(risky)))
    if not parts:
        return say.text("No target is known to be missed or at risk")
    # No heading begins with a number: it would run together with the section's own.
    return say.text("Targets: {parts}", parts=say.series(parts))


def write_red_lines(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """List every target with an unacceptable result or at risk of one, with all that is asked about it.

    What was found, how sure it is, which measure is proposed, who owns it, when it is looked at again, and
    in which document it stands. Targets of too few answers stand in a sentence of their own: nothing can be
    said of them, not that they are at risk either.
    """
    say = canvas.language
    cards = read_cards(facts, steering)
    missed, risky = _red(cards)
    few = [card for card in cards if too_few(card)]
    blocks = []
    if not missed and not risky:
        text = say.text(
            "Among the targets that can be judged, none has an unacceptable result or is at risk of one."
        )
        blocks.append(write_paragraph(canvas, text))
    for card in (*missed, *risky):
        sign, word = _verdict(canvas, card)
        name, where = (
            target_name(canvas, card.target),
            steering.service_name(canvas.labels, card.target.service),
        )
        title = say.text("{target} ({service}): {verdict}", target=name, service=where, verdict=word)
        leads, texts = zip(*_answers(canvas, card, steering), strict=True)
        blocks += [
            write_heading(canvas, 3, f"{sign} {title}", id=red_id(card, steering)),
            write_list(canvas, texts, leads=leads),
        ]
    if few:
        names = [
            say.text(
                "{target} ({service})",
                target=target_name(canvas, card.target),
                service=steering.service_name(canvas.labels, card.target.service),
            )
            for card in few
        ]
        said = say.text("Cannot be judged, too few answers: {names}.", names=say.series(names))
        blocks.append(write_paragraph(canvas, said))
    return join(canvas, blocks)


def list_red_lines(
    canvas: Canvas, facts: pd.DataFrame, steering: Steering
) -> list[tuple[Card, str, list[tuple[str, str]]]]:
    """Give the targets that `write_red_lines` lists, each with its verdict and its answers."""
    missed, risky = _red(read_cards(facts, steering))
    return [(c, _verdict(canvas, c)[1], _answers(canvas, c, steering)) for c in (*missed, *risky)]


def next_survey(steering: Steering) -> int:
    """Return the year of the first survey after this round, by the year wheel."""
    years = survey_years(wheel_of(steering.plan.wheel, steering.years), steering.years)
    return next(year for year in years if year > steering.year)


def measures_on(target: Target, steering: Steering, canvas: Canvas) -> list[Measure]:
    """Return the open measures on a target: on its service, its topic or a question of it, and its unit."""
    topics = {target.topic, f"indicator.{target.indicator}"}
    kind, _, name = str(target.topic).partition(".")
    asked = canvas.labels.questionnaires.get(target.service)
    if kind == "dimension" and asked is not None:
        topics |= {f"item.{item.id}" for item in asked.items if item.dimension == name}
    return [
        measure
        for measure in steering.plan.measures
        if measure.service == target.service
        and measure.topic in topics
        and measure.status in _OPEN
        and (target.unit is None or not measure.units or target.unit in measure.units)
    ]


def _red(cards: list[Card]) -> tuple[list[Card], list[Card]]:
    return [c for c in cards if c.band == "unacceptable"], [c for c in cards if at_risk(c)]


def _verdict(canvas: Canvas, card: Card) -> tuple[str, str]:
    if card.band == "unacceptable":
        return DOWN, target_verdict(canvas, card.status).word
    say = canvas.language
    if card.band == "acceptable":
        return AS_REQUIRED, say.text("acceptable, but certainly worse")
    return UNDECIDED, say.text("may be unacceptable")


def _answers(canvas: Canvas, card: Card, steering: Steering) -> list[tuple[str, str]]:
    """Give the six answers that a reader asks for, each with its word."""
    say = canvas.language
    measures = measures_on(card.target, steering, canvas)
    return [
        (say.text("Found"), _found(canvas, card)),
        (say.text("How sure"), _sure(canvas, card)),
        (say.text("Measure"), _measures(canvas, measures, steering)),
        (say.text("Owner"), _owners(canvas, measures)),
        (say.text("Looked at again"), _again(canvas, card, steering)),
        (say.text("Stands in"), _documents(canvas, card, measures, steering)),
    ]


def _found(canvas: Canvas, card: Card) -> str:
    say = canvas.language
    year = max(card.results)
    parts = [
        say.text(
            "{result} in {year}. {required} is required, {limit} is unacceptable.",
            result=write_result(canvas, card, card.last), year=year,
            required=write_range(canvas, card.target, "desired"),
            limit=write_range(canvas, card.target, "unacceptable"),
        )
    ]  # fmt: skip
    if is_number(card.change):
        since = card.change.against.removeprefix("year.")
        parts.append(
            say.text("Change since {before}: {change}.", before=since, change=write_change(canvas, card))
        )
    return " ".join(parts)


def _sure(canvas: Canvas, card: Card) -> str:
    say = canvas.language
    if card.supplied:
        return say.text("A supplied figure, no sample: it is held against the limits as it is.")
    certainty, verdict = write_certainty(canvas, card), target_verdict(canvas, card.status)
    said = f"{certainty} {verdict.word}" if card.band else certainty
    chances = {band: write_chance(canvas, card.chances.get(band)) for band in BANDS}
    words = {
        "desired": say.text("desired"),
        "acceptable": say.text("acceptable"),
        "unacceptable": say.text("unacceptable"),
    }
    listed = [f"{words[band]} {chance}" for band, chance in chances.items() if chance]
    said = f"{said}: {', '.join(listed)}." if listed else f"{said}."
    if card.last is not None and card.last.level is not None and is_number(card.last):
        said += " " + say.text(
            "{level} confidence interval {interval}.",
            level=say.percent(card.last.level), interval=write_interval(canvas, card),
        )  # fmt: skip
    return said


def _measures(canvas: Canvas, measures: list[Measure], steering: Steering) -> str:
    say = canvas.language
    if not measures:
        return say.text(
            "None has been proposed. A proposal is to be brought to the result dialogue, {dates}.",
            dates=_result_dialogue(canvas, steering),
        )
    words = {
        "proposed": say.text("proposed"),
        "decided": say.text("decided"),
        "running": say.text("under way"),
    }
    return "; ".join(
        say.text("{measure} ({status}, from {year})", measure=say.pick(m.title), status=words[m.status],
                 year=m.start)
        for m in measures
    ) + "."  # fmt: skip


def _result_dialogue(canvas: Canvas, steering: Steering) -> str:
    """Write when the result dialogue on the round is, by the year wheel."""
    every = events(steering.plan.wheel, steering.years)
    return dates_of(canvas, next(event for event in every if event.kind == "result_dialogue"))


def _owners(canvas: Canvas, measures: list[Measure]) -> str:
    say = canvas.language
    owners = list(dict.fromkeys(say.pick(measure.owner) for measure in measures))
    if owners:
        return f"{say.series(owners)}."
    return say.text("The head of the service, who is to bring the proposal.")


def _again(canvas: Canvas, card: Card, steering: Steering) -> str:
    say, year = canvas.language, next_survey(steering)
    if card.supplied:
        said = say.text("In the next scorecard, {year}.", year=year)
    else:
        said = say.text("After the next survey, {year}.", year=year)
    if steering.plan.wheel is not None:
        return said
    return said + " " + say.text("The year follows from the rounds so far: no year wheel has been entered.")


def _documents(canvas: Canvas, card: Card, measures: list[Measure], steering: Steering) -> str:
    say = canvas.language
    adopted = card.target.adopted
    parts = [
        say.text("The target: {document} ({year}).", document=say.pick(adopted.document), year=adopted.year)
    ]
    decided = dict.fromkeys(
        say.text("{document} ({year})", document=say.pick(m.decided_in.document), year=m.decided_in.year)
        for m in measures
        if m.decided_in is not None
    )
    if decided:
        parts.append(say.text("The measure: {documents}.", documents=say.series(list(decided))))
    elif measures:
        parts.append(say.text("The measure has not been decided yet."))
    # The documents that adopted the target and the measure are finished; the ledger's paragraph goes on.
    unmeasured: Purpose = "own_development" if card.target.unit else "steering"
    purposes = dict.fromkeys(measure.purpose for measure in measures) or (unmeasured,)
    nexts = dict.fromkeys(say.pick(next_document(steering.model, purpose)) for purpose in purposes)
    parts.append(say.text("The paragraph goes to: {documents}.", documents=say.series(list(nexts))))
    return " ".join(parts)
