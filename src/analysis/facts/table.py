"""The facts table: one row for every number that may be shown, where it comes from, how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.core.errors import DataError
from analysis.core.paths import written_whole

#: Why a number is there, or is not.
STATES = (
    "measured",
    "suppressed",
    "not_measured",
    "not_measured_common_template",
    "not_comparable",
    "undecided",
)

_TEXT = "string"
#: Column and type, in the order of the file. `p` and `p_adjusted` stand beside the interval because a
#: report adjusts once more over all its services, which needs the unadjusted p of each.
COLUMNS: dict[str, str] = {
    "fact_id": _TEXT,
    "municipality": _TEXT,
    "service": _TEXT,
    "unit": _TEXT,
    "year": "Int64",
    "topic": _TEXT,
    "category": _TEXT,
    "statistic": _TEXT,
    "against": _TEXT,
    "value": "float64",
    "se": "float64",
    "low": "float64",
    "high": "float64",
    "level": "float64",
    "n": "Int64",
    "N": "Int64",
    "p": "float64",
    "p_adjusted": "float64",
    "scale": _TEXT,
    "verdict": _TEXT,
    "state": _TEXT,
    "method": _TEXT,
    "cell": _TEXT,
    "note": _TEXT,
}
#: What a column of a type may be in a file.
_FITS: dict[str, Callable[[pa.DataType], bool]] = {
    _TEXT: lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    "Int64": pa.types.is_integer,
    "float64": lambda kind: pa.types.is_floating(kind) or pa.types.is_integer(kind),
}
_AGAIN = "remove the file and run the batch again: tilstand run"
_TYPES = {name: pd.api.types.pandas_dtype(kind) for name, kind in COLUMNS.items()}
#: What a suppressed or otherwise missing fact must not carry. An interval's level is among them: where it
#: stands, there was a spread, and so not everybody answered alike.
NUMBERS = ("value", "se", "low", "high", "level", "n", "N", "p", "p_adjusted")
#: What the id is made of: place, time and subject, never the batch, so that the same result keeps its id.
IDENTITY = ("municipality", "service", "unit", "year", "topic", "category", "statistic", "against")


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One row. Text fields are "" and numbers None where there is nothing to say."""

    statistic: str
    municipality: str = ""
    service: str = ""
    unit: str = ""
    year: int | None = None
    topic: str = ""
    category: str = ""
    against: str = ""
    value: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int | None = None
    N: int | None = None
    p: float | None = None
    p_adjusted: float | None = None
    scale: str = ""
    verdict: str = ""
    state: str = "measured"
    method: str = ""
    cell: str = ""
    note: str = ""

    @property
    def fact_id(self) -> str:
        """Made of place, year, topic, category, statistic and comparison.

        >>> Fact(municipality="9901", service="school", year=2025, topic="overall", statistic="mean").fact_id
        '9901/school/-/2025/overall/-/mean/-'
        """
        return _identity(vars(self))

    def missing(self, state: str, note: str = "") -> Fact:
        """Return this fact without its numbers and verdict, and why."""
        empty = dict.fromkeys(NUMBERS)
        return replace(self, **empty, verdict="", state=state, note=note or self.note)


def tabulate(facts: Iterable[Fact], *, cell: str | Sequence[str] = "") -> pd.DataFrame:
    """Make the table of some facts, in the order given; `cell` names the notebook cell of all, or of each.

    Raises DataError where two facts share an id or a number is missing without a reason.
    """
    rows = [vars(fact) for fact in facts]
    # Column by column with the type it is to have: a frame of dictionaries has to guess each.
    columns: dict[str, object] = {"fact_id": [_identity(row) for row in rows]}
    columns |= {name: [row[name] for row in rows] for name in COLUMNS if name != "fact_id"}
    if cell:
        columns["cell"] = [cell] * len(rows) if isinstance(cell, str) else list(cell)
    return checked(pd.DataFrame({name: _typed(columns[name], kind) for name, kind in COLUMNS.items()}))


def _identity(row: Mapping[str, object]) -> str:
    return "/".join([str(row[part] or "-") for part in IDENTITY])


def _typed(values: list, kind: str) -> object:
    if kind == "float64":
        return np.array(values, dtype=float)
    column = pd.array(values, dtype=kind)
    return column.fillna("") if kind == _TEXT and column.isna().any() else column


