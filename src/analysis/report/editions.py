"""Assemble the editions of a report: for unit, head of service, director and council, and the national one.

All are made of the runs that the full report is made of. Cells are taken by id or tag; only what no run can
know, whose unit stands first and what all municipalities come to on one page, is made here, from the runs'
facts by the blocks that a notebook shows: the same rows through the same code give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.core.names import NATIONAL
from analysis.core.paths import project_root
from analysis.facts import join, read_facts
from analysis.report.book import Matter, copy_sources, made_beside, write_settings
from analysis.report.country_page import country_page
from analysis.report.cover import read_cover
from analysis.report.leaves import Leaves
from analysis.report.sources import Sources
from analysis.show import Block, Canvas
from analysis.steering.catalogue import default_catalogue
from analysis.steering.editions import BookOf, list_books, reader_of, what_is_shown

#: What is told for a unit's own dialogue with its users; None where there is nothing to tell.
Dialogue = Callable[[Canvas, pd.DataFrame, str], Block | None]
_SHEET = "national.qmd"


def edition_books(sources: Sources, edition: str) -> tuple[BookOf, ...]:
    """Return the books of an edition that the finished runs give, in the report's order.

    The national edition is one book, of no municipality; another's are none of the country's. A unit gets
    one where somebody was asked there in this round, also where its result is hidden: its own edition then
    says so.
    """
    per = what_is_shown(edition).per
    if (per == "country") == bool(sources.municipality):
        return ()
    if per == "country":
        return (BookOf(edition),)
    return list_books(edition, sources.units_asked if per == "unit" else dict.fromkeys(sources.services, ()))


def assemble_edition(sources: Sources, book: BookOf, *, dialogue: Dialogue | None = None) -> Path:
    """Make one book of an edition from the municipality's runs, and return its folder.

    Complete in itself: anyone with Quarto can render it with nothing else installed. It is made beside and
    then takes the place of an older one. A chapter of which the runs show nothing is left out. Raises
    BuildError where a run is missing, or where the chosen cells refer to something that the book lacks.
    """
    edition, language, batch = what_is_shown(book.edition), sources.language, sources.batch
    labels, services = sources.labels, sources.services
    # Read where it is needed: a municipality has a book for every unit.
    drawn_on = {chapter.source for chapter in edition.chapters}
    folder = sources.home / book.folder
    with made_beside(folder) as beside:
        leaves = Leaves(
            home=sources.home, folder=beside, labels=labels, caution=batch.disclosure.caution, book=book,
            catalogue=sources.catalogue
            if "service_groups" in drawn_on
            else default_catalogue(labels.questionnaires),
            services=services,
            steering=sources.own_steering(book.service, book.unit) if "own_service" in drawn_on else None,
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
        stem = f"{batch.batch}-{sources.municipality}"
        write_settings(
            project_root(),
            beside,
            batch,
            Matter(
                place=f"{labels.unit(book.unit)}, {labels.municipality}"
                if book.unit
                else labels.municipality,
                stem=stem if book == BookOf("full") else f"{stem}-{book.folder.replace('/', '-')}",
                kicker=reader_of(book.edition, language),
                cover=_cover(sources, book, names),
                chapters=tuple(chapters),
                appendices=edition.appendices,
                values=sources.values,
            ),
        )
    return folder


def assemble_national(sources: Sources) -> Path:
    """Make the one-page national sheet of a batch from its reference runs, and return its folder.

    Raises BuildError where there is no reference run.
    """
    language, batch = sources.language, sources.batch
    order = sources.catalogue.ordered(sources.services)
    folder = Path(sources.build) / NATIONAL
    with made_beside(folder) as beside:
        facts = join(read_facts(sources.facts_of(service)) for service in order)
        country_page(facts, beside, sources.labels, order)
        copy_sources(project_root(), beside, batch, (), front=_SHEET)
        matter = Matter(
            place=language.text("The whole country"),
            stem=f"{batch.batch}-national",
            kicker=reader_of("national", language),
            cover=(),
            chapters=(),
            appendices=(),
            values=sources.values,
            sheet=True,
        )
        write_settings(project_root(), beside, batch, matter)
    return folder


def _cover(sources: Sources, book: BookOf, names: list[str]) -> tuple[str, ...]:
    run, batch = sources.home / "runs" / "municipality", sources.batch
    lines = read_cover(run, names, year=batch.year, language=sources.language)
    # Of one service or unit, how many answered in the whole municipality says nothing.
    return lines[:2] if book.service else lines
