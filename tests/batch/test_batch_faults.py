"""Faults of the machinery and of the disk, without a kernel."""

import datetime as dt
import errno
import json

import pytest

from analysis.batch import execute as module
from analysis.batch import make_plan
from analysis.batch.execute import execute
from analysis.batch.failure import told
from analysis.batch.folder import FACTS, NOTEBOOK, RECORD, clear_leftovers
from analysis.batch.key import Key
from analysis.batch.runlog import log_line
from analysis.core.errors import DataError


@pytest.fixture
def school(tiny):
    tiny.build.mkdir()
    return make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks).run("9901/school")


def tried(tiny, run, monkeypatch, error: Exception, *, begun: bool) -> tuple[int, object]:
    """Execute with a papermill that saves a notebook and raises; return the number of tries and the end."""
    attempts = []

    def papermill(part, notebook, parameters, scratch, guard):
        attempts.append(part)
        scratch.mkdir()
        cell = {"metadata": {"papermill": {"start_time": "2025" if begun else None}}}
        (part / NOTEBOOK).write_text(json.dumps({"cells": [cell]}))
        raise error

    monkeypatch.setattr(module, "_with_papermill", papermill)
    notebook, key = tiny.notebooks / "service.ipynb", Key({"answers": "a"})
    outcome = execute(run, build=tiny.build, notebook=notebook, key=key)
    assert not any(part.exists() for part in attempts)
    return len(attempts), outcome


def test_a_kernel_that_does_not_come_up_is_tried_twice(tiny, school, monkeypatch) -> None:
    count, outcome = tried(tiny, school, monkeypatch, RuntimeError("Kernel didn't respond"), begun=False)
    assert (count, outcome.outcome, outcome.error) == (2, "failed", "RuntimeError")


def test_an_error_in_a_cell_is_not_tried_again(tiny, school, monkeypatch) -> None:
    count, outcome = tried(tiny, school, monkeypatch, RuntimeError("in a cell"), begun=True)
    assert (count, outcome.outcome) == (1, "failed")
    assert "in a cell" not in outcome.message + log_line(outcome, "service", dt.datetime.now(dt.UTC))


def test_facts_of_a_lost_attempt_do_not_pass_for_those_of_the_second(tiny, school, monkeypatch) -> None:
    seen = []

    def papermill(part, notebook, parameters, scratch, guard):
        seen.append(sorted(path.name for path in part.iterdir()))
        scratch.mkdir()
        (part / FACTS).touch()
        guard.lost = True
        raise RuntimeError("the template went away")

    monkeypatch.setattr(module, "_with_papermill", papermill)
    notebook, key = tiny.notebooks / "service.ipynb", Key({"answers": "a"})
    execute(school, build=tiny.build, notebook=notebook, key=key)
    assert seen == [[], []]


def test_a_worker_that_was_left_behind_does_not_touch_what_a_later_batch_made(
    tiny, school, monkeypatch
) -> None:
    made = tiny.build / school.folder

    def papermill(part, notebook, parameters, scratch, guard):
        clear_leftovers(tiny.build)
        made.mkdir(parents=True)
        (made / RECORD).write_text("the later batch's")
        raise FileNotFoundError(errno.ENOENT, "gone")

    monkeypatch.setattr(module, "_with_papermill", papermill)
    notebook, key = tiny.notebooks / "service.ipynb", Key({"answers": "a"})
    outcome = execute(school, build=tiny.build, notebook=notebook, key=key)
    assert (outcome.outcome, outcome.error) == ("failed", "FileNotFoundError")
    assert (made / RECORD).read_text() == "the later batch's"
    assert not (tiny.build / "_protected").exists()


def test_a_full_disk_fails_the_run_and_leaves_nothing_that_looks_whole(tiny, school, monkeypatch) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    old = tiny.build / school.folder
    old.mkdir(parents=True)
    (old / "run.json").write_text('{"outcome": "done", "key": "old", "files": {}}')
    count, outcome = tried(tiny, school, monkeypatch, full, begun=False)
    assert (count, outcome.error, outcome.message) == (1, "OSError", "No space left on device")
    assert not old.exists()
    assert [p.name for p in (tiny.build / "9901/runs").iterdir()] == []


def test_a_failure_that_cannot_be_recorded_is_still_a_failure(tiny, school, monkeypatch) -> None:
    def no_room(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("analysis.batch.failure.write_text", no_room)
    _, outcome = tried(tiny, school, monkeypatch, ValueError("x"), begun=True)
    assert (outcome.outcome, outcome.recorded) == ("failed", "")


def test_only_words_of_the_projects_own_errors_are_told() -> None:
    papermill = pytest.importorskip("papermill.exceptions").PapermillExecutionError
    ours = papermill(1, 1, "code", "TooFewAnswers", "too few answers", [])
    other = papermill(1, 1, "code", "KeyError", "'answer of Kari'", [])
    system = papermill(1, 1, "code", "OSError", "[Errno 28] No space left on device: 'kari.csv'", [])
    assert told(system) == ("OSError", "No space left on device")
    assert told(ours) == ("TooFewAnswers", "too few answers")
    assert told(other) == ("KeyError", "")
    assert told(DataError("no file", where="a.csv")) == ("DataError", "a.csv: no file")
    # pandas and DuckDB have an error of that name, too.
    words = str(DataError("no file", where="a.csv", todo="look for it"))
    assert told(papermill(1, 1, "code", "DataError", words, [])) == ("DataError", words)
    theirs = papermill(1, 1, "code", "DataError", "no numeric types in 'answer of Kari'", [])
    assert told(theirs) == ("DataError", "")
