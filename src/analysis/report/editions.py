"""Assemble the editions of a report: for unit, head of service, director and council, and the national one.

All are made of the runs that the full report is made of. Cells are taken by id or tag; only what no run can
know, whose unit stands first and what all municipalities come to on one page, is made here, from the runs'
facts by the blocks that a notebook shows: the same rows through the same code give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.core.errors import BuildError
from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.core.settings import Batch
from analysis.facts import Labels, join, read_facts
from analysis.report.assemble import finished_services
from analysis.report.book import Matter, copy_sources, made_beside, write_settings
from analysis.report.colophon import colophon_values
from analysis.report.cover import read_cover
from analysis.report.leaves import Leaves, country_page
from analysis.show import Block, Canvas
from analysis.steering.catalogue import Catalogue, default_catalogue, load_catalogue
from analysis.steering.editions import BookOf, list_books, reader_of, what_is_shown
from analysis.survey import Store, open_store

#: The folder of the national sheet beside the municipalities' in the build.
NATIONAL = "national/sheet"
#: What is told for a unit's own dialogue with its users; None where there is nothing to tell.
Dialogue = Callable[[Canvas, pd.DataFrame, str], Block | None]
_SHEET = "national.qmd"


def edition_books(build: Path, municipality: str, edition: str, batch: Batch) -> tuple[BookOf, ...]:
    """Return the books of an edition that the municipality's finished runs give.

    A unit gets one where somebody was asked there in this round, also where its result is hidden: its own
    edition then says so.
    """
    home = Path(build) / municipality
    units = {}
    for service in finished_services(home, batch, open_store(batch.store)):
        facts = read_facts(home / "runs" / service / "facts.parquet")
        there = facts[facts["statistic"].eq("respondents") & facts["year"].eq(batch.year)]
        there = there[there["unit"].ne("") & there["state"].ne("not_measured")]
        units[service] = sorted(there.loc[there["value"].ne(0), "unit"])
    return list_books(edition, units)


def assemble_edition(
    build: Path,
    municipality: str,
    book: BookOf,
    batch: Batch,
    *,
    dialogue: Dialogue | None = None,
) -> Path:
    """Make one book of an edition from the municipality's runs, and return its folder.

    Complete in itself, as the full edition is. A chapter of which the runs show nothing is left out. Raises
    BuildError where a run is missing, or where the chosen cells refer to something that the book lacks.
    """
    edition, language = what_is_shown(book.edition), Language(batch.language)
    store, home = open_store(batch.store), Path(build) / municipality
    services = finished_services(home, batch, store)
    labels = _labels(store, language, municipality, services)
    # Read where it is needed: a municipality has a book for every unit.
    grouped = any(chapter.source == "service_groups" for chapter in edition.chapters)
    with made_beside(home / book.folder) as beside:
        leaves = Leaves(
            home=home, folder=beside, labels=labels, caution=batch.disclosure.caution, book=book,
            catalogue=_catalogue(batch, store) if grouped else default_catalogue(labels.questionnaires),
            services=tuple(services),
        )  # fmt: skip
        leaves.write_front(edition)
        chapters = leaves.write_chapters(edition)
        chapters += leaves.write_dialogue(dialogue) if dialogue is not None and book.unit else []
        leaves.write_appendices(edition)
        leaves.copy_facts()
        copy_sources(project_root(), beside, batch, edition.appendices)
        leaves.copy_figures()
        leaves.check_references(chapters, edition.appendices)
        names = [labels.service(service) for service in ([book.service] if book.service else services)]
        write_settings(
            project_root(),
            beside,
            batch,
            Matter(
                place=f"{labels.unit(book.unit)}, {labels.municipality}"
                if book.unit
                else labels.municipality,
                stem=f"{batch.batch}-{municipality}" + ("" if book == BookOf("full") else f"-{book.folder}"),
                kicker=reader_of(book.edition, language),
                cover=_cover(home, book, names, batch, language),
                chapters=tuple(chapters),
                appendices=edition.appendices,
                values=colophon_values(batch, store, municipality),
            ),
        )
    return home / book.folder


def assemble_national(build: Path, batch: Batch) -> Path:
    """Make the one-page national sheet of a batch from its reference runs, and return its folder.

    Raises BuildError where there is no reference run.
    """
    language, store = Language(batch.language), open_store(batch.store)
    order = store.services() if batch.services == ("all",) else batch.services
    found = {service: Path(build) / "reference" / service / "facts.parquet" for service in order}
    services = [service for service, path in found.items() if path.is_file()]
    if not services:
        raise BuildError(
            "there is no national picture",
            where=str(Path(build) / "reference"),
            expected="a finished reference run of at least one service",
            todo="run the batch again: tilstand run",
        )
    labels = _labels(store, language, "", services)
    order = _catalogue(batch, store).ordered(services)
    with made_beside(Path(build) / NATIONAL) as beside:
        facts = join(read_facts(found[service]) for service in order)
        country_page(facts, beside, labels, order)
        copy_sources(project_root(), beside, batch, (), front=_SHEET)
        matter = Matter(
            place=language.text("The whole country"),
            stem=f"{batch.batch}-national",
            kicker=reader_of("national", language),
            cover=(),
            chapters=(),
            appendices=(),
            values=colophon_values(batch, store, None),
            sheet=True,
        )
        write_settings(project_root(), beside, batch, matter)
    return Path(build) / NATIONAL


def _catalogue(batch: Batch, store: Store) -> Catalogue:
    asked = {service: store.questionnaire(service) for service in store.services()}
    return load_catalogue(batch.steering_file("catalogue.yaml"), questionnaires=asked)


def _labels(store: Store, language: Language, municipality: str, services: list[str]) -> Labels:
    register = store.municipalities().set_index("code")["name"]
    units = store.units(municipality=municipality) if municipality else store.units().iloc[:0]
    return Labels(
        language=language,
        municipality=str(register[municipality]) if municipality else "",
        questionnaires={service: store.questionnaire(service) for service in services},
        units=dict(zip(units["unit"], units["name"], strict=True)),
    )


def _cover(home: Path, book: BookOf, names: list[str], batch: Batch, language: Language) -> tuple[str, ...]:
    lines = read_cover(home / "runs" / "municipality", names, year=batch.year, language=language)
    # Of one service or unit, how many answered in the whole municipality says nothing.
    return lines[:2] if book.service else lines
