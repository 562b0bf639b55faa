"""One service's notebook, executed by the batch's worker, beside stock papermill on the same notebook."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from benchmarks.measure import Measured, measure_call, measure_command, middle
from benchmarks.results import Table
from benchmarks.workspace import MUNICIPALITY, SERVICE, demo_build, module

#: Runs that are counted, after one that is not: it pays for the worker's imports.
TIMES = 5
_WAYS = {"papermill, in process": "--stock", "Tilstand's worker": "--worker"}


def run(root: Path) -> Table:
    """Execute the notebook each way in a fresh process, several times over; and once more as a command."""
    demo_build(root)
    ways: dict[str, Measured] = {}
    for name, way in _WAYS.items():
        printed = measure_command(module("benchmarks.service_run", way), cwd=root).result
        ways[name] = middle([Measured(*row) for row in json.loads(printed.splitlines()[-1])])
    command, folder, environment = _papermill_command(root)
    commands = [measure_command(command, cwd=folder, environment=environment) for _ in range(3)]
    ways = {"`papermill` command": middle(commands), **ways}
    stock = ways["papermill, in process"]
    rows = [
        (name, f"{m.seconds:.2f}", f"{m.processor_seconds:.2f}", f"{m.peak_mib:.0f}")
        + (f"{m.seconds / stock.seconds:.2f}",)
        for name, m in ways.items()
    ]
    return Table(
        title="One service run",
        header=("`service.ipynb`", "seconds", "processor seconds", "peak memory, MiB", "ratio of seconds"),
        rows=tuple(rows),
    )


def by_worker() -> list[Measured]:
    """Execute the run of the demo's build in the current folder in one worker of the batch's pool."""
    from analysis.batch.pool import Pool
    from analysis.batch.surroundings import surroundings

    plan = _plan()
    with Pool(1, surroundings(plan.batch.date)) as pool:
        return [pool.submit(_in_worker, plan).result() for _ in range(TIMES + 1)][1:]


def by_papermill() -> list[Measured]:
    """Execute the same notebook with the same parameters by papermill as it comes, in this process."""
    from analysis.batch.surroundings import surroundings

    plan = _plan()
    os.environ.update(surroundings(plan.batch.date))
    return [_stock(plan) for _ in range(TIMES + 1)][1:]


def _plan():
    from analysis.batch import make_plan
    from analysis.core.settings import load_batch

    build = Path("build/demo").resolve()
    only = (f"{MUNICIPALITY}/{SERVICE}",)
    return make_plan(load_batch(build / "batch.yaml"), build, only=only, reports=False)


def _in_worker(plan) -> Measured:
    from analysis.batch.execute import execute

    run = plan.run(f"{MUNICIPALITY}/{SERVICE}")
    notebook = plan.notebooks / run.notebook
    measured = measure_call(lambda: execute(run, build=plan.build, notebook=notebook, key=run.key).outcome)
    if measured.result != "done":
        raise RuntimeError(f"the run ended as {measured.result!r}")
    return measured


def _stock(plan) -> Measured:
    import papermill

    run = plan.run(f"{MUNICIPALITY}/{SERVICE}")
    folder = _folder_for_stock(plan)
    notebook, executed = str(plan.notebooks / run.notebook), str(folder / "notebook.ipynb")
    return measure_call(
        lambda: (
            papermill.execute_notebook(
                notebook, executed, run.parameters, cwd=str(folder), progress_bar=False
            ).cells
            and None
        )
    )


def _folder_for_stock(plan) -> Path:
    # As deep in the build as the run's own folder: its parameters are paths from there.
    folder = plan.build / "stock" / "runs" / SERVICE
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _papermill_command(root: Path) -> tuple[list[str], Path, dict[str, str]]:
    """Return stock papermill's command, the folder it runs in and its environment."""
    printed = measure_command(module("benchmarks.service_run", "--command"), cwd=root).result
    plan = json.loads(printed.splitlines()[-1])
    parameters = [part for name, value in plan["parameters"].items() for part in ("-p", name, str(value))]
    command = [sys.executable, "-m", "papermill", plan["notebook"], "notebook.ipynb", *parameters]
    return command, Path(plan["folder"]), {**os.environ, **plan["environment"]}


def _told() -> dict:
    from analysis.batch.surroundings import surroundings

    plan = _plan()
    run = plan.run(f"{MUNICIPALITY}/{SERVICE}")
    return {
        "notebook": str(plan.notebooks / run.notebook),
        "folder": str(_folder_for_stock(plan)),
        "parameters": run.parameters,
        "environment": surroundings(plan.batch.date),
    }


if __name__ == "__main__":
    way = sys.argv[1] if len(sys.argv) > 1 else ""
    if way in _WAYS.values():
        # Imported by its name: the worker that is handed its functions must find them there.
        from benchmarks import service_run

        measured = service_run.by_worker() if way == "--worker" else service_run.by_papermill()
        print(json.dumps([[m.seconds, m.processor_seconds, m.peak_mib] for m in measured]))
    elif way == "--command":
        print(json.dumps(_told()))
    else:
        from benchmarks.__main__ import main

        main(["service_run"])
