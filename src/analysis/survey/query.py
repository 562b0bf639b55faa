"""DuckDB over the store's Parquet files: only the needed files, rows and columns are read."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.survey.schemas import TABLES


@dataclass(frozen=True)
class Rows:
    """Which answers: the files of one service's rounds, and perhaps one municipality."""

    files: tuple[str, ...]
    municipality: str | None = None


def select(rows: Rows, sql: str) -> pd.DataFrame:
    """Return the result of `sql`, in which the chosen rows are the table `rows`."""
    frame = _run(rows, sql).df()
    if "year" in frame:
        frame["year"] = frame["year"].astype("int64")
    return frame.drop(columns="service", errors="ignore")


def hashed_groups(
    file: Path, keys: tuple[str, ...], *, without: tuple[str, ...] = ()
) -> list[tuple[str, ...]]:
    """Return the values of `keys` (empty as "") and the sha256 of the rows, for every group of a file's rows.

    The hash is of the content of all columns but those in `without`, in an order that does not depend on how
    the rows are stored.
    """
    schema = pq.read_schema(file)
    columns = sorted(set(schema.names) - set(without))
    # Separators that no value can imitate: NULL is \\N, and in a text a backslash and both marks are escaped.
    line = ", ".join(_written(name, schema.field(name).type) for name in columns)
    chosen = ", ".join(f"coalesce({_quoted(key)}, '')" for key in keys)
    sql = (
        f"SELECT {chosen}, sha256($header || string_agg(line, chr(30) ORDER BY line)) "
        f"FROM (SELECT *, concat_ws(chr(31), {line}) AS line FROM read_parquet($file)) GROUP BY ALL"
    )
    values = {"file": str(file), "header": "\0".join(columns) + "\0"}
    return _connection().execute(sql, values).fetchall()


def _written(name: str, kind: pa.DataType) -> str:
    text = f"{_quoted(name)}::VARCHAR"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        for mark, escape in (("'\\'", "'\\\\'"), ("chr(30)", "'\\r'"), ("chr(31)", "'\\u'")):
            text = f"replace({text}, {mark}, {escape})"
    return f"coalesce({text}, '\\N')"


def summarised(rows: Rows, items: Iterable[str]) -> pd.DataFrame:
    """Return n, mean and sd per municipality, unit, year and item (see `Store.summary`)."""
    keys = ["municipality", "unit", "year"]
    columns = [*keys, "item", "n", "mean", "sd"]
    if not rows.files:
        return pd.DataFrame(columns=columns)
    there = _columns(rows)
    asked = [item for item in items if item in there]
    # Sums of whole numbers are exact in any order; DuckDB's parallel stddev is not, in its last digits.
    parts = [
        f"count({q}) AS {_quoted('n:' + i)}, coalesce(sum({q}::BIGINT), 0)::BIGINT AS {_quoted('s:' + i)}, "
        f"coalesce(sum({q}::BIGINT * {q}::BIGINT), 0)::BIGINT AS {_quoted('q:' + i)}"
        for i, q in ((i, _quoted(i)) for i in asked)
    ]
    wide = select(
        rows, f"SELECT {', '.join([*keys, *parts])} FROM rows GROUP BY ALL ORDER BY {', '.join(keys)}"
    )
    long = pd.concat([_moments(wide, keys, item) for item in asked], ignore_index=True)
    return long.sort_values(keys, kind="stable", ignore_index=True)[columns]


def _moments(wide: pd.DataFrame, keys: list[str], item: str) -> pd.DataFrame:
    n, total, squares = (wide[f"{kind}:{item}"].to_numpy("float64") for kind in "nsq")
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, total / n, np.nan)
        sd = np.where(n > 1, np.sqrt((n * squares - total**2) / (n * (n - 1))), np.nan)
    return wide[keys].assign(item=item, n=n.astype("int64"), mean=mean, sd=sd)


def read_table(store: Path, name: str, **chosen: str | Iterable[int] | None) -> pd.DataFrame:
    """Return a small table's rows where each named column has the chosen value, or one of the values.

    Whole numbers come as nullable Int64, or int64 where the column must be filled. A missing file is an
    empty table: registers and other sources are optional.
    """
    columns = TABLES[name].columns
    path = Path(store) / f"{name}.parquet"
    if not path.is_file():
        return pd.DataFrame({c: pd.Series(dtype=rule.dtype) for c, rule in columns.items()})
    wanted = None
    for column, value in chosen.items():
        if value is not None:
            values = [value] if isinstance(value, str) else [int(v) for v in value]
            rule = pc.field(column).isin(values)
            wanted = rule if wanted is None else wanted & rule
    # While reading: of a whole country's table most row groups need not be opened for one service.
    table = pq.read_table(path, filters=wanted, partitioning=None)
    frame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    filled = [c for c, rule in columns.items() if frame[c].dtype == "Int64" and not rule.nullable]
    return frame.astype(dict.fromkeys(filled, "int64"))


def _columns(rows: Rows) -> set[str]:
    # From the files themselves: a query that returns no row takes as long as one that returns some.
    return {"year"}.union(*(pq.read_schema(file).names for file in rows.files))


def _run(rows: Rows, sql: str) -> duckdb.DuckDBPyConnection:
    where = " WHERE municipality = $municipality" if rows.municipality is not None else ""
    values = {"files": list(rows.files)}
    if rows.municipality is not None:
        values["municipality"] = rows.municipality
    source = (
        "SELECT * FROM read_parquet($files, union_by_name = true, hive_partitioning = true, "
        "hive_types = {'service': VARCHAR, 'year': INTEGER})"
    )
    return _connection().execute(f"WITH rows AS ({source}{where}) {sql}", values)


def _connection() -> duckdb.DuckDBPyConnection:
    # One each: a connection that a forked kernel inherits is a deadlock waiting to happen.
    connection = duckdb.connect(":memory:")
    # Its bar would stand in the notebook's output, and so in the report.
    with suppress(duckdb.InvalidInputException):  # in a notebook without ipywidgets there is no bar to set
        connection.execute("SET enable_progress_bar = false")
    return connection


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
