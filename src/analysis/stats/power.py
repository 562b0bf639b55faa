"""What a survey of this size could have seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import Any

import numpy as np
from scipy import optimize, special

from analysis.stats.arrays import fitting_arrays
from analysis.stats.errors import NotComparable, NoVariation, OutOfRange, TooFewAnswers, Unreachable
from analysis.stats.frames import ValuesResult, checked_level
from analysis.stats.given import LARGEST, checked_number, checked_spread, shown
from analysis.stats.intervals import t_quantile

# A noncentrality of so many times the critical value: the power has long come as near to 1 as it will.
_ABSURD = 1e4
# More answers than any survey has: a plan that needs more is a slip of the pen.
_FEWEST_ANSWERS, _MOST_ANSWERS = 2, 10**9


def detectable_difference(n1: Any, n2: Any, sd: Any, power: float = 0.8, level: float = 0.95) -> Any:
    """Find the smallest true difference between two groups that the two-sided t test sees with `power`.

    The difference d solves P(|T| > t_crit) = power, where T is noncentral t with n1 + n2 - 2 degrees of
    freedom and noncentrality d / (sd sqrt(1/n1 + 1/n2)) (Cohen 1988, Statistical Power Analysis, ch. 2; both
    tails are counted, as R's `power.t.test(strict = TRUE)` does).

    Args:
        n1, n2: answers in each group, at least 1 each and 3 together; numbers or arrays that broadcast.
        sd: the groups' common standard deviation, above 0.
        power: probability of finding the difference, as a share.
        level: level of confidence of the test, as a share.

    Returns:
        The difference in the scale's points: a float for scalars, else an array.

    Raises:
        TooFewAnswers: too few answers for a t test.
        NoVariation: a standard deviation that is not above 0.
        OutOfRange: a number that is missing or infinite, `power` or `level` is no share, or no difference is
            seen with such a power.
        NotComparable: arrays whose shapes do not fit each other.

    >>> [round(detectable_difference(n, n, 1.1), 3) for n in (10, 30, 100)]
    [1.457, 0.809, 0.438]
    """
    checked_level(power, "power")
    checked_level(level)
    first, second, spread = fitting_arrays(n1=n1, n2=n2, sd=sd)
    if not first.size:
        raise TooFewAnswers("the t test's power needs answers in both groups", found="no group")
    enough = (first >= 1) & (second >= 1) & (first + second >= 3)
    if not enough.all():
        least = np.argmin(enough)
        raise TooFewAnswers(
            "the t test's power needs answers in both groups",
            found=f"{first.flat[least]:g} and {second.flat[least]:g}",
            expected="at least 1 in each and 3 together",
        )
    if not (spread > 0).all():
        raise NoVariation(
            "the t test's power needs a standard deviation", found=f"{spread.min():g}", expected="above 0"
        )
    for most, values in ((_MOST_ANSWERS, first), (_MOST_ANSWERS, second), (LARGEST, spread)):
        if not np.abs(values).max() <= most:
            raise OutOfRange(
                "a number of answers or a standard deviation that cannot be", found=shown(values.max()),
                expected=f"finite numbers, and at most {_MOST_ANSWERS:g} answers",
            )  # fmt: skip
    noncentrality = [_noncentrality(float(df), power, level) for df in (first + second - 2).flat]
    difference = np.reshape(noncentrality, first.shape) * spread * np.sqrt(1 / first + 1 / second)
    return float(difference) if difference.ndim == 0 else difference


# A report asks for the same few sizes over and over: once for each dimension, unit and edition.
@lru_cache(maxsize=65536)
def _noncentrality(df: float, power: float, level: float) -> float:
    critical = -float(special.stdtrit(df, (1 - level) / 2))

    def excess(noncentrality: float) -> float:
        # Far out a tail comes as NaN where it is too small to be computed (below 1e-17): it is none.
        below, lower = np.nan_to_num(special.nctdtr(df, noncentrality, np.array([critical, -critical])))
        return float(1 - below + lower - power)

    if excess(0.0) >= 0:
        # Such a power is reached where there is no difference at all.
        return 0.0
    upper = critical + float(special.ndtri(power)) + 1
    while excess(upper) < 0:
        upper *= 1.5
        if upper > _ABSURD * critical:
            raise OutOfRange("no difference is seen with such a power", found=f"{power} with {df:g} df")
    return float(optimize.brentq(excess, 0.0, upper, xtol=1e-12, rtol=1e-12))


@dataclass(frozen=True, kw_only=True)
class SamplePlan(ValuesResult):
    """How many answers are needed, and whether they can be had.

    `n` is the answers needed in the coming round, `invited` how many to invite for them (None without a
    response rate; more than there are, where `enough` is False). `available` is the most answers that the
    population gives (None where it is not known) and `enough` says whether `n` is among them. `detectable`
    or `half_width` is what min(n, available) answers show or give, the other one None; it is None too where
    not even two answers are available.
    """

    n: int
    invited: int | None
    available: int | None
    enough: bool
    detectable: float | None
    half_width: float | None
    power: float
    level: float


def plan_sample(
    difference: float | None = None,
    half_width: float | None = None,
    *,
    sd: float,
    power: float = 0.8,
    level: float = 0.95,
    n_before: int | None = None,
    response_rate: float | None = None,
    population: int | None = None,
) -> SamplePlan:
    """Find how many answers show a given difference, or give a mean's interval a given half-width.

    For a difference: the smallest n with `detectable_difference(n_before or n, n, sd)` not above it (R's
    `power.t.test(strict = TRUE)`, rounded up). For a half-width: the smallest n with t sd √(1 - n/N) / √n not
    above it, t on n - 1 degrees of freedom and the correction only where a `population` is given, as in
    `mean_interval`; it is no plan for a comparison.

    Args:
        difference: the true difference to be seen with `power`, in the scale's points.
        half_width: or half of the width of the mean's interval, in the scale's points.
        sd: the standard deviation of the answers, for instance that of the last round.
        power, level: shares.
        n_before: answers in the earlier round; where nothing is said, both rounds are of the same size.
        response_rate: the share of those invited who are expected to answer.
        population: N, the number of users who can be invited.

    Returns:
        The plan. Where the population is too small it says so (`enough`) and what can be seen nevertheless.

    Raises:
        NotComparable: both `difference` and `half_width`, or neither, or `n_before` with a half-width.
        Unreachable: the earlier round is too small to show the difference, whatever comes after.
        NoVariation: `sd` is not above 0.
        OutOfRange: another number that cannot be.

    >>> plan = plan_sample(0.5, sd=1.1, response_rate=0.4, population=600)
    >>> plan.n, plan.invited, plan.available, plan.enough
    (77, 193, 240, True)
    """
    _check_plan(difference, half_width, sd, n_before, response_rate, population)
    checked_level(power, "power")
    checked_level(level)
    if difference is not None:

        def reached(n: int) -> float:
            return detectable_difference(n if n_before is None else n_before, n, sd, power=power, level=level)

        if n_before is not None and (best := reached(_MOST_ANSWERS)) > difference:
            raise Unreachable(
                "the earlier round is too small to show such a difference",
                found=f"{n_before} answers in it, which show {best:.3g} at best",
                expected=f"a difference of {best:.3g} or more, or a larger earlier round",
            )
        n = _smallest(reached, difference)
    else:

        def reached(n: int) -> float:
            kept = 1.0 if population is None else max(0.0, 1 - n / population)
            return float(t_quantile(n - 1.0, level) * sd * np.sqrt(kept / n))

        n = _smallest(reached, float(half_width))
    rate = 1.0 if response_rate is None else response_rate
    # A hair's breadth: 0.29 times 100 is 28.999999999999996.
    available = None if population is None else floor(population * rate + 1e-9)
    had = n if available is None else min(n, available)
    seen = reached(had) if had >= _FEWEST_ANSWERS else None
    return SamplePlan(
        n=n, invited=None if response_rate is None else ceil(n / rate - 1e-9), available=available,
        enough=available is None or n <= available, detectable=None if difference is None else seen,
        half_width=None if half_width is None else seen, power=power, level=level,
    )  # fmt: skip


def _check_plan(
    difference: float | None, half_width: float | None, sd: float, n_before: int | None,
    response_rate: float | None, population: int | None,
) -> None:  # fmt: skip
    if (difference is None) == (half_width is None):
        raise NotComparable(
            "a plan is for one aim", found="neither" if difference is None else "both",
            expected="either a difference or a half_width",
        )  # fmt: skip
    if half_width is not None and n_before is not None:
        raise NotComparable(
            "a mean's interval has no earlier round", found=f"n_before {shown(n_before)}", todo="leave it out"
        )
    checked_spread(sd, "the answers' standard deviation")
    aims = {"difference": difference, "half_width": half_width, "response_rate": response_rate}
    for name, value in aims.items():
        if value is not None:
            checked_number(value, f"a {name}", above=0, most=1 if name == "response_rate" else LARGEST)
    for name, count in {"n_before": n_before, "population": population}.items():
        if count is not None:
            checked_number(count, f"a number for {name}", least=1, most=_MOST_ANSWERS, whole=True)


def _smallest(reached: Callable[[int], float], aim: float) -> int:
    """Find the smallest n at which what is reached is not above the aim."""
    below, n = _FEWEST_ANSWERS - 1, _FEWEST_ANSWERS
    while reached(n) > aim:
        below, n = n, 2 * n
        if n > _MOST_ANSWERS:
            raise OutOfRange(
                "more answers than a survey has", found=f"an aim of {aim!r}", expected="a larger one"
            )
    while n - below > 1:
        middle = (below + n) // 2
        below, n = (below, middle) if reached(middle) <= aim else (middle, n)
    return n
