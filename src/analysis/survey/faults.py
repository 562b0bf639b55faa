"""Why a row goes to quarantine: a reason's code, and what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.survey.columns import Coded

#: Every reason, and the sentence that explains it.
REASONS: dict[str, str] = {
    "wrong_fields": "The row has another number of fields than the header.",
    "missing_respondent": "The row does not say who answered.",
    "duplicate_respondent": "The respondent has answered earlier in the same round.",
    "missing_municipality": "The row does not say which municipality it is from.",
    "unknown_municipality": "The municipality is not in the register.",
    "closed_municipality": "The municipality did not exist in that year.",
    "unknown_service": "The service has no questionnaire.",
    "unknown_year": "The year is missing or cannot be read.",
    "other_year": "The year is not one of the rounds that are imported.",
    "missing_unit": "The row does not say which unit it is about.",
    "unknown_unit": "The unit is not in the register.",
    "closed_unit": "The unit was closed before the round.",
    "unit_not_open": "The unit opened after the round.",
    "not_a_number": "An answer is text where a number is expected.",
    "not_whole": "An answer is not a whole number.",
    "outside_scale": "An answer is outside the scale.",
    "bad_weight": "The weight is missing, negative or not a number.",
}

COLUMNS = ["position", "reason", "column", "value"]


def faults(bad: np.ndarray, reason: str, column: str | None, cells: Coded | None = None) -> pd.DataFrame:
    """Return one fault for each row where `bad` is true: position, reason, column and the cell's value."""
    at = np.flatnonzero(bad)
    values = np.array(cells.values, dtype=object)[cells.index[at]] if cells is not None and len(at) else ""
    return pd.DataFrame({"position": at, "reason": reason, "column": column or "", "value": values})


def together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return all faults in one table, in the order of the rows."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(
            {"position": np.array([], dtype="int64"), "reason": "", "column": "", "value": ""}
        )
    return pd.concat(parts, ignore_index=True).sort_values("position", kind="stable", ignore_index=True)
