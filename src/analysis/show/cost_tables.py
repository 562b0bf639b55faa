"""Tables of cost and resources: services beside other municipalities, units beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.comparison_group import name_group
from analysis.show.cost_words import Subject, cost_cell, middle_half, subjects_of
from analysis.show.select import is_number, last_year, one, own, select
from analysis.show.supplied import between, supplied
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.verdicts import shown, state
from analysis.steering.context import Steering
from analysis.steering.costs import COST, LEAVE, USERS


def tabulate_cost_quality(
    canvas: Canvas, facts: pd.DataFrame, steering: Steering, *, against: str = "nation"
) -> Block:
    """Set each service's cost, staffing and sick leave beside the others', and its satisfaction beside all.

    against: the nation, or `peers.<group>` for a table of costs beside the peer group's, without
    satisfaction or what has no cost. Nothing where no cost at all is known. Products whose cost nobody has
    worked out, or whose users have not been asked, stand in the nation's and say so. Tables of units' costs
    follow it where the municipality has supplied any.
    """
    say = canvas.language
    # The service stands in every row: a screen reader reads one row at a time.
    subjects = subjects_of(canvas, facts, steering, against=against)
    if not any(is_number(subject.cost) for subject in subjects):
        # The figure's place says that no cost is known, and satisfaction stands in the services' chapters.
        return join(canvas, [])
    rows = [
        (subject.name, name, *cells)
        for subject in subjects
        if against == "nation" or is_number(subject.cost)
        for name, cells in _lines(canvas, facts, subject, against)
    ]
    columns = (
        Column(say.text("Service"), 17),
        Column(say.text("What"), 19),
        Column(canvas.labels.municipality, 18, right=True, strong=True),
        Column(say.text("Others' median"), 14, right=True),
        Column(say.text("Middle half"), 19, right=True),
        Column(say.text("Others"), 11, right=True),
    )
    said = [
        say.text(
            "The middle half: a quarter of the other municipalities lie below it and a quarter above. "
            "Figures that are supplied keep their decimals."
        )
    ]
    if against != "nation":
        group = name_group(say, against.partition(".")[2])
        said.insert(0, say.text("Cost and resources beside {group}.", group=group))
        return table_block(canvas, "costs-peers", Table(columns, tuple(rows)), caption=" ".join(said))
    said.insert(0, say.text("Cost, resources and satisfaction."))
    said.append(
        say.text(
            "Satisfaction is of {year}, with its {level} confidence interval in brackets. It is set beside "
            "all municipalities, this one included; costs and resources beside the others alone.",
            year=steering.year,
            level=numbers.level_word(say, [s.satisfaction for s in subjects if s.satisfaction is not None]),
        )
    )
    table = table_block(canvas, "costs", Table(columns, tuple(rows)), caption=" ".join(said))
    units = tabulate_unit_costs(canvas, facts)
    return table if units is None else join(canvas, [table, units])


def tabulate_cost_peers(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """Set costs and resources beside the peer group's; nothing where there is no group, or too few in it."""
    found = select(own(facts), statistic=COST, topic=f"indicator.{COST}")
    groups = [f.against for f in found if f.against.startswith("peers.") and is_number(f)]
    if not groups:
        return join(canvas, [])
    return tabulate_cost_quality(canvas, facts, steering, against=groups[0])


def tabulate_unit_costs(canvas: Canvas, facts: pd.DataFrame) -> Block | None:
    """Set units' costs beside their users' satisfaction; None where no unit's cost has been supplied."""
    labels = canvas.labels
    found = [fact for fact in select(own(facts), statistic=COST) if fact.unit and not fact.against]
    tables = []
    for service in dict.fromkeys(fact.service for fact in found):
        part = [fact for fact in found if fact.service == service]
        series: dict[str, list[Fact]] = {}
        for fact in sorted(part, key=lambda f: (labels.unit(f.unit), f.year or 0)):
            series.setdefault(fact.unit, []).append(fact)
        tables.append(_units(canvas, facts, service, list(series.values())))
    return join(canvas, tables) if tables else None


