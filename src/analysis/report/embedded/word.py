"""The Word file of a book."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from analysis.core.errors import RenderError
from analysis.report.embedded.manuscript import Manuscript
from analysis.report.embedded.standins import write_standins
from analysis.report.embedded.tree import as_json, pandoc
from analysis.report.embedded.wordbook import word_document
from analysis.report.word import write_reference_docx
from analysis.report.wordlook import unzipped, zipped


def write_word(manuscript: Manuscript, path: Path) -> Path:
    """Write the whole book as one Word file to `path`.

    The template is the one that the book's settings name, otherwise the project's with the book's own words.
    """
    book = manuscript.book
    files: set[str] = set()
    blocks, meta = word_document(manuscript, files)
    with tempfile.TemporaryDirectory(prefix="tilstand-") as name:
        out, images = Path(name) / "book.docx", Path(name) / "images"
        template = _template(manuscript, Path(name))
        real = write_standins(sorted(files), folder=book.folder, into=images)
        arguments = ("--from", "json", "--to", "docx", f"--reference-doc={template}", f"--output={out}")
        arguments += (f"--resource-path={os.pathsep.join((str(images), '.'))}",)
        pandoc(
            as_json(blocks, meta),
            *arguments,
            *manuscript.bibliography,
            folder=book.folder,
            where=book.title,
            epoch=manuscript.epoch,
        )
        parts = unzipped(out.read_bytes())
        parts |= {part: real[content].read_bytes() for part, content in parts.items() if content in real}
        # Packed anew with one date: pandoc's own zip follows the clock of the machine.
        path.write_bytes(zipped(parts))
    return path


def _template(manuscript: Manuscript, folder: Path) -> Path:
    book = manuscript.book
    named = book.option("docx", "reference-doc")
    if named:
        template = (book.folder / str(named)).resolve()
        if not template.is_file():
            raise RenderError(
                "there is no such file", where="_quarto.yml: format.docx.reference-doc", found=str(named)
            )
        return template
    template = folder / "reference.docx"
    front = manuscript.front
    running = front.plain("tilstand.running") or front.plain("title")
    write_reference_docx(template, running=running, label=" · ".join(front.marks), lang=book.lang)
    return template
