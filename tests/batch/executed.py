"""Notebooks of a few cells, executed by the batch's engine in this process."""

from pathlib import Path

import nbformat
import papermill
from papermill.engines import papermill_engines

from analysis.batch.engine import ENGINE, TilstandEngine
from analysis.batch.kernels.guard import Guard
from analysis.batch.kernels.manager import kernel_in


def execute_cells(folder: Path, *cells: str, guard: Guard) -> None:
    """Execute the cells, `folder/in.ipynb`, into `folder/out.ipynb`; the guard watches meanwhile."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, folder / "in.ipynb")
    papermill_engines.register(ENGINE, TilstandEngine)
    (folder / "own").mkdir()
    with guard:
        papermill.execute_notebook(
            str(folder / "in.ipynb"),
            str(folder / "out.ipynb"),
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kernel_manager_class=kernel_in(folder / "own", guard),
            guard=guard,
        )
