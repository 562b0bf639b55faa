"""From a respondent's answers to scores, and from scores to the scales that readers know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis.stats.arrays import check_finite
from analysis.stats.errors import NotComparable, NotMeasured, OutOfRange, TooFewAnswers
from analysis.stats.frames import float_array, present_columns
from analysis.stats.given import checked_number
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

    Numbers, sequences and columns come back as such, a missing answer as a missing one.

    Raises:
        OutOfRange: an answer lies outside the scale or is no number, or `maximum` is not above `minimum`.

    >>> turned(np.array([1, 2, 6]), 1, 6).tolist()
    [6, 5, 1]
    """
    _on_scale(answers, minimum, maximum, "answers")
    of_one_kind = isinstance(answers, np.ndarray | pd.Series) and pd.api.types.is_numeric_dtype(answers.dtype)
    return minimum + maximum - (answers if of_one_kind else _in_shape(float_array(answers), answers))


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
    checked_number(min_answered, "a share min_answered", above=0, most=1)
    present_columns(responses, [])
    if len(responses) == 0:
        raise TooFewAnswers("scores need respondents", found="0", expected="at least 1")
    try:
        items, dimensions = tuple(questionnaire.items), tuple(questionnaire.dimensions)
    except (AttributeError, TypeError) as error:
        raise NotMeasured(
            "no questionnaire", found=type(questionnaire).__name__, expected="items and dimensions"
        ) from error
    if missing := [item.id for item in items if item.id not in responses.columns]:
        raise NotMeasured(
            "items without a column in the responses",
            found=", ".join(missing[:8]),
            expected="one column an item",
        )
    present_columns(responses, [item.id for item in items])
    answers = {item.id: _answers(responses[item.id], item) for item in items}
    scores: dict[str, np.ndarray] = {}
    for dimension in dimensions:
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
    numbers = _on_scale(column, item.minimum, item.maximum, f"answers to item {item.id!r}")
    return item.minimum + item.maximum - numbers if item.reversed else numbers


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

    Works for numbers, sequences, arrays and Series; the limits of an interval, cut at the ends of the scale,
    go the same way, a standard error through `index_se`. What is missing (a respondent without a score, a
    mean without an interval) is missing on the index too: null in, NaN out.

    Raises:
        OutOfRange: a value lies outside the scale or is no number, or `high` is not above `low`.

    >>> round(index_0_100(4.6, 1, 6))
    72
    >>> index_0_100([1, None, 6], 1, 6).tolist()
    [0.0, nan, 100.0]
    """
    numbers = _on_scale(value, low, high, "scores")
    return _in_shape((numbers - low) * _points(low, high), value)


def index_se(se: Any, low: float, high: float) -> Any:
    """Put a standard error or a difference on the 0-100 index: 100 se / (high - low).

    Null in, NaN out, as in `index_0_100`.

    Raises:
        OutOfRange: a value is infinite or no number, or `high` is not above `low`.

    >>> index_se(0.1, 1, 6)
    2.0
    """
    per_point, numbers = _points(low, high), float_array(se, "the standard errors")
    check_finite(numbers[~np.isnan(numbers)], "the standard errors")
    return _in_shape(numbers * per_point, se)


def _points(low: float, high: float) -> float:
    _check_ends(low, high)
    return 100.0 / (high - low)


def _check_ends(low: float, high: float) -> None:
    checked_number(low, "the low end of a scale")
    if not checked_number(high, "the high end of a scale") > low:
        raise OutOfRange(
            "a scale's ends", found=f"{low} to {high}", expected="the high end above the low end"
        )


def _on_scale(values: Any, low: float, high: float, what: str) -> np.ndarray:
    """Take values as floats, null as NaN; all others from end to end of the scale."""
    _check_ends(low, high)
    numbers = float_array(values, what)
    # Sums of items such as 4.1 can lie a last bit outside.
    room = 1e-9 * (high - low)
    outside = (numbers < low - room) | (numbers > high + room)
    if outside.any():
        raise OutOfRange(
            # How many, not which: the message may be shown, and an answer may not.
            f"{what} outside the scale", found=f"{int(outside.sum())} of them",
            expected=f"{low:g} to {high:g}, codes such as don't know made null",
        )  # fmt: skip
    return numbers


def _in_shape(numbers: np.ndarray, values: Any) -> Any:
    if isinstance(values, pd.Series):
        return pd.Series(numbers, index=values.index, name=values.name)
    if isinstance(values, pd.DataFrame):
        return pd.DataFrame(numbers, index=values.index, columns=values.columns)
    return float(numbers) if numbers.ndim == 0 else numbers


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
    _check_ends(minimum, maximum)
    if maximum - minimum < 3:
        raise NotComparable(
            "top and bottom box would overlap", found=f"{minimum}–{maximum}", expected="four options or more"
        )
    numbers = _on_scale(answers, minimum, maximum, "answers").ravel()
    return numbers[~np.isnan(numbers)]
