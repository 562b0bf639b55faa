"""Weights that give the respondents the population's known margins."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from analysis.stats.errors import NotComparable, OutOfRange, TooFewAnswers, Unreachable
from analysis.stats.frames import TableResult, float_array, mixed_kinds, present_columns
from analysis.stats.given import LARGEST, checked_number, shown

MARGIN_TOLERANCE = 1e-6
"""So far may a weighted share be from the population's before the margins count as not reached."""
LEAST_LIMIT = 1.5
"""A lower limit leaves the weights no room to do anything."""
_SHARES_ROUNDED = 0.005
_COUNTS_APART = 0.01
# weightipy lets the largest weight lie so much above its cap.
_CAP_SLACK = 1e-4


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration(TableResult):
    """Respondents' weights, and what they do.

    `weights` has one weight for each respondent, on the responses' index, with a mean of 1. `design_effect`
    is n Σw²/(Σw)², how much the variance of a mean grows where the weights have nothing to do with the
    answers, and `effective_n` n divided by it. `table` has, for every level: `variable`, `level`,
    `population_share`, `before` and `after` (the respondents' share without and with weights). `iterations`
    is how often all margins were gone through, `limit` the largest weight allowed, None for any. `notes` says
    in words what the analyst must know.
    """

    table: pd.DataFrame
    weights: pd.Series
    n: int
    design_effect: float
    effective_n: float
    iterations: int
    limit: float | None
    notes: tuple[str, ...]

    _unprinted: ClassVar = ("weights",)


def calibrate(
    responses: pd.DataFrame, margins: Mapping[str, Mapping[Any, float]], *, limit: float | None = None
) -> Calibration:
    """Weight the respondents to all of the population's margins by raking.

    The weights are multiplied to each margin in turn until all hold together (Deming and Stephan 1940, Ann.
    Math. Stat. 11: 427-444; design effect after Kish 1965, Survey Sampling, sec. 11.7): R's `survey::rake`,
    and with one margin `survey::postStratify`. The package weightipy does it. It ends without a word where
    the margins contradict each other or a level has no respondent, so both are checked here.

    Weighting takes away the difference between respondents and users only so far as it lies in the margins.
    Every margin is turned into shares, so that counts and shares may stand beside each other.

    Args:
        responses: one row a respondent, with a column for each margin.
        margins: {variable: {level: count or share of the population}}; a Series for a margin will do.
        limit: the largest weight allowed, as a multiple of the mean weight, at least `LEAST_LIMIT`. Larger
            ones are cut in every round of the raking; where the margins then cannot all be met, a note says
            how far off they are. None: nothing is cut.

    Raises:
        Unreachable: a level of the population without respondents, or no weights that meet all margins.
        NotComparable: a respondent's level is not in the margins or has nobody in the population.
        OutOfRange: a respondent without a level (leave the row out, or give the unknown a level and a place
            in the margin), a count or share that cannot be, shares that do not sum to 1, or a limit too low.
        TooFewAnswers: no respondent.
        NotMeasured: a margin's column is missing.

    >>> answers = pd.DataFrame({"age": ["young", "old", "old", "old"]})
    >>> result = calibrate(answers, {"age": {"young": 500, "old": 500}})
    >>> result.weights.round(3).tolist(), round(result.design_effect, 3)
    ([2.0, 0.667, 0.667, 0.667], 1.333)
    """
    if not isinstance(margins, Mapping) or not margins:
        raise NotComparable("nothing to weight to", found=shown(margins), expected="at least one margin")
    if limit is not None:
        checked_number(limit, "a limit of the weights, as a multiple of their mean,", least=LEAST_LIMIT)
    present_columns(responses, margins)
    if responses.empty:
        raise TooFewAnswers("weights need respondents", found="0")
    shares, notes = _population_shares(margins)
    codes = pd.DataFrame({name: _codes(responses[name], name, shares[name]) for name in margins})
    # In an order of their own: where a row stands changes no weight, sum or share by a last bit.
    order = np.lexsort(codes.to_numpy().T[::-1])
    codes = codes.iloc[order].reset_index(drop=True)
    weights, iterations, words = _rake(codes, shares, limit)
    table = _table(codes, shares, weights)
    off = float((table["after"] - table["population_share"]).abs().max())
    if off > MARGIN_TOLERANCE and limit is None:
        raise Unreachable(
            "no weights were found that meet all margins",
            found=f"a share off by {off:.2g} after {iterations} rounds. {words}".strip(),
            expected=f"all shares within {MARGIN_TOLERANCE:g}",
            todo="look for margins that contradict each other, join small levels, or leave a margin out",
        )
    if limit is not None and (at_limit := int((weights > limit * (1 - 1e-3)).sum())):
        met = f"off by up to {off:.1%}" if off > MARGIN_TOLERANCE else "still met"
        notes.append(f"{at_limit} weights were cut at {limit:g} times the mean; the margins are {met}.")
    effect = float(len(weights) * (weights**2).sum() / weights.sum() ** 2)
    placed = pd.Series(np.empty(len(weights)), index=responses.index, name="weight")
    placed.iloc[order] = weights
    return Calibration(
        table=table, weights=placed, n=len(weights), design_effect=effect,
        effective_n=len(weights) / effect, iterations=iterations, limit=limit, notes=tuple(notes),
    )  # fmt: skip


