"""Sentences that list names without saying a direction: what hangs on the method, on a unit, on the users."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fact_ledger import Ledger
from known_names import NAME, Names
from messages import Messages, agrees, numbers_in

Told = tuple[str, str]


@dataclass(frozen=True)
class Listing:
    """A sentence with a list: its message and field, the block it stands in, what it lists."""

    message: str
    field: str
    block: str
    what: str

    def true(self, ledger: Ledger, service: str) -> set[Told]:
        """Return (unit, topic) of all that must be listed."""
        if self.what == "rests":
            found = ledger.of("influence_on_change", service)
            return {(f.unit, f.topic) for f in found if f.verdict == "changes_verdict"}
        if self.what in ("change", "unit_difference"):
            found = ledger.of(self.what, service)
            return {(f.unit, f.topic) for f in found if f.verdict == "depends_on_method"}
        pairs = [
            (raw, ledger.fact(f"{self.what}_adjusted", service, raw.topic))
            for raw in ledger.of(self.what, service)
        ]
        return {
            ("", raw.topic)
            for raw, even in pairs
            if even is not None
            and raw.verdict
            and even.verdict
            and raw.verdict != even.verdict
            # Less than half a standard error tells of the limit alone.
            and abs(even.value - raw.value) >= 0.5 * raw.se
        }


_CHANGE = "Whether there is a change since {before} depends on the method: {names}."
_UNITS = "Whether there is a difference from the other {units} depends on the method: {names}."
_RESTS = "A certain change rests on a single unit for {names}."
_COMPOSED = (
    "The assessment is another one when it is allowed for who the users are: {topics}. In brackets stands "
    "the difference before and after."
)
LISTINGS = (
    Listing(_CHANGE, "names", "service.order-check", "change"),
    Listing(_UNITS, "names", "service.order-check", "unit_difference"),
    Listing(_RESTS, "names", "municipality.assumptions", "rests"),
    Listing(_COMPOSED, "topics", "service.nation", "national_difference"),
    Listing(_COMPOSED, "topics", "service.peers", "peer_difference"),
)


@dataclass(frozen=True)
class ListReader:
    """Reads the lists of a report."""

    messages: Messages
    names: Names
    ledger: Ledger

    def read(self, block: str, service: str, text: str) -> tuple[list[Listing], list[str]]:
        """Return the lists that stand in a text, and what is wrong with them."""
        met, faults = [], []
        for listing in LISTINGS:
            if listing.block != block:
                continue
            for held in self.messages.held(listing.message, listing.field, text):
                met.append(listing)
                faults += self._faults(listing, service, held)
        return met, faults

    def missing(self, met: set[tuple[str, Listing]]) -> list[str]:
        """Return the lists that must stand in the report and do not."""
        return [
            f"{service}: no list of {listing.what} in {listing.block}"
            for service in self.ledger.services()
            for listing in LISTINGS
            if listing.true(self.ledger, service) and (service, listing) not in met
        ]

    def _faults(self, listing: Listing, service: str, held: str) -> Iterator[str]:
        # Each name with what stands in brackets after it: "unit (topic)", "topic (without unit)".
        parts = re.findall(rf"{NAME}(?: \([^()]*\))?", held)
        told = {self._named(part, service) for part in parts}
        true = listing.true(self.ledger, service)
        if told != true:
            yield f"{listing.what}: {sorted(told)} listed, {sorted(true)} in the facts"
        for part in parts if listing.message == _COMPOSED else ():
            _, topic = self._named(part, service)
            names = (listing.what, f"{listing.what}_adjusted")
            wanted = [f.value for name in names if (f := self.ledger.fact(name, service, topic)) is not None]
            written = numbers_in(re.sub(NAME, "", part), self.messages.language)
            if len(written) != len(wanted) or not all(map(agrees, written, wanted)):
                yield f"before and after the adjustment are {wanted}, {written} is written"

    def _named(self, part: str, service: str) -> Told:
        signs = re.findall(NAME, part)
        topics = [topic for sign in signs if (topic := self.names.meant(sign, "topic", service))]
        units = [unit for sign in signs if (unit := self.names.meant(sign, "unit", service))]
        return (units[0] if units else ""), (topics[0] if topics else "")
