"""The register of a service's units: which were there in a round, and since when each is the same."""

from __future__ import annotations

from collections.abc import Set

import pandas as pd


def open_or_answered(register: pd.DataFrame, answered: Set[str], year: int) -> list[str]:
    """Return the units that were open in a round, or are among those `answered`, in the register's order."""
    rows = zip(*(register[name] for name in ("unit", "valid_from", "valid_to")), strict=True)
    return [
        unit
        for unit, opened, closed in rows
        if unit in answered
        or ((pd.isna(opened) or opened <= year) and not (pd.notna(closed) and closed < year))
    ]


def unbroken_from(register: pd.DataFrame) -> dict[str, int]:
    """Return the year since which a unit is the same, for those that opened, or took over another, in one."""
    opened = zip(register["unit"], register["valid_from"], strict=True)
    merged = zip(register["successor"], register["valid_to"] + 1, strict=True)
    found: dict[str, int] = {}
    for unit, year in (*opened, *merged):
        if pd.notna(unit) and pd.notna(year):
            found[unit] = max(int(year), found.get(unit, int(year)))
    return found
