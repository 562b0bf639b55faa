"""Who answered, where, about which service, and when: the keys of every row of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from analysis.core.errors import DataError, TilstandError
from analysis.core.paths import checked_code
from analysis.survey.codebook import Questionnaire
from analysis.survey.columns import Coded, coded, constant, decimal_number, whole
from analysis.survey.faults import faults, together
from analysis.survey.mapping import FileRule
from analysis.survey.mapping import Mapping as SurveyMapping
from analysis.survey.questionnaires import slug
from analysis.survey.readers import Source
from analysis.survey.registers import RegisterTables


@dataclass(frozen=True)
class Keys:
    """One value a row: `year` is 0 where it cannot be read, `municipality` and `service` are then empty.

    `service` is None where every row answers for all services. `faults` are the rows' own, whatever the
    service.
    """

    respondent: pd.Series
    municipality: Coded
    year: np.ndarray
    service: Coded | None
    weight: np.ndarray | None
    faults: pd.DataFrame


def read_keys(
    source: Source,
    mapping: SurveyMapping,
    rule: FileRule,
    *,
    questionnaires: Mapping[str, Questionnaire],
    registers: RegisterTables,
    decimal: str | None = None,
) -> Keys:
    """Read the keys of all rows, with what is wrong in them.

    Raises DataError where a municipality's code could not stand in a path or a page: `../x`, `<script>`.
    """
    respondent, wrong = _respondents(source, mapping)
    years, bad_years = _years(source, mapping, rule)
    places, bad_places = _municipalities(source, mapping, rule, years, registers)
    service, bad_services = _services(source, mapping, rule, questionnaires)
    weight, bad_weights = _weights(source, mapping, decimal)
    return Keys(
        respondent,
        places,
        years,
        service,
        weight,
        together([wrong, bad_years, bad_places, bad_services, bad_weights]),
    )


def _respondents(source: Source, mapping: SurveyMapping) -> tuple[pd.Series, pd.DataFrame]:
    if mapping.respondent is None:
        # The same file gives the same ids, two files never do.
        stem = slug(source.path.stem)
        return pd.Series([f"{stem}-{row:07d}" for row in source.rows], dtype=pd.StringDtype()), together([])
    # Not by distinct values: here every row has its own.
    cells = pc.utf8_trim_whitespace(source.table.column(mapping.respondent))
    blank = [pc.equal(cells, word) for word in {"", *mapping.blank}]
    missing = np.logical_or.reduce([mask.to_numpy() for mask in blank])
    text = pd.Series(pd.array(cells.to_numpy(zero_copy_only=False), dtype=pd.StringDtype()))
    return text, faults(missing, "missing_respondent", mapping.respondent)


def _years(source: Source, mapping: SurveyMapping, rule: FileRule) -> tuple[np.ndarray, pd.DataFrame]:
    fixed = rule.year or (mapping.year.value if mapping.year else None)
    if fixed is not None:
        cells, column = constant(str(fixed), source.table.num_rows), None
    else:
        column = mapping.year.column
        cells = coded(source, column, recode=mapping.year.values, blank=mapping.blank)
    read = {value: whole(value) or 0 for value in cells.values}
    years = cells.each(lambda v: read[v] if 1900 <= read[v] <= 2100 else 0, "int64")
    other = (years > 0) & ~np.isin(years, mapping.years) if mapping.years else np.zeros(len(years), bool)
    return years, together(
        [faults(years == 0, "unknown_year", column, cells), faults(other, "other_year", column, cells)]
    )


def _municipalities(
    source: Source, mapping: SurveyMapping, rule: FileRule, years: np.ndarray, registers: RegisterTables
) -> tuple[Coded, pd.DataFrame]:
    fixed = rule.municipality or (mapping.municipality.code if mapping.municipality else None)
    column = None if fixed is not None else mapping.municipality.column
    if fixed is not None:
        cells = constant(fixed, source.table.num_rows)
    else:
        cells = coded(source, column, recode=mapping.municipality.values, blank=mapping.blank)
        _check_codes(cells, source, column)
    has = cells.each(bool, bool)
    wrong = [faults(~has, "missing_municipality", column, cells)]
    if registers.municipalities is not None:
        register = registers.municipalities.set_index("code")
        closed = register["valid_to"].dropna().to_dict() if "valid_to" in register else {}
        known = cells.each(lambda code: code in register.index, bool)
        last = cells.each(lambda code: int(closed.get(code, 9999)), "int64")
        wrong.append(faults(has & ~known, "unknown_municipality", column, cells))
        wrong.append(faults(known & (years > 0) & (last < years), "closed_municipality", column, cells))
    return cells, together(wrong)


def _check_codes(cells: Coded, source: Source, column: str) -> None:
    for i, code in enumerate(cells.values):
        if not code:
            continue
        try:
            checked_code(code, where="", kind="the municipality's code")
        except TilstandError as error:
            row = source.rows[np.argmax(cells.index == i)]
            raise DataError(
                error.what,
                where=f"{source.path}: row {row}, column {column!r}",
                found=error.found,
                expected=error.expected,
                todo="correct the file, or say under municipality.values which code is meant",
            ) from None


def _services(
    source: Source, mapping: SurveyMapping, rule: FileRule, questionnaires: Mapping[str, Questionnaire]
) -> tuple[Coded | None, pd.DataFrame]:
    if rule.service is None and mapping.service is None:
        return None, together([])
    if rule.service is not None:
        cells, column = constant(rule.service, source.table.num_rows), None
    else:
        column = mapping.service.column
        cells = coded(source, column, recode=mapping.service.values, blank=mapping.blank)
    known = cells.each(lambda service: service in questionnaires, bool)
    return cells, faults(~known, "unknown_service", column, cells)


def _weights(
    source: Source, mapping: SurveyMapping, decimal: str | None
) -> tuple[np.ndarray | None, pd.DataFrame]:
    if mapping.weight is None:
        return None, together([])
    cells = coded(source, mapping.weight, blank=mapping.blank)
    weights = cells.each(lambda cell: decimal_number(cell, decimal), "float64")
    with np.errstate(invalid="ignore"):
        bad = ~(weights >= 0)
    return weights, faults(bad, "bad_weight", mapping.weight, cells)
