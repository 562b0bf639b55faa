"""Chapters as Markdown: .qmd files with front matter, and executed notebooks with cell options."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from analysis.core.errors import RenderError, nearest

OPTIONS = ("echo", "include", "label", "output")
"""The cell options that the embedded renderer knows."""

FRONT_MATTER = ("title", "lang", "toc", "number-sections")
_OPTION_LINE = re.compile(r"^#\|\s?(.*)$")


@dataclass(frozen=True)
class Passage:
    """A piece of a chapter's Markdown and the place it comes from, for messages."""

    markdown: str
    where: str


@dataclass(frozen=True)
class Source:
    """A chapter's front matter and its passages in order."""

    metadata: dict[str, Any]
    passages: tuple[Passage, ...]


def read_source(path: Path, name: str, *, echo: bool) -> Source:
    """Read the chapter at `path`, called `name` in messages; `echo` is the book's default for code.

    Raises RenderError for what the embedded renderer does not support in a chapter.
    """
    if path.suffix == ".ipynb":
        return _read_notebook(path, name, echo=echo)
    content = path.read_text("utf-8").replace("\r\n", "\n")
    metadata: dict[str, Any] = {}
    match = re.match(r"---\n(.*?)\n(?:---|\.\.\.)\n", content, re.DOTALL)
    if match:
        metadata = _front_matter(match[1], name)
        # Blank lines in its place, so that the lines that messages name are those of the file.
        content = "\n" * match[0].count("\n") + content[match.end() :]
    executable = re.search(r"^```+\s*\{(?!=)(python|r|julia|ojs|mermaid|dot)\b[^\n]*", content, re.MULTILINE)
    if executable:
        raise RenderError(
            "code to be run stands in a text chapter",
            where=f"{name}, line {content[: executable.start()].count(chr(10)) + 1}",
            found=executable[0],
            todo="put it in a notebook and embed its output",
        )
    return Source(metadata, (Passage(content, name),))


def _front_matter(content: str, where: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(content) or {}
    except yaml.YAMLError as error:
        raise RenderError("the front matter is not valid YAML", where=where, found=str(error)[:200]) from None
    for key in found:
        if key not in FRONT_MATTER:
            raise RenderError(
                "the embedded renderer does not know this key of a chapter",
                where=f"{where}: front matter",
                found=repr(key),
                expected="one of: " + ", ".join(FRONT_MATTER),
                todo=nearest(key, FRONT_MATTER) or "put it in _quarto.yml, or render the book with Quarto",
            )
    return found


def _read_notebook(path: Path, name: str, *, echo: bool) -> Source:
    metadata: dict[str, Any] = {}
    passages = []
    for number, cell in enumerate(notebook_cells(path, name), 1):
        where, content = f"{name}, cell {number}", _joined(cell.get("source", ""))
        kind = cell.get("cell_type")
        if kind == "markdown":
            passages.append(Passage(content, where))
        elif kind == "code":
            shown = cell_markdown(cell, where, echo=echo)
            if shown:
                passages.append(Passage(shown, where))
        elif content.strip().startswith("---"):
            metadata |= _front_matter(content.strip().strip("-"), where)
        elif content.strip():
            raise RenderError("raw cells are not supported", where=where, found=content.strip()[:80])
    return Source(metadata, tuple(passages))


def notebook_cells(path: Path, name: str) -> list[dict[str, Any]]:
    """Return the cells of a notebook file."""
    try:
        return json.loads(path.read_text("utf-8"))["cells"]
    except (ValueError, KeyError, TypeError):
        raise RenderError("this is not a notebook", where=name, expected="a notebook of format 4") from None


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def cell_options(cell: dict[str, Any], where: str) -> Mapping[str, Any]:
    """Read the `#| key: value` lines at the top of a code cell; raise RenderError for one not known."""
    lines = []
    for line in _joined(cell.get("source", "")).split("\n"):
        match = _OPTION_LINE.match(line)
        if not match:
            break
        lines.append(match[1])
    try:
        options = _parsed("\n".join(lines))
    except yaml.YAMLError as error:
        raise RenderError(
            "the cell's options are not valid YAML", where=where, found=str(error)[:200]
        ) from None
    values = {"echo": (True, False), "include": (True, False), "output": (True, False, "asis")}
    for key, value in options.items():
        if key not in OPTIONS:
            raise RenderError(
                "the embedded renderer does not know this cell option",
                where=where,
                found=f"#| {key}",
                expected="one of: " + ", ".join(OPTIONS),
                todo=nearest(key, OPTIONS) or "remove it, or render the book with Quarto",
            )
        if key in values and value not in values[key]:
            raise RenderError(
                f"{key} has no such value", where=where, found=repr(value), expected=str(values[key])
            )
    if str(options.get("label", "")).startswith(("fig-", "tbl-")):
        raise RenderError(
            "a cell cannot be a figure or table itself",
            where=where,
            found=f"label: {options['label']}",
            todo="let its output be a fenced div with that id",
        )
    return options


@cache
def _parsed(lines: str) -> Mapping[str, Any]:
    # The cells of all municipalities' notebooks begin alike.
    return MappingProxyType(yaml.safe_load(lines) or {})


def cell_markdown(cell: dict[str, Any], where: str, *, echo: bool, language: str = "python") -> str:
    """Return what a code cell shows: its code where that is to be echoed, and its Markdown outputs."""
    options = cell_options(cell, where)
    if not options.get("include", True):
        return ""
    parts = []
    code = "\n".join(
        line for line in _joined(cell.get("source", "")).split("\n") if not _OPTION_LINE.match(line)
    ).strip()
    if options.get("echo", echo) and code:
        parts.append(f"``````{language}\n{code}\n``````")
    if options.get("output", True):
        parts += [_output_markdown(output, where) for output in cell.get("outputs", [])]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def _output_markdown(output: dict[str, Any], where: str) -> str:
    kind = output.get("output_type")
    data = output.get("data", {})
    if kind in ("display_data", "execute_result") and "text/markdown" in data and "text/html" not in data:
        return _joined(data["text/markdown"])
    if kind == "stream":
        found, todo = (
            f"{output.get('name')}: {_joined(output.get('text', ''))[:200]}",
            "hide it with output: false",
        )
    elif kind == "error":
        found, todo = f"{output.get('ename')}", "run the notebook until it has no error"
    else:
        # Quarto lets an HTML form win over the Markdown form, and with it the number and reference are lost.
        found, todo = ", ".join(sorted(data)) or str(kind), "show text/markdown alone"
    raise RenderError("a cell's output cannot stand in a report", where=where, found=found, todo=todo)


def labelled_output(path: Path, name: str, label: str) -> str:
    """Return the Markdown that the cell labelled `label` in a notebook shows, whatever its echo says."""
    labels = []
    for number, cell in enumerate(notebook_cells(path, name), 1):
        where = f"{name}, cell {number}"
        if cell.get("cell_type") != "code":
            continue
        found = str(cell_options(cell, where).get("label", ""))
        if found == label or label in cell.get("metadata", {}).get("tags", []) or cell.get("id") == label:
            return cell_markdown(cell, where, echo=False)
        labels += [found] if found else []
    raise RenderError(
        "the notebook has no cell with this label",
        where=name,
        found=label,
        expected="one of: " + ", ".join(labels) if labels else "a cell with #| label:",
        todo=nearest(label, labels),
    )
