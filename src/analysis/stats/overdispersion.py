"""How much units differ beyond what their samples explain: τ of the additive model."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from scipy import optimize

from analysis.core.errors import nearest
from analysis.stats.errors import OutOfRange, TooFewUnits
from analysis.stats.frames import ValuesResult, complete_rows, number_column
from analysis.stats.given import LARGEST, checked_number

MINIMUM_UNITS = 20
"""With fewer units than this τ is not estimated from them."""

WINSORISED_EACH_END = 0.1
"""The share of the units at each end whose z is pulled in, so that a few outliers do not widen the range."""

NORMAL_SQUARE = 0.6786545589528744
"""E of a winsorised standard normal's square: 0.8 - 2cφ(c) + 0.2c² with c = Φ⁻¹(0.9); 0.679 for short."""

Method = Literal["consistent", "published"]
METHODS: tuple[Method, ...] = ("consistent", "published")

# A standard error so far below the others' is a zero that rounding hid, as the sd of many answers of 4.1.
_NO_SPREAD = 1e-8


@dataclass(frozen=True, kw_only=True)
class Overdispersion(ValuesResult):
    """The units' centre and the spread of their true means around it, in the scale's points.

    `theta` is the centre, `tau` the standard deviation of the true means, `phi` the mean of the winsorised
    z² at τ = 0 (0.68 on average where the units do not differ, above it where they do). `tau_source` says
    where τ is from, `theta_source` whether θ was estimated from the units or given.
    """

    theta: float
    tau: float
    phi: float
    n_units: int
    tau_source: Literal["consistent", "published", "given"]
    theta_source: Literal["units", "given"]


def overdispersion(
    estimates: pd.DataFrame,
    tau: Method | float = "consistent",
    theta: float | None = None,
    *,
    minimum_units: int = MINIMUM_UNITS,
) -> Overdispersion:
    """Estimate how much the units' true means differ: y_i ~ N(θ, s_i² + τ²).

    z = (y - θ)/s is winsorised to z*: what lies below the units' 10th percentile is set to it, what lies
    above the 90th to that, the percentiles interpolated between the order statistics on both sides of
    position 1 + (K - 1)q (R's `quantile`, type 7). φ = Σz*²/K.

    `published`: τ² = max(0, (Kφ - (K - 1)) / (Σw - Σw²/Σw)), w = 1/s² (Spiegelhalter 2005, Qual. Saf. Health
    Care 14: 347-351; Spiegelhalter et al. 2012, J. R. Stat. Soc. A 175: 1-47). It takes the winsorised z² to
    be 1 on average where they are 0.679, and comes out too small.

    `consistent`: the τ >= 0 at which the mean of the winsorised (y - θ)²/(s² + τ²) is 0.679 (K - 1)/K, and 0
    where it is below that already at τ = 0: Paule and Mandel's estimate (1982, J. Res. Natl. Bur. Stand. 87:
    377-385) on winsorised z.

    Args:
        estimates: one row a unit, with `mean` and `se` in the scale's points. A unit without a mean
            (suppressed) is left aside.
        tau: how τ is estimated, or τ itself, from the national stage.
        theta: the centre, from the national stage; the unweighted mean of the units where None.
        minimum_units: with fewer τ is not estimated; at least 2.

    Raises:
        TooFewUnits: fewer than `minimum_units` and no τ given; no unit at all; one alone and no θ given.
        OutOfRange: a standard error that is missing or not above 0, a mean that is no number, or a τ, θ or
            minimum that cannot be.
        NotMeasured: a column is missing.

    >>> units = pd.DataFrame({"mean": [4 + 0.1 * k for k in range(-10, 11)], "se": 0.2})
    >>> found = overdispersion(units)
    >>> print(f"{found.theta:.2f}, {found.tau:.3f}; {overdispersion(units, 'published').tau:.3f}")
    4.00, 0.670; 0.540
    """
    given = checked_tau(tau)
    checked_number(minimum_units, "a number minimum_units", least=2)
    if theta is not None:
        checked_number(theta, "a centre theta")
    rows = unit_estimates(estimates, ["mean", "se"])
    least = minimum_units if given is None else 1 if theta is not None else 2
    if len(rows) < least:
        raise TooFewUnits(
            "the expected range of units",
            found=f"{len(rows)} with a mean",
            expected=f"at least {least}",
            todo="take tau from the national stage"
            if given is None
            else "take theta from the national stage",
        )
    y, s = number_column(rows, "mean"), number_column(rows, "se")
    centre = float(y.mean()) if theta is None else float(theta)
    phi = winsorised_square((y - centre) / s)
    if given is None:
        given = math.sqrt(_published(phi, s) if tau == "published" else _consistent(y - centre, s))
    return Overdispersion(
        theta=centre, tau=given, phi=phi, n_units=len(rows),
        tau_source=tau if isinstance(tau, str) else "given",
        theta_source="units" if theta is None else "given",
    )  # fmt: skip


