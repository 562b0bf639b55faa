"""What a batch would make is told with the reason, nothing is written, and it is what is then made."""

import os

import nbformat
import pytest
from pretended import InProcess, pretend

from analysis.batch import make_plan, read_intents, run_batch, schedule
from analysis.batch.folder import INDEX, RECORD
from analysis.batch.key import Key

ALL_SAME = {"9901": [4, 5, 6, 3, 4], "9902": [4, 5, 6, 3, 4], "9903": [4, 5, 6, 3, 4]}
#: One answer of one municipality is another: its last 4 is a 2.
ONE_ANSWER = ALL_SAME | {"9902": [4, 5, 6, 3, 2]}


@pytest.fixture
def made(tiny, monkeypatch):
    """A build in which everything stands."""
    monkeypatch.setattr(schedule, "Pool", InProcess)
    monkeypatch.setattr(schedule, "execute", pretend)
    monkeypatch.setattr(schedule, "make_report", pretend)
    monkeypatch.setattr("analysis.report.write_index", lambda build, batch: None, raising=False)
    assert set(run(tiny).values()) == {"done"}
    return tiny


def run(tiny) -> dict[str, str]:
    result = run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, workers=2)
    return {o.id: o.outcome for o in result.outcomes}


def read(tiny, **options):
    return read_intents(make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks, **options))


def why(tiny, **options) -> dict[str, tuple[str, str]]:
    found = read(tiny, **options).intents
    return {intent.id: (intent.ending, intent.why) for intent in found if intent.ending != "unchanged"}


def test_an_empty_build_would_get_every_run(tiny) -> None:
    assert set(why(tiny).values()) == {("run", "not made yet")}
    assert not tiny.build.exists()


def test_where_nothing_has_changed_nothing_would_run(made) -> None:
    assert why(made) == {}
    assert str(read(made)) == "12 runs: 12 unchanged"


def test_one_answer_redoes_its_service_there_the_national_stage_and_what_is_made_of_them(made) -> None:
    made.write_answers("school", ONE_ANSWER)
    told = why(made)
    assert told == {
        "reference/school": ("run", "changed: answers"),
        "9902/school": ("run", "changed: answers"),
        "9902/municipality": ("run", "changed: answers"),
        "9902/full": ("run", "changed: data, results of 9902/school, results of 9902/municipality"),
        # The national figures may come out as before, to the three decimals that they are saved with.
        "9901/school": ("depends", "results of reference/school"),
        "9903/school": ("depends", "results of reference/school"),
        "9901/municipality": ("depends", "results of 9901/school"),
        "9903/municipality": ("depends", "results of 9903/school"),
        "9901/full": ("depends", "results of 9901/school, results of 9901/municipality"),
        "9903/full": ("depends", "results of 9903/school, results of 9903/municipality"),
    }
    before = {name: (made.build / name / RECORD).read_bytes() for name in ("9901/runs/school", "9903/full")}
    ends = run(made)
    # The pretended national facts are always the same, so that what only depended on them stands.
    assert {name for name, end in ends.items() if end == "done"} == {
        name for name, (ending, _) in told.items() if ending == "run"
    }
    assert before == {name: (made.build / name / RECORD).read_bytes() for name in before}


def test_a_national_figure_that_changed_redoes_exactly_what_reads_it(made) -> None:
    made.write_answers("school", ONE_ANSWER)
    (made.root / "wanted").mkdir()
    (made.root / "wanted" / "reference-school").write_text("another national figure")
    ends = run(made)
    done = {name for name, end in ends.items() if end == "done"}
    # The services' own facts come out as before: the municipalities' notebooks that read them stand, and the
    # reports, which hold the services' notebooks, are made anew.
    assert done == {
        *("reference/school", "9901/school", "9902/school", "9903/school"),
        *("9902/municipality", "9901/full", "9902/full", "9903/full"),
    }
    assert ends["9901/library"] == ends["reference/library"] == "unchanged"


def test_each_part_that_differs_is_named(made, monkeypatch) -> None:
    made.write_batch(language="en")
    assert why(made)["9901/school"] == ("run", "changed: language")
    made.write_batch(title="Another title")
    assert why(made)["reference/school"] == ("run", "changed: settings")
    made.write_batch()
    monkeypatch.setattr("analysis.batch.fingerprint.environment_hash", lambda: "other versions")
    assert why(made)["9901/library"] == ("run", "changed: versions")


def test_a_changed_notebook_is_named_with_what_is_made_of_it(made) -> None:
    path = made.notebooks / "municipality.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells.append(nbformat.v4.new_markdown_cell("A word more."))
    nbformat.write(book, path)
    assert why(made, only=("9902",)) == {
        "9902/municipality": ("run", "changed: notebook"),
        "9902/full": ("run", "changed: results of 9902/municipality"),
    }


def test_what_is_missing_broken_failed_or_forced_is_told_apart(made) -> None:
    (made.build / "9901/runs/library" / RECORD).unlink()
    assert why(made)["9901/library"] == ("run", "not whole")
    (made.build / "_protected/9901/library").mkdir(parents=True)
    assert why(made)["9901/library"] == ("run", "failed the last time")
    forced = why(made, only=("9902/school",), force=True)
    assert set(forced.values()) == {("run", "forced")}
    assert set(forced) == {"9902/school", "9902/municipality", "9902/full"}


def test_runs_are_counted_for_each_reason_and_named_as_far_as_there_is_room(made) -> None:
    made.write_batch(title="Another title")
    told = str(read(made))
    assert told.splitlines()[:4] == [
        "12 runs: 12 would run",
        "",
        "would run:",
        "  9: changed: settings",
    ]
    assert " and 1 more" in told
    assert " more" not in read(made).told(every=True)
    assert "9903/municipality" in read(made).told(every=True)


def test_a_record_without_parts_is_of_an_older_package() -> None:
    assert Key({"answers": "a"}).changed({"key": "k"}) == ("code",)
    assert Key({"answers": "a"}).changed({"parts": {"answers": "a", "weather": "w"}}) == ("weather",)


def test_the_index_is_written_again_only_where_it_is_older_than_a_report(made, monkeypatch) -> None:
    written = []
    monkeypatch.setattr("analysis.report.write_index", lambda build, batch: written.append(build))
    run(made)
    assert len(written) == 1, "there was none"
    (made.build / INDEX).write_text("index")
    run(made)
    assert len(written) == 1
    # As a kill between the last report and the index leaves it.
    later = (made.build / INDEX).stat().st_mtime + 10
    os.utime(made.build / "9903/full" / RECORD, (later, later))
    run(made)
    assert len(written) == 2
    made.write_batch(municipalities=["9901", "9902"])
    run(made)
    assert len(written) == 3, "a report was moved away"
