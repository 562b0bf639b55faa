"""Import a CSV of a million rows and twenty items: seconds, and the most memory in use.

Run it with `python -m benchmarks.import_survey`; it works in a temporary folder and leaves nothing behind.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

from analysis.survey import import_files

ROWS, ITEMS, MUNICIPALITIES, UNITS = 1_000_000, 20, 350, 12
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


def make_file(folder: Path, *, rows: int = ROWS, seed: int = 1) -> Path:
    """Write the CSV, its questionnaire and its mapping; one row in two hundred has something wrong."""
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


def import_once(folder: Path) -> dict:
    """Import the file in this process; return seconds, rows and the most memory in use, in megabytes."""
    start = time.perf_counter()
    report = import_files([folder / "survey.csv"], folder / "mapping.yaml", folder / "store")
    return {
        "seconds": round(time.perf_counter() - start, 2),
        "rows": report.rows_read,
        "quarantined": report.quarantined,
        "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def run(*, rows: int = ROWS) -> dict:
    """Make the file, then import it in a process of its own, so that its memory is measured alone."""
    with tempfile.TemporaryDirectory() as name:
        make_file(Path(name), rows=rows)
        command = [sys.executable, "-m", "benchmarks.import_survey", "--in", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    print(json.dumps(import_once(Path(sys.argv[2])) if sys.argv[1:2] == ["--in"] else run()))