def join(tables: Mapping[str, pd.DataFrame] | Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put tables under each other; the keys of a mapping become the `cell` of its rows."""
    if isinstance(tables, Mapping):
        tables = [
            table.assign(cell=pd.array([cell] * len(table), dtype=_TEXT)) for cell, table in tables.items()
        ]
    parts = [table for table in tables if len(table)]
    if not parts:
        return tabulate(())
    joined = pd.concat(parts, ignore_index=True)
    other = {name: kind for name, kind in _TYPES.items() if joined[name].dtype != kind}
    return checked(joined.astype(other) if other else joined)


def told_of(table: pd.DataFrame, service: str) -> pd.DataFrame:
    """Return what a reader of one service is given of a municipality's facts: its rows, and those of none."""
    return table[table["service"].isin([service, ""])].reset_index(drop=True)


def checked(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` if it keeps the contract; raise DataError naming the first row that does not."""
    if list(table.columns) != list(COLUMNS):
        raise DataError("this is no facts table", found=", ".join(map(str, table.columns))[:200])
    ids, states = table["fact_id"], table["state"].to_numpy(dtype=object)
    gone = (states == "suppressed") | (states == "not_measured")
    for broken, what in (
        (np.zeros(len(ids), dtype=bool) if ids.is_unique else ids.duplicated(), "two facts share an id"),
        (np.array([state not in STATES for state in states], dtype=bool), "a fact has an unknown state"),
        ((states == "measured") & table["value"].isna(), "a number is missing without a reason"),
        (gone & numbered(table), "a fact that is not there carries a number"),
    ):
        if broken.any():
            raise DataError(what, where="facts", found=str(ids[broken].iloc[0]))
    return table


def numbered(table: pd.DataFrame) -> np.ndarray:
    """Tell which facts carry a number."""
    return ~np.logical_and.reduce([_is_missing(table[name]) for name in NUMBERS])


def _is_missing(column: pd.Series) -> np.ndarray:
    # Asked of every table several times over; what pandas does around it takes ten times as long.
    return np.isnan(column.to_numpy()) if column.dtype == np.float64 else column.isna().to_numpy()


def write_facts(table: pd.DataFrame, path: Path) -> None:
    """Save a facts table as Parquet, whole or not at all."""
    with written_whole(Path(path)) as beside:
        checked(table).to_parquet(beside, index=False, compression="zstd")


def read_facts(path: Path) -> pd.DataFrame:
    """Read a facts table; raise DataError where the file is not one."""
    return read_together([path])


def read_together(paths: Iterable[Path]) -> pd.DataFrame:
    """Read facts tables and put them under each other; raise DataError where a file is not one.

    They are one table before pandas sees them: a table each, of many services, takes several times as long.
    """
    files = [(str(path), _read(Path(path))) for path in paths]
    if not files:
        return tabulate(())
    together = pa.concat_tables([one for _, one in files], promote_options="permissive").combine_chunks()
    try:
        return checked(together.to_pandas(use_threads=False).astype(COLUMNS))
    except DataError as error:
        held = [path for path, one in files if error.found in one["fact_id"].to_pylist()]
        raise DataError(error.what, where=", ".join(held), found=error.found, todo=_AGAIN) from error


def _read(path: Path) -> pa.Table:
    where = str(path)
    if not path.is_file():
        raise DataError("there are no facts here", where=where, todo="run the batch first: tilstand run")
    try:
        with pq.ParquetFile(path) as file:
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        found = str(error).partition("\n")[0][:200] if path.stat().st_size else "an empty file"
        raise DataError(
            "the facts cannot be read", where=where, found=found, expected="a whole Parquet file", todo=_AGAIN
        ) from error
    if table.column_names != list(COLUMNS):
        raise DataError("this is no facts table", where=where, found=", ".join(table.column_names)[:200])
    for field in table.schema:
        if not _FITS[COLUMNS[field.name]](field.type) and not pa.types.is_null(field.type):
            raise DataError(
                "a column of the facts has another type",
                where=where,
                found=f"{field.name}: {field.type}",
                expected=COLUMNS[field.name],
                todo=_AGAIN,
            )
    return table
