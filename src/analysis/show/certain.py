"""What is certain over a municipality's whole report: the list on its first page."""

from __future__ import annotations

import pandas as pd

from analysis.facts import wording
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import last_year, one, own, select
from analysis.show.text import write_list, write_paragraph
from analysis.show.verdicts import is_within

_CHANGE, _NATION, _UNIT = "report_change", "report_national_difference", "report_unit_difference"
#: As many differences from the nation are named of a service: with four services the list fits on its page.
_NAMED = 3


def list_certain(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """List, service by service, what is certain over the whole report.

    Changes and differences from the nation with their intervals, of the differences the three largest; of
    those it is said where the municipality is within the range that is expected of one all the same. Units
    that differ by name alone, since their numbers stand in the services' chapters. Uses only the facts that
    were adjusted over the whole report.
    """
    say = canvas.language
    tested = select(own(facts), statistic=(_CHANGE, _UNIT, _NATION))
    found = [fact for fact in tested if fact.verdict in wording.CERTAIN]
    if not tested:
        text = say.text("There are too few answers or rounds to test any change or difference.")
        return write_paragraph(canvas, text)
    if not found:
        text = say.text("Over all services together there is no certain change or difference.")
        return write_paragraph(canvas, text)
    services = list(dict.fromkeys(fact.service for fact in found))
    ranges = select(own(facts), statistic="expected_range", unit="", year=last_year(facts))
    items = [_certain(canvas, [f for f in found if f.service == service], ranges) for service in services]
    intro = write_paragraph(
        canvas,
        say.text(
            "What is certain over the whole report ({level} confidence intervals, on the scale {scale}):",
            level=numbers.level_word(say, found),
            scale=numbers.scale_of(found),
        ),
    )
    listed = write_list(canvas, items, leads=[canvas.labels.service(service) for service in services])
    return join(canvas, [intro, listed])


def _certain(canvas: Canvas, found: list[Fact], ranges: list[Fact]) -> str:
    say, labels = canvas.language, canvas.labels
    changes, beside = ([f for f in found if f.statistic == name] for name in (_CHANGE, _NATION))
    decimals = numbers.shared_decimals([*changes, *_largest(beside)])
    parts = _changes(canvas, changes, decimals)
    parts += _beside_nation(canvas, beside, ranges, decimals)

    def units(verdict: str) -> str:
        facts = [fact for fact in found if (fact.statistic, fact.verdict) == (_UNIT, verdict)]
        return say.series([labels.unit(fact.unit) for fact in facts])

    if names := units("above"):
        parts.append(say.text("Units above the others: {names}.", names=names))
    if names := units("below"):
        parts.append(say.text("Units below the others: {names}.", names=names))
    return " ".join(parts)


def _changes(canvas: Canvas, changes: list[Fact], decimals: int) -> list[str]:
    say, parts = canvas.language, []
    for against in dict.fromkeys(fact.against for fact in changes):
        year = against.removeprefix("year.")
        up, down = (
            say.series(
                [_sized(canvas, f, decimals) for f in changes if (f.against, f.verdict) == (against, verdict)]
            )
            for verdict in ("higher", "lower")
        )
        if up:
            parts.append(say.text("Certain rise since {year}: {names}.", year=year, names=up))
        if down:
            parts.append(say.text("Certain fall since {year}: {names}.", year=year, names=down))
    return parts


def _beside_nation(canvas: Canvas, found: list[Fact], ranges: list[Fact], decimals: int) -> list[str]:
    say, named = canvas.language, _largest(found)
    written = {}
    for verdict in ("higher", "lower"):
        names = [_sized(canvas, fact, decimals) for fact in named if fact.verdict == verdict]
        left = sum(fact.verdict == verdict for fact in found) - len(names)
        # "a, b and 2 more": the number stands where the last name would.
        written[verdict] = say.series([*names, say.plural("{n} more", "{n} more", left)] if left else names)
    parts = []
    if above := written["higher"]:
        parts.append(say.text("Above the mean of the municipalities: {names}.", names=above))
    if below := written["lower"]:
        parts.append(say.text("Below the mean of the municipalities: {names}.", names=below))
    within = [f for f in named if is_within(one(ranges, service=f.service, topic=f.topic))]
    if within and len(within) == len(found):
        parts.append(say.text("Such differences are usual all the same."))
    elif within and len(within) == len(named):
        parts.append(say.text("Differences like those named are usual all the same."))
    elif within:
        topics = say.series([canvas.labels.topic(f.service, f.topic) for f in within])
        parts.append(say.text("Differences like these are usual all the same: {topics}.", topics=topics))
    return parts


def _largest(found: list[Fact]) -> list[Fact]:
    """Return the largest of the differences, of either direction at least one, the largest first."""
    ordered = sorted(found, key=lambda fact: -abs(fact.value or 0.0))
    named, rest = ordered[:_NAMED], ordered[_NAMED:]
    other = next((fact for fact in rest if fact.verdict not in {f.verdict for f in named}), None)
    return [*named[:-1], other] if other else named


def _sized(canvas: Canvas, fact: Fact, decimals: int) -> str:
    say = canvas.language
    size = numbers.change(say, fact, decimals=decimals)
    around = numbers.change_interval(say, fact, decimals=decimals)
    return f"{canvas.labels.topic(fact.service, fact.topic)} {size} ({around})"
