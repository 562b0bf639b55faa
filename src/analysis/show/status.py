"""The status report's chapter: what users say, with equal room, what follows, what became of the last."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.facts.sides import certain_sides
from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.change import inside
from analysis.show.measure_words import say_status
from analysis.show.outcomes import write_outcomes
from analysis.show.select import is_number, last_year, one, own, select, services_of
from analysis.show.side_words import but
from analysis.show.status_sources import tabulate_staff, write_sources
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_heading, write_list, write_paragraph
from analysis.show.verdicts import DOWN, UP, judge
from analysis.steering.context import Steering
from analysis.steering.measures import Measure
from analysis.steering.wheel import next_survey

_NEXT = ("proposed", "decided", "running")


def write_status_report(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """Write the whole chapter: feedback, what is next, what became of the last, staff, other sources."""
    say = canvas.language
    return join(
        canvas,
        [
            *_say_changes(canvas, facts),
            write_heading(canvas, 2, say.text("What users say"), id="status-feedback"),
            write_feedback(canvas, facts),
            write_heading(canvas, 2, say.text("What the services will work on"), id="status-next"),
            write_focus(canvas, steering),
            write_heading(canvas, 2, say.text("What became of the last measures"), id="status-last"),
            write_outcomes(canvas, facts, steering),
            write_heading(canvas, 2, say.text("Staff"), id="status-staff"),
            tabulate_staff(canvas, facts, steering),
            write_heading(canvas, 2, say.text("Other sources"), id="status-sources"),
            write_sources(canvas, facts, steering),
        ],
    )


def headline_status(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Name the chapter by its finding: how many changes are certain, for better and for worse."""
    say, found = canvas.language, _changes(facts)
    better, worse = (sum(fact.verdict == verdict for fact in found) for verdict in ("higher", "lower"))
    if not any(fact.verdict for fact in found):
        return say.text("What users say, and what follows of it")
    return say.text(
        "Certain rises: {better}, certain falls: {worse}", better=say.count(better), worse=say.count(worse)
    )


def _changes(facts: pd.DataFrame) -> list[Fact]:
    found = select(own(facts), statistic="report_change", unit="")
    return found or select(own(facts), statistic="change", unit="", year=last_year(facts))


def _say_changes(canvas: Canvas, facts: pd.DataFrame) -> list[Block]:
    """Name the certain changes that the chapter's heading counts; nothing where there is none."""
    say, labels, parts = canvas.language, canvas.labels, []
    certain = [fact for fact in _changes(facts) if fact.verdict in ("higher", "lower")]
    for service, against in dict.fromkeys((fact.service, fact.against) for fact in certain):
        of = [fact for fact in certain if (fact.service, fact.against) == (service, against)]
        up, down = (
            say.series([inside(labels.topic(service, f.topic)) for f in of if f.verdict == verdict])
            for verdict in ("higher", "lower")
        )
        named = {"service": labels.service(service)}
        if up:
            parts.append(say.text("{service}: certain rise in {topic}", topic=up, **named))
        if down:
            parts.append(say.text("{service}: certain fall in {topic}", topic=down, **named))
    return [write_paragraph(canvas, "; ".join(parts) + ".")] if parts else []


