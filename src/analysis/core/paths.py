"""Names that are safe in a path, and files that are whole or not there."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.core.errors import TilstandError

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def checked_code(code: object, *, where: str, kind: str = "code") -> str:
    """Return `code` as text if it may stand in a path, a link and an id; raise otherwise.

    >>> checked_code("9901", where="params/demo.yaml: municipalities[0]")
    '9901'
    """
    text = str(code)
    if not _CODE.fullmatch(text):
        raise TilstandError(
            f"{kind} cannot be used",
            where=where,
            found=repr(text[:80]),
            expected="1 to 64 letters a–z, digits, - or _, beginning with a letter or digit",
            todo=f"give the {kind} in that form",
        )
    return text


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to, and move it into place when the block ends well.

    A reader never sees a half-written file: a full disk, an error or a kill leaves the old file, or none.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays at the end: writers choose the format by it.
    beside = path.with_name(f".{path.stem}.{os.getpid()}-{secrets.token_hex(4)}.part{path.suffix}")
    try:
        yield beside
        # On the disk before the name: after a power loss the name never stands for an empty file.
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8 with Unix line ends, whole or not at all."""
    with written_whole(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all."""
    with written_whole(path) as beside:
        beside.write_bytes(content)


def project_root(start: Path | None = None) -> Path:
    """Find the folder that holds `notebooks/`, `reports/` and `_quarto.yml`, from `start` upwards.

    Raises TilstandError where there is none: an installed package works on a checkout of the project.
    """
    start = Path(start or Path.cwd()).resolve()
    candidates = [start, *start.parents, Path(__file__).resolve().parents[3]]
    for folder in candidates:
        if (folder / "_quarto.yml").is_file() and (folder / "notebooks").is_dir():
            return folder
    raise TilstandError(
        "no Tilstand project here",
        where=str(start),
        expected="a folder with _quarto.yml and notebooks/, here or above",
        todo="change into the project's folder and try again",
    )
