"""What a survey of this size could have seen."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from scipy import optimize, special

from analysis.stats.errors import NoVariation, OutOfRange, TooFewAnswers
from analysis.stats.frames import checked_level, float_array

# A noncentrality of so many times the critical value: the power has long come as near to 1 as it will.
_ABSURD = 1e4


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
        OutOfRange: `power` or `level` is no share, or no difference is seen with such a power.

    >>> [round(detectable_difference(n, n, 1.1), 3) for n in (10, 30, 100)]
    [1.457, 0.809, 0.438]
    """
    first, second, spread = np.broadcast_arrays(float_array(n1), float_array(n2), float_array(sd))
    checked_level(power)
    checked_level(level)
    enough = (first >= 1) & (second >= 1) & (first + second >= 3)
    if not enough.all():
        least = np.argmin(enough)
        raise TooFewAnswers(
            "the t test's power needs answers in both groups",
            found=f"{first.flat[least]:g} and {second.flat[least]:g}",
            expected="at least 1 in each and 3 together",
        )
    if not (spread > 0).all():
        raise NoVariation("the t test's power needs a standard deviation", found="one that is not above 0")
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
