"""`tilstand demo`: a country's data, the national stage of 24 municipalities, and the reports on three."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import measure_command
from benchmarks.results import HEADER, Table, against_goal, figures
from benchmarks.workspace import TILSTAND

GOAL = 90


def run(root: Path) -> Table:
    """Run the demo in `root`, from nothing to the rendered reports, then once more with nothing changed."""
    made = measure_command([*TILSTAND, "demo"], cwd=root)
    again = measure_command([*TILSTAND, "demo"], cwd=root)
    return Table(
        title="Demo",
        header=("`tilstand demo`", *HEADER),
        rows=(
            ("from nothing", *figures(made, decimals=1)),
            ("again, with nothing changed", *figures(again, decimals=1)),
        ),
        goal=against_goal(f"under {GOAL} s on two cores", f"{made.seconds:.1f} s", met=made.seconds < GOAL),
    )


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["demo"])
