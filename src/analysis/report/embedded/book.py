"""The settings of one book: what `_quarto.yml` may hold for the embedded renderer, checked."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.dates import format_date

from analysis.core.errors import RenderError, SettingsError, nearest
from analysis.core.yaml import read_yaml
from analysis.report.embedded.words import words_of

FORMATS = {"html": "html", "docx": "docx", "tilstand-typst": "pdf", "typst": "pdf"}
"""Quarto's names of formats and what the renderer makes of them."""

_TOP = {"project", "lang", "execute", "book", "bibliography", "csl", "format", "number-sections", "tilstand"}
_TOP |= {"default-image-extension", "renderer", "toc", "toc-depth", "citeproc", "notebook-links"}
_TOP |= {"link-citations", "tbl-colwidths", "language", "date-format", "crossref"}
_PROJECT = {"type", "output-dir", "resources", "render"}
_BOOK = {"title", "subtitle", "author", "date", "chapters", "appendices", "output-file", "description"}
# Keys of Quarto's own page frame, which the embedded renderer draws in its own way.
_BOOK |= {"sidebar", "navbar", "search", "page-navigation", "page-footer", "downloads", "sharing"}
_FORMAT = {"default-image-extension", "toc", "toc-depth", "number-sections", "citeproc", "link-citations"}
_OPTIONS = {
    # The banner that goes before the body is drawn from `tilstand.draft` and `tilstand.synthetic`.
    "html": _FORMAT
    | {"theme", "css", "html-math-method", "embed-resources", "notebook-links", "include-before-body"}
    | {"code-tools", "anchor-sections", "smooth-scroll", "template-partials", "filters"},
    # Filters bring Quarto's pages and Word file near to what the embedded renderer makes by itself.
    "docx": _FORMAT | {"reference-doc", "filters"},
    "tilstand-typst": _FORMAT | {"font-paths", "papersize", "pdf-standard"},
    "typst": _FORMAT | {"font-paths", "papersize", "pdf-standard"},
}
_EXECUTE = {"enabled", "echo", "warning", "freeze", "cache"}


@dataclass(frozen=True)
class Chapter:
    """One chapter of a book: its source in the book's folder, and whether it is an appendix."""

    source: Path
    name: str
    appendix: bool = False

    @property
    def page(self) -> str:
        """The HTML page that the chapter becomes."""
        return f"{Path(self.name).with_suffix('').as_posix()}.html"


