"""One municipality's report by the embedded renderer: each format by itself, and all three together."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

from benchmarks.measure import measure_command, middle
from benchmarks.results import HEADER, Table, against_goal, figures
from benchmarks.workspace import MUNICIPALITY, PROJECT, demo_build, part

GOAL = 3
TIMES = 3
_FORMATS = {"HTML": "html", "PDF": "pdf", "Word": "docx", "HTML, PDF and Word together": "html,pdf,docx"}


def run(root: Path) -> Table:
    """Render one book several times, each time in a fresh process."""
    book = demo_build(root) / MUNICIPALITY / "full"
    rows, rendering = [], 0.0
    for name, formats in _FORMATS.items():
        command = part("render_once", str(book), formats)
        measured = [measure_command(command, cwd=PROJECT) for _ in range(TIMES)]
        rendering = median(json.loads(m.result.splitlines()[-1]) for m in measured)
        rows.append((name, f"{rendering:.2f}", *figures(middle(measured))))
    return Table(
        title="One municipality's report",
        header=("format", "seconds of rendering", *HEADER),
        rows=tuple(rows),
        goal=against_goal(
            f"all three together under {GOAL} s, embedded", f"{rendering:.2f} s", met=rendering < GOAL
        ),
    )


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["report"])
