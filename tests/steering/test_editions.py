"""Levels of reading: what each edition holds, and which books a municipality gets."""

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.core.errors import SettingsError
from analysis.core.language import Language
from analysis.core.paths import checked_code, project_root
from analysis.steering.editions import (
    EDITIONS,
    BookOf,
    chapter_title,
    list_books,
    reader_of,
    what_is_shown,
)

UNITS = {"kindergarten": ["9903-kindergarten-01", "9903-kindergarten-02"], "school": ["9903-school-01"]}
codes = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)


def cells_of(notebook: str) -> set[str]:
    book = nbformat.read(project_root() / "notebooks" / f"{notebook}.ipynb", as_version=4)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    return {cell.id for cell in code} | {tag for cell in code for tag in cell.metadata.get("tags", [])}


def test_there_is_an_edition_for_each_reader() -> None:
    assert EDITIONS == ("full", "unit", "service", "director", "council", "national")
    assert [what_is_shown(name).name for name in EDITIONS] == list(EDITIONS)


def test_a_chapter_s_cells_are_in_the_service_s_notebook() -> None:
    there = cells_of("service")
    chapters = [c for name in EDITIONS for c in what_is_shown(name).chapters]
    wanted = {cell for c in chapters if c.source in ("service", "service_groups") for cell in c.cells}
    assert wanted
    assert wanted <= there


def test_a_first_page_s_cells_are_in_the_municipality_s_notebook() -> None:
    there = cells_of("municipality")
    assert {cell for name in EDITIONS for cell in what_is_shown(name).front} <= there


def test_a_chapter_s_cells_are_in_the_municipality_s_notebook() -> None:
    chapters = [c for name in EDITIONS for c in what_is_shown(name).chapters if c.source == "municipality"]
    assert {cell for c in chapters for cell in (*c.cells, *c.without)} <= cells_of("municipality")


def test_only_what_is_of_one_service_or_unit_has_its_first_page_made_from_facts() -> None:
    made = {name for name in EDITIONS if not what_is_shown(name).front}
    assert made == {"unit", "service", "national"}


def test_an_edition_without_the_sources_page_cites_nothing() -> None:
    for name in EDITIONS:
        appendices = what_is_shown(name).appendices
        assert ("method.qmd" in appendices) <= ("references.qmd" in appendices)


def test_every_chapter_of_the_municipality_has_a_title_in_every_language() -> None:
    for name in EDITIONS:
        for chapter in what_is_shown(name).chapters:
            if chapter.source == "municipality":
                assert chapter_title(chapter.id, Language("nb")) != chapter_title(chapter.id, Language("en"))


def test_readers_are_told_apart_on_the_cover() -> None:
    assert len({reader_of(name, Language("nb")) for name in EDITIONS}) == len(EDITIONS)


@pytest.mark.parametrize("call", [what_is_shown, lambda n: list_books(n, UNITS)])
def test_an_unknown_edition_is_refused_with_the_nearest_one(call) -> None:
    with pytest.raises(SettingsError, match="did you mean 'council'"):
        call("counsil")


def test_an_unknown_chapter_has_no_title() -> None:
    with pytest.raises(SettingsError, match="no title"):
        chapter_title("weather", Language("en"))


def test_books_are_made_for_the_municipality_each_service_or_each_unit() -> None:
    assert list_books("director", UNITS) == (BookOf("director"),)
    assert [b.folder for b in list_books("service", UNITS)] == ["service/kindergarten", "service/school"]
    assert [b.folder for b in list_books("unit", UNITS)] == [
        "unit/9903-kindergarten-01", "unit/9903-kindergarten-02", "unit/9903-school-01",
    ]  # fmt: skip
    # One for the whole batch, and none of a municipality's.
    assert list_books("national", UNITS) == ()


@given(st.dictionaries(codes, st.lists(codes, unique=True, max_size=4), max_size=4))
def test_every_book_has_a_folder_of_its_own_that_may_stand_in_a_path(units) -> None:
    # A unit belongs to one service.
    units = {service: [f"{service}-{unit}"[:50] for unit in of] for service, of in units.items()}
    books = [b for name in EDITIONS for b in list_books(name, units)]
    folders = [b.folder for b in books]
    assert all(checked_code(part, where="") for folder in folders for part in folder.split("/"))
    whole = [b for b in books if b.edition in ("full", "director", "council")]
    assert len({b.folder for b in whole}) == 3
