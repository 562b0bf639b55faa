"""Chapters to the HTML inside a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.report.embedded.htmlparts import shaped_for_html
from analysis.report.embedded.images import EXTENSIONS, place_images
from analysis.report.embedded.links import checked_links
from analysis.report.embedded.manuscript import Manuscript, Text, uses_citations
from analysis.report.embedded.numbering import Target, is_reference, refer, reference_words
from analysis.report.embedded.parts import kept
from analysis.report.embedded.rawhtml import checked_html
from analysis.report.embedded.tree import Nodes, as_json, attr, block, elements, pandoc, plain, raw, text

_BEGIN, _END = "<!-- references -->", "<!-- end of references -->"
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)


@dataclass(frozen=True)
class Section:
    """A heading of a page for its table of contents."""

    level: int
    identifier: str
    number: str
    words: str


@dataclass(frozen=True)
class Page:
    """One page's content: its file name, the HTML inside `main`, its sections, and the images it shows."""

    name: str
    number: str
    title: str
    appendix: bool
    body: str
    sections: tuple[Section, ...]
    images: frozenset[str]


def write_page(manuscript: Manuscript, of: Text) -> Page:
    """Write one chapter as HTML."""
    book, where = manuscript.book, of.where
    files: set[str] = set()
    blocks = kept(of.blocks, "html", where)
    checked_html(blocks, where)
    extension = book.option("html", "default-image-extension", EXTENSIONS["html"])
    blocks = place_images(blocks, folder=book.folder, extension=extension, where=where, files=files)
    blocks = checked_links(blocks, manuscript, of, html=True)
    words = manuscript.numbers.words
    blocks = refer(blocks, manuscript.numbers, lambda target, before: _link(target, before, of, words), where)
    sections = tuple(
        Section(e["c"][0], e["c"][1][0], e["number"], plain(e["c"][2]))
        for e in elements(blocks)
        if e["t"] == "Header" and e["c"][0] in (2, 3)
    )
    arguments = ["--from", "json", "--to", "html5", "--mathml", "--wrap", "none"]
    meta: dict = {"lang": {"t": "MetaString", "c": book.lang}}
    list_page = manuscript.list_page
    if uses_citations(blocks) or list_page == of.chapter.page:
        arguments += manuscript.bibliography
        if list_page == of.chapter.page:
            meta["nocite"] = {"t": "MetaInlines", "c": _all_cited(manuscript)}
    body = shaped_for_html(blocks, words, appendix=of.chapter.appendix)
    if list_page not in ("", of.chapter.page):
        body = [*body, raw("html", _BEGIN), block("Div", [], identifier="refs"), raw("html", _END)]
    html = pandoc(
        as_json(body, meta), *arguments, folder=book.folder, where=of.chapter.name, epoch=manuscript.epoch
    ).decode("utf-8")
    if list_page not in ("", of.chapter.page):
        # The list stands on another page, which pandoc does not know; told to make none, it makes no links.
        html = re.sub(f"{_BEGIN}.*?{_END}", "", html, flags=re.DOTALL)
        html = html.replace('href="#ref-', f'href="{list_page}#ref-')
    html = _TABLE.sub(_with_scopes, html)
    return Page(of.chapter.page, of.number, of.title, of.chapter.appendix, html, sections, frozenset(files))


def _link(target: Target, before: str, of: Text, words: Mapping[str, str]) -> Nodes:
    place = f"#{target.identifier}"
    said = reference_words(target, before)
    if target.page != of.chapter.page:
        place = target.page if target.chapter else target.page + place
        if target.chapter and of.chapter.page == "index.html":
            # On its first page Quarto calls the other chapters by their titles.
            number = f"{words['appendix']} {target.number} —" if target.appendix else target.number
            said = [*text(number), {"t": "Space"}, *target.title]
    return [{"t": "Link", "c": [attr("", ["quarto-xref"]), said, [place, ""]]}]


def _all_cited(manuscript: Manuscript) -> Nodes:
    return [
        element
        for chapter in manuscript.texts
        for element in elements(kept(chapter.blocks, "html", chapter.where))
        if element["t"] == "Cite" and not any(is_reference(c["citationId"]) for c in element["c"][0])
    ]


def _with_scopes(match: re.Match) -> str:
    head, begin, rows = match[0].partition("<tbody")
    return _scoped(head, "col") + begin + _scoped(rows, "row")


def _scoped(html: str, scope: str) -> str:
    return re.sub(r"<th\b", f'<th scope="{scope}"', html)