def checked_tau(tau: Method | float) -> float | None:
    """Take τ where it is given as a number; None where it is the name of a way to estimate it.

    Raises:
        OutOfRange: another name, or a number that is negative or not finite.
    """
    if isinstance(tau, str):
        if tau not in METHODS:
            raise OutOfRange(
                "no such way to estimate tau",
                found=repr(tau),
                expected=f"a number, or one of: {', '.join(METHODS)}",
                todo=nearest(tau, METHODS),
            )
        return None
    return float(checked_number(tau, "a tau", least=0))


def unit_estimates(estimates: pd.DataFrame, columns: Iterable[Hashable]) -> pd.DataFrame:
    """Take the rows of the units that have a mean, sorted by `columns`, each with all that it needs.

    Raises:
        OutOfRange: a unit with a mean lacks another value, a value is no finite number, or an `se` is not
            above 0.
        NotMeasured: a column is missing.
    """
    wanted = list(columns)
    rows = complete_rows(estimates, wanted)
    # complete_rows drops whatever lacks a value: a mean whose standard error is missing is an error in what
    # came before, and must not vanish from the comparison like a suppressed one.
    lacking = estimates.loc[estimates["mean"].notna(), wanted].isna().sum()
    if lacking.any():
        column = lacking.idxmax()
        raise OutOfRange(
            f"a unit with a mean has no {column!r}",
            found=f"{lacking[column]} such units",
            expected="a value for every unit that has a mean",
        )
    for column in wanted:
        if column != "unit" and not is_numeric_dtype(rows[column]):
            rows[column] = number_column(rows, column)
    s = number_column(rows, "se")
    if rows.size and not (s > max(_NO_SPREAD * s.max(), 1 / LARGEST)).all():
        raise OutOfRange(
            "a standard error that is not above 0",
            found=f"{s.min():g}",
            expected="a number above 0",
            todo="give the unit the pooled standard deviation",
        )
    return rows


def winsorised_square(z: np.ndarray) -> float:
    """Average the squares of z, its lowest and highest tenth pulled in to the percentiles there."""
    low, high = np.quantile(z, [WINSORISED_EACH_END, 1 - WINSORISED_EACH_END])
    return float(np.square(np.clip(z, low, high)).mean())


def _published(phi: float, s: np.ndarray) -> float:
    k, w = s.size, 1 / s**2
    # Σw - Σw²/Σw, without the difference of two large numbers where one unit has nearly all the weight.
    return max(0.0, (k * phi - (k - 1)) / float((w * ((w.sum() - w) / w.sum())).sum()))


def _consistent(deviation: np.ndarray, s: np.ndarray) -> float:
    target = NORMAL_SQUARE * (s.size - 1) / s.size
    squared = s**2

    # Every |z_D| falls as τ grows and keeps its sign, so every order statistic closes in on 0, and with them
    # the mean of the winsorised squares: one root at most. Only where a percentile lies between a unit below
    # θ and one above it (θ far out among the units) is this not proven; the search finds a root there too.
    def excess(variance: float) -> float:
        return winsorised_square(deviation / np.sqrt(squared + variance)) - target

    if excess(0.0) <= 0:
        return 0.0
    # Here every single square, winsorised or not, is below the target.
    upper = float(np.square(deviation).max()) / target
    smallest = float(squared.min())
    return float(optimize.brentq(excess, 0.0, upper, xtol=1e-12 * smallest, rtol=1e-14, maxiter=1000))
