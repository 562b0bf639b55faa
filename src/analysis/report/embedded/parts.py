"""Quarto's fenced divs read as figures, tables, callouts and parts for one format alone."""

from __future__ import annotations

from collections.abc import Callable

from analysis.core.errors import RenderError, nearest
from analysis.report.embedded.settled import settled
from analysis.report.embedded.tree import Node, Nodes, elements, rewrite

CALLOUTS = ("note", "tip", "important", "caution", "warning")
WHEN = ("html", "typst", "docx")
"""Formats that content can be kept for; Quarto does not count a PDF made by Typst as `pdf`."""

PLAIN_CLASSES = ("lead", "kicker", "small", "nowrap", "figure-data", "underline", "mark", "smallcaps")
"""Classes that change the look in HTML alone; those that begin with `tilstand-` are let through too."""

Where = Callable[[str], str]


def read_parts(blocks: Nodes, where: Where) -> Nodes:
    """Return a chapter's blocks with Quarto's divs as nodes of the types Float, Callout and Only.

    A Float has `id`, `kind` (fig or tbl), `caption` and `content`; a Callout `kind`, `title` and `content`;
    an Only `formats` and `content`. `where` gives the place of a piece of text, for messages.
    Raises RenderError for a div that Quarto would make something else of.
    """

    def change(node: Node) -> Nodes | None:
        kind = node["t"]
        if kind in ("Div", "Span"):
            return _read_div(node, where, change)
        if kind == "Table" and node["c"][0][0].startswith("tbl-"):
            return [_table_float(node, where, change)]
        if kind == "Figure":
            return [_figure(node, where)]
        if kind in ("RawBlock", "RawInline"):
            return _read_raw(node, where)
        return None

    return rewrite(settled(blocks), change)


def _read_div(node: Node, where: Where, change: Callable) -> Nodes | None:
    (identifier, classes, pairs), content = node["c"]
    attributes = dict(pairs)
    if identifier.startswith(("fig-", "tbl-")):
        _only_known(attributes, (), identifier, where)
        return [_div_float(identifier, content, where, change)]
    callout = [c for c in classes if c.startswith("callout-")]
    if callout:
        return [_callout(callout[0], attributes, content, where, change)]
    if "content-visible" in classes or "content-hidden" in classes:
        return [_only(classes, attributes, content, where, change)]
    for name in classes:
        if name not in PLAIN_CLASSES and not name.startswith("tilstand-"):
            raise RenderError(
                "the embedded renderer does not know this class",
                where=where("." + name),
                found="." + name,
                expected=", ".join("." + c for c in (*(f"callout-{k}" for k in CALLOUTS), "content-visible"))
                + ", .content-hidden, .lead, .kicker, .small or a class that begins with .tilstand-",
                todo=nearest(name, PLAIN_CLASSES) or "choose one of these, or render the book with Quarto",
            )
    _only_known(attributes, ("lang",), "a div or span", where)
    return None


def _only_known(attributes: dict[str, str], known: tuple[str, ...], what: str, where: Where) -> None:
    for key, value in attributes.items():
        if key not in known:
            raise RenderError(
                f"the embedded renderer does not know this attribute of {what}",
                where=where(key),
                found=f'{key}="{value}"',
                expected=", ".join(known) or "no attributes",
            )


def _div_float(identifier: str, content: Nodes, where: Where, change: Callable) -> Node:
    kind = identifier[:3]
    inner = "Image" if kind == "fig" else "Table"
    caption: Nodes = []
    body = list(content)
    if len(body) > 1 and body[-1]["t"] == "Para" and not any(e["t"] == inner for e in elements(body[-1])):
        caption = body.pop()["c"]
    elif kind == "tbl" and body and body[-1]["t"] == "Table":
        caption = _caption_of(body[-1]["c"][1])
        body[-1] = _uncaptioned(body[-1])
    if not caption or not any(e["t"] == inner for e in elements(body)):
        raise RenderError(
            f"{identifier} is not a {'figure' if kind == 'fig' else 'table'} with a caption",
            where=where(identifier),
            expected=f"{'an image' if kind == 'fig' else 'a table'}, and the caption as the last paragraph",
        )
    return {
        "t": "Float",
        "id": identifier,
        "kind": kind,
        "caption": rewrite(caption, change),
        "content": rewrite(body, change),
    }


