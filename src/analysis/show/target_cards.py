"""Targets with their facts: read together, counted by where they stand, and which are at risk."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from analysis.facts.table import Fact
from analysis.show.select import is_number, select
from analysis.show.supplied import figures_on
from analysis.steering.achieved import rescaled
from analysis.steering.context import Steering
from analysis.steering.scorecard import CERTAINTY
from analysis.steering.targets import BANDS, Target


@dataclass(frozen=True)
class Card:
    """A target with its facts: results by year, the change, where it stands, and each range's probability.

    figures: all that is known of a target's indicator, in years without a survey too. estimate: of a unit's
    target the cautious estimate that its probabilities rest on, where there is one.
    """

    target: Target
    results: dict[int, Fact] = field(default_factory=dict)
    change: Fact | None = None
    status: Fact | None = None
    chances: dict[str, Fact] = field(default_factory=dict)
    figures: tuple[Fact, ...] = ()
    estimate: Fact | None = None

    @property
    def supplied(self) -> bool:
        """Whether the results are figures from elsewhere, without uncertainty of a sample."""
        return self.target.indicator is not None

    @property
    def last(self) -> Fact | None:
        """The result of the latest round."""
        return self.results.get(max(self.results, default=0))

    @property
    def band(self) -> str:
        """The range that the target's verdict names, "" where there is no verdict."""
        return self.status.verdict if self.status is not None else ""


def read_cards(facts: pd.DataFrame, steering: Steering) -> list[Card]:
    """Put the facts on each target together, in the plan's order."""
    names = ("target_result", "target_change", "target_status", "band_probability")
    by_target: dict[str, list[Fact]] = {}
    for fact in select(facts, statistic=names):
        # An id has no point in it: what stands after one is the range.
        by_target.setdefault(fact.category.partition(".")[0], []).append(fact)
    cards = []
    for target in steering.plan.targets:
        found = by_target.get(target.id, [])
        held = {fact.statistic: fact for fact in found}
        results = {int(f.year or 0): f for f in found if f.statistic == "target_result"}
        chances = {f.category.partition(".")[2]: f for f in found if f.statistic == "band_probability"}
        figures = figures_on(facts, target.service, target.indicator) if target.indicator else ()
        cards.append(
            Card(
                target, results, held.get("target_change"), held.get("target_status"), chances, figures,
                _estimate(facts, target, steering, chances),
            )
        )  # fmt: skip
    return [card for card in cards if card.results]


def _estimate(
    facts: pd.DataFrame, target: Target, steering: Steering, chances: dict[str, Fact]
) -> Fact | None:
    if all(chance.method != "shrunken_band" for chance in chances.values()):
        return None
    place = {"service": target.service, "unit": target.unit, "topic": target.topic, "year": steering.year}
    found = select(facts, statistic="shrunken_mean", **place)
    return rescaled(found[0], target.scale) if found else None


def at_risk(card: Card) -> bool:
    """Tell whether a target that is not unacceptable may be, or is certainly on its way there.

    Undecided, and the unacceptable range cannot be ruled out with the certainty that a verdict needs; or
    acceptable, with a certain change for the worse. Never on fewer answers than a verdict needs: that would
    be a verdict too (see `too_few`).
    """
    status, target = card.status, card.target
    if status is None or card.band == "unacceptable":
        return False
    if status.state == "undecided":
        chance = card.chances.get("unacceptable")
        return is_number(chance) and chance.value > 1 - CERTAINTY
    worse = "lower" if target.high_is_good else "higher"
    return card.band == "acceptable" and card.change is not None and card.change.verdict == worse


def is_red(card: Card) -> bool:
    """Tell whether a target has an unacceptable result or is at risk of one, and so a card of its own."""
    return card.band == "unacceptable" or at_risk(card)


def red_id(card: Card, steering: Steering) -> str:
    """Return the id of the heading that a target's card stands under, for what refers to it."""
    return f"red-{1 + steering.plan.targets.index(card.target)}"


def too_few(card: Card) -> bool:
    """Tell whether there are too few answers to say anything of the target."""
    return card.status is not None and card.status.state == "undecided" and card.status.note == "few"


def count_bands(cards: list[Card]) -> dict[str, int]:
    """Count the targets by verdict: each range, undecided, and not there."""
    counts = dict.fromkeys((*BANDS, "undecided", "missing"), 0)
    for card in cards:
        undecided = card.status is not None and card.status.state == "undecided"
        counts[card.band or ("undecided" if undecided else "missing")] += 1
    return counts
