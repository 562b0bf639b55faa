"""From what was planted to what is true: units' ids, effects on the scale, and whether they can be found."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.demo import scripts as s
from analysis.demo.model import Model
from analysis.demo.scripts import Script
from analysis.demo.truth import Planting

#: Standard errors that a difference must have to be found in four of five surveys at 5 %: 1.960 + 0.842.
_POWER = 2.80
#: Standard deviation of a respondent's score, near enough for a judgement of what can be found.
_SCORE_SD = 0.95
#: Measures without effect went to this many units, chosen since they had been low.
_CHOSEN_LOW = 4


def resolve_plantings(
    model: Model, scripts: list[Script], means: pd.DataFrame, rounds: dict[int, pd.DataFrame]
) -> list[Planting]:
    """Return the truths planted in one service; `rounds` are the answers drawn, by year."""
    found = [_resolved(model, script, means, rounds) for script in scripts]
    codes = model.register.units.groupby("place")["municipality"].first()
    years = model.years
    found += [
        Planting("no_change", codes[place], model.profile.service, year=year, before=before, true_change=0.0)
        for place in s.STILL_PLACES
        if place in codes.index
        for before, year in pairwise(years)
    ]
    found += [
        Planting(
            "wording_break", "", model.profile.service, topics=(item.dimension or item.id, item.id), year=year
        )
        for item in model.questionnaire.items
        if (year := item.comparable_from)
    ]
    return found


def _resolved(model: Model, script: Script, means: pd.DataFrame, rounds: dict[int, pd.DataFrame]) -> Planting:
    code = model.register.units.loc[model.register.units["place"] == script.place, "municipality"].iloc[0]
    here = means[means["municipality"] == code]
    topics = script.topics or model.dimensions
    units = tuple(model.register.units.loc[model.register.chosen(script), "unit"]) if script.units else ()
    is_measure = script.kind.startswith("measure")
    if script.kind == "measure_without_effect":
        units = _lowest_units(model, code, topics, rounds[model.years[-2]])
    year, before = model.years[-1], None
    if script.since and script.kind.startswith(("measure", "change")):
        year = min(y for y in model.years if y >= script.since)
        before = max(y for y in model.years if y < script.since)
    change, detectable = _effect(here, units, topics, year, before)
    shown = is_measure or script.effect != 0
    if script.kind in ("new_unit", "merged_unit"):
        year = script.since or s.MERGED_FROM
    return Planting(
        kind=script.kind,
        municipality=code,
        service=model.profile.service,
        units=units,
        topics=script.topics,
        year=year,
        before=before,
        start=s.MEASURE_START if is_measure else None,
        effect=script.effect,
        true_change=change if shown else None,
        detectable=detectable if shown else None,
        answers=script.answers,
    )


def _lowest_units(model: Model, code: str, topics: tuple[str, ...], answers: pd.DataFrame) -> tuple[str, ...]:
    """Return the units with the lowest observed means: chosen for that, they rise without any measure."""
    items = [i.id for i in model.questionnaire.items if i.dimension in topics and not i.reversed]
    rows = answers[answers["municipality"] == code]
    observed = rows.groupby("unit")[items].mean().mean(axis=1)
    return tuple(sorted(observed.nsmallest(_CHOSEN_LOW).index))


def _effect(
    here: pd.DataFrame, units: tuple[str, ...], topics: tuple[str, ...], year: int, before: int | None
) -> tuple[float, bool]:
    """Return the true effect on the scale, and whether this survey's size is enough to find it.

    Units against the municipality's other units, a municipality's round against the one before; with both,
    the difference of the differences.
    """
    here = here[here["topic"].isin(topics)]
    years = [year] if before is None else [year, before]
    groups = [units, tuple(u for u in here["unit"].unique() if u and u not in units)] if units else [("",)]
    effect, variance = 0.0, 0.0
    for y, sign in zip(years, (1, -1), strict=False):
        for group, side in zip(groups, (1, -1), strict=False):
            cell = here[here["unit"].isin(group) & (here["year"] == y)]
            # Every unit counts alike, as in a comparison of units.
            effect += sign * side * cell["mean"].mean()
            answers = cell.groupby("unit")["answers"].first()
            variance += _SCORE_SD**2 / max(float(answers.sum()), 1.0)
    effect = round(float(effect), 6) + 0.0
    return effect, bool(np.isfinite(effect) and abs(effect) >= _POWER * math.sqrt(variance))
