"""Execute the notebooks in place, as JupyterLab would, and keep their outputs: `make notebooks`.

Run it when a change to the package, the demo's data or a notebook changes what the notebooks show. The same
code and data give the same files.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbclient
import nbformat

from analysis.batch.surroundings import surroundings
from analysis.core.settings import load_batch

ROOT = Path(__file__).resolve().parents[2]


def refresh(path: Path) -> None:
    """Execute one notebook with the parameters that stand in it, and write it with its outputs."""
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        # Times would be others each time.
        record_timing=False,
    )
    client.execute()
    # The kernel's version of Python is this machine's.
    notebook.metadata.language_info = {"name": "python"}
    nbformat.validate(notebook)
    nbformat.write(notebook, path)


def main() -> None:
    """Refresh the notebooks that are named, or all."""
    os.environ.update(surroundings(load_batch(ROOT / "params" / "demo.yaml").date))
    named = [Path(name).resolve() for name in sys.argv[1:]]
    for path in named or sorted((ROOT / "notebooks").glob("*.ipynb")):
        refresh(path)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
