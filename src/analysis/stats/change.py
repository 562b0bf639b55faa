"""Changes from one round of the survey to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.stats.errors import NotComparable, NoVariation, TooFewAnswers, TooFewRounds
from analysis.stats.frames import TableResult, checked_level, complete_columns, group_moments
from analysis.stats.given import column_list, separate_columns
from analysis.stats.intervals import t_quantile
from analysis.stats.multiple import adjust_p
from analysis.stats.power import detectable_difference
from analysis.stats.round_order import rounds_in_order

NOT_IN_ROUND, NO_EARLIER_ROUND = "not_in_round", "no_earlier_round"
TOO_FEW_ANSWERS, NO_VARIATION = "too_few_answers", "no_variation"


@dataclass(frozen=True, kw_only=True, eq=False)
class Changes(TableResult):
    """Changes between two rounds, one row each, and the comparisons that could not be made.

    `table` has `score`, the column that `by` names (where it was given), `from_year`, `to_year`, `n_from`,
    `n_to`, `mean_from`, `mean_to`, `difference` (to minus from), `se`, `df`, `low`, `high`, `p`, `p_bh`,
    `detectable`. `left_out` has `score`, `by`'s column, `from_year`, `to_year` and `reason`: `not_in_round`
    (no answers in the later round), `no_earlier_round`, `too_few_answers` (fewer than two in a round) or
    `no_variation` (all answers the same within both rounds).
    """

    table: pd.DataFrame
    left_out: pd.DataFrame
    level: float
    power: float


def between_rounds(
    frame: pd.DataFrame,
    score: str | Sequence[str],
    year: str,
    by: str | None = None,
    *,
    rounds: tuple[Any, Any] | None = None,
    level: float = 0.95,
    power: float = 0.8,
) -> Changes:
    """Test each change from the previous round to the last with Welch's t test.

    difference ± t s, s = √(s1²/n1 + s2²/n2), with Welch and Satterthwaite's degrees of freedom (Welch 1947,
    Biometrika 34: 28-35); R's `t.test`. `p_bh` is adjusted after Benjamini and Hochberg with all rows of
    this call as the family, and it is what a verdict rests on. `detectable` is the smallest change that the
    two rounds' sizes could have shown with `power`; it decides nothing.

    The last round is the frame's, the same for every score and every group: a unit that was not asked in it
    has no change to report. The round before it is the latest earlier one in which that group answered.

    Args:
        frame: one row a respondent.
        score: the column of the scores, or several such columns.
        year: the column of the round: numbers, dates or an ordered categorical.
        by: the column of the groups (units) to be followed each by itself.
        rounds: the earlier and the later round, where it is not the last two.
        level: level of confidence, as a share.
        power: the power of `detectable`, as a share.

    Raises:
        TooFewRounds: no comparison has two rounds, or one of `rounds` is not among the data's.
        TooFewAnswers, NoVariation: there are two rounds, but no comparison can be computed, for this reason.
        NotMeasured: a column is missing.
        NotComparable: no score is named, or one twice or as another column; the rounds are text, which has
            no order in time; or `rounds` is not an earlier and a later round.
        OutOfRange: the scores are no numbers, or `level` or `power` is no share.

    >>> answers = pd.DataFrame({"year": [2024] * 4 + [2026] * 4, "safety": [3, 4, 3, 4, 5, 4, 5, 6]})
    >>> between_rounds(answers, "safety", "year").table[["from_year", "to_year", "difference"]]
       from_year  to_year  difference
    0       2024     2026         1.5
    """
    checked_level(level)
    checked_level(power, "power")
    keys = [] if by is None else [by]
    scores = compared_scores(score, year=year, **({} if by is None else {"by": by}))
    order = rounds_in_order(frame, year)
    frame, rounds = order.frame, None if rounds is None else order.pair(rounds)
    cells = []
    for name in scores:
        rows = complete_columns(frame, [*keys, year, name])
        cells.append(group_moments(rows, [*keys, year], name).assign(score=name))
    moments = pd.concat(cells, ignore_index=True)
    if moments.empty:
        raise TooFewAnswers("a change needs answers", found="0", expected="at least 2 in each of two rounds")
    # The whole frame's, also where a score has no answer in it: else an old change would pass for the last.
    last = complete_columns(frame, [year])[year].max() if rounds is None else rounds[1]
    compared = _paired(moments, ["score", *keys], year, rounds, last)
    reasons = compared.pop("reason")
    left_out = compared[["score", *keys, "from_year", "to_year"]].assign(reason=reasons)[reasons != ""]
    compared = compared[reasons == ""].reset_index(drop=True)
    if compared.empty:
        _refuse(left_out["reason"])
    table = _tested(compared.astype({"from_year": compared["to_year"].dtype}), level, power)
    return Changes(
        table=order.named(table, "from_year", "to_year"), level=level, power=power,
        left_out=order.named(left_out.reset_index(drop=True), "from_year", "to_year"),
    )  # fmt: skip


def compared_scores(score: Any, **others: Any) -> list[str]:
    """Name the scores to be compared, each a column apart from the `others`.

    Raises:
        NotComparable: there is none, or one twice, or one that is another column too.
        NotMeasured: what is given is no name of a column.
    """
    scores = column_list(score, "score")
    if not scores:
        raise NotComparable("no score to compare", found="none", expected="at least one column of scores")
    for name in scores:
        separate_columns(score=name, **others)
    return scores


def _paired(
    moments: pd.DataFrame, keys: list[str], year: str, rounds: tuple[Any, Any] | None, last: Any
) -> pd.DataFrame:
    names = ("n", "mean", "variance")
    cells: dict[tuple, dict[Any, tuple]] = {}
    columns = [moments[column].tolist() for column in (*keys, year, *names)]
    for *key, at, n, mean, variance in zip(*columns, strict=True):
        cells.setdefault(tuple(key), {})[at] = (n, mean, variance)
    rows = []
    for key, by_year in cells.items():
        earlier = [y for y in by_year if (y < last if rounds is None else y == rounds[0])]
        row = dict(zip(keys, key, strict=True)) | {"from_year": max(earlier, default=None), "to_year": last}
        for end, at in (("from", row["from_year"]), ("to", last)):
            row |= zip((f"{name}_{end}" for name in names), by_year.get(at, (0, np.nan, np.nan)), strict=True)
        rows.append(row | {"reason": _reason(row)})
    return pd.DataFrame(rows).astype({"n_from": "int64", "n_to": "int64"})


def _reason(row: dict[str, Any]) -> str:
    if row["n_to"] == 0:
        return NOT_IN_ROUND
    if row["n_from"] == 0:
        return NO_EARLIER_ROUND
    if min(row["n_from"], row["n_to"]) < 2:
        return TOO_FEW_ANSWERS
    return NO_VARIATION if row["variance_from"] + row["variance_to"] == 0 else ""


def _refuse(reasons: pd.Series) -> None:
    if (reasons == NO_VARIATION).any():
        raise NoVariation("no change can be tested", found="all answers the same within both rounds")
    if (reasons == TOO_FEW_ANSWERS).any():
        raise TooFewAnswers("no change can be tested", expected="at least 2 answers in each of two rounds")
    raise TooFewRounds("a change needs two rounds", found="one for every group", expected="at least 2")


def _tested(rows: pd.DataFrame, level: float, power: float) -> pd.DataFrame:
    ends = ("n_from", "n_to", "mean_from", "mean_to")
    n1, n2, mean1, mean2, variance1, variance2 = (
        rows[name].to_numpy() for name in (*ends, "variance_from", "variance_to")
    )
    part1, part2 = variance1 / n1, variance2 / n2
    df = (part1 + part2) ** 2 / (part1**2 / (n1 - 1) + part2**2 / (n2 - 1))
    within = ((n1 - 1) * variance1 + (n2 - 1) * variance2) / (n1 + n2 - 2)
    difference, se = mean2 - mean1, np.sqrt(part1 + part2)
    half = t_quantile(df, level) * se
    p = 2 * special.stdtr(df, -np.abs(difference / se))
    others = [name for name in rows.columns if not name.endswith(("_from", "_to"))]
    return rows[[*others, *ends]].assign(
        difference=difference, se=se, df=df, low=difference - half, high=difference + half, p=p,
        p_bh=adjust_p(p, "bh"),
        detectable=detectable_difference(n1, n2, np.sqrt(within), power=power, level=level),
    )  # fmt: skip
