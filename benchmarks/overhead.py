"""A batch of service notebooks: its processor time beside that of the notebooks' own cells."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.measure import measure_command
from benchmarks.results import HEADER, Table, against_goal, figures
from benchmarks.workspace import PROJECT, make_country, part

RUNS = 200
#: Stock papermill gets fewer: what one takes does not change with their number.
STOCK = 40
SERVICES = 4
MOST = 1.25


def run(root: Path, runs: int = RUNS) -> Table:
    """Make so many service runs in two workers; their national stage is made before."""
    name = make_country(root, municipalities=-(-runs // SERVICES), services=SERVICES)
    arguments = (str(root), name, str(runs))
    measure_command(part("services_once", *arguments, "make"), cwd=PROJECT)
    measured = measure_command(part("services_once", *arguments, "measure"), cwd=PROJECT)
    told = json.loads(measured.result.splitlines()[-1])
    beside = measure_command(
        part("services_once", str(root), name, str(min(STOCK, runs)), "stock"), cwd=PROJECT
    )
    stock = json.loads(beside.result.splitlines()[-1])
    faster = stock["seconds"] / stock["runs"] / (measured.seconds / told["runs"])
    cells, ratio = told["cells"], measured.processor_seconds / told["cells"]
    each = (measured.seconds / told["runs"], measured.processor_seconds / told["runs"], cells / told["runs"])
    return Table(
        title="What a batch adds to its notebooks",
        header=(f"{told['runs']} runs of `service.ipynb`, 2 workers", *HEADER, "of them in cells", "ratio"),
        rows=(
            ("all", *figures(measured, decimals=1), f"{cells:.1f}", f"{ratio:.2f}"),
            ("each", f"{each[0]:.2f}", f"{each[1]:.2f}", "", f"{each[2]:.2f}", ""),
        ),
        goal=against_goal(
            f"processor time of the batch at most {MOST} times that of the cells",
            f"{ratio:.2f}",
            met=ratio <= MOST,
        )
        + f"\n\nStock papermill took {stock['seconds'] / stock['runs']:.2f} s for each of {stock['runs']} of "
        f"these notebooks in as many processes: the batch has {faster:.1f} times its throughput.",
    )


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["overhead"])
