"""What is certain in a topic's favour and what against it, over everything that a report holds on it.

One rule for the whole report: a topic with anything certain against it is no strength and is not said to be
preserved, and one with anything certain in its favour is no point to improve, unless the same sentence says
so. Without it one page may praise what another one reports as below the nation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

import pandas as pd

from analysis.facts.lookup import index_of
from analysis.facts.table import Fact

Subject = tuple[str, str]

#: What speaks in a topic's favour, or against it, by statistic and verdict, in the order it is told.
_FOR = {
    ("change", "higher"): "rise",
    ("national_difference", "higher"): "above",
    ("peer_difference", "higher"): "above_peers",
    ("target_status", "desired"): "desired",
}
_AGAINST = {
    ("change", "lower"): "fall",
    ("national_difference", "lower"): "below",
    ("peer_difference", "lower"): "below_peers",
    ("target_status", "unacceptable"): "unacceptable",
}
#: The corners of the priority map that advise one thing or the other.
_ADVICE = {"preserve": "preserve", "prioritise": "prioritise"}
_CLAIMED = dict.fromkeys(statistic for statistic, _ in (*_FOR, *_AGAINST))
#: All statistics that sides are gathered from; the latest round is that of the means.
SIDED = ("mean", "priority", *_CLAIMED, *(f"report_{statistic}" for statistic in _CLAIMED))


@dataclass(frozen=True)
class Sides:
    """What speaks for and against topics, by service and topic; a topic of which nothing does is not there.

    The reasons: `rise`, `above` (the municipalities' mean), `above_peers`, `desired` (its target), and last
    `preserve` (its corner of the priority map, where nothing certain says otherwise); against it `fall`,
    `below`, `below_peers`, `unacceptable` and `prioritise`.
    """

    favour: Mapping[Subject, tuple[str, ...]]
    against: Mapping[Subject, tuple[str, ...]]

    def of(self, service: str, topic: str, *, favour: bool) -> tuple[str, ...]:
        """Return the reasons on one side, none where nothing speaks so."""
        return (self.favour if favour else self.against).get((service, topic), ())


def certain_sides(facts: pd.DataFrame) -> Sides:
    """Gather what is certain for and against each topic of whole services, in the latest round.

    `facts` are the services' own, those of the report (`report_change`, ...) and of targets where there are
    any: what is certain within the service, or over the report, counts as certain.
    """
    return sides_of(index_of(facts).find({"statistic": SIDED, "unit": "", "state": "measured"}))


def sides_of(facts: Iterable[Fact]) -> Sides:
    """Gather the same from facts that are looked up already, of the statistics `SIDED` all that there are."""
    mine = [f for f in facts if f.municipality and not f.unit and f.state == "measured"]
    # Supplied figures may be of a later year than the round.
    year = max((f.year for f in mine if f.statistic == "mean" and f.year is not None), default=None)
    found: dict[str, dict[Subject, set[str]]] = {"favour": {}, "against": {}}
    advice: dict[Subject, str] = {}
    for fact in mine:
        if year is None or fact.year != year:
            continue
        subject, claim = (fact.service, fact.topic), (fact.statistic.removeprefix("report_"), fact.verdict)
        for side, reasons in (("favour", _FOR), ("against", _AGAINST)):
            if reason := reasons.get(claim):
                found[side].setdefault(subject, set()).add(reason)
        if fact.statistic == "priority" and fact.verdict in _ADVICE:
            advice[subject] = fact.verdict
    for subject, verdict in advice.items():
        side, other = ("favour", "against") if verdict == "preserve" else ("against", "favour")
        # Advice that something certain speaks against is not given, and so stands against nothing.
        if subject not in found[other]:
            found[side].setdefault(subject, set()).add(verdict)
    order = list(chain(_FOR.values(), _AGAINST.values(), _ADVICE))
    return Sides(
        *(
            {subject: tuple(sorted(said, key=order.index)) for subject, said in found[side].items()}
            for side in ("favour", "against")
        )
    )
