"""The batch file as a build folder keeps it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import yaml

from analysis.core.errors import BuildError
from analysis.core.paths import project_root, write_text
from analysis.core.remote import is_address
from analysis.core.settings import Batch, load_batch

NAME = "batch.yaml"


def default_build(batch: Batch) -> Path:
    """Return the folder that a batch is built in where none is given: `build/<batch>` of the project."""
    return project_root() / "build" / batch.batch


def keep_batch_file(batch: Batch, build: Path) -> Batch:
    """Write the batch file into the build folder and return the batch as it stands there.

    `data:` and `steering:` are rewritten from the build folder, the rest (comments too) is kept word for
    word. Raises BuildError where the folder holds another batch or other things.
    """
    check_build_folder(batch, build)
    paths = {} if is_address(batch.data) else {"data": _relative(batch.store, build)}
    if batch.steering is not None:
        paths["steering"] = _relative((batch.path.parent / batch.steering).resolve(), build)
    text = batch.path.read_text(encoding="utf-8")
    for key, path in paths.items():
        said = yaml.safe_dump(path, allow_unicode=True, default_style='"', width=10_000).strip()
        text = re.sub(rf"(?m)^{key}\s*:.*$", lambda _, line=f"{key}: {said}": line, text)
    write_text(build / NAME, text)
    try:
        kept = load_batch(build / NAME)
    except Exception:
        kept = None
    if kept is None or _places(kept) != _places(batch) or _content(kept) != _content(batch):
        # The key stands in another form than at the beginning of a line of its own: write the values anew.
        plain = {**batch.model_dump(mode="json", exclude_defaults=True), **paths}
        # "all" is kept as a tuple inside.
        write_text(build / NAME, yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=10_000))
        kept = load_batch(build / NAME)
    return kept


def _content(batch: Batch) -> dict:
    return batch.model_dump(mode="json", exclude={"data", "steering"})


def _places(batch: Batch) -> tuple[Path, Path | None]:
    folder = batch.steering
    return batch.store, None if folder is None else (batch.path.parent / folder).resolve()


def _relative(store: Path, build: Path) -> str:
    try:
        return Path(os.path.relpath(store, build.resolve())).as_posix()
    except ValueError:  # another drive
        return store.as_posix()


def check_build_folder(batch: Batch, build: Path) -> None:
    """Raise BuildError where `build` is a file, or holds another batch or other things than a build."""
    if build.exists() and not build.is_dir():
        raise BuildError(
            "the build folder is a file", where=str(build), todo="give another folder with --build"
        )
    there = sorted(p.name for p in build.glob("[!.]*")) if build.is_dir() else []
    if there and NAME not in there:
        raise BuildError(
            "the folder holds other things than a build",
            where=str(build),
            found=", ".join(there[:5]),
            expected="an empty folder, a new one, or an earlier build of this batch",
            todo="give another folder with --build",
        )
    if NAME in there and (other := _code_of(build / NAME)) not in ("", batch.batch):
        raise BuildError(
            "the build folder is another batch's",
            where=str(build),
            found=repr(other),
            expected=repr(batch.batch),
            todo="give another folder with --build",
        )


def _code_of(path: Path) -> str:
    try:
        return load_batch(path).batch
    except Exception:
        # A file that cannot be read is replaced.
        return ""
