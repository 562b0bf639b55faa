"""Invented facts of the statistics beyond means: full, thin (undecided, hidden, not comparable), or none."""

from __future__ import annotations

import math

import pandas as pd

from analysis.facts.table import Fact, join, tabulate
from analysis.survey.codebook import Questionnaire

PLACE = {"municipality": "9901", "service": "kindergarten", "year": 2025}
#: Why a statistic is not there, in thin facts.
THIN = {
    "expected_range": ("not_comparable", "few_units"),
    "peer_difference": ("not_comparable", "no_peers"),
    "national_difference_adjusted": ("not_comparable", "no_casemix"),
    "peer_difference_adjusted": ("not_comparable", "no_peers"),
    "casemix_shift": ("not_comparable", "no_casemix"),
    "shrunken_mean": ("suppressed", ""),
    "reliability": ("suppressed", ""),
    "detectable_change": ("suppressed", ""),
    "priority": ("undecided", "few"),
    "residual_skewness": ("undecided", "few"),
    "residual_kurtosis": ("undecided", "few"),
    "residual_outside": ("undecided", "few"),
    "ceiling": ("undecided", "few"),
    "group_response": ("suppressed", ""),
    "respondents_share": ("suppressed", ""),
    "weighted_mean": ("undecided", "few"),
    "design_effect": ("undecided", "few"),
}
ABSENT = ("theta", "tau", "sd_within", "priority_cut", "influence", "influence_on_change", "peer_mean")
NATIONAL = ("theta", "tau", "sd_within", "peer_mean")


def with_statistics(
    facts: pd.DataFrame, asked: Questionnaire, *, units: int = 8, thin: bool = False
) -> pd.DataFrame:
    """Return the facts with those of the statistics beyond means; `thin`: as where answers are too few."""
    topics = ["overall", *(f"dimension.{d.id}" for d in asked.dimensions)]
    made: list[Fact] = []

    def add(statistic: str, **fields: object) -> None:
        place = PLACE | ({"municipality": ""} if statistic in NATIONAL else {})
        fact = Fact(**{"statistic": statistic, "scale": "1-6", **place, **fields})
        if thin and statistic in ABSENT:
            return
        made.append(fact.missing(*THIN[statistic]) if thin and statistic in THIN else fact)

    means = {(row.unit, row.topic): row for row in facts.itertuples()
             if row.statistic == "mean" and row.year == 2025 and row.municipality}  # fmt: skip
    for t, topic in enumerate(topics):
        _comparisons(add, topic, t)
        _diagnostics(add, topic, t)
        _ranges(add, means, topic, 4.85 - 0.1 * t, [f"u{i}" for i in range(units)])
    for category, share, rate in (("child_age=under-3", 0.42, 0.55), ("child_age=over-3", 0.58, 0.66)):
        shape = {"category": category, "scale": "share"}
        add("users_share", **shape, value=share, n=520)
        add("respondents_share", **shape, value=share * rate / 0.614, n=round(520 * share * rate), N=320)
        add("group_response", **shape, value=rate, low=rate - 0.06, high=rate + 0.06, level=0.95,
            n=round(520 * share * rate), N=round(520 * share))  # fmt: skip
    add("design_effect", value=1.08, n=320, scale="number")
    _priorities(add, means, topics)
    return join([facts, tabulate(made)])


def _comparisons(add, topic: str, t: int) -> None:
    interval = {"level": 0.95, "n": 320, "p": 0.01, "p_adjusted": 0.02, "se": 0.06}
    add("peer_mean", topic=topic, category="4", value=4.8 - 0.12 * t, n=2100, N=6)
    for statistic, against, value, verdict in (
        ("peer_difference", "peers.4", -0.16, "lower"),
        ("peer_difference_adjusted", "peers.4", -0.05, "no_certain_difference"),
        (
            "national_difference_adjusted",
            "nation",
            0.02 - 0.1 * t,
            "lower" if t > 1 else "no_certain_difference",
        ),
    ):
        add(statistic, topic=topic, against=against, value=value, low=value - 0.12, high=value + 0.12,
            N=6 if "peer" in statistic else 24, verdict=verdict, **interval)  # fmt: skip
    add("casemix_shift", topic=topic, against="nation", value=0.08, n=320)
    add("detectable_change", topic=topic, against="year.2023", value=0.22, n=310)


