"""Files as tables of text: CSV, Excel and Parquet. Nothing is guessed from a value's look."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.core.errors import DataError, nearest
from analysis.survey.formats import parse_csv, parse_excel, parse_parquet

TEXT_FILES = (".csv", ".tsv", ".txt")
EXCEL_FILES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
PARQUET_FILES = (".parquet", ".pq")


@dataclass(frozen=True)
class Source:
    """One file, read as text: codes keep their leading zeros until a check knows what they are.

    `rows` holds each row's number in the file, the header being row 1 (a field with a line break in it does
    not make a new row). `broken` are rows with another number of fields than the header.
    """

    path: Path
    sha256: str
    table: pa.Table
    rows: np.ndarray
    broken: tuple[tuple[int, str], ...] = ()
    written: str = ""

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.path.name

    @property
    def columns(self) -> list[str]:
        """The names in the header."""
        return self.table.column_names


def read_source(
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
) -> Source:
    """Read one file as a table of text; raise DataError where that cannot be done.

    `sheet` names an Excel sheet (the first one otherwise); `encoding` and `separator` are found out where
    they are not given.
    """
    path = Path(path)
    content = _content(path)
    kind = path.suffix.lower()
    if kind in EXCEL_FILES:
        parsed = parse_excel(path, content, sheet=sheet)
    elif kind in PARQUET_FILES:
        parsed = parse_parquet(path, content)
    else:
        parsed = parse_csv(path, content, encoding=encoding, separator=separator)
    cells, rows = parsed.cells.rename_columns([name.strip() for name in parsed.names]), parsed.rows
    filled = _filled(cells)
    if not filled.all():
        cells, rows = cells.filter(pa.array(filled)), rows[filled]
    if cells.num_rows == 0:
        broken = f"{len(parsed.broken)} rows, none with as many fields as the header"
        raise DataError(
            "the file has no rows",
            where=str(path),
            found=broken if parsed.broken else "only a header",
            expected="a header and at least one row under it",
            todo="check that this is the right file, sheet and separator",
        )
    return Source(path, hashlib.sha256(content).hexdigest(), cells, rows, parsed.broken, parsed.written)


def _filled(cells: pa.Table) -> np.ndarray:
    """Say for each row whether anything stands in it: blank lines at a file's end are no answers."""
    filled = np.zeros(cells.num_rows, dtype=bool)
    for column in cells.columns:
        if filled.all():
            break
        filled |= pc.not_equal(pc.utf8_trim_whitespace(column), "").to_numpy(zero_copy_only=False)
    return filled


def _content(path: Path) -> bytes:
    known = (*TEXT_FILES, *EXCEL_FILES, *PARQUET_FILES)
    if not path.is_file():
        near = sorted(p.name for p in path.parent.glob("*") if p.suffix.lower() in known)
        raise DataError(
            "there is no such file" if not path.is_dir() else "this is a folder",
            where=str(path),
            expected="a survey file (CSV, Excel or Parquet)",
            todo=nearest(path.name, near) or "check the path",
        )
    if path.suffix.lower() not in known:
        raise DataError(
            "files of this kind cannot be read",
            where=str(path),
            found=path.suffix or "no suffix",
            expected=", ".join(known),
            todo="save it as CSV, Excel or Parquet",
        )
    content = path.read_bytes()
    if not content.strip(b"\r\n\t \0\xef\xbb\xbf\xff\xfe"):
        raise DataError(
            "the file is empty", where=str(path), found=f"{len(content)} bytes", expected="a header and rows"
        )
    return content
