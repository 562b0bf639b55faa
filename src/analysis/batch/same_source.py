"""Whether the source that makes results is still the one that a run was planned with."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import analysis
from analysis.batch import fingerprint
from analysis.batch.kernels.own_files import change_times
from analysis.batch.key import Key
from analysis.core.errors import BuildError


def is_as_planned(key: Key, parts: tuple[str, ...], notebook: Path | None = None) -> bool:
    """Whether the package's source in `parts`, and the notebook, are those that the key of a run names.

    What was made of other source must not be written down under the key. The end of a batch looks at it too;
    one that is interrupted has no such end.
    """
    try:
        if "code" in key.parts and key.parts["code"] != source_now(parts):
            return False
        if notebook is None or "notebook" not in key.parts:
            return True
        state = notebook.stat()
        return key.parts["notebook"] == _notebook(notebook, state.st_size, state.st_mtime_ns)
    except (OSError, BuildError):
        return False


def source_now(parts: tuple[str, ...]) -> str:
    """Return the hash of the package's source files in `parts`, as they are now."""
    return tree_now(parts, Path(analysis.__file__).parent)


def tree_now(parts: tuple[str, ...], root: Path) -> str:
    """Return the hash of files and folders below `root`; they are read again when a time has changed."""
    return _tree(parts, root, tuple(change_times(_places(parts, root)).items()))


@cache
def _places(parts: tuple[str, ...], root: Path) -> tuple[str, ...]:
    """Return the files, and the folders: theirs is another time when a file comes or goes."""
    found = [path for part in parts for path in (root / part, *(root / part).rglob("*"))]
    return tuple(str(path) for path in found if "__pycache__" not in path.parts)


@lru_cache(maxsize=8)
def _tree(parts: tuple[str, ...], root: Path, times: tuple[tuple[str, int], ...]) -> str:
    # A new folder has files of its own to be looked at.
    _places.cache_clear()
    return fingerprint.tree_hash([root / part for part in parts], root)


@lru_cache(maxsize=8)
def _notebook(path: Path, size: int, changed: int) -> str:
    return fingerprint.notebook_hash(path)
