"""Sentences made from fact rows alone, with the uncertainty in words.

Every function takes rows of a protected facts table and the labels, and returns plain text in the
report's language. No sentence says higher, lower, above or below where the verdict does not.
"""

from __future__ import annotations

from typing import Any

from analysis.core.errors import DataError
from analysis.facts.labels import Labels

CERTAIN = ("higher", "lower", "above", "below")


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
    """Write a fact's interval: "95 % konfidensintervall 4,6–5,2", or "−0,1 til +0,3" for a difference."""
    language = labels.language
    level = language.percent(fact.level)
    if fact.scale == "share":
        low, high = language.number(100 * fact.low, 0), language.percent(fact.high)
    else:
        decimals = 0 if fact.scale == "0-100" else _decimals(fact)
        low, high = (language.number(end, decimals, sign=sign) for end in (fact.low, fact.high))
    if sign:
        return language.text("{level} confidence interval {low} to {high}", level=level, low=low, high=high)
    return language.text("{level} confidence interval {low}–{high}", level=level, low=low, high=high)


def response(fact: Any, labels: Labels) -> str:
    """Say how many answered, and of how many, from a `response_rate` or `respondents` fact."""
    language = labels.language
    if fact.state == "suppressed":
        return language.text("Too few answered for the number to be shown.")
    users = labels.users(fact.service) if fact.service else language.text("users")
    if fact.statistic == "response_rate" and fact.state == "measured":
        return language.text(
            "{n} of {N} invited {users} answered ({rate}; {interval}).",
            n=language.count(fact.n),
            N=language.count(fact.N),
            users=users,
            rate=language.percent(fact.value),
            interval=interval(fact, labels),
        )
    if fact.statistic == "respondents" and fact.value == 0:
        return language.text("Nobody answered in {year}.", year=fact.year)
    if fact.statistic == "respondents":
        return language.text("{n} {users} answered.", n=language.count(fact.n), users=users)
    return language.text("How many were invited is not known, so there is no response rate.")


def level(fact: Any, labels: Labels) -> str:
    """Say a mean with its interval and number of answers, from a `mean` fact."""
    language, topic = labels.language, labels.topic(fact.service, fact.topic)
    if fact.state == "suppressed":
        return language.text("{topic}: the result for {year} is suppressed.", topic=topic, year=fact.year)
    if fact.state != "measured":
        return language.text("{topic}: no answers in {year}.", topic=topic, year=fact.year)
    return language.plural(
        "{topic}: {value} on the scale {low}–{high} in {year} ({interval}; {n} answer).",
        "{topic}: {value} on the scale {low}–{high} in {year} ({interval}; {n} answers).",
        int(fact.n),
        topic=topic,
        value=amount(fact, labels),
        low=fact.scale.split("-")[0],
        high=fact.scale.split("-")[1],
        year=fact.year,
        interval=interval(fact, labels),
    )


def change(fact: Any, labels: Labels, *, detectable: Any = None) -> str:
    """Say what changed since the round before, and how sure that is, from a `change` or `report_change` fact.

    `detectable`, the fact on what could have been seen, is added where no certain change was found.
    """
    language = labels.language
    topic = labels.topic(fact.service, fact.topic) if not fact.unit else labels.unit(fact.unit)
    since = fact.against.partition(".")[2]
    reasons = {
        "one_round": language.text("There is only one round, so no change can be given."),
        "wording": language.text(
            "{topic}: cannot be compared with {year}, since questions were changed.", topic=topic, year=since
        ),
        "unit": language.text(
            "{topic}: cannot be compared with {year}, since the unit is new or was merged.",
            topic=topic,
            year=since,
        ),
    }
    if fact.state == "suppressed":
        return language.text("{topic}: the change since {year} is suppressed.", topic=topic, year=since)
    if fact.state in ("not_comparable", "not_measured") and fact.note in reasons:
        return reasons[fact.note]
    if fact.state != "measured":
        return language.text(
            "{topic}: too few answers to decide on a change since {year}.", topic=topic, year=since
        )
    parts = {
        "topic": topic,
        "year": since,
        "value": amount(fact, labels, sign=True),
        "interval": interval(fact, labels, sign=True),
    }
    if fact.verdict == "higher":
        return language.text("{topic}: certain rise since {year}, {value} ({interval}).", **parts)
    if fact.verdict == "lower":
        return language.text("{topic}: certain fall since {year}, {value} ({interval}).", **parts)
    said = language.text("{topic}: no certain change since {year}, {value} ({interval}).", **parts)
    if detectable is not None and detectable.state == "measured":
        said += " " + language.text(
            "A change of {size} or more would most likely have been seen.", size=amount(detectable, labels)
        )
    return said


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
    )


def unit(fact: Any, labels: Labels) -> str:
    """Say how a unit stands beside the municipality's other units, from a `unit_difference` fact."""
    language = labels.language
    name, topic = labels.unit(fact.unit), labels.topic(fact.service, fact.topic)
    if fact.state == "suppressed":
        return language.text("{unit}: the result is suppressed.", unit=name)
    if fact.state != "measured":
        return language.text("{unit}: too few answers to decide.", unit=name)
    parts = {
        "unit": name,
        "topic": topic,
        "value": amount(fact, labels, sign=True),
        "interval": interval(fact, labels, sign=True),
        "units": labels.unit_word(fact.service, plural=True),
    }
    if fact.verdict == "above":
        return language.text("{unit}, {topic}: above the other {units}, {value} ({interval}).", **parts)
    if fact.verdict == "below":
        return language.text("{unit}, {topic}: below the other {units}, {value} ({interval}).", **parts)
    return language.text(
        "{unit}, {topic}: no certain difference from the other {units}, {value} ({interval}).", **parts
    )


def ranking(fact: Any, labels: Labels) -> str:
    """Say whether the units may be ranked, from the `variance_unit` fact of a topic."""
    language = labels.language
    units = labels.unit_word(fact.service, plural=True)
    if fact.note == "one_unit":
        return language.text("There is only one unit with answers, so there are no units to compare.")
    if fact.verdict == "no_difference":
        return language.text(
            "No difference between the {units} could be found: what they seem to differ by is within chance.",
            units=units,
        )
    if fact.verdict == "uncertain":
        return language.text(
            "The {units} cannot be told apart with certainty: the differences may be chance.", units=units
        )
    if fact.verdict == "ranking":
        return language.text("The {units} differ, and there are enough answers to rank them.", units=units)
    if fact.verdict == "no_ranking":
        return language.text(
            "The {units} differ, but there are too few answers to rank them: read each with its interval.",
            units=units,
        )
    return language.text("There are too few answers to compare the {units}.", units=units)


def finding(fact: Any, labels: Labels) -> str:
    """Say how strong a strength or point to improve is: its index with interval, and answers."""
    language = labels.language
    if fact.statistic not in ("strength", "improvement"):
        raise DataError("this fact is no finding", found=fact.fact_id)
    return language.plural(
        "{value} points ({low}–{high}), {n} answer",
        "{value} points ({low}–{high}), {n} answers",
        int(fact.n),
        value=amount(fact, labels),
        low=language.number(fact.low, 0),
        high=language.number(fact.high, 0),
    )


def _decimals(fact: Any) -> int:
    """One decimal, two where a certain difference or its interval's nearer end would be written as zero."""
    if fact.verdict not in CERTAIN:
        return 1
    return 2 if min(abs(end) for end in (fact.value, fact.low, fact.high)) < 0.05 else 1
