"""One municipality's report by the embedded renderer: each format by itself, and all three together."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from benchmarks.measure import measure_command, middle
from benchmarks.results import Table, against_goal
from benchmarks.workspace import MUNICIPALITY, demo_build, module

GOAL = 3
TIMES = 3
_FORMATS = {"HTML": "html", "PDF": "pdf", "Word": "docx", "HTML, PDF and Word together": "html,pdf,docx"}


def run(root: Path) -> Table:
    """Render one book several times, each time in a fresh process."""
    book = demo_build(root) / MUNICIPALITY / "full"
    rows, together = [], 0.0
    for name, formats in _FORMATS.items():
        command = module("benchmarks.report", "--render", str(book), formats)
        measured = [measure_command(command, cwd=root) for _ in range(TIMES)]
        whole = middle(measured)
        together = sorted(json.loads(m.result.splitlines()[-1]) for m in measured)[TIMES // 2]
        rows.append(
            (name, f"{together:.2f}", f"{whole.seconds:.2f}", f"{whole.processor_seconds:.2f}")
            + (f"{whole.peak_mib:.0f}",)
        )
    return Table(
        title="One municipality's report",
        header=("format", "seconds", "with Python's start", "processor seconds", "peak memory, MiB"),
        rows=tuple(rows),
        goal=against_goal(
            f"all three together under {GOAL} s, embedded", f"{together:.2f} s", met=together < GOAL
        ),
    )


def render_once(book: Path, formats: str) -> float:
    """Render in this process and return the seconds that it took, without the imports."""
    from analysis.report import render

    start = time.perf_counter()
    render(book, engine="embedded", formats=tuple(formats.split(",")))
    return time.perf_counter() - start


if __name__ == "__main__":
    if sys.argv[1:2] == ["--render"]:
        print(json.dumps(render_once(Path(sys.argv[2]), sys.argv[3])))
    else:
        from benchmarks.__main__ import main

        main(["report"])
