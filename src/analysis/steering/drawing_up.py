"""Drawing up a round's ledger: findings, targets and measures on the same subject become lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.errors import SettingsError
from analysis.steering.documents import next_document
from analysis.steering.findings import Finding, findings_of, leading, rank_of, target_subject
from analysis.steering.ledger import (
    AWAITED,
    Evaluation,
    FindingKind,
    Ledger,
    LedgerLine,
    OutcomeCode,
    Paragraph,
    Question,
)
from analysis.steering.measures import Measure, Purpose
from analysis.steering.model import SteeringModel
from analysis.steering.targets import Target

if TYPE_CHECKING:
    from analysis.steering.context import Steering

_QUESTIONS: dict[FindingKind, Question] = {
    "target_unacceptable": "reach",
    "target_undecided": "listen",
    "rise": "keep",
    "unit_above": "keep",
    "above_others": "keep",
    "strength": "keep",
}
_JUDGED: dict[str, OutcomeCode] = {
    "worked": "worked",
    "no_certain_effect": "no_certain_effect",
    "worse": "worse",
}


def draw_up(facts: pd.DataFrame, steering: Steering, previous: Ledger | None) -> Ledger:
    """Draw up the ledger of the report's round.

    A line for every finding that survived the whole report (see `findings_of`) and for every measure of the
    plan that is not done with; findings on a subject that a measure serves stand on the measure's line. A
    measure is done with where an earlier round's ledger told what came of it, or the plan told it in an
    earlier year, and it is finished or stopped. A line of the last round's ledger is carried on until what
    came of its measure is told.

    Args:
        facts: of all services and of the report, `target_status` and `measure_effect` among them.
        steering: the municipality's plan and what belongs to it.
        previous: the last round's ledger, None where there is none.

    Raises:
        SettingsError: measures of the last round, running or finished then, of which nothing is told: neither
            an `outcome` in the plan for this round or later, nor a `measure_effect` fact; or a ledger of
            another municipality, or not of an earlier round.
    """
    plan, year = steering.plan, max(steering.years)
    if previous is not None:
        _check_previous(previous, plan.municipality, year)
    told = {m.id: _evaluation(m, facts, plan.municipality, year) for m in plan.measures}
    services = set(facts["service"])
    _check_told(previous, plan.measures, told, year, services)
    findings = findings_of(facts, plan.targets, municipality=plan.municipality, year=year)
    lines, served = [], set()
    for measure in plan.measures:
        if _done_with(measure, previous, year):
            continue
        on_it = [finding for finding in findings if _serves(measure, finding)]
        served |= set(on_it)
        lines.append(_measure_line(measure, on_it, told[measure.id], plan.targets, steering.model, year))
    subjects: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        if finding not in served:
            subjects.setdefault(finding.subject, []).append(finding)
    lines += [_open_line(found, plan.targets, steering.model, year) for found in subjects.values()]
    since = {line.id: line.since for line in previous.lines} if previous else {}
    lines = [line.model_copy(update={"since": since.get(line.id, line.since)}) for line in lines]
    lines += _carried_on(previous, {line.id for line in lines}, services)
    order = {service: place for place, service in enumerate(dict.fromkeys(facts["service"]))}
    lines.sort(key=lambda line: (order.get(line.service, len(order)), rank_of(line.finding_kind), line.id))
    return Ledger(municipality=plan.municipality, year=year, lines=tuple(lines))


def _serves(measure: Measure, finding: Finding) -> bool:
    # A finding of the whole service is served by a measure in some of its units too.
    same = (measure.service, measure.topic) == (finding.service, finding.topic)
    return same and (not finding.unit or finding.unit in measure.units)


def _evaluation(measure: Measure, facts: pd.DataFrame, municipality: str, year: int) -> Evaluation | None:
    rows = facts[
        facts["statistic"].eq("measure_effect")
        & facts["category"].eq(measure.id)
        & facts["municipality"].eq(municipality)
        & facts["year"].eq(year).fillna(False)
    ]
    said = measure.outcome
    if len(rows):
        row = rows.iloc[0]
        judged = _JUDGED.get(row["verdict"], "cannot_judge") if row["state"] == "measured" else "cannot_judge"
        words = said.text if said is not None and said.year >= year else None
        return Evaluation(year=year, outcome=judged, fact=row["fact_id"], words=words)
    if said is not None and said.year >= year:
        return Evaluation(year=said.year, outcome="reported", words=said.text)
    return None


def _done_with(measure: Measure, previous: Ledger | None, year: int) -> bool:
    if measure.status not in ("finished", "stopped"):
        return False
    line = previous.line_of(measure.id) if previous else None
    if line is not None:
        return line.evaluation is not None
    return measure.outcome is not None and measure.outcome.year < year


def _measure_line(
    measure: Measure,
    findings: Sequence[Finding],
    evaluation: Evaluation | None,
    targets: Iterable[Target],
    model: SteeringModel,
    year: int,
) -> LedgerLine:
    kind = leading([finding.kind for finding in findings])
    # Nobody can have noticed what has not begun.
    begun = measure.status not in ("proposed", "decided")
    paragraph: Paragraph = "proposed" if measure.status == "proposed" else "decided"
    return LedgerLine(
        id=f"measure/{measure.id}",
        since=year,
        service=measure.service,
        units=measure.units,
        topic=measure.topic,
        finding_kind=kind,
        findings=tuple(finding.fact_id for finding in findings),
        question="follow_up"
        if evaluation or (begun and kind == "measure")
        else _QUESTIONS.get(kind, "change"),
        targets=_targets_of(targets, measure.service, measure.units, measure.topic),
        measure=measure.id,
        purpose=measure.purpose,
        paragraph="outcome" if evaluation else paragraph,
        document=next_document(model, measure.purpose),
        evaluation=evaluation,
        status=measure.status,
    )


def _open_line(
    findings: Sequence[Finding], targets: Sequence[Target], model: SteeringModel, year: int
) -> LedgerLine:
    service, unit, topic = subject = findings[0].subject
    kind = leading([finding.kind for finding in findings])
    adopted = tuple(target.id for target in targets if target_subject(target) == subject)
    purpose: Purpose = "own_development" if unit else "steering"
    return LedgerLine(
        id="/".join((service, unit or "-", topic)),
        since=year,
        service=service,
        units=(unit,) if unit else (),
        topic=topic,
        finding_kind=kind,
        findings=tuple(finding.fact_id for finding in findings),
        question=_QUESTIONS.get(kind, "change"),
        targets=adopted,
        purpose=purpose,
        document=next_document(model, purpose),
    )


def _targets_of(
    targets: Iterable[Target], service: str, units: tuple[str, ...], topic: str
) -> tuple[str, ...]:
    """Find the targets on a topic: those of the units, else those of the whole service."""
    every = [target for target in targets if (target.service, target_subject(target)[2]) == (service, topic)]
    own = [target for target in every if target.unit in units]
    return tuple(target.id for target in own or (t for t in every if t.unit is None))


def _carried_on(previous: Ledger | None, drawn: set[str], services: set[str]) -> list[LedgerLine]:
    """Keep the last round's lines that still wait; a proposal that was taken out of the plan is dropped."""
    waiting = [line for line in previous.lines if line.measure and not line.evaluation] if previous else []
    return [
        line
        for line in waiting
        if line.id not in drawn and (line.status != "proposed" or line.service not in services)
    ]


