"""A unit or a municipality with all others: does it lie where ordinary ones lie?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.errors import NotComparable, OutOfRange
from analysis.stats.frames import TableResult, number_column
from analysis.stats.funnel import LIMITS, Funnel, funnel
from analysis.stats.overdispersion import (
    MINIMUM_UNITS,
    Method,
    Overdispersion,
    overdispersion,
    unit_estimates,
)

__all__ = [
    "ExpectedRange",
    "Funnel",
    "Overdispersion",
    "expected_range",
    "funnel",
    "overdispersion",
    "standing",
]


@dataclass(frozen=True, kw_only=True, eq=False)
class ExpectedRange(TableResult):
    """Units with the range in which an ordinary unit of the same precision lies.

    `table` has one row a unit, in the units' order: `unit`, `n`, `mean`, `se`; `z` = (mean - θ)/√(se² + τ²);
    `p` (two-sided, normal, for this unit alone); `band` ("within", "above" or "below" the 95 % limits);
    `outside`, the widest band in per cent that the unit lies outside of (0, 95, 99 or 99.8); and the unit's
    own limits `low`, `high` (95 %, z 1.96), `low_99`, `high_99` (2.58), `low_998`, `high_998` (3.09).

    `theta`, `tau`, `phi`, `n_units`, `tau_source` and `theta_source` are as in `Overdispersion`. `left_out`
    names the units without a mean; `notes` says in words what the analyst must know.
    """

    table: pd.DataFrame
    theta: float
    tau: float
    phi: float
    n_units: int
    tau_source: Literal["consistent", "published", "given"]
    theta_source: Literal["units", "given"]
    left_out: tuple[Any, ...]
    notes: tuple[str, ...]


def expected_range(
    estimates: pd.DataFrame,
    tau: Method | float = "consistent",
    theta: float | None = None,
    minimum_units: int = MINIMUM_UNITS,
) -> ExpectedRange:
    """Find the units that lie further from the centre than chance and the usual spread of units take them.

    z_D = (y - θ)/√(s² + τ²); outside a band where |z_D| is above 1.96, 2.58 or 3.09 (the additive model;
    Spiegelhalter 2005, Stat. Med. 24: 1185-1202, and 2005, Qual. Saf. Health Care 14: 347-351). The limits
    θ ± z√(s² + τ²) are another for every unit. How τ is estimated: `overdispersion`.

    One ordinary unit in twenty lies outside 95 %: among K units 0.05K do where nothing is the matter.

    Args:
        estimates: one row a unit, with `unit`, `n`, `mean` and `se`, the mean's standard error without
            finite-population correction. A unit without a mean (suppressed) is left out, and named.
        tau: `consistent`, `published`, or τ itself, from the national stage.
        theta: the centre, from the national stage; the unweighted mean of the units where None.
        minimum_units: with fewer, τ is not estimated.

    Raises:
        TooFewUnits: fewer than `minimum_units` and no τ given; no unit at all; one alone and no θ given.
        OutOfRange: an `n` below 1, a standard error that is missing or not above 0, a mean or n that is no
            number, or a τ, θ or minimum that cannot be.
        NotComparable: a unit has more than one row.
        NotMeasured: a column is missing.

    >>> units = pd.DataFrame({"unit": ["a", "b", "c"], "n": [40, 25, 10], "mean": [4.1, 5.1, 2.9],
    ...                       "se": [0.2, 0.25, 0.4]})
    >>> found = expected_range(units, tau=0.3, theta=4.0)
    >>> found.table[["unit", "z", "band", "outside", "low", "high"]].round(2)
      unit     z    band  outside   low  high
    0    a  0.28  within      0.0  3.29  4.71
    1    b  2.82   above     99.0  3.23  4.77
    2    c -2.20   below     95.0  3.02  4.98
    """
    rows = unit_estimates(estimates, ["unit", "n", "mean", "se"])
    _check_units(rows)
    spread = overdispersion(estimates, tau, theta, minimum_units=minimum_units)
    mean, se = number_column(rows, "mean"), number_column(rows, "se")
    z, wide = standing(mean, se, theta=spread.theta, tau=spread.tau)
    outside = np.zeros_like(z)
    for percent, limit in LIMITS.items():
        outside[np.abs(z) > limit] = percent
    band = np.where(outside == 0, "within", np.where(z > 0, "above", "below"))
    table = rows.assign(z=z, p=2 * special.ndtr(-np.abs(z)), band=band.astype(object), outside=outside)
    for suffix, limit in zip(("", "_99", "_998"), LIMITS.values(), strict=True):
        table[f"low{suffix}"] = spread.theta - limit * wide
        table[f"high{suffix}"] = spread.theta + limit * wide
    left_out = tuple(sorted(estimates.loc[estimates["mean"].isna(), "unit"].dropna(), key=str))
    return ExpectedRange(
        table=table, theta=spread.theta, tau=spread.tau, phi=spread.phi, n_units=spread.n_units,
        tau_source=spread.tau_source, theta_source=spread.theta_source, left_out=left_out,
        notes=_notes(spread, len(left_out)),
    )  # fmt: skip


def standing(mean: Any, se: Any, *, theta: Any, tau: Any) -> tuple[Any, Any]:
    """Give z_D = (y - θ)/√(s² + τ²) and √(s² + τ²), the half width of a unit's range for z = 1.

    Numbers or arrays that broadcast, all in the scale's points; nothing is checked.
    """
    wide = np.sqrt(np.square(se) + np.square(tau))
    return (mean - theta) / wide, wide


def _check_units(rows: pd.DataFrame) -> None:
    twice = rows.loc[rows["unit"].duplicated(), "unit"].unique()
    if twice.size:
        raise NotComparable(
            "a unit has more than one row",
            found=", ".join(map(str, twice[:5])),
            expected="one row a unit",
            todo="take one round and one score",
        )
    if not (number_column(rows, "n") >= 1).all():
        raise OutOfRange("a unit with a mean and no answers", found="an n below 1", expected="n from 1 up")


def _notes(spread: Overdispersion, n_left_out: int) -> tuple[str, ...]:
    notes = []
    if spread.tau == 0 and spread.tau_source != "given":
        notes.append("The units differ no more than their samples explain: tau is 0.")
    if spread.tau_source == "published":
        notes.append("The published estimate of tau is too small: too many ordinary units lie outside.")
    if spread.tau_source == "given" and spread.theta_source == "units":
        notes.append("The centre is the mean of these units alone, tau is from elsewhere.")
    if n_left_out:
        notes.append(f"Units without a mean, which are not in the table: {n_left_out}.")
    return tuple(notes)
