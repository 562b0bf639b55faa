"""A book's own Word template: the project's, with the book's words in the header of every page."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from analysis.core.paths import write_bytes
from analysis.report.embedded.words import tag_of
from analysis.report.look import look_folder
from analysis.report.wordlook import LABEL, RUNNING, unzipped, zipped


def write_reference_docx(path: Path, *, running: str, label: str = "", lang: str = "nb") -> None:
    """Write a Word template to `path` whose header says `running` on the left and `label` on the right.

    `path` is what `format.docx.reference-doc` names in the book's `_quarto.yml`; both renderers use it.
    """
    source = look_folder("word") / "reference.docx"
    parts = unzipped(source.read_bytes())
    tag = "-".join(part for part in tag_of(lang) if part)
    for name, content in parts.items():
        if name.startswith("word/header"):
            words = content.decode("utf-8").replace(f">{RUNNING}<", f">{escape(running)}<")
            parts[name] = words.replace(f">{LABEL}<", f">{escape(label)}<").encode("utf-8")
        elif name == "word/styles.xml":
            parts[name] = content.replace(b'w:val="nb-NO"', f'w:val="{tag}"'.encode())
    write_bytes(path, zipped(parts))