def _table_float(node: Node, where: Where, change: Callable) -> Node:
    caption = _caption_of(node["c"][1])
    if not caption:
        raise RenderError("a table with an id has no caption", where=where(node["c"][0][0]))
    bare = _uncaptioned(node)
    return {
        "t": "Float",
        "id": node["c"][0][0],
        "kind": "tbl",
        "caption": rewrite(caption, change),
        "content": [{**bare, "c": rewrite(bare["c"], change)}],
    }


def _caption_of(caption: list) -> Nodes:
    return [inline for piece in caption[1] if piece["t"] in ("Plain", "Para") for inline in piece["c"]]


def _uncaptioned(table: Node) -> Node:
    return {"t": "Table", "c": [["", [], []], [None, []], *table["c"][2:]]}


def _figure(node: Node, where: Where) -> Node:
    identifier = node["c"][0][0]
    caption = _caption_of(node["c"][1])
    if identifier and not identifier.startswith("fig-"):
        raise RenderError("a figure's id must begin with fig-", where=where(identifier), found=identifier)
    content = [{"t": "Para", "c": [e for e in elements(node["c"][2]) if e["t"] == "Image"]}]
    # A figure without an id gets no number, in Quarto as here.
    return {"t": "Float", "id": identifier, "kind": "fig", "caption": caption, "content": content}


def _callout(name: str, attributes: dict, content: Nodes, where: Where, change: Callable) -> Node:
    kind = name.removeprefix("callout-")
    if kind not in CALLOUTS:
        raise RenderError(
            "there is no such callout",
            where=where(name),
            found="." + name,
            expected=", ".join(f".callout-{k}" for k in CALLOUTS),
            todo=nearest(kind, CALLOUTS),
        )
    _only_known(attributes, ("title", "icon", "appearance"), f"a callout ({name})", where)
    title: Nodes = []
    if content and content[0]["t"] == "Header":
        title, content = content[0]["c"][2], content[1:]
    elif "title" in attributes:
        title = [{"t": "Str", "c": attributes["title"]}]
    return {
        "t": "Callout",
        "kind": kind,
        "title": rewrite(title, change),
        "content": rewrite(content, change),
    }


def _only(classes: list[str], attributes: dict, content: Nodes, where: Where, change: Callable) -> Node:
    _only_known(attributes, ("when-format", "unless-format"), "conditional content", where)
    formats = set(WHEN)
    for key, keep in (("when-format", True), ("unless-format", False)):
        if key in attributes:
            name = attributes[key]
            if name not in WHEN:
                raise RenderError(
                    "content cannot be kept for this format",
                    where=where(key),
                    found=f'{key}="{name}"',
                    expected="html, typst (the PDF) or docx",
                    todo='write "typst" for the PDF: Quarto takes "pdf" for LaTeX alone'
                    if name == "pdf"
                    else "",
                )
            formats &= {name} if keep else set(WHEN) - {name}
    if "content-hidden" in classes:
        formats = set(WHEN) - formats
    return {"t": "Only", "formats": sorted(formats), "content": rewrite(content, change)}


def _read_raw(node: Node, where: Where) -> Nodes | None:
    fmt, content = node["c"]
    if fmt == "html" and content.strip().startswith("<!--"):
        return []
    if fmt == "html" and content.strip().lower() in ("<br>", "<br/>", "<br />"):
        return [{"t": "LineBreak"}]
    if fmt not in ("html", "typst", "openxml"):
        raise RenderError(
            "text was read as code of another format",
            where=where(content),
            found=content[:120],
            expected="Markdown",
            todo="put a backslash before each backslash that is meant as one",
        )
    return None


def kept(blocks: Nodes, fmt: str, where: Where) -> Nodes:
    """Return the blocks as `fmt` (html, typst or docx) shows them: other formats' parts are gone.

    Raises RenderError where HTML written by hand would be lost in another format.
    """

    def change(node: Node) -> Nodes | None:
        if node["t"] == "Only":
            return rewrite(node["content"], change) if fmt in node["formats"] else []
        if node["t"] in ("RawBlock", "RawInline") and node["c"][0] == "html" and fmt != "html":
            raise RenderError(
                "HTML written by hand would be lost in PDF and Word",
                where=where(node["c"][1].split("\n")[0]),
                found=node["c"][1][:120],
                todo='put it in ::: {.content-visible when-format="html"}',
            )
        return None

    return rewrite(blocks, change)
