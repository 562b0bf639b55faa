"""The three kinds of file, each as a table of text with its rows' numbers."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import python_calamine as calamine

from analysis.core.errors import DataError, nearest
from analysis.survey.decoding import decoded, find_separator


@dataclass(frozen=True)
class Parsed:
    """A file's header, its cells as text, each row's number, rows that do not fit, and how it was written."""

    names: list[str]
    cells: pa.Table
    rows: np.ndarray
    broken: tuple[tuple[int, str], ...]
    written: str


def parse_csv(path: Path, content: bytes, *, encoding: str | None, separator: str | None) -> Parsed:
    """Read delimited text; encoding and separator are found out where they are None."""
    text, encoding = decoded(content, encoding=encoding, where=path)
    separator = {"tab": "\t", "\\t": "\t"}.get(separator, separator) or find_separator(text)
    names = next(csv.reader(io.StringIO(text[:1_000_000]), delimiter=separator), [])
    checked_names(names, path)
    if encoding != "utf-8":
        content = text.encode("utf-8")
    broken: list[tuple[int, str]] = []

    def keep(row: pacsv.InvalidRow) -> str:
        broken.append((row.number, row.text))
        return "skip"

    del text
    try:
        table = pacsv.read_csv(
            pa.BufferReader(content),
            # One thread: only then does a row with too many fields know its number.
            read_options=pacsv.ReadOptions(use_threads=False, block_size=1 << 24),
            parse_options=pacsv.ParseOptions(
                delimiter=separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError("the file cannot be read as CSV", where=str(path), found=str(error)[:200]) from None
    _no_open_quote(path, content, table, broken)
    lost = np.array([number for number, _ in broken], dtype="int64")
    rows = np.setdiff1d(np.arange(2, table.num_rows + len(lost) + 2), lost, assume_unique=True)
    shown = {"\t": "tab"}.get(separator, repr(separator))
    return Parsed(names, table, rows, tuple(broken), f"encoding {encoding}, separator {shown}")


def _no_open_quote(path: Path, content: bytes, table: pa.Table, broken: list[tuple[int, str]]) -> None:
    # One quotation mark too many, and the rest of the file is read as one cell: rows would be lost unseen.
    last = [broken[-1][1]] if broken else []
    if table.num_rows:
        last += [column[-1].as_py() for column in table.columns]
    if content.count(b'"') % 2 and any("\n" in cell.strip() for cell in last):
        raise DataError(
            "a quotation mark is not closed",
            where=f"{path}: row {table.num_rows + len(broken) + 1}",
            found=repr(next(cell for cell in last if "\n" in cell.strip())[:60]),
            expected='quotation marks (") in pairs',
            todo="close or remove the mark in the file",
        )


def parse_excel(path: Path, content: bytes, *, sheet: str | None) -> Parsed:
    """Read one sheet, the first where none is named."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = book.sheet_names
    except Exception as error:
        raise DataError(
            "the file cannot be read as Excel",
            where=str(path),
            found=str(error)[:200],
            todo="open it in Excel, take off any password, and save it as .xlsx",
        ) from None
    name = sheet if sheet is not None else sheets[0]
    if name not in sheets:
        raise DataError(
            "there is no such sheet",
            where=str(path),
            found=repr(name),
            expected="one of: " + ", ".join(repr(s) for s in sheets),
            todo=nearest(name, sheets),
        )
    # From row 1 also where the top rows are empty: row numbers must be Excel's.
    cells = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    lines = [[_written(cell) for cell in row] for row in cells]
    if not any(any(line) for line in lines):
        raise DataError(
            "the sheet is empty", where=f"{path}: {name}", found="no cells", expected="a header and rows"
        )
    top = next(i for i, line in enumerate(lines) if any(line))
    width = max(i + 1 for line in lines[top:] for i, cell in enumerate(line) if cell)
    columns = list(zip(*(line[:width] for line in lines[top + 1 :]), strict=True)) or [()] * width
    names = lines[top][:width]
    checked_names(names, path)
    table = pa.table([pa.array(column, pa.string()) for column in columns], names)
    rows = np.arange(top + 2, top + 2 + table.num_rows)
    return Parsed(names, table, rows, (), f"sheet {name!r}")


def _written(cell: object) -> str:
    """Write a cell as a person reads it: Excel keeps every number as a float."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (dt.date, dt.datetime)):
        return cell.isoformat()
    return str(cell)


def parse_parquet(path: Path, content: bytes) -> Parsed:
    """Read a Parquet file; whole numbers kept as decimal numbers lose their `.0`."""
    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(
            "the file cannot be read as Parquet", where=str(path), found=str(error)[:200]
        ) from None
    names = table.column_names
    checked_names(names, path)
    cells = pa.table(
        [_as_text(column, f"{path}: {n}") for n, column in zip(names, table.columns, strict=True)], names
    )
    # Parquet has no header row; counting as if it had gives the row numbers of a spreadsheet.
    return Parsed(names, cells, np.arange(2, table.num_rows + 2), (), "Parquet")


def _as_text(column: pa.ChunkedArray, where: str) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    try:
        if pa.types.is_floating(kind):
            # A column of whole numbers with gaps is stored as decimal numbers: 5.0 stands for the answer 5.
            coded = pc.if_else(pc.is_nan(column), None, column).combine_chunks().dictionary_encode()
            column = pa.array([_written(v) for v in coded.dictionary.to_pylist()], pa.string()).take(
                coded.indices
            )
        return pc.fill_null(column.cast(pa.string()), "")
    except pa.ArrowException:
        raise DataError(
            "the column cannot be read", where=where, found=str(kind), expected="text, numbers or dates"
        ) from None


def checked_names(names: list[str], path: Path) -> None:
    """Raise DataError where a column has no name, or two have the same."""
    stripped = [name.strip() for name in names]
    twice = sorted({name for name in stripped if name and stripped.count(name) > 1})
    nameless = [i + 1 for i, name in enumerate(stripped) if not name]
    if twice:
        raise DataError(
            "two columns have the same name",
            where=f"{path}: header",
            found=", ".join(repr(name) for name in twice),
            expected="every name once",
            todo="rename one of them in the file",
        )
    if nameless:
        raise DataError(
            "a column has no name",
            where=f"{path}: header",
            found=f"nothing in column {nameless[0]}",
            expected="a name over every column",
            todo="give it a name in the file, or remove it",
        )
