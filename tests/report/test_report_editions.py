"""The editions of a report are assembled from the same runs: what each holds, and that numbers agree."""

import re
from pathlib import Path

import nbformat
import pandas as pd
import pypdf
import pytest
import yaml
from built_runs import CODE, SERVICES, built_once

from analysis.core.errors import BuildError
from analysis.report import Sources, assemble_edition, assemble_national, edition_books, render
from analysis.report.chapters import Part, dangling, shown_markdown, shows, write_parts
from analysis.report.editions import NATIONAL
from analysis.show import write_paragraph
from analysis.steering.editions import BookOf

LOW = "9903-kindergarten-04"


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    return built_once(tmp_path_factory)


@pytest.fixture(scope="session")
def books(built):
    """One book of every edition."""
    build, batch = built
    wanted = [
        BookOf("unit", "kindergarten", LOW), BookOf("service", "kindergarten"), BookOf("director"),
        BookOf("council"), BookOf("full"),
    ]  # fmt: skip
    sources = Sources(build, CODE, batch)
    made = {book.edition: assemble_edition(sources, book) for book in wanted}
    return made | {"national": assemble_national(Sources(build, "", batch))}


def settings(folder: Path) -> dict:
    return yaml.safe_load((folder / "_quarto.yml").read_text("utf-8"))


def texts(folder: Path) -> str:
    book = settings(folder)["book"]
    pages = [folder / name for name in (*book["chapters"], *book["appendices"])]
    return "\n".join(shown_markdown(page) for page in [*pages, *sorted(folder.glob("_*.qmd"))])


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_every_edition_is_a_book_that_holds_all_it_refers_to(books) -> None:
    for folder in books.values():
        said = texts(folder)
        assert dangling([said]) == ()
        for figure in re.findall(r"\]\((figures/[\w-]+)\)", said):
            assert (folder / f"{figure}.svg").is_file()
            assert (folder / f"{figure}.png").is_file()


def test_an_edition_carries_only_the_figures_that_it_shows(books) -> None:
    for name in ("unit", "service", "director", "council", "national"):
        there = {p.stem for p in (books[name] / "figures").glob("*")}
        assert there == {Path(f).name for f in re.findall(r"\]\((figures/[\w-]+)\)", texts(books[name]))}


def test_the_same_runs_give_the_same_bytes(built, books) -> None:
    build, batch = built
    before = files(books["unit"]), files(books["director"])
    assemble_edition(Sources(build, CODE, batch), BookOf("unit", "kindergarten", LOW))
    assemble_edition(Sources(build, CODE, batch), BookOf("director"))
    assert (files(books["unit"]), files(books["director"])) == before
    assert not [p for p in (build / CODE).iterdir() if p.name.startswith(".")]


def test_the_full_edition_holds_every_cell_of_the_services_as_it_was_run(built, books) -> None:
    build, _ = built
    for service in SERVICES:
        run = nbformat.read(build / CODE / "runs" / service / "notebook.ipynb", as_version=4)
        chapter = nbformat.read(books["full"] / f"service-{service}.ipynb", as_version=4)
        assert [c.id for c in chapter.cells[1:]] == [c.id for c in run.cells if c.cell_type == "code"]
        assert [c.outputs for c in chapter.cells[1:]] == [
            c.outputs for c in run.cells if c.cell_type == "code"
        ]


def test_a_cell_that_two_chapters_ask_for_stands_once_in_the_last_of_them(tmp_path) -> None:
    run = tmp_path / "notebook.ipynb"
    shown = nbformat.v4.new_output("display_data", {"text/markdown": "## Red {#sec-red}"})
    cells = [
        nbformat.v4.new_code_cell("1", id="targets", metadata={"tags": ["scorecard"]}, outputs=[shown]),
        nbformat.v4.new_code_cell(
            "2", id="red", metadata={"tags": ["scorecard", "proposed"]}, outputs=[shown]
        ),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), run)
    parts = [Part(run, cells=("scorecard",), without=("proposed",)), Part(run, cells=("proposed",))]
    for part, expected in zip(parts, ("targets", "red"), strict=True):
        write_parts([part], tmp_path / "chapter.ipynb", heading="# A")
        chapter = nbformat.read(tmp_path / "chapter.ipynb", as_version=4)
        assert [cell.id for cell in chapter.cells] == ["heading", expected]
    assert not shows(nbformat.read(run, as_version=4), ["red"], ["proposed"])


