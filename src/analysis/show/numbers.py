"""Numbers as readers see them: one decimal on the questionnaire's scale, none on index and per cent."""

from __future__ import annotations

from analysis.core.language import Language
from analysis.facts.table import Fact

#: What stands where a number is missing; its reason stands beside it in words.
EM_RULE = "–"


def score(language: Language, fact: Fact | None) -> str:
    """Write a mean (one decimal), an index (none) or a share (per cent) by the fact's scale."""
    return EM_RULE if fact is None or fact.value is None else _level(language, fact.scale, fact.value)


def interval(language: Language, fact: Fact | None) -> str:
    """Write the interval of a mean, index or share, for instance `4,6–5,0`."""
    if fact is None or fact.low is None or fact.high is None:
        return EM_RULE
    low, high = (_level(language, fact.scale, end) for end in (fact.low, fact.high))
    # One "%" is enough: 55–67 %.
    return f"{low.removesuffix('%').rstrip()}–{high}"


def change(language: Language, fact: Fact | None, *, certain: bool = False) -> str:
    """Write a difference with its sign."""
    if fact is None or fact.value is None:
        return EM_RULE
    return language.number(fact.value, change_decimals(fact, certain=certain), sign=True)


def change_interval(language: Language, fact: Fact | None, *, certain: bool = False) -> str:
    """Write the interval of a difference, for instance `+0,1 til +0,5`."""
    if fact is None or fact.low is None or fact.high is None:
        return EM_RULE
    decimals = change_decimals(fact, certain=certain)
    low, high = (language.number(end, decimals, sign=True) for end in (fact.low, fact.high))
    return language.text("{low} to {high}", low=low, high=high)


def change_decimals(fact: Fact, *, certain: bool) -> int:
    """Return one decimal, or two where a certain difference or an end of its interval would read as nil."""
    ends = [end for end in (fact.value, fact.low, fact.high) if end is not None]
    return 2 if certain and any(abs(end) < 0.05 for end in ends) else 1


def count(language: Language, number: int | float | None) -> str:
    """Write a whole number, a rule where there is none."""
    return EM_RULE if number is None else language.count(int(number))


def level_word(language: Language, facts: list[Fact]) -> str:
    """Write the confidence level of the first fact that has one, for instance `95 %`."""
    level = next((fact.level for fact in facts if fact.level is not None), 0.95)
    return language.percent(level, 0 if abs(100 * level - round(100 * level)) < 1e-9 else 1)


def _level(language: Language, scale: str, value: float) -> str:
    if scale == "share":
        return language.percent(value)
    return language.number(value, 0 if scale in ("0-100", "count") else 1)
