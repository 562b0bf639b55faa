"""The municipality beside all municipalities and beside its peers, as it is and adjusted for its users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.facts import wording
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.comparison_group import name_group
from analysis.show.composition import say_shift, say_turned
from analysis.show.select import is_number, last_year, nation, one, own, scored_topics, select, service_of
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.text import write_paragraph
from analysis.show.verdicts import judge, shown

#: Why nothing is adjusted: what adjusting did would tell of a group of so few.
_FEW_IN_GROUP = "few_in_group"


@dataclass(frozen=True)
class _Beside:
    """One comparison: what it is compared with, the differences as they are and adjusted."""

    name: str
    heading: str
    others: list[Fact]
    raw: list[Fact]
    adjusted: list[Fact]

    @property
    def comparable(self) -> bool:
        """Whether there is anything to compare with."""
        return any(fact.state != "not_comparable" for fact in self.raw)

    @property
    def has_adjusted(self) -> bool:
        """Whether the users' composition is known, and groups of users large enough to adjust for it."""
        return any(fact.state != "not_comparable" and fact.note != _FEW_IN_GROUP for fact in self.adjusted)

    @property
    def groups_too_small(self) -> bool:
        """Whether it is for a small group of users that nothing is adjusted."""
        return not self.has_adjusted and any(fact.note == _FEW_IN_GROUP for fact in self.adjusted)


def tabulate_nation(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set the municipality beside the mean of all municipalities: as it is, and adjusted for its users.

    A sentence follows where a verdict is another one after the adjustment.
    """
    labels = canvas.labels
    found = _beside_nation(canvas, facts)
    if not found.others and found.raw:
        return write_paragraph(canvas, wording.nation(found.raw[0], None, labels))
    year = last_year(facts)
    expected = select(own(facts), statistic="expected_range", unit="", year=year)
    expected = [fact for fact in expected if is_number(fact)]
    say = canvas.language
    caption = say.text(
        "{service} beside all municipalities, {year}. Differences are on the scale {scale}, computed before "
        "rounding.",
        service=labels.service(service_of(facts)), year=year, scale=numbers.scale_of(found.raw),
    )  # fmt: skip
    some = next((fact for fact in found.others if is_number(fact) and fact.N), None)
    if some:
        caption += " " + say.text(
            "The national figure is the mean of the means of {N} municipalities, which count equally, with "
            "{n} answers behind it.",
            N=say.count(some.N), n=numbers.count(say, some.n),
        )  # fmt: skip
    if expected:
        caption += " " + say.text(
            "Among municipalities: how the mean lies beside what is expected of a municipality with as many "
            "answers."
        )
    return _block(canvas, facts, found, caption, expected)


def tabulate_peers(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set the municipality beside the mean of its peer group; a sentence where that cannot be done."""
    say, labels, year = canvas.language, canvas.labels, last_year(facts)
    found = _beside_peers(canvas, facts)
    if not found.raw:
        return join(canvas, [])
    if not found.comparable:
        reason = judge(say, found.raw[0]).word
        return write_paragraph(
            canvas, say.text("No comparison with a peer group is possible: {reason}.", reason=reason)
        )
    some = next((fact for fact in found.others if is_number(fact) and fact.N), None)
    caption = say.text(
        "{service} beside {group}, {year}. Differences are on the scale {scale}, computed before rounding.",
        service=labels.service(service_of(facts)), group=found.heading, year=year,
        scale=numbers.scale_of(found.raw),
    )  # fmt: skip
    if some:
        caption += " " + say.text(
            "The peer group's figure is the mean of the means of {N} municipalities, which count equally.",
            N=say.count(some.N),
        )
    return _block(canvas, facts, found, caption, [])


def _beside_nation(canvas: Canvas, facts: pd.DataFrame) -> _Beside:
    year, mine = last_year(facts), own(facts)
    return _Beside(
        "nation",
        canvas.language.text("All municipalities"),
        select(nation(facts), statistic="mean", year=year),
        select(mine, statistic="national_difference", unit="", year=year),
        select(mine, statistic="national_difference_adjusted", unit="", year=year),
    )


def _beside_peers(canvas: Canvas, facts: pd.DataFrame) -> _Beside:
    year, mine = last_year(facts), own(facts)
    raw = select(mine, statistic="peer_difference", unit="", year=year)
    group = raw[0].against.partition(".")[2] if raw else ""
    return _Beside(
        "peers",
        name_group(canvas.language, group),
        select(nation(facts), statistic="peer_mean", year=year, category=group),
        raw,
        select(mine, statistic="peer_difference_adjusted", unit="", year=year),
    )


def _block(
    canvas: Canvas, facts: pd.DataFrame, found: _Beside, caption: str, expected: Sequence[Fact]
) -> Block:
    say, labels, service = canvas.language, canvas.labels, service_of(facts)
    year = last_year(facts)
    # The national picture has no single items.
    chosen = scored_topics(labels, service)
    means = select(own(facts), statistic="mean", unit="", year=year, topic=tuple(chosen))
    decimals = numbers.shared_decimals(
        fact for fact in (*found.raw, *(found.adjusted if found.has_adjusted else ())) if fact.topic in chosen
    )
    rows = []
    for topic in chosen:
        mean = one(means, topic=topic)
        cells = [
            labels.topic(service, topic),
            unbroken(shown(say, mean, numbers.score(say, mean))),
            numbers.score(say, one(found.others, topic=topic)),
            _difference(canvas, one(found.raw, topic=topic), decimals),
        ]
        if found.has_adjusted:
            cells.append(_difference(canvas, one(found.adjusted, topic=topic), decimals))
        if expected:
            cells.append(judge(say, one(expected, topic=topic)).text)
        rows.append(tuple(cells))
    heading = found.heading[:1].upper() + found.heading[1:]
    columns = [
        Column(say.text("Topic"), 17),
        Column(labels.municipality, 10, right=True, strong=True),
        Column(heading, 12, right=True),
        Column(say.text("Difference"), 25),
    ]
    if found.has_adjusted:
        columns.append(Column(say.text("Adjusted for users"), 25))
        caption += " " + say.text(
            "Adjusted for users: as if the users were composed as in all municipalities together."
        )
        if found.name == "nation":
            caption += say_shift(canvas, facts)
    elif found.groups_too_small:
        caption += " " + say.text(
            "Nothing is adjusted for who the users are, since too few have answered in a group of them."
        )
    if expected:
        columns.append(Column(say.text("Among municipalities"), 16))
    table = table_block(canvas, found.name, Table(tuple(columns), tuple(rows)), caption=caption)
    said = say_turned(canvas, found.raw, found.adjusted)
    if not said:
        return table
    return replace(join(canvas, [table, write_paragraph(canvas, said)]), id=table.id)


def _difference(canvas: Canvas, fact: Fact | None, decimals: int) -> str:
    say, verdict = canvas.language, judge(canvas.language, fact)
    if not is_number(fact):
        return verdict.text
    written = numbers.change(say, fact, decimals=decimals)
    around = numbers.change_interval(say, fact, decimals=decimals)
    # The words first: on paper the numbers, which nothing parts, then stand on a line of their own.
    said = f"{verdict.text}: " if verdict.text else ""
    return said + unbroken(f"{written} ({around})")