def test_what_is_taken_from_the_runs_is_taken_as_it_stands(built, books) -> None:
    build, _ = built
    runs = [nbformat.read(p, as_version=4) for p in sorted((build / CODE / "runs").glob("*/notebook.ipynb"))]
    shown = {
        "".join(out["data"]["text/markdown"])
        for run in runs
        for cell in run.cells
        if cell.cell_type == "code"
        for out in cell.outputs
    }
    for name in ("unit", "service", "director", "council"):
        for page in books[name].glob("*.ipynb"):
            for cell in nbformat.read(page, as_version=4).cells:
                for out in cell.get("outputs", []):
                    text = "".join(out["data"]["text/markdown"])
                    # Under a service group a heading stands one level lower.
                    assert text in shown or re.sub(r"\A### ", "## ", text) in shown


def test_a_unit_s_edition_puts_its_own_unit_first(books) -> None:
    page = (books["unit"] / "own-unit.qmd").read_text("utf-8")
    name = pd.read_parquet(books["unit"].parents[3] / "data" / "units.parquet").set_index("unit")["name"][LOW]
    heading, *_ = page.splitlines()
    assert heading == f"# {name} {{#sec-own-unit}}"
    (alternative,) = re.findall(r"fig-alt=\"([^\"]*)\"", page)
    # After the finding, the units in the figure's order.
    assert alternative.partition(". ")[2].startswith(name)
    tables = re.findall(r"::: \{#tbl-own-unit-units-table[^}]*\}\n(.*?)\n:::", page, re.DOTALL)
    assert tables
    for table in tables:
        assert table.splitlines()[2].startswith(f"| {name} |")


def test_a_number_is_the_same_in_the_unit_s_edition_and_in_the_full_one(books) -> None:
    full = shown_markdown(books["full"] / "service-kindergarten.ipynb")
    own = (books["unit"] / "own-unit.qmd").read_text("utf-8")

    def rows(text: str) -> dict[str, str]:
        tables = re.findall(r"::: \{#tbl-[\w-]*units-table[^}]*\}\n(.*?)\n:::", text, re.DOTALL)
        lines = [line for table in tables for line in table.splitlines() if line.startswith("| ")]
        return {f"{i // 20}{line.split('|')[1]}": line for i, line in enumerate(sorted(lines))}

    assert sorted(rows(own).values()) == sorted(rows(full).values())


def test_a_unit_whose_result_is_hidden_is_told_so(built) -> None:
    build, batch = built
    facts = pd.read_parquet(build / CODE / "runs" / "kindergarten" / "facts.parquet")
    last = facts["year"].eq(2025) & facts["unit"].eq(LOW)
    home = build / CODE / "runs" / "kindergarten" / "facts.parquet"
    hidden = facts.copy()
    numbers = ["value", "se", "low", "high", "level", "n", "N", "p", "p_adjusted"]
    hidden.loc[last, numbers] = None
    hidden.loc[last, "state"] = "suppressed"
    hidden.loc[last, "verdict"] = ""
    try:
        hidden.to_parquet(home, index=False)
        assert LOW in [b.unit for b in edition_books(Sources(build, CODE, batch), "unit")]
        folder = assemble_edition(Sources(build, CODE, batch), BookOf("unit", "kindergarten", LOW))
        front = (folder / "_findings.qmd").read_text("utf-8")
        assert "suppressed" in front
        assert "too few answers to show results" in front
        assert not re.search(r"\d,\d|\d\.\d", front)
    finally:
        facts.to_parquet(home, index=False)
        assemble_edition(Sources(build, CODE, batch), BookOf("unit", "kindergarten", LOW))


def test_books_are_listed_for_the_units_that_were_asked_in_this_round(built) -> None:
    build, batch = built
    units = [b.unit for b in edition_books(Sources(build, CODE, batch), "unit")]
    assert len(units) == len(set(units)) >= 20
    assert [b.service for b in edition_books(Sources(build, CODE, batch), "service")] == list(SERVICES)
    assert edition_books(Sources(build, CODE, batch), "national") == ()
    assert edition_books(Sources(build, "", batch), "national") == (BookOf("national"),)
    assert edition_books(Sources(build, "", batch), "council") == ()


