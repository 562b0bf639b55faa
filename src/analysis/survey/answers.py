"""Answers as whole numbers on the item's scale, or the reason why a cell is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from analysis.survey.codebook import Item, Questionnaire
from analysis.survey.columns import NONE, coded, whole
from analysis.survey.faults import faults, together
from analysis.survey.layout import ItemPlace
from analysis.survey.mapping import Mapping as SurveyMapping
from analysis.survey.readers import Source

_REASONS = ("not_a_number", "not_whole", "outside_scale")
#: Marks of what is wrong with a cell stand below any answer.
_MARKS = {reason: NONE + 1 + i for i, reason in enumerate(_REASONS)}


def answer(cell: str, item: Item, *, values: Mapping[str, int], dont_know: Iterable[str]) -> int:
    """Return the answer in a cell, NONE for no answer or a don't know, or the mark of a reason.

    `values` and `dont_know` are in small letters. A text that `values` names is the number it stands for; a
    number must be whole and on the item's scale.
    """
    word = cell.casefold()
    if not cell or word in dont_know:
        return NONE
    number = values.get(word, whole(cell))
    if number is None:
        return _MARKS["not_whole" if _is_fraction(cell) else "not_a_number"]
    if number in item.dont_know:
        return NONE
    return number if item.minimum <= number <= item.maximum else _MARKS["outside_scale"]


def _is_fraction(cell: str) -> bool:
    left, mark, right = cell.replace(",", ".").partition(".")
    return bool(mark) and left.lstrip("+-").isdigit() and right.isdigit()


def read_answers(
    source: Source,
    questionnaire: Questionnaire,
    places: Mapping[str, ItemPlace],
    mapping: SurveyMapping,
    rows: np.ndarray,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the answers of some rows (one Int64 column an item) and the faults in them.

    `rows` are positions in the source; the faults' positions are places in `rows`. Items that the file does
    not hold are empty.
    """
    dont_know = {word.strip().casefold() for word in mapping.dont_know}
    columns, wrong = {}, []
    for item in questionnaire.items:
        if item.id not in places:
            columns[item.id] = pd.arrays.IntegerArray(
                np.ones(len(rows), dtype="int64"), np.ones(len(rows), bool)
            )
            continue
        place = places[item.id]
        values = {str(text).strip().casefold(): number for text, number in place.values.items()}
        cells = coded(source, place.column, blank=mapping.blank).at(rows)
        numbers = cells.each(lambda cell: answer(cell, item, values=values, dont_know=dont_know), "int32")  # noqa: B023
        for reason, mark in _MARKS.items():
            bad = numbers == mark
            if bad.any():
                wrong.append(faults(bad, reason, place.column, cells))
        empty = numbers <= max(_MARKS.values())
        columns[item.id] = pd.arrays.IntegerArray(np.where(empty, 1, numbers).astype("int64"), empty)
    return pd.DataFrame(columns), together(wrong)
