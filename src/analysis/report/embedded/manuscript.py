"""The whole book read once: every chapter as a tree, numbered, with what each format builds on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analysis.core.errors import RenderError
from analysis.report.embedded.book import Book, Chapter
from analysis.report.embedded.front import Front, read_front
from analysis.report.embedded.numbering import Numbers
from analysis.report.embedded.parts import read_parts
from analysis.report.embedded.shortcodes import Filler, fill
from analysis.report.embedded.sources import Passage, Source, labelled_output, read_source
from analysis.report.embedded.tree import Nodes, elements, pandoc, plain
from analysis.report.embedded.words import words_of

_FOOTNOTE = re.compile(r"^\[\^([^\]\s]+)\]:", re.MULTILINE)


@dataclass(frozen=True)
class Text:
    """One chapter of the manuscript: its blocks (the first is its heading) and its number, if any."""

    chapter: Chapter
    blocks: Nodes
    number: str
    where: Callable[[str], str]

    @property
    def title(self) -> str:
        """The chapter's heading as plain text, without number."""
        return plain(self.blocks[0]["c"][2])


@dataclass(frozen=True)
class Manuscript:
    """A book's texts in reading order, and the numbers that references name."""

    book: Book
    texts: tuple[Text, ...]
    front: Front
    numbers: Numbers
    epoch: int

    @property
    def bibliography(self) -> tuple[str, ...]:
        """Pandoc's arguments for citations, empty where the book has no bibliography."""
        found = self.book.settings.get("bibliography") or []
        files = [found] if isinstance(found, str) else list(found)
        styles = [self.book.settings["csl"]] if self.book.settings.get("csl") else []
        for name in (*files, *styles):
            if not (self.book.folder / str(name)).is_file():
                raise RenderError(
                    "there is no such file", where="_quarto.yml: bibliography or csl", found=str(name)
                )
        if not files:
            return ()
        sources = [part for name in files for part in ("--bibliography", str(name))]
        style = [part for name in styles for part in ("--csl", str(name))]
        return ("--citeproc", "--metadata", "link-citations=true", *sources, *style)

    @cached_property
    def list_page(self) -> str:
        """The page that holds the book's `::: {#refs}`, empty where each page lists its own."""
        for text in self.texts:
            for element in elements(text.blocks):
                if element["t"] == "Div" and element["c"][0][0] == "refs":
                    return text.chapter.page
        return ""


def read_manuscript(book: Book, *, renderer: str, epoch: int) -> Manuscript:
    """Read, check and number all chapters of `book`; `renderer` is what the colophon is told.

    Raises RenderError, naming file and cell or line, for what the embedded renderer does not support.
    """
    metadata = {**book.settings, "renderer": renderer}
    echo = bool((book.settings.get("execute") or {}).get("echo", True))
    front = read_front(book)
    filler = Filler(book.folder, metadata, labelled_output, front.plain)
    drafts = []
    footnotes: dict[str, str] = {}
    for chapter in book.chapters:
        source = read_source(chapter.source, chapter.name, echo=echo)
        passages = [
            Passage(fill(p.markdown, filler, where=p.where, within=(chapter.name,)), p.where)
            for p in source.passages
        ]
        drafts.append((chapter, source.metadata, passages))
        # What stands in code that is shown is no footnote.
        uncoded = read_source(chapter.source, chapter.name, echo=False) if echo else source
        _refuse_twin_footnotes(uncoded, footnotes)
    with ThreadPoolExecutor(2) as pool:
        trees = list(pool.map(lambda draft: _parse(book, *draft), drafts))
    numbers = Numbers(words_of(book.lang, book.settings.get("language")))
    texts = []
    for (chapter, _, passages), blocks in zip(drafts, trees, strict=True):
        where = _placer(chapter.name, passages)
        parts = read_parts(blocks, where)
        if not parts or parts[0]["t"] != "Header" or parts[0]["c"][0] != 1:
            raise RenderError(
                "a chapter has no title",
                where=chapter.name,
                expected="a heading of level 1 as its first text",
            )
        number = numbers.add_chapter(parts, page=chapter.page, appendix=chapter.appendix, where=where)
        texts.append(Text(chapter, parts, number, where))
    return Manuscript(book, tuple(texts), front, numbers, epoch)


def _parse(book: Book, chapter: Chapter, metadata: dict[str, Any], passages: list[Passage]) -> Nodes:
    markdown = "\n\n".join(p.markdown for p in passages)
    if metadata.get("title"):
        markdown = f"# {metadata['title']}\n\n{markdown}"
    # YAML in the middle of a chapter would be taken for metadata and vanish from the text.
    arguments = ("--from", "markdown-yaml_metadata_block", "--to", "json")
    tree = json.loads(pandoc(markdown, *arguments, folder=book.folder, where=chapter.name))
    return tree["blocks"]


def _placer(name: str, passages: list[Passage]) -> Callable[[str], str]:
    """Give a function that finds the cell or line where a piece of text stands."""

    def where(fragment: str) -> str:
        for passage in passages:
            at = passage.markdown.find(fragment) if fragment else -1
            if at >= 0:
                return f"{passage.where}, line {passage.markdown.count(chr(10), 0, at) + 1}"
        return name

    return where


def _refuse_twin_footnotes(source: Source, seen: dict[str, str]) -> None:
    """Refuse a footnote id used in two chapters: in Word and PDF, Quarto makes one document of the book.

    `seen` holds the ids so far and where they stand; those of `source` are added.
    """
    for passage in source.passages:
        for identifier in _FOOTNOTE.findall(passage.markdown):
            if identifier in seen:
                raise RenderError(
                    "a footnote's id stands twice in the book",
                    where=passage.where,
                    found=f"[^{identifier}], first in {seen[identifier]}",
                    todo="put the chapter's name before it",
                )
            seen[identifier] = passage.where


def uses_citations(blocks: Nodes) -> bool:
    """Say whether any text is cited in these blocks."""
    return any(e["t"] == "Cite" for e in elements(blocks))
