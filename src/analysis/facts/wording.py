"""Sentences made from fact rows alone, with the uncertainty in words.

Every function takes rows of a protected facts table and the labels, and returns plain text in the
report's language. No sentence says higher, lower, above or below where the verdict does not.
"""

from __future__ import annotations

from typing import Any

from analysis.core.errors import DataError
from analysis.facts.labels import Labels
from analysis.facts.wording_numbers import (
    CERTAIN,
    DEPENDS,
    amount,
    before_adjusting,
    ends,
    interval,
    state,
)
from analysis.facts.wording_others import nation, ranking, unit

__all__ = [
    "CERTAIN",
    "DEPENDS",
    "amount",
    "change",
    "ends",
    "finding",
    "interval",
    "level",
    "nation",
    "ranking",
    "response",
    "state",
    "unit",
]


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

    `detectable`, the fact on what could have been seen, is added where no change is certain.
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
    if fact.verdict == DEPENDS:
        said = language.text(
            "{topic}: whether there is a change since {year} depends on the method.", topic=topic, year=since
        )
    else:
        said = language.text("{topic}: no certain change since {year}, {value} ({interval}).", **parts)
        said += before_adjusting(fact, labels)
    if detectable is not None and detectable.state == "measured":
        said += " " + language.text(
            "A change of {size} or more would most likely have been seen.", size=amount(detectable, labels)
        )
    return said


def finding(fact: Any, labels: Labels) -> str:
    """Say how strong a strength or point to improve is: its index with interval, and answers."""
    language = labels.language
    if fact.statistic not in ("strength", "improvement"):
        raise DataError("this fact is no finding", found=fact.fact_id)
    return language.plural(
        "{value} points ({interval}), {n} answer",
        "{value} points ({interval}), {n} answers",
        int(fact.n),
        value=amount(fact, labels),
        interval=ends(fact, labels),
    )
