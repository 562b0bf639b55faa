"""How many rows were read, accepted and put in quarantine, and for which reasons."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.survey.checks import Checked
from analysis.survey.readers import Source

PLACE = ["service", "year", "municipality"]


def mark_duplicates(parts: list[Checked], *, column: str | None) -> list[Checked]:
    """Move every later row of a respondent in the same round of the same service to the faults.

    `column` is the files' column of respondents.

    Rows come in the order of the files and their lines. A row that is in quarantine for another reason does
    not count as the first: otherwise a mended second answer would be lost with it.
    """
    if not parts:
        return []
    keys = pd.concat([p.good[["municipality", "year", "respondent"]] for p in parts], ignore_index=True)
    again = keys.duplicated().to_numpy()
    if not again.any():
        return parts
    marked, start = [], 0
    for part in parts:
        bad = again[start : start + len(part.good)]
        start += len(part.good)
        late = part.good[bad]
        what = {"reason": "duplicate_respondent", "column": column or "", "value": late["respondent"]}
        faults = pd.DataFrame({"position": late["position"], **what})
        marked.append(
            Checked(
                part.source,
                part.service,
                part.read,
                part.good[~bad].reset_index(drop=True),
                pd.concat([part.faults, faults], ignore_index=True) if len(part.faults) else faults,
                part.seen,
            )
        )
    return marked


def counted(part: Checked) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows for `imports` and `import_reasons` of one service in one file."""
    bad = np.isin(part.read["position"], part.faults["position"])
    read = _placed(part.read, part).assign(rows_read=1, quarantined=bad.astype("int64"))
    by = ["file", *PLACE]
    counts = read.groupby(by, dropna=False, as_index=False)[["rows_read", "quarantined"]].sum()
    counts.insert(len(by), "sha256", part.source.sha256)
    counts["accepted"] = counts["rows_read"] - counts["quarantined"]
    once = (
        part.faults[["position", "reason"]].drop_duplicates().merge(_placed(part.read, part), on="position")
    )
    reasons = once.groupby([*by, "reason"], dropna=False, as_index=False).size()
    return counts, reasons.rename(columns={"size": "count"})


def counted_broken(
    source: Source, *, services: Iterable[str | None], year: int | None, municipality: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the same for a file's rows that have another number of fields than the header.

    Such a row says nothing itself: its place is what the mapping says of the whole file, if anything.
    """
    n = len(source.broken)
    place = pd.DataFrame({"service": list(services), "year": year, "municipality": municipality})
    place.insert(0, "file", source.name)
    counts = place.assign(sha256=source.sha256, rows_read=n, quarantined=n, accepted=0)
    return counts, place.assign(reason="wrong_fields", count=n)


def summed(tables: list[pd.DataFrame], what: list[str]) -> pd.DataFrame:
    """Put counts together, rows with the same key added up; keys are typed as the store wants them."""
    typed = [
        table.astype({"service": pd.StringDtype(), "municipality": pd.StringDtype(), "year": pd.Int64Dtype()})
        for table in tables
    ]
    whole = pd.concat(typed, ignore_index=True)
    keys = [column for column in whole.columns if column not in what]
    return whole.groupby(keys, dropna=False, as_index=False)[what].sum()


def _placed(read: pd.DataFrame, part: Checked) -> pd.DataFrame:
    year = read["year"].astype("Int64")
    return read.assign(file=part.source.name, service=part.service, year=year.mask(year == 0))
