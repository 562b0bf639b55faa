"""Families of comparisons: one adjustment over all that are tested together, and its verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from analysis.facts.table import Fact
from analysis.stats.multiple import adjust_p

#: A verdict needs as many answers as a distribution; see docs/methods/disclosure.md.
MINIMUM_FOR_VERDICT = 10


def without_spread(fact: Fact) -> Fact:
    """Leave the value alone: of few answers, the value and its standard error together tell each of them."""
    gone = dict.fromkeys(("se", "low", "high", "level", "p", "p_adjusted"))
    return replace(fact, **gone, verdict="", state="undecided", note="few")


def adjusted(facts: Iterable[Fact], *, otherwise: str = "no_certain_change") -> list[Fact]:
    """Adjust the family's p values (Benjamini-Hochberg); the adjusted test is each fact's verdict.

    `otherwise` is the verdict where the test finds nothing. What rests on fewer answers than a verdict
    needs is undecided, and no part of the family.
    """
    facts = [without_spread(f) if f.p is not None and (f.n or 0) < MINIMUM_FOR_VERDICT else f for f in facts]
    tested = [i for i, fact in enumerate(facts) if fact.p is not None]
    if tested:
        for i, p in zip(tested, adjust_p([facts[i].p for i in tested], "bh"), strict=True):
            certain = p < 1 - facts[i].level
            side = "higher" if facts[i].value > 0 else "lower"
            facts[i] = replace(facts[i], p_adjusted=float(p), verdict=side if certain else otherwise)
    return facts
