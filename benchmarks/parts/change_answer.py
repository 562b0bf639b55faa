"""Change one row of one municipality so that no figure changes: `change_answer STORE SERVICE MUNICIPALITY`.

A respondent gets another number. A batch sees other rows, and makes again what it would for any answer.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from analysis.survey import open_store, write_responses


def main(store: Path, service: str, municipality: str) -> None:
    """Write the last round's rows again with one changed."""
    year = max(open_store(store).years(service))
    files = sorted((store / "responses" / f"service={service}" / f"year={year}").glob("*.parquet"))
    rows = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    place = rows.index[rows["municipality"].astype(str) == municipality][0]
    rows["respondent"] = rows["respondent"].astype(str)
    rows.loc[place, "respondent"] += "-corrected"
    write_responses(store, rows, service=service, year=year)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
