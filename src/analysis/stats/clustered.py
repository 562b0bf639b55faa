"""Least squares with a mean for every unit, and errors clustered by unit that hold with few of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.stats.errors import NotIdentified, NoVariation


@dataclass(frozen=True, kw_only=True, eq=False)
class ClusteredFit:
    """Coefficients of all columns, and the first one's standard error with its degrees of freedom."""

    coefficients: np.ndarray
    se: float
    df: float


def fit_within_units(
    y: np.ndarray, columns: np.ndarray, unit: np.ndarray, weight: np.ndarray
) -> ClusteredFit:
    """Fit y = unit's mean + columns b by weighted least squares; the first coefficient is the one tested.

    The standard error is Bell and McCaffrey's (2002, Surv. Methodol. 28: 169-181): each unit's residuals are
    turned by (I - H_gg)^(-1/2) before they are squared (CR2), and the degrees of freedom are Satterthwaite's
    under independent errors. The units' means are absorbed (Pustejovsky and Tipton 2018, J. Bus. Econ. Stat.
    36: 672-683; R's `clubSandwich`). The plain sandwich, with G / (G - 1) and a t of G - 1, is too narrow
    where few units are treated.

    Args:
        y: m values, such as the means of units' rounds.
        columns: m x p, the tested one first; no constant.
        unit: m codes from 0 to G - 1.
        weight: m positive weights, such as answers.

    Raises:
        NotIdentified: the first column follows from the others and the units' means.
        NoVariation: nothing is left to vary.
    """
    total = np.bincount(unit, weight)
    root = np.sqrt(weight)

    def within(values: np.ndarray) -> np.ndarray:
        mean = np.bincount(unit, weight * values) / total
        return root * (values - mean[unit])

    x, left = np.column_stack([within(column) for column in columns.T]), within(y)
    scale = np.sqrt(np.square(x).sum(axis=0))
    scale[scale == 0] = 1.0
    others = x[:, 1:] / scale[1:]
    alone = x[:, 0] - others @ np.linalg.lstsq(others, x[:, 0], rcond=None)[0] if others.size else x[:, 0]
    if np.square(alone).sum() <= 1e-12 * scale[0] ** 2:
        raise NotIdentified(
            "the effect cannot be told from the units and the rounds",
            found="no unit that tells them apart",
            expected="units with and without the measure, each before and after it",
        )
    inverse = np.linalg.pinv((x / scale).T @ (x / scale), hermitian=True) / np.outer(scale, scale)
    coefficients = inverse @ (x.T @ left)
    residual = left - x @ coefficients
    if np.square(residual).sum() <= 1e-20 * max(np.square(root * y).sum(), 1e-300):
        raise NoVariation(
            "all means follow from the units and the rounds", found=f"{len(y)} without residuals"
        )
    turned, pulled = [], []
    variance = 0.0
    for g in range(len(total)):
        rows = unit == g
        part = x[rows]
        size, side = np.linalg.eigh(np.eye(len(part)) - part @ inverse @ part.T)
        # A direction that the unit alone decides has no residual: it is left out, not divided by.
        keep = size > 1e-9
        adjusted = (side[:, keep] / np.sqrt(size[keep])) @ (side[:, keep].T @ (part @ inverse[:, 0]))
        variance += float(adjusted @ residual[rows]) ** 2
        turned.append(float(adjusted @ adjusted))
        pulled.append(part.T @ adjusted)
    spread = np.diag(turned) - np.array(pulled) @ inverse @ np.array(pulled).T
    return ClusteredFit(
        coefficients=coefficients,
        se=float(np.sqrt(variance)),
        df=float(np.trace(spread) ** 2 / np.square(spread).sum()),
    )
