"""The quarantine: every row that failed a check, as it was, with what was wrong. Never published."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analysis.core.paths import written_whole
from analysis.survey.checks import Checked
from analysis.survey.faults import REASONS
from analysis.survey.readers import Source

FOLDER = "_quarantine"
_FIRST = ["row", "service", "year", "municipality", "column", "value", "reason", "explanation"]


def quarantine_file(name: str, sha256: str) -> str:
    """Return where a file's rejected rows are in the store."""
    return f"{FOLDER}/{Path(name).stem}-{sha256[:8]}.csv"


def write_quarantine(store: Path, source: Source, parts: list[Checked]) -> str | None:
    """Write the rejected rows of one file; return the path within the store, None where there are none.

    One line for each fault: the row's number in the file, what was wrong, then the row as it stood in the
    file, its columns called `file: <name>`. A fault that concerns several services is one line.
    """
    tables = [_faults(part) for part in parts if len(part.faults)]
    if source.broken:
        broken = pd.DataFrame(source.broken, columns=["row", "value"])
        nowhere = {"service": "", "year": pd.NA, "municipality": None, "column": ""}
        tables.append(broken.assign(position=-1, reason="wrong_fields", **nowhere))
    if not tables:
        return None
    found = pd.concat([t.astype({"year": "Int64"}) for t in tables], ignore_index=True)
    keys = ["row", "position", "column", "value", "reason"]
    # The same fault of a row, met once for each service that the row answers about.
    services = found.groupby(keys, sort=False)["service"].agg(lambda names: "; ".join(dict.fromkeys(names)))
    found = found.drop_duplicates(keys).set_index(keys)
    found["service"] = services
    found = found.reset_index().sort_values(["row", "reason", "column"], kind="stable", ignore_index=True)
    found["explanation"] = found["reason"].map(REASONS)
    path = quarantine_file(source.name, source.sha256)
    table = pd.concat([found[_FIRST], _content(source, found["position"])], axis=1)
    with written_whole(Path(store) / path) as beside:
        # The mark at the start makes Excel read the letters right.
        table.to_csv(beside, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path


def _faults(part: Checked) -> pd.DataFrame:
    at = part.read.set_index("position").loc[part.faults["position"]].reset_index(drop=True)
    year = at["year"].astype("Int64")
    return part.faults.reset_index(drop=True).assign(
        row=part.source.rows[part.faults["position"].to_numpy("int64")],
        service=part.service or "",
        year=year.mask(year == 0),
        municipality=at["municipality"],
    )


def _content(source: Source, positions: pd.Series) -> pd.DataFrame:
    # Rows with too few or too many fields have no columns: their text is the value.
    known = positions.where(positions >= 0)
    cells = source.table.take(known.fillna(0).astype("int64").tolist()).to_pandas()
    cells.columns = [f"file: {name}" for name in cells.columns]
    cells[known.isna().to_numpy()] = ""
    return cells
