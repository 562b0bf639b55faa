"""The book as Typst, in the very constructs that Quarto 1.9 writes, for the template that serves both."""

from __future__ import annotations

from analysis.report.embedded.joined import joined_chapters
from analysis.report.embedded.manuscript import Manuscript
from analysis.report.embedded.numbering import Target, refer
from analysis.report.embedded.tree import Node, Nodes, plain, raw, raw_inline, rewrite, text
from analysis.report.embedded.words import tag_of

# Quarto's own colours of callouts: by them the template knows which kind it is given.
_COLOURS = {
    "note": ("dae6fb", "0758E5"),
    "tip": ("ccf1e3", "00A047"),
    "important": ("f7dddc", "CC1914"),
    "warning": ("fcefdc", "EB9113"),
    "caution": ("ffe5d0", "FC5300"),
}


def typst_document(manuscript: Manuscript, files: set[str]) -> tuple[Nodes, dict]:
    """Return the blocks and metadata of the whole book for pandoc's Typst writer; images go to `files`."""
    words = manuscript.numbers.words
    blocks: Nodes = []
    appendices = False
    for of, chapter in joined_chapters(manuscript, "typst", files):
        if of.chapter.appendix and not appendices:
            appendices = True
            blocks.append(raw("typst", "#show: tilstand-appendices"))
        blocks.append(raw("typst", "#pagebreak(weak: true)"))
        blocks += _shaped(refer(chapter, manuscript.numbers, _reference, of.where), words)
    return blocks, _metadata(manuscript)


def _reference(target: Target, before: str) -> Nodes:
    return [raw_inline("typst", f"#ref(<{target.identifier}>, supplement: [{_escaped(before)}])")]


def _escaped(words: str) -> str:
    return "".join(f"\\{c}" if c in "\\#[]*_`$<>@=~\"'" else c for c in words)


def _shaped(blocks: Nodes, words) -> Nodes:
    def change(node: Node) -> Nodes | None:
        if node["t"] == "Header":
            return [{"t": "Header", "c": node["c"]}]
        if node["t"] == "Float":
            return _figure(node)
        if node["t"] == "Callout":
            return _callout(node)
        if node["t"] == "Image":
            return [_image(node)]
        if node["t"] == "Table":
            return [raw("typst", "#tilstand-fit(["), _table(node), raw("typst", "])")]
        if node["t"] == "Div" and "lead" in node["c"][0][1]:
            return [raw("typst", "#tilstand-lead["), *rewrite(node["c"][1], change), raw("typst", "]")]
        return None

    def _figure(node: Node) -> Nodes:
        position = "top" if node["kind"] == "tbl" else "bottom"
        kind = f"quarto-float-{node['kind']}"
        label = f"<{node['id']}>" if node["id"] else ""
        numbering = "" if node["id"] else "numbering: none, "
        return [
            raw("typst", "#figure(["),
            *rewrite(node["content"], change),
            {
                "t": "Plain",
                "c": [
                    raw_inline("typst", f"], caption: figure.caption(position: {position}, ["),
                    *rewrite(node["caption"], change),
                    raw_inline(
                        "typst",
                        f']), kind: "{kind}", {numbering}supplement: "{words[node["kind"]]}", ){label}',
                    ),
                ],
            },
        ]

    def _callout(node: Node) -> Nodes:
        background, icon = _COLOURS[node["kind"]]
        title = rewrite(node["title"], change) or text(words[node["kind"]])
        return [
            raw("typst", "#callout(body: ["),
            *rewrite(node["content"], change),
            {
                "t": "Plain",
                "c": [
                    raw_inline("typst", "], title: ["),
                    *title,
                    raw_inline(
                        "typst",
                        f'], background_color: rgb("#{background}"), icon_color: rgb("#{icon}"), '
                        "icon: none, body_background_color: white)",
                    ),
                ],
            },
        ]

    return rewrite(blocks, change)


def _table(node: Node) -> Node:
    identifier, caption, columns, head, bodies, foot = node["c"]
    columns = [[align, {"t": "ColWidthDefault"}] for align, _ in columns]
    return {"t": "Table", "c": [identifier, caption, columns, head, bodies, foot]}


def _image(node: Node) -> Node:
    (_, _, pairs), alt, (name, _) = node["c"]
    sizes = "".join(
        f", {k}: {v}" for k, v in pairs if v.rstrip("%").replace(".", "").isdigit() and v.endswith("%")
    )
    words = plain(alt).replace("\\", "\\\\").replace('"', '\\"')
    return raw_inline("typst", f'#box(image("{name}", alt: "{words}"{sizes}))')


def _metadata(manuscript: Manuscript) -> dict:
    front = manuscript.front
    lang, region = tag_of(manuscript.book.lang)

    def inlines(content: Nodes) -> dict:
        return {"t": "MetaInlines", "c": content}

    def mapping(content: dict) -> dict:
        return {"t": "MetaMap", "c": content}

    cover = [inlines(line) for line in front.cover]
    labels = {
        n.removeprefix("tilstand."): inlines(t) for n, t in front.texts.items() if n.startswith("tilstand.")
    }
    tilstand = mapping(labels | ({"cover": {"t": "MetaList", "c": cover}} if cover else {}))
    names = [mapping({"name": mapping({"literal": inlines(name)})}) for name in front.authors]
    meta = {name: inlines(front.inlines(name)) for name in ("title", "subtitle", "date") if name in front}
    meta |= {"lang": {"t": "MetaString", "c": lang}, "region": {"t": "MetaString", "c": region}}
    return meta | {"tilstand": tilstand} | ({"by-author": {"t": "MetaList", "c": names}} if names else {})
