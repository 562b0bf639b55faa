"""The build folder: what is whole in it, what is half-written, what is set aside."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from analysis.batch.fingerprint import file_hash
from analysis.core.errors import BuildError
from analysis.core.names import FACTS

PROTECTED = "_protected"
#: Written last into a run's folder; without it the folder is not whole.
RECORD = "run.json"
NOTEBOOK = "notebook.ipynb"
#: The way in to all reports.
INDEX = "index.html"
#: How many files are waited for at a time until they are on the disk.
_WAIT_AT_ONCE = 8


def beside(folder: Path) -> Path:
    """Make a new folder to work in, beside `folder` and as deep, so that relative paths mean the same."""
    part = folder.with_name(f".{folder.name}.part-{os.getpid()}-{secrets.token_hex(4)}")
    part.mkdir(parents=True)
    return part


def put_in_place(part: Path, folder: Path) -> None:
    """Give a finished working folder its name, in place of what was there.

    A kill in the middle leaves the old folder, the new one or none, never a mixture.
    """
    # On the disk before the name: after a power loss the name never stands for empty files.
    reach_disk(part)
    old = folder.with_name(f".{folder.name}.old-{os.getpid()}-{secrets.token_hex(4)}")
    if folder.exists():
        os.rename(folder, old)
    os.rename(part, folder)
    _reach_disk_as_names(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


def reach_disk(folder: Path) -> None:
    """Return when everything in a folder is on the disk, where a power loss does not take it."""
    walked = [(Path(path), names) for path, _, names in os.walk(folder)]
    files = [path / name for path, names in walked for name in names]
    # At once: one after the other, each file waits for the disk alone.
    with ThreadPoolExecutor(_WAIT_AT_ONCE) as waiting:
        list(waiting.map(_file_reaches_disk, files))
        list(waiting.map(_reach_disk_as_names, [path for path, _ in walked]))


def _file_reaches_disk(path: Path) -> None:
    # Windows does that only for files that may be written.
    with path.open("rb+" if os.name == "nt" else "rb") as file:
        os.fsync(file.fileno())


def _reach_disk_as_names(folder: Path) -> None:
    # Windows cannot open a folder; some network file systems cannot wait for one.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def clear_leftovers(build: Path) -> int:
    """Remove what a killed batch left half-written; return how many things that were.

    Folders of failures that are mended are empty, and go too.
    """
    left = list(_leftovers(build))
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for path in sorted((build / PROTECTED).rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return len(left)


def _leftovers(build: Path) -> Iterator[Path]:
    # One walk, by the system's own listing: a national build has a quarter of a million files.
    for folder, folders, files in os.walk(build):
        marked = [n for n in (*folders, *files) if n[0] == "." and (".part" in n[1:] or ".old-" in n[1:])]
        yield from (Path(folder, name) for name in marked)
        folders[:] = [name for name in folders if name not in marked]


def write_record(folder: Path, content: dict[str, Any]) -> None:
    """Write a run's record, with the files it stands for."""
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    # Plainly, not beside: the folder itself is still beside its place, or is whole only with this file.
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def read_record(folder: Path) -> dict[str, Any] | None:
    """Return the record of a run whose folder is whole, or None.

    Whole is a folder whose record can be read, whose files are all there, and whose facts are the ones that
    were recorded.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        files = record["files"]
        whole = record["outcome"] == "done" and all((folder / name).is_file() for name in files)
        whole = whole and all(file_hash(folder / name) == files[name] for name in files if name == FACTS)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if whole else None


def protected(build: Path, *parts: str) -> Path:
    """Return a folder under `_protected/`, made so that only its owner can read it."""
    root = build / PROTECTED
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root.joinpath(*parts)


def set_aside(build: Path, folder: str) -> Path | None:
    """Move results that are no longer current to `_protected/stale/`; return where to, or None.

    An old report must not pass for a new one when what it was made of has failed.
    """
    old = build / folder
    if not old.exists():
        return None
    try:
        target = protected(build, "stale", folder)
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(old, target)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        # No room for a folder: out of sight where it is, and gone with the next batch's leftovers.
        os.rename(old, old.with_name(f".{old.name}.old-{os.getpid()}-{secrets.token_hex(4)}"))
        return None
    return target


def forget_failure(build: Path, run_id: str, folder: str) -> None:
    """Remove what an earlier failure of a run left, now that its results stand."""
    for path in (build / PROTECTED / run_id, build / PROTECTED / "stale" / folder):
        shutil.rmtree(path, ignore_errors=True)


def run_folders(build: Path) -> Iterator[tuple[str, Path]]:
    """Yield the id and folder of every notebook run that is in a build folder, in order."""
    for folder in sorted(p for p in build.glob("reference/*") if p.is_dir() and not p.name.startswith(".")):
        yield f"reference/{folder.name}", folder
    for folder in sorted(p for p in build.glob("*/runs/*") if p.is_dir() and not p.name.startswith(".")):
        if not folder.parts[-3].startswith(("_", ".")):
            yield f"{folder.parts[-3]}/{folder.name}", folder


def checked_build(build: Path) -> Path:
    """Return `build` if it is a build folder; raise BuildError otherwise."""
    build = Path(build)
    if not (build / "plan.json").is_file() or not (build / "batch.yaml").is_file():
        raise BuildError(
            "this is no build folder",
            where=str(build),
            found="a folder without plan.json and batch.yaml" if build.is_dir() else "no such folder",
            expected="a folder made by tilstand run, such as build/demo",
            todo="make it first: tilstand run params/demo.yaml",
        )
    return build
