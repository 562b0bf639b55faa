"""The Word template of the reports, made from pandoc's own with the styles of this project.

`python -m analysis.report.wordlook` writes `reports/word/reference.docx` anew. The file may also be
edited in Word: `RUNNING` and `LABEL` in its header are where a book's own words go.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from analysis.core.paths import write_bytes
from analysis.report.embedded.tree import pandoc_path
from analysis.report.wordstyles import FALLBACK, FONT, NAMESPACES, styles_xml

RUNNING, LABEL = "RUNNING", "LABEL"
"""Where a book's own words stand in the header: what it is, and draft or synthetic."""

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# A4 with 22 mm at the sides.
_SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rIdH1"/>'
    '<w:footerReference w:type="default" r:id="rIdF1"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1531" w:right="1247" w:bottom="1304" w:left="1247" w:header="794" w:footer="680" '
    'w:gutter="0"/></w:sectPr>'
)


def _run(inner: str) -> str:
    return f"<w:r>{inner}</w:r>"


_TAB = _run("<w:tab/>")
_HEADER = _run(f"<w:t>{RUNNING}</w:t>") + _TAB + _run(f"<w:t>{LABEL}</w:t>")
_PAGE_NUMBER = (
    _run('<w:fldChar w:fldCharType="begin"/>')
    + _run('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
    + _run('<w:fldChar w:fldCharType="separate"/>')
    + _run("<w:t>1</w:t>")
    + _run('<w:fldChar w:fldCharType="end"/>')
)


def _edge(tag: str, style: str, inner: str) -> str:
    paragraph = f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{inner}</w:p>'
    return f"{_XML}<w:{tag} {NAMESPACES}>{paragraph}</w:{tag}>"


def _fonts_xml() -> str:
    font = (
        f'<w:font w:name="{FONT}"><w:altName w:val="{FALLBACK}"/><w:panose1 w:val="020B0503030403020204"/>'
        '<w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
    )
    return f"{_XML}<w:fonts {NAMESPACES}>{font}</w:fonts>"


def make_reference() -> bytes:
    """Return the Word template as bytes, the same each time."""
    command = [pandoc_path(), "--print-default-data-file", "reference.docx"]
    base = subprocess.run(command, capture_output=True, check=True).stdout
    parts = unzipped(base)
    relations = "".join(
        f'<Relationship Id="{key}" Type="{_RELATION}/{kind}" Target="{kind}1.xml"/>'
        for key, kind in (("rIdH1", "header"), ("rIdF1", "footer"))
    )
    types = "".join(
        f'<Override PartName="/word/{kind}1.xml" ContentType="{_CONTENT}.{kind}+xml"/>'
        for kind in ("header", "footer")
    )
    body = '<w:p><w:pPr><w:pStyle w:val="BodyText"/></w:pPr></w:p>'
    new = {
        "[Content_Types].xml": _with_more(parts["[Content_Types].xml"], types, "</Types>"),
        "word/_rels/document.xml.rels": _with_more(
            parts["word/_rels/document.xml.rels"], relations, "</Relationships>"
        ),
        "word/document.xml": f"{_XML}<w:document {NAMESPACES}><w:body>{body}{_SECTION}</w:body></w:document>",
        "word/styles.xml": styles_xml(),
        "word/fontTable.xml": _fonts_xml(),
        "word/header1.xml": _edge("hdr", "Header", _HEADER),
        "word/footer1.xml": _edge("ftr", "Footer", _TAB + _PAGE_NUMBER),
    }
    return zipped(parts | {name: text.encode("utf-8") for name, text in new.items()})


def _with_more(part: bytes, more: str, end: str) -> str:
    return part.decode("utf-8").replace(end, more + end)


def unzipped(content: bytes) -> dict[str, bytes]:
    """Unpack the parts of a Word file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    """Pack the parts of a Word file: content types first, the rest by name, all with one date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts, key=lambda n: (n != "[Content_Types].xml", n)):
            # A PNG is packed already: packed again, it is hardly smaller, and a book holds 17 MB of them.
            method = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            # A date of its own, or the file would differ each time it is made.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), parts[name], method)
    return out.getvalue()


if __name__ == "__main__":
    target = Path(__file__).resolve().parents[3] / "reports" / "word" / "reference.docx"
    write_bytes(target, make_reference())
    sys.stdout.write(f"{target.name} {target.stat().st_size}\n")
