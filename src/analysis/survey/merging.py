"""New rows into the store's tables: what is imported replaces its own rounds and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.core.errors import DataError
from analysis.survey.counts import PLACE
from analysis.survey.groups import DIVISION, check_sums
from analysis.survey.query import read_table
from analysis.survey.staging import removed
from analysis.survey.writing import response_file, write_responses, write_table

_TYPES = {pa.int16(): pd.Int64Dtype(), pa.string(): pd.StringDtype()}


def merge_responses(
    store: Path, stage: Path, rows: pd.DataFrame, *, service: str, year: int, municipalities: Iterable[str]
) -> None:
    """Put one round's rows in place of those that the same municipalities had there before."""
    old = response_file(store, service, year)
    parts = [rows]
    if old.is_file():
        kept = pq.read_table(old, partitioning=None).to_pandas(types_mapper=_TYPES.get)
        parts.insert(0, kept[~kept["municipality"].isin(list(municipalities))])
    filled = [part for part in parts if len(part)]
    if filled:
        write_responses(stage, pd.concat(filled, ignore_index=True), service=service, year=year)
    elif old.is_file():
        removed(stage, response_file(Path(), service, year).as_posix())


def merge_counts(store: Path, stage: Path, imports: pd.DataFrame, reasons: pd.DataFrame) -> pd.DataFrame:
    """Replace the counts of the rounds that were imported; return the whole new table of imports.

    Rows whose place is not known are replaced when a file of the same name comes again.
    """
    scope = pd.MultiIndex.from_frame(imports[PLACE].dropna())
    files = set(imports["file"])
    for name, new in (("imports", imports), ("import_reasons", reasons)):
        old = read_table(store, name)
        again = pd.MultiIndex.from_frame(old[PLACE]).isin(scope)
        lost = old[PLACE].isna().any(axis=1) & old["file"].isin(files)
        write_table(stage, name, _stacked(old[~again & ~lost], new))
    return read_table(stage, "imports")


def merge_units(
    store: Path, stage: Path, units: pd.DataFrame, frame: pd.DataFrame, *, registered: bool
) -> None:
    """Write the units. One that only the data named, and that no round has any more, goes away.

    Raises DataError where an id is already a unit of another municipality or service.
    """
    old = read_table(store, "units")
    both = old.merge(units, on="unit", suffixes=("", "_new"))
    other = both[
        (both["municipality"] != both["municipality_new"]) | (both["service"] != both["service_new"])
    ]
    if len(other):
        first = other.iloc[0]
        raise DataError(
            "another municipality or service has a unit with this id",
            where=str(store),
            found=f"{first['unit']!r} of {first['municipality']}, {first['service']}",
            expected=f"an id of its own for the unit of {first['municipality_new']}, {first['service_new']}",
            todo="say 'prefix: municipality' under unit in the mapping",
        )
    described = old[["valid_from", "valid_to", "successor"]].notna().any(axis=1)
    keep = old[~old["unit"].isin(units["unit"])]
    if not registered:
        # What a register once said of a unit is worth more than a name made of its number.
        units = units[~units["unit"].isin(old[described]["unit"])]
        keep = old[~old["unit"].isin(units["unit"])]
    pairs = pd.MultiIndex.from_frame(units[["municipality", "service"]])
    mine = pd.MultiIndex.from_frame(keep[["municipality", "service"]]).isin(pairs)
    stale = mine & ~keep["unit"].isin(frame["unit"]).to_numpy() & ~described[keep.index].to_numpy()
    write_table(stage, "units", _stacked(keep[~stale], units))


def merge_frame(
    store: Path, stage: Path, given: pd.DataFrame | None, seen: pd.DataFrame, scope: pd.DataFrame
) -> pd.DataFrame:
    """Write users and invited per unit and round; return the new table.

    `given` comes from a register. A unit that has answers (`seen`) and no number gets a row that says so.
    Rows without numbers in `scope` (municipality, service, year) are those of an earlier import, and go.
    """
    key = ["municipality", "service", "unit", "year"]
    old = read_table(store, "frame")
    rounds = ["municipality", "service", "year"]
    again = pd.MultiIndex.from_frame(old[rounds]).isin(pd.MultiIndex.from_frame(scope[rounds]))
    empty = old[["population", "invited"]].isna().all(axis=1)
    # The last one stands: a new register corrects the old one, a unit that was only seen corrects nothing.
    whole = _stacked(seen, old[~(again & empty)], *([] if given is None else [given]))
    write_table(stage, "frame", whole.drop_duplicates(key, keep="last"))
    return read_table(stage, "frame")


def merge_groups(
    store: Path, stage: Path, given: pd.DataFrame | None, frame: pd.DataFrame, *, where: str
) -> None:
    """Write users by background group; `given` comes from a register, `frame` is the new table of users.

    As with the frame a new register corrects the old one and leaves what it does not name. It names whole
    divisions: a value that it leaves out of a unit's variable in a round is not kept from an older register.
    Raises DataError where a variable's counts come to more than the unit's users.
    """
    old = read_table(store, "frame_groups")
    if given is None:
        # A new number of users can make counts wrong that were right before.
        check_sums(old, frame, where=where)
        return
    again = pd.MultiIndex.from_frame(old[DIVISION]).isin(pd.MultiIndex.from_frame(given[DIVISION]))
    whole = _stacked(old[~again], given)
    check_sums(whole, frame, where=where)
    write_table(stage, "frame_groups", whole)


def merge_municipalities(store: Path, stage: Path, new: pd.DataFrame, *, registered: bool) -> None:
    """Write the municipalities; one that only the data named does not replace what is known of it."""
    old = read_table(store, "municipalities")
    if not registered:
        bare = old["name"] == old["code"]
        new = new[~new["code"].isin(old[~bare]["code"])]
    write_table(stage, "municipalities", _stacked(old[~old["code"].isin(new["code"])], new))


def _stacked(*tables: pd.DataFrame) -> pd.DataFrame:
    # Empty tables are left out: they would decide the columns' types.
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
