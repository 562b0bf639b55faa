"""Executed runs of a small synthetic country: the project's own notebooks, cell by cell, without a kernel."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import Any

import nbformat

from analysis.core.settings import Batch, load_batch
from analysis.demo import make_country

PROJECT = Path(__file__).resolve().parents[2]
CODE = "9903"
SERVICES = ("kindergarten", "school")
_BATCH = """
batch: small
title: {nb: Brukerundersøkelser 2025, en: User surveys 2025}
synthetic: true
data: ../data
date: 2025-06-16
year: 2025
compare_years: [2021, 2023]
municipalities: ["9903"]
services: [kindergarten, school]
language: LANGUAGE
"""


_BUILT: list[tuple[Path, Batch]] = []


def built_once(factory: Any) -> tuple[Path, Batch]:
    """Build the runs for all test files of a process; `factory` is pytest's `tmp_path_factory`."""
    if not _BUILT:
        _BUILT.append(build_runs(factory.mktemp("runs")))
    return _BUILT[0]


def build_runs(root: Path, *, language: str = "en") -> tuple[Path, Batch]:
    """Make a country and the runs of one of its municipalities; return the build folder and the batch."""
    make_country(root / "data", municipalities=12, services=2)
    file = root / "params" / "small.yaml"
    file.parent.mkdir()
    file.write_text(_BATCH.replace("LANGUAGE", language), encoding="utf-8")
    build = root / "build"
    for service in SERVICES:
        _execute("reference", build / "reference" / service, batch_file=str(file), service=service)
        _execute(
            "service", build / CODE / "runs" / service, batch_file=str(file), municipality=CODE,
            service=service, reference=str(build / "reference" / service),
        )  # fmt: skip
    runs = build / CODE / "runs"
    _execute("municipality", runs / "municipality", batch_file=str(file), municipality=CODE, runs=str(runs))
    return build, load_batch(file)


def _execute(name: str, folder: Path, **parameters: Any) -> None:
    folder.mkdir(parents=True)
    book = nbformat.read(PROJECT / "notebooks" / f"{name}.ipynb", as_version=4)
    names: dict[str, Any] = {}
    before = Path.cwd()
    os.chdir(folder)
    try:
        for cell in (cell for cell in book.cells if cell.cell_type == "code"):
            cell.outputs = _shown(cell.source, names)
            if "parameters" in cell.metadata.get("tags", []):
                names |= {**parameters, "output": ".", "report": True}
    finally:
        os.chdir(before)
    nbformat.write(book, folder / "notebook.ipynb")


def _shown(source: str, names: dict[str, Any]) -> list[nbformat.NotebookNode]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
    if not hasattr(value, "_repr_mimebundle_"):
        return []
    return [nbformat.v4.new_output("display_data", value._repr_mimebundle_())]