def test_a_service_s_edition_tells_of_no_other_service(books) -> None:
    said = texts(books["service"])
    assert "#sec-school" not in said
    assert {p.stem for p in (books["service"] / "facts").iterdir()} == {"kindergarten", "municipality"}
    for name in ("service", "unit"):
        own = pd.read_parquet(books[name] / "facts" / "municipality.parquet")
        assert set(own["service"]) == {"kindergarten", ""}
    assert "#sec-kindergarten-quality" in said


def test_a_service_s_edition_tells_of_its_own_targets_and_measures_alone(built) -> None:
    build, batch = built
    folder = batch.path.parent / "own"
    folder.mkdir(exist_ok=True)
    target = """
  - {id: %s, success_factor: {nb: Trygge, en: Safe and well}, service: %s, topic: overall, scale: 1-6,
     desired: [6.0, 4.6], acceptable: [4.5, 4.0], unacceptable: [3.9, 1.0],
     adopted: {document: Plan 2024, year: 2023}}"""
    plan = "".join(target % pair for pair in (("ours", "kindergarten"), ("theirs", "school")))
    (folder / f"{CODE}.yaml").write_text(f'municipality: "{CODE}"\ntargets:{plan}\n', "utf-8")
    wired = batch.model_copy(update={"steering": folder})
    wired._path = batch.path
    sources = Sources(build, CODE, wired)
    own = sources.own_steering("kindergarten")
    assert [each.id for each in own.steering.plan.targets] == ["ours"]
    assert {line.service for line in own.ledger.lines} <= {"kindergarten"}
    chapters = settings(assemble_edition(sources, BookOf("service", "kindergarten")))["book"]["chapters"]
    assert chapters[:3] == ["index.qmd", "service-kindergarten.ipynb", "scorecard.qmd"]
    said = (build / CODE / "service/kindergarten/scorecard.qmd").read_text("utf-8")
    assert said.startswith("# Scorecard {#sec-scorecard}")
    assert chapters[-1] == "next_survey.qmd"
    assert "The next survey can show a change" in (
        build / CODE / "service/kindergarten/next_survey.qmd"
    ).read_text("utf-8")
    # Without anything adopted the chapter is left out.
    plain = settings(assemble_edition(Sources(build, CODE, batch), BookOf("service", "kindergarten")))
    assert "scorecard.qmd" not in plain["book"]["chapters"]


def test_a_unit_reads_its_own_targets_and_what_its_next_survey_can_show(built) -> None:
    build, batch = built
    folder = batch.path.parent / "unit"
    folder.mkdir(exist_ok=True)
    target = """
  - {id: %s, success_factor: {nb: Trygge, en: Safe and well}, service: kindergarten, topic: overall,
     scale: 1-6, unit: "%s", desired: [6.0, 4.6], acceptable: [4.5, 4.0], unacceptable: [3.9, 1.0],
     adopted: {document: Plan 2024, year: 2023}}"""
    other = "9903-kindergarten-01"
    plan = "".join(target % pair for pair in (("ours", LOW), ("theirs", other)))
    (folder / f"{CODE}.yaml").write_text(f'municipality: "{CODE}"\ntargets:{plan}\n', "utf-8")
    wired = batch.model_copy(update={"steering": folder})
    wired._path = batch.path
    sources = Sources(build, CODE, wired)
    own = sources.own_steering("kindergarten", LOW)
    assert [each.id for each in own.steering.plan.targets] == ["ours"]
    book = assemble_edition(sources, BookOf("unit", "kindergarten", LOW))
    try:
        assert settings(book)["book"]["chapters"][:3] == ["index.qmd", "own-unit.qmd", "scorecard.qmd"]
        page = (book / "next_survey.qmd").read_text("utf-8")
        assert sources.labels.unit(LOW) in page
        assert sources.labels.unit(other) not in page
    finally:
        assemble_edition(Sources(build, CODE, batch), BookOf("unit", "kindergarten", LOW))