def _population_shares(margins: Mapping[str, Any]) -> tuple[dict[str, pd.Series], list[str]]:
    shares, totals = {}, {}
    for name, margin in margins.items():
        if not isinstance(margin, Mapping | pd.Series):
            raise NotComparable(
                f"no margin of {name!r}", found=shown(margin), expected="counts or shares by level"
            )
        pairs = list(margin.items())
        counts = float_array([count for _, count in pairs], f"the margin of {name!r}")
        total = float(counts.sum()) if ((counts >= 0) & (counts <= LARGEST)).all() else 0.0
        if total == 0:
            raise OutOfRange(f"the margin of {name!r}", found=shown(dict(pairs)), expected="counts or shares")
        if total <= 1 + _SHARES_ROUNDED and total < 1 - _SHARES_ROUNDED:
            raise OutOfRange(
                f"the shares of {name!r} do not sum to 1", found=f"{total:.4g}", todo="name every level"
            )
        if total > 1 + _SHARES_ROUNDED:
            totals[name] = total
        levels = [str(level) for level, _ in pairs]
        if len(set(levels)) < len(levels):
            raise NotComparable(f"a level of {name!r} stands twice", found=", ".join(levels))
        shares[name] = pd.Series(counts / total, index=levels)
    notes = []
    if totals and max(totals.values()) > (1 + _COUNTS_APART) * min(totals.values()):
        listed = ", ".join(f"{name} {total:,.0f}" for name, total in totals.items())
        notes.append(f"The margins count different populations: {listed}. Their shares were used.")
    return shares, notes


def _codes(values: pd.Series, name: str, share: pd.Series) -> np.ndarray:
    try:
        found, levels = pd.factorize(values)
    except TypeError as error:
        raise mixed_kinds(name, error) from error
    missing = int((found < 0).sum())
    if missing:
        raise OutOfRange(
            f"respondents without a level of {name!r}",
            found=f"{missing} of {len(values)}",
            expected="a level for each",
            todo="leave these rows out, or give the unknown a level of their own in the margin",
        )
    place = share.index.get_indexer([_plain(level, share.index) for level in levels])
    if (place < 0).any():
        raise NotComparable(
            f"levels of {name!r} that the margin does not have",
            found=", ".join(sorted(str(x) for x, at in zip(levels, place, strict=True) if at < 0)),
            expected=", ".join(share.index),
        )
    codes = place[found]
    answered = np.bincount(codes, minlength=len(share)) > 0
    empty = (share.to_numpy() > 0) & ~answered
    if empty.any():
        raise Unreachable(
            f"levels of {name!r} without respondents",
            found=", ".join(share.index[empty]),
            expected="a respondent in each",
            todo="join these levels with others",
        )
    nobody = (share.to_numpy() == 0) & answered
    if nobody.any():
        raise NotComparable(
            f"respondents of levels of {name!r} that the population does not have",
            found=", ".join(share.index[nobody]),
        )
    return codes


def _plain(level: Any, known: pd.Index) -> str:
    # A column of whole numbers with a gap comes as floats: 3.0 is the margin's 3.
    if str(level) not in known and isinstance(level, float) and level.is_integer():
        return str(int(level))
    return str(level)


def _rake(
    codes: pd.DataFrame, shares: dict[str, pd.Series], limit: float | None
) -> tuple[np.ndarray, int, str]:
    # Imported when weights are made, which few reports do.
    from weightipy import Rim, weight  # noqa: PLC0415

    # Under names and levels of our own: what they are called changes no weight.
    names = [f"v{place}" for place in range(codes.shape[1])]
    scheme = Rim("margins")
    targets = zip(names, codes.columns, strict=True)
    scheme.set_targets([{v: dict(enumerate(100 * shares[name].to_numpy()))} for v, name in targets])
    if limit is not None:
        scheme.cap = limit - _CAP_SLACK
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        weights = weight(codes.set_axis(names, axis=1), scheme).to_numpy(dtype=float)
    (group,) = scheme.groups.values()
    return weights / weights.mean(), int(group["iterations"]), " ".join(said.getvalue().split())


def _table(codes: pd.DataFrame, shares: dict[str, pd.Series], weights: np.ndarray) -> pd.DataFrame:
    parts = []
    for name, share in shares.items():
        code = codes[name].to_numpy()
        before = np.bincount(code, minlength=len(share)) / len(code)
        after = np.bincount(code, weights, len(share)) / weights.sum()
        part = {"variable": name, "level": share.index, "population_share": share.to_numpy()}
        parts.append(pd.DataFrame(part | {"before": before, "after": after}))
    return pd.concat(parts, ignore_index=True)
