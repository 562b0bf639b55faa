"""Rendering a book with real Quarto, in one call where that can be."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from analysis.core.errors import RenderError
from analysis.core.quarto import NEEDED, Quarto

NAMES = {"html": "html", "pdf": "tilstand-typst", "docx": "docx"}
"""Quarto's name of each format; the PDF's is the project's own, in the book's `_extensions`."""


def render_with_quarto(
    quarto: Quarto, folder: Path, formats: Sequence[str], *, whole: bool, into: Path, epoch: int
) -> dict[str, Path]:
    """Render the book in `folder` with Quarto into the folder `into` inside it.

    `whole` says that `formats` are all that the book names: they are then made in one call. Returns the first
    file of each format. Raises RenderError where Quarto is too old, fails, leaves a reference unresolved, or
    says that all is well and leaves no file.
    """
    old = [fmt for fmt in formats if not quarto.makes([fmt])]
    if old:
        raise RenderError(
            f"this Quarto cannot make {', '.join(old)} of a book",
            where=str(quarto.path),
            found=f"Quarto {quarto}",
            expected=f"Quarto {'.'.join(map(str, max(NEEDED[f] for f in old)))} or newer",
            todo="install a newer Quarto, or render with --engine embedded",
        )
    # Quarto takes no list of formats with an extension's among them, and clears a folder's older format:
    # all that the book names in one call, or one call and one folder for each.
    calls = [((), into)] if whole else [(("--to", NAMES[fmt]), into / fmt) for fmt in formats]
    said: list[str] = []
    for choice, target in calls:
        output = ("--output-dir", target.relative_to(folder).as_posix())
        said += _run([str(quarto.path), "render", str(folder), *choice, *output], folder, epoch)
    made = {fmt: _first(into if whole else into / fmt, fmt) for fmt in formats}
    for fmt, path in made.items():
        if path is None:
            # Quarto 1.7 warns of a book's PDF, makes none and ends with 0.
            raise RenderError(
                f"Quarto {quarto} made no {fmt} and gave no error",
                where=str(folder),
                found=_lines(said[-4:]),
                todo="render with --engine embedded, or install a newer Quarto",
            )
    return {fmt: path for fmt, path in made.items() if path is not None}


def _run(command: list[str], folder: Path, epoch: int) -> list[str]:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "NO_COLOR": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", f"{done.stdout}\n{done.stderr}")
    said = [line.rstrip() for line in plain.splitlines() if line.strip() and not re.match(r"\s+at ", line)]
    if done.returncode:
        begin = next((i for i, line in enumerate(said) if line.startswith("ERROR")), max(len(said) - 8, 0))
        raise RenderError(
            "Quarto could not render the book",
            where=str(folder),
            found=_lines(said[begin : begin + 8]),
            todo="mend what Quarto names, or render with --engine embedded",
        )
    lost = [line for line in said if "Unable to resolve crossref" in line]
    if lost:
        raise RenderError(
            "a reference names nothing that has a number",
            where=str(folder),
            found=_lines(lost[:8]),
            todo="correct the reference; a heading without a number can only be linked to",
        )
    return said


def _lines(said: list[str]) -> str:
    return "\n            ".join(said)


def _first(folder: Path, fmt: str) -> Path | None:
    if fmt == "html":
        return folder / "index.html" if (folder / "index.html").is_file() else None
    return next(iter(sorted(folder.glob(f"*.{fmt}"))), None)
