"""Facts on the expected range: what an ordinary unit or municipality of this size may come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.facts.families import MINIMUM_FOR_VERDICT
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact
from analysis.stats.expected_range import standing
from analysis.stats.funnel import LIMITS
from analysis.stats.multiple import adjust_p


def expected_ranges(survey: ServiceSurvey, scores: Iterable[Fact], national: pd.DataFrame) -> list[Fact]:
    """Give every unit's expected range, and the municipality's among municipalities, on every topic.

    `scores` holds the means as `analysis.facts.levels` gives them, `national` the reference stage's facts,
    of which θ and τ are taken as they are: this run's own units would be too few to say what is ordinary.
    The verdict is Holm's over the municipality's units for each topic, and over the topics for the
    municipality itself: of many ordinary units some lie outside their own 95 % band.
    """
    topics = set(survey.topics)
    last = [f for f in scores if f.statistic == "mean" and f.year == survey.year and f.topic in topics]
    limits = national[national["statistic"].isin(("theta", "tau")) & national["municipality"].eq("")]
    known = {(row.statistic, row.category, row.topic): row for row in limits.itertuples()}
    families: dict[tuple[str, str], list[Fact]] = {}
    for mean in last:
        kind = "unit" if mean.unit else "municipality"
        theta, tau = (known.get((name, kind, mean.topic)) for name in ("theta", "tau"))
        fact = _band(survey, mean, theta, tau)
        families.setdefault((kind, mean.topic if mean.unit else ""), []).append(fact)
    return [fact for facts in families.values() for fact in _with_verdicts(facts)]


def _band(survey: ServiceSurvey, mean: Fact, theta: Any, tau: Any) -> Fact:
    fact = Fact(
        statistic="expected_range", **survey.place(mean.topic, unit=mean.unit), against="nation",
        scale=survey.scale, method="expected_range_national",
    )  # fmt: skip
    if mean.state == "not_measured":
        return fact.missing("not_measured", mean.note)
    if any(row is None or row.state != "measured" for row in (theta, tau)):
        return fact.missing("not_comparable", "no_other_municipalities" if theta is None else theta.note)
    if survey.is_hidden(mean.topic, unit=mean.unit) or not (mean.se or 0) > 0:
        # Without a standard error all were alike, or it was one: such a mean is hidden as well.
        return fact.missing("suppressed")
    z, wide = standing(mean.value, mean.se, theta=theta.value, tau=tau.value)
    half = LIMITS[95] * wide
    return replace(
        fact, value=float(theta.value), low=float(theta.value - half), high=float(theta.value + half),
        level=0.95, n=int(mean.n), N=int(theta.N), p=2 * float(special.ndtr(-abs(z))),
        verdict="above" if z > 0 else "below",
    )  # fmt: skip


def _with_verdicts(facts: list[Fact]) -> list[Fact]:
    """Adjust the p values of those with enough answers, and let only the certain ones stand out."""
    tested = [i for i, f in enumerate(facts) if f.p is not None and f.n >= MINIMUM_FOR_VERDICT]
    adjusted = adjust_p(np.array([facts[i].p for i in tested]), "holm") if tested else []
    p_of = dict(zip(tested, adjusted, strict=True))
    judged = []
    for i, fact in enumerate(facts):
        if fact.p is None:
            judged.append(fact)
        elif i not in p_of:
            judged.append(replace(fact, verdict="", p=None, state="undecided", note="few"))
        else:
            certain = p_of[i] < 1 - fact.level
            verdict = fact.verdict if certain else "expected"
            judged.append(replace(fact, p_adjusted=float(p_of[i]), verdict=verdict))
    return judged
