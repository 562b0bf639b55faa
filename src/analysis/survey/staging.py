"""Many files changed as one: made beside, then moved into place, and finished later after a kill."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.core.errors import DataError
from analysis.core.paths import write_text

try:
    import fcntl
except ImportError:  # not on Windows, where two imports into one store at once are not guarded against
    fcntl = None

_STAGE, _READY = ".import", "ready.json"


@contextmanager
def staged(store: Path) -> Iterator[Path]:
    """Give a folder to write changed files in, at the paths they shall have in the store.

    When the block ends well they are all moved into place. An error or a kill before that leaves the store as
    it was; a kill during the moving is finished by whoever opens the store next. To remove a file, call
    `removed` on it. Raises DataError where another import is writing.
    """
    store = Path(store)
    is_new = not store.exists()
    store.mkdir(parents=True, exist_ok=True)
    with _locked(store):
        finish(store)
        stage = store / _STAGE
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir()
        try:
            yield stage
            _mark_ready(stage)
        except BaseException:
            shutil.rmtree(store if is_new else stage, ignore_errors=True)
            raise
        finish(store)


def removed(stage: Path, path: str) -> None:
    """Say that the file at `path` in the store shall be gone when the staged files are moved into place."""
    with (stage / "removed.txt").open("a", encoding="utf-8") as file:
        file.write(path + "\n")


def _mark_ready(stage: Path) -> None:
    listed = stage / "removed.txt"
    gone = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    listed.unlink(missing_ok=True)
    moved = sorted(p.relative_to(stage).as_posix() for p in stage.rglob("*") if p.is_file())
    write_text(stage / _READY, json.dumps({"move": moved, "remove": gone}, indent=1) + "\n")


def finish(store: Path) -> None:
    """Move files into place that a killed import had made ready. Nothing to do is the usual case."""
    stage = Path(store) / _STAGE
    try:
        steps = json.loads((stage / _READY).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return
    for path in steps["move"]:
        target = Path(store) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.replace(stage / path, target)
        except FileNotFoundError:
            # Moved before the kill, or just now by another reader.
            continue
    for path in steps["remove"]:
        (Path(store) / path).unlink(missing_ok=True)
        _prune((Path(store) / path).parent, stop=Path(store))
    shutil.rmtree(stage, ignore_errors=True)


def _prune(folder: Path, *, stop: Path) -> None:
    while folder != stop and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


@contextmanager
def _locked(store: Path) -> Iterator[None]:
    with (store / ".lock").open("w") as file:
        if fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise DataError(
                    "another import is writing here",
                    where=str(store),
                    todo="wait until it is done and try again",
                ) from None
        yield
