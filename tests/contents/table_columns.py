"""What each column of the report's tables tells, by the table's name and the column's head."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd
from fact_ledger import CERTAIN, Ledger, numbers_of
from known_names import NAME, Names
from messages import Messages
from report_pages import Piece


@dataclass(frozen=True)
class ColumnSpec:
    """A column: what its rows are, the statistics it tells, and which of the first one's numbers it holds.

    signed: whether a sign alone says above or below. topic: what is told where the rows are units.
    """

    kind: str
    statistics: tuple[str, ...]
    parts: tuple[str, ...] = ()
    signed: bool = False
    topic: str = ""
    year: int | None = None

    def wanted(self, ledger: Ledger, piece: Piece, service: str, unit: str, topic: str) -> list[float]:
        """Return the numbers that the cell must hold."""
        statistic = self.statistics[0]
        fact = ledger.fact(statistic, service, topic, unit=unit, year=self.year)
        mean = ledger.fact("mean", service, topic, unit=unit)
        if statistic.startswith("expected_range") and (mean is None or pd.isna(mean.value)):
            return []
        if piece.name == "services" and statistic == "change":
            fact = ledger.fact("report_change", service, topic) or fact
            return numbers_of(fact, self.parts) if fact is not None and fact.verdict in CERTAIN else []
        return numbers_of(fact, self.parts)


def _topic(statistic: str, *parts: str) -> ColumnSpec:
    return ColumnSpec("topic", (statistic,), parts)


def _unit(statistic: str, *parts: str) -> ColumnSpec:
    return ColumnSpec("unit", (statistic,), parts, topic="overall")


def _service(statistic: str, *parts: str) -> ColumnSpec:
    return ColumnSpec("service", (statistic,), parts)


_RANGE = {
    "Expected range": _unit("expected_range", "interval"),
    "Beside the expected": _unit("expected_range"),
}
_BESIDE = {
    "national_difference": {
        "All municipalities": _topic("nation.mean", "value"),
        "Difference": _topic("national_difference", "value", "interval"),
        "Adjusted for users": _topic("national_difference_adjusted", "value", "interval"),
        "Among municipalities": _topic("expected_range"),
    },
    "peer_difference": {
        "peer group {group}": _topic("nation.peer_mean", "value"),
        "Difference": _topic("peer_difference", "value", "interval"),
        "Adjusted for users": _topic("peer_difference_adjusted", "value", "interval"),
    },
}
COLUMNS: dict[str, dict[str, ColumnSpec]] = {
    "scorecard": {
        "Interval": _topic("mean", "interval"),
        "Answers": _topic("mean", "n"),
        "Change": _topic("change", "value"),
        "Assessment": _topic("change"),
        "Visible from": _topic("detectable_change", "value"),
        "All municipalities": _topic("nation.mean", "value"),
    },
    "change": {
        "Change": _topic("change", "value"),
        "Interval": _topic("change", "interval"),
        "Visible from": _topic("detectable_change", "value"),
        "Assessment": _topic("change"),
    },
    "nation": _BESIDE["national_difference"],
    "peers": _BESIDE["peer_difference"],
    "units": {
        "Mean": _unit("mean", "value"),
        "Interval": _unit("mean", "interval"),
        "Assessment": _unit("unit_difference"),
        **_RANGE,
    },
    "funnel": {"Mean": _unit("mean", "value"), "Answers": _unit("mean", "n"), **_RANGE},
    "shrunken": {
        "Mean": _unit("mean", "value"),
        "Cautious estimate": _unit("shrunken_mean", "value"),
        "Interval": _unit("shrunken_mean", "interval"),
    },
    "priorities": {
        "Mean": _topic("mean", "value"),
        "Association": _topic("priority", "value"),
        "Assessment": _topic("priority"),
    },
    "services": {
        "Interval": _service("mean", "interval"),
        "Since {before}": _service("change", "value"),
        "Visible from": _service("detectable_change", "value"),
        "All municipalities": _service("national_difference"),
    },
    "weighted": {"Mean": _topic("mean", "value"), "Weighted mean": _topic("weighted_mean", "value")},
}
#: What a word in a figure's alternative text is said of.
SAID = {"change": "change", "units": "expected_range", "funnel": "expected_range", "priorities": "priority"}
#: What the words in a figure's last column are said of.
MARKS = {
    "change": ColumnSpec("topic", ("change",)),
    "units": ColumnSpec("unit", ("unit_difference", "expected_range"), topic="overall"),
}


def column_spec(piece: Piece, messages: Messages, names: Names) -> ColumnSpec | None:
    """Return what the cell's column tells; None where it tells nothing that is compared with facts."""
    if piece.kind == "mark":
        return MARKS.get(piece.name)
    if piece.name == "strengths":
        found = messages.finding(piece.column)
        return ColumnSpec("finding", (found,)) if found else None
    head = names.hide(piece.column)
    if piece.name == "units-table":
        topic = names.meant(head, "topic", piece.service) if re.fullmatch(NAME, head) else None
        return (
            ColumnSpec("unit", ("mean", "unit_difference"), ("value", "interval"), True, topic or "")
            if topic
            else None
        )
    if re.fullmatch(r"\d{4}", head) and piece.name in ("scorecard", "services"):
        kind = "service" if piece.name == "services" else "topic"
        return ColumnSpec(kind, ("mean",), ("value",), year=int(head))
    if piece.name in ("nation", "peers") and re.fullmatch(NAME, head):
        return _topic("mean", "value")
    if piece.name == "priorities" and messages.is_head(head, "Interval"):
        return _topic("priority" if piece.turn else "mean", "interval")
    if piece.name == "weighted" and messages.is_head(head, "Interval"):
        return _topic("weighted_mean" if piece.turn else "mean", "interval")
    for message, spec in COLUMNS.get(piece.name, {}).items():
        small = head[:1].lower() + head[1:] if message[:1].islower() else head
        if messages.is_head(small, message):
            return spec
    return None


def entry_numbers(ledger: Ledger, name: str, service: str, unit: str, topic: str) -> list[float] | None:
    """Return the numbers of a subject in a figure's alternative text; None where they are not compared."""
    mean = ledger.fact("mean", service, topic, unit=unit)
    there = mean is not None and not pd.isna(mean.value)
    if name == "change":
        fact, seen = (ledger.fact(s, service, topic) for s in ("change", "detectable_change"))
        if fact is None or pd.isna(fact.value):
            return []
        unsure = [] if fact.verdict in CERTAIN else numbers_of(seen, ("value",))
        return numbers_of(fact, ("value", "interval")) + unsure
    if name == "units":
        band = numbers_of(ledger.fact("expected_range", service, topic, unit=unit), ("interval",))
        return numbers_of(mean, ("value", "interval", "n")) + band if there else []
    if name == "funnel":
        return numbers_of(mean, ("value", "n")) if there else []
    if name == "priorities":
        share = ledger.fact("priority", service, topic)
        return numbers_of(mean, ("value", "interval")) + numbers_of(share, ("value", "interval"))
    return None