def _ranges(add, means, topic: str, theta: float, units: list[str]) -> None:
    tau, within = 0.22, 1.05
    for statistic, value, kind in (
        ("theta", theta, "unit"),
        ("tau", tau, "unit"),
        ("theta", theta, "municipality"),
    ):
        add(statistic, topic=topic, category=kind, value=value, n=11000, N=640)
    add("sd_within", topic=topic, category="unit", value=within, n=11000, N=640)
    for unit in ("", *units):
        mean = means.get((unit, topic))
        shape = {"unit": unit, "topic": topic, "against": "nation", "level": 0.95, "N": 640 if unit else 24}
        if mean is None or pd.isna(mean.value):
            continue
        spread = math.sqrt(within**2 / mean.n + (tau if unit else 0.1) ** 2)
        z = (mean.value - theta) / spread
        band = {"value": theta, "low": theta - 1.96 * spread, "high": theta + 1.96 * spread, "n": int(mean.n)}
        if unit == "u6":
            add("expected_range", **shape, **band, state="undecided", note="few")
            continue
        verdict = "expected" if abs(z) < 2.5 else "above" if z > 0 else "below"
        p = math.erfc(abs(z) / math.sqrt(2))
        add("expected_range", **shape, **band, p=p, p_adjusted=min(1.0, 6 * p), verdict=verdict)
        if unit:
            near = mean.value + 0.25 * (4.9 - mean.value)
            add("shrunken_mean", unit=unit, topic=topic, value=near, low=near - 0.2, high=near + 0.2,
                level=0.95, n=int(mean.n))  # fmt: skip


def _diagnostics(add, topic: str, t: int) -> None:
    add("residual_skewness", topic=topic, value=-0.4 - 0.2 * t, n=900, scale="number")
    add("residual_kurtosis", topic=topic, value=0.6, n=900, scale="number")
    add("residual_outside", topic=topic, value=0.055, n=900, scale="share")
    add("ceiling", topic=topic, value=0.12 + 0.05 * t, n=320, scale="share")
    add("influence", unit="u7", topic=topic, value=0.06 - 0.01 * t, n=96)
    if t in (0, 2):
        add("influence_on_change", unit="u3", topic=topic, against="year.2023",
            value=0.2 if t == 0 else -0.18,
            n=60, verdict="keeps_verdict" if t == 0 else "changes_verdict")  # fmt: skip
    add("weighted_mean", topic=topic, value=4.97 - 0.17 * t, se=0.06, low=4.85 - 0.17 * t,
        high=5.09 - 0.17 * t, level=0.95, n=320)  # fmt: skip


def _priorities(add, means, topics: list[str]) -> None:
    cut, middle = 1 / 6, 4.3
    names = {(True, True): "preserve", (True, False): "prioritise", (False, True): "lower_priority",
             (False, False): "improve_if_possible"}  # fmt: skip
    for topic, share in zip(topics[1:], (0.24, 0.19, 0.165, 0.08, 0.25, 0.065), strict=False):
        mean = means["", topic]
        if pd.isna(mean.value):
            continue
        crosses = abs(share - cut) < 0.03 or mean.low < middle < mean.high
        verdict = "" if crosses else names[share > cut, mean.value > middle]
        add("priority", topic=topic, against="nation", value=share, low=share - 0.03, high=share + 0.03,
            level=0.95, n=320, N=640, scale="share", verdict=verdict,
            state="undecided" if crosses else "measured", note="crosses" if crosses else "")  # fmt: skip
    for category, value, scale in (("importance", cut, "share"), ("score", middle, "1-6")):
        add("priority_cut", against="nation", category=category, value=value, scale=scale)
