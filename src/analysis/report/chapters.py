"""Executed notebooks as chapters: the blocks they show, under a heading, without the analyst's prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from analysis.core.errors import BuildError
from analysis.core.paths import write_text

_MARKDOWN = "text/markdown"
_DEFINED = re.compile(r"\{#((?:fig|tbl|sec)-[\w-]+)[^}]*\}")
_REFERRED = re.compile(r"(?<![\\\w])@((?:fig|tbl|sec)-\w+(?:-\w+)*)")


@dataclass(frozen=True)
class Part:
    """One notebook's part of a chapter: its cells, by id or tag (none named: all), under its own heading.

    `without` names those that stand elsewhere in the book.
    """

    source: Path
    heading: str = ""
    cells: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def read_run(path: Path) -> nbformat.NotebookNode:
    """Read an executed notebook; raise BuildError where it is missing or no notebook of format 4."""
    if not Path(path).is_file():
        raise BuildError(
            "there is no executed notebook", where=str(path), todo="run the batch again: tilstand run"
        )
    return _read(path)


def _read(path: Path) -> nbformat.NotebookNode:
    # Not checked against the format's schema, which takes longer than all else that is done here: what a cell
    # shows was refused when it was run where it is no text.
    try:
        notebook = nbformat.v4.reads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, TypeError, AttributeError, KeyError):
        notebook = None
    if notebook is None or notebook.get("nbformat") != 4 or "cells" not in notebook:
        raise BuildError(
            "this is not a notebook",
            where=str(path),
            expected="a notebook of format 4",
            todo="run the batch again: tilstand run",
        )
    return notebook


def write_parts(parts: Iterable[Part], target: Path, *, heading: str) -> None:
    """Write a chapter made of one or several notebooks' blocks, each part under its own heading.

    The prose between the cells is for the analyst, in English, and stays in the run's notebook. Timings are
    left out too, so that the same facts give the same bytes.
    """
    cells = [nbformat.v4.new_markdown_cell(heading, id="heading")]
    notebook = None
    for i, part in enumerate(parts):
        notebook = read_run(part.source)
        if part.heading:
            cells.append(nbformat.v4.new_markdown_cell(part.heading, id=f"part-{i}"))
        chosen = [_plain(cell) for cell in _chosen(notebook, part.cells, part.without)]
        cells += [_lowered(cell, i) for cell in chosen] if part.heading else chosen
    if notebook is None:
        raise BuildError("a chapter of nothing", where=str(target), expected="at least one notebook")
    notebook.cells = cells
    notebook.metadata.pop("papermill", None)
    write_text(target, nbformat.v4.writes(notebook) + "\n")


def included(notebook: nbformat.NotebookNode, *names: str) -> str:
    """Return the Markdown that the named cells, by id or tag, show, for a page that includes it."""
    shown = (_shown(cell) for cell in _chosen(notebook, names))
    return "\n\n".join(part for parts in shown for part in parts) + "\n"


def shows(notebook: nbformat.NotebookNode, cells: Sequence[str], without: Sequence[str] = ()) -> bool:
    """Tell whether any of the named cells, those of `without` apart, shows something."""
    return any(part.strip() for cell in _chosen(notebook, cells, without) for part in _shown(cell))


def shown_markdown(path: Path) -> str:
    """Return all the Markdown that a chapter, notebook or page, holds."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    cells = _read(path).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    return "\n".join([*prose, *(part for c in cells if c.cell_type == "code" for part in _shown(c))])


def dangling(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that a book's pages refer to and that none of them holds.

    >>> dangling(["See @fig-a and @tbl-b-c.", "::: {#fig-a}\\n:::"])
    ('tbl-b-c',)
    """
    pages = list(texts)
    there = {id for page in pages for id in _DEFINED.findall(page)}
    return tuple(sorted({id for page in pages for id in _REFERRED.findall(page)} - there))


def _chosen(
    notebook: nbformat.NotebookNode, names: Sequence[str], without: Sequence[str] = ()
) -> list[nbformat.NotebookNode]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    called = [{cell.get("id", ""), *cell.metadata.get("tags", [])} for cell in code]
    wanted, elsewhere = set(names), set(without)
    return [
        cell
        for cell, own in zip(code, called, strict=True)
        if (not names or wanted & own) and not elsewhere & own
    ]


def _plain(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    cell.metadata = nbformat.NotebookNode(
        {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
    )
    cell.execution_count = None
    for output in cell.outputs:
        if "execution_count" in output:
            output.execution_count = None
    return cell


def _lowered(cell: nbformat.NotebookNode, part: int) -> nbformat.NotebookNode:
    """Put a part's headings one level lower, under its own; ids and labels are parted from the others'."""
    cell.id = f"{cell.id}-{part}"
    cell.source = re.sub(r"(?m)^#\| label: (.*)$", rf"#| label: \g<1>-{part}", cell.source)
    for output in cell.outputs:
        if _MARKDOWN in output.get("data", {}):
            # A heading is a block of its own; the "## " inside a callout is its title, and no heading.
            output["data"][_MARKDOWN] = re.sub(r"\A## ", "### ", "".join(output["data"][_MARKDOWN]))
    return cell


def _shown(cell: nbformat.NotebookNode) -> list[str]:
    there = [output["data"][_MARKDOWN] for output in cell.outputs if _MARKDOWN in output.get("data", {})]
    return ["".join(part).strip("\n") for part in there]