def _lines(
    canvas: Canvas, facts: pd.DataFrame, subject: Subject, against: str
) -> list[tuple[str, tuple[str, ...]]]:
    say = canvas.language
    lines = [(say.text("Cost per user"), _supplied(canvas, subject.costs, subject.quartiles))]
    if subject.product:
        return lines
    for statistic, name in ((USERS, say.text("Users per position")), (LEAVE, say.text("Sick leave"))):
        found = select(own(facts), service=subject.service, statistic=statistic, unit="")
        mine = sorted((fact for fact in found if not fact.against), key=lambda fact: fact.year or 0)
        if any(fact.state != "not_measured" for fact in mine):
            lines.append((name, _supplied(canvas, mine, [f for f in found if f.against == against])))
    if against == "nation":
        lines.append((say.text("Overall satisfaction"), _satisfaction(canvas, subject)))
    return lines


def _supplied(canvas: Canvas, series: Sequence[Fact], quartiles: Sequence[Fact]) -> tuple[str, ...]:
    say, cell = canvas.language, unbroken(cost_cell(canvas, series))
    if not is_number(series[-1]):
        return (cell, numbers.EM_RULE, numbers.EM_RULE, numbers.EM_RULE)
    if len(quartiles) < 3 or not all(is_number(q) for q in quartiles):
        return (cell, say.text("too few"), numbers.EM_RULE, numbers.EM_RULE)
    return (
        cell,
        between(say, quartiles[1], series),
        middle_half(canvas, quartiles, series),
        numbers.count(say, quartiles[0].N),
    )


def _satisfaction(canvas: Canvas, subject: Subject) -> tuple[str, ...]:
    say, mean = canvas.language, subject.satisfaction
    cell = state(say, mean).text
    if is_number(mean):
        cell = unbroken(f"{numbers.score(say, mean)} ({numbers.interval(say, mean)})")
    low, middle, high = (one(list(subject.spread), category=name) for name in ("25", "50", "75"))
    if not (is_number(low) and is_number(middle) and is_number(high)):
        # Few municipalities have a mean to be set beside, but no quartiles.
        country = subject.country
        if country is None or not is_number(country):
            return (cell, numbers.EM_RULE, numbers.EM_RULE, numbers.EM_RULE)
        mean = say.text("mean of all: {value}", value=numbers.score(say, country))
        count = say.text("{n}, this one included", n=numbers.count(say, country.N))
        return (cell, mean, numbers.EM_RULE, count)
    around = "–".join(say.number(fact.value, 1) for fact in (low, high))
    # The mean of the municipalities' means, as everywhere else in the report, in place of a median that
    # would be a second number for the nation. All of them: the municipality's own result is among these.
    country = subject.country
    return (
        cell,
        say.text("mean of all: {value}", value=numbers.score(say, country))
        if is_number(country)
        else numbers.EM_RULE,
        around,
        say.text("{n}, this one included", n=numbers.count(say, middle.N)),
    )


def _units(canvas: Canvas, facts: pd.DataFrame, service: str, costs: Sequence[list[Fact]]) -> Block:
    say, labels = canvas.language, canvas.labels
    year = last_year(facts[facts["statistic"].eq("respondents")])
    means = select(own(facts), statistic="mean", service=service, topic="overall", year=year)
    rows = []
    for series in costs:
        fact = series[-1]
        mean = one(means, unit=fact.unit)
        rows.append(
            (
                labels.unit(fact.unit),
                supplied(say, fact, series) if is_number(fact) else cost_cell(canvas, series),
                str(fact.year) if is_number(fact) else numbers.EM_RULE,
                shown(say, mean, numbers.score(say, mean)),
                numbers.interval(say, mean),
                numbers.count(say, mean.n if mean else None),
            )
        )
    columns = (
        Column(say.text("Unit"), 32),
        Column(say.text("Cost per user"), 18, right=True),
        Column(say.text("Year"), 9, right=True),
        Column(say.text("Satisfaction"), 16, right=True),
        Column(say.text("Interval"), 14, right=True),
        Column(say.text("Answers"), 10, right=True),
    )
    caption = say.text(
        "{service}: what the units cost and what their users say of them, {year}. The two are not made into "
        "one figure.",
        service=labels.service(service), year=year,
    )  # fmt: skip
    return table_block(canvas, f"unit-costs-{service}", Table(columns, tuple(rows)), caption=caption)
