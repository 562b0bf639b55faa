"""The book as Word: built-in styles, captions that Word can count, and a table of contents."""

from __future__ import annotations

from analysis.report.embedded.front import Front
from analysis.report.embedded.joined import joined_chapters
from analysis.report.embedded.manuscript import Manuscript
from analysis.report.embedded.numbering import Target, refer, reference_words
from analysis.report.embedded.tree import Node, Nodes, attr, block, para, plain, raw_inline, rewrite, text
from analysis.report.embedded.words import tag_of
from analysis.report.embedded.wordtable import in_paragraphs, word_table

_SIGNS = {"note": "ℹ", "tip": "✓", "important": "!", "warning": "⚠", "caution": "⚠"}
_STYLES = {"lead": "Lead", "kicker": "Kicker", "small": "Compact"}
# Room below a table; pandoc leaves out a paragraph that is quite empty.
_AFTER_TABLE = block("Div", [para(text("\N{NO-BREAK SPACE}"))], custom_style="After Table")
_ATTENTION = ("important", "warning", "caution")
_BREAK = "\N{NO-BREAK SPACE}"


def word_document(manuscript: Manuscript, files: set[str]) -> tuple[Nodes, dict]:
    """Return the blocks and metadata of the whole book for pandoc's Word writer; images go to `files`."""
    words = manuscript.numbers.words
    chapters: Nodes = []
    contents: list[tuple[int, str, str, Nodes]] = []
    for of, blocks in joined_chapters(manuscript, "docx", files):
        shaper = _Shaper(words, of.chapter.appendix)
        chapters += shaper.shape(refer(blocks, manuscript.numbers, _link, of.where))
        contents += shaper.headings
    front = [_styled("Cover Line", line) for line in manuscript.front.cover]
    front += [_styled("Marking", text(mark)) for mark in manuscript.front.marks]
    front += [_styled("TOC Heading", text(words["contents"])), *_contents(contents)]
    return front + chapters, _metadata(manuscript)


def _link(target: Target, before: str) -> Nodes:
    return [{"t": "Link", "c": [attr(), reference_words(target, before), [f"#{target.identifier}", ""]]}]


def _styled(style: str, inlines: Nodes) -> Node:
    return block("Div", [para(inlines)], custom_style=style)


