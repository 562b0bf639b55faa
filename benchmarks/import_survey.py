"""Import of a CSV of a million respondents and twenty items."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.measure import measure_command
from benchmarks.results import HEADER, Table, against_goal, figures
from benchmarks.workspace import PROJECT, part

ROWS, ITEMS = 1_000_000, 20
GOAL_SECONDS, GOAL_MIB = 60, 2_000_000_000 / 2**20


def run(root: Path) -> Table:
    """Make the file in one process and import it in another, so that its memory is measured alone."""
    with tempfile.TemporaryDirectory(dir=root) as name:
        measure_command(part("make_survey", name, str(ROWS), str(ITEMS)), cwd=PROJECT)
        done = measure_command(part("import_once", name), cwd=PROJECT)
    counts = json.loads(done.result.splitlines()[-1])
    if counts["rows"] != ROWS or not 0 < counts["quarantined"] < ROWS / 100:
        raise RuntimeError(f"the import read something else than was written: {counts}")
    name = f"{ROWS:,} rows × {ITEMS} items, {counts['mib']:.0f} MiB"
    return Table(
        title="Import",
        header=("CSV file", *HEADER, "rows accepted", "rows quarantined"),
        rows=(
            (
                name,
                *figures(done, decimals=1),
                f"{counts['rows'] - counts['quarantined']:,}",
                f"{counts['quarantined']:,}",
            ),
        ),
        goal=against_goal(
            f"under {GOAL_SECONDS} s and 2 GB ({GOAL_MIB:.0f} MiB) on two cores",
            f"{done.seconds:.1f} s and {done.peak_mib:.0f} MiB",
            met=done.seconds < GOAL_SECONDS and done.peak_mib < GOAL_MIB,
        ),
    )


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["import_survey"])
