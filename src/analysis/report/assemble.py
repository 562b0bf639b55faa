"""Assemble one municipality's Quarto book from the runs of its notebooks."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import Any

import yaml

from analysis.core.errors import BuildError
from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.core.settings import Batch
from analysis.core.yaml import read_yaml
from analysis.report.chapters import included, read_run, write_chapter
from analysis.report.colophon import colophon_values
from analysis.report.cover import read_cover
from analysis.report.embedded import words_of, write_reference_docx
from analysis.show.escape import to_html
from analysis.show.escape import to_markdown as escape
from analysis.survey import Store, open_store

#: The parts of a book that people edit, per language, in `reports/`.
_FRONT = "index.qmd"
_APPENDICES = ("quality.qmd", "assumptions.qmd", "method.qmd", "references.qmd", "colophon.qmd")


def assemble(build: Path, municipality: str, edition: str, batch: Batch) -> Path:
    """Make the book of one municipality from its runs, and return its folder.

    The book is complete: anyone with Quarto can render it with nothing else installed. It is made beside
    and then takes the place of an older one. Raises BuildError where a run is missing.
    """
    root = project_root()
    language = Language(batch.language)
    home = Path(build) / municipality
    store = open_store(batch.store)
    services = _services(home, batch, store)
    book = home / edition
    beside = home / f".{edition}.{os.getpid()}-{secrets.token_hex(4)}.part"
    try:
        beside.mkdir(parents=True)
        names = {s: language.pick(store.questionnaire(s).name) for s in services}
        for service, name in names.items():
            _add_run(home / "runs" / service, beside, service)
            write_chapter(
                home / "runs" / service / "notebook.ipynb",
                beside / f"service-{service}.ipynb",
                heading=f"# {escape(name)} {{#sec-{service}}}",
            )
        _add_run(home / "runs" / "municipality", beside, "municipality")
        _add_summary(home / "runs" / "municipality" / "notebook.ipynb", beside)
        _copy_sources(root, beside, batch)
        cover = read_cover(
            home / "runs" / "municipality", list(names.values()), year=batch.year, language=language
        )
        running, settings = _settings(root, batch, store, municipality, services, cover)
        (beside / "_quarto.yml").write_text(
            yaml.safe_dump(settings, allow_unicode=True, sort_keys=False, width=100), encoding="utf-8"
        )
        write_reference_docx(
            beside / "reference.docx", running=running, label=_marks(batch), lang=language.tag
        )
        _take_place(beside, book)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return book


def _services(home: Path, batch: Batch, store: Store) -> list[str]:
    order = store.services() if batch.services == ("all",) else batch.services
    done = [service for service in order if (home / "runs" / service / "facts.parquet").is_file()]
    if not done or not (home / "runs" / "municipality" / "facts.parquet").is_file():
        raise BuildError(
            "the municipality's runs are not complete",
            where=str(home / "runs"),
            found=", ".join(done) or "no finished run",
            expected="a finished run of every service, and of the municipality",
            todo="run the batch again: tilstand run",
        )
    return list(done)


def _add_run(run: Path, book: Path, name: str) -> None:
    (book / "facts").mkdir(exist_ok=True)
    shutil.copyfile(run / "facts.parquet", book / "facts" / f"{name}.parquet")
    if (run / "figures").is_dir():
        shutil.copytree(run / "figures", book / "figures", dirs_exist_ok=True)


def _add_summary(notebook: Path, book: Path) -> None:
    """Put what the municipality's notebook shows where the front page and the appendices include it."""
    run = read_run(notebook)
    for tag in ("findings", "quality", "assumptions"):
        (book / f"_{tag}.qmd").write_text(included(run, tag), encoding="utf-8")


def _copy_sources(root: Path, book: Path, batch: Batch) -> None:
    reports = root / "reports"
    for name in (_FRONT, *_APPENDICES):
        shutil.copyfile(reports / batch.language / name, book / name)
    shutil.copyfile(reports / "references.bib", book / "references.bib")
    for name in ("_extensions", "styles"):
        shutil.copytree(reports / name, book / name)


def _marks(batch: Batch) -> str:
    """Return what every page says of the report: that its data are synthetic, that it is a draft."""
    text = Language(batch.language).text
    label = [text("Synthetic data")] if batch.synthetic else []
    return " · ".join([*label, text("Draft, not for publication")])


def _settings(
    root: Path, batch: Batch, store: Store, municipality: str, services: list[str], cover: tuple[str, ...]
) -> tuple[str, dict[str, Any]]:
    """Merge what every report shares, in the project's `_quarto.yml`, with this book's own part.

    Returns the running header as plain text, and the settings.
    """
    language = Language(batch.language)
    text = language.text
    name = str(store.municipalities().set_index("code")["name"][municipality])
    title = language.pick(batch.title)
    label = text("Synthetic data") if batch.synthetic else ""
    draft = text("Draft, not for publication")
    shared = dict(read_yaml(root / "_quarto.yml"))
    banner = f'<p class="tilstand-banner" role="note">{to_html(_marks(batch))}</p>'
    html = shared["format"]["html"] | {"include-before-body": [{"text": banner}]}
    return f"{name} · {title}", shared | {
        "project": {"type": "book", "output-dir": "_report"},
        "lang": batch.language,
        "renderer": "Quarto",
        # Quarto's own word in Word's headings is English whatever the language.
        "crossref": {"appendix-title": words_of(batch.language)["appendix"]},
        "bibliography": "references.bib",
        "book": {
            "title": escape(title),
            "subtitle": escape(name),
            "author": escape(name),
            "date": batch.date.isoformat(),
            "output-file": f"{batch.batch}-{municipality}",
            "chapters": [_FRONT, *(f"service-{service}.ipynb" for service in services)],
            "appendices": list(_APPENDICES),
        },
        "tilstand": {
            "kicker": text("Management report"),
            "running": escape(f"{name} · {title}"),
            "header-right": label or draft,
            "draft": draft,
            **({"synthetic": label} if label else {}),
            "cover": [escape(line) for line in cover],
            **colophon_values(batch, store, municipality),
        },
        "format": shared["format"]
        | {"html": html, "docx": shared["format"]["docx"] | {"reference-doc": "reference.docx"}},
    }


def _take_place(new: Path, book: Path) -> None:
    """Put the new book where the old one was, which is moved away first and removed last."""
    old = book.with_name(f".{book.name}.old-{secrets.token_hex(4)}")
    if book.exists():
        os.replace(book, old)
    os.replace(new, book)
    shutil.rmtree(old, ignore_errors=True)
