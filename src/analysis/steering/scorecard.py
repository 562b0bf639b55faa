"""The scorecard's facts: each target's results, its change, and how probable each of its ranges is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import NormalDist
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.table import Fact, tabulate
from analysis.stats.targets import UNDECIDED, band_probabilities
from analysis.steering.achieved import (
    Sources,
    comparable_from,
    read_sources,
    rescaled,
    results,
    written_decimals,
)
from analysis.steering.targets import BANDS, Target
from analysis.survey.codebook import Questionnaire

if TYPE_CHECKING:
    from analysis.steering.context import Steering

#: From this probability on a range is the verdict.
CERTAINTY = 0.8
_MOVED = ("value", "se", "low", "high", "level", "n", "p", "p_adjusted", "verdict", "state", "method", "note")


def target_facts(
    facts: pd.DataFrame,
    steering: Steering,
    *,
    municipality: str,
    questionnaires: Mapping[str, Questionnaire] = MappingProxyType({}),
    thresholds: Disclosure = Disclosure(),
) -> pd.DataFrame:
    """Hold the services' results, and figures from elsewhere, against the adopted targets.

    For every target: `target_result` in each of the last three rounds, `target_change` since the last
    measurement, `target_status`, and for survey results `band_probability` of each range. Nothing is said
    to be uncertain that is no sample: a figure from elsewhere lies in the range that it lies in.

    Args:
        facts: the joined facts of the municipality's services, after disclosure control; with the claims
            that were adjusted over the whole report (`report_change`) where there are any.
        steering: its plan, rounds, units and figures from elsewhere.
        municipality: its code.
        questionnaires: by service; they say from when a wording can be compared.
        thresholds: a verdict needs as many answers as a distribution.
    """
    sources = read_sources(facts, steering, questionnaires, municipality)
    known = set(facts.loc[facts["municipality"].eq(municipality), "service"])
    return tabulate(
        fact
        for target in steering.plan.targets
        for fact in _target(target, sources, target.service in known, thresholds.distribution)
    )


def _target(target: Target, sources: Sources, surveyed: bool, minimum: int) -> Iterator[Fact]:
    place = {
        "municipality": sources.municipality,
        # A service that is not surveyed has no chapter and no name: its targets are the municipality's.
        "service": target.service if surveyed else "",
        "unit": target.unit or "",
        "topic": target.topic if target.indicator is None else f"indicator.{target.indicator}",
        "category": target.id,
    }
    achieved = results(target, sources, place)
    if sources.steering.plan.tells_of_few(target.service, target.indicator, minimum):
        achieved = [f.missing("suppressed") if f.state == "measured" else f for f in achieved]
    yield from achieved
    yield _change(target, sources, achieved)
    status = replace(achieved[-1], statistic="target_status", se=None, low=None, high=None, level=None)
    if target.indicator is not None:
        yield status if status.state != "measured" else replace(status, verdict=target.band(status.value))
        return
    yield from _judged(target, sources, achieved[-1], status, minimum)


def _judged(target: Target, sources: Sources, last: Fact, status: Fact, minimum: int) -> Iterator[Fact]:
    """Give the probability of each range, and the one that is certain enough as the verdict.

    On fewer answers than `minimum` neither: a probability is a verdict too, only a softer one.
    """
    blank = replace(status, statistic="band_probability", scale="share", value=None)
    blanks = [replace(blank, category=f"{target.id}.{band}") for band in BANDS]
    if status.state != "measured":
        yield from (*blanks, status)
        return
    centre, spread, method = _true_mean(target, sources, last)
    why = "few" if last.n is not None and last.n < minimum else "" if spread else "no_spread"
    if why:
        yield from (blank.missing("undecided", why) for blank in blanks)
        yield replace(status, state="undecided", note=why)
        return
    found = band_probabilities(centre, spread, *target.cuts, certainty=CERTAINTY)
    for band, blank in zip(BANDS, blanks, strict=True):
        yield replace(blank, value=getattr(found, band), method=method)
    if found.verdict == UNDECIDED:
        yield replace(status, state="undecided", note="between", method=method)
    else:
        yield replace(status, verdict=found.verdict, method=method)


def _true_mean(target: Target, sources: Sources, last: Fact) -> tuple[float, float, str]:
    """Return centre, spread and method of what is known of the true mean, on the target's scale.

    A unit's is the mixed model's shrunken mean where there is one. A share's are those of Wilson's interval,
    whose width is never nil, not even where all agree.
    """
    if target.unit is not None:
        shrunken = sources.find(target, "shrunken_mean", int(last.year or 0))
        told = rescaled(shrunken, target.scale) if shrunken is not None and shrunken.se else None
        if told is not None and told.value is not None and told.se:
            return told.value, told.se, "shrunken_band"
    if last.scale == "percent" and last.low is not None and last.high is not None:
        z = NormalDist().inv_cdf((1 + (last.level or 0.95)) / 2)
        return (last.low + last.high) / 2, (last.high - last.low) / (2 * z), "wilson_band"
    return float(last.value or 0.0), last.se or 0.0, "normal_band"


def _change(target: Target, sources: Sources, achieved: Sequence[Fact]) -> Fact:
    """Give the change since the last measurement, as tested in the service's chapter and over the report.

    What was not tested there (questions and units' dimensions, shares) is the plain difference, without a
    verdict: one test for each target would be one more for each, not taken into account anywhere.
    """
    last, earlier = achieved[-1], list(achieved[:-1])
    before = next((fact for fact in reversed(earlier) if fact.state == "measured"), None)
    blank = Fact(**{**_identity(last), "statistic": "target_change", "against": "year"}, scale=target.scale)
    if last.state != "measured":
        return blank.missing(last.state, last.note)
    tested = _tested(target, sources)
    if tested is not None and last.method != "supplied":
        since = tested.against.removeprefix("year.")
        held = {fact.year: fact for fact in earlier}.get(int(since) if since.isdigit() else None)
        # The round before was measured by another template: that is what is to be said.
        if held is None or held.state != "not_measured_common_template":
            return replace(blank, against=tested.against, **{name: getattr(tested, name) for name in _MOVED})
    if before is None:
        why = next((f for f in reversed(earlier) if f.state != "not_measured"), None)
        state, note = ("not_comparable", "one_round") if why is None else (why.state, why.note)
        return blank.missing(state, note)
    blank = replace(blank, against=f"year.{before.year}")
    difference = float(last.value or 0.0) - float(before.value or 0.0)
    if last.method == "supplied":
        decimals = written_decimals([float(last.value or 0.0), float(before.value or 0.0)])
        return replace(blank, value=round(difference, decimals), method="supplied")
    blank = replace(blank, value=difference, method="difference", state="undecided", note="not_tested")
    if last.se is None or before.se is None or last.level is None:
        return blank
    se = math.hypot(last.se, before.se)
    half = se * NormalDist().inv_cdf((1 + last.level) / 2)
    sizes = [fact.n for fact in (last, before) if fact.n is not None]
    ends = {"low": difference - half, "high": difference + half, "level": last.level}
    return replace(blank, se=se, **ends, n=min(sizes, default=None))


def _tested(target: Target, sources: Sources) -> Fact | None:
    """Return the change fact on the target's scale, None where no such change is tested."""
    if target.indicator is not None or target.scale == "percent":
        return None
    year = sources.steering.years[-1]
    names = ("report_change", "change")
    found = next((f for name in names if (f := sources.find(target, name, year)) is not None), None)
    if found is None:
        return None
    since = found.against.removeprefix("year.")
    first, why = comparable_from(target, sources)
    if since.isdigit() and int(since) < first:
        found = found.missing("not_comparable", why)
    return rescaled(found, target.scale)


def _identity(fact: Fact) -> dict[str, Any]:
    names = ("municipality", "service", "unit", "year", "topic", "category")
    return {name: getattr(fact, name) for name in names}
