"""How chapters begin: the message of a service, of a whole report, and of the appendix on its data."""

from __future__ import annotations

import pandas as pd

from analysis.facts import wording
from analysis.facts.table import Fact
from analysis.show.blocks import Block, Canvas, join
from analysis.show.change import inside
from analysis.show.quality import say_suppressed, tabulate_missing, tabulate_reliability, tabulate_rows
from analysis.show.select import by_service, last_year, one, own, select, service_of
from analysis.show.text import write_callout, write_heading, write_paragraph

#: A question of more signs than this is not put into a heading.
_LONG = 40


def write_lead(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Open a service's chapter: where it stands, who answered, and how carefully to read it."""
    say, labels, service, year = canvas.language, canvas.labels, service_of(facts), last_year(facts)
    mine = own(facts)
    answered = one(select(mine, statistic="respondents", unit="", year=year))
    if answered is None or (not answered.value and answered.state == "measured"):
        return write_callout(
            canvas,
            "important",
            say.text("No answers in {year}", year=year),
            say.text("Nobody answered for {service} in {year}, so there are no results to show.",
                     service=labels.service(service), year=year),
        )  # fmt: skip
    level = one(select(mine, statistic="mean", topic="overall", unit="", year=year))
    rate = one(select(mine, statistic="response_rate", unit="", year=year))
    said = [wording.level(level, labels)] if level else []
    said.append(wording.response(answered if rate is None or rate.state != "measured" else rate, labels))
    if rate is not None and rate.state == "not_measured" and answered.state == "measured":
        said.append(wording.response(rate, labels))
    blocks = [write_paragraph(canvas, " ".join(said))]
    if answered.state == "measured" and answered.n < canvas.caution:
        blocks.append(
            write_callout(
                canvas,
                "caution",
                say.text("Read with caution"),
                say.plural(
                    "Only {n} person answered. Chance alone can move such results a good deal.",
                    "Only {n} people answered. Chance alone can move such results a good deal.",
                    int(answered.n),
                ),
            )
        )
    return join(canvas, blocks)


def headline_nation(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say in a heading where the service stands among municipalities."""
    say, labels = canvas.language, canvas.labels
    found = select(own(facts), statistic="national_difference", year=last_year(facts))
    if not found or all(fact.note == "no_other_municipalities" for fact in found):
        return say.text("No comparison with other municipalities is possible")
    above = [fact for fact in found if fact.verdict == "higher"]
    below = [fact for fact in found if fact.verdict == "lower"]
    if above and below:
        return say.text("Above the mean of the municipalities on some topics, below on others")
    if above or below:
        names = say.series([labels.topic(fact.service, fact.topic) for fact in (above or below)[:3]])
        more = len(above or below) > 3
        if above:
            message = say.text("Above the mean of the municipalities: {topics}", topics=names)
        else:
            message = say.text("Below the mean of the municipalities: {topics}", topics=names)
        return message + (say.text(" and more") if more else "")
    if any(fact.verdict for fact in found):
        return say.text("No certain difference from the mean of the municipalities")
    if any(fact.state == "suppressed" for fact in found):
        return say.text("The comparison with other municipalities is suppressed")
    return say.text("Too few answers to compare with other municipalities")


def headline_report(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say in a heading what the whole report may claim: its certain changes, or that there are none."""
    say = canvas.language
    found = select(own(facts), statistic="report_change", unit="")
    changes = [fact for fact in found if fact.verdict in wording.CERTAIN]
    if not changes and any(fact.verdict for fact in found):
        return say.text("No certain change over all services")
    if not changes:
        return say.text("Where the services stand")
    changes.sort(key=lambda fact: (fact.p_adjusted or 0.0, fact.fact_id))
    said = list(dict.fromkeys(_said(canvas, fact) for fact in changes))
    return "; ".join(said[:2])


def write_quality(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Make the appendix on data quality: one section a service."""
    blocks = []
    for place, part in by_service(canvas, facts):
        blocks += [
            write_heading(place, 2, canvas.labels.service(place.prefix), id="quality"),
            write_paragraph(place, say_suppressed(place, part)),
            tabulate_rows(place, part),
            tabulate_missing(place, part),
            tabulate_reliability(place, part),
        ]
    return join(canvas, blocks)


def _said(canvas: Canvas, fact: Fact) -> str:
    say, labels = canvas.language, canvas.labels
    topic = labels.topic(fact.service, fact.topic)
    if len(topic) > _LONG:
        topic = say.text("one question")
    parts = {"service": labels.service(fact.service), "topic": inside(topic)}
    if fact.verdict == "higher":
        return say.text("{service}: certain rise in {topic}", **parts)
    return say.text("{service}: certain fall in {topic}", **parts)
