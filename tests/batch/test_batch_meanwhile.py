"""What is changed while a batch is at work does not end as results of its plan."""

from dataclasses import replace

import pytest

from analysis.batch import Outcome, fingerprint, keep_batch_file, make_plan
from analysis.batch.folder import RECORD, write_record
from analysis.batch.meanwhile import drop_outdated
from analysis.batch.summary import BatchResult


@pytest.fixture
def made(tiny):
    """The plan of a batch whose every run has just left its record."""
    plan = make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks)
    plan = replace(plan, batch=keep_batch_file(tiny.batch, tiny.build))
    for run in plan.runs:
        (tiny.build / run.folder).mkdir(parents=True)
        write_record(tiny.build / run.folder, {"id": run.id})
    return plan, tuple(Outcome(id=run.id, outcome="done") for run in plan.runs)


def without_record(plan) -> set[str]:
    return {run.id for run in plan.runs if not (plan.build / run.folder / RECORD).exists()}


def test_where_nothing_was_changed_every_record_stands(made) -> None:
    assert drop_outdated(*made) == ()
    assert without_record(made[0]) == set()


def test_runs_whose_answers_were_imported_anew_lose_their_records(tiny, made) -> None:
    plan, outcomes = made
    tiny.write_answers("school", {"9901": [4, 5, 6, 3, 4], "9902": [1, 2], "9903": [4, 5, 6, 3, 4]})
    # One of them was not made by this batch: its record says with which key it was.
    kept = tuple(replace(o, outcome="unchanged") if o.id == "9902/full" else o for o in outcomes)
    outdated = drop_outdated(plan, kept)
    assert set(outdated) == without_record(plan) == {"reference/school", "9902/school", "9902/municipality"}
    result = BatchResult(plan, kept, 1.0, outdated=outdated)
    assert result.exit_code == 1
    assert "changed meanwhile, run again: reference/school, 9902/school" in str(result)


def test_source_that_was_edited_meanwhile_is_seen_though_its_hash_was_known(made, monkeypatch) -> None:
    plan, outcomes = made
    monkeypatch.setattr(fingerprint, "tree_hash", lambda *_: "of other source")
    try:
        assert drop_outdated(plan, outcomes) == tuple(run.id for run in plan.runs)
    finally:
        fingerprint.source_hash.cache_clear()


def test_a_report_of_outdated_runs_goes_with_them_though_nothing_of_its_own_was_changed(tiny, made) -> None:
    plan, outcomes = made
    tiny.write_notebooks(service="'another figure'")
    outdated = set(drop_outdated(plan, outcomes))
    services = {run.id for run in plan.runs if run.kind == "service"}
    assert outdated == services | {"9901/full", "9902/full", "9903/full"}
    # Other notebooks read the services' facts alone, by which they are known.
    assert "9901/municipality" not in outdated


def test_a_notebook_that_cannot_be_read_at_the_end_costs_its_own_runs_and_their_reports(tiny, made) -> None:
    plan, outcomes = made
    (tiny.notebooks / "municipality.ipynb").write_text("<<<<<<< ours")
    places = ("9901", "9902", "9903")
    expected = {f"{place}/{name}" for place in places for name in ("municipality", "full")}
    assert set(drop_outdated(plan, outcomes)) == expected


def test_a_run_that_ended_without_its_record_is_named_though_the_edit_was_undone(made) -> None:
    plan, outcomes = made
    (plan.build / "9903/runs/school" / RECORD).unlink()
    assert set(drop_outdated(plan, outcomes)) == {"9903/school", "9903/full"} == without_record(plan)


def test_data_that_cannot_be_read_at_the_end_leave_no_record(tiny, made) -> None:
    tiny.store.rename(tiny.root / "gone")
    assert set(drop_outdated(*made)) == without_record(made[0]) == {run.id for run in made[0].runs}
