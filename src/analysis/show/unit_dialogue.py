"""What a unit can talk with its users about: what was found there, its measures, its service's questions."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.ledger_lines import Entry, Teller, entries_of, read_teller
from analysis.show.ledger_words import say_findings, say_measure, say_outcome, say_question, say_title
from analysis.show.outcomes import list_outcomes
from analysis.show.own_unit import certain_topics
from analysis.show.select import service_of
from analysis.show.text import write_heading, write_list, write_paragraph
from analysis.show.verdicts import judge
from analysis.steering.context import Steering
from analysis.steering.ledger import Ledger, LedgerLine, Use

_USES: tuple[Use, Use] = ("own_development", "steering_chain")


def write_unit_dialogue(
    canvas: Canvas, facts: pd.DataFrame, steering: Steering, ledger: Ledger, unit: str
) -> Block | None:
    """Tell what was found at the unit, then the measures that it is part of, then its service's questions.

    The unit's own certain differences come first, each with a question, and the ledger's lines on the unit
    itself. What its other lines rest on was found in the whole service, and they say so. `facts` are the
    service's, with what the municipality's run says of it. None where there is nothing to tell.
    """
    say, service = canvas.language, service_of(facts)
    tell = read_teller(canvas, facts, steering, ledger)
    named = _entries(ledger, lambda line: unit in line.units)
    own = [entry for entry in named if _is_of(tell, entry, unit)]
    shared = [entry for entry in named if entry not in own]
    around = _entries(ledger, lambda line: line.service == service and not line.units)
    found = certain_topics(canvas, facts, unit)
    # Of overall satisfaction the unit's own line in the ledger says the same, and more.
    lined = any(entry.line.finding_kind.startswith("unit_") for entry in own)
    found = [fact for fact in found if fact.topic != "overall" or not lined]
    closed = list_outcomes(canvas, facts, steering, ledger=ledger, service=service, unit=unit)
    if not (named or around or found or closed):
        return None
    name, word = canvas.labels.unit(unit), canvas.labels.unit_word(service, plural=True)
    blocks: list[Block] = []
    if found or own:
        blocks.append(write_heading(canvas, 2, say.text("Found at {unit}", unit=name)))
        blocks += _found(canvas, found, name) if found else []
        for entry in own:
            blocks += [write_heading(canvas, 3, say_title(tell, entry)), _steps(tell, entry)]
    if shared:
        intro = say.text(
            "What they rest on was found in the whole service, and need not be so at {unit}. The same lines "
            "stand in the municipality's steering ledger.",
            unit=name,
        )
        blocks.append(write_heading(canvas, 2, say.text("Measures that {unit} is part of", unit=name)))
        blocks.append(write_paragraph(canvas, intro))
        for entry in shared:
            blocks += [write_heading(canvas, 3, say_title(tell, entry)), _steps(tell, entry)]
    if around:
        blocks += [
            write_heading(canvas, 2, say.text("What all the {units} can ask their users", units=word)),
            write_list(
                canvas,
                [say_question(tell, entry) for entry in around],
                leads=[say_title(tell, entry) for entry in around],
            ),
        ]
    if closed is not None:
        title = say.text("What became of the measures that are done with")
        blocks += [write_heading(canvas, 2, title), closed]
    return join(canvas, blocks)


def _entries(ledger: Ledger, chosen: Callable[[LedgerLine], bool]) -> list[Entry]:
    lines = tuple(line for line in ledger.lines if chosen(line))
    some = ledger.model_copy(update={"lines": lines})
    return [entry for use in _USES for entry in entries_of(some, use)]


def _is_of(tell: Teller, entry: Entry, unit: str) -> bool:
    """Tell whether what names the entry was found at the unit: a measure's may be its service's."""
    if entry.line.finding_kind.startswith("unit_"):
        return True
    if not entry.line.finding_kind.startswith("target_"):
        return False
    return any(tell.found[id].unit == unit for id in entry.findings if id in tell.found)


def _found(canvas: Canvas, found: list[Fact], name: str) -> list[Block]:
    """List the topics on which the unit differs for certain, each with how much and what to ask about it."""
    say, labels = canvas.language, canvas.labels
    intro = say.text(
        "Where {unit} differs for certain from the service's other units, with how much on the answer scale "
        "and in brackets the {level} confidence interval.",
        unit=name,
        level=numbers.level_word(say, found),
    )
    decimals = numbers.shared_decimals(found)
    texts = []
    for fact in found:
        size = numbers.change(say, fact, decimals=decimals)
        around = numbers.change_interval(say, fact, decimals=decimals)
        users = labels.users(fact.service)
        question = (
            say.text("What do {users} value here, and what must not be lost?", users=users)
            if fact.verdict == "above"
            else say.text("What do {users} want to be different, and what matters most?", users=users)
        )
        texts.append(f"{judge(say, fact).text}, {size} ({around}). {question}")
    leads = [labels.topic(fact.service, fact.topic) for fact in found]
    return [write_paragraph(canvas, intro), write_list(canvas, texts, leads=leads)]


def _steps(tell: Teller, entry: Entry) -> Block:
    say = tell.canvas.language
    told = {
        say.text("Finding"): say_findings(tell, entry),
        say.text("Question for the user dialogue"): say_question(tell, entry),
        say.text("Measure"): say_measure(tell, entry),
        say.text("Evaluation"): say_outcome(tell, entry),
    }
    return write_list(tell.canvas, list(told.values()), leads=list(told))
