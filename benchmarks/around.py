"""What is around the cells of one service's notebook, by stock papermill and by a batch's worker."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.measure import measure_command
from benchmarks.results import Table
from benchmarks.workspace import MUNICIPALITY, PROJECT, SERVICE, demo_build, part

TIMES = 5


def run(root: Path) -> Table:
    """Execute the notebook each way, several times over."""
    demo_build(root)
    stock, own = (_seconds(way, root) for way in ("stock", "tilstand"))
    rows = [(name, stock[name], own[name]) for name in stock if name != "all"]
    known = [sum(found[name] for name in found if name != "all") for found in (stock, own)]
    rows.append(("the rest", stock["all"] - known[0], own["all"] - known[1]))
    rows.append(("all", stock["all"], own["all"]))
    return Table(
        title="Where one service run's seconds go",
        header=("seconds, mean", "stock papermill", "Tilstand's worker"),
        rows=tuple((name, f"{a:.3f}", f"{b:.3f}") for name, a, b in rows),
    )


def _seconds(way: str, root: Path) -> dict[str, float]:
    command = part("around_once", way, str(root), f"{MUNICIPALITY}/{SERVICE}", str(TIMES))
    return json.loads(measure_command(command, cwd=PROJECT).result.splitlines()[-1])


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["around"])
