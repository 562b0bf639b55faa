"""What the next survey will be able to see, unit by unit, and which units are better asked in another way."""

from __future__ import annotations

import pandas as pd

from analysis.core.language import Language
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import is_number, one, own, select, services_of
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.text import write_paragraph
from analysis.show.verdicts import AS_REQUIRED, DOWN, NOT_MEASURED, SUPPRESSED, UNDECIDED, Verdict, state
from analysis.steering.context import Steering
from analysis.steering.next_survey import MOST
from analysis.steering.wheel import next_survey


def tabulate_next_survey(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """List the units of every service: users, answers to expect, the change that can be seen, and advice."""
    services = [
        service
        for service in services_of(facts)
        if select(own(facts), statistic="detectable_next", service=service)
    ]
    if not services:
        said = canvas.language.text("There is nothing to plan the next survey from.")
        return write_paragraph(canvas, said)
    intro = write_paragraph(canvas, _intro(canvas, steering))
    tables = [_table(canvas, facts, steering, service, first=service == services[0]) for service in services]
    return join(canvas, [intro, *tables])


def headline_next_survey(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say how many units the next survey will show a change in on their own."""
    say = canvas.language
    found = [f for f in select(own(facts), statistic="detectable_next") if f.unit]
    alone = sum(fact.verdict == "alone" for fact in found)
    if not found:
        return say.text("What the next survey can show is not known")
    return say.plural(
        "The next survey can show a change in {alone} of {n} unit on its own",
        "The next survey can show a change in {alone} of {n} units on their own",
        len(found),
        alone=say.count(alone),
    )


def advise(language: Language, fact: Fact | None) -> Verdict:
    """Return what is advised for a unit in the next survey, or why nothing is."""
    if fact is None:
        return state(language, None)
    if fact.state == "suppressed":
        # The same words wherever the number is hidden: they must not tell which unit is the small one.
        return Verdict(SUPPRESSED, language.text("suppressed: pool with others or ask in another way"))
    words = {
        "alone": Verdict(AS_REQUIRED, language.text("own results")),
        "pool": Verdict(UNDECIDED, language.text("pool with others")),
        "ask_otherwise": Verdict(DOWN, language.text("ask in another way")),
    }
    if fact.verdict in words:
        return words[fact.verdict]
    reasons = {
        "no_users": language.text("number of users not known"),
        "no_rate": language.text("no response rate to go by"),
    }
    return Verdict(NOT_MEASURED, reasons.get(fact.note, language.text("cannot be decided")))


def _intro(canvas: Canvas, steering: Steering) -> str:
    say = canvas.language
    year = next_survey(steering.plan.wheel, steering.years)
    return " ".join(
        (
            say.text(
                "If as many answer in {year} as last time, the survey will most likely find a change of the "
                "size shown, and smaller ones only by luck.",
                year=year,
            ),
            say.text(
                "A unit that can only see changes of more than {most} on the answer scale should be pooled "
                "with others. Where so few answers are expected that they could not be shown, users are "
                "better asked in another way: in interviews or dialogue meetings.",
                most=say.number(MOST, 1),
            ),
        )
    )


def _table(canvas: Canvas, facts: pd.DataFrame, steering: Steering, service: str, *, first: bool) -> Block:
    say, labels = canvas.language, canvas.labels
    mine = own(facts)
    seen = select(mine, statistic="detectable_next", service=service)
    expected = select(mine, statistic="expected_answers", service=service)
    answered = select(mine, statistic="respondents", service=service, year=steering.year)
    rows = []
    for fact in [f for f in seen if f.unit]:
        counted, before = one(expected, unit=fact.unit), one(answered, unit=fact.unit)
        hidden = state(say, fact).sign if fact.state == "suppressed" else numbers.EM_RULE
        rows.append(
            (
                labels.unit(fact.unit),
                numbers.count(say, counted.N) if counted and counted.N else hidden,
                numbers.count(say, before.value) if is_number(before) else hidden,
                numbers.count(say, counted.value) if is_number(counted) else hidden,
                _points(canvas, fact) if is_number(fact) else hidden,
                advise(say, fact).text,
            )
        )
    for category, words in (("pooled", say.text("Pooled units together")), ("", say.text("Whole service"))):
        fact = one(seen, unit="", category=category)
        if fact is not None:
            users = numbers.count(say, fact.N) if category == "" and fact.N else numbers.EM_RULE
            total = one(answered, unit="")
            known = category == "" and is_number(total)
            before = numbers.count(say, total.value) if known else numbers.EM_RULE
            size = _points(canvas, fact) if is_number(fact) else numbers.EM_RULE
            rows.append((words, users, before, numbers.EM_RULE, size, advise(say, fact).text))
    columns = (
        Column(say.text("Unit"), 31),
        Column(say.text("Users"), 10, right=True),
        Column(say.text("Answered in {year}", year=steering.year), 12, right=True),
        Column(say.text("Answers to expect"), 12, right=True),
        Column(say.text("Visible from"), 11, right=True),
        Column(say.text("Advice"), 24),
    )
    name = labels.service(service)
    caption = say.text("{service}: what the next survey will be able to see.", service=name)
    if first:
        caption += " " + say.text(
            "Answers to expect: the users times the share of all users who answered last time. Visible from: "
            "the smallest change on the scale of overall satisfaction that it would most likely find."
        )
    return table_block(canvas, f"next-{service}", Table(columns, tuple(rows)), caption=caption)


def _points(canvas: Canvas, fact: Fact) -> str:
    return unbroken(canvas.language.number(fact.value or 0.0, 1))
