"""What a unit can talk with its users about: its own lines of the steering ledger, and its service's."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.show.blocks import Block, Canvas, join
from analysis.show.ledger_lines import Entry, Teller, entries_of, read_teller
from analysis.show.ledger_words import say_findings, say_measure, say_outcome, say_question, say_title
from analysis.show.select import service_of
from analysis.show.text import write_heading, write_list, write_paragraph
from analysis.steering.context import Steering
from analysis.steering.ledger import Ledger, LedgerLine, Use

_USES: tuple[Use, Use] = ("own_development", "steering_chain")


def write_unit_dialogue(
    canvas: Canvas, facts: pd.DataFrame, steering: Steering, ledger: Ledger, unit: str
) -> Block | None:
    """Tell the ledger's lines that name the unit, each from finding to measure, then its service's questions.

    `facts` are the service's, with what the municipality's run says of it. None where the ledger has no line
    on either.
    """
    say, service = canvas.language, service_of(facts)
    own = _entries(ledger, lambda line: unit in line.units)
    around = _entries(ledger, lambda line: line.service == service and not line.units)
    if not own and not around:
        return None
    tell = read_teller(canvas, facts, steering, ledger)
    word = canvas.labels.unit_word(service, plural=True)
    blocks: list[Block] = []
    if own:
        intro = say.text(
            "What was found at {unit}, what to ask the users, and what is done about it. The same lines "
            "stand in the municipality's steering ledger.",
            unit=canvas.labels.unit(unit),
        )
        blocks.append(write_paragraph(canvas, intro))
    for entry in own:
        blocks += [write_heading(canvas, 2, say_title(tell, entry)), _steps(tell, entry)]
    if around:
        blocks += [
            write_heading(canvas, 2, say.text("What all the {units} can ask their users", units=word)),
            write_list(
                canvas,
                [say_question(tell, entry) for entry in around],
                leads=[say_title(tell, entry) for entry in around],
            ),
        ]
    return join(canvas, blocks)


def _entries(ledger: Ledger, chosen: Callable[[LedgerLine], bool]) -> list[Entry]:
    lines = tuple(line for line in ledger.lines if chosen(line))
    some = ledger.model_copy(update={"lines": lines})
    return [entry for use in _USES for entry in entries_of(some, use)]


def _steps(tell: Teller, entry: Entry) -> Block:
    say = tell.canvas.language
    told = {
        say.text("Finding"): say_findings(tell, entry),
        say.text("Question for the user dialogue"): say_question(tell, entry),
        say.text("Measure"): say_measure(tell, entry),
        say.text("Evaluation"): say_outcome(tell, entry),
    }
    return write_list(tell.canvas, list(told.values()), leads=list(told))
