"""Execute a service's notebook and tell where its seconds go: `around_once WAY ROOT RUN TIMES`.

WAY is `stock` (papermill as it comes) or `tilstand` (as a batch's worker does it). Prints the mean seconds of
each part of a run as JSON, without the first run, which pays for imports.
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from analysis.batch import Plan
from analysis.batch.execute import execute
from analysis.batch.pool import Pool
from analysis.batch.surroundings import surroundings
from benchmarks.parts.service_once import folder_for_stock, read_plan

#: What is timed, by the part of a run that it is.
_PARTS = {
    "nbclient.client.NotebookClient.start_new_kernel": "starting the kernel",
    "nbclient.client.NotebookClient.start_new_kernel_client": "waiting until it is ready",
    "nbclient.client.NotebookClient.execute_cell": "cells, with their messages",
    "nbclient.client.NotebookClient._cleanup_kernel": "ending the kernel",
    "papermill.execute.load_notebook_node": "reading the notebook",
    "papermill.execute.write_ipynb": "saving the notebook at its end",
    "papermill.engines.write_ipynb": "saving it before and after each cell",
}


@contextmanager
def timed() -> Iterator[dict[str, float]]:
    """Give the seconds that each part has taken since, in this process."""
    seconds: dict[str, float] = defaultdict(float)

    def around(call: Callable, part: str) -> Callable:
        # A function, so that it is bound as the method that it stands for.
        def timed_call(*arguments: object, **options: object) -> object:
            start = time.perf_counter()
            try:
                return call(*arguments, **options)
            finally:
                seconds[part] += time.perf_counter() - start

        return timed_call

    with ExitStack() as stack:
        for name, part in _PARTS.items():
            call, _ = mock.patch(name).get_original()
            stack.enter_context(mock.patch(name, around(call, part)))
        yield seconds


def in_worker(way: str, plan: Plan, name: str, times: int) -> dict[str, float]:
    """Execute the run so many times, and once before; return the mean seconds of each part."""
    # Heavy, and imported in the worker already.
    import papermill  # noqa: PLC0415
    import papermill.engines  # noqa: PLC0415

    run = plan.run(name)
    notebook = plan.notebooks / run.notebook

    def once() -> None:
        if way == "stock":
            folder = folder_for_stock(plan)
            options = {"cwd": str(folder), "progress_bar": False}
            papermill.execute_notebook(
                str(notebook), str(folder / "notebook.ipynb"), run.parameters, **options
            )
        elif execute(run, build=plan.build, notebook=notebook, key=run.key_parts).outcome != "done":
            raise RuntimeError("the run failed")

    once()
    with timed() as seconds:
        start = time.perf_counter()
        for _ in range(times):
            once()
        whole = time.perf_counter() - start
    parts = {part: seconds[part] / times for part in _PARTS.values()}
    return {**parts, "all": whole / times}


def main(way: str, root: Path, name: str, times: int) -> None:
    """Do what the command line says and print it as JSON."""
    plan = read_plan(root, name)
    with Pool(1, surroundings(plan.batch.date)) as pool:
        print(json.dumps(pool.submit(in_worker, way, plan, name, times).result()))


if __name__ == "__main__":
    # Workers look for a task in the module that it is of; of the script they know nothing.
    from benchmarks.parts import around_once  # noqa: PLW0406

    around_once.main(sys.argv[1], Path(sys.argv[2]).resolve(), sys.argv[3], int(sys.argv[4]))
