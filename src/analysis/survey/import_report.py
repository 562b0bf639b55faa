"""What an import did, in words and figures for the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True, eq=False)
class ImportReport:
    """The outcome of an import.

    `imports` and `reasons` are the new rows of the store's tables of these names; `notes` say what was found
    out or decided; `quarantine` are the files, under `into`, that hold the rejected rows.
    """

    into: Path
    imports: pd.DataFrame
    reasons: pd.DataFrame
    notes: tuple[str, ...] = ()
    quarantine: tuple[str, ...] = ()

    @property
    def rows_read(self) -> int:
        """Rows read, each counted once for every service that it answers about."""
        return int(self.imports["rows_read"].sum())

    @property
    def accepted(self) -> int:
        """Rows that are now in the store, counted in the same way."""
        return int(self.imports["accepted"].sum())

    @property
    def quarantined(self) -> int:
        """Rows in quarantine, counted in the same way."""
        return int(self.imports["quarantined"].sum())

    def __str__(self) -> str:
        by = ["file", "service", "year"]
        numbers = ["rows_read", "accepted", "quarantined"]
        table = self.imports.groupby(by, dropna=False, as_index=False)[numbers].sum()
        why = self.reasons.groupby([*by, "reason"], dropna=False, as_index=False)["count"].sum()
        lines = [["file", "service", "year", "read", "accepted", "quarantined", "reasons"]]
        for row in table.itertuples(index=False):
            mine = why[np.logical_and.reduce([_same(why[key], getattr(row, key)) for key in by])]
            pairs = zip(mine["reason"], mine["count"], strict=True)
            reasons = ", ".join(f"{reason} {n}" for reason, n in pairs)
            place = ["?" if pd.isna(v) else str(v) for v in (row.service, row.year)]
            lines.append([row.file, *place, *(str(getattr(row, n)) for n in numbers), reasons])
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        text = [
            "  ".join(
                cell.rjust(width) if 3 <= i <= 5 else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        total = f"{self.accepted} of {self.rows_read} rows accepted into {self.into}"
        if self.quarantined:
            total += f"; {self.quarantined} in quarantine"
        text += ["", total, *(f"  rejected rows: {self.into / name}" for name in self.quarantine)]
        return "\n".join([*text, *(f"  note: {note}" for note in self.notes)])


def _same(column: pd.Series, value: object) -> np.ndarray:
    same = column.isna() if pd.isna(value) else (column == value).fillna(False)
    return same.to_numpy(bool)
