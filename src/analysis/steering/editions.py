"""Levels of reading: which chapters, tables and appendices each edition of a report holds.

All editions are assembled from the same executed runs: a chapter names the cells that it takes, by id or tag,
and no run is made again for an edition. So a number stands the same in all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.core.errors import SettingsError, nearest
from analysis.core.language import Language
from analysis.core.settings import EDITIONS, EditionName

#: What an edition is made for each of.
Per = Literal["municipality", "service", "unit", "country"]
#: Whose cells a chapter takes. "own_unit" is made from the facts when the book is assembled: a run knows of
#: no unit whose edition it is made for, and a run for each unit would be another run of the same numbers.
#: "own_service" too: of the municipality's steering, what is one service's, or one unit's.
Source = Literal["municipality", "service", "service_groups", "own_unit", "own_service"]


@dataclass(frozen=True)
class Chapter:
    """One chapter: whose cells it takes, and which, by id or tag; none named: all that are shown.

    `without` names those among them that it leaves out.
    """

    id: str
    source: Source
    cells: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edition:
    """What one reader steers by.

    front: the municipality's cells on the first page; none where the page is made from facts.
    tables: the kinds of tables in its workbook.
    """

    name: EditionName
    per: Per
    chapters: tuple[Chapter, ...]
    appendices: tuple[str, ...]
    tables: tuple[str, ...]
    front: tuple[str, ...] = ()


#: Of a service in small: where it stands, what changed, which units stand out.
_IN_SMALL = ("level", "change-heading", "scorecard", "units-heading", "units")
#: Of a service in its unit's edition: what the unit is one part of, and the questions to talk about.
_AROUND_A_UNIT = (
    *("level", "change-heading", "scorecard", "priorities-heading", "priorities"),
    *("distribution-heading", "distribution", "items"),
)
_METHOD = ("method.qmd", "references.qmd", "colophon.qmd")
_ALL_APPENDICES = ("quality.qmd", "assumptions.qmd", *_METHOD)


def _of_municipality(*ids: str) -> tuple[Chapter, ...]:
    # A chapter of the municipality's notebook is made of the cells that are tagged with its name.
    return tuple(Chapter(id, "municipality", (id,)) for id in ids)


_EDITIONS: dict[str, Edition] = {
    edition.name: edition
    for edition in (
        Edition(
            "full",
            "municipality",
            (
                Chapter("service", "service"),
                *_of_municipality("scorecard", "steering", "costs", "status", "wheel"),
            ),
            _ALL_APPENDICES,
            (
                *("services", "findings", "targets", "red_lines", "measures", "costs", "feedback", "staff"),
                *("topics", "units", "items", "response"),
            ),
            front=("findings",),
        ),
        Edition(
            "unit",
            "unit",
            (
                Chapter("own_unit", "own_unit"),
                Chapter("scorecard", "own_service"),
                Chapter("service", "service", _AROUND_A_UNIT),
                Chapter("next_survey", "own_service"),
            ),
            _METHOD,
            ("topics", "units", "items", "response", "targets", "red_lines", "measures"),
        ),
        Edition(
            "service",
            "service",
            (
                Chapter("service", "service"),
                Chapter("scorecard", "own_service"),
                Chapter("steering", "own_service"),
                Chapter("costs", "own_service"),
                Chapter("sources", "own_service"),
                Chapter("next_survey", "own_service"),
            ),
            _ALL_APPENDICES,
            ("topics", "units", "items", "response", "targets", "red_lines", "measures", "costs", "staff"),
        ),
        Edition(
            "director",
            "municipality",
            (
                *_of_municipality("scorecard", "steering"),
                Chapter("services", "service_groups", _IN_SMALL),
                *_of_municipality("costs", "wheel"),
            ),
            _METHOD,
            ("services", "findings", "targets", "red_lines", "measures", "costs", "topics", "units"),
            front=("findings",),
        ),
        Edition(
            "council",
            "municipality",
            (
                *_of_municipality("scorecard"),
                # Strengths and points to improve stand among the findings: a council reads ten pages.
                Chapter("status", "municipality", ("status",), without=("preserve",)),
                *_of_municipality("proposed"),
            ),
            ("colophon.qmd",),
            ("services", "findings", "targets", "red_lines", "measures", "feedback", "staff"),
            front=("findings",),
        ),
        Edition("national", "country", (), (), ("country",)),
    )
}


@dataclass(frozen=True)
class BookOf:
    """One book of an edition: of the municipality, of one service, or of one unit."""

    edition: str
    service: str = ""
    unit: str = ""

    @property
    def folder(self) -> str:
        """The book's folder in the municipality's: one in its edition's for each unit or service.

        >>> BookOf("unit", "school", "9903-school-01").folder, BookOf("council").folder
        ('unit/9903-school-01', 'council')
        """
        return "/".join(part for part in (self.edition, self.unit or self.service) if part)


def what_is_shown(edition: str) -> Edition:
    """Return what an edition holds; raise SettingsError for one that does not exist."""
    if edition not in _EDITIONS:
        raise SettingsError(
            "there is no such edition",
            where="editions",
            found=repr(edition),
            expected="one of " + ", ".join(EDITIONS),
            todo=nearest(edition, EDITIONS),
        )
    return _EDITIONS[edition]


def list_books(edition: str, units: Mapping[str, Sequence[str]]) -> tuple[BookOf, ...]:
    """Return the books that a municipality gets of an edition.

    `units` holds the services in the report's order, each with the units that have a result in this round.
    The national edition is one book for the whole batch, and none of a municipality's.

    >>> [book.folder for book in list_books("unit", {"school": ["s1", "s2"], "kindergarten": []})]
    ['unit/s1', 'unit/s2']
    """
    match what_is_shown(edition).per:
        case "country":
            return ()
        case "municipality":
            return (BookOf(edition),)
        case "service":
            return tuple(BookOf(edition, service) for service in units)
    return tuple(BookOf(edition, service, unit) for service, of in units.items() for unit in of)


def reader_of(edition: str, language: Language) -> str:
    """Say on the cover whom an edition is for."""
    text = language.text
    return {
        "unit": text("For the head of the unit"),
        "service": text("For the head of the service"),
        "director": text("For the municipal director"),
        "council": text("For the municipal council"),
        "national": text("National sheet"),
    }.get(what_is_shown(edition).name, text("Management report"))


def chapter_title(chapter: str, language: Language) -> str:
    """Return the heading of a chapter that is no service's own; raise SettingsError for an unknown one."""
    text = language.text
    titles = {
        "scorecard": text("Scorecard"),
        "steering": text("From results to steering"),
        "proposed": text("What is proposed"),
        "costs": text("Cost and quality"),
        "status": text("Status report"),
        "wheel": text("Year wheel"),
        "sources": text("Staff and other sources"),
        "next_survey": text("The next survey"),
    }
    if chapter not in titles:
        raise SettingsError(
            "this chapter has no title", where="editions", found=repr(chapter), expected=", ".join(titles)
        )
    return titles[chapter]
