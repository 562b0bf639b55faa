"""Reading a report's sentences against its facts: who says what of whom, and is it so?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from claims import REPORTED, Claim
from directions import ALONE, SENTENCES, Says
from fact_ledger import Ledger, numbers_of
from known_names import NAME, Names
from listed_names import Listing, ListReader
from messages import NUMBER, Found, Messages, agrees, numbers_in
from report_pages import Piece
from steering_lines import SteeringReader
from steering_words import BLOCKS
from table_columns import SAID, ColumnSpec, column_spec, entry_numbers


class Reader:
    """Reads the pieces of one report: `claims` and `lists` hold what was said, `faults` what is not so."""

    def __init__(self, messages: Messages, names: Names, ledger: Ledger) -> None:
        self.messages, self.names, self.ledger = messages, names, ledger
        self._lists = ListReader(messages, names, ledger)
        self.steering = SteeringReader(messages, names, ledger)
        self.claims: set[Claim] = set()
        self.lists: set[tuple[str, Listing]] = set()
        self.faults: list[str] = []
        self.read_numbers = 0

    def read(self, pieces: Iterable[Piece]) -> Reader:
        """Read all pieces; return this reader."""
        for piece in pieces:
            for fault in self._read(piece):
                said = self.names.show(piece.text)
                where = f"{piece.block} {piece.service} {piece.name} [{piece.row} / {piece.column}]"
                self.faults.append(f"{fault}: {where} {piece.kind}: {said}")
        return self

    def unlisted(self) -> list[str]:
        """Return the lists that the report must hold and does not."""
        return self._lists.missing(self.lists)

    def _read(self, piece: Piece) -> Iterator[str]:
        text = self.names.hide(piece.text)
        if piece.block in BLOCKS:
            text, service, faults = self.steering.read(piece, text)
            yield from faults
            yield from self._text(replace(piece, service=service, lead=""), text)
            return
        if piece.kind == "alternative":
            # The finding first, then an entry a subject.
            finding, *entries = re.split(rf"(?:(?<=\.) |; )(?={NAME})", text)
            yield from self._text(piece, finding)
            for entry in entries:
                yield from self._entry(piece, entry)
        elif piece.kind in ("cell", "mark"):
            yield from self._cell(piece, text)
        elif piece.kind == "head" and self.messages.finding(piece.text):
            return
        else:
            yield from self._text(piece, text)

    def _text(self, piece: Piece, text: str) -> Iterator[str]:
        found, rest = self.messages.sentences(text)
        for each in found:
            for says in SENTENCES[each.message]:
                yield from self._check(piece, each, says)
        met, wrong = self._lists.read(piece.block, piece.service, text)
        self.lists |= {(piece.service, listing) for listing in met}
        yield from wrong
        yield from self._left(rest)

    def _left(self, rest: str) -> Iterator[str]:
        rest = re.sub(NAME, " ", self.messages.without_static(rest))
        if word := self.messages.directions.search(rest):
            yield f"a direction without subject or fact ({word[0]!r})"

    def _check(self, piece: Piece, found: Found, says: Says) -> Iterator[str]:
        service = piece.service
        if piece.lead:
            service = self.names.meant(self.names.hide(piece.lead), "service", "") or service
        if sign := found.fields.get("service"):
            service = self.names.meant(sign, "service", "") or service
        for told, verdict in self.messages.sides(found.fields.get("other", "")):
            topic = self.names.meant(found.fields["topic"], "topic", service)
            if not self.ledger.speaks(told, verdict, service, topic):
                yield f"{told} {verdict} is said of {service} {topic}"
        statistic = self._as_reported(piece, says.statistic)
        true = self._true(statistic, says, service)
        held = found.fields.get(says.field, "")
        if not re.match(NAME, held):
            # "4 areas", "one question", "some topics": that many are so.
            number = re.match(r"\d+", held)
            if piece.block == "municipality.ledger":
                # A topic has a line of its own for the weightiest of its findings alone.
                if number and int(number[0]) > len(true):
                    yield f"{statistic} {says.verdict} of {held}, but it is so of {len(true)}"
                return
            if not true or (number and int(number[0]) != len(true)):
                yield f"{statistic} {says.verdict} of {held or 'some'}, but it is so of {len(true)}"
            for unit, topic in true:
                self._note(piece, statistic, says.verdict, service, unit, topic)
            return
        named = set()
        for sign, size, around in re.findall(rf"({NAME})(?: ({NUMBER}) \(([^()]*)\))?", held):
            subject = self._subject(sign, service, statistic, found)
            if subject is None:
                yield f"{self.names.show(sign)!r} is no subject of {statistic} in {service!r}"
                continue
            named.add(subject)
            yield from self._holds(piece, statistic, says.verdict, service, *subject)
            yield from self._written(found, statistic, service, subject)
            if size:
                fact = self.ledger.fact(statistic, service, subject[1], unit=subject[0])
                yield from self._numbers(f"{size} {around}", numbers_of(fact, ("value", "interval")))
        if left_out := re.search(rf"{self.messages.left_over}$", held):
            number = int(re.match(r"\d+", left_out[0])[0])
            yield from self._rest(piece, statistic, says.verdict, service, true - named, number)
            return
        if says.every and not found.more and (left := true - named):
            yield f"{statistic} {says.verdict}: {sorted(left)} not named"

    def _rest(
        self,
        piece: Piece,
        statistic: str,
        verdict: str,
        service: str,
        left: set[tuple[str, str]],
        number: int,
    ) -> Iterator[str]:
        """Hold "and 2 more" against those that are not named."""
        if len(left) != number:
            yield f"{number} more {statistic} {verdict}, but {len(left)} are not named"
        for unit, topic in left:
            self._note(piece, statistic, verdict, service, unit, topic)

    def _true(self, statistic: str, says: Says, service: str) -> set[tuple[str, str]]:
        return self.ledger.true_of(statistic, says.verdict, service)

    def _subject(self, sign: str, service: str, statistic: str, found: Found) -> tuple[str, str] | None:
        if (
            "unit" in found.fields
            and "topic" in found.fields
            and (of := re.match(NAME, found.fields["unit"]))
        ):
            unit = self.names.meant(of[0], "unit", service)
            topic = self.names.meant(sign, "topic", service)
            return (unit, topic) if unit and topic else None
        if "unit_difference" in statistic or statistic == "expected_range":
            unit = self.names.meant(sign, "unit", service)
            return (unit, "overall") if unit else None
        if topic := self.names.meant(sign, "topic", service):
            return "", topic
        # The change of a unit is told like a topic's.
        unit = self.names.meant(sign, "unit", service)
        return (unit, "overall") if unit else None

    def _holds(
        self, piece: Piece, statistic: str, verdict: str, service: str, unit: str, topic: str
    ) -> Iterator[str]:
        self._note(piece, statistic, verdict, service, unit, topic)
        fact = self.ledger.fact(statistic, service, topic, unit=unit)
        if verdict in ("most", "fewest"):
            yield from self._stands_apart(fact, service, verdict)
        elif fact is None:
            yield f"no fact {statistic} of {service} {unit} {topic}"
        elif not self.ledger.says(fact, verdict):
            told = fact.verdict or fact.state
            yield f"{verdict} is said, but {statistic} of {service} {unit} {topic} is {told}"

    def _stands_apart(self, fact: Any, service: str, verdict: str) -> Iterator[str]:
        every = [f for f in self.ledger.of("top_box", service) if not f.unit and f.topic.startswith("item.")]
        every = [f for f in every if f.state == "measured"]
        high, low = max(f.value for f in every), min(f.value for f in every)
        ends = {"most": high, "fewest": low}
        apart = min(f.low for f in every if f.value == high) > max(f.high for f in every if f.value == low)
        if fact is None or fact.state != "measured" or fact.value != ends[verdict] or not apart:
            yield f"{verdict} give high answers is said without certainty"

    def _note(self, piece: Piece, statistic: str, verdict: str, service: str, unit: str, topic: str) -> None:
        self.claims.add(Claim(statistic, verdict, service, unit, topic, piece.block, piece.kind, piece.name))

    def _written(self, found: Found, statistic: str, service: str, subject: tuple[str, str]) -> Iterator[str]:
        unit, topic = subject
        fact = self.ledger.fact(statistic, service, topic, unit=unit)
        if "value" in found.fields:
            text = f"{found.fields['value']} {found.fields['interval']}"
            yield from self._numbers(text, numbers_of(fact, ("value", "level", "interval")))
        if points := found.fields.get("points"):
            yield from self._numbers(points, numbers_of(fact, ("value", "interval", "n")))
        if mean := found.fields.get("mean"):
            name = "nation.mean" if "number" in found.fields else "mean"
            yield from self._numbers(mean, numbers_of(self.ledger.fact(name, service, topic), ("value",)))

    def _numbers(self, text: str, wanted: list[float]) -> Iterator[str]:
        written = numbers_in(re.sub(NAME, " ", text), self.messages.language)
        self.read_numbers += len(wanted)
        if len(written) != len(wanted) or not all(map(agrees, written, wanted)):
            yield f"numbers {[n for n, _ in written]} where the facts hold {[round(w, 3) for w in wanted]}"

    def _as_reported(self, piece: Piece, statistic: str) -> str:
        claimed = statistic in ("change", "national_difference", "unit_difference")
        return f"report_{statistic}" if claimed and piece.block in REPORTED else statistic

    def _entry(self, piece: Piece, entry: str) -> Iterator[str]:
        statistic = SAID.get(piece.name)
        kind = "unit" if piece.name in ("units", "funnel", "response") else "topic"
        subject = self._row_subject(entry[0], kind, piece.service)
        words, rest = self.messages.words(entry) if statistic else ([], entry)
        yield from self._words(piece, words, statistic or "", piece.service, subject)
        yield from self._left(rest)
        if subject:
            wanted = entry_numbers(self.ledger, piece.name, piece.service, *subject)
            if wanted is not None:
                yield from self._numbers(entry, wanted)

    def _words(
        self,
        piece: Piece,
        words: list[tuple[str, str, str]],
        statistic: str,
        service: str,
        subject: tuple[str, str] | None,
    ) -> Iterator[str]:
        for _, family, verdict in words:
            if subject is None:
                yield f"{verdict} is said of no subject"
            elif not _fits(family, statistic):
                yield f"{verdict} as of {family}, where {statistic} is told"
            else:
                named = self._as_reported(piece, statistic)
                yield from self._holds(piece, named, verdict, service, *subject)

    def _row_subject(self, row: str, kind: str, service: str) -> tuple[str, str] | None:
        if not re.fullmatch(NAME, row):
            return None
        found = self.names.meant(row, kind, service)
        if found is None:
            return None
        return (found, "overall") if kind == "unit" else ("", found)

    def _cell(self, piece: Piece, text: str) -> Iterator[str]:
        spec = self._spec(piece)
        if spec is None:
            yield from self._left(text)
            return
        row, service = self.names.hide(piece.row), piece.service
        if spec.kind == "finding":
            yield from self._finding(piece, text, spec)
            return
        if spec.kind == "service":
            service = self.names.meant(row, "service", "") or "" if re.fullmatch(NAME, row) else ""
            subject = ("", "overall") if service else None
        else:
            subject = self._row_subject(row, spec.kind, service)
        if spec.topic and (subject or not re.search(NAME, row)):
            subject = (subject[0] if subject else "", spec.topic)
        if subject is None:
            yield from self._left(text)
            return
        yield from self._of_subject(piece, text, spec, service, subject)

    def _of_subject(
        self, piece: Piece, text: str, spec: ColumnSpec, service: str, subject: tuple[str, str]
    ) -> Iterator[str]:
        for message, (sign, verdict) in ALONE.items():
            if re.fullmatch(f"{sign} {self.messages.pattern(message)}", text):
                fact = self.ledger.fact("national_difference", service, subject[1])
                if fact is None or not self.ledger.says(fact, verdict):
                    yield f"{verdict} within {service!r} is said, which it is not"
                return
        words, rest = self.messages.words(text)
        signs = [sign for sign, _, _ in words]
        if spec.signed and (marked := re.match("[▲▼]", rest)):
            words, rest = [("", "unit_difference", "above" if marked[0] == "▲" else "below")], rest[1:]
        for statistic in spec.statistics if words else ():
            fitting = [word for word in words if _fits(word[1], statistic)]
            yield from self._words(piece, fitting, statistic, service, subject)
        strange = [w for w in words if not any(_fits(w[1], s) for s in spec.statistics)]
        yield from self._words(piece, strange, spec.statistics[0], service, subject)
        if piece.kind == "mark" and piece.sign not in (signs or [""]):
            yield f"the mark {piece.sign!r} beside {signs}"
        yield from self._left(rest)
        if spec.parts:
            yield from self._numbers(text, spec.wanted(self.ledger, piece, service, *subject))

    def _spec(self, piece: Piece) -> ColumnSpec | None:
        return column_spec(piece, self.messages, self.names)

    def _finding(self, piece: Piece, text: str, spec: ColumnSpec) -> Iterator[str]:
        said = re.match(rf"({NAME}): ({NAME})\. (.*)$", text)
        service = self.names.meant(said[1], "service", "") if said else None
        topic = self.names.meant(said[2], "topic", service) if said and service else None
        if said is None or service is None or topic is None:
            yield "a finding without a subject"
            return
        statistic = spec.statistics[0]
        fact = self.ledger.fact(statistic, service, topic)
        if fact is None or fact.state != "measured":
            yield f"{statistic} is said of {service} {topic}, which is none"
            return
        self._note(piece, statistic, statistic, service, "", topic)
        yield from self._numbers(said[3], numbers_of(fact, ("value", "interval", "n")))
        yield from self._left(said[3])


def _fits(family: str, statistic: str) -> bool:
    if family == "difference":
        return statistic.startswith(("national_difference", "peer_difference"))
    return family == statistic
