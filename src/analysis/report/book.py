"""The parts that every book has, whatever its edition: sources, settings, facts and figures of its runs."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from analysis.core.language import Language
from analysis.core.settings import Batch
from analysis.core.yaml import read_yaml
from analysis.facts import read_facts, told_of, write_facts
from analysis.report.embedded import words_of, write_reference_docx
from analysis.show.escape import to_html
from analysis.show.escape import to_markdown as escape

#: The first page, which includes what the runs found, and the folders that every book carries.
FRONT = "index.qmd"
_FOLDERS = ("_extensions", "styles")


@dataclass(frozen=True)
class Matter:
    """What is a book's own among its settings. All is plain text; `values` are escaped already.

    place: whom it is about, under the title and in the running header. stem: the name of its PDF and Word
    file. sheet: a single page, without cover and contents in print.
    """

    place: str
    stem: str
    kicker: str
    cover: tuple[str, ...]
    chapters: tuple[str, ...]
    appendices: tuple[str, ...]
    values: dict[str, str]
    sheet: bool = False


@contextmanager
def made_beside(book: Path) -> Iterator[Path]:
    """Give a folder to make a book in; it takes the place of an older one when the block ends well."""
    beside = book.with_name(f".{book.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        beside.mkdir(parents=True)
        yield beside
        old = book.with_name(f".{book.name}.old-{secrets.token_hex(4)}")
        # The old book is moved away first and removed last.
        if book.exists():
            os.replace(book, old)
        os.replace(beside, book)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def add_facts(facts: Path, book: Path, name: str, *, service: str = "") -> None:
    """Copy the facts that stand behind a part of the book.

    Of what the municipality's run says of all services, a book of one service holds that service's alone.
    """
    (book / "facts").mkdir(exist_ok=True)
    copy = book / "facts" / f"{name}.parquet"
    if service and name == "municipality":
        write_facts(told_of(read_facts(facts), service), copy)
    else:
        shutil.copyfile(facts, copy)


def copy_sources(
    root: Path, book: Path, batch: Batch, appendices: Sequence[str], *, front: str = FRONT
) -> None:
    """Copy what people edit to change a report: first page, appendices, references, styles."""
    reports = root / "reports"
    shutil.copyfile(reports / batch.language / front, book / FRONT)
    for name in appendices:
        shutil.copyfile(reports / batch.language / name, book / name)
    shutil.copyfile(reports / "references.bib", book / "references.bib")
    for name in _FOLDERS:
        shutil.copytree(reports / name, book / name)


def write_settings(root: Path, book: Path, batch: Batch, matter: Matter) -> None:
    """Write `_quarto.yml`, what every report shares merged with this book's own, and the Word template."""
    language = Language(batch.language)
    text = language.text
    title = language.pick(batch.title)
    label = text("Synthetic data") if batch.synthetic else ""
    draft = text("Draft, not for publication")
    running = f"{matter.place} · {title}"
    shared = dict(read_yaml(root / "_quarto.yml"))
    banner = f'<p class="tilstand-banner" role="note">{to_html(_marks(batch))}</p>'
    html = shared["format"]["html"] | {"include-before-body": [{"text": banner}]}
    settings = shared | {
        "project": {"type": "book", "output-dir": "_report"},
        "lang": batch.language,
        "renderer": "Quarto",
        # Quarto's own word in Word's headings is English whatever the language.
        "crossref": {"appendix-title": words_of(batch.language)["appendix"]},
        "bibliography": "references.bib",
        "book": {
            "title": escape(title),
            "subtitle": escape(matter.place),
            "author": escape(matter.place),
            "date": batch.date.isoformat(),
            "output-file": matter.stem,
            "chapters": [FRONT, *matter.chapters],
            "appendices": list(matter.appendices),
        },
        "tilstand": {
            "kicker": matter.kicker,
            "running": escape(running),
            "header-right": label or draft,
            "draft": draft,
            **({"synthetic": label} if label else {}),
            **({"sheet": "yes"} if matter.sheet else {}),
            "cover": [escape(line) for line in matter.cover],
            **matter.values,
        },
        "format": shared["format"]
        | {"html": html, "docx": shared["format"]["docx"] | {"reference-doc": "reference.docx"}},
    }
    (book / "_quarto.yml").write_text(
        yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=100), encoding="utf-8"
    )
    write_reference_docx(book / "reference.docx", running=running, label=_marks(batch), lang=language.tag)


def _marks(batch: Batch) -> str:
    """Return what every page says of the report: that its data are synthetic, that it is a draft."""
    text = Language(batch.language).text
    label = [text("Synthetic data")] if batch.synthetic else []
    return " · ".join([*label, text("Draft, not for publication")])
