"""Hashes of what a run depends on: its notebook, the package's source, the versions, the settings."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from pathlib import Path

import analysis
from analysis.core.errors import BuildError
from analysis.core.settings import Batch

#: What a notebook's numbers, texts and figures come from, and its cells' ids and outputs. The command line,
#: the demo and the rendering are not among them, nor what only watches, forks or ends kernels: changing those
#: redoes no run.
NOTEBOOK_ROOMS = (
    "core",
    "survey",
    "stats",
    "facts",
    "steering",
    "show",
    "batch/comparison.py",
    "batch/context.py",
    "batch/engine.py",
    "batch/execute.py",
    "batch/municipality.py",
    "batch/opening.py",
    "batch/outputs.py",
    "batch/places.py",
    "batch/kernels/app.py",
    "batch/kernels/child.py",
    "batch/kernels/listening.py",
    "batch/kernels/manager.py",
    "batch/kernels/own_files.py",
    "batch/kernels/sparing.py",
    "batch/kernels/template.py",
    "batch/surroundings.py",
    "batch/surveys.py",
)
REPORT_ROOMS = ("core", "survey", "steering", "show", "report", "batch/reports.py")

#: Which runs and formats there are, and where the data lie, changes no run's content.
_NOT_CONTENT = {"data", "steering", "municipalities", "services", "formats", "editions"}

#: Runs nothing; only the user's own Jupyter does.
_NOT_IN_RUNS = {"jupyterlab"}


def digest(content: object) -> str:
    """Return the sha256 of plain content (text, numbers, lists, dicts).

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """Return the sha256 of a file's bytes."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settings_hash(batch: Batch) -> str:
    """Return the hash of the settings that a run's content depends on, the language apart."""
    return digest(batch.model_dump(mode="json", exclude={*_NOT_CONTENT, "language"}))


def notebook_hash(path: Path) -> str:
    """Return the hash of a notebook's cells; outputs, counts and the editor's notes do not matter.

    Raises BuildError where the file is missing or no notebook.
    """
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
        content = [
            [cell["cell_type"], "".join(cell["source"]), sorted(cell.get("metadata", {}).get("tags", []))]
            for cell in cells
        ]
    except FileNotFoundError:
        raise BuildError(
            "there is no such notebook", where=str(path), todo="check the project's folder"
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise BuildError("this is no notebook", where=str(path), found=type(error).__name__) from None
    return digest(content)


@cache
def source_hash(parts: Iterable[str] = NOTEBOOK_ROOMS) -> str:
    """Return the hash of the package's source files in the named rooms and modules."""
    root = Path(analysis.__file__).parent
    return tree_hash([root / part for part in parts], root)


def tree_hash(places: Iterable[Path], root: Path) -> str:
    """Return the hash of all files in the given files and folders, named from `root`."""
    names: dict[str, str] = {}
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                names[path.relative_to(root).as_posix()] = file_hash(path)
    return digest(names)


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python and of every package that the project depends on directly."""
    found = {"python": platform.python_version()}
    try:
        needed = metadata.requires("tilstand") or []
        found["tilstand"] = metadata.version("tilstand")
    except metadata.PackageNotFoundError:
        raise BuildError(
            "the package is not installed", expected="tilstand", todo="pip install -e ."
        ) from None
    for requirement in sorted(needed):
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        if name and "extra ==" not in requirement:
            found[name.group()] = _version(name.group())
    return found


@cache
def environment_hash() -> str:
    """Return the hash of the versions of Python and of all packages that runs can use, at any remove.

    Of what is installed, not of the lock file: results are made by what is there. What the lock holds beside
    (checkers, the documentation's tools) can change no result.
    """
    found: dict[str, str] = {"python": platform.python_version()}
    waiting = [("tilstand", frozenset[str]())]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        try:
            needed = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            # Needed on another system only.
            continue
        found[name] = metadata.version(name)
        for further in _requirements(needed, extras):
            if further not in seen and further[0] not in _NOT_IN_RUNS:
                seen.add(further)
                waiting.append(further)
    return digest(found)


def _requirements(needed: Iterable[str], extras: frozenset[str]) -> list[tuple[str, frozenset[str]]]:
    """Return the packages, with their extras, that a package with these extras asks for."""
    found = []
    for line in needed:
        wanted = re.search(r"""extra\s*==\s*["']([^"']+)["']""", line)
        if wanted and wanted.group(1) not in extras:
            continue
        said = re.match(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?", line)
        if said:
            name = re.sub(r"[-_.]+", "-", said.group(1)).lower()
            found.append((name, frozenset(part.strip() for part in (said.group(2) or "").split(",")) - {""}))
    return found


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
