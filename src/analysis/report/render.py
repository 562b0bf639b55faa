"""A book folder rendered to HTML, PDF and Word, with Quarto or with the embedded renderer."""

from __future__ import annotations

import gc
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analysis.core.errors import RenderError
from analysis.core.memory import give_memory_back
from analysis.core.quarto import Quarto, find_quarto
from analysis.report.embedded import (
    Book,
    Manuscript,
    move_site,
    read_book,
    read_manuscript,
    renderer_name,
    write_pdf,
    write_site,
    write_typescript,
    write_word,
)
from analysis.report.quarto import render_with_quarto

FORMATS = ("html", "pdf", "docx")
ENGINES = ("auto", "quarto", "embedded")

_TYPESCRIPT = "typst"
# 1980-01-01, the first date that a zip file can hold: for a book that names no date.
_NO_DATE = 315532800


@dataclass(frozen=True)
class Rendered:
    """A rendered book: its folder, the engine with its version, and the first file of each format."""

    folder: Path
    engine: str
    version: str
    files: dict[str, Path]


def render(
    folder: Path, *, engine: str = "auto", formats: Sequence[str] | None = None, side_by_side: bool = True
) -> Rendered:
    """Render the Quarto book in `folder` into its output folder.

    `engine` is `quarto`, `embedded`, or `auto`: Quarto where one is found that is new enough for the formats,
    otherwise the embedded renderer. `formats` are of html, pdf and docx; by default those the book names.
    One after the other, where not `side_by_side`, they take half the memory, and on two processors that have
    nothing else to do a third more time.
    Each format is written beside and then moved into place; a format that is not asked for is left as it is.
    Raises RenderError, which names file and cell or line, where a source holds what cannot be rendered.
    """
    folder = Path(folder).resolve()
    if engine not in ENGINES:
        raise RenderError(
            "there is no such engine", where="engine", found=repr(engine), expected=", ".join(ENGINES)
        )
    quarto = find_quarto() if engine != "embedded" else None
    book = read_book(folder)
    wanted = _checked_formats(formats if formats is not None else book.formats)
    if engine == "quarto" and quarto is None:
        raise RenderError(
            "no quarto was found",
            where="engine",
            expected="the command quarto on the path, version 1.9 or newer",
            todo="install Quarto (conda-forge has it), or render with --engine embedded",
        )
    use_quarto = quarto is not None and (engine == "quarto" or quarto.makes(wanted))
    epoch = _epoch(book)
    work = folder / f".render-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        work.mkdir(parents=True)
        if use_quarto:
            whole = wanted == book.formats
            made = render_with_quarto(quarto, folder, wanted, whole=whole, into=work, epoch=epoch)
            files = {
                fmt: _placed(fmt, path, path.parent, book)
                for fmt, path in sorted(made.items(), key=_html_last)
            }
        else:
            files = _render_embedded(book, wanted, work, epoch, side_by_side=side_by_side)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    ordered = {fmt: files[fmt] for fmt in wanted}
    return Rendered(
        folder, "quarto" if use_quarto else "embedded", _version(quarto if use_quarto else None), ordered
    )


def _checked_formats(formats: Sequence[str]) -> tuple[str, ...]:
    unknown = [fmt for fmt in formats if fmt not in FORMATS]
    if unknown or not formats:
        raise RenderError(
            "there is no such format",
            where="formats",
            found=", ".join(map(repr, unknown)) or "none",
            expected=", ".join(FORMATS),
        )
    return tuple(fmt for fmt in FORMATS if fmt in formats)


def _epoch(book: Book) -> int:
    """Return the one time that all output carries, in seconds: SOURCE_DATE_EPOCH, or the book's date."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdigit():
        return int(given)
    return (book.date.toordinal() - 719163) * 86400 if book.date else _NO_DATE


def _render_embedded(
    book: Book, formats: tuple[str, ...], work: Path, epoch: int, *, side_by_side: bool
) -> dict[str, Path]:
    for fmt in formats:
        (work / fmt).mkdir()
    (work / _TYPESCRIPT).mkdir()
    with _nothing_collected():
        make_all = _render_side_by_side if side_by_side else _render_in_turn
        made = make_all(book, formats, work, epoch)
    return {fmt: _placed(fmt, made[fmt], work / fmt, book) for fmt in formats}


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep Python from looking for rings of objects: a book's trees are large, and make it look often."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _render_side_by_side(book: Book, formats: tuple[str, ...], work: Path, epoch: int) -> dict[str, Path]:
    manuscript = read_manuscript(book, renderer=renderer_name(), epoch=epoch)

    def make(fmt: str) -> Path:
        if fmt == "pdf":
            return write_pdf(write_typescript(manuscript, work / _TYPESCRIPT), _target(work, book, fmt))
        return _write_pages(manuscript, work, fmt)

    # The PDF takes as long as the two others together: begun first, with them in turn beside it.
    with ThreadPoolExecutor(2) as pool:
        begun = {fmt: pool.submit(make, fmt) for fmt in sorted(formats, key=_pdf_first)}
        return {fmt: begun[fmt].result() for fmt in formats}


def _render_in_turn(book: Book, formats: tuple[str, ...], work: Path, epoch: int) -> dict[str, Path]:
    manuscript = read_manuscript(book, renderer=renderer_name(), epoch=epoch)
    made = {fmt: _write_pages(manuscript, work, fmt) for fmt in formats if fmt != "pdf"}
    if "pdf" in formats:
        typescript = write_typescript(manuscript, work / _TYPESCRIPT)
        # Typst needs most of all, and the book's trees as much again: they go first.
        del manuscript
        give_memory_back()
        made["pdf"] = write_pdf(typescript, _target(work, book, "pdf"))
    return made


def _write_pages(manuscript: Manuscript, work: Path, fmt: str) -> Path:
    if fmt == "html":
        return write_site(manuscript, work / fmt)
    return write_word(manuscript, _target(work, manuscript.book, fmt))


def _target(work: Path, book: Book, fmt: str) -> Path:
    return work / fmt / f"{book.stem}.{fmt}"


def _pdf_first(fmt: str) -> bool:
    return fmt != "pdf"


def _html_last(item: tuple[str, Path]) -> int:
    # Quarto puts all formats into one folder; what is left when PDF and Word are taken out is the site.
    return item[0] == "html"


def _placed(fmt: str, made: Path, work: Path, book: Book) -> Path:
    book.output.mkdir(parents=True, exist_ok=True)
    if fmt == "html":
        move_site(work, book.output)
        return book.output / "index.html"
    target = book.output / made.name
    os.replace(made, target)
    return target


def _version(quarto: Quarto | None) -> str:
    return str(quarto) if quarto else renderer_name()
