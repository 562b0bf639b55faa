"""The manuscript's own nodes as pandoc's, with Quarto's classes and ids and what accessibility asks for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from analysis.report.embedded.tree import Node, Nodes, block, plain, raw, raw_inline, rewrite, text

_NO_BREAK = "\N{NO-BREAK SPACE}"
# A cell this short is not broken: a number stays with its unit.
_SHORT = 12


def shaped_for_html(blocks: Nodes, words: Mapping[str, str], *, appendix: bool) -> Nodes:
    """Return a chapter's blocks as pandoc's HTML writer takes them; `words` are the language's."""

    def change(node: Node) -> Nodes | None:
        kind = node["t"]
        if kind == "Header":
            return [_heading(node, change, words, appendix)]
        if kind == "Float":
            return [_float(node, change, words)]
        if kind == "Callout":
            return [_callout(node, change, words)]
        if kind == "Table":
            # A region's name stands once on a page.
            return [_table(node, change, {"aria-label": f"{words['scroll']} ({next(unnamed)})"})]
        return None

    unnamed = itertools.count(1)
    return rewrite(blocks, change)


def _heading(node: Node, change, words: Mapping[str, str], appendix: bool) -> Node:
    level, attributes, inlines = node["c"]
    number = node["number"]
    inlines = rewrite(inlines, change)
    if level == 1 and number:
        shown = f"{words['appendix']} {number} —" if appendix else number
        inlines = [
            block("Span", text(shown), classes=["chapter-number"]),
            {"t": "Str", "c": _NO_BREAK},
            block("Span", inlines, classes=["chapter-title"]),
        ]
    elif number:
        inlines = [
            block("Span", text(number), classes=["header-section-number"]),
            {"t": "Space"},
            *inlines,
        ]
    return {"t": "Header", "c": [level, attributes, inlines]}


def _float(node: Node, change, words: Mapping[str, str]) -> Node:
    identifier, kind = node["id"], node["kind"]
    caption = rewrite(node["caption"], change)
    if node.get("number"):
        label = f"{words[kind]}{_NO_BREAK}{node['number']}:"
        caption = [block("Span", text(label), classes=["float-number"]), {"t": "Space"}, *caption]
    caption_id = f"{identifier}-caption" if identifier else ""
    own_id = f' id="{caption_id}"' if caption_id else ""
    captioned = {
        "t": "Plain",
        "c": [
            raw_inline("html", f'<figcaption{own_id} class="quarto-float-caption quarto-float-{kind}">'),
            *caption,
            raw_inline("html", "</figcaption>"),
        ],
    }
    label = {"aria-labelledby": caption_id} if caption_id else {"aria-label": plain(caption)}

    def inside(inner: Node) -> Nodes | None:
        return [_table(inner, change, label)] if inner["t"] == "Table" else change(inner)

    content = rewrite(node["content"], inside)
    if kind == "fig":
        # On a narrow screen a figure is rolled sideways in its own region rather than made too small to read.
        content = [_region("figure-scroll", content, label), captioned]
    else:
        content = [captioned, *content]
    figure = [
        raw("html", f'<figure class="quarto-float quarto-float-{kind} figure">'),
        *content,
        raw("html", "</figure>"),
    ]
    return block("Div", figure, identifier=identifier, classes=["quarto-float", f"float-{kind}"])


def _callout(node: Node, change, words: Mapping[str, str]) -> Node:
    kind = node["kind"]
    title = rewrite(node["title"], change)
    if title:
        # The kind in words for those who do not see the sign, as Quarto has it from 1.9 on.
        kind_words = block("Span", text(words[kind]), classes=["screen-reader-only"])
        title = [kind_words, {"t": "Space"}, *title]
    else:
        title = text(words[kind])
    header = [
        # The sign itself is drawn by the style sheet, so that no reader of the text meets it as a word.
        raw_inline("html", '<span class="callout-icon" aria-hidden="true"></span>'),
        block("Span", title, classes=["callout-title-container"]),
    ]
    body = block("Div", rewrite(node["content"], change), classes=["callout-body-container", "callout-body"])
    return block(
        "Div",
        [block("Div", [{"t": "Plain", "c": header}], classes=["callout-header"]), body],
        classes=["callout", "callout-style-default", f"callout-{kind}", "callout-titled"],
    )


def _table(node: Node, change, label: Mapping[str, str]) -> Node:
    attributes, caption, columns, head, bodies, foot = node["c"]
    # Widths that pandoc reads out of the dashes of a pipe table are an accident of typing.
    columns = [[align, {"t": "ColWidthDefault"}] for align, _ in columns]
    # The first column says what the row is about: read aloud before each of its cells.
    headers = 1 if len(columns) > 1 else 0
    bodies = [[a, headers, h, [_unbroken(row) for row in rows]] for a, _, h, rows in bodies]
    table = [attributes, caption, columns, head, bodies, foot]
    return _region("table-scroll", [{"t": "Table", "c": rewrite(table, change)}], label)


def _unbroken(row: list) -> list:
    attributes, cells = row
    return [
        attributes,
        [
            [["", ["nowrap"], []] if i and len(plain(cell[4])) <= _SHORT else cell[0], *cell[1:]]
            for i, cell in enumerate(cells)
        ],
    ]


def _region(name: str, content: Nodes, label: Mapping[str, str]) -> Node:
    return block("Div", content, classes=[name], role="region", tabindex="0", **label)
