"""Start kernels or execute a short notebook, in one way: `kernels_once WAY WORKERS TIMES`.

WAY is `ready-warm`, `ready-ordinary`, `stock` or `tilstand`. Prints seconds: of each kernel until it
answers, or of each notebook with one worker, or of all of them together with several.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import papermill
from papermill.engines import papermill_engines

from analysis.batch.engine import ENGINE, TilstandEngine
from analysis.batch.kernels.guard import Guard, RunLimits
from analysis.batch.kernels.manager import kernel_in
from analysis.batch.pool import Pool
from analysis.batch.surroundings import surroundings

#: What is imported, one fit, one figure: as short as a notebook about data can be.
_CELLS = (
    "seed = 1",
    "import numpy as np\nimport pandas as pd\nimport seaborn as sns\nimport statsmodels.formula.api as smf",
    "rng = np.random.default_rng(seed)\n"
    "frame = pd.DataFrame({'x': rng.normal(size=200)})\n"
    "frame['y'] = 2 * frame['x'] + rng.normal(size=200)\n"
    "print(smf.ols('y ~ x', frame).fit().params.round(4).to_dict())",
    "sns.regplot(data=frame, x='x', y='y', ci=None);",
)


def write_notebook(path: Path) -> None:
    """Write the short notebook."""
    cells = [nbformat.v4.new_code_cell(source) for source in _CELLS]
    cells[0].metadata["tags"] = ["parameters"]
    spec = {"name": "python3", "language": "python", "display_name": "Python 3"}
    metadata = {"kernelspec": spec, "language_info": {"name": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)


def execute(way: str, notebook: Path, number: int) -> float:
    """Execute the notebook into a file of its own and return the seconds that took."""
    start = time.perf_counter()
    out = notebook.with_name(f"{way}-{number}.ipynb")
    options = {"parameters": {"seed": number}, "progress_bar": False}
    if way == "stock":
        papermill.execute_notebook(notebook, out, cwd=notebook.parent, **options)
        return time.perf_counter() - start
    papermill_engines.register(ENGINE, TilstandEngine)
    with tempfile.TemporaryDirectory(prefix="ts-") as scratch, Guard(RunLimits()) as guard:
        own = {"engine_name": ENGINE, "kernel_manager_class": kernel_in(Path(scratch), guard), "guard": guard}
        # As the batch does it: what papermill is told to change into, it changes into in this process.
        with contextlib.chdir(notebook.parent):
            papermill.execute_notebook(notebook, out, **own, **options)
    return time.perf_counter() - start


async def time_kernel(kind: str) -> float:
    """Start a kernel and return the seconds until it answers."""
    with tempfile.TemporaryDirectory(prefix="ts-") as scratch, Guard(RunLimits(kernels=kind)) as guard:
        manager = kernel_in(Path(scratch), guard)(kernel_name="python3")
        start = time.perf_counter()
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(60)
        seconds = time.perf_counter() - start
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
    return seconds


def kernels(kind: str, times: int) -> list[float]:
    """Start so many kernels one after the other."""

    async def each() -> list[float]:
        return [await time_kernel(kind) for _ in range(times)]

    return asyncio.run(each())


def main(way: str, workers: int, times: int) -> None:
    """Do what the command line says; the first of each worker, which pays for imports, is not counted."""
    with (
        tempfile.TemporaryDirectory(prefix="ts-bench-") as name,
        Pool(workers, surroundings(dt.date(2025, 6, 16))) as pool,
    ):
        if way.startswith("ready"):
            print(json.dumps(pool.submit(kernels, way.partition("-")[2], times + 1).result()[1:]))
            return
        notebook = Path(name) / "short.ipynb"
        write_notebook(notebook)
        # More than workers, so that every worker has had one.
        for future in [pool.submit(execute, way, notebook, times + n) for n in range(2 * workers)]:
            future.result()
        start = time.perf_counter()
        seconds = [
            future.result() for future in [pool.submit(execute, way, notebook, n) for n in range(times)]
        ]
        print(json.dumps(seconds if workers == 1 else [time.perf_counter() - start]))


if __name__ == "__main__":
    # Workers look for a task in the module that it is of; of the script they know nothing.
    from benchmarks.parts import kernels_once  # noqa: PLW0406

    kernels_once.main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
