"""The words of a book's settings: title, authors and labels, read as the Markdown that they are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from analysis.report.embedded.book import Book
from analysis.report.embedded.tree import Nodes, elements, pandoc, plain, text


@dataclass(frozen=True)
class Front:
    """Texts of the settings as inline elements, under names such as `title` and `tilstand.running`."""

    texts: dict[str, Nodes]
    authors: tuple[Nodes, ...]
    cover: tuple[Nodes, ...] = ()

    def __contains__(self, name: str) -> bool:
        return bool(self.texts.get(name))

    def inlines(self, name: str) -> Nodes:
        """Return a text as inline elements, none where the settings do not have it."""
        return self.texts.get(name, [])

    def plain(self, name: str) -> str:
        """Return a text without markup, empty where the settings do not have it."""
        return plain(self.inlines(name))

    @property
    def marks(self) -> tuple[str, ...]:
        """What every page must say of the report: that it is a draft, that its data are synthetic."""
        names = ("tilstand.draft", "tilstand.synthetic")
        return tuple(self.plain(name) for name in names if name in self)

    @property
    def cover_lines(self) -> tuple[str, ...]:
        """The cover's lines without markup."""
        return tuple(map(plain, self.cover))

    @property
    def author_names(self) -> tuple[str, ...]:
        """The authors' names without markup."""
        return tuple(map(plain, self.authors))

    @property
    def shown_authors(self) -> tuple[str, ...]:
        """The authors that the cover names: a municipality that is the subtitle already stands there."""
        return tuple(name for name in self.author_names if name != self.plain("subtitle"))


def read_front(book: Book) -> Front:
    """Read the texts of the book's settings as pandoc and Quarto do: as Markdown."""
    settings = book.settings["book"]
    found = {f"tilstand.{key}": value for key, value in book.labels.items()}
    found |= {key: str(settings[key]) for key in ("title", "subtitle") if settings.get(key)}
    authors = settings.get("author") or []
    names = authors if isinstance(authors, list) else [authors]
    meta: dict[str, Any] = {
        "texts": found,
        "authors": [str(name["name"] if isinstance(name, dict) else name) for name in names],
    }
    meta["cover"] = list(book.cover)
    # JSON is YAML too, and needs no quoting of its own.
    source = f"---\n{json.dumps(meta, ensure_ascii=False)}\n---\n"
    read = json.loads(
        pandoc(source, "--from", "markdown", "--to", "json", folder=book.folder, where="_quarto.yml")
    )["meta"]
    texts = {key: _inlines(value) for key, value in read["texts"]["c"].items()}
    if book.shown_date:
        texts["date"] = text(book.shown_date)
    authors, cover = (tuple(map(_inlines, read[name]["c"])) for name in ("authors", "cover"))
    return Front(texts, authors, cover)


def _inlines(value: dict[str, Any]) -> Nodes:
    if value["t"] == "MetaInlines":
        return value["c"]
    if value["t"] == "MetaString":
        return text(value["c"])
    return [inline for b in elements(value["c"]) if b["t"] in ("Para", "Plain") for inline in b["c"]]
