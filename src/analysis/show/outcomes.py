"""What became of earlier measures: what the survey shows of each, and what the service reports."""

from __future__ import annotations

import pandas as pd

from analysis.facts.table import Fact
from analysis.show.blocks import Block, Canvas
from analysis.show.measure_words import judge_measure, say_grounds, say_judgement, say_since
from analysis.show.select import one, own, select
from analysis.show.text import write_list, write_paragraph
from analysis.steering.context import Steering
from analysis.steering.ledger import Ledger
from analysis.steering.measures import Measure


def write_outcomes(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """Say of every earlier measure what the survey shows of it and what the service reports."""
    say = canvas.language
    told = list_outcomes(canvas, facts, steering)
    if told is None:
        said = say.text("No measure from earlier rounds is old enough to be reported back on.")
        return write_paragraph(canvas, said)
    return told


def list_outcomes(
    canvas: Canvas,
    facts: pd.DataFrame,
    steering: Steering,
    *,
    ledger: Ledger | None = None,
    service: str = "",
    unit: str = "",
) -> Block | None:
    """List the outcomes of earlier measures; None where there is none.

    Args:
        facts: with the `measure_effect` facts of the municipality's run.
        ledger: leave out measures with a line here, which tells their outcome itself: those that are left
            are done with.
        service: keep the measures of this service.
        unit: keep those of this unit and of the whole service.
    """
    say = canvas.language
    effects = select(own(facts), statistic="measure_effect", year=steering.year)
    leads, texts = [], []
    for measure in steering.plan.measures:
        effect = one(effects, category=measure.id)
        if measure.start > steering.year or (effect is None and measure.outcome is None):
            continue
        if (ledger is not None and ledger.line_of(measure.id)) or not _concerns(measure, service, unit):
            continue
        place = steering.service_name(canvas.labels, measure.service)
        lead = f"{place}: {say.pick(measure.title)}"
        verdict = judge_measure(say, effect).text if effect is not None else ""
        leads.append(f"{lead} ({verdict})" if verdict else lead)
        texts.append(" ".join(_outcome(canvas, facts, measure, effect)))
    return write_list(canvas, texts, leads=leads) if leads else None


def _concerns(measure: Measure, service: str, unit: str) -> bool:
    in_unit = not unit or not measure.units or unit in measure.units
    return in_unit and service in ("", measure.service)


def _outcome(canvas: Canvas, facts: pd.DataFrame, measure: Measure, effect: Fact | None) -> list[str]:
    say = canvas.language
    said = [say_since(say, measure.status, measure.start)]
    if effect is not None:
        said += [say_judgement(canvas, effect), *say_grounds(canvas, facts, effect)]
    if measure.outcome is not None:
        told = say.pick(measure.outcome.text)
        said.append(say.text("The service reports ({year}): {text}", year=measure.outcome.year, text=told))
    return said
