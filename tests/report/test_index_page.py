"""What lies beside the books: tables, calendar, the index of all editions, the catalogue of measures."""

import copy
import shutil

import pytest
from bs4 import BeautifulSoup
from built_runs import CODE, SERVICES, built_once

from analysis.report import Sources, make_book, write_index
from analysis.report.learning_page import write_learning_page
from analysis.steering.editions import BookOf

UNITS = ("9903-kindergarten-01", "9903-kindergarten-04", "9903-school-01")
_PLAN = """
municipality: "9903"
measures:
  - {id: letters, title: {nb: Ukebrev, en: Weekly letter}, service: kindergarten, topic: overall, start: 2024,
     status: finished, owner: Head of kindergartens, decided_in: {document: Budget 2024, year: 2023},
     tool: {nb: Felles mal, en: A common template},
     outcome: {year: 2025, text: {nb: De leser det., en: They <b>read</b> it.}}}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The HTML of some books of every edition, with all that lies beside it."""
    built, batch = built_once(tmp_path_factory)
    # A build of its own: what other tests have put beside the runs would stand in the index.
    build = tmp_path_factory.mktemp("indexed") / built.name
    for runs in ("reference", f"{CODE}/runs"):
        shutil.copytree(built / runs, build / runs)
    books = [
        BookOf("full"), BookOf("director"), BookOf("council"),
        *(BookOf("service", service) for service in SERVICES),
        *(BookOf("unit", unit.split("-")[1], unit) for unit in UNITS),
    ]  # fmt: skip
    sources = Sources(build, CODE, batch)
    files = {book.folder: make_book(sources, book, formats=("html",)) for book in books}
    files["national"] = make_book(Sources(build, "", batch), BookOf("national"), formats=("html",))
    editions = ("full", "director", "council", "service", "unit", "national")
    wired = batch.model_copy(update={"editions": editions})
    wired._path = batch.path
    return build, wired, files


@pytest.fixture(scope="module")
def index(made):
    build, batch, _ = made
    return BeautifulSoup(write_index(build, batch).read_text("utf-8"), "html.parser")


def with_plan(batch, text: str):
    folder = batch.path.parent / "plans"
    folder.mkdir(exist_ok=True)
    (folder / "9903.yaml").write_text(text, "utf-8")
    changed = copy.copy(batch.model_copy(update={"steering": folder}))
    changed._path = batch.path
    return changed


def test_every_book_stands_for_its_pages_and_its_tables(made) -> None:
    build, _, files = made
    for folder, paths in files.items():
        names = [path.name for path in paths]
        assert names[0] == "index.html"
        assert names[1].endswith(".xlsx")
        assert all(path.is_file() and path.parent.name == "_report" for path in paths)
        at = "national/sheet" if folder == "national" else f"{CODE}/{folder}"
        assert paths[0].parents[1] == build / at


def test_the_calendar_lies_beside_the_editions_that_show_the_year_wheel(made) -> None:
    build, _, files = made
    with_calendar = {folder for folder, paths in files.items() if paths[-1].name == "year-wheel.ics"}
    assert with_calendar == {"full", "director"}
    original = (build / CODE / "runs/municipality/year-wheel.ics").read_bytes()
    assert (build / CODE / "full/_report/year-wheel.ics").read_bytes() == original


def test_without_formats_a_book_is_only_assembled(made) -> None:
    build, batch, _ = made
    (path,) = make_book(Sources(build, CODE, batch), BookOf("council"), formats=())
    try:
        assert path == build / CODE / "council/_quarto.yml"
        assert not (path.parent / "_report").exists()
    finally:
        make_book(Sources(build, CODE, batch), BookOf("council"), formats=("html",))


def test_the_index_links_to_every_file_that_was_made_and_to_no_other(made, index) -> None:
    build, _, files = made
    links = {a["href"] for a in index.find_all("a")}
    assert links == {path.relative_to(build).as_posix() for paths in files.values() for path in paths}


def test_every_link_has_a_name_of_its_own_that_begins_with_what_is_seen(index) -> None:
    names = [a["aria-label"] for a in index.find_all("a")]
    assert len(set(names)) == len(names)
    for a in index.find_all("a"):
        assert a["aria-label"].startswith(a.get_text())


def test_editions_stand_under_their_municipality_and_units_under_their_service_folded(index) -> None:
    assert [h.get_text() for h in index.find_all("h2")] == ["The whole country", "Hjelvdal"]
    folded = [summary.get_text() for summary in index.find_all("summary")]
    assert folded == ["For the heads of the services (2)", "For the heads of the units (3)"]
    assert not any(details.has_attr("open") for details in index.find_all("details"))
    units = index.find_all("details")[1]
    assert [h.get_text() for h in units.find_all("h3")] == ["Kindergarten", "School"]
    assert len(units.find_all("li")) == 3


def test_a_batch_of_the_whole_report_alone_has_a_line_a_municipality(made) -> None:
    build, batch, _ = made
    plain = batch.model_copy(update={"editions": ("full",)})
    plain._path = batch.path
    page = BeautifulSoup(write_index(build, plain).read_text("utf-8"), "html.parser")
    write_index(build, batch)
    assert not page.find_all(["h2", "details"])
    (line,) = page.find("ul").find_all("li")
    assert line.find("span").get_text() == "Hjelvdal"
    assert [a.get_text() for a in line.find_all("a")] == ["HTML", "Excel", "Calendar"]


def test_measures_get_a_page_of_their_own_that_the_index_leads_to(made) -> None:
    build, batch, _ = made
    try:
        index = BeautifulSoup(write_index(build, with_plan(batch, _PLAN)).read_text("utf-8"), "html.parser")
        assert "learning.html" in {a["href"] for a in index.find_all("a")}
        text = (build / "learning.html").read_text("utf-8")
        page = BeautifulSoup(text, "html.parser")
        assert [h.get_text() for h in page.find_all("h1")] == ["User surveys 2025"]
        assert "Weekly letter" in text
        assert "They &lt;b&gt;read&lt;/b&gt; it." in text
        assert "Synthetic data" in text
        assert page.find("a")["href"] == "index.html"
    finally:
        write_index(build, batch)
    # Nothing is known of any measure now.
    assert not (build / "learning.html").exists()


def test_a_steering_file_that_can_no_longer_be_read_leaves_the_index_standing(made) -> None:
    build, batch, _ = made
    broken = with_plan(batch, 'municipality: "9903"\nmeasurs: []\n')
    assert write_learning_page(build, broken, {CODE: "Hjelvdal", "9901": "Elsewhere"}) is None
    assert write_index(build, broken).is_file()
