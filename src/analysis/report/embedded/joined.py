"""All chapters as one document, which is what PDF and Word are made of."""

from __future__ import annotations

from analysis.report.embedded.images import EXTENSIONS, place_images
from analysis.report.embedded.links import checked_links, unique_id
from analysis.report.embedded.manuscript import Manuscript, Text
from analysis.report.embedded.parts import kept
from analysis.report.embedded.tree import Node, Nodes, rewrite

_OPTION = {"typst": "pdf", "docx": "docx"}


def joined_chapters(manuscript: Manuscript, fmt: str, files: set[str]) -> list[tuple[Text, Nodes]]:
    """Return each chapter's blocks as `fmt` (typst or docx) shows them, with ids unique in one document.

    The names of the images are added to `files`.
    """
    book = manuscript.book
    extension = book.option(_OPTION[fmt], "default-image-extension", EXTENSIONS[fmt])
    out = []
    for text in manuscript.texts:
        blocks = kept(text.blocks, fmt, text.where)
        blocks = place_images(blocks, folder=book.folder, extension=extension, where=text.where, files=files)
        blocks = checked_links(blocks, manuscript, text, html=False)
        out.append((text, _with_unique_ids(blocks, text)))
    return out


def _with_unique_ids(blocks: Nodes, text: Text) -> Nodes:
    """Put the chapter's name before the ids that pandoc made of headings: two chapters may have the same."""

    def change(node: Node) -> Nodes | None:
        if node["t"] == "Header":
            level, (identifier, classes, pairs), inlines = node["c"]
            own = unique_id(text.chapter.page, identifier)
            return [{**node, "c": [level, [own, classes, pairs], inlines]}]
        if node["t"] in ("Div", "Span") and node["c"][0][0] not in ("", "refs"):
            (identifier, classes, pairs), content = node["c"]
            own = unique_id(text.chapter.page, identifier)
            return [{"t": node["t"], "c": [[own, classes, pairs], rewrite(content, change)]}]
        return None

    return rewrite(blocks, change)
