"""Sentences that list names without saying a direction: what hangs on the method, on a unit, on the users."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fact_ledger import Ledger
from known_names import NAME, Names
from messages import Messages, agrees, numbers_in
from report_pages import Piece

Told = tuple[str, str]
_DEPENDS = {
    "Whether there is a change since {before} depends on the method: {names}.": "change",
    "Whether there is a difference from the other {units} depends on the method: {names}.": "unit_difference",
}
_RESTS = "A certain change rests on a single unit for {names}."
_COMPOSED = (
    "The assessment is another one when it is allowed for who the users are: {topics}. In brackets stands "
    "what the composition of the users accounts for."
)


def read_lists(piece: Piece, text: str, messages: Messages, names: Names, ledger: Ledger) -> Iterator[str]:
    """Give what is wrong with the lists in a text: a name too many, one too few, a number that is another."""
    for message, statistic in _DEPENDS.items():
        for held in messages.held(message, "names", text):
            told = {_named(found, names, piece.service) for found in _parts(held)}
            hangs = [f for f in ledger.of(statistic, piece.service) if f.verdict == "depends_on_method"]
            yield from _same(told, {(f.unit, f.topic) for f in hangs}, f"{statistic} depends on the method")
    for held in messages.held(_RESTS, "names", text):
        told = {_named(found, names, piece.service) for found in _parts(held)}
        rests = [f for f in ledger.of("influence_on_change", piece.service) if f.verdict == "changes_verdict"]
        yield from _same(told, {(f.unit, f.topic) for f in rests}, "rests on one unit")
    beside = "peer_difference" if piece.block.endswith(".peers") else "national_difference"
    for held in messages.held(_COMPOSED, "topics", text):
        told = {}
        for found in _parts(held):
            topic = names.meant(found[0], "topic", piece.service) or ""
            told["", topic] = numbers_in(re.sub(NAME, "", found), messages.language)
        yield from _same(set(told), _composed(ledger, beside, piece.service), "another one for these users")
        for (_, topic), written in told.items():
            shift = ledger.fact("casemix_shift", piece.service, topic)
            if shift is not None and not all(agrees(number, abs(shift.value)) for number in written):
                yield f"the composition accounts for {shift.value:.3f}, not {written}"


def _parts(held: str) -> list[str]:
    # Each name with what stands in brackets after it.
    return re.findall(rf"{NAME}(?: \([^()]*\))?", held)


def _named(found: str, names: Names, service: str) -> Told:
    # "Unit (topic)", "topic (without unit)" or a topic alone.
    signs = re.findall(NAME, found)
    topics = [topic for sign in signs if (topic := names.meant(sign, "topic", service))]
    units = [unit for sign in signs if (unit := names.meant(sign, "unit", service))]
    return (units[0] if units else ""), (topics[0] if topics else "")


def _composed(ledger: Ledger, beside: str, service: str) -> set[Told]:
    out = set()
    for raw in ledger.of(beside, service):
        even = ledger.fact(f"{beside}_adjusted", service, raw.topic)
        if even is not None and raw.verdict and even.verdict and raw.verdict != even.verdict:
            out.add(("", raw.topic))
    return out


def _same(told: set[Told], true: set[Told], what: str) -> Iterator[str]:
    if told != true:
        yield f"{what}: {sorted(told)} said, {sorted(true)} in the facts"
