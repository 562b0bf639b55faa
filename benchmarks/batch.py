"""Warm kernels and the papermill engine, beside ordinary kernels and stock papermill on a short notebook."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

from benchmarks.measure import measure_command
from benchmarks.results import Table, against_goal
from benchmarks.workspace import PROJECT, part

KERNELS = 20
TIMES = 7
WORKERS = 2
#: Stock papermill gets fewer: what one takes does not change with their number.
TOGETHER = {"stock": 40, "tilstand": 200}

MOST_READY = 0.06
MOST_OF_STOCK = 1 / 5
LEAST_THROUGHPUT = 8


def run(root: Path) -> Table:
    """Start kernels, execute one notebook at a time, and many in two workers, each in both ways."""
    ready = {kind: median(_seconds(f"ready-{kind}", 1, KERNELS)) for kind in ("ordinary", "warm")}
    alone = {way: median(_seconds(way, 1, TIMES)) for way in TOGETHER}
    together = {way: _seconds(way, WORKERS, times)[0] / times for way, times in TOGETHER.items()}
    share, throughput = alone["tilstand"] / alone["stock"], together["stock"] / together["tilstand"]
    goals = (
        against_goal(
            "a warm kernel ready in under 60 ms",
            f"{1000 * ready['warm']:.0f} ms",
            met=ready["warm"] < MOST_READY,
        ),
        against_goal(
            "a short notebook in at most 1/5 of stock papermill's time",
            f"{share:.2f}",
            met=share <= MOST_OF_STOCK,
        ),
        against_goal(
            f"at least {LEAST_THROUGHPUT} times the throughput with two workers",
            f"{throughput:.1f} times",
            met=throughput >= LEAST_THROUGHPUT,
        ),
    )
    rows = (
        ("kernel ready from request", ready["ordinary"], ready["warm"]),
        ("one short notebook", alone["stock"], alone["tilstand"]),
        (f"each of {TOGETHER['tilstand']} in {WORKERS} workers", together["stock"], together["tilstand"]),
    )
    return Table(
        title="Kernels and what is around a run",
        header=("seconds", "stock", "Tilstand", "ratio"),
        rows=tuple((what, f"{a:.3f}", f"{b:.3f}", f"{b / a:.2f}") for what, a, b in rows),
        goal="\n\n".join(goals),
    )


def _seconds(way: str, workers: int, times: int) -> list[float]:
    done = measure_command(part("kernels_once", way, str(workers), str(times)), cwd=PROJECT)
    return json.loads(done.result.splitlines()[-1])


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["batch"])
