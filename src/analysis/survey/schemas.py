"""What each table of a store may hold, checked with pandera before a file is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core.errors import DataError, nearest

TEXT, WHOLE, REAL = pd.StringDtype(), pd.Int64Dtype(), np.dtype("float64")
CODE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_IS_CODE = "1 to 64 letters a–z, digits, - or _"
_NOT_NEGATIVE = "0 or more"
_IS_YEAR = "a year from 1900 to 2100"


@dataclass(frozen=True)
class Rule:
    """What a column may hold: values of a pandas type, of one kind where `check` says so, or nothing."""

    dtype: object
    check: str = ""
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """A table's columns; `unique` are those that tell its rows apart."""

    columns: dict[str, Rule]
    unique: tuple[str, ...]


def _code(nullable: bool = False) -> Rule:
    return Rule(TEXT, _IS_CODE, nullable)


def _text(nullable: bool = False) -> Rule:
    return Rule(TEXT, nullable=nullable)


def _year(nullable: bool = False) -> Rule:
    return Rule(WHOLE, _IS_YEAR, nullable)


def _count(nullable: bool = False) -> Rule:
    return Rule(WHOLE, _NOT_NEGATIVE, nullable)


def _table(columns: dict[str, Rule], *, key: list[str]) -> Table:
    return Table(columns, tuple(key))


_UNIT_IN_A_ROUND = {"municipality": _code(), "service": _code(), "unit": _code(), "year": _year()}

#: The store's tables beside the responses. The key of each is in its schema's `unique`.
TABLES: dict[str, Table] = {
    "units": _table(
        {
            "unit": _code(),
            "name": _text(),
            "municipality": _code(),
            "service": _code(),
            "valid_from": _year(nullable=True),
            "valid_to": _year(nullable=True),
            "successor": _code(nullable=True),
        },
        key=["unit"],
    ),
    "frame": _table(
        {
            **_UNIT_IN_A_ROUND,
            "population": _count(nullable=True),
            "invited": _count(nullable=True),
        },
        key=[*_UNIT_IN_A_ROUND],
    ),
    # Users by background: how many of a unit's `population` have each value of each variable.
    "frame_groups": _table(
        {
            **_UNIT_IN_A_ROUND,
            "variable": _code(),
            "value": _text(),
            "population": _count(),
        },
        key=[*_UNIT_IN_A_ROUND, "variable", "value"],
    ),
    "municipalities": _table(
        {
            "code": _code(),
            "name": _text(),
            "county": _text(nullable=True),
            "peer_group": _text(nullable=True),
            "inhabitants": _count(nullable=True),
            "valid_from": _year(nullable=True),
            "valid_to": _year(nullable=True),
            "successor": _code(nullable=True),
        },
        key=["code"],
    ),
    "indicators": _table(
        {
            "municipality": _code(),
            "topic": _code(),
            "indicator": _code(),
            "year": _year(),
            "value": Rule(REAL, nullable=True),
            "unit": _text(nullable=True),
            "source": _text(nullable=True),
        },
        key=["municipality", "topic", "indicator", "year"],
    ),
    # Rows whose place, service or round cannot be read stand here too, with none.
    "imports": _table(
        {
            "file": _text(),
            "sha256": _text(),
            "service": _code(nullable=True),
            "year": _year(nullable=True),
            "municipality": _code(nullable=True),
            "rows_read": _count(),
            "accepted": _count(),
            "quarantined": _count(),
        },
        key=["file", "sha256", "service", "year", "municipality"],
    ),
    "import_reasons": _table(
        {
            "file": _text(),
            "service": _code(nullable=True),
            "year": _year(nullable=True),
            "municipality": _code(nullable=True),
            "reason": _code(),
            "count": _count(),
        },
        key=["file", "service", "year", "municipality", "reason"],
    ),
}

_RULES = {
    "not_nullable": "a value in every row",
    "multiple_fields_uniqueness": "every key once",
    "column_in_schema": "no column but the table's own",
    "column_in_dataframe": "all of the table's columns",
}

#: What stands before the background and item columns of the responses, in this order.
KEYS = ("respondent", "municipality", "unit")


