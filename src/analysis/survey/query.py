"""The store's Parquet files, read as they are or through DuckDB: only the needed files and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, reduce
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


def read_rows(rows: Rows, order: Sequence[str]) -> pd.DataFrame:
    """Return the chosen rows with a column `year`, sorted by `order`; numbers as float64, but the year.

    For a single municipality's few rows a database takes longer to be opened than to be asked.
    """
    tables = []
    for file in rows.files:
        table = _read_chosen(
            Path(file), {} if rows.municipality is None else {"municipality": [rows.municipality]}
        )
        year = pa.array([int(Path(file).parent.name.removeprefix("year="))] * len(table), pa.int64())
        tables.append(table.append_column("year", year))
    texts = {f.name for table in tables for f in table.schema if _is_text(f.type)}
    whole = pa.concat_tables([_alike(table, texts) for table in tables], promote_options="default")
    return whole.sort_by([(name, "ascending") for name in order]).to_pandas(use_threads=False)


def who_answered(rows: Rows, items: Iterable[str]) -> dict[int, set[str]]:
    """Return the respondents who answered any of the items, by year (see `Store.people`)."""
    chosen = {} if rows.municipality is None else {"municipality": [rows.municipality]}
    items, people = list(items), {}
    for path in map(Path, rows.files):
        with pq.ParquetFile(path) as file:
            kept = [g for g in range(file.num_row_groups) if _may_hold(file.metadata.row_group(g), chosen)]

            def read(column: str, file: pq.ParquetFile = file, kept: list[int] = kept) -> pa.ChunkedArray:
                return file.read_row_groups(kept, columns=[column], use_threads=False).column(0)

            who, there = read("respondent"), set(file.schema.names)
            here = np.ones(len(who), dtype=bool)
            for name, values in chosen.items():
                cells = read(name)
                here &= pc.is_in(cells, pa.array(values, cells.type)).to_numpy()
            silent = here.copy()
            for item in filter(there.__contains__, items):
                # Most people answer the first question: the other columns need not be read.
                if not silent.any():
                    break
                silent &= pc.is_null(read(item), nan_is_null=True).to_numpy()
            answered = who.filter(pa.array(here & ~silent))
        people[int(path.parent.name.removeprefix("year="))] = set(answered.to_pylist())
    return people


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _alike(table: pa.Table, texts: set[str]) -> pa.Table:
    """Give each column one type over all rounds: what is text in one of them is text."""
    fields = [
        pa.field(
            f.name, pa.large_string() if f.name in texts else f.type if f.name == "year" else pa.float64()
        )
        for f in table.schema
    ]
    return table.cast(pa.schema(fields))


def _read_chosen(path: Path, chosen: Mapping[str, Sequence[str] | Sequence[int]]) -> pa.Table:
    """Read the rows of a Parquet file in which each named column has one of its values.

    Of a whole country's table most row groups need not be opened for one service.
    """
    with pq.ParquetFile(path) as file:
        kept = [g for g in range(file.num_row_groups) if _may_hold(file.metadata.row_group(g), chosen)]
        table = file.read_row_groups(kept, use_threads=False)
    cells = {column: table.column(column) for column in chosen}
    wanted = [pc.is_in(cells[name], pa.array(values, cells[name].type)) for name, values in chosen.items()]
    return table.filter(reduce(pc.and_, wanted)) if wanted else table


def _may_hold(group: pq.RowGroupMetaData, chosen: Mapping[str, Sequence[str] | Sequence[int]]) -> bool:
    for at in range(group.num_columns) if chosen else ():
        column = group.column(at)
        values, known = chosen.get(column.path_in_schema), column.statistics
        if values is None or known is None or not known.has_min_max:
            continue
        if not any(known.min <= value <= known.max for value in values):
            return False
    return True


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
    wanted = tuple(
        (column, (value,) if isinstance(value, str) else tuple(int(v) for v in value))
        for column, value in chosen.items()
        if value is not None
    )
    now = path.stat()
    # A copy whole: what is written into a column's array would stay for all who ask after.
    return _frame(path, name, wanted, (now.st_mtime_ns, now.st_size, now.st_ino)).copy()


@lru_cache(maxsize=8)
def _frame(
    path: Path, name: str, wanted: tuple[tuple[str, tuple], ...], _: tuple[int, int, int]
) -> pd.DataFrame:
    """Read chosen rows; kept, for a run asks the same several times, for as long as the file is the same."""
    table = _read_chosen(path, dict(wanted))
    frame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get, use_threads=False)
    for column, rule in TABLES[name].columns.items():
        if not rule.nullable and isinstance(frame[column].dtype, pd.Int64Dtype):
            frame[column] = frame[column].to_numpy("int64")
    return frame


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
