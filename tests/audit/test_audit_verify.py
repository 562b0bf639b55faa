"""A build is made again and compared: a copy is clean, changed data are found."""

import shutil
import sys

import pandas as pd
import pytest

from analysis.audit import describe_build, describe_environment, verify
from analysis.batch import Outcome, keep_batch_file, make_plan, run_batch
from analysis.batch.plan import write_plan
from analysis.core.errors import BuildError
from analysis.facts import Fact, tabulate


def test_a_copied_build_is_clean_and_a_changed_answer_is_named(tiny) -> None:
    run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, only=("reference/school",), workers=1)
    copy = tiny.root / "elsewhere" / "deeper" / "copy"
    shutil.copytree(tiny.build, copy)

    with pytest.raises(BuildError, match="--data FOLDER"):
        verify(copy, notebooks=tiny.notebooks)
    clean = verify(copy, data=tiny.store, notebooks=tiny.notebooks, workers=1)
    assert (clean.runs, clean.facts, clean.differences, clean.exit_code) == (1, 1, (), 0)
    assert "no fact differs" in str(clean)
    # Only what the build holds is made again, and what it lacks is said.
    assert "no results of them: reference/library" in str(clean)

    # A changed answer, and a number that somebody has written into the report's own copy of the facts.
    tiny.write_answers("school", {"9901": [4, 5, 6, 3, 5], "9902": [4, 5, 6, 3, 4], "9903": [4, 5, 6, 3, 4]})
    book = copy / "reference" / "full" / "facts"
    book.mkdir(parents=True)
    pd.read_parquet(copy / "reference/school/facts.parquet").assign(value=6.0).to_parquet(
        book / "school.parquet"
    )
    (copy / "reference/full").rename(copy / "reference/full")
    again = verify(copy, data=tiny.store, notebooks=tiny.notebooks, workers=1)
    assert again.exit_code == 1
    # 66 / 15 = 4.4 before, 67 / 15 = 4.466... now.
    assert [str(d) for d in again.differences] == [
        "reference/school: -/school/mean: value 4.4 in the build, 4.466666666666667 now",
        "reference/full: -/school/mean: value 6.0 in the build, 4.466666666666667 now",
    ]
    assert "not the build's for any run" in str(again)


def test_a_run_that_fails_when_it_is_made_again_is_a_difference(tiny, monkeypatch) -> None:
    # The face's function hides the module of the same name.
    module = sys.modules["analysis.audit.verify"]
    run_batch_of_nothing(tiny, monkeypatch)
    folder = tiny.build / "9901/runs/school"
    folder.mkdir(parents=True)
    tabulate(()).to_parquet(folder / "facts.parquet")
    failed = Outcome(id="9901/school", outcome="failed", error="ValueError")
    monkeypatch.setattr(module, "carry_out_watched", lambda plan, **_: (failed,))
    found = verify(tiny.build, notebooks=tiny.notebooks)
    assert [str(d) for d in found.differences] == [
        "9901/school: (the whole run): made in the build, failed with ValueError now"
    ]


def test_a_folder_that_is_no_build_or_has_no_results_is_refused(tiny, monkeypatch) -> None:
    with pytest.raises(BuildError, match="no build folder"):
        verify(tiny.root)
    run_batch_of_nothing(tiny, monkeypatch)
    with pytest.raises(BuildError, match="no results to verify"):
        verify(tiny.build, notebooks=tiny.notebooks)


def test_a_build_is_not_verified_in_itself(tiny, monkeypatch) -> None:
    run_batch_of_nothing(tiny, monkeypatch)
    (tiny.build / "reference/school").mkdir(parents=True)
    (tiny.build / "reference/school/facts.parquet").touch()
    with pytest.raises(BuildError, match="in itself"):
        verify(tiny.build, into=tiny.build, notebooks=tiny.notebooks)


def test_a_manifest_names_versions_and_the_hash_of_every_runs_facts(tiny, monkeypatch) -> None:
    run_batch_of_nothing(tiny, monkeypatch)
    manifest = describe_build(tiny.build)
    assert manifest["batch"] == "tiny"
    assert manifest["versions"] == describe_environment()["versions"]
    assert manifest["runs"]["9901/school"] == {"key": "", "facts": ""}
    assert set(manifest["versions"]) >= {"python", "pandas", "statsmodels", "papermill"}


def test_a_book_of_one_service_is_compared_with_what_it_is_given_of_the_municipality(tmp_path) -> None:
    module = sys.modules["analysis.audit.verify"]
    facts = tabulate([Fact(statistic="x", service=name, value=1.0) for name in ("school", "library", "")])
    for book, given in (("unit/s1", ["school", ""]), ("full", ["school", "library", ""])):
        folder = tmp_path / "9901" / book / "facts"
        folder.mkdir(parents=True)
        for name in ("school", "municipality"):
            (folder / f"{name}.parquet").touch()
        compared = module._as_copied(facts, folder / "municipality.parquet", tmp_path)
        assert list(compared["service"]) == given
        assert len(module._as_copied(facts, folder / "school.parquet", tmp_path)) == 3


def run_batch_of_nothing(tiny, monkeypatch) -> None:
    """Leave a build folder with its plan, whose runs were not made."""
    keep_batch_file(tiny.batch, tiny.build)
    write_plan(make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks))
