"""What the methods do over many surveys: how often an interval holds the truth, how often a claim is false.

`python tests/stats/simulated.py 20000` draws as often and prints the table of docs/methods/coverage.md; the
tests in test_stats_simulation.py draw less. Everything is seeded: as many draws give the same table.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special, stats

from analysis.stats.errors import NoVariation
from analysis.stats.intervals import mean_interval, pooled_sd, wilson
from analysis.stats.multiple import adjust_p
from analysis.stats.units import fit_units

# Shares that answer 1 to 6. Spread: means 3.5, 4.4 and 3.5; satisfied: 4.9 and 5.3; ceiling: 5.65 and above.
SPREAD = {
    "even": (1 / 6,) * 6,
    "leaning": (0.03, 0.07, 0.14, 0.24, 0.30, 0.22),
    "split": (0.25, 0.15, 0.10, 0.10, 0.15, 0.25),
}
SATISFIED = {
    "at 4.86": (0.02, 0.03, 0.07, 0.18, 0.35, 0.35),
    "at 5.29": (0.01, 0.02, 0.04, 0.09, 0.28, 0.56),
}
CEILING = {
    "at 5.65": (0.0, 0.01, 0.02, 0.03, 0.19, 0.75),
    "at 5.75": (0.0, 0.01, 0.01, 0.03, 0.12, 0.83),
    "at 5.88": (0.0, 0.0, 0.01, 0.02, 0.05, 0.92),
}
# Answers of each unit in a round, and the units' true spread.
PREDICTED = [
    *(((26,) * 12, spread) for spread in (0.1, 0.2, 0.3)), ((30,) * 12, 0.45), ((30,) * 5, 0.2),
    ((10,) * 5, 0.2), ((30,) * 3, 0.2),
    *(((5, 10, 14, 19, 24, 29, 34, 39), spread) for spread in (0.0, 0.1, 0.2, 0.4)),
]  # fmt: skip
TOPICS = 8
_ANSWERS = np.arange(1, 7)
_LEVELS = np.arange(3, 19) / 3
_MEAN, _SD, _SHARED = 4.3, 1.1, 0.5


@dataclass(frozen=True)
class Rate:
    """How often something happened, of how many draws, and the standard error that this number leaves."""

    rate: float
    draws: int

    @property
    def error(self) -> float:
        return float(np.sqrt(self.rate * (1 - self.rate) / self.draws))

    def __str__(self) -> str:
        return f"{100 * self.rate:.2f} % (± {100 * self.error:.2f})"


def mean_coverage(shares: tuple[float, ...], n: int, draws: int, *, seed: int = 1) -> Rate:
    """Say how often the mean's interval holds the true mean."""
    random = np.random.default_rng([seed, n, draws])
    truth, held = float(np.dot(_ANSWERS, shares)), 0
    for row in random.choice(_ANSWERS, size=(draws, n), p=shares):
        interval = mean_interval(row)
        held += interval.low <= truth <= interval.high
    return Rate(held / draws, draws)


def exact_mean_coverage(shares: tuple[float, ...], n: int) -> tuple[float, float]:
    """Say the same without drawing, over every possible survey of few answers; and how often all are alike.

    Where all answers are the same there is no interval; the first number is of the surveys that have one.
    """
    truth, held, alike = float(np.dot(_ANSWERS, shares)), 0.0, 0.0
    possible = np.flatnonzero(np.array(shares) > 0)
    spare = possible.size - 1
    logs = np.log(np.array(shares)[possible])
    for bars in combinations(range(n + spare), spare):
        counts = np.diff([-1, *bars, n + spare]) - 1
        probability = float(
            np.exp(special.gammaln(n + 1) - special.gammaln(counts + 1).sum() + counts @ logs)
        )
        if counts.max() == n:
            alike += probability
            continue
        interval = mean_interval(np.repeat(_ANSWERS[possible], counts))
        held += probability * (interval.low <= truth <= interval.high)
    return held / (1 - alike), alike


