"""A batch makes each edition that it names: a run each, its books in folders of their own, and none twice."""

import json
from pathlib import Path

import pytest
from pretended import InProcess, pretend

from analysis.batch import make_plan, read_record, run_batch, schedule
from analysis.batch.rendering import books_of
from analysis.batch.reports import make_report, report_folders
from analysis.core.errors import RenderError, SettingsError
from analysis.steering.editions import BookOf, list_books

ALL = ["full", "unit", "service", "director", "council", "national"]
UNITS = {"library": ["library-9901"], "school": ["school-1", "school-2"]}


def executed(run, *, build, key, **_):
    return pretend(run, build=build, key=key)


class Press:
    """Stands in for making books: a page each, a failure where it is told to."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.units = dict(UNITS)
        self.fails = ""

    def books(self, sources, edition: str) -> tuple[BookOf, ...]:
        return list_books(edition, self.units) if sources.municipality else (BookOf(edition),)

    def make(self, sources, book: BookOf, *, formats: tuple[str, ...]) -> tuple[Path, ...]:
        place = f"{sources.municipality}/{book.folder}" if sources.municipality else "national/sheet"
        page = Path(sources.build) / place / "_report" / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        (page.parents[1] / "_quarto.yml").touch()
        if place == self.fails:
            raise RenderError("unknown shortcode", where="index.qmd, line 3")
        page.write_text(", ".join(formats))
        self.made.append(place)
        return (page,)


@pytest.fixture
def press(monkeypatch):
    made = Press()
    monkeypatch.setattr("analysis.report.edition_books", made.books)
    monkeypatch.setattr("analysis.report.make_book", made.make)
    return made


@pytest.fixture
def batch(tiny, press, monkeypatch):
    monkeypatch.setattr(schedule, "Pool", InProcess)
    monkeypatch.setattr(schedule, "execute", executed)
    monkeypatch.setattr("analysis.report.write_index", lambda build, batch: None)
    tiny.write_batch(editions=ALL)
    return tiny


def ends(tiny, **options) -> dict[str, str]:
    result = run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, workers=2, **options)
    return {o.id: o.outcome for o in result.outcomes}


def made_of(outcomes: dict[str, str]) -> set[str]:
    return {name for name, end in outcomes.items() if end == "done"}


def test_every_municipality_gets_a_run_for_each_edition_and_the_batch_one_for_the_sheet(batch) -> None:
    plan = make_plan(batch.batch, batch.build, notebooks=batch.notebooks)
    reports = [run.id for run in plan.runs if run.kind == "report"]
    places = ("9901", "9902", "9903")
    assert reports == [*(f"{p}/{edition}" for p in places for edition in ALL[:-1]), "national/sheet"]
    sheet = plan.run("national/sheet")
    assert sheet.needs == ("reference/library", "reference/school")
    assert (sheet.municipality, sheet.folder) == ("", "national/sheet")
    # Last of all: every reference run comes before it.
    assert plan.runs[-1] == sheet


def test_a_book_of_a_unit_or_a_service_has_a_folder_of_its_own_in_its_edition_s(batch, press) -> None:
    assert set(ends(batch).values()) == {"done"}
    for folder in ("full", "director", "council", "service/library", "service/school", "unit/school-2"):
        assert (batch.build / "9901" / folder / "_report/index.html").is_file()
    assert len(press.made) == len(set(press.made)) == 3 * (3 + 2 + 3) + 1
    record = read_record(batch.build / "9901/unit")
    assert sorted(record["files"]) == [
        f"{unit}/_report/index.html" for unit in ("library-9901", "school-1", "school-2")
    ]
    assert [name for name, _ in report_folders(batch.build)] == sorted(
        run.id for run in make_plan(batch.batch, batch.build, notebooks=batch.notebooks).runs
        if run.kind == "report"
    )  # fmt: skip


def test_all_books_of_a_build_are_found_to_be_rendered_again(batch) -> None:
    ends(batch)
    (batch.build / "_protected/stale/9901").mkdir(parents=True)
    (batch.build / "_protected/stale/9901/_quarto.yml").touch()
    found = [book.relative_to(batch.build).as_posix() for book in books_of(batch.build)]
    assert len(found) == 3 * (3 + 2 + 3) + 1
    assert {"9902/full", "9902/service/school", "9902/unit/school-1", "national/sheet"} <= set(found)


def test_nothing_is_made_twice(batch, press) -> None:
    ends(batch)
    press.made.clear()
    assert set(ends(batch).values()) == {"unchanged"}
    assert press.made == []


def test_a_changed_answer_makes_all_editions_of_the_municipality_and_the_sheet_again(batch) -> None:
    ends(batch)
    batch.write_answers("school", {"9901": [4, 5, 6, 3, 4], "9902": [1, 1], "9903": [4, 5, 6, 3, 4]})
    assert made_of(ends(batch)) == {
        *("reference/school", "9902/school", "9902/municipality", "national/sheet"),
        *(f"9902/{edition}" for edition in ALL[:-1]),
    }


def test_a_file_that_is_gone_makes_its_edition_again_and_no_other(batch, press) -> None:
    ends(batch)
    (batch.build / "9903/unit/school-1/_report/index.html").unlink()
    press.made.clear()
    assert made_of(ends(batch)) == {"9903/unit"}
    assert press.made == [f"9903/unit/{unit}" for unit in ("library-9901", "school-1", "school-2")]


@pytest.mark.parametrize(
    ("only", "reports"),
    [
        ("9902", {f"9902/{edition}" for edition in ALL[:-1]}),
        ("9902/council", {"9902/council"}),
        ("national", {"national/sheet"}),
        ("national/sheet", {"national/sheet"}),
    ],
)
def test_only_takes_one_edition_or_the_sheet_alone(batch, only, reports) -> None:
    plan = make_plan(batch.batch, batch.build, notebooks=batch.notebooks, only=(only,))
    assert {run.id for run in plan.runs if run.kind == "report"} == reports


def test_only_names_the_nearest_edition(batch) -> None:
    with pytest.raises(SettingsError, match="did you mean '9901/council'"):
        make_plan(batch.batch, batch.build, notebooks=batch.notebooks, only=("9901/counsil",))


def test_the_sheet_cannot_be_asked_for_where_the_batch_makes_none(batch) -> None:
    batch.write_batch(editions=["full"])
    with pytest.raises(SettingsError, match="no such municipality"):
        make_plan(batch.batch, batch.build, notebooks=batch.notebooks, only=("national",))


def test_editions_that_the_batch_no_longer_names_are_set_aside(batch) -> None:
    ends(batch)
    batch.write_batch(editions=["full"])
    assert set(ends(batch).values()) == {"unchanged"}
    assert {name for name, _ in report_folders(batch.build)} == {"9901/full", "9902/full", "9903/full"}
    assert not (batch.build / "national").exists()
    assert (batch.build / "_protected/stale/9902/council/_report/index.html").is_file()


def test_a_book_that_fails_fails_its_edition_by_name_and_no_other(batch, press) -> None:
    press.fails = "9901/unit/school-1"
    result = run_batch(batch.batch, batch.build, notebooks=batch.notebooks, workers=2)
    (failed,) = result.failed
    assert (failed.id, failed.error) == ("9901/unit", "RenderError")
    assert "9901/unit/school-1" in failed.message
    assert "index.qmd, line 3" in failed.message
    assert "no report: 9901/unit" in str(result)
    assert "in the book 9901/unit/school-1" in (batch.build / failed.recorded).read_text()
    # None of its books passes for this round's, and no file tells the reason outside the protected folder.
    assert not (batch.build / "9901/unit").exists()
    assert (batch.build / "_protected/stale/9901/unit/library-9901").is_dir()
    assert "school-1" not in (batch.build / "runs.jsonl").read_text()
    press.fails = ""
    assert made_of(ends(batch)) == {"9901/unit"}
    assert not (batch.build / "_protected/stale/9901/unit").exists()


def test_a_unit_that_has_no_book_any_more_loses_its_old_one(batch, press) -> None:
    ends(batch)
    press.units = {"school": ["school-1"]}
    ends(batch, only=("9901",), force=True)
    assert sorted(p.name for p in (batch.build / "9901/unit").iterdir()) == ["run.json", "school-1"]
    assert sorted(p.name for p in (batch.build / "9901/service").iterdir()) == ["run.json", "school"]


def test_an_edition_without_any_book_stands_with_none(batch, press) -> None:
    press.units = {}
    assert ends(batch)["9901/unit"] == "done"
    assert json.loads((batch.build / "9901/unit/run.json").read_text())["files"] == {}


def test_a_killed_report_leaves_no_record_of_an_older_one(batch, press, monkeypatch) -> None:
    ends(batch)
    seen = []

    def make(sources, book, *, formats):
        seen.append((Path(sources.build) / "9902/full/run.json").exists())
        return ()

    monkeypatch.setattr("analysis.report.make_book", make)
    run = make_plan(batch.batch, batch.build, notebooks=batch.notebooks).run("9902/full")
    assert make_report(run, build=batch.build, key=run.key_parts).outcome == "done"
    assert seen == [False]


@pytest.mark.parametrize("name", ["council", "national", "municipality"])
def test_a_service_cannot_be_called_as_an_edition_is(batch, name) -> None:
    from analysis.survey import Questionnaire, write_questionnaire

    asked = {"service": name, "name": "A name", "items": ({"id": "q1", "text": "How is it?"},)}
    write_questionnaire(batch.store, Questionnaire.model_validate(asked))
    batch.write_answers(name, {"9901": [4, 5, 6, 3, 4]})
    with pytest.raises(SettingsError, match="needs itself"):
        make_plan(batch.batch, batch.build, notebooks=batch.notebooks)


def test_a_wrong_edition_in_a_batch_file_is_named_with_the_nearest_one(batch) -> None:
    batch.write_batch(editions=["full", "counsil"])
    with pytest.raises(SettingsError) as caught:
        assert batch.batch
    assert caught.value.where.endswith("tiny.yaml: editions[1]")
    assert caught.value.found == "'counsil'"
    assert caught.value.todo == "did you mean 'council'?"
