"""What a round found that calls for something: what the whole report may claim, and targets not reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import pandas as pd

from analysis.facts.lookup import index_of
from analysis.facts.table import Fact
from analysis.steering.ledger import FindingKind
from analysis.steering.targets import Target

#: Verdict of a claim that was adjusted over the whole report, and what a line calls it.
_CLAIMS: dict[tuple[str, str], FindingKind] = {
    ("report_change", "lower"): "fall",
    ("report_change", "higher"): "rise",
    ("report_national_difference", "lower"): "below_others",
    ("report_national_difference", "higher"): "above_others",
    ("report_unit_difference", "below"): "unit_below",
    ("report_unit_difference", "above"): "unit_above",
}
_STATISTICS = ("target_status", "strength", "improvement", *dict.fromkeys(name for name, _ in _CLAIMS))
_RANK = {kind: rank for rank, kind in enumerate(get_args(FindingKind))}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding: where, on what, of which kind, and the fact that says it."""

    service: str
    unit: str
    topic: str
    kind: FindingKind
    fact_id: str

    @property
    def subject(self) -> tuple[str, str, str]:
        """Service, unit ("" for the whole service) and topic."""
        return self.service, self.unit, self.topic


def findings_of(
    facts: pd.DataFrame, targets: Sequence[Target], *, municipality: str, year: int
) -> list[Finding]:
    """Return every finding of a round, in the order of the services' facts.

    Changes and differences that are certain over the whole report, strengths and points to improve, and
    targets whose result is unacceptable or undecided. `facts` are those of all services and of the report,
    with `target_status` where there are targets.
    """
    index = index_of(facts)
    rows = index.find({"statistic": _STATISTICS, "municipality": municipality, "year": year})
    known = {target.id: target for target in targets}
    found = [finding for row in rows if (finding := _finding(row, known)) is not None]
    order = {service: place for place, service in enumerate(dict.fromkeys(index.values("service")))}
    return sorted(found, key=lambda f: (order.get(f.service, len(order)), _RANK[f.kind], f.fact_id))


def leading(kinds: Sequence[FindingKind]) -> FindingKind:
    """Return the kind that names a line which rests on several findings.

    >>> leading(["strength", "fall"])
    'fall'
    """
    return min(kinds, key=_RANK.__getitem__, default="measure")


def rank_of(kind: FindingKind) -> int:
    """Return a kind's place: what calls for something comes first."""
    return _RANK[kind]


def _finding(row: Fact, targets: dict[str, Target]) -> Finding | None:
    kind: FindingKind | None
    if row.statistic == "target_status":
        kind = _missed(row)
        target = targets.get(row.category)
        if kind is None or target is None:
            return None
        service, unit, topic = target_subject(target)
        return Finding(service=service, unit=unit, topic=topic, kind=kind, fact_id=row.fact_id)
    if row.state != "measured":
        return None
    if row.statistic in ("strength", "improvement"):
        kind = row.statistic
    else:
        kind = _CLAIMS.get((row.statistic, row.verdict))
    if kind is None:
        return None
    return Finding(service=row.service, unit=row.unit, topic=row.topic, kind=kind, fact_id=row.fact_id)


def _missed(row: Fact) -> FindingKind | None:
    if row.state == "undecided":
        return "target_undecided"
    return "target_unacceptable" if row.state == "measured" and row.verdict == "unacceptable" else None


def target_subject(target: Target) -> tuple[str, str, str]:
    """Return the service, unit ("" for the whole service) and topic that a target is of."""
    return target.service, target.unit or "", target.topic or f"indicator.{target.indicator}"
