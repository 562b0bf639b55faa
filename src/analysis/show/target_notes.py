"""What a table of targets' limits has to say of how results are held against them."""

from __future__ import annotations

from analysis.show.blocks import Canvas
from analysis.show.select import is_number
from analysis.show.target_cards import Card
from analysis.show.target_cells import target_name, write_result


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
