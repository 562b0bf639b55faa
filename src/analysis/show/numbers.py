"""Numbers as readers see them: one decimal on the questionnaire's scale, none on index and per cent."""

from __future__ import annotations

from collections.abc import Iterable

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
    return between(language, fact.scale, fact.low, fact.high)


def between(language: Language, scale: str, low: float, high: float) -> str:
    """Write a range on a scale, with two decimals where one would write both ends alike: `4,62–4,64`.

    >>> between(Language("en"), "1-6", 4.58, 4.62), between(Language("en"), "share", 0.55, 0.67)
    ('4.58–4.62', '55–67%')
    """
    if end_decimals(scale, low, high) == 2:
        return "–".join(language.number(end, 2) for end in (low, high))
    first, last = (_level(language, scale, end) for end in (low, high))
    # One "%" is enough: 55–67 %.
    return f"{first.removesuffix('%').rstrip()}–{last}"


def end_decimals(scale: str, low: float, high: float) -> int:
    """Return the decimals of an interval's ends: two on an answer scale where one shows no width."""
    if scale in ("share", "0-100", "count"):
        return 0
    return 2 if f"{low:.1f}" == f"{high:.1f}" else 1


def change(
    language: Language, fact: Fact | None, *, certain: bool = False, decimals: int | None = None
) -> str:
    """Write a difference with its sign; `decimals` where it has to match others (`shared_decimals`)."""
    if fact is None or fact.value is None:
        return EM_RULE
    places = change_decimals(fact, certain=certain) if decimals is None else decimals
    return language.number(fact.value, places, sign=True)


def change_interval(
    language: Language, fact: Fact | None, *, certain: bool = False, decimals: int | None = None
) -> str:
    """Write the interval of a difference, for instance `+0,1 til +0,5`; `decimals` as for `change`."""
    if fact is None or fact.low is None or fact.high is None:
        return EM_RULE
    decimals = change_decimals(fact, certain=certain) if decimals is None else decimals
    low, high = (language.number(end, decimals, sign=True) for end in (fact.low, fact.high))
    return language.text("{low} to {high}", low=low, high=high)


def change_decimals(fact: Fact, *, certain: bool) -> int:
    """Return one decimal, or two where a certain difference or an end of its interval would read as nil."""
    ends = [end for end in (fact.value, fact.low, fact.high) if end is not None]
    return 2 if certain and any(abs(end) < 0.05 for end in ends) else 1


def scale_of(facts: Iterable[Fact]) -> str:
    """Write the answer scale of the first fact that has one, for instance `1–6`."""
    return next((fact.scale for fact in facts if fact.scale), "").replace("-", "–")


def shared_decimals(facts: Iterable[Fact | None]) -> int:
    """Return the decimals of differences that stand together with their intervals: one, or two for all.

    Two where one decimal would write an end of an interval as nil, or as the difference itself: then a reader
    could see neither on which side of nil it lies nor how wide it is.
    """
    for fact in facts:
        if fact is None or fact.value is None or fact.low is None or fact.high is None:
            continue
        value, *ends = (round(10 * number) for number in (fact.value, fact.low, fact.high))
        if 0 in ends or value in ends:
            return 2
    return 1


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
