"""What was said of whom, and what was left unsaid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fact_ledger import CERTAIN

#: Blocks on a report's first pages: what they claim must hold over the whole report.
FIRST_PAGES = ("municipality.headline", "municipality.certain", "municipality.services")
#: Blocks that tell the report's claims again.
REPORTED = (*FIRST_PAGES, "municipality.ledger")


@dataclass(frozen=True)
class Claim:
    """A direction that is said: of which subject and comparison, and where. `topic` "" is any of them."""

    statistic: str
    verdict: str
    service: str
    unit: str
    topic: str
    block: str
    kind: str
    name: str


def unsaid(claims: Iterable[Claim], block: str, name: str, statistic: str, rows: Iterable[Any]) -> list[str]:
    """Return the certain facts that the block, its table or figure of that name, does not say."""
    said = {
        (c.statistic, c.verdict, c.service, c.unit, c.topic)
        for c in claims
        if c.block == block and (not name or c.name == name) and c.kind in ("cell", "item")
    }
    return [
        f"{row.fact_id} ({row.verdict}) is not said in {block}"
        for row in rows
        if row.verdict in CERTAIN and (statistic, row.verdict, row.service, row.unit, row.topic) not in said
    ]