def write_feedback(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """List what was positive and what was negative: as many items, as many sentences, the same template."""
    say, labels = canvas.language, canvas.labels
    good, bad = _feedback(facts, "feedback_positive"), _feedback(facts, "feedback_negative")
    number = min(len(good), len(bad))
    blocks = []
    left_out = [s for s in services_of(own(facts)) if s in labels.questionnaires]
    left_out = [s for s in left_out if all(fact.service != s for fact in good[:number])]
    if number:
        intro = say.text(
            "As many of each, chosen by one rule: what has certainly changed, what certainly differs from "
            "other municipalities, and then the highest and the lowest results. In brackets stand the "
            "{level} confidence interval and the number of answers.",
            level=numbers.level_word(say, [*good, *bad]),
        )
        blocks.append(write_paragraph(canvas, intro))
        for sign, title, side in (
            (UP, say.text("Positive feedback"), good[:number]),
            (DOWN, say.text("Negative feedback"), bad[:number]),
        ):
            blocks.append(write_heading(canvas, 3, f"{sign} {title}"))
            items = [_item(canvas, facts, fact) for fact in side]
            leads = [f"{labels.service(f.service)}, {labels.topic(f.service, f.topic)}" for f in side]
            blocks.append(write_list(canvas, items, leads=leads))
    if left_out:
        names = say.series([labels.service(service) for service in left_out])
        blocks.append(
            write_paragraph(
                canvas,
                say.text(
                    "For {names} nothing is certain, or there are too few answers to sum the feedback up.",
                    names=names,
                ),
            )
        )
    return join(canvas, blocks)


def write_focus(canvas: Canvas, steering: Steering) -> Block:
    """List focus areas with their measures, owners, and when each is looked at again."""
    say, plan = canvas.language, steering.plan
    rows = []
    in_area: set[str] = set()
    measures = {measure.id: measure for measure in plan.measures}
    for area in plan.focus_areas:
        chosen = [measures[id] for id in area.measures if measures[id].status in _NEXT]
        in_area |= {measure.id for measure in chosen}
        head = (steering.service_name(canvas.labels, area.service), say.pick(area.text))
        rows += [(*head, *_measure(canvas, measure)) for measure in chosen]
        if not chosen:
            rows.append((*head, say.text("no measure yet"), numbers.EM_RULE, numbers.EM_RULE))
    for measure in plan.measures:
        if measure.status in _NEXT and measure.id not in in_area:
            head = (steering.service_name(canvas.labels, measure.service), numbers.EM_RULE)
            rows.append((*head, *_measure(canvas, measure)))
    if not rows:
        said = say.text("The municipality has named no focus areas and no measures for the next years.")
        return write_paragraph(canvas, said)
    columns = (
        Column(say.text("Service"), 14),
        Column(say.text("Focus area"), 26),
        Column(say.text("Measure"), 26),
        Column(say.text("Owner"), 16),
        Column(say.text("Status"), 18),
    )
    year = next_survey(plan.wheel, steering.years)
    caption = say.text(
        "Focus areas and measures for the next years. They are looked at again with the survey of {year}.",
        year=year,
    )
    return table_block(canvas, "focus", Table(columns, tuple(rows)), caption=caption)


def _measure(canvas: Canvas, measure: Measure) -> tuple[str, str, str]:
    say = canvas.language
    status = say_status(say, measure.status)
    if measure.decided_in is not None:
        status = say.text(
            "{status}, {document}", status=status, document=say.pick(measure.decided_in.document)
        )
    return say.pick(measure.title), say.pick(measure.owner), status


def _feedback(facts: pd.DataFrame, statistic: str) -> list[Fact]:
    return select(own(facts), statistic=statistic, year=last_year(facts))


def _item(canvas: Canvas, facts: pd.DataFrame, fact: Fact) -> str:
    """Say three sentences on a topic: why it stands here, its level, and what it is compared with."""
    say = canvas.language
    place = {"service": fact.service, "topic": fact.topic, "unit": "", "year": fact.year}
    mean = one(select(own(facts), statistic="mean", **place))
    names = ("report_change", "change", "report_national_difference", "national_difference")
    found = select(own(facts), statistic=names, **place)
    change, beside = _latest(found, "change"), _latest(found, "national_difference")
    level = say.plural(
        "The result is {value} on the scale {scale} ({interval}; {n} answer).",
        "The result is {value} on the scale {scale} ({interval}; {n} answers).",
        int(fact.n or 0),
        value=numbers.score(say, mean),
        scale=mean.scale.replace("-", "–") if mean else "",
        interval=numbers.interval(say, mean),
    )
    return " ".join((say_why(canvas, facts, fact), level, _compared(canvas, change, beside)))


def say_why(canvas: Canvas, facts: pd.DataFrame, fact: Fact) -> str:
    """Say why feedback stands where it does, and what is certain that speaks against it."""
    against = certain_sides(facts).of(fact.service, fact.topic, favour=fact.statistic != "feedback_positive")
    return but(canvas.language, _reason(canvas, fact), against)


def _reason(canvas: Canvas, fact: Fact) -> str:
    say = canvas.language
    words = {
        "rise": say.text("Certainly better than last time."),
        "fall": say.text("Certainly poorer than last time."),
        "above": say.text("Certainly above the municipalities' mean."),
        "below": say.text("Certainly below the municipalities' mean."),
        "strength": say.text("Among the service's highest results."),
        "improvement": say.text("Among the service's lowest results."),
        "highest": say.text("Highest of the others, not certain."),
        "lowest": say.text("Lowest of the others, not certain."),
    }
    return words[fact.note]


def _compared(canvas: Canvas, change: Fact | None, beside: Fact | None) -> str:
    say = canvas.language
    if change is not None and change.against.startswith("year."):
        year = change.against.removeprefix("year.")
        since = say.text("since {year}: {change}", year=year, change=_written(canvas, change))
    else:
        since = say.text("no earlier round to compare with")
    if beside is not None and is_number(beside):
        others = say.text(
            "against the mean of the municipalities: {difference}", difference=_written(canvas, beside)
        )
    else:
        others = say.text("no comparison with other municipalities")
    said = say.text("{first}; {second}.", first=since, second=others)
    return said[:1].upper() + said[1:]


def _written(canvas: Canvas, fact: Fact) -> str:
    say, verdict = canvas.language, judge(canvas.language, fact)
    if not is_number(fact):
        return verdict.word
    number = numbers.change(say, fact, certain=verdict.certain)
    return f"{verdict.word} ({number})"


def _latest(found: Sequence[Fact], statistic: str) -> Fact | None:
    """Return the claim as adjusted over the report, or the service's own; of several rounds the latest."""
    every = [fact for fact in found if fact.statistic == f"report_{statistic}"]
    every = every or [fact for fact in found if fact.statistic == statistic]
    return max(every, key=lambda fact: fact.against, default=None)
