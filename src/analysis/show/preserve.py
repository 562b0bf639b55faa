"""What to preserve, to improve, and what satisfied users want more of, each with its response rate."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.core.language import NO_BREAK
from analysis.facts import wording
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import is_number, last_year, one, own, select
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.text import write_callout, write_paragraph
from analysis.show.verdicts import DOWN, UP, state
from analysis.steering.context import Steering

#: Under this share of those invited the results may tell more of who answered than of the service.
LOW_RESPONSE = 0.40


def write_preserve_improve(
    canvas: Canvas, facts: pd.DataFrame, steering: Steering, *, low_response: float = LOW_RESPONSE
) -> Block:
    """Set points to preserve beside as many to improve, then what satisfied users want more of.

    low_response: under this response rate a caution stands beside the result and in a callout first.
    """
    say, labels, year = canvas.language, canvas.labels, last_year(facts)
    names = ("service_strength", "service_improvement", "want_more")
    found = select(own(facts), statistic=names, year=year)
    services = [s for s in labels.questionnaires if any(fact.service == s for fact in found)]
    if not services:
        return write_callout(
            canvas,
            "note",
            say.text("No strengths or points to improve stand out"),
            say.text(
                "The results lie too close to each other to tell highest from lowest with certainty, or "
                "something certain speaks against them."
            ),
        )
    rates = {s: _rate(facts, s, year) for s in services}
    low = [s for s in services if _is_low(rates[s], low_response)]
    rows = []
    for service in services:
        part = [fact for fact in found if fact.service == service]
        for fact in _even(part):
            rate = _answered(canvas, rates[service], low_response)
            point = _point(canvas, facts, steering, fact)
            rows.append((labels.service(service), _kind(canvas, fact), *point, rate))
    columns = (
        Column(say.text("Service"), 14),
        Column(say.text("What to do"), 17),
        Column(say.text("What"), 29),
        Column(say.text("Result"), 22),
        Column(say.text("Response rate"), 18),
    )
    caption = say.text(
        "What to preserve and what to improve in each service, as many of each, and what satisfied users "
        "want more of, {year}. Results in points from 0 to 100 with {level} confidence intervals. A topic "
        "that anything certain speaks against is not to be preserved, and one that anything certain speaks "
        "for not to be improved: the next one stands here.",
        year=year, level=numbers.level_word(say, found),
    )  # fmt: skip
    table = table_block(canvas, "preserve", Table(columns, tuple(rows)), caption=caption)
    blocks = [_caution(canvas, low, rates, low_response)] if low else []
    blocks.append(table)
    named = {fact.service for fact in found if fact.statistic != "want_more"}
    none = [s for s in labels.questionnaires if s not in named and _rate(facts, s, year) is not None]
    if none:
        blocks.append(
            write_paragraph(
                canvas,
                say.text(
                    "No point to preserve or improve is named for {names}: the results lie too close to each "
                    "other, or something certain speaks against each of the highest or for each of the "
                    "lowest.",
                    names=say.series([labels.service(service) for service in none]),
                ),
            )
        )
    if all(fact.statistic != "want_more" for fact in found):
        said = say.text(
            "No focus group of enough people has said what it wants more of, and the survey does not ask."
        )
        blocks.append(write_paragraph(canvas, said))
    return join(canvas, blocks)


def _even(part: list[Fact]) -> list[Fact]:
    """Return points to preserve and to improve, as many of each also where the facts hold more of one."""
    good, weak, more = (
        sorted((f for f in part if f.statistic == name), key=lambda f: f.category)
        for name in ("service_strength", "service_improvement", "want_more")
    )
    number = min(len(good), len(weak))
    return [*good[:number], *weak[:number], *more]


def _kind(canvas: Canvas, fact: Fact) -> str:
    say = canvas.language
    # Outside the f-strings: what stands inside one is not found when the texts are collected.
    keep, improve, more = say.text("Preserve"), say.text("Improve"), say.text("Want more of")
    words = {"service_strength": f"{UP} {keep}", "service_improvement": f"{DOWN} {improve}"}
    return words.get(fact.statistic, f"+ {more}").replace(" ", NO_BREAK, 1)


def _point(canvas: Canvas, facts: pd.DataFrame, steering: Steering, fact: Fact) -> tuple[str, str]:
    say, labels = canvas.language, canvas.labels
    # The sentence of the report's strengths, which these are over one service.
    result = wording.finding(replace(fact, statistic="strength"), labels)
    topic = labels.topic(fact.service, fact.topic)
    if fact.statistic != "want_more":
        return topic, result
    # An id has no point in it: the last one parts it from the point's number.
    id, _, number = fact.category.rpartition(".")
    note = next(note for note in steering.plan.notes if note.id == id)
    wish = say.pick(note.points[int(number)].text)
    people = one(select(own(facts), statistic="participants", category=id))
    said = wish.rstrip(".")
    if people is not None and is_number(people):
        said = say.text("{wish} ({n} people in a focus group)", wish=said, n=numbers.count(say, people.value))
    return said, say.text("{topic}: {result}", topic=topic, result=result)


def _rate(facts: pd.DataFrame, service: str, year: int) -> Fact | None:
    return one(select(own(facts), statistic="response_rate", service=service, unit="", year=year))


def _is_low(rate: Fact | None, low_response: float) -> bool:
    # Not known is no better than low. A hair's breadth: 40 % itself is not under 40 %.
    return not is_number(rate) or (rate is not None and (rate.value or 0.0) < low_response - 1e-9)


def _answered(canvas: Canvas, rate: Fact | None, low_response: float) -> str:
    say = canvas.language
    if not is_number(rate):
        return state(say, rate).text
    said = unbroken(_share(canvas, rate, low_response))
    return say.text("{rate}, low", rate=said) if _is_low(rate, low_response) else said


def _share(canvas: Canvas, rate: Fact | None, low_response: float) -> str:
    """Write a response rate; with a decimal where it would else be written as the limit that it is under."""
    say, written = canvas.language, numbers.score(canvas.language, rate)
    if rate is None or rate.value is None or not _is_low(rate, low_response):
        return written
    return say.percent(rate.value, 1) if written == say.percent(low_response) else written


def _caution(canvas: Canvas, low: list[str], rates: dict[str, Fact | None], low_response: float) -> Block:
    say, labels = canvas.language, canvas.labels
    named = [
        say.text("{service} ({rate})", service=labels.service(s), rate=_share(canvas, rates[s], low_response))
        for s in low
        if is_number(rates[s])
    ]
    unknown = [labels.service(s) for s in low if not is_number(rates[s])]
    said = []
    if named:
        said.append(
            say.text(
                "Fewer than {limit} of those invited answered: {services}. The results may tell more of who "
                "answered than of the service, and should be checked against other sources before anything "
                "is decided.",
                limit=say.percent(low_response), services=say.series(named),
            )
        )  # fmt: skip
    if len(unknown) == len(rates):
        said.append(say.text("The response rate is not known: whom the results speak for cannot be said."))
    elif unknown:
        said.append(
            say.text(
                "The response rate is not known for {services}: whom the results speak for cannot be said.",
                services=say.series(unknown),
            )
        )
    return write_callout(canvas, "caution", say.text("Low response rate"), " ".join(said))
