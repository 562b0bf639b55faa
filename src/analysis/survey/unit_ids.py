"""Units: from what a file says to an id that is alone in the whole store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core.errors import DataError
from analysis.survey.columns import Coded
from analysis.survey.faults import faults
from analysis.survey.mapping import Mapping
from analysis.survey.questionnaires import slug

#: The one unit of a service whose mapping names no units.
WHOLE_SERVICE = "all"
SEEN = ["unit", "name", "municipality", "service", "value"]


def unit_id(mapping: Mapping, municipality: str, service: str, value: str) -> str:
    """Return the id of a unit: `<service>-<value>`, after the municipality where there are several."""
    prefix = mapping.unit.prefix if mapping.unit else None
    several = mapping.municipality is None or mapping.municipality.column is not None
    parts = [service, slug(value)]
    if prefix == "municipality" or (prefix is None and several):
        parts.insert(0, municipality)
    code = "-".join(parts)
    mark = hashlib.sha256("\0".join((municipality, service, value)).encode()).hexdigest()[:8]
    return code if len(code) <= 64 else f"{code[:55].rstrip('-')}-{mark}"


@dataclass(frozen=True)
class UnitColumn:
    """The unit of each row: its id (None where there is none), the faults, and the units that occur."""

    ids: pd.Series
    faults: pd.DataFrame
    seen: pd.DataFrame


def read_units(
    mapping: Mapping,
    service: str,
    *,
    units: Coded | None,
    names: Coded | None,
    municipality: Coded,
    year: np.ndarray,
    register: pd.DataFrame | None,
    whole_name: str,
) -> UnitColumn:
    """Find each row's unit, and what is wrong with it.

    With a register a unit must be in it and exist in that year. Without one, what the file says is the unit,
    called as `unit.name` of the mapping; without units in the mapping the service is one unit, called
    `whole_name`. `seen` has unit, name, municipality, service and value.
    """
    if units is None:
        units = Coded(np.zeros(len(municipality.index), dtype="int32"), (WHOLE_SERVICE,))
    # One number for each pair of municipality and value: pairs are few, rows are many.
    pair = municipality.index.astype("int64") * len(units.values) + units.index
    distinct, inverse = np.unique(pair, return_inverse=True)
    places = [municipality.values[code // len(units.values)] for code in distinct]
    values = [units.values[code % len(units.values)] for code in distinct]
    known = _by_value(mapping, service, register) if mapping.unit else None
    rows = []
    for place, value in zip(places, values, strict=True):
        if known is not None:
            rows.append(known.get((place, value)))
        else:
            rows.append(
                (unit_id(mapping, place, service, value), None, None, None) if place and value else None
            )
    found = np.array([row is not None for row in rows])[inverse]
    opened = np.array([(row and row[2]) or 0 for row in rows])[inverse]
    closed = np.array([(row and row[3]) or 9999 for row in rows])[inverse]
    has_place, has_value = (municipality.each(bool, bool), units.each(bool, bool))
    column = mapping.unit.column if mapping.unit else None
    trouble = [
        faults(~has_value, "missing_unit", column, units),
        faults(has_value & has_place & ~found, "unknown_unit", column, units),
        faults(found & (year > 0) & (closed < year), "closed_unit", column, units),
        faults(found & (year > 0) & (opened > year), "unit_not_open", column, units),
    ]
    ids = pd.Series(pd.array([row and row[0] for row in rows], dtype=pd.StringDtype()).take(inverse))
    called = _first_names(names, inverse, len(distinct)) if mapping.unit else [whole_name] * len(distinct)
    seen = _seen(mapping, service, places, values, rows, called)
    return UnitColumn(ids, pd.concat(trouble, ignore_index=True), seen)


def _by_value(mapping: Mapping, service: str, register: pd.DataFrame | None) -> dict | None:
    if register is None:
        return None
    mine = register[register["service"] == service]
    fields = {
        c: mine[c] if c in mine else pd.Series(None, index=mine.index, dtype=object)
        for c in ("id", "valid_from", "valid_to")
    }
    return {
        (place, value): (
            unit_id(mapping, place, service, value) if pd.isna(own) else own,
            name,
            None if pd.isna(opened) else int(opened),
            None if pd.isna(closed) else int(closed),
        )
        for place, value, name, own, opened, closed in zip(
            mine["municipality"],
            mine["unit"],
            mine["name"],
            fields["id"],
            fields["valid_from"],
            fields["valid_to"],
            strict=True,
        )
    }


def _first_names(names: Coded | None, inverse: np.ndarray, n: int) -> list[str | None]:
    if names is None:
        return [None] * n
    first = np.full(n, -1)
    filled = names.each(bool, bool)
    # Written from the last row to the first, so that the first name of a unit is the one that stays.
    first[inverse[filled][::-1]] = names.index[filled][::-1]
    return [names.values[i] if i >= 0 else None for i in first]


def _seen(
    mapping: Mapping, service: str, places: list, values: list, rows: list, names: list[str | None]
) -> pd.DataFrame:
    template = mapping.unit.name if mapping.unit else "{value}"
    kept = [
        {
            "unit": row[0],
            # Not str.format: a template must not reach into anything but the value.
            "name": row[1] or name or template.replace("{value}", value),
            "municipality": place,
            "service": service,
            "value": value,
        }
        for place, value, row, name in zip(places, values, rows, names, strict=True)
        if row is not None
    ]
    return pd.DataFrame(kept, columns=SEEN, dtype=pd.StringDtype())


def no_twins(seen: pd.DataFrame, mapping: Mapping) -> None:
    """Raise DataError where two different values of the files made the same id.

    Ids that a register gives are left alone: two spellings of one unit may share an id there.
    """
    keys = seen[["municipality", "service", "value"]].itertuples(index=False)
    made = seen[[unit_id(mapping, *key) == unit for key, unit in zip(keys, seen["unit"], strict=True)]]
    twins = made[made.duplicated("unit", keep=False)]
    if len(twins):
        values = twins[twins["unit"] == twins["unit"].iloc[0]]["value"]
        raise DataError(
            "two values would become the same unit",
            where=f"{mapping.path}: unit",
            found=" and ".join(repr(value) for value in values) + f" of {twins['service'].iloc[0]}",
            expected=f"different ids; both give {twins['unit'].iloc[0]!r}",
            todo="say under unit.values which is meant, or give a register of units with an id for each",
        )
