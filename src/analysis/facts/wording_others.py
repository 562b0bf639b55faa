"""Sentences on comparisons: with all municipalities, and of units with each other."""

from __future__ import annotations

from typing import Any

from analysis.core.language import Language
from analysis.facts.labels import Labels
from analysis.facts.wording_numbers import DEPENDS, amount, before_adjusting, interval


def nation(fact: Any, national: Any, labels: Labels) -> str:
    """Say where the municipality stands beside all, from a `national_difference` and the national `mean`."""
    language = labels.language
    if fact.note == "no_other_municipalities":
        return language.text(
            "There are too few other municipalities in this survey, so no comparison with others is possible."
        )
    topic = labels.topic(fact.service, fact.topic)
    if fact.state == "suppressed":
        return language.text("{topic}: the comparison with other municipalities is suppressed.", topic=topic)
    if fact.state != "measured":
        return language.text("{topic}: too few answers to compare with other municipalities.", topic=topic)
    parts = {
        "topic": topic,
        "mean": amount(national, labels),
        "number": language.count(national.N),
        "value": amount(fact, labels, sign=True),
        "interval": interval(fact, labels, sign=True),
    }
    if fact.verdict == "higher":
        return language.text(
            "{topic}: above the mean of {number} municipalities ({mean}), {value} ({interval}).", **parts
        )
    if fact.verdict == "lower":
        return language.text(
            "{topic}: below the mean of {number} municipalities ({mean}), {value} ({interval}).", **parts
        )
    return language.text(
        "{topic}: no certain difference from the mean of {number} municipalities ({mean}), "
        "{value} ({interval}).",
        **parts,
    ) + before_adjusting(fact, labels)


def unit(fact: Any, labels: Labels) -> str:
    """Say how a unit stands beside the municipality's other units, from a `unit_difference` fact."""
    language = labels.language
    name, topic = labels.unit(fact.unit), labels.topic(fact.service, fact.topic)
    # Named first: a `plural` between the brackets hides a text from the program that collects them.
    units = labels.unit_word(fact.service, plural=True)
    if fact.state == "suppressed":
        return language.text("{unit}: the result is suppressed.", unit=name)
    if fact.state != "measured":
        return language.text(
            "{unit}: too few answers to tell whether it differs from the other {units}.",
            unit=name,
            units=units,
        )
    parts = {
        "unit": name,
        "topic": topic,
        "value": amount(fact, labels, sign=True),
        "interval": interval(fact, labels, sign=True),
        "units": units,
    }
    if fact.verdict == "above":
        return language.text("{unit}, {topic}: above the other {units}, {value} ({interval}).", **parts)
    if fact.verdict == "below":
        return language.text("{unit}, {topic}: below the other {units}, {value} ({interval}).", **parts)
    if fact.verdict == DEPENDS:
        return language.text(
            "{unit}, {topic}: whether there is a difference from the other {units} depends on the method.",
            **{name: parts[name] for name in ("unit", "topic", "units")},
        )
    return language.text(
        "{unit}, {topic}: no certain difference from the other {units}, {value} ({interval}).", **parts
    ) + before_adjusting(fact, labels)


def ranking(fact: Any, labels: Labels, *, rounds: int = 1) -> str:
    """Say whether the units may be ranked, from the `variance_unit` fact of a topic.

    `rounds` is how many rounds it rests on: of several the sentence says that it is about all of them taken
    together, since what is certain of this round alone may be another matter.
    """
    language = labels.language
    units = labels.unit_word(fact.service, plural=True)
    if fact.note == "one_unit":
        return language.text("There is only one unit with answers, so there are no units to compare.")
    said = (_over_rounds if rounds > 1 else _in_one_round)(language, units)
    if fact.verdict not in said:
        return language.text("There are too few answers to compare the {units}.", units=units)
    return said[fact.verdict]


def _in_one_round(language: Language, units: str) -> dict[str, str]:
    return {
        "no_difference": language.text(
            "No difference between the {units} could be found: what they seem to differ by is within chance.",
            units=units,
        ),
        "uncertain": language.text(
            "The {units} cannot be told apart with certainty: the differences may be chance.", units=units
        ),
        "ranking": language.text(
            "The {units} differ, and there are enough answers to rank them. Where two estimates are written "
            "alike, there is no order between them.",
            units=units,
        ),
        "no_ranking": language.text(
            "The {units} differ, but there are too few answers to rank them: read each with its interval.",
            units=units,
        ),
    }


def _over_rounds(language: Language, units: str) -> dict[str, str]:
    return {
        "no_difference": language.text(
            "All rounds taken together, no difference between the {units} could be found: what they seem to "
            "differ by is within chance.",
            units=units,
        ),
        "uncertain": language.text(
            "All rounds taken together, the {units} cannot be told apart with certainty: the differences may "
            "be chance.",
            units=units,
        ),
        "ranking": language.text(
            "All rounds taken together, the {units} differ, and there are enough answers to rank them by all "
            "rounds together. Where two estimates are written alike, there is no order between them.",
            units=units,
        ),
        "no_ranking": language.text(
            "All rounds taken together, the {units} differ, but there are too few answers to rank them: read "
            "each with its interval.",
            units=units,
        ),
    }
