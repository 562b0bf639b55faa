"""What tables of targets have to say of their results, and of how those are held against the limits."""

from __future__ import annotations

from analysis.show.blocks import Canvas
from analysis.show.select import is_number
from analysis.show.target_cards import Card
from analysis.show.target_cells import target_name, write_result
from analysis.show.verdicts import NOT_MEASURED


def say_rounding(canvas: Canvas, cards: list[Card]) -> list[str]:
    """Say that results are rounded as the limits are, with one limit as example."""
    say = canvas.language
    held = [card.target for card in cards if is_number(card.chances.get("desired"))]
    # The answer scale first: there half a step counts for most.
    held.sort(key=lambda target: target.scale in ("0-100", "percent"))
    for target in held:
        limit, cut = target.ends("desired")[0 if target.high_is_good else 1], target.cuts[0]
        if abs(limit - cut) < 1e-9:
            continue
        return [
            say.text(
                "Results are rounded as the limits are, so {limit} is reached from {cut}, and the "
                "probabilities count from there.",
                limit=say.number(limit, target.decimals), cut=say.number(cut, target.decimals + 1),
            )
        ]  # fmt: skip
    return []


def say_estimates(canvas: Canvas, cards: list[Card]) -> list[str]:
    """Say each unit's estimate beside the round's own mean, where they are written differently."""
    say, told = canvas.language, []
    for card in cards:
        estimate, last = card.estimate, card.last
        if estimate is None or not is_number(estimate) or not is_number(last):
            continue
        drawn, own = (write_result(canvas, card, fact) for fact in (estimate, last))
        if drawn != own:
            told.append(
                say.text(
                    "{target}: estimate {estimate}, mean of this round {mean}.",
                    target=target_name(canvas, card.target), estimate=drawn, mean=own,
                )
            )  # fmt: skip
    return told


def note_results(canvas: Canvas, cards: list[Card], name: str) -> list[str]:
    """Say what a table of results beside targets holds, sentence by sentence; `name` is the service's."""
    say = canvas.language
    parts = [
        say.text(
            "{service}: results beside the adopted targets.", service=name,
        ),
        say.text("The required result is the range of the desired result."),
    ]  # fmt: skip
    changes = [card.change for card in cards if is_number(card.change)]
    if any(change.method != "supplied" for change in changes):
        parts.append(
            say.text(
                "Change: since the last measurement, computed before rounding. One that is not certain can "
                "be due to chance alone."
            )
        )
    if any(change.method.startswith("mixed_model_year") for change in changes):
        parts.append(
            say.text(
                "The change is measured within the units over all rounds, so it can differ from the "
                "difference between the two means."
            )
        )
    if any(change.note == "not_tested" for change in changes):
        parts.append(
            say.text("Not tested: the difference between two results, which can be due to chance alone.")
        )
    shown = [fact for card in cards for fact in (*card.results.values(), card.change)]
    notes = {fact.note for fact in shown if fact is not None and not is_number(fact)}
    if notes & {"wording", "unit", "scale"}:
        parts.append(say.text("≠: not comparable with the result of this round."))
    short, meaning = say.text("not common template"), say.text("not measured by the common template")
    if any(fact is not None and fact.state == "not_measured_common_template" for fact in shown):
        parts.append(f"{NOT_MEASURED} {short}: {meaning}.")
    if any(fact.note.startswith("year.") for card in cards for fact in card.results.values()):
        parts.append(say.text("A year in brackets is the year of the figure."))
    return parts
