"""Figures that a municipality supplies: they keep the decimals they came with, and their unit of measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, log10

import pandas as pd

from analysis.core.language import NO_BREAK, Language
from analysis.facts.table import Fact
from analysis.show.numbers import EM_RULE
from analysis.show.select import own, select
from analysis.steering.achieved import written_decimals

#: So many digits of a figure between figures are told: more would look surer than it is.
_DIGITS = 4


def supplied(language: Language, fact: Fact | None, series: Sequence[Fact] = ()) -> str:
    """Write a supplied figure with the decimals that it, or the series it is in, came with: `8,30 %`."""
    if fact is None or fact.value is None:
        return EM_RULE
    return in_unit(language, language.number(fact.value, decimals_of([fact, *series])), fact.scale)


def between(language: Language, fact: Fact | None, series: Sequence[Fact]) -> str:
    """Write a quartile of supplied figures: four digits, no more decimals than the series beside it."""
    if fact is None or fact.value is None:
        return EM_RULE
    decimals = _DIGITS - 1 - floor(log10(abs(fact.value))) if fact.value else 0
    value, most = round(fact.value, decimals), decimals_of(series)
    return in_unit(language, language.number(value, max(0, min(decimals, most))), fact.scale)


def in_unit(language: Language, written: str, scale: str) -> str:
    """Put a unit of measure after a written number."""
    if scale == "percent":
        return f"{written}%" if language.code == "en" else f"{written}{NO_BREAK}%"
    return written if scale in ("", "number", "count") else f"{written}{NO_BREAK}{scale}"


def figures_on(facts: pd.DataFrame, service: str, indicator: str) -> tuple[Fact, ...]:
    """Return the municipality's own figures of an indicator that stand among the facts, oldest first."""
    found = select(own(facts), statistic=indicator, service=service, unit="", against="", category="")
    return tuple(sorted(found, key=lambda fact: fact.year or 0))


def decimals_of(facts: Iterable[Fact]) -> int:
    """Return the decimals that a series of figures is written with: those of the one with most."""
    return written_decimals([fact.value for fact in facts if fact.value is not None])