def pooled_mean_coverage(
    shares: tuple[float, ...], n: int, draws: int, *, others: int = 80, units: int = 4, seed: int = 2
) -> Rate:
    """Say the same of a unit with `n` answers that borrows the service's standard deviation within units."""
    random = np.random.default_rng([seed, n, draws])
    truth, held, made = float(np.dot(_ANSWERS, shares)), 0, 0
    groups = np.repeat(np.arange(units + 1), [n] + [others // units] * units)
    for row in random.choice(_ANSWERS, size=(draws, groups.size), p=shares):
        try:
            interval = mean_interval(row[:n], pooled_sd=pooled_sd(row, groups))
        except NoVariation:
            # In all of the service everybody gave the same answer: there is no spread to borrow.
            continue
        held, made = held + (interval.low <= truth <= interval.high), made + 1
    return Rate(held / made, made)


def wilson_coverage(n: int) -> float:
    """Say how often Wilson's interval holds the true share, averaged over all shares: exact, not drawn."""
    share = (np.arange(2000) + 0.5) / 2000
    successes = np.arange(n + 1)
    interval = wilson(successes, n)
    held = (interval.low[:, None] <= share) & (share <= interval.high[:, None])
    return float((stats.binom.pmf(successes[:, None], n, share) * held).sum(axis=0).mean())


def true_mean() -> float:
    """Give the mean of the scores that `scores` draws."""
    edges = (np.concatenate([[-np.inf], (_LEVELS[1:] + _LEVELS[:-1]) / 2, [np.inf]]) - _MEAN) / _SD
    return float(_LEVELS @ np.diff(special.ndtr(edges)))


def scores(random: np.random.Generator, draws: int, n: int) -> np.ndarray:
    """Draw respondents' scores on all topics, in thirds from 1 to 6, with correlations near a half."""
    shared = random.standard_normal((draws, n, 1), dtype=np.float32)
    own = random.standard_normal((draws, n, TOPICS), dtype=np.float32)
    value = _MEAN + _SD * (np.sqrt(_SHARED) * shared + np.sqrt(1 - _SHARED) * own)
    return np.clip(np.round(3 * value) / 3, 1, 6).astype(float)


def welch_p(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Give the p values of `between_rounds`, for every draw and topic at once."""
    (n1, n2), (v1, v2) = (
        (x.shape[1] for x in (before, after)),
        (x.var(axis=1, ddof=1) for x in (before, after)),
    )
    part1, part2 = v1 / n1, v2 / n2
    df = (part1 + part2) ** 2 / (part1**2 / (n1 - 1) + part2**2 / (n2 - 1))
    t = (after.mean(axis=1) - before.mean(axis=1)) / np.sqrt(part1 + part2)
    return 2 * special.stdtr(df, -np.abs(t))


def nation_p(now: np.ndarray) -> np.ndarray:
    """Give the p values of the municipality's mean against a national mean that is the truth."""
    t = (now.mean(axis=1) - true_mean()) / np.sqrt(now.var(axis=1, ddof=1) / now.shape[1])
    return 2 * special.stdtr(now.shape[1] - 1, -np.abs(t))


def deviation_p(overall: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Give the p values of `unit_deviations`, for every draw at once; a unit's users stand together."""
    unit = np.repeat(np.arange(sizes.size), sizes)
    indicator = np.eye(sizes.size)[unit]
    mean = overall @ indicator / sizes
    n, k = unit.size, sizes.size
    variance = ((overall - mean[:, unit]) ** 2).sum(axis=1, keepdims=True) / (n - k)
    others = (overall.sum(axis=1, keepdims=True) - mean * sizes) / (n - sizes)
    t = (mean - others) / np.sqrt(variance * (1 / sizes + 1 / (n - sizes)))
    return 2 * special.stdtr(n - k, -np.abs(t))


def service_claims(draws: int, *, seed: int = 3) -> Rate:
    """Say in how many services without any change one is claimed: Welch, Benjamini-Hochberg over topics."""
    random = np.random.default_rng([seed, draws])
    p = np.concatenate(
        [welch_p(scores(random, draws // 4, n1), scores(random, draws // 4, n2))
         for n1, n2 in ((15, 20), (30, 30), (60, 90), (150, 120))]
    )  # fmt: skip
    return Rate(float(np.mean([(adjust_p(row, "bh") < 0.05).any() for row in p])), len(p))


def report_findings(services: int, draws: int, *, seed: int = 4) -> tuple[Rate, Rate]:
    """Say in how many reports without any difference one is claimed: by a service, and on the first pages.

    Every service has a change of each topic since the round before, its difference from the nation, and three
    to eight units' differences from the other units; services differ in size, their respondents in nothing.
    """
    random = np.random.default_rng([seed, services, draws])
    drawn = _families(services, draws, random)
    # Of a room to the right of statistics: only this simulation needs it.
    from analysis.facts.findings import report_claims

    facts, first, whole = _facts(drawn), 0, 0
    for draw in range(draws):
        families = [p[draw] for _, p in drawn]
        adjusted = [adjust_p(p, _ADJUST[name]) for p, (name, _) in zip(families, drawn, strict=True)]
        certain = np.concatenate(adjusted) < 0.05
        if certain.any():
            verdict = np.where(certain, "higher", "no_certain_change")
            claims = report_claims(facts.assign(p=np.concatenate(families), verdict=verdict))
            first, whole = first + 1, whole + bool((claims["verdict"] == "higher").any())
    return Rate(first / draws, draws), Rate(whole / draws, draws)


def report_families(services: int, draws: int, *, seed: int = 6) -> dict[str, Rate]:
    """Say in how many such reports Benjamini and Hochberg find anything: among each kind of claim, and all.

    Without the demand that a claim be certain in its service too, which `report_findings` has, and so a bound
    from above; it costs little, and draws new sizes of services for every 500 reports.
    """
    found: dict[str, list[np.ndarray]] = {}
    for batch in range(draws // 500):
        drawn = _families(services, 500, np.random.default_rng([seed, services, batch]))
        for name in (*_ADJUST, "all"):
            p = np.sort(np.hstack([p for family, p in drawn if name in (family, "all")]), axis=1)
            stepped = p * p.shape[1] / np.arange(1, p.shape[1] + 1)
            found.setdefault(name, []).append((stepped < 0.05).any(axis=1))
    return {name: Rate(float(np.mean(parts)), 500 * len(parts)) for name, parts in found.items()}


def _families(services: int, draws: int, random: np.random.Generator) -> list[tuple[str, np.ndarray]]:
    drawn: list[tuple[str, np.ndarray]] = []
    for _ in range(services):
        sizes = random.integers(10, 30, size=random.integers(3, 9))
        before, now = scores(random, draws, int(random.integers(30, 150))), scores(random, draws, sizes.sum())
        drawn.append(("change", welch_p(before, now)))
        drawn.append(("national_difference", nation_p(now)))
        # All topics stand for each other here; the first is taken as overall.
        drawn.append(("unit_difference", deviation_p(now[:, :, 0], sizes)))
    return drawn


_ADJUST = {"change": "bh", "national_difference": "bh", "unit_difference": "holm"}


def _facts(drawn: list[tuple[str, np.ndarray]]) -> pd.DataFrame:
    """Make the facts that `report_claims` reads, still without the p values and the verdicts."""
    rows = []
    for place, (name, p) in enumerate(drawn):
        for number in range(p.shape[1]):
            unit = f"u{number}" if name == "unit_difference" else ""
            rows.append((name, f"s{place // 3}", unit, "overall" if unit else f"dimension.{number}"))
    facts = pd.DataFrame(rows, columns=["statistic", "service", "unit", "topic"])
    same = {"municipality": "0", "year": 2026, "category": "", "against": "", "method": "m", "fact_id": ""}
    return facts.assign(**same, level=0.95)


def shrinkage(spread: float, draws: int, *, seed: int = 5) -> tuple[float, float]:
    """Give the mean squared errors of units' raw and shrunken means, for units that differ by `spread`."""
    random = np.random.default_rng([seed, draws, round(100 * spread)])
    raw = shrunken = count = 0.0
    for _ in range(draws):
        sizes = random.integers(5, 40, size=8)
        truth = 4 + spread * random.standard_normal(8)
        unit = np.repeat(np.arange(8), sizes)
        frame = pd.DataFrame({"unit": unit, "score": truth[unit] + 1.1 * random.standard_normal(unit.size)})
        table = fit_units(frame, "score", "unit", fixed="1").table
        raw += float(np.square(table["mean"] - truth).sum())
        shrunken += float(np.square(table["shrunken"] - truth).sum())
        count += 8
    return raw / count, shrunken / count


def prediction_coverage(
    sizes: np.ndarray, spread: float, draws: int, *, rounds: int = 3, seed: int = 7
) -> dict[str, tuple[float, float]]:
    """Say how often shrunken mean ± 1.96 se holds the unit's true mean, for `se` and for `conditional_se`.

    Units of `sizes` answers in each round, whose true means differ by `spread`. Beside the share its standard
    error, with a survey's units, which share the fixed effects, taken together.
    """
    random = np.random.default_rng([seed, draws, len(sizes), int(sizes.sum()), round(100 * spread)])
    unit = np.tile(np.repeat(np.arange(len(sizes)), sizes), rounds)
    year = np.repeat(np.arange(rounds), sizes.sum())
    held: dict[str, list[float]] = {"se": [], "conditional_se": []}
    for _ in range(draws):
        truth = _MEAN + spread * random.standard_normal(len(sizes))
        score = truth[unit] + _SD * random.standard_normal(unit.size)
        table = fit_units(pd.DataFrame({"unit": unit, "year": year, "score": score}), "score", "unit").table
        for name, shares in held.items():
            shares.append(float((abs(table["shrunken"] - truth) <= 1.96 * table[name]).mean()))
    return {
        name: (float(np.mean(shares)), float(np.std(shares, ddof=1) / np.sqrt(draws)))
        for name, shares in held.items()
    }


def rows(draws: int) -> list[tuple[str, str, int]]:
    """Measure everything: what, how much, from how many draws."""
    table = []
    for name, shares in {**SPREAD, **SATISFIED}.items():
        held, _ = exact_mean_coverage(shares, 10)
        table.append((f"mean, answers {name}, n = 10", f"{100 * held:.2f} %", 0))
        for n in (30, 100):
            held = mean_coverage(shares, n, draws)
            table.append((f"mean, answers {name}, n = {n}", str(held), draws))
    for name, shares in CEILING.items():
        for n in (5, 10, 14):
            held, alike = exact_mean_coverage(shares, n)
            text = f"{100 * held:.1f} %; all answers the same in {100 * alike:.0f} %"
            table.append((f"mean, its own sd, answers {name}, n = {n}", text, 0))
    for name, shares in {**SPREAD, **SATISFIED, **CEILING}.items():
        pooled = pooled_mean_coverage(shares, 7, draws // 10)
        table.append((f"mean, the service's pooled sd, answers {name}, n = 7", str(pooled), draws // 10))
    for n in (10, 30, 100):
        table.append((f"share, Wilson, n = {n}, all shares alike", f"{100 * wilson_coverage(n):.2f} %", 0))
    table.append(("a service claims a change where there is none", str(service_claims(draws)), draws))
    for services in (4, 20):
        many = max(draws // 4, 1)
        first, whole = report_findings(services, many)
        table.append((f"{services} services without differences: some service claims one", str(first), many))
        table.append((f"{services} services without differences: a key finding claims one", str(whole), many))
        bound = report_families(services, 2 * draws)
        for name, rate in bound.items():
            text = f"{services} services: the adjustment over the report finds any {name.replace('_', ' ')}"
            table.append((text.replace("any all", "anything"), str(rate), rate.draws))
    for spread in (0.0, 0.1, 0.2, 0.4):
        raw, shrunken = shrinkage(spread, draws // 20)
        text = f"{shrunken:.4f} shrunken, {raw:.4f} raw"
        table.append((f"squared error of units' means, τ = {spread}", text, draws // 20))
    for sizes, spread in PREDICTED:
        found = prediction_coverage(np.array(sizes), spread, draws // 20)
        text = ", ".join(
            f"{name} {100 * rate:.1f} % (± {100 * error:.1f})" for name, (rate, error) in found.items()
        )
        name = f"{len(sizes)} units of {min(sizes)} to {max(sizes)} answers a round, τ = {spread}"
        table.append((f"shrunken mean, {name}", text, draws // 20))
    return table


if __name__ == "__main__":
    print("| what | measured | draws |\n| --- | ---: | ---: |")
    for what, measured, number in rows(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000):
        print(f"| {what} | {measured} | {number or 'exact'} |", flush=True)
