"""Execute a service's notebook several times: `service_once worker|papermill ROOT RUN TIMES`.

`told` instead of a way prints what `papermill` must be given on a command line to do the same.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from analysis.batch import Plan, make_plan
from analysis.batch.execute import execute
from analysis.batch.pool import Pool
from analysis.batch.surroundings import surroundings
from analysis.core.settings import load_batch
from benchmarks.measure import Measured, measure_call


def read_plan(root: Path, name: str) -> Plan:
    """Return the plan of the demo's build in `root`, narrowed to one run."""
    build = root / "build" / "demo"
    batch = load_batch(build / "batch.yaml")
    return make_plan(batch, build, only=(name,), notebooks=root / "notebooks", reports=False)


def by_worker(plan: Plan, name: str, times: int) -> list[Measured]:
    """Execute the run in one worker of the batch's pool, as `tilstand run` does."""
    with Pool(1, surroundings(plan.batch.date)) as pool:
        return [pool.submit(_in_worker, plan, name).result() for _ in range(times)]


def _in_worker(plan: Plan, name: str) -> Measured:
    run = plan.run(name)
    notebook = plan.notebooks / run.notebook
    measured = measure_call(
        lambda: execute(run, build=plan.build, notebook=notebook, key=run.key_parts).outcome
    )
    if measured.result != "done":
        raise RuntimeError(f"the run ended as {measured.result!r}")
    return measured


def by_papermill(plan: Plan, name: str, times: int) -> list[Measured]:
    """Execute the same notebook with the same parameters by papermill as it comes, in this process."""
    os.environ.update(surroundings(plan.batch.date))
    # The other way must not pay for it, nor gain by it.
    import papermill  # noqa: PLC0415

    run, folder = plan.run(name), folder_for_stock(plan)
    notebook, executed = str(plan.notebooks / run.notebook), str(folder / "notebook.ipynb")
    options = {"cwd": str(folder), "progress_bar": False}

    def execute_it() -> None:
        papermill.execute_notebook(notebook, executed, run.parameters, **options)

    return [measure_call(execute_it) for _ in range(times)]


def folder_for_stock(plan: Plan) -> Path:
    """Return a folder as deep in the build as the run's own: its parameters are paths from there."""
    folder = plan.build / "stock" / "runs" / "service"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def told(plan: Plan, name: str) -> dict[str, object]:
    """Return notebook, folder, parameters and environment of the run."""
    run = plan.run(name)
    return {
        "notebook": str(plan.notebooks / run.notebook),
        "folder": str(folder_for_stock(plan)),
        "parameters": run.parameters,
        "environment": surroundings(plan.batch.date),
    }


def main(way: str, root: Path, name: str, times: int) -> None:
    """Do what the command line says and print it as JSON."""
    plan = read_plan(root, name)
    if way == "told":
        print(json.dumps(told(plan, name)))
        return
    measured = (by_worker if way == "worker" else by_papermill)(plan, name, times)
    print(json.dumps([[m.seconds, m.processor_seconds, m.peak_mib] for m in measured]))


if __name__ == "__main__":
    # Workers look for a task in the module that it is of; of the script they know nothing.
    from benchmarks.parts import service_once  # noqa: PLW0406

    service_once.main(sys.argv[1], Path(sys.argv[2]).resolve(), sys.argv[3], int(sys.argv[4]))
