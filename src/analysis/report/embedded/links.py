"""Links inside the book: to a chapter's source, to a place in a chapter, and out of the book."""

from __future__ import annotations

from pathlib import PurePosixPath

from analysis.core.errors import RenderError
from analysis.report.embedded.manuscript import Manuscript, Text
from analysis.report.embedded.tree import Node, Nodes, elements, rewrite

_OUT = ("http://", "https://", "mailto:", "tel:")


def checked_links(blocks: Nodes, manuscript: Manuscript, of: Text, *, html: bool) -> Nodes:
    """Return blocks whose links to chapters' sources lead to pages, or to places in one document.

    Raises RenderError for a link to a file or place that the book does not have.
    """
    pages = {t.chapter.name: t for t in manuscript.texts}

    def change(node: Node) -> Nodes | None:
        if node["t"] != "Link":
            return None
        attributes, inlines, (url, title) = node["c"]
        if url.startswith(_OUT):
            return None
        name, _, place = url.partition("#")
        text = pages.get(str(PurePosixPath(name))) if name else of
        if text is None or (place and place not in _places(text)):
            raise RenderError(
                "a link leads nowhere in the book",
                where=of.where(url),
                found=url,
                expected="a chapter's source file, #id of a heading, figure or table, or a whole address",
            )
        if html:
            url = f"{text.chapter.page if name else ''}{'#' + place if place else ''}"
        else:
            url = "#" + unique_id(text.chapter.page, place or text.blocks[0]["c"][1][0])
        return [{"t": "Link", "c": [attributes, rewrite(inlines, change), [url, title]]}]

    return rewrite(blocks, change)


def unique_id(page: str, identifier: str) -> str:
    """Return an id that stands once in the whole book: what a reference can name does so already.

    >>> unique_id("skole.html", "utvikling"), unique_id("skole.html", "sec-skole")
    ('skole--utvikling', 'sec-skole')
    """
    if not identifier or identifier.startswith(("fig-", "tbl-", "sec-", "eq-")):
        return identifier
    return f"{page.removesuffix('.html')}--{identifier}"


def _places(text: Text) -> set[str]:
    places = set()
    for element in elements(text.blocks):
        if element["t"] == "Header":
            places.add(element["c"][1][0])
        elif element["t"] == "Float":
            places.add(element["id"])
        elif element["t"] in ("Div", "Span"):
            places.add(element["c"][0][0])
    return places - {""}
