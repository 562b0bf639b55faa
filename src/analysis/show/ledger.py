"""From results to steering: every line of the ledger, as a table and as a chapter in its two uses."""

from __future__ import annotations

import pandas as pd

from analysis.show.blocks import Block, Canvas, join
from analysis.show.ledger_lines import Entry, Teller, entries_of, read_teller
from analysis.show.ledger_words import (
    say_document,
    say_findings,
    say_measure,
    say_outcome,
    say_paragraph,
    say_question,
    say_result_point,
    say_title,
)
from analysis.show.measure_words import judge_outcome, say_status
from analysis.show.outcomes import list_outcomes
from analysis.show.tables import Column, Table, table_block
from analysis.show.text import write_callout, write_heading, write_list, write_paragraph
from analysis.steering.context import Steering
from analysis.steering.ledger import Ledger, Use

_USES: tuple[Use, Use] = ("steering_chain", "own_development")


def tabulate_ledger(canvas: Canvas, facts: pd.DataFrame, steering: Steering, ledger: Ledger) -> Block:
    """Set findings against their measure and owner, what came of it, and the document that it goes to.

    Lines that differ by their topic alone, and that nothing is done about, share a row. Where the ledger is
    empty a callout says so.
    """
    say = canvas.language
    if not ledger.lines:
        return _nothing(canvas)
    tell = read_teller(canvas, facts, steering, ledger)
    rows = [_row(tell, entry) for use in _USES for entry in entries_of(ledger, use)]
    columns = (
        Column(say.text("Finding"), 34),
        Column(say.text("Measure and owner"), 30),
        Column(say.text("What came of it"), 16),
        Column(say.text("Document"), 20),
    )
    caption = say.text("From finding to measure and document, {year}.", year=ledger.year)
    return table_block(canvas, "ledger", Table(columns, tuple(rows)), caption=caption)


def write_ledger_chapter(canvas: Canvas, facts: pd.DataFrame, steering: Steering, ledger: Ledger) -> Block:
    """Tell the ledger line by line, in KL's two uses kept apart.

    Results in the steering chain up to the council, and the units' own development and dialogue with their
    users. Each line: finding, question for the user dialogue, point for the result dialogue, measure and
    owner, paragraph for the steering document, and what came of it. Last stand the earlier measures that are
    done with and have no line any more: whoever owned one is to read what became of it.
    """
    say = canvas.language
    closed = list_outcomes(canvas, facts, steering, ledger=ledger)
    if not ledger.lines:
        return join(canvas, [_nothing(canvas), *_closed(canvas, closed)])
    tell = read_teller(canvas, facts, steering, ledger)
    intro = say.text(
        "Each finding that is certain over the whole report leads to a question for the users, a point for "
        "the result dialogue, a measure with its owner and a paragraph for a steering document. The next "
        "survey tells what came of it. The two uses of the results are kept apart: what goes up the steering "
        "chain to the council, and what a unit and its users work on themselves."
    )
    blocks = [write_paragraph(canvas, intro), tabulate_ledger(canvas, facts, steering, ledger)]
    for use in _USES:
        entries = entries_of(ledger, use)
        blocks.append(write_heading(canvas, 2, _use_title(canvas, use), id=use.replace("_", "-")))
        if not entries:
            blocks.append(
                write_paragraph(
                    canvas,
                    say.text(
                        "Nothing for this use is certain over the whole report. What is certain within a "
                        "service is marked in that service's own tables."
                    ),
                )
            )
        for entry in entries:
            blocks += [
                write_heading(canvas, 3, say_title(tell, entry)),
                _steps(tell, entry),
            ]
    return join(canvas, [*blocks, *_closed(canvas, closed)])


def _closed(canvas: Canvas, told: Block | None) -> list[Block]:
    if told is None:
        return []
    title = canvas.language.text("What became of the measures that are done with")
    return [write_heading(canvas, 2, title, id="closed-measures"), told]


def _steps(tell: Teller, entry: Entry) -> Block:
    say = tell.canvas.language
    leads = [
        say.text("Finding"),
        say.text("Question for the user dialogue"),
        say.text("Point for the result dialogue"),
        say.text("Measure"),
        say.text("Paragraph for {document}", document=say_document(tell, entry)),
        say.text("Evaluation"),
    ]
    texts = [
        say_findings(tell, entry),
        say_question(tell, entry),
        say_result_point(tell, entry),
        say_measure(tell, entry),
        say_paragraph(tell, entry),
        say_outcome(tell, entry),
    ]
    return write_list(tell.canvas, texts, leads=leads)


def _row(tell: Teller, entry: Entry) -> tuple[str, ...]:
    say, line = tell.canvas.language, entry.line
    measure = tell.measure(line)
    if measure is not None:
        done = say.text(
            "{measure} ({status}). {owner}",
            measure=say.pick(measure.title), status=say_status(say, measure.status),
            owner=say.pick(measure.owner),
        )  # fmt: skip
    elif not line.measure and line.question == "keep":
        done = say.text("to be preserved")
    else:
        done = line.measure or say_status(say, "open")
    if line.evaluation:
        came = judge_outcome(say, line.evaluation.outcome).text
    else:
        came = say.text("looked at in {year}", year=tell.next_survey)
    return say_title(tell, entry), done, came, say_document(tell, entry)


def _use_title(canvas: Canvas, use: Use) -> str:
    if use == "own_development":
        return canvas.language.text("The units' own development and dialogue with their users")
    return canvas.language.text("In the steering chain, up to the council")


def _nothing(canvas: Canvas) -> Block:
    say = canvas.language
    return write_callout(
        canvas,
        "note",
        say.text("No lines in the steering ledger"),
        say.text("Nothing is certain over the whole report, and no measure or target waits for its result."),
    )
