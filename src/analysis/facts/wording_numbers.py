"""A fact's number in words: its value, its interval, or why it is not there."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.core.language import Language
from analysis.facts.labels import Labels

#: Verdicts that say a direction.
CERTAIN = ("higher", "lower", "above", "below")
#: The verdict where the means and the answers taken as ordered do not say the same.
DEPENDS = "depends_on_method"


def state(fact: Any, labels: Labels) -> str:
    """Say why a number is not there: "skjermet", "ikke målt" and so on; "" where it is there."""
    text = labels.language.text
    words = {
        "measured": "",
        "suppressed": text("suppressed"),
        "not_measured": text("not measured"),
        "not_measured_common_template": text("not measured by the common template"),
        "not_comparable": text("not comparable"),
        "undecided": text("cannot be decided"),
    }
    return words[fact.state]


def amount(fact: Any, labels: Labels, *, sign: bool = False) -> str:
    """Write a fact's value: one decimal on an answer scale, none on index, counts and per cent.

    A certain difference that would be written as zero gets a second decimal.
    """
    language = labels.language
    if fact.scale == "share":
        return language.percent(fact.value)
    if fact.scale in ("0-100", "count"):
        return language.number(fact.value, 0, sign=sign)
    return language.number(fact.value, _decimals(fact), sign=sign)


def interval(fact: Any, labels: Labels, *, sign: bool = False) -> str:
    """Write a fact's interval: "95 % konfidensintervall 4,6–5,2", or "−0,1 til +0,3" for a difference.

    Of few answers, with no spread to borrow, there is none, and that is what it says.
    """
    language = labels.language
    if not _has_interval(fact):
        return language.text("no confidence interval")
    level = language.percent(fact.level)
    low, high = _ends(fact, language, sign=sign)
    if sign:
        return language.text("{level} confidence interval {low} to {high}", level=level, low=low, high=high)
    return language.text("{level} confidence interval {low}–{high}", level=level, low=low, high=high)


def ends(fact: Any, labels: Labels) -> str:
    """Write the ends of an interval whose level is told elsewhere: "86–88", or "–" where there is none."""
    return "–".join(_ends(fact, labels.language, sign=False)) if _has_interval(fact) else "–"


def before_adjusting(fact: Any, labels: Labels) -> str:
    """Say of a difference that is not certain why nil lies outside its interval; "" where it does not.

    The verdict allows for all that is tested at once, the interval for nothing but its own difference.
    """
    unsure = str(fact.verdict).startswith("no_certain")
    if not unsure or not _has_interval(fact) or fact.low <= 0 <= fact.high:
        return ""
    return " " + labels.language.text(
        "The interval is before it is allowed for that several are tested at once."
    )


def _ends(fact: Any, language: Language, *, sign: bool) -> tuple[str, str]:
    if fact.scale == "share":
        return language.number(100 * fact.low, 0), language.percent(fact.high)
    decimals = 0 if fact.scale == "0-100" else _decimals(fact)
    return language.number(fact.low, decimals, sign=sign), language.number(fact.high, decimals, sign=sign)


def _has_interval(fact: Any) -> bool:
    # A row of the table has NaN where a fact has None.
    return not (pd.isna(fact.low) or pd.isna(fact.high) or pd.isna(fact.level))


def _decimals(fact: Any) -> int:
    """One decimal, two where a certain difference or its interval's nearer end would be written as zero."""
    if fact.verdict not in CERTAIN:
        return 1
    known = [abs(end) for end in (fact.value, fact.low, fact.high) if not pd.isna(end)]
    return 2 if min(known) < 0.05 else 1
