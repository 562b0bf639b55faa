"""The PDF of a book: tagged, checked against PDF/UA-1 while Typst makes it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from analysis.core.errors import RenderError
from analysis.report.embedded.manuscript import Manuscript
from analysis.report.embedded.tree import as_json, pandoc, pandoc_path
from analysis.report.embedded.typesetting import typeset
from analysis.report.embedded.typstbook import typst_document
from analysis.report.look import look_folder

EXTENSION = "_extensions/tilstand"


@dataclass(frozen=True)
class Typescript:
    """A book as Typst's source, `book.typ` in the folder `root`, with all that Typst needs for it."""

    root: Path
    fonts: Path
    title: str
    epoch: int


def write_typescript(manuscript: Manuscript, root: Path) -> Typescript:
    """Write the whole book as Typst's source, with its images, into the folder `root`.

    Typst reads files below that folder alone, so that no path of the book is written down.
    """
    book = manuscript.book
    look = look_folder(EXTENSION, book.folder)
    files: set[str] = set()
    blocks, meta = typst_document(manuscript, files)
    arguments = (
        "--from",
        "json",
        "--to",
        "typst-citations",
        "--wrap",
        "none",
        "--top-level-division",
        "chapter",
    )
    arguments += ("--standalone", f"--template={look.resolve() / 'template.typ'}", *manuscript.bibliography)
    source = pandoc(
        as_json(blocks, meta), *arguments, folder=book.folder, where=book.title, epoch=manuscript.epoch
    )
    for image in sorted(files):
        (root / image).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(book.folder / image, root / image)
    (root / "book.typ").write_bytes(source)
    return Typescript(root, look / "fonts", book.title, manuscript.epoch)


def write_pdf(typescript: Typescript, path: Path) -> Path:
    """Write the book as one PDF to `path`.

    Raises RenderError with Typst's own words where the book breaks a rule of PDF/UA-1 or the template fails.
    """
    source = typescript.root / "book.typ"
    refused = typeset(source, path, fonts=typescript.fonts, epoch=typescript.epoch)
    if refused:
        hints = "; ".join(refused.hints)
        raise RenderError(
            "Typst could not make a PDF that passes PDF/UA-1",
            where=f"{typescript.title}, {path.name}",
            found=f"{refused.message}{' – ' + hints if hints else ''}"[:500],
            todo="look for what is named in the chapters, or in the template",
        )
    return path


@cache
def renderer_name() -> str:
    """Return what the colophon says of the embedded renderer: pandoc and Typst with their versions."""
    said = subprocess.run([pandoc_path(), "--version"], capture_output=True, text=True, check=True).stdout
    # The Python package of Typst has the version of the compiler in it, with its own third number.
    compiler = ".".join(version("typst").split(".")[:2])
    return f"pandoc {said.split()[1]}, Typst {compiler}"
