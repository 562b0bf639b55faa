"""The range that a result is expected in, seen from all municipalities: its facts, words and captions."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Canvas
from analysis.show.select import last_year, own, select
from analysis.show.verdicts import Verdict, judge


def ranges_of(facts: pd.DataFrame, topic: str) -> dict[str, Fact]:
    """Return the units' expected ranges in the latest round, where there is a band."""
    found = select(own(facts), statistic="expected_range", year=last_year(facts), topic=topic)
    return {f.unit: f for f in found if f.unit and f.low is not None and f.high is not None}


def band_of(fact: Fact | None) -> tuple[float, float] | None:
    """Return the ends of the band, None where there is none."""
    if fact is None or fact.low is None or fact.high is None:
        return None
    return fact.low, fact.high


def both_words(canvas: Canvas, others: Verdict | None, expected: Fact | None) -> str:
    """Return what is said beside a unit, a line each: beside the others, and beside what is expected."""
    lines = [others.text] if others is not None else []
    if expected is not None:
        lines.append(judge(canvas.language, expected).text)
    # With few answers both say the same.
    return "\n".join(dict.fromkeys(lines))


def say_band(canvas: Canvas, service: str, ranges: Iterable[Fact]) -> str:
    """Say in a caption what the grey band is; "" where none is drawn."""
    say, found = canvas.language, list(ranges)
    if not found:
        return ""
    # Named first: a `plural` between the brackets hides a text from the program that collects them.
    units = canvas.labels.unit_word(service, plural=True)
    return say.text(
        "The grey band is where a {unit} with as many answers is expected to lie, seen from {N} {units} in "
        "all municipalities: {level} of ordinary ones lie within theirs, and few answers make it wide. The "
        "assessment takes into account that several are tested at once.",
        unit=canvas.labels.unit_word(service), units=units,
        N=numbers.count(say, found[0].N), level=numbers.level_word(say, found),
    )  # fmt: skip


def outside(ranges: dict[str, Fact], verdict: str, units: Iterable[str]) -> list[str]:
    """Return those of the units that are certainly above or below what is expected."""
    return [unit for unit in units if unit in ranges and ranges[unit].verdict == verdict]
