"""Import of a CSV of a million respondents and twenty items."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure_command
from benchmarks.results import Table, against_goal
from benchmarks.workspace import module

ROWS, ITEMS, MUNICIPALITIES, UNITS = 1_000_000, 20, 350, 12
GOAL_SECONDS, GOAL_MIB = 60, 2_000_000_000 / 2**20
MAPPING = """
mapping: benchmark
year: {column: year}
municipality: {column: municipality}
service: {column: service}
questionnaires: [service.yaml]
respondent: respondent
unit: unit
weight: weight
background: {place: place}
"""


def run(root: Path) -> Table:
    """Make the file in one process and import it in another, so that its memory is measured alone."""
    with tempfile.TemporaryDirectory(dir=root) as name:
        measure_command(module("benchmarks.import_survey", "--make", name), cwd=root)
        done = measure_command(module("benchmarks.import_survey", "--import", name), cwd=root)
    counts = json.loads(done.result.splitlines()[-1])
    if counts["rows"] != ROWS or not 0 < counts["quarantined"] < ROWS / 100:
        raise RuntimeError(f"the import read something else than was written: {counts}")
    accepted = counts["rows"] - counts["quarantined"]
    row = (f"{ROWS:,} rows × {ITEMS} items, {counts['mib']:.0f} MiB", f"{done.seconds:.1f}")
    row += (f"{done.processor_seconds:.1f}", f"{done.peak_mib:.0f}", f"{accepted:,}")
    return Table(
        title="Import",
        header=("CSV file", "seconds", "processor seconds", "peak memory, MiB", "rows accepted"),
        rows=(row,),
        goal=against_goal(
            f"under {GOAL_SECONDS} s and 2 GB ({GOAL_MIB:.0f} MiB) on two cores",
            f"{done.seconds:.1f} s and {done.peak_mib:.0f} MiB",
            met=done.seconds < GOAL_SECONDS and done.peak_mib < GOAL_MIB,
        ),
    )


def make_file(folder: Path, *, rows: int = ROWS, seed: int = 1) -> Path:
    """Write the CSV, its questionnaire and its mapping; one row in two hundred has something wrong."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.csv as pacsv

    random = np.random.default_rng(seed)
    columns = {
        "respondent": np.arange(1, rows + 1),
        "municipality": random.integers(1101, 1101 + MUNICIPALITIES, rows),
        "service": np.full(rows, "school"),
        "unit": np.char.add("Unit ", random.integers(1, UNITS + 1, rows).astype(str)),
        "year": random.choice([2021, 2023, 2025], rows),
        "weight": np.round(random.uniform(0.5, 2, rows), 3),
        "place": random.choice(["town", "village", ""], rows),
    }
    for i in range(ITEMS):
        columns[f"item_{i + 1:02d}"] = random.choice([1, 2, 3, 4, 5, 6, 9], rows)
    frame = pd.DataFrame(columns)
    frame.loc[random.random(rows) < 0.005, "item_07"] = 77
    pacsv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), folder / "survey.csv")
    items = "\n".join(
        f"  - {{id: item_{i + 1:02d}, text: Question {i + 1}, dont_know: [9]}}" for i in range(ITEMS)
    )
    text = f"service: school\nname: School\nbackground: [{{id: place, name: Place}}]\nitems:\n{items}\n"
    (folder / "service.yaml").write_text(text, encoding="utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return folder / "survey.csv"


def import_once(folder: Path) -> dict[str, float]:
    """Import the file in this process and return how many rows were read and set aside."""
    from analysis.survey import import_files

    report = import_files([folder / "survey.csv"], folder / "mapping.yaml", folder / "store")
    size = (folder / "survey.csv").stat().st_size / 2**20
    return {"rows": report.rows_read, "quarantined": report.quarantined, "mib": size}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make_file(Path(sys.argv[2]))
    elif sys.argv[1:2] == ["--import"]:
        print(json.dumps(import_once(Path(sys.argv[2]))))
    else:
        from benchmarks.__main__ import main

        main(["import_survey"])