def _field(instruction: str, shown: str) -> Node:
    """Make a Word field with the value it has now, so that nothing has to be updated to be read."""
    run = "<w:r>{}</w:r>"
    return raw_inline(
        "openxml",
        run.format('<w:fldChar w:fldCharType="begin"/>')
        + run.format(f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>')
        + run.format('<w:fldChar w:fldCharType="separate"/>')
        + f"<w:r><w:rPr><w:b/></w:rPr><w:t>{shown}</w:t></w:r>"
        + run.format('<w:fldChar w:fldCharType="end"/>'),
    )


def _contents(headings: list[tuple[int, str, str, Nodes]]) -> Nodes:
    """Make the table of contents as a field that Word can update, already filled with links."""
    begin = raw_inline(
        "openxml",
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> '
        'TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>',
    )
    end = raw_inline("openxml", '<w:r><w:fldChar w:fldCharType="end"/></w:r>')
    lines = []
    for i, (level, number, identifier, inlines) in enumerate(headings):
        words = [*text(number), {"t": "Str", "c": _BREAK * 2}, *inlines] if number else inlines
        link = {"t": "Link", "c": [attr(), words, [f"#{identifier}", ""]]}
        parts = [*([begin] if i == 0 else []), link, *([end] if i == len(headings) - 1 else [])]
        lines.append(_styled(f"toc {level}", parts))
    return lines


def _listed(node: Node) -> Node:
    if node["t"] == "BulletList":
        content = [in_paragraphs(item) for item in node["c"]]
    else:
        content = [node["c"][0], [in_paragraphs(item) for item in node["c"][1]]]
    return block("Div", [{**node, "c": content}], custom_style="List Text")


class _Shaper:
    """Turns one chapter's own nodes into pandoc's, and notes its headings for the table of contents."""

    def __init__(self, words, appendix: bool) -> None:
        self.words, self.appendix = words, appendix
        self.headings: list[tuple[int, str, str, Nodes]] = []

    def shape(self, blocks: Nodes) -> Nodes:
        return rewrite(blocks, self._change)

    def _change(self, node: Node) -> Nodes | None:
        kind = node["t"]
        if kind == "Header":
            return [self._heading(node)]
        if kind == "Float":
            return self._float(node)
        if kind == "Callout":
            return self._callout(node)
        if kind == "Div" and (style := _STYLES.get(next(iter(node["c"][0][1]), ""))):
            return [block("Div", self.shape(node["c"][1]), custom_style=style)]
        if kind in ("BulletList", "OrderedList"):
            # In the size of the text around it: alone, it would take the style of tables' cells.
            return [_listed({**node, "c": self.shape(node["c"])})]
        if kind == "Table":
            return [*word_table(node), _AFTER_TABLE]
        return None

    def _heading(self, node: Node) -> Node:
        level, (identifier, classes, pairs), inlines = node["c"]
        number = node["number"]
        if level == 1 and number and self.appendix:
            number = f"{self.words['appendix']}{_BREAK}{number} —"
        if level <= (1 if self.appendix else 2):
            # Without footnotes: they would stand twice.
            unnoted = rewrite(inlines, lambda n: [] if n["t"] == "Note" else None)
            self.headings.append((level, number, identifier, unnoted))
        if number:
            shown = block("Span", text(number), custom_style="Section Number")
            inlines = [shown, {"t": "Str", "c": _BREAK * 2}, *inlines]
        return {"t": "Header", "c": [level, [identifier, classes, pairs], inlines]}

    def _float(self, node: Node) -> Nodes:
        # A table's caption is kept with the table below it, a figure's is kept with the figure above.
        style = "Caption" if node["kind"] == "fig" else "Table Caption"
        caption = _styled(style, [*self._number(node), *self.shape(node["caption"])])
        content = rewrite(node["content"], self._in_float)
        if node["kind"] == "fig":
            inner = [block("Div", content, custom_style="Captioned Figure"), caption]
        else:
            inner = [caption, *content, _AFTER_TABLE]
        return [block("Div", inner, identifier=node["id"])]

    def _in_float(self, node: Node) -> Nodes | None:
        if node["t"] == "Table":
            return word_table(node)
        if node["t"] == "Image":
            (identifier, classes, pairs), alt, target = node["c"]
            return [
                {
                    "t": "Image",
                    "c": [[identifier, classes, (dict(pairs) and pairs) or [["width", "100%"]]], alt, target],
                }
            ]
        return self._change(node)

    def _number(self, node: Node) -> Nodes:
        if not node.get("number"):
            return []
        word, number = self.words[node["kind"]], node["number"]
        chapter, _, own = number.rpartition(".")
        before = f"{word}{_BREAK}{chapter + '.' if chapter else ''}"
        return [
            block("Span", [{"t": "Str", "c": before}], custom_style="Caption Number"),
            # `\s 1`: Word counts anew after each heading of level 1, as the numbers do.
            _field(f"SEQ {word} \\* ARABIC \\s 1", own),
            block("Span", [{"t": "Str", "c": ":"}], custom_style="Caption Number"),
            {"t": "Space"},
        ]

    def _callout(self, node: Node) -> Nodes:
        end = " Attention" if node["kind"] in _ATTENTION else ""
        title = self.shape(node["title"]) or text(self.words[node["kind"]])
        return [
            _styled(f"Callout Title{end}", [*text(_SIGNS[node["kind"]] + _BREAK), *title]),
            block("Div", self.shape(node["content"]), custom_style=f"Callout{end}"),
        ]


def _metadata(manuscript: Manuscript) -> dict:
    front = manuscript.front
    meta: dict = {
        name: {"t": "MetaInlines", "c": front.inlines(name)}
        for name in ("title", "subtitle", "date")
        if name in front
    }
    meta["lang"] = {"t": "MetaString", "c": "-".join(p for p in tag_of(manuscript.book.lang) if p)}
    if front.authors:
        if front.plain("subtitle") in front.author_names:
            # The municipality once, in the subtitle's type; the file's properties need it as author.
            del meta["subtitle"]
        names = [{"t": "MetaInlines", "c": _cover_name(name, front)} for name in front.authors]
        meta["author"] = {"t": "MetaList", "c": names}
    return meta


def _cover_name(name: Nodes, front: Front) -> Nodes:
    same = plain(name) == front.plain("subtitle")
    return [block("Span", name, custom_style="Cover Name")] if same else name
