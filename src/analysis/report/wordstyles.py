"""The styles of the Word file: built-in names, so that a person or a case system finds what they know."""

from __future__ import annotations

FONT, FALLBACK = "Source Sans Pro", "Calibri"
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_INK, _SOFT, _BLUE, _RUST, _RULE = "1B1F24", "565D66", "1B5A92", "A8401C", "9AA1A9"


def _run(size: float = 0, *, bold: bool = False, colour: str = "") -> str:
    half = round(size * 2)
    return (
        ("<w:b/>" if bold else "")
        + (f'<w:color w:val="{colour}"/>' if colour else "")
        + (f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>' if size else "")
    )


def _space(before: float, after: float, line: float = 1.15) -> str:
    points = f'w:before="{round(before * 20)}" w:after="{round(after * 20)}"'
    return f'<w:spacing {points} w:line="{round(line * 240)}" w:lineRule="auto"/>'


_KEEP = "<w:keepNext/><w:keepLines/>"
_NEW_PAGE = "<w:pageBreakBefore/>"
_RIGHT_TAB = '<w:tabs><w:tab w:val="right" w:pos="9411"/></w:tabs>'


def _heading(level: int) -> tuple[str, str, str, str, str]:
    before, after, size = ((0, 10, 21), (18, 6, 14), (13, 4, 11.5), (10, 3, 10.5))[level - 1]
    page = _NEW_PAGE if level == 1 else ""
    paragraph = f'{_KEEP}{page}{_space(before, after, 1.0)}<w:outlineLvl w:val="{level - 1}"/>'
    return (f"heading {level}", "Normal", "BodyText", paragraph, _run(size, bold=True))


def _callout(name: str, colour: str) -> tuple[tuple[str, str, str, str, str], ...]:
    rule = f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="{colour}"/></w:pBdr>'
    indent = '<w:ind w:left="227"/>'
    text = f"Callout{name}"
    title = f"Callout Title{name}"
    own = _run(bold=True, colour=colour)
    return (
        (title, "Normal", style_id(text), f"{_KEEP}{rule}{_space(8, 2)}{indent}", own),
        (text, "Normal", "", f"{rule}{_space(0, 4)}{indent}", ""),
    )


def style_id(name: str) -> str:
    """Return the id of a style of this name.

    >>> style_id("heading 1"), style_id("Body Text")
    ('Heading1', 'BodyText')
    """
    return "".join(word[0].upper() + word[1:] for word in name.split())


def _paragraphs() -> list[tuple[str, str, str, str, str]]:
    """Return name, what it builds on, what follows it, paragraph and run properties of each style."""
    line = f'<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="{_RULE}"/></w:pBdr>'
    return [
        ("Normal", "", "", _space(0, 6), _run(10.5, colour=_INK)),
        ("Body Text", "Normal", "", _space(0, 7), ""),
        ("First Paragraph", "BodyText", "BodyText", "", ""),
        ("Compact", "BodyText", "", _space(1.5, 1.5, 1.0), _run(9.5)),
        ("List Text", "BodyText", "", _space(0, 3), ""),
        ("Compact Small", "Compact", "", "", _run(8.5)),
        # Each row with the next, so that a short table is not broken over two pages.
        ("Compact Kept", "Compact", "", "<w:keepNext/>", ""),
        ("Compact Small Kept", "CompactSmall", "", "<w:keepNext/>", ""),
        ("Title", "Normal", "BodyText", _space(150, 10, 1.0), _run(30, bold=True)),
        ("Subtitle", "Normal", "BodyText", _space(0, 24, 1.0), _run(17, colour=_SOFT)),
        ("Author", "Normal", "BodyText", _space(0, 3), _run(11.5)),
        ("Date", "Normal", "BodyText", _space(0, 18), _run(11.5, colour=_SOFT)),
        ("Abstract", "Normal", "BodyText", "", ""),
        ("Bibliography", "Normal", "", _space(0, 6), ""),
        *(_heading(level) for level in (1, 2, 3, 4)),
        ("TOC Heading", "Normal", "BodyText", _KEEP + _NEW_PAGE + _space(0, 14, 1.0), _run(21, bold=True)),
        ("toc 1", "Normal", "Normal", _space(5, 1, 1.0), _run(bold=True)),
        ("toc 2", "Normal", "Normal", f'{_space(0, 1, 1.0)}<w:ind w:left="340"/>', ""),
        ("Block Text", "BodyText", "BodyText", '<w:ind w:left="480" w:right="480"/>', ""),
        ("footnote text", "Normal", "", _space(0, 2, 1.0), _run(8.5)),
        ("caption", "Normal", "BodyText", f"<w:keepLines/>{_space(4, 14, 1.05)}", _run(9.5)),
        ("Table Caption", "Caption", "", _KEEP + _space(10, 6, 1.05), ""),
        ("Image Caption", "Caption", "", "", ""),
        ("Figure", "Normal", "", f"<w:keepNext/>{_space(8, 2, 1.0)}", ""),
        ("Captioned Figure", "Figure", "", f"<w:keepNext/>{_space(8, 0, 1.0)}", ""),
        ("After Table", "Normal", "BodyText", _space(0, 6, 1.0), _run(4)),
        *_callout("", _BLUE),
        *_callout(" Attention", _RUST),
        ("Lead", "BodyText", "BodyText", _space(0, 10), _run(12.5, colour=_SOFT)),
        ("Cover Line", "Normal", "", _space(0, 3), _run(11.5)),
        ("Marking", "Normal", "BodyText", _space(2, 2), _run(11, bold=True, colour=_RUST)),
        ("Kicker", "Normal", "BodyText", _space(0, 2), _run(11, bold=True, colour=_SOFT)),
        ("header", "Normal", "", line + _RIGHT_TAB + _space(0, 0, 1.0), _run(8.5, colour=_SOFT)),
        ("footer", "Normal", "", _RIGHT_TAB + _space(0, 0, 1.0), _run(8.5, colour=_SOFT)),
        ("Definition Term", "Normal", "Definition", _KEEP, _run(bold=True)),
        ("Definition", "Normal", "", "", ""),
    ]


_CHARACTERS = (
    ("Cover Name", f'<w:color w:val="{_SOFT}"/><w:sz w:val="34"/><w:szCs w:val="34"/>'),
    ("Verbatim Char", '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>'),
    ("Section Number", f'<w:color w:val="{_BLUE}"/>'),
    ("Caption Number", "<w:b/>"),
    ("footnote reference", '<w:vertAlign w:val="superscript"/>'),
    ("Hyperlink", f'<w:color w:val="{_BLUE}"/>'),
)


def _table() -> str:
    def side(name: str, size: int) -> str:
        return f'<w:{name} w:val="single" w:sz="{size}" w:space="0" w:color="{_INK}"/>'

    margins = "".join(
        f'<w:{name} w:w="{width}" w:type="dxa"/>'
        for name, width in (("top", 28), ("left", 60), ("bottom", 28), ("right", 60))
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="Table"><w:name w:val="Table"/><w:basedOn w:val="TableNormal"/>'
        f"<w:qFormat/><w:tblPr><w:tblBorders>{side('top', 8)}{side('bottom', 8)}</w:tblBorders>"
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr>'
        f'<w:tcPr><w:tcBorders>{side("bottom", 4)}</w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr>'
        "</w:tblStylePr></w:style>"
    )


def styles_xml() -> str:
    """Return Word's `styles.xml` with the report's styles."""
    fonts = f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
    lang = '<w:lang w:val="nb-NO" w:eastAsia="nb-NO" w:bidi="ar-SA"/>'
    out = [
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:styles {NAMESPACES}><w:docDefaults>'
        f'<w:rPrDefault><w:rPr>{fonts}<w:sz w:val="21"/>{lang}</w:rPr></w:rPrDefault><w:pPrDefault/>'
        "</w:docDefaults>"
    ]
    for name, based, following, paragraph, run in _paragraphs():
        kind = 'w:type="paragraph"' + (' w:default="1"' if name == "Normal" else "")
        base = f'<w:basedOn w:val="{based}"/>' if based else ""
        then = f'<w:next w:val="{style_id(following)}"/>' if following else ""
        out.append(
            f'<w:style {kind} w:styleId="{style_id(name)}"><w:name w:val="{name}"/>{base}{then}<w:qFormat/>'
            f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
        )
    out.append(
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
    )
    out += [
        f'<w:style w:type="character" w:styleId="{style_id(name)}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="DefaultParagraphFont"/><w:rPr>{run}</w:rPr></w:style>'
        for name, run in _CHARACTERS
    ]
    return "".join(out) + _table() + "</w:styles>"
