"""A ledger's lines as a report tells them: what each is about, and lines that are told together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.facts.table import Fact
from analysis.show.blocks import Canvas
from analysis.show.change import inside
from analysis.show.select import select
from analysis.show.target_cards import Card, read_cards
from analysis.show.target_cells import target_name
from analysis.steering.context import Steering
from analysis.steering.ledger import Ledger, LedgerLine, Use
from analysis.steering.measures import Measure
from analysis.steering.wheel import survey_years, wheel_of

#: A name of more signs than this is not put into a heading, nor more names than these.
_LONG, _MOST = 60, 4


@dataclass(frozen=True)
class Entry:
    """Lines that are told together: one, or several of one kind in one service that nothing is done about."""

    lines: tuple[LedgerLine, ...]

    @property
    def line(self) -> LedgerLine:
        """The first line, which has all that the others share."""
        return self.lines[0]

    @property
    def findings(self) -> tuple[str, ...]:
        """The fact ids of all lines."""
        return tuple(id for line in self.lines for id in line.findings)


@dataclass(frozen=True)
class Teller:
    """What is needed to tell lines in words: facts by their ids, targets with theirs, and the plan."""

    canvas: Canvas
    facts: pd.DataFrame
    steering: Steering
    found: Mapping[str, Fact]
    cards: Mapping[str, Card]

    @property
    def next_survey(self) -> int:
        """The year of the survey in which a line is looked at again."""
        years = self.steering.years
        return survey_years(wheel_of(self.steering.plan.wheel, years), years)[1]

    def measure(self, line: LedgerLine) -> Measure | None:
        """Return the line's measure as the plan has it now."""
        return next((m for m in self.steering.plan.measures if m.id == line.measure), None)

    def service(self, line: LedgerLine) -> str:
        """Return the service's name."""
        return self.steering.service_name(self.canvas.labels, line.service)

    def users(self, line: LedgerLine) -> str:
        """Return what the service's users are called."""
        asked = self.canvas.labels.questionnaires
        if line.service in asked:
            return self.canvas.labels.users(line.service)
        return self.canvas.language.text("users")

    def topics(self, entry: Entry, *, every: bool = False) -> str:
        """Name what an entry is on, as it stands within a sentence; of many topics, how many they are.

        `every`: name them all, however many and long they are.
        """
        say = self.canvas.language
        names = list(dict.fromkeys(inside(self._topic(line)).rstrip(".") for line in entry.lines))
        if every:
            return "; ".join(names)
        names = [name if len(name) <= _LONG else say.text("one question") for name in names]
        if len(names) > _MOST or len(set(names)) < len(names):
            return say.plural("{n} area", "{n} areas", len(names))
        # Many names hold an "and" of their own.
        return "; ".join(names)

    def units(self, line: LedgerLine) -> str:
        """Return the names of the line's units; of more than four, how many they are."""
        labels, say = self.canvas.labels, self.canvas.language
        if len(line.units) <= _MOST:
            return say.series([labels.unit(unit) for unit in line.units])
        word = labels.unit_word(line.service, plural=True)
        return say.text("{n} {units}", n=say.count(len(line.units)), units=word)

    def _topic(self, line: LedgerLine) -> str:
        labels = self.canvas.labels
        target = next((t for t in self.steering.plan.targets if t.id in line.targets), None)
        # A share of the answers to a question is called what the target calls it.
        named = target is not None and target.name is not None and line.topic.startswith("item.")
        asked = not line.topic.startswith("indicator.") and line.service in labels.questionnaires
        if asked and not named:
            return labels.topic(line.service, line.topic)
        return target_name(self.canvas, target) if target else line.topic.partition(".")[2]


def read_teller(canvas: Canvas, facts: pd.DataFrame, steering: Steering, ledger: Ledger) -> Teller:
    """Look up what a ledger's lines rest on."""
    ids = {id for line in ledger.lines for id in line.findings}
    chosen = facts[facts["fact_id"].isin(ids)]
    found = dict(zip(chosen["fact_id"], select(chosen), strict=True))
    cards = {card.target.id: card for card in read_cards(facts, steering)}
    return Teller(canvas, facts, steering, found, cards)


def entries_of(ledger: Ledger, use: Use) -> list[Entry]:
    """Put the lines of one use together where nothing but their topic tells them apart, in their order."""
    together: dict[tuple[object, ...], list[LedgerLine]] = {}
    for line in ledger.lines:
        if line.use != use:
            continue
        alone = line.measure or line.targets or line.units
        key = (line.id,) if alone else (line.service, line.finding_kind, str(line.document))
        together.setdefault(key, []).append(line)
    return [Entry(tuple(lines)) for lines in together.values()]
