"""Units that have closed: which unit has their users now."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Followed:
    """A target or a measure that was for a closed unit, and is now for the unit that took over.

    `kind` is "target" or "measure", `id` its id.
    """

    kind: str
    id: str
    unit: str
    successor: str


@dataclass(frozen=True)
class Successors:
    """The units of a service that are known, and what became of them until a year."""

    known: tuple[str, ...]
    closed: dict[str, str | None]

    def of(self, unit: str) -> str | None:
        """Return the unit that has the unit's users: itself where it is open, None where nobody took over.

        A chain is followed to its end; one that comes back to where it was ends nowhere.
        """
        passed: set[str] = set()
        while unit in self.closed:
            after = self.closed[unit]
            if after is None or after in passed or after not in self.known:
                return None
            passed.add(unit)
            unit = after
        return unit


def successors(units: pd.DataFrame, *, service: str, year: int) -> Successors:
    """Return the service's units and which of them had closed before the round.

    `units` has unit, service, valid_to (the last year, missing while it is open) and successor.

    >>> table = pd.DataFrame({"unit": ["a", "b"], "service": "school", "valid_to": [2023, None],
    ...                       "successor": ["b", None]})
    >>> successors(table, service="school", year=2025).of("a")
    'b'
    """
    own = units[(units["service"] == service).to_numpy(dtype=bool)]
    rows = zip(own["unit"], own["valid_to"], own["successor"], strict=True)
    closed = {
        str(unit): None if pd.isna(after) else str(after)
        for unit, end, after in rows
        if not pd.isna(end) and int(end) < year
    }
    return Successors(known=tuple(str(unit) for unit in own["unit"]), closed=closed)