def test_the_director_reads_services_by_group_in_small(built, tmp_path) -> None:
    build, batch = built
    (batch.path.parent / "steering").mkdir(exist_ok=True)
    catalogue = (Path(__file__).parents[2] / "params" / "catalogue.yaml").read_text("utf-8")
    # Of the demo's services this country has two, both in the first group.
    children = catalogue.partition("  - id: care")[0]
    (batch.path.parent / "catalogue.yaml").write_text(children, "utf-8")
    wired = batch.model_copy(update={"steering": Path("steering")})
    wired._path = batch.path
    folder = assemble_edition(Sources(build, CODE, wired), BookOf("director"))
    try:
        assert "group-children.ipynb" in settings(folder)["book"]["chapters"]
        chapter = nbformat.read(folder / "group-children.ipynb", as_version=4)
        headings = [cell.source for cell in chapter.cells if cell.cell_type == "markdown"]
        assert headings == [
            "# Children and schools {#sec-group-children}",
            "## Kindergarten {#sec-kindergarten}",
            "## School {#sec-school}",
        ]
        assert len({cell.id for cell in chapter.cells}) == len(chapter.cells)
        said = shown_markdown(folder / "group-children.ipynb")
        # The services' own headings have gone one level down.
        assert re.findall(r"(?m)^## .*\{#([\w-]+)\}", said) == ["sec-kindergarten", "sec-school"]
        assert "### " in said
    finally:
        (batch.path.parent / "catalogue.yaml").unlink()
        assemble_edition(Sources(build, CODE, batch), BookOf("director"))


def test_covers_say_whom_an_edition_is_for(books) -> None:
    kickers = {name: settings(folder)["tilstand"]["kicker"] for name, folder in books.items()}
    assert kickers == {
        "unit": "For the head of the unit", "service": "For the head of the service",
        "director": "For the municipal director", "council": "For the municipal council",
        "full": "Management report", "national": "National sheet",
    }  # fmt: skip
    assert len({settings(folder)["book"]["output-file"] for folder in books.values()}) == len(books)


def test_the_council_and_the_country_are_short(built, books, tmp_path) -> None:
    pages = {}
    for name in ("council", "national"):
        made = render(books[name], engine="embedded", formats=("pdf",))
        pages[name] = len(pypdf.PdfReader(made.files["pdf"]).pages)
    assert pages["national"] == 1
    # Beside cover and contents.
    assert pages["council"] - 2 <= 10


def test_the_national_sheet_lies_beside_the_municipalities(built, books) -> None:
    assert books["national"] == built[0] / NATIONAL
    facts = pd.read_parquet(books["national"] / "facts" / "country.parquet")
    assert set(facts["municipality"]) == {""}
    assert list(facts["service"].unique()) == list(SERVICES)


def test_what_is_told_for_a_unit_s_dialogue_gets_a_chapter_of_its_own(built) -> None:
    build, batch = built
    told = []

    def dialogue(canvas, facts, unit):
        told.append((unit, set(facts["service"])))
        return write_paragraph(canvas, "Ask the parents what they would change.")

    folder = assemble_edition(
        Sources(build, CODE, batch), BookOf("unit", "kindergarten", LOW), dialogue=dialogue
    )
    assert told == [(LOW, {"kindergarten"})]
    assert settings(folder)["book"]["chapters"][-1] == "dialogue.qmd"
    silent = assemble_edition(
        Sources(build, CODE, batch), BookOf("unit", "kindergarten", LOW), dialogue=lambda *_: None
    )
    assert "dialogue.qmd" not in settings(silent)["book"]["chapters"]


def test_a_reference_to_what_the_edition_lacks_is_an_error_that_names_it(built) -> None:
    build, batch = built

    def dialogue(canvas, facts, unit):
        other = write_paragraph(canvas, "See the funnel.")
        return type(other)(markdown="See @fig-kindergarten-funnel.\n", html="", plain="", report=True, id="")

    with pytest.raises(BuildError, match="fig-kindergarten-funnel"):
        assemble_edition(Sources(build, CODE, batch), BookOf("unit", "kindergarten", LOW), dialogue=dialogue)


def test_without_runs_there_is_no_edition(built, tmp_path) -> None:
    _, batch = built
    with pytest.raises(BuildError, match="not complete"):
        assemble_edition(Sources(tmp_path, CODE, batch), BookOf("council"))
    with pytest.raises(BuildError, match="no national picture"):
        assemble_national(Sources(tmp_path, "", batch))
    assert list(tmp_path.rglob("*.qmd")) == []
