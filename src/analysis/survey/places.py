"""Municipalities, units and numbers of users: from the registers, or from what the files name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.core.errors import DataError, nearest
from analysis.survey.columns import coded
from analysis.survey.gathering import Batch
from analysis.survey.groups import DIVISION
from analysis.survey.merging import merge_frame, merge_groups, merge_municipalities, merge_units
from analysis.survey.unit_ids import unit_id


def merge_places(
    store: Path, stage: Path, batch: Batch, *, seen: pd.DataFrame, rounds: pd.DataFrame, read: pd.DataFrame
) -> None:
    """Write municipalities, frame, background groups and units of an import.

    `seen` are the units with answers (unit, name, municipality, service, value), `rounds` the unit and year
    of every answer, `read` the new rows of the table of imports.
    """
    known = read.dropna(subset=["municipality", "service", "year"])
    registered = batch.registers.units is not None
    units = _registered_units(batch) if registered else seen.drop(columns="value")
    frame = merge_frame(store, stage, _registered_frame(batch), rounds, known)
    groups = _registered_groups(batch, frame)
    merge_groups(store, stage, groups, frame, where=f"{batch.mapping.path}: registers")
    merge_units(store, stage, units, frame, registered=registered)
    municipalities = batch.registers.municipalities
    if municipalities is not None:
        merge_municipalities(store, stage, municipalities, registered=True)
    else:
        codes = read["municipality"].dropna().drop_duplicates()
        table, named = _named_municipalities(batch, codes)
        merge_municipalities(store, stage, table, registered=named)


def _ids(batch: Batch) -> dict[tuple[str, str, str], str]:
    """Return each registered unit's id by municipality, service and what the files call it."""
    table = batch.registers.units
    own = table["id"] if "id" in table else [None] * len(table)
    rows = zip(table["municipality"], table["service"], table["unit"], own, strict=True)
    return {
        (place, service, value): unit_id(batch.mapping, place, service, value) if pd.isna(given) else given
        for place, service, value, given in rows
    }


def _registered_units(batch: Batch) -> pd.DataFrame:
    table, ids = batch.registers.units, _ids(batch)
    if "successor" in table:
        rows = zip(table["municipality"], table["service"], table["successor"], strict=True)
        table = table.assign(successor=[_successor(ids, *row, batch) for row in rows])
    # The ids stand in the order of the register's rows.
    table = table.assign(unit=pd.array(list(ids.values()), dtype=pd.StringDtype()))
    wanted = ["unit", "name", "municipality", "service", "valid_from", "valid_to", "successor"]
    # Two spellings of one unit may share an id.
    return table.reindex(columns=wanted).drop_duplicates("unit", ignore_index=True)


def _successor(by_value: dict, place: str, service: str, value: object, batch: Batch) -> str | None:
    if pd.isna(value):
        return None
    if (place, service, value) in by_value:
        return by_value[place, service, value]
    if value in by_value.values():
        return value
    known = [unit for municipality, topic, unit in by_value if (municipality, topic) == (place, service)]
    raise DataError(
        "a unit's successor is not in the register",
        where=f"{batch.mapping.path}: registers.units",
        found=repr(value),
        expected="a unit of the same municipality and service",
        todo=nearest(value, known),
    )


def _registered_frame(batch: Batch) -> pd.DataFrame | None:
    table = batch.registers.frame
    if table is None:
        return None
    wanted = ["municipality", "service", "unit", "year", "population", "invited"]
    return _with_ids(table, batch, "frame", "users").reindex(columns=wanted)


def _with_ids(table: pd.DataFrame, batch: Batch, name: str, what: str) -> pd.DataFrame:
    """Return a register with units' ids; raise DataError for one that the register of units does not have."""
    known = _ids(batch) if batch.registers.units is not None else None
    ids = []
    for key in zip(table["municipality"], table["service"], table["unit"], strict=True):
        if known is not None and key not in known:
            raise DataError(
                f"the register of {what} names a unit that the register of units does not have",
                where=f"{batch.mapping.path}: registers.{name}",
                found=", ".join(key),
                expected="a unit of the register of units",
                todo=nearest(key[2], [unit for *_, unit in known]),
            )
        ids.append(known[key] if known is not None else unit_id(batch.mapping, *key))
    return table.assign(unit=pd.array(ids, dtype=pd.StringDtype()))


def _registered_groups(batch: Batch, frame: pd.DataFrame) -> pd.DataFrame | None:
    named = batch.registers.groups
    if named is None:
        return None
    where = f"{batch.mapping.path}: registers.groups"
    table = _with_ids(named, batch, "groups", "groups")
    place = ["municipality", "service", "unit"]
    there = pd.MultiIndex.from_frame(frame[place])
    # Without a register of units a unit is known by its answers or its number of users.
    lost = ~pd.MultiIndex.from_frame(table[place]).isin(there)
    if batch.registers.units is None and lost.any():
        key = named[place].iloc[lost.argmax()]
        raise DataError(
            "the register of groups names a unit that has neither answers nor a number of users",
            where=where,
            found=", ".join(key),
            expected="a unit of the data files or of the register of users",
            todo="correct the unit, or give a register of units that has it",
        )
    twice = table.duplicated([*DIVISION, "value"]).to_numpy()
    if twice.any():
        # Spellings that share an id in the register of units: neither count is the whole group's.
        raise DataError(
            "the register names the same group of a unit twice",
            where=where,
            found=", ".join(str(cell) for cell in table[[*DIVISION, "value"]].iloc[twice.argmax()]),
            expected="one row for each group of a unit, however the unit is spelled",
        )
    return table[[*DIVISION, "value", "population"]]


def _named_municipalities(batch: Batch, codes: pd.Series) -> tuple[pd.DataFrame, bool]:
    place = batch.mapping.municipality
    table = pd.DataFrame({"code": codes.astype(pd.StringDtype())}).reset_index(drop=True)
    table["name"] = table["code"]
    if place is None:
        return table, False
    if place.code is not None:
        table["name"] = place.name or place.code
        table["county"], table["peer_group"] = place.county, place.peer_group
        table["inhabitants"] = pd.array([place.inhabitants] * len(table), dtype="Int64")
        return table, place.name is not None
    if place.name_column is not None:
        names: dict[str, str] = {}
        for file in batch.files:
            cells = coded(file.source, place.name_column, blank=batch.mapping.blank)
            pairs = pd.DataFrame({"code": file.keys.municipality.text(), "name": cells.text()})
            for code, name in pairs.dropna().drop_duplicates().itertuples(index=False):
                names.setdefault(code, name)
        table["name"] = [names.get(code, code) for code in table["code"]]
    return table, False
