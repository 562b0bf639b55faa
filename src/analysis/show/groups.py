"""Groups of users: what they are called, and how they answered."""

from __future__ import annotations

import pandas as pd

from analysis.facts.labels import Labels
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.select import last_year, one, own, select, service_of
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_paragraph
from analysis.show.verdicts import shown, state


def group_name(labels: Labels, service: str, category: str) -> tuple[str, str]:
    """Return the variable's and the group's name of a category such as `child_age=under-3`.

    What the codebook has no name for keeps its code.
    """
    variable, _, value = category.partition("=")
    asked = next((b for b in labels.questionnaires[service].background if b.id == variable), None)
    if asked is None:
        return variable, value
    words = asked.values.get(value)
    return labels.language.pick(asked.name), labels.language.pick(words) if words else value


def tabulate_groups(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set groups of users against their share of all, of those who answered, and their response rate."""
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    found = select(
        own(facts), statistic=("users_share", "respondents_share", "group_response"), year=year, unit=""
    )
    categories = _in_order(canvas, service, found)
    if not categories:
        return write_paragraph(
            canvas,
            say.text("How the users are composed is not known, so who did not answer cannot be described."),
        )
    rows, before = [], ""
    for category in categories:
        variable, value = group_name(labels, service, category)
        users, answered, rate = (
            one(found, category=category, statistic=name)
            for name in ("users_share", "respondents_share", "group_response")
        )
        rows.append(
            (
                f"{variable}: {value}" if variable != before else value,
                shown(say, users, numbers.score(say, users)),
                shown(say, answered, numbers.score(say, answered)),
                shown(say, rate, numbers.score(say, rate)),
                numbers.interval(say, rate),
                _count(canvas, rate, answered),
            )
        )
        before = variable
    columns = (
        Column(say.text("Group"), 32),
        Column(say.text("Of the users"), 13, right=True),
        Column(say.text("Of those who answered"), 16, right=True),
        Column(say.text("Share of all users who answered"), 14, right=True),
        Column(say.text("Interval"), 13, right=True),
        Column(say.text("Answers"), 14, right=True),
    )
    caption = say.text(
        "{service}: groups among all users and among those who answered, and how many of all users in each "
        "group answered, {year}. The response rate elsewhere is of those invited. {level} confidence "
        "intervals (Wilson).",
        service=labels.service(service), year=year, level=numbers.level_word(say, found),
    )  # fmt: skip
    return table_block(canvas, "groups", Table(columns, tuple(rows)), caption=caption)


def tabulate_weighted(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set every topic's mean beside the mean weighted to the users' composition, with the design effect."""
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    mine = own(facts)
    weighted = select(mine, statistic="weighted_mean", year=year, unit="")
    effect = one(select(mine, statistic="design_effect", year=year, unit=""))
    if not any(fact.value is not None for fact in weighted):
        return write_paragraph(canvas, _why_unweighted(canvas, [*weighted, *([effect] if effect else [])]))
    means = select(mine, statistic="mean", year=year, unit="")
    rows = []
    for fact in weighted:
        mean = one(means, topic=fact.topic)
        rows.append(
            (
                labels.topic(service, fact.topic),
                shown(say, mean, numbers.score(say, mean)),
                numbers.interval(say, mean),
                shown(say, fact, numbers.score(say, fact)),
                numbers.interval(say, fact),
                numbers.count(say, fact.n),
            )
        )
    columns = (
        Column(say.text("Topic"), 30),
        Column(say.text("Mean"), 12, right=True),
        Column(say.text("Interval"), 15, right=True),
        Column(say.text("Weighted mean"), 14, right=True),
        Column(say.text("Interval"), 15, right=True),
        Column(say.text("Answers"), 12, right=True),
    )
    caption = say.text(
        "{service}: means as they are, which the report uses, and weighted so that each group counts as "
        "among all users, {year}. {level} confidence intervals.",
        service=labels.service(service), year=year, level=numbers.level_word(say, weighted),
    )  # fmt: skip
    if effect is not None and effect.value is not None and effect.n:
        caption += " " + say.text(
            "Design effect {effect}: with weights, {n} answers say as much as {fewer} without.",
            effect=say.number(effect.value, 2), n=say.count(effect.n),
            fewer=say.count(round(effect.n / effect.value)),
        )  # fmt: skip
    return table_block(canvas, "weighted", Table(columns, tuple(rows)), caption=caption)


def _why_unweighted(canvas: Canvas, found: list[Fact]) -> str:
    say, notes = canvas.language, {fact.note for fact in found if fact.state == "undecided"}
    if "few_in_group" in notes:
        return say.text("The results are not weighted, since too few have answered in a group of users.")
    if "too_uneven" in notes:
        return say.text("The results are not weighted: with weights, a few answers would count for many.")
    if "no_weights" in notes:
        return say.text(
            "The results are not weighted, since the answers cannot be brought to the users' composition."
        )
    if "few" in notes:
        return say.text("There are too few answers to weight the results to the users' composition.")
    if any(fact.state == "suppressed" for fact in found):
        return say.text("The weighted results are suppressed, so that no one's answers can be recognised.")
    return say.text("The results are not weighted, since the users' composition is not known.")


def _in_order(canvas: Canvas, service: str, found: list[Fact]) -> list[str]:
    # The codebook's order; what it does not know comes last, by code.
    known = [
        f"{variable.id}={value}"
        for variable in canvas.labels.questionnaires[service].background
        for value in variable.values
    ]
    seen = {fact.category for fact in found}
    return [*(c for c in known if c in seen), *sorted(seen - set(known))]


def _count(canvas: Canvas, rate: Fact | None, answered: Fact | None) -> str:
    say = canvas.language
    if rate is not None and rate.n is not None and rate.N is not None:
        return say.text("{n} of {invited}", n=say.count(rate.n), invited=say.count(rate.N))
    if answered is not None and answered.n is not None:
        return numbers.count(say, answered.n)
    return state(say, rate).text or numbers.EM_RULE
