"""Write a CSV of answers, its questionnaire and its mapping: `make_survey FOLDER ROWS ITEMS`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv

MUNICIPALITIES, UNITS = 350, 12
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


def make_file(folder: Path, *, rows: int, items: int, seed: int = 1) -> None:
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
    for i in range(items):
        columns[f"item_{i + 1:02d}"] = random.choice([1, 2, 3, 4, 5, 6, 9], rows)
    frame = pd.DataFrame(columns)
    frame.loc[random.random(rows) < 0.005, "item_07"] = 77
    pacsv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), folder / "survey.csv")
    lines = "\n".join(
        f"  - {{id: item_{i + 1:02d}, text: Question {i + 1}, dont_know: [9]}}" for i in range(items)
    )
    text = f"service: school\nname: School\nbackground: [{{id: place, name: Place}}]\nitems:\n{lines}\n"
    (folder / "service.yaml").write_text(text, encoding="utf-8")
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")


if __name__ == "__main__":
    make_file(Path(sys.argv[1]), rows=int(sys.argv[2]), items=int(sys.argv[3]))