@dataclass(frozen=True)
class Book:
    """A Quarto book as the embedded renderer understands it."""

    folder: Path
    settings: dict[str, Any]
    chapters: tuple[Chapter, ...]
    output: Path
    lang: str

    @property
    def title(self) -> str:
        """The title of the book as plain text."""
        return str(self.settings["book"]["title"])

    @property
    def stem(self) -> str:
        """The name of the PDF and Word files, without ending."""
        given = self.settings["book"].get("output-file")
        return str(given) if given else re.sub(r"[^\w.-]+", "-", self.title).strip("-.") or "report"

    @property
    def date(self) -> dt.date | None:
        """The book's date, where it is given as year-month-day."""
        try:
            return dt.date.fromisoformat(str(self.settings["book"].get("date") or ""))
        except ValueError:
            return None

    @property
    def shown_date(self) -> str:
        """The book's date as its readers write it."""
        if self.date:
            return format_date(self.date, "long", locale=self.lang.replace("-", "_"))
        return str(self.settings["book"].get("date") or "")

    @property
    def labels(self) -> dict[str, str]:
        """What the report's templates print on pages: `running`, `draft`, `synthetic` and the like."""
        given = self.settings.get("tilstand") or {}
        return {k: str(v) for k, v in given.items() if v not in (None, "") and not isinstance(v, list)}

    @property
    def cover(self) -> tuple[str, ...]:
        """The lines of the cover below title and subtitle, as Markdown."""
        return tuple(map(str, (self.settings.get("tilstand") or {}).get("cover") or ()))

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that the book asks for, in the order html, pdf, docx."""
        asked = {FORMATS[name] for name in self.settings.get("format") or {"html": {}}}
        return tuple(f for f in ("html", "pdf", "docx") if f in asked)

    def option(self, fmt: str, key: str, default: Any = None) -> Any:
        """Return a format's own setting, or the book's, or the default."""
        formats = self.settings.get("format") or {}
        for name, made in FORMATS.items():
            own = formats.get(name)
            if made == fmt and isinstance(own, dict) and key in own:
                return own[key]
        return self.settings.get(key, default)


def read_book(folder: Path) -> Book:
    """Read and check `_quarto.yml` of the book in `folder`.

    Raises RenderError where a key is not known, a file is missing, or the project is no book.
    """
    folder = Path(folder)
    path = folder / "_quarto.yml"
    try:
        settings = read_yaml(path)
    except SettingsError as error:
        raise RenderError(error.what, where=error.where, found=error.found, todo=error.todo) from None
    if not isinstance(settings, dict):
        raise RenderError("the file holds no settings", where=str(path), expected="a Quarto book's settings")
    project = _mapping(settings, "project", path)
    book = _mapping(settings, "book", path)
    _known(settings, _TOP, f"{path}")
    _known(project, _PROJECT, f"{path}: project")
    _known(book, _BOOK, f"{path}: book")
    _known(settings.get("crossref") or {}, {"appendix-title"}, f"{path}: crossref")
    _known(settings.get("execute") or {}, _EXECUTE, f"{path}: execute")
    _known(settings.get("format") or {}, set(FORMATS), f"{path}: format")
    for name, options in (settings.get("format") or {}).items():
        _known(options if isinstance(options, dict) else {}, _OPTIONS[name], f"{path}: format.{name}")
    if settings.get("number-sections") is False:
        raise RenderError(
            "chapters without numbers are not supported", where=f"{path}: number-sections", expected="true"
        )
    if project.get("type") != "book":
        raise RenderError(
            "this is not a book",
            where=f"{path}: project.type",
            found=repr(project.get("type")),
            expected="book",
        )
    if not book.get("title"):
        raise RenderError("the book has no title", where=f"{path}: book.title")
    chapters = tuple(
        _chapter(folder, name, f"{path}: book.{part}[{i}]", appendix=part == "appendices")
        for part in ("chapters", "appendices")
        for i, name in enumerate(book.get(part) or [])
    )
    if not chapters or chapters[0].name.rsplit(".", 1)[0] != "index":
        raise RenderError(
            "the first chapter must be index.qmd",
            where=f"{path}: book.chapters",
            found=chapters[0].name if chapters else "none",
        )
    lang = str(settings.get("lang") or "en")
    words_of(lang, where=str(path))
    output = folder / str(project.get("output-dir") or "_book")
    return Book(folder, settings, chapters, output, lang)


def _mapping(settings: dict, key: str, path: Path) -> dict:
    value = settings.get(key)
    if not isinstance(value, dict):
        raise RenderError("a key is missing", where=f"{path}: {key}", expected=f"keys and values under {key}")
    return value


def _known(found: dict, known: set[str], where: str) -> None:
    for key in found:
        if key not in known:
            raise RenderError(
                "the embedded renderer does not know this key",
                where=where,
                found=repr(key),
                expected="one of: " + ", ".join(sorted(known)),
                todo=nearest(key, known) or "remove it, or render the book with Quarto",
            )


def _chapter(folder: Path, name: object, where: str, *, appendix: bool) -> Chapter:
    if not isinstance(name, str) or Path(name).suffix not in (".qmd", ".ipynb", ".md"):
        raise RenderError(
            "the embedded renderer knows no such chapter",
            where=where,
            found=repr(name),
            expected="the path of a .qmd or an executed .ipynb file (no parts, no other kinds)",
        )
    source = folder / name
    if not source.is_file():
        raise RenderError("there is no such file", where=where, found=name, todo="check the path")
    return Chapter(source, name, appendix)
