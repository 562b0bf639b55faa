"""One service's notebook, executed by the batch's worker, beside stock papermill on the same notebook."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from benchmarks.measure import Measured, measure_command, middle
from benchmarks.results import HEADER, Table, figures
from benchmarks.workspace import MUNICIPALITY, PROJECT, SERVICE, demo_build, part

#: Runs that are counted, after one that is not: it pays for the imports of the process around the kernel.
TIMES = 5
TIMES_COMMAND = 3
_RUN = f"{MUNICIPALITY}/{SERVICE}"


def run(root: Path) -> Table:
    """Execute the notebook each way, several times over."""
    demo_build(root)
    command = _by_command(root)
    stock, worker = (_in_process(way, root) for way in ("papermill", "worker"))
    ways = {
        "stock: `papermill notebook out -p …`": command,
        "stock papermill, in process": stock,
        "Tilstand's worker": worker,
    }
    return Table(
        title="One service run",
        header=("`service.ipynb`", *HEADER, "seconds, ratio", "processor, ratio"),
        rows=tuple(
            (
                name,
                *figures(m),
                f"{m.seconds / stock.seconds:.2f}",
                f"{m.processor_seconds / stock.processor_seconds:.2f}",
            )
            for name, m in ways.items()
        ),
    )


def _in_process(way: str, root: Path) -> Measured:
    done = measure_command(part("service_once", way, str(root), _RUN, str(TIMES + 1)), cwd=PROJECT)
    return middle([Measured(*row) for row in json.loads(done.result.splitlines()[-1])[1:]])


def _by_command(root: Path) -> Measured:
    told = measure_command(part("service_once", "told", str(root), _RUN, "0"), cwd=PROJECT)
    plan = json.loads(told.result.splitlines()[-1])
    parameters = [word for name, value in plan["parameters"].items() for word in ("-p", name, str(value))]
    command = [sys.executable, "-m", "papermill", plan["notebook"], "notebook.ipynb", *parameters]
    environment = {**os.environ, **plan["environment"]}
    return middle(
        [
            measure_command(command, cwd=Path(plan["folder"]), environment=environment)
            for _ in range(TIMES_COMMAND)
        ]
    )


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["service_run"])