def _check_previous(previous: Ledger, municipality: str, year: int) -> None:
    if previous.municipality != municipality or previous.year >= year:
        raise SettingsError(
            "this is not the last round's ledger",
            where=f"ledger of {previous.municipality}, {previous.year}",
            found=f"{previous.municipality}, {previous.year}",
            expected=f"{municipality}, a year before {year}",
            todo="keep the ledger of each round, and give the next round the last one",
        )


def _check_told(
    previous: Ledger | None,
    measures: Sequence[Measure],
    told: dict[str, Evaluation | None],
    year: int,
    services: set[str],
) -> None:
    known = {measure.id: measure for measure in measures}
    # Of a service that this report does not have, neither facts nor plan can tell anything: its lines wait.
    waiting = [
        line.measure
        for line in (previous.lines if previous else ())
        if line.measure and line.status in AWAITED and not line.evaluation and line.service in services
    ]
    silent = [id for id in waiting if not told.get(id)]
    if not silent:
        return
    reasons = [f"{id}: {_why_silent(known.get(id), year)}" for id in silent]
    raise SettingsError(
        "the last round's measures need a line on their outcome",
        where=f"steering file of {previous.municipality}: measures",
        found="; ".join(reasons),
        expected=f"for each, an outcome with the year {year} or later and a text, or answers to judge it by",
        todo="put the measure back where it was taken out, and write what came of it under outcome",
    )


def _why_silent(measure: Measure | None, year: int) -> str:
    if measure is None:
        return "it stood in the last ledger, and is not in the steering file"
    if measure.status == "proposed":
        return "no outcome, and its status went back to proposed"
    if measure.start >= year:
        return f"no outcome, and its start is now {measure.start}, not before this round"
    return "no outcome, and no measure_effect among the facts"
