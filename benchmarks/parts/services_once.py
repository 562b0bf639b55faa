"""Make service runs of a country and print what they took: `services_once ROOT BATCH RUNS WHAT`.

`make` makes the national stage that they need, `measure` the runs, with notebooks that note the processor
time of their own cells. The process's own time and that of all below it is the caller's to measure. `stock`
has the same notebooks executed by papermill as it comes, in as many processes.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import nbformat

from analysis.batch import Plan, make_plan, run_batch
from analysis.batch.pool import Pool
from analysis.batch.runs import Run
from analysis.batch.surroundings import surroundings
from analysis.core.settings import load_batch

WORKERS = 2
#: Stands first in a notebook, and counts what comes after: a cell's own time with all threads and processes
#: of the kernel, its figures and their encoding included.
_COUNT = """
def _count():
    import resource
    from pathlib import Path

    from IPython import get_ipython

    def used():
        kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        return sum(r.ru_utime + r.ru_stime for r in map(resource.getrusage, kinds))

    began, spent = [0.0], [0.0]

    def before(info):
        began[0] = used()

    def after(result):
        spent[0] += used() - began[0]
        Path("cells.txt").write_text(str(spent[0]))

    # Not this cell's own end.
    began[0] = used()
    events = get_ipython().events
    events.register("pre_run_cell", before)
    events.register("post_run_cell", after)

_count()
"""


def counting_notebooks(root: Path) -> Path:
    """Write the notebooks with the cell that counts, and return their folder."""
    folder = root / "counting"
    folder.mkdir(exist_ok=True)
    for path in (root / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        cell = nbformat.v4.new_code_cell(_COUNT.strip(), id="count")
        notebook.cells.insert(0, cell)
        nbformat.write(notebook, folder / path.name)
    return folder


def by_papermill(plan: Plan, runs: list[Run]) -> float:
    """Execute runs by papermill as it comes; return the seconds, without a process's first runs."""
    with Pool(WORKERS, surroundings(plan.batch.date)) as pool:
        # More than processes, so that each has had one.
        for future in [pool.submit(_execute, plan, run) for run in runs[: 2 * WORKERS]]:
            future.result()
        start = time.perf_counter()
        for future in [pool.submit(_execute, plan, run) for run in runs]:
            future.result()
        return time.perf_counter() - start


def _execute(plan: Plan, run: Run) -> None:
    # Not to be paid for by the batch, which has this module imported as well.
    import papermill  # noqa: PLC0415

    # As deep in the build as the run's own folder: its parameters are paths from there.
    folder = plan.build / "stock" / "runs" / run.id.replace("/", "-")
    folder.mkdir(parents=True, exist_ok=True)
    notebook, executed = str(plan.notebooks / run.notebook), str(folder / "notebook.ipynb")
    papermill.execute_notebook(notebook, executed, run.parameters, cwd=str(folder), progress_bar=False)


def main(root: Path, name: str, runs: int, what: str) -> None:
    """Do what the command line says and print it as JSON."""
    batch, build = load_batch(root / "params" / f"{name}.yaml"), root / "build" / name
    options = {"notebooks": counting_notebooks(root), "reports": False, "workers": WORKERS}
    plan = make_plan(batch, build, notebooks=options["notebooks"], reports=False)
    every = plan.runs
    if what == "stock":
        chosen = [run for run in every if run.kind == "service"][:runs]
        print(json.dumps({"runs": len(chosen), "seconds": by_papermill(plan, chosen)}))
        return
    if what == "make":
        only = [run.id for run in every if run.kind == "reference"]
    else:
        only = [run.id for run in every if run.kind == "service"][:runs]
    result = run_batch(batch, build, only=only, **options)
    if result.exit_code:
        raise RuntimeError(str(result))
    made = [run for run in result.plan.runs if run.id in set(only)]
    cells = [float((build / run.folder / "cells.txt").read_text()) for run in made]
    print(json.dumps({"runs": len(made), "cells": sum(cells), "seconds": result.seconds}))


if __name__ == "__main__":
    # Workers look for a task in the module that it is of; of the script they know nothing.
    from benchmarks.parts import services_once  # noqa: PLW0406

    services_once.main(Path(sys.argv[1]).resolve(), sys.argv[2], int(sys.argv[3]), sys.argv[4])
