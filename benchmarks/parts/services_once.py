"""Make service runs of a country and print what they took: `services_once ROOT BATCH RUNS make|measure`.

`make` makes the national stage that they need, `measure` the runs, with notebooks that note the processor
time of their own cells. The process's own time and that of all below it is the caller's to measure.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat

from analysis.batch import make_plan, run_batch
from analysis.core.settings import load_batch

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


def main(root: Path, name: str, runs: int, what: str) -> None:
    """Do what the command line says and print it as JSON."""
    batch, build = load_batch(root / "params" / f"{name}.yaml"), root / "build" / name
    options = {"notebooks": counting_notebooks(root), "reports": False, "workers": 2}
    every = make_plan(batch, build, notebooks=options["notebooks"], reports=False).runs
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
    main(Path(sys.argv[1]).resolve(), sys.argv[2], int(sys.argv[3]), sys.argv[4])
