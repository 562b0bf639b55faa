"""Facts on the expected range: what an ordinary unit or municipality of this size may come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import special

from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, tabulate
from analysis.stats.expected_range import expected_range
from analysis.stats.multiple import adjust_p

#: A verdict needs as many answers as a distribution; see docs/methods/disclosure.md.
_MINIMUM_FOR_VERDICT = 10


def expected_ranges(survey: ServiceSurvey, scores: pd.DataFrame, national: pd.DataFrame) -> pd.DataFrame:
    """Give every unit's expected range, and the municipality's among municipalities, on every topic.

    `scores` holds the means as `analysis.facts.levels` gives them, `national` the reference stage's facts,
    of which θ and τ are taken as they are: this run's own units would be too few to say what is ordinary.
    The verdict is Holm's over the municipality's units for each topic, and over the topics for the
    municipality itself: of many ordinary units some lie outside their own 95 % band.
    """
    last = scores[(scores["statistic"] == "mean") & (scores["year"] == survey.year)]
    limits = national[national["statistic"].isin(("theta", "tau")) & national["municipality"].eq("")]
    values = {(row.statistic, row.category, row.topic): row for row in limits.itertuples()}
    facts: list[Fact] = []
    whole: list[Fact] = []
    for topic in survey.topics:
        means = last[last["topic"] == topic]
        units = means[means["unit"] != ""]
        facts += _with_verdicts(list(_bands(survey, topic, units, values, "unit")))
        whole += _bands(survey, topic, means[means["unit"] == ""], values, "municipality")
    return tabulate([*_with_verdicts(whole), *facts])


def _bands(survey: ServiceSurvey, topic: str, means: pd.DataFrame, values: dict, kind: str) -> Iterator[Fact]:
    theta, tau = values.get(("theta", kind, topic)), values.get(("tau", kind, topic))
    known = all(row is not None and row.state == "measured" for row in (theta, tau))
    ready = means["se"].gt(0) & means["value"].notna() if known else pd.Series(False, index=means.index)
    table = pd.DataFrame()
    if ready.any():
        chosen = means[ready]
        estimates = pd.DataFrame(
            {
                "unit": chosen["unit"],
                "n": chosen["n"].astype(int),
                "mean": chosen["value"],
                "se": chosen["se"],
            }
        )
        found = expected_range(estimates, tau=float(tau.value), theta=float(theta.value))
        table = found.table.set_index("unit")
    for mean in means.itertuples():
        fact = Fact(
            statistic="expected_range", **survey.place(topic, unit=mean.unit), against="nation",
            scale=survey.scale, method="expected_range_national",
        )  # fmt: skip
        if mean.state == "not_measured":
            yield fact.missing("not_measured", mean.note)
        elif not known:
            why = theta.note if theta is not None else "no_other_municipalities"
            yield fact.missing("not_comparable", why)
        elif survey.is_hidden(topic, unit=mean.unit) or mean.unit not in table.index:
            # One answer, or all alike, and no spread to borrow: such a mean is hidden as well.
            yield fact.missing("suppressed")
        else:
            row = table.loc[mean.unit]
            p = 2 * float(special.ndtr(-abs(row["z"])))
            yield replace(
                fact, value=float(theta.value), low=float(row["low"]), high=float(row["high"]), level=0.95,
                n=int(mean.n), N=int(theta.N), p=p, verdict="above" if row["z"] > 0 else "below",
            )  # fmt: skip


def _with_verdicts(facts: list[Fact]) -> list[Fact]:
    """Adjust the p values of those with enough answers, and let only the certain ones stand out."""
    tested = [i for i, f in enumerate(facts) if f.p is not None and f.n >= _MINIMUM_FOR_VERDICT]
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