def checked_table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` with the declared column types, in the order of its key; raise DataError otherwise.

    Columns that may be empty can be left out.

    >>> checked_table("municipalities", pd.DataFrame({"code": ["9901"], "name": ["Fagerdal"]})).shape
    (1, 8)
    """
    if name not in TABLES:
        raise DataError(
            "no such table",
            where="store",
            found=repr(name),
            expected=", ".join(TABLES),
            todo=nearest(name, TABLES),
        )
    table = TABLES[name]
    frame = frame.copy()
    for column, rule in table.columns.items():
        if column not in frame and rule.nullable:
            frame[column] = None
        if column in frame:
            frame[column] = _typed(frame[column], rule.dtype, where=f"{name}.parquet: {column}")
    checked = _validated(table, frame, where=f"{name}.parquet")[list(table.columns)]
    return checked.sort_values(list(table.unique), kind="stable", ignore_index=True)


def checked_responses(frame: pd.DataFrame, *, where: str | Path) -> pd.DataFrame:
    """Return responses with respondent, municipality and unit as text, weight a number, items whole numbers.

    A column of text is a background variable; a column of numbers is an item. Rows come back in the order
    municipality, unit, respondent, so that one municipality is read without the others.
    """
    lost = [key for key in KEYS if key not in frame]
    if lost:
        raise DataError(
            "a column is missing",
            where=str(where),
            found=", ".join(map(str, frame.columns)),
            expected=", ".join(lost),
        )
    others = [c for c in frame.columns if c not in (*KEYS, "weight", "service", "year")]
    typed = {key: _typed(frame[key], TEXT, where=f"{where}: {key}") for key in KEYS}
    columns = {"respondent": _text(), "municipality": _code(), "unit": _code()}
    if "weight" in frame:
        typed["weight"] = _typed(frame["weight"], REAL, where=f"{where}: weight")
        columns["weight"] = Rule(REAL, _NOT_NEGATIVE, nullable=True)
    for name in others:
        # Before the first answer a column is all empty; whether text or numbers, the questionnaire knows.
        is_item = pd.api.types.is_numeric_dtype(frame[name])
        typed[name] = _typed(frame[name], WHOLE if is_item else TEXT, where=f"{where}: {name}")
        columns[name] = Rule(WHOLE if is_item else TEXT, nullable=True)
    checked = _validated(
        _table(columns, key=["municipality", "respondent"]), pd.DataFrame(typed), where=str(where)
    )
    return checked.sort_values(["municipality", "unit", "respondent"], kind="stable", ignore_index=True)


def _typed(column: pd.Series, dtype: object, *, where: str) -> pd.Series:
    if column.dtype == dtype:
        return column
    if column.isna().all():
        return pd.Series(np.nan if dtype == REAL else pd.NA, index=column.index, dtype=dtype)
    is_text = pd.api.types.infer_dtype(column, skipna=True) == "string"
    try:
        # Numbers never become text: 301.0 for municipality 0301 would look like a code.
        if is_text and dtype == TEXT:
            return column.astype(object).where(column.notna(), None).astype(dtype)
        if not is_text and dtype != TEXT:
            return column.astype(dtype)
    except (TypeError, ValueError):
        pass
    kind = {TEXT: "text", WHOLE: "whole numbers", REAL: "numbers"}[dtype]
    raise DataError("the column has the wrong type", where=where, found=str(column.dtype), expected=kind)


def _validated(table: Table, frame: pd.DataFrame, *, where: str) -> pd.DataFrame:
    # Imported when something is written: it is slow to import, and a notebook only reads.
    import pandera.pandas as pa  # noqa: PLC0415

    checks = {
        _IS_CODE: pa.Check.str_matches(rf"^{CODE}$", error=_IS_CODE),
        _NOT_NEGATIVE: pa.Check.ge(0, error=_NOT_NEGATIVE),
        _IS_YEAR: pa.Check.in_range(1900, 2100, error=_IS_YEAR),
    }
    columns = {
        name: pa.Column(rule.dtype, checks.get(rule.check), nullable=rule.nullable)
        for name, rule in table.columns.items()
    }
    schema = pa.DataFrameSchema(columns, unique=list(table.unique), strict=True, ordered=False)
    try:
        return schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        first = error.failure_cases.iloc[0]
        column = first["column"] if isinstance(first["column"], str) else None
        row = "" if pd.isna(first["index"]) else f", row {int(first['index']) + 1}"
        rule = str(first["check"])
        raise DataError(
            f"{len(error.failure_cases)} values break the table's rules",
            where=f"{where}{': ' + column if column else ''}{row}",
            found=repr(first["failure_case"])[:120],
            expected=_RULES.get(rule, rule),
            todo="mend what writes the table",
        ) from None
