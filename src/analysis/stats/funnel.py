"""The funnel: how far from the centre a unit of each size may lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.stats.errors import NotComparable, NoVariation, OutOfRange, TooFewAnswers
from analysis.stats.frames import TableResult, float_array
from analysis.stats.given import checked_flag, checked_number, checked_spread, shown

LIMITS = {95.0: 1.96, 99.0: 2.58, 99.8: 3.09}
"""The bands in per cent, with their z."""

_MOST_ANSWERS = 2**53

ROUGH_BELOW = 5
"""With nθ(1 - θ) below this a share's limits hold far from 95 % of ordinary units."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Funnel(TableResult):
    """Limits by number of answers.

    `table` has, in the order in which the sizes were given, `n`, `low` and `high` (95 %) and `low_998` and
    `high_998` (99.8 %): in the scale's points for means, as fractions of 1 for shares. `sd` is None for
    shares, whose `tau` is on the scale of asin√share. `notes` says in words what the analyst must know.
    """

    table: pd.DataFrame
    kind: Literal["mean", "share"]
    theta: float
    sd: float | None
    tau: float
    notes: tuple[str, ...]


def funnel(n: Any, theta: float, *, sd: float | None = None, tau: float = 0.0, share: bool = False) -> Funnel:
    """Give the limits between which 95 % and 99.8 % of ordinary units with `n` answers lie.

    Means: θ ± z√(sd²/n + τ²). Shares: sin²(asin√θ ± z√(1/(4n) + τ²)), on the scale where a share's variance
    is 1/(4n) whatever the share is; the angle is held between 0 and π/2, past which sin² folds back, so the
    limits are clipped to 0 and 1 and never narrower for fewer answers (Spiegelhalter 2005, Stat. Med. 24:
    1185-1202; Spiegelhalter et al. 2012, J. R. Stat. Soc. A 175: 1-47). z is 1.96 and 3.09.

    Args:
        n: numbers of answers, from 1 up; one, or as many as are wanted.
        theta: the centre: the mean in the scale's points, or the share as a fraction of 1.
        sd: for means: the standard deviation of the answers within a unit.
        tau: standard deviation of the units' true means; for shares on the scale of asin√share.
        share: whether the centre is a share.

    Raises:
        TooFewAnswers: no n, or one that is missing or below 1.
        NoVariation: a funnel for means without an `sd` above 0.
        NotComparable: a funnel for shares with an `sd`.
        OutOfRange: an infinite n, or a `theta`, `sd` or `tau` that cannot be.

    >>> funnel([10, 100], 4.2, sd=1.1, tau=0.2).table.round(2)
         n   low  high  low_998  high_998
    0   10  3.41  4.99     2.96      5.44
    1  100  3.75  4.65     3.49      4.91
    >>> funnel([10, 100], 0.9, share=True).table.round(3)
         n    low   high  low_998  high_998
    0   10  0.651  1.000    0.475     1.000
    1  100  0.834  0.951    0.790     0.972
    """
    sizes = np.atleast_1d(float_array(n, "the sizes n")).ravel()
    if not (sizes.size and (sizes >= 1).all()):
        raise TooFewAnswers(
            "a funnel's limits need answers", found="no n, or one below 1", expected="n from 1"
        )
    spread = float(checked_number(tau, "a tau", least=0))
    centre = float(checked_number(theta, "a centre theta"))
    if not sizes.max() <= _MOST_ANSWERS:
        raise OutOfRange("an n that cannot be", found=f"{sizes.max():g}", expected="finite numbers")
    limits = (_share_limits if checked_flag(share, "share") else _mean_limits)(sizes, centre, spread, sd)
    whole = (sizes == np.floor(sizes)).all()
    table = pd.DataFrame({"n": sizes.astype("int64") if whole else sizes} | limits)
    # A share of so few answers takes so few values that one of them, often 1 itself, with a third of the
    # ordinary units on it, can lie a hair outside the limits.
    rough = int((sizes * centre * (1 - centre) < ROUGH_BELOW).sum()) if share else 0
    notes = (f"Rough limits at {rough} of {sizes.size} sizes: too few answers for such a share.",)
    return Funnel(
        table=table, kind="share" if share else "mean", theta=centre,
        sd=None if sd is None else float(sd), tau=spread, notes=notes if rough else (),
    )  # fmt: skip


def _mean_limits(n: np.ndarray, theta: float, tau: float, sd: float | None) -> dict[str, np.ndarray]:
    if sd is None:
        raise NoVariation(
            "a funnel for means needs the answers' standard deviation", found="None", expected="one above 0"
        )
    checked_spread(sd, "the answers' standard deviation")
    wide = np.sqrt(sd**2 / n + tau**2)
    return {name: theta + z * wide for name, z in _signed_limits().items()}


def _share_limits(n: np.ndarray, theta: float, tau: float, sd: float | None) -> dict[str, np.ndarray]:
    if sd is not None:
        raise NotComparable(
            "a share's variance follows from the share",
            found=f"sd {shown(sd)}",
            todo="leave out sd, or share",
        )
    if not 0 <= theta <= 1:
        raise OutOfRange("a share is a fraction", found=f"{theta:g}", expected="a number from 0 to 1")
    angle, wide = math.asin(math.sqrt(theta)), np.sqrt(1 / (4 * n) + tau**2)
    return {
        name: np.sin(np.clip(angle + z * wide, 0.0, np.pi / 2)) ** 2 for name, z in _signed_limits().items()
    }


def _signed_limits() -> dict[str, float]:
    return {"low": -LIMITS[95.0], "high": LIMITS[95.0], "low_998": -LIMITS[99.8], "high_998": LIMITS[99.8]}
