"""Assemble one municipality's Quarto book from the runs of its notebooks."""

from __future__ import annotations

from pathlib import Path

from analysis.core.errors import BuildError
from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.core.settings import Batch
from analysis.report.book import Matter, add_run, copy_sources, made_beside, write_settings
from analysis.report.chapters import included, read_run, shows, write_chapter
from analysis.report.colophon import colophon_values
from analysis.report.cover import read_cover
from analysis.show.escape import to_markdown as escape
from analysis.steering.editions import chapter_title, what_is_shown
from analysis.survey import Store, open_store

#: The parts of a book that people edit, per language, in `reports/`.
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
    services = finished_services(home, batch, store)
    book = home / edition
    with made_beside(book) as beside:
        names = {s: language.pick(store.questionnaire(s).name) for s in services}
        for service, name in names.items():
            add_run(home / "runs" / service, beside, service)
            write_chapter(
                home / "runs" / service / "notebook.ipynb",
                beside / f"service-{service}.ipynb",
                heading=f"# {escape(name)} {{#sec-{service}}}",
            )
        add_run(home / "runs" / "municipality", beside, "municipality")
        chapters = [f"service-{service}.ipynb" for service in services]
        chapters += _add_chapters(home / "runs" / "municipality" / "notebook.ipynb", beside, language)
        _add_summary(home / "runs" / "municipality" / "notebook.ipynb", beside)
        copy_sources(root, beside, batch, _APPENDICES)
        matter = Matter(
            place=str(store.municipalities().set_index("code")["name"][municipality]),
            stem=f"{batch.batch}-{municipality}",
            kicker=language.text("Management report"),
            cover=read_cover(
                home / "runs" / "municipality", list(names.values()), year=batch.year, language=language
            ),
            chapters=tuple(chapters),
            appendices=_APPENDICES,
            values=colophon_values(batch, store, municipality),
        )
        write_settings(root, beside, batch, matter)
    return book


def finished_services(home: Path, batch: Batch, store: Store) -> list[str]:
    """Return the services whose runs are there, in the report's order; raise BuildError where none is."""
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


def _add_chapters(notebook: Path, book: Path, language: Language) -> list[str]:
    """Make a chapter of the municipality's cells for each of their tags, and return the files' names."""
    run = read_run(notebook)
    names = [chapter.id for chapter in what_is_shown("full").chapters if chapter.source == "municipality"]
    written = []
    for name in names:
        if shows(run, (name,)):
            heading = f"# {escape(chapter_title(name, language))} {{#sec-{name}}}"
            write_chapter(notebook, book / f"{name}.ipynb", heading=heading, cells=(name,))
            written.append(f"{name}.ipynb")
    return written


def _add_summary(notebook: Path, book: Path) -> None:
    """Put what the municipality's notebook shows where the front page and the appendices include it."""
    run = read_run(notebook)
    for tag in ("findings", "quality", "assumptions"):
        (book / f"_{tag}.qmd").write_text(included(run, tag), encoding="utf-8")
