"""From a respondent's answers to scores, and from scores to the scales that readers know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis.stats.errors import NotComparable, NotMeasured, OutOfRange, TooFewAnswers
from analysis.stats.frames import float_array
from analysis.stats.intervals import ShareInterval, wilson

OVERALL = "overall"
"""The column of the overall score."""


class ScoredItem(Protocol):
    """What scoring reads of an item."""

    id: str
    dimension: str | None
    minimum: int
    maximum: int
    reversed: bool


class Scored(Protocol):
    """What scoring reads of a questionnaire; a dimension has an `id`."""

    items: Sequence[ScoredItem]
    dimensions: Sequence[Any]
    overall: str | None


def turned(answers: Any, minimum: float, maximum: float) -> Any:
    """Turn a reversed item's answers, so that high is good: minimum + maximum - answer.

    >>> turned(np.array([1, 2, 6]), 1, 6).tolist()
    [6, 5, 1]
    """
    return minimum + maximum - answers


def dimension_scores(
    responses: pd.DataFrame, questionnaire: Scored, min_answered: float = 0.5
) -> pd.DataFrame:
    """Score every respondent on every dimension and overall.

    A dimension's score is the mean of the respondent's answered items in it, reversed items turned, where at
    least `min_answered` of them are answered. Overall is the overall item's answer where the questionnaire
    has such an item, else the mean of all items by the same rule.

    Args:
        responses: one row a respondent, one column an item; null is no answer or don't know.
        questionnaire: items with their dimension and scale, dimensions, overall item.
        min_answered: the share of items that must be answered, above 0 and at most 1.

    Returns:
        A frame with the responses' index, one float column for each dimension in the questionnaire's order
        and `overall`, in the items' points. NaN is a respondent without a score.

    Raises:
        TooFewAnswers: there are no respondents.
        NotMeasured: an item has no column, the overall item is not among the items, or a dimension has no
            item.
        NotComparable: items to be averaged are on different scales, or a dimension is called `overall`.
        OutOfRange: an answer lies outside its item's scale, or `min_answered` is no such share.
    """
    if not 0 < min_answered <= 1:
        raise OutOfRange("min_answered", found=repr(min_answered), expected="above 0 and at most 1")
    if len(responses) == 0:
        raise TooFewAnswers("scores need respondents", found="0", expected="at least 1")
    items = tuple(questionnaire.items)
    if missing := [item.id for item in items if item.id not in responses.columns]:
        raise NotMeasured(
            "items without a column in the responses",
            found=", ".join(missing[:8]),
            expected="one column an item",
        )
    answers = {item.id: _answers(responses[item.id], item) for item in items}
    scores: dict[str, np.ndarray] = {}
    for dimension in questionnaire.dimensions:
        if dimension.id == OVERALL:
            raise NotComparable(f"a dimension called {OVERALL!r} would hide the overall score")
        of_dimension = [item for item in items if item.dimension == dimension.id]
        scores[dimension.id] = _mean_of_answered(of_dimension, answers, min_answered, dimension.id)
    if questionnaire.overall is None:
        scores[OVERALL] = _mean_of_answered(items, answers, min_answered, OVERALL)
    elif questionnaire.overall in answers:
        scores[OVERALL] = answers[questionnaire.overall]
    else:
        raise NotMeasured("the overall item is not among the items", found=questionnaire.overall)
    return pd.DataFrame(scores, index=responses.index)


def _answers(column: pd.Series, item: ScoredItem) -> np.ndarray:
    numbers = float_array(column)
    outside = (numbers < item.minimum) | (numbers > item.maximum)
    if outside.any():
        raise OutOfRange(
            f"item {item.id!r} has answers outside its scale",
            # How many, not which: the message may be shown, and an answer may not.
            found=f"{int(outside.sum())} of them",
            expected=f"{item.minimum} to {item.maximum}, don't-know codes made null",
        )
    return turned(numbers, item.minimum, item.maximum) if item.reversed else numbers


def _mean_of_answered(
    items: Sequence[ScoredItem], answers: dict[str, np.ndarray], min_answered: float, name: str
) -> np.ndarray:
    if not items:
        raise NotMeasured(f"no item in {name!r}", found="0 items", expected="at least 1")
    scales = sorted({(item.minimum, item.maximum) for item in items})
    if len(scales) > 1:
        raise NotComparable(
            f"the items of {name!r} are on different scales",
            found=" and ".join(f"{low}–{high}" for low, high in scales),
            expected="one scale",
        )
    block = np.column_stack([answers[item.id] for item in items])
    answered = (~np.isnan(block)).sum(axis=1)
    # The margin keeps 3 of 10 in for 0.3, where 0.3 * 10 may come out above 3.
    enough = (answered > 0) & (answered >= min_answered * len(items) - 1e-9)
    return np.where(enough, np.nansum(block, axis=1) / np.maximum(answered, 1), np.nan)


def index_0_100(value: Any, low: float, high: float) -> Any:
    """Put a score or a mean on the index where the scale's ends are 0 and 100: 100 (y - low)/(high - low).

    Works for numbers, arrays and Series; limits of an interval go the same way, a standard error through
    `index_se`.

    Raises:
        OutOfRange: `high` is not above `low`.

    >>> round(index_0_100(4.6, 1, 6))
    72
    """
    return (value - low) * index_se(1.0, low, high)


def index_se(se: Any, low: float, high: float) -> Any:
    """Put a standard error or a difference on the 0-100 index: 100 se / (high - low).

    >>> index_se(0.1, 1, 6)
    2.0
    """
    if not high > low:
        raise OutOfRange(
            "a scale's ends", found=f"{low} to {high}", expected="the high end above the low end"
        )
    return se * (100.0 / (high - low))


def top_box(answers: Any, *, minimum: int, maximum: int, level: float = 0.95) -> ShareInterval:
    """Estimate the share that answers one of the two highest options (5–6 of 1–6), with Wilson's interval.

    Args:
        answers: one item's answers, turned where the item is reversed; null is no answer.
        minimum, maximum: the scale's ends, with at least four options between them.
        level: level of confidence, as a share.

    Raises:
        TooFewAnswers: no answer.
        NotComparable: the scale has fewer than four options, so the boxes would overlap.
        OutOfRange: an answer lies outside the scale.

    >>> top_box([6, 5, 4, 1, None], minimum=1, maximum=6).share
    0.5
    """
    valid = _boxed(answers, minimum, maximum)
    return wilson(int((valid >= maximum - 1).sum()), valid.size, level=level)


def bottom_box(answers: Any, *, minimum: int, maximum: int, level: float = 0.95) -> ShareInterval:
    """Estimate the share that answers one of the two lowest options (1–2 of 1–6): as `top_box`.

    >>> bottom_box([6, 5, 4, 1, None], minimum=1, maximum=6).share
    0.25
    """
    valid = _boxed(answers, minimum, maximum)
    return wilson(int((valid <= minimum + 1).sum()), valid.size, level=level)


def _boxed(answers: Any, minimum: int, maximum: int) -> np.ndarray:
    if maximum - minimum < 3:
        raise NotComparable(
            "top and bottom box would overlap", found=f"{minimum}–{maximum}", expected="four options or more"
        )
    numbers = float_array(answers).ravel()
    valid = numbers[~np.isnan(numbers)]
    if ((valid < minimum) | (valid > maximum)).any():
        raise OutOfRange("an answer outside the scale", expected=f"{minimum} to {maximum}")
    return valid
