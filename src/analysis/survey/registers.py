"""Registers in files: which units, users and municipalities there are."""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.core.errors import DataError, TilstandError, nearest
from analysis.core.paths import checked_code
from analysis.survey.codebook import Questionnaire
from analysis.survey.groups import coded_groups
from analysis.survey.mapping import Mapping, Register
from analysis.survey.questionnaires import column_of, found_beside
from analysis.survey.readers import read_source

_NUMBERS = ("year", "population", "invited", "inhabitants", "valid_from", "valid_to")
_COLUMNS = {
    "units": (("unit", "name"), ("id", "municipality", "service", "valid_from", "valid_to", "successor")),
    "frame": (("unit", "year"), ("municipality", "service", "population", "invited")),
    "groups": (("unit", "year", "variable", "value", "population"), ("municipality", "service")),
    "municipalities": (
        ("code", "name"),
        ("county", "peer_group", "inhabitants", "valid_from", "valid_to", "successor"),
    ),
}


@dataclass(frozen=True)
class RegisterTables:
    """The registers that a mapping names, as tables; None where it names none.

    `units`, `frame` and `groups` have `municipality` and `service` in every row; `unit` is what the data
    files say. `variable` and `value` of `groups` are the codebook's.
    """

    units: pd.DataFrame | None = None
    frame: pd.DataFrame | None = None
    groups: pd.DataFrame | None = None
    municipalities: pd.DataFrame | None = None


def load_registers(
    mapping: Mapping, *, questionnaires: Named[str, Questionnaire], beside: Path
) -> RegisterTables:
    """Read the mapping's registers; raise DataError naming file, column and row where one is wrong."""
    tables = {
        name: _read(mapping, name, register, beside)
        for name, register in mapping.registers
        if register is not None
    }
    if "groups" in tables:
        tables["groups"] = coded_groups(tables["groups"], mapping, questionnaires)
    for name in ("units", "frame", "groups"):
        if name in tables:
            where = f"{mapping.path}: registers.{name}"
            tables[name] = _placed(tables[name], mapping, list(questionnaires), where=where)
    return RegisterTables(**{name: table.reset_index(drop=True) for name, table in tables.items()})


def _read(mapping: Mapping, name: str, register: Register, beside: Path) -> pd.DataFrame:
    where = f"{mapping.path}: registers.{name}"
    source = read_source(
        found_beside(register.file, mapping, beside=beside, key=f"registers.{name}"), sheet=register.sheet
    )
    needed, optional = _COLUMNS[name]
    strange = sorted(set(register.columns) - {*needed, *optional})
    if strange:
        raise DataError(
            "unknown column of a register",
            where=f"{where}.columns",
            found=", ".join(map(repr, strange)),
            expected=", ".join((*needed, *optional)),
            todo=nearest(strange[0], (*needed, *optional)),
        )
    table = {}
    for column in (*needed, *optional):
        there = register.columns.get(column, column)
        if column in needed or column in register.columns or there in source.columns:
            cells = column_of(source, there, where=where)
            table[column] = [cell or None for cell in cells]
    rows = [int(row) for row in source.rows]
    for column in set(table) & set(_NUMBERS):
        table[column] = [
            _number(cell, where=f"{source.path}: row {row}, {column}")
            for row, cell in zip(rows, table[column], strict=True)
        ]
    for column in set(table) & {"municipality", "code", "service", "id"}:
        table[column] = [
            _code(cell, where=f"{source.path}: row {row}, {column}")
            for row, cell in zip(rows, table[column], strict=True)
        ]
    for column in needed:
        if None in table[column]:
            row = rows[table[column].index(None)]
            raise DataError(
                "a value is missing", where=f"{source.path}: row {row}", found="nothing", expected=column
            )
    numbers = {c: pd.array(v, dtype="Int64") for c, v in table.items() if c in _NUMBERS}
    texts = {c: pd.array(v, dtype=pd.StringDtype()) for c, v in table.items() if c not in _NUMBERS}
    # The file's own row numbers, for whoever finds something wrong further on.
    return pd.DataFrame({**texts, **numbers}, index=pd.Index(rows))


def _number(cell: str | None, *, where: str) -> int | None:
    if cell is None:
        return None
    # Office programs write 12 345 with an ordinary space, a no-break space or a thin one.
    plain = "".join(cell.split())
    if plain.isascii() and plain.removesuffix(".0").isdigit():
        return int(plain.removesuffix(".0"))
    raise DataError(
        "this is no whole number", where=where, found=repr(cell), expected="a number such as 1250"
    )


def _code(cell: str | None, *, where: str) -> str | None:
    try:
        return None if cell is None else checked_code(cell, where=where)
    except TilstandError as error:
        raise DataError(
            error.what, where=error.where, found=error.found, expected=error.expected, todo=error.todo
        ) from None


def _placed(table: pd.DataFrame, mapping: Mapping, services: list[str], *, where: str) -> pd.DataFrame:
    if "municipality" not in table:
        place = mapping.municipality.code if mapping.municipality else None
        if place is None:
            raise DataError(
                "the register does not say which municipality a unit is in",
                where=where,
                found=", ".join(table.columns),
                expected="a column 'municipality'",
            )
        table = table.assign(municipality=place)
    if "service" not in table:
        # A register of districts, say, that are the units of every service.
        table = table.merge(pd.DataFrame({"service": services}), how="cross")
    for column in ("municipality", "service"):
        if table[column].isna().any():
            raise DataError(
                "a value is missing",
                where=where,
                found=f"a row without {column}",
                expected=f"a {column} in every row",
            )
    further = [column for column in ("year", "variable", "value") if column in table]
    key = ["municipality", "service", "unit", *further]
    twice = table[table.duplicated(key)]
    if len(twice):
        raise DataError(
            f"the register names the same {'group of a unit' if 'variable' in table else 'unit'} twice",
            where=where,
            found=", ".join(str(value) for value in twice.iloc[0][key]),
            expected="one row for each " + ", ".join(key),
        )
    return table
