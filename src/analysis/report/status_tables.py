"""The tables of a workbook that hold what is asked of red targets, and what a status report tells."""

from __future__ import annotations

import pandas as pd

from analysis.report.cells import Cell, Number, SheetTable, count_cell, end_cell, rounded, value_cell
from analysis.show import Canvas
from analysis.show.red_lines import list_red_lines
from analysis.show.select import is_number, one, own, select
from analysis.show.status import say_why
from analysis.show.status_sources import STAFF
from analysis.show.target_cells import target_name
from analysis.show.verdicts import state
from analysis.steering.achieved import written_decimals
from analysis.steering.context import Steering


def red_lines_table(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> SheetTable:
    """List the targets with an unacceptable result or at risk of one, with the answers on each."""
    say = canvas.language
    listed = list_red_lines(canvas, facts, steering)
    rows = tuple(
        (
            steering.service_name(canvas.labels, card.target.service),
            target_name(canvas, card.target),
            verdict,
            *(text for _, text in answers),
        )
        for card, verdict, answers in listed
    )
    asked = [word for _, _, answers in listed[:1] for word, _ in answers]
    head = (say.text("Service"), say.text("Indicator"), say.text("Status"), *asked)
    about = (say.text("Targets that have an unacceptable result, or may have or get one."),)
    title = say.text("Targets with an unacceptable result or at risk")
    return SheetTable("red_lines", say.text("Targets at risk"), title, about, head, rows)


def feedback_table(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> SheetTable:
    """List the status report's positive and negative feedback, as many of each, and why it stands there."""
    say, labels = canvas.language, canvas.labels
    words = {
        "feedback_positive": say.text("Positive feedback"),
        "feedback_negative": say.text("Negative feedback"),
    }
    found = {name: select(own(facts), statistic=name, year=steering.year) for name in words}
    # Equal room, as in the report.
    number = min(map(len, found.values()))
    rows = tuple(
        (
            words[fact.statistic],
            labels.service(fact.service),
            labels.topic(fact.service, fact.topic),
            say_why(canvas, facts, fact),
            value_cell(say, fact),
            end_cell(say, fact, "low"),
            end_cell(say, fact, "high"),
            count_cell(say, fact),
        )
        for side in found.values()
        for fact in side[:number]
    )
    head = (
        say.text("Kind"), say.text("Service"), say.text("Topic"), say.text("Why it stands here"),
        say.text("Index, 0 to 100"), say.text("Interval, lower end"), say.text("Interval, upper end"),
        say.text("Answers"),
    )  # fmt: skip
    about = (
        say.text(
            "As many of each, chosen by one rule: what has certainly changed, what certainly differs from "
            "other municipalities, and then the highest and the lowest results."
        ),
    )
    title = say.text("What users say")
    return SheetTable("feedback", title, title, about, head, rows)


def staff_table(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> SheetTable:
    """Set services and years against staff, turnover and sick leave."""
    say = canvas.language
    found = select(own(facts), statistic=STAFF)
    asked = list(canvas.labels.questionnaires)
    given = {fact.service for fact in found}
    rows = []
    for service in [*(s for s in asked if s in given), *sorted(given.difference(asked))]:
        part = [fact for fact in found if fact.service == service]
        for year in sorted({int(fact.year or 0) for fact in part}):
            cells: list[Cell] = []
            for statistic in STAFF:
                fact = one(part, statistic=statistic, year=year)
                if not is_number(fact):
                    cells.append(state(say, fact).word)
                elif fact.scale == "share":
                    cells.append(value_cell(say, fact))
                else:
                    series = [f.value for f in part if f.statistic == statistic and f.value is not None]
                    decimals = written_decimals(series)
                    cells.append(Number(rounded(fact.value, decimals), decimals))
            rows.append((steering.service_name(canvas.labels, service), str(year), *cells))
    head = (
        say.text("Service"), say.text("Year"), say.text("Employees"), say.text("Positions"),
        say.text("Turnover"), say.text("Sick leave, per cent"),
    )  # fmt: skip
    about = (say.text("Figures that the municipality supplies. A figure that is missing is not filled in."),)
    title = say.text("Staff")
    return SheetTable("staff", title, title, about, head, tuple(rows))
