"""A result is written down under its run's key only where it was made of what the key names."""

import os

import pytest

from analysis.batch import make_plan, run_batch
from analysis.batch.execute import execute
from analysis.batch.fingerprint import NOTEBOOK_ROOMS, REPORT_ROOMS, source_hash, tree_hash
from analysis.batch.folder import FACTS, RECORD
from analysis.batch.key import Key
from analysis.batch.same_source import is_as_planned, source_now, tree_now


@pytest.fixture
def run(tiny):
    return make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks).run("9902/school")


@pytest.mark.parametrize("rooms", [NOTEBOOK_ROOMS, REPORT_ROOMS])
def test_the_source_as_it_is_now_is_what_keys_name(rooms) -> None:
    assert source_now(rooms) == source_hash(rooms)


def test_a_tree_is_read_again_when_a_file_in_it_is_changed_comes_or_goes(tmp_path) -> None:
    (tmp_path / "room" / "inner").mkdir(parents=True)
    (file := tmp_path / "room" / "inner" / "a.py").write_text("1")
    parts = ("room",)
    seen = [tree_now(parts, tmp_path)]

    def now(nanoseconds: int) -> str:
        # Times as far apart as two edits by hand are.
        for path in (file, file.parent):
            os.utime(path, ns=(nanoseconds, nanoseconds))
        return tree_now(parts, tmp_path)

    file.write_text("2")
    seen.append(now(10**18))
    (other := file.with_name("b.py")).write_text("3")
    seen.append(now(10**18 + 1))
    assert len(set(seen)) == 3
    assert seen[-1] == tree_hash([tmp_path / "room"], tmp_path)
    other.unlink()
    assert now(10**18 + 2) == seen[1]


def test_a_run_is_as_planned_until_its_notebook_or_the_source_is_another(tiny, run) -> None:
    notebook = tiny.notebooks / run.notebook
    assert is_as_planned(run.key_parts, NOTEBOOK_ROOMS, notebook)
    assert not is_as_planned(Key({**run.key_parts.parts, "code": "other"}), NOTEBOOK_ROOMS, notebook)
    tiny.write_notebooks(service="2")
    assert not is_as_planned(run.key_parts, NOTEBOOK_ROOMS, notebook)
    tiny.write_notebooks()
    assert is_as_planned(run.key_parts, NOTEBOOK_ROOMS, notebook)
    notebook.unlink()
    assert not is_as_planned(run.key_parts, NOTEBOOK_ROOMS, notebook)


def test_a_run_of_another_notebook_than_was_planned_is_made_again_though_its_batch_had_no_end(
    tiny, run
) -> None:
    options = {"notebooks": tiny.notebooks, "reports": False, "only": ["9902/school"]}
    run_batch(tiny.batch, tiny.build, **options)
    # Edited while the batch is at work, which is then killed, and the edit is undone.
    tiny.write_notebooks(service="rows = rows.assign(q1=0)")
    key = make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks).run(run.id).key_parts
    assert key.parts["notebook"] != run.key_parts.parts["notebook"]
    made = execute(run, build=tiny.build, notebook=tiny.notebooks / run.notebook, key=run.key_parts)
    assert made.outcome == "done"
    folder = tiny.build / run.folder
    assert (folder / FACTS).is_file()
    assert not (folder / RECORD).exists()
    tiny.write_notebooks()
    again = run_batch(tiny.batch, tiny.build, **options)
    assert {o.id for o in again.outcomes if o.outcome == "done"} == {"9902/school"}
