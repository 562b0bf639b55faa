"""Whether a steering file fits what was asked, the units there are, the indicators and the round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.core.errors import nearest
from analysis.steering.faults import Fault, raise_faults
from analysis.steering.measures import Measure
from analysis.steering.notes import Note
from analysis.steering.plan import SteeringPlan
from analysis.steering.successors import Followed, successors
from analysis.steering.targets import BANDS, Target
from analysis.survey.codebook import Questionnaire

#: Scales of a survey's result beside the questionnaire's own.
INDEX, PERCENT = "0-100", "percent"
#: How the indicators table writes units of measure that targets call by a word.
_SCALES = {"%": PERCENT, "": "number"}
#: Of a scale with fewer answers the two best are not counted together.
_ANSWERS_FOR_PERCENT = 5
#: A measure with one of these has begun.
_BEGUN = ("running", "finished", "stopped")


@dataclass(frozen=True)
class CheckedPlan:
    """A plan that fits the data, and what was for a closed unit and is now for its successor."""

    plan: SteeringPlan
    followed: tuple[Followed, ...] = ()


@dataclass(frozen=True)
class Known:
    """What a plan is held against.

    `questionnaires` are those of all services in the data, `units` the municipality's (unit, service,
    valid_to, successor), `indicators` the figures of all municipalities, `year` the round.
    """

    questionnaires: Mapping[str, Questionnaire]
    units: pd.DataFrame
    indicators: pd.DataFrame
    year: int


def check_plan(plan: SteeringPlan, known: Known, *, where: str) -> CheckedPlan:
    """Return the plan with successors in the place of closed units.

    `where` is the file's path. Raises SettingsError naming every key that does not fit: a service, topic,
    unit or indicator that the data do not have, a scale that is not the one results come in, a closed unit
    that has no successor, and what was adopted or has begun after the round.
    """
    faults = [fault for i, t in enumerate(plan.targets) for fault in _target(t, f"targets[{i}]", known)]
    faults += [fault for i, m in enumerate(plan.measures) for fault in _measure(m, f"measures[{i}]", known)]
    for name in ("focus_areas", "notes", "staff"):
        for i, entry in enumerate(getattr(plan, name)):
            faults += _service(entry.service, f"{name}[{i}].service", known, surveyed=False)
    faults += [fault for i, note in enumerate(plan.notes) for fault in _note(note, f"notes[{i}]", known)]
    raise_faults(faults, where=where)
    followed: list[Followed] = []
    targets = tuple(_follow_target(target, known, followed) for target in plan.targets)
    measures = tuple(_follow_measure(measure, known, followed) for measure in plan.measures)
    return CheckedPlan(plan.model_copy(update={"targets": targets, "measures": measures}), tuple(followed))


def _target(target: Target, key: str, known: Known) -> Iterator[Fault]:
    yield from _not_later("was adopted", target.adopted.year, f"{key}.adopted.year", known)
    lost = list(_service(target.service, f"{key}.service", known, surveyed=target.topic is not None))
    yield from lost
    if lost:
        return
    if target.topic is None:
        yield from _indicator(target, key, known)
        return
    asked = known.questionnaires[target.service]
    yield from _topic(target.topic, f"{key}.topic", asked)
    yield from _scale(target, key, asked)
    if target.unit is None:
        return
    yield from _unit(target.unit, target.service, f"{key}.unit", known)
    if str(target.topic).startswith("item."):
        yield Fault(
            "results of single questions are not given for units",
            f"{key}.topic",
            repr(target.topic),
            "overall or dimension.<id>",
        )


def _measure(measure: Measure, key: str, known: Known) -> Iterator[Fault]:
    if measure.decided_in:
        yield from _not_later("was decided", measure.decided_in.year, f"{key}.decided_in.year", known)
    if measure.status in _BEGUN:
        yield from _not_later(f"is {measure.status}", measure.start, f"{key}.start", known)
    if measure.outcome:
        yield from _not_later("has an outcome", measure.outcome.year, f"{key}.outcome.year", known)
    lost = list(_service(measure.service, f"{key}.service", known, surveyed=measure.indicator is None))
    yield from lost
    if lost:
        return
    if measure.indicator is not None:
        yield from _figures(measure.topic, measure.service, f"{key}.topic", known, "")
        return
    yield from _topic(measure.topic, f"{key}.topic", known.questionnaires[measure.service])
    for i, unit in enumerate(measure.units):
        # What has been reported back is history: its unit need not be there any more.
        yield from _unit(unit, measure.service, f"{key}.units[{i}]", known, gone=measure.outcome is not None)


def _note(note: Note, key: str, known: Known) -> Iterator[Fault]:
    for i, point in enumerate(note.points):
        if point.topic is not None and note.service in known.questionnaires:
            yield from _topic(point.topic, f"{key}.points[{i}].topic", known.questionnaires[note.service])


def _service(service: str, key: str, known: Known, *, surveyed: bool) -> Iterator[Fault]:
    """Name a service that the data do not have; without `surveyed` figures of it are enough."""
    services = sorted(known.questionnaires)
    if not surveyed:
        services = sorted({*services, *map(str, known.indicators["topic"])})
    if service not in services:
        yield Fault(
            "no such service in the data", key, repr(service), _some(services), nearest(service, services)
        )


def _topic(topic: str, key: str, asked: Questionnaire) -> Iterator[Fault]:
    topics = ["overall", *(f"dimension.{d.id}" for d in asked.dimensions)]
    topics += [f"item.{item}" for item in asked.item_ids]
    if topic not in topics:
        expected = f"a topic of the questionnaire on {asked.service}: {_some(topics)}"
        yield Fault("nobody measures the topic", key, repr(topic), expected, nearest(topic, topics))


def _scale(target: Target, key: str, asked: Questionnaire) -> Iterator[Fault]:
    low, high = asked.scale
    own = f"{low}-{high}"
    if target.scale not in (own, INDEX, PERCENT):
        yield Fault(
            "the scale is not the one that is measured on",
            f"{key}.scale",
            f"{target.scale}, adopted {target.adopted.year}",
            f"{own}, the scale of the questionnaire on {asked.service}, or {INDEX} (index) or {PERCENT}",
            f"have the target adopted anew on the scale that is used now, or as an index ({INDEX})",
        )
        return
    if target.scale == PERCENT:
        overall = f"item.{asked.overall}" if asked.overall else "item.<id>"
        if not str(target.topic).startswith("item."):
            yield Fault(
                "per cent of the answers to more than one question",
                f"{key}.topic",
                repr(target.topic),
                f"the topic of one question, such as {overall}",
                f"name a question, or use {own} or {INDEX}",
            )
        elif high - low + 1 < _ANSWERS_FOR_PERCENT:
            yield Fault(
                "no per cent is computed on so short a scale",
                f"{key}.scale",
                f"{PERCENT}, of a questionnaire with the scale {own}",
                f"{own} or {INDEX}",
            )
    start, end = (low, high) if target.scale == own else (0, 100)
    for band in BANDS:
        least, most = target.ends(band)
        if least < start or most > end:
            written = f"[{getattr(target, band)[0]}, {getattr(target, band)[1]}]"
            yield Fault(
                "a range outside the scale", f"{key}.{band}", written, f"numbers from {start} to {end}"
            )


def _indicator(target: Target, key: str, known: Known) -> Iterator[Fault]:
    if not (target.measured and target.common_template):
        return
    later = ", or say measured: false until there are some"
    lost = list(_figures(str(target.indicator), target.service, f"{key}.indicator", known, later))
    yield from lost
    if lost:
        return
    figures = known.indicators[known.indicators["topic"].eq(target.service).to_numpy(dtype=bool)]
    units = figures.loc[(figures["indicator"] == target.indicator).to_numpy(dtype=bool), "unit"]
    scales = sorted({_SCALES.get(unit, unit) for unit in units.fillna("").map(str)})
    if target.scale not in scales:
        yield Fault(
            "the scale is not the unit of measure that the figures have",
            f"{key}.scale",
            f"{target.scale}, adopted {target.adopted.year}",
            f"{' or '.join(scales)}, as the table of indicators has it",
            "have the target adopted anew in that unit of measure",
        )


def _figures(written: str, service: str, key: str, known: Known, otherwise: str) -> Iterator[Fault]:
    """Name an indicator that nobody has figures of; `otherwise` is what to do but to import some."""
    table = known.indicators
    names = sorted(set(map(str, table.loc[(table["topic"] == service).to_numpy(dtype=bool), "indicator"])))
    name = written.removeprefix("indicator.")
    if name not in names:
        expected = f"an indicator of {service}: {_some(names)}"
        todo = nearest(name, names) or f"import its figures{otherwise}"
        yield Fault("nobody measures the indicator", key, repr(written), expected, todo)


def _unit(unit: str, service: str, key: str, known: Known, *, gone: bool = False) -> Iterator[Fault]:
    there = successors(known.units, service=service, year=known.year)
    if unit not in there.known:
        expected = f"a unit of {service}: {_some(there.known)}"
        yield Fault("no such unit in the data", key, repr(unit), expected, nearest(unit, there.known))
    elif there.of(unit) is None and not gone:
        yield Fault(
            "the unit has closed, and no unit took over",
            key,
            repr(unit),
            f"a unit that is open in {known.year}, or one with a successor",
            "take the entry out, or give the unit's successor in the register of units",
        )


def _not_later(what: str, year: int, key: str, known: Known) -> Iterator[Fault]:
    if year > known.year:
        yield Fault(f"it {what} after the round", key, str(year), f"{known.year} or earlier")


def _follow_target(target: Target, known: Known, followed: list[Followed]) -> Target:
    if target.unit is None:
        return target
    now = successors(known.units, service=target.service, year=known.year).of(target.unit)
    if now is None or now == target.unit:
        return target
    followed.append(Followed("target", target.id, target.unit, now))
    return target.model_copy(update={"unit": now})


def _follow_measure(measure: Measure, known: Known, followed: list[Followed]) -> Measure:
    after = successors(known.units, service=measure.service, year=known.year)
    units = []
    for unit in measure.units:
        now = after.of(unit) or unit
        if now != unit:
            followed.append(Followed("measure", measure.id, unit, now))
        units.append(now)
    # Two units that were merged are one unit now.
    return measure.model_copy(update={"units": tuple(dict.fromkeys(units))})


def _some(words: list[str] | tuple[str, ...]) -> str:
    return ", ".join(words[:12]) + (" …" if len(words) > 12 else "") if words else "none is known"
