"""What a status report has beside the survey: staff figures, focus groups and cooperating services."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import is_number, one, own, select
from analysis.show.supplied import supplied
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_heading, write_list, write_paragraph
from analysis.show.verdicts import DOWN, UP, shown
from analysis.steering.context import Steering
from analysis.steering.notes import Note
from analysis.steering.status import POINTS

#: The figures on staff, in the order of the columns.
STAFF = ("staff_employees", "staff_positions", "staff_turnover", "staff_sick_leave")


def tabulate_staff(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """List staff, turnover and sick leave of every service that the municipality has given figures on."""
    say = canvas.language
    found = select(own(facts), statistic=STAFF)
    if not found:
        return write_paragraph(canvas, say.text("The municipality has given no figures on staff."))
    rows = []
    order = list(canvas.labels.questionnaires)
    given = dict.fromkeys(fact.service for fact in found)
    for service in sorted(given, key=lambda name: order.index(name) if name in order else len(order)):
        part = [fact for fact in found if fact.service == service]
        for year in sorted({int(fact.year or 0) for fact in part}):
            cells = [_cell(canvas, part, statistic, year) for statistic in STAFF]
            rows.append((steering.service_name(canvas.labels, service), str(year), *cells))
    columns = (
        Column(say.text("Service"), 22),
        Column(say.text("Year"), 8, right=True),
        Column(say.text("Employees"), 16, right=True),
        Column(say.text("Positions"), 16, right=True),
        Column(say.text("Turnover"), 18, right=True),
        Column(say.text("Sick leave"), 18, right=True),
    )
    caption = say.text(
        "Staff, as the municipality has given it. Turnover: share of the employees who left in the year. "
        "Figures on few people are suppressed, turnover and sick leave of fewer than ten employees, and "
        "turnover where few left."
    )
    return table_block(canvas, "staff", Table(columns, tuple(rows)), caption=caption)


def write_sources(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """Tell what focus groups, cooperating services and staff have said, as what it is and by how many."""
    say = canvas.language
    kinds = {
        "focus_group": say.text("Focus groups"),
        "cooperating_services": say.text("Cooperation with other services"),
        "staff_dialogue": say.text("Dialogue with the staff"),
    }
    people = {fact.category: fact for fact in select(own(facts), statistic="participants")}
    notes = [note for note in steering.plan.notes if note.id in people]
    if not notes:
        said = say.text("The municipality has noted no focus groups or other sources beside the survey.")
        return write_paragraph(canvas, said)
    intro = say.text(
        "These sources complement the survey. They tell what those who took part think, not how many think "
        "so. What was said is shown only where so many took part that no one can be recognised."
    )
    blocks = [write_paragraph(canvas, intro)]
    for kind, title in kinds.items():
        chosen = [note for note in notes if note.kind == kind]
        if chosen:
            blocks.append(write_heading(canvas, 3, title))
            blocks += [_note(canvas, steering, note, people[note.id]) for note in chosen]
    return join(canvas, blocks)


def _cell(canvas: Canvas, part: Sequence[Fact], statistic: str, year: int) -> str:
    say = canvas.language
    fact = one(part, statistic=statistic, year=year)
    series = [f for f in part if f.statistic == statistic]
    if is_number(fact) and fact.scale == "share":
        return say.percent(fact.value)
    return shown(say, fact, supplied(say, fact, series))


def _note(canvas: Canvas, steering: Steering, note: Note, fact: Fact) -> Block:
    say = canvas.language
    place = {"service": steering.service_name(canvas.labels, note.service), "year": note.year}
    if not is_number(fact):
        said = say.text(
            "{service}, {year}: the meeting was held. So few took part that neither their number nor "
            "what they said is shown.",
            **place,
        )
        return write_paragraph(canvas, said)
    if fact.verdict != POINTS:
        said = say.text(
            "{service}, {year}: {n} people took part. They are too few for what they said to be shown.",
            n=numbers.count(say, fact.value), **place,
        )  # fmt: skip
        return write_paragraph(canvas, said)
    said = say.text("{service}, {year}: {n} people took part.", n=numbers.count(say, fact.value), **place)
    good, bad, more = say.text("Positive"), say.text("Negative"), say.text("Want more of")
    words = {"positive": f"{UP} {good}", "negative": f"{DOWN} {bad}", "wish": f"+ {more}"}
    points = [point for tone in words for point in note.points if point.tone == tone]
    return join(
        canvas,
        [
            write_paragraph(canvas, said),
            write_list(canvas, [say.pick(p.text) for p in points], leads=[words[p.tone] for p in points]),
        ],
    )
