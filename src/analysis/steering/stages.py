"""What a municipality's results put at each stage of its steering model: counts, and the facts counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from analysis.core.settings import Words
from analysis.steering.context import Steering
from analysis.steering.measures import Measure
from analysis.steering.model import Need, Stage, SteeringModel
from analysis.steering.targets import Adopted

#: Verdicts of claims that are certain, by the direction of what users say.
POSITIVE, NEGATIVE = ("higher", "above"), ("lower", "below")
#: Claims over the whole report, and what they compare with.
_CLAIMS = {
    "report_change": "over_time",
    "report_unit_difference": "between_units",
    "report_national_difference": "with_others",
}
_MISSING = ("not_measured", "not_measured_common_template")
_ENDED = ("finished", "stopped")


@dataclass(frozen=True)
class Count:
    """How many of a kind there are, and which: facts by id, entries of the plan by theirs.

    `name` is the document's, of the kind "document" alone.
    """

    kind: str
    n: int
    fact_ids: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    name: Words | None = None


@dataclass(frozen=True)
class StageContent:
    """A stage, and for each of its needs what there is; a need of which there is nothing has no counts."""

    stage: Stage
    found: dict[Need, tuple[Count, ...]]


def stage_contents(model: SteeringModel, facts: pd.DataFrame, steering: Steering) -> list[StageContent]:
    """Count what the results and the plan put at each stage, in the model's order.

    `facts` are the municipality's, joined; where those of targets or measures are not there, the plan's
    entries alone are counted. Suppressed results are counted as such: that they are hidden is no secret.
    """
    mine = facts[
        facts["municipality"].ne("").to_numpy(dtype=bool)
        & facts["year"].eq(steering.year).fillna(False).to_numpy(dtype=bool)
    ]
    return [
        StageContent(stage, {need: tuple(_FOUND[need](mine, steering)) for need in stage.needs})
        for stage in model.stages
    ]


def _levels(facts: pd.DataFrame, steering: Steering) -> Iterator[Count]:
    means = facts[_are(facts, statistic="mean", topic="overall", state="measured")]
    whole, parts = means[means["unit"].eq("")], means[means["unit"].ne("")]
    yield from _some("services", whole)
    yield from _some("units", parts)
    # Those whose result is hidden, and where nobody answered, are units of the municipality's all the same.
    counted = facts[_are(facts, statistic="respondents") & facts["unit"].ne("")]
    yield from _some("units_asked", counted[counted["state"].ne("not_measured")])
    answers = facts[_are(facts, statistic="respondents", service="", unit="", state="measured")]
    for fact in answers.itertuples():
        yield Count("answers", int(fact.value), (str(fact.fact_id),))


def _comparisons(facts: pd.DataFrame, steering: Steering) -> Iterator[Count]:
    for statistic, kind in _CLAIMS.items():
        yield from _some(kind, facts[_are(facts, statistic=statistic)])


def _findings(facts: pd.DataFrame, steering: Steering) -> Iterator[Count]:
    claims = facts[facts["statistic"].isin(_CLAIMS)]
    for kind, verdicts in (("positive", POSITIVE), ("negative", NEGATIVE)):
        yield from _some(kind, claims[claims["verdict"].isin(verdicts)])
    yield from _some("strengths", facts[_are(facts, statistic="strength")])
    yield from _some("improvements", facts[_are(facts, statistic="improvement")])


def _targets(facts: pd.DataFrame, steering: Steering) -> Iterator[Count]:
    ids = [target.id for target in steering.plan.targets]
    status = facts[_are(facts, statistic="target_status") & facts["category"].isin(ids)]
    if len(status) == 0:
        if ids:
            yield Count("adopted", len(ids), ids=tuple(ids))
        return
    # A fact may carry its band as verdict and be undecided all the same: its state goes first.
    there = status["state"].eq("measured")
    for band in ("desired", "acceptable", "unacceptable"):
        yield from _some(band, status[there & status["verdict"].eq(band)])
    yield from _some("undecided", status[status["state"].eq("undecided")])
    yield from _some("not_comparable", status[status["state"].eq("not_comparable")])
    yield from _some("not_measured", status[status["state"].isin(_MISSING)])
    yield from _some("suppressed", status[status["state"].eq("suppressed")])


def _measures(facts: pd.DataFrame, steering: Steering) -> Iterator[Count]:
    for kind, statuses in (
        ("running", ("running",)),
        ("decided", ("decided",)),
        ("proposed", ("proposed",)),
        ("ended", _ENDED),
    ):
        ids = tuple(measure.id for measure in steering.plan.measures if measure.status in statuses)
        if ids:
            yield Count(kind, len(ids), ids=ids)


def _evaluations(facts: pd.DataFrame, steering: Steering) -> Iterator[Count]:
    ids = [measure.id for measure in steering.plan.measures]
    effects = facts[_are(facts, statistic="measure_effect") & facts["category"].isin(ids)]
    there = effects["state"].eq("measured")
    for verdict in ("worked", "no_certain_effect", "worse"):
        yield from _some(verdict, effects[there & effects["verdict"].eq(verdict)])
    yield from _some("cannot_judge", effects[~there])
    told = tuple(measure.id for measure in steering.plan.measures if measure.outcome)
    if told:
        yield Count("reported", len(told), ids=told)


def _documents(facts: pd.DataFrame, steering: Steering) -> Iterator[Count]:
    """Give the documents that targets and measures were adopted in, the one with most of them first."""
    held: dict[str, tuple[Adopted, list[str]]] = {}
    for target in steering.plan.targets:
        held.setdefault(_key(target.adopted), (target.adopted, []))[1].append(target.id)
    for measure in _decided(steering.plan.measures):
        if measure.decided_in:
            held.setdefault(_key(measure.decided_in), (measure.decided_in, []))[1].append(measure.id)
    for adopted, ids in sorted(held.values(), key=lambda pair: (-len(pair[1]), -pair[0].year)):
        yield Count("document", len(ids), ids=tuple(ids), name=adopted.document)


def _decided(measures: Iterable[Measure]) -> Iterator[Measure]:
    return (measure for measure in measures if measure.status not in _ENDED)


def _key(adopted: Adopted) -> str:
    words = adopted.document
    return words if isinstance(words, str) else "|".join(f"{code}:{words[code]}" for code in sorted(words))


def _are(facts: pd.DataFrame, **where: str) -> pd.Series:
    fits = pd.Series(True, index=facts.index)
    for column, wanted in where.items():
        fits &= facts[column].eq(wanted)
    return fits


def _some(kind: str, rows: pd.DataFrame) -> Iterator[Count]:
    if len(rows):
        yield Count(kind, len(rows), tuple(map(str, rows["fact_id"])))


_FOUND: dict[Need, Callable[[pd.DataFrame, Steering], Iterator[Count]]] = {
    "levels": _levels,
    "comparisons": _comparisons,
    "findings": _findings,
    "targets": _targets,
    "measures": _measures,
    "evaluations": _evaluations,
    "documents": _documents,
}
