"""Executed notebooks as chapters: the blocks they show, under a heading, without the analyst's prose."""

from __future__ import annotations

from pathlib import Path

import nbformat

from analysis.core.errors import BuildError
from analysis.core.paths import write_text


def read_run(path: Path) -> nbformat.NotebookNode:
    """Read an executed notebook; raise BuildError where it is missing."""
    if not Path(path).is_file():
        raise BuildError(
            "there is no executed notebook", where=str(path), todo="run the batch again: tilstand run"
        )
    return nbformat.read(path, as_version=4)


def write_chapter(source: Path, target: Path, *, heading: str) -> None:
    """Write a chapter made of the notebook's blocks under a heading.

    The prose between the cells is for the analyst, in English, and stays in the run's notebook. Timings are
    left out too, so that the same facts give the same bytes.
    """
    notebook = read_run(source)
    cells = [nbformat.v4.new_markdown_cell(heading, id="heading")]
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata = nbformat.NotebookNode(
            {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        )
        cell.execution_count = None
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = None
        cells.append(cell)
    notebook.cells = cells
    notebook.metadata.pop("papermill", None)
    write_text(target, nbformat.writes(notebook) + "\n")


def included(notebook: nbformat.NotebookNode, tag: str) -> str:
    """Return the Markdown that the cells with `tag` show, for a page that includes it."""
    parts = [
        output["data"]["text/markdown"]
        for cell in notebook.cells
        if cell.cell_type == "code" and tag in cell.metadata.get("tags", [])
        for output in cell.outputs
        if "text/markdown" in output.get("data", {})
    ]
    return "\n\n".join("".join(part).strip("\n") for part in parts) + "\n"
