"""Faults of the machinery and of the disk, without a kernel."""

import errno
import json

import pytest

from analysis.batch import execute as module
from analysis.batch import make_plan, reports
from analysis.batch.execute import execute
from analysis.batch.failure import told
from analysis.batch.folder import NOTEBOOK
from analysis.batch.reports import make_report
from analysis.core.errors import DataError, RenderError


@pytest.fixture
def school(tiny):
    tiny.build.mkdir()
    return make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks).run("9901/school")


def tried(tiny, run, monkeypatch, error: Exception, *, begun: bool) -> tuple[int, object]:
    """Execute with a papermill that saves a notebook and raises; return the number of tries and the end."""
    attempts = []

    def papermill(part, notebook, parameters, scratch):
        attempts.append(part)
        scratch.mkdir()
        cell = {"metadata": {"papermill": {"start_time": "2025" if begun else None}}}
        (part / NOTEBOOK).write_text(json.dumps({"cells": [cell]}))
        raise error

    monkeypatch.setattr(module, "_with_papermill", papermill)
    outcome = execute(run, build=tiny.build, notebook=tiny.notebooks / "service.ipynb", key="k")
    assert not any(part.exists() for part in attempts)
    return len(attempts), outcome


def test_a_kernel_that_does_not_come_up_is_tried_twice(tiny, school, monkeypatch) -> None:
    count, outcome = tried(tiny, school, monkeypatch, RuntimeError("Kernel didn't respond"), begun=False)
    assert (count, outcome.outcome, outcome.error) == (2, "failed", "RuntimeError")


def test_an_error_in_a_cell_is_not_tried_again(tiny, school, monkeypatch) -> None:
    count, outcome = tried(tiny, school, monkeypatch, RuntimeError("in a cell"), begun=True)
    assert (count, outcome.outcome) == (1, "failed")
    assert "in a cell" not in outcome.message + outcome.line()


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


def report_run(tiny):
    from analysis.batch import keep_batch_file

    keep_batch_file(tiny.batch, tiny.build)
    return make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks).run("9902/full")


def test_a_report_is_recorded_with_its_files_once_it_is_rendered(tiny, monkeypatch) -> None:
    run = report_run(tiny)
    seen = {}

    def assemble(build, municipality, edition, batch):
        book = build / municipality / edition
        (book / "_report").mkdir(parents=True)
        seen.update(municipality=municipality, edition=edition, record=(book / "run.json").exists())
        return book

    def render(book, *, formats):
        from types import SimpleNamespace

        path = book / "_report" / "index.html"
        path.write_text("report")
        return SimpleNamespace(files={"html": path})

    (tiny.build / "9902").mkdir()
    monkeypatch.setattr("analysis.report.assemble", assemble, raising=False)
    monkeypatch.setattr("analysis.report.render", render, raising=False)
    outcome = make_report(run, build=tiny.build, key="k")
    assert outcome.outcome == "done"
    assert seen == {"municipality": "9902", "edition": "full", "record": False}
    record = json.loads((tiny.build / "9902/full/run.json").read_text())
    assert record["key"] == "k"
    assert list(record["files"]) == ["_report/index.html"]


def test_a_report_that_cannot_be_rendered_is_set_aside(tiny, monkeypatch) -> None:
    run = report_run(tiny)

    def assemble(build, municipality, edition, batch):
        (build / municipality / edition).mkdir(parents=True)
        return build / municipality / edition

    def render(book, *, formats):
        raise RenderError("unknown shortcode", where="index.qmd, line 3")

    monkeypatch.setattr("analysis.report.assemble", assemble, raising=False)
    monkeypatch.setattr("analysis.report.render", render, raising=False)
    outcome = reports.make_report(run, build=tiny.build, key="k")
    assert (outcome.outcome, outcome.error) == ("failed", "RenderError")
    assert "index.qmd, line 3" in outcome.message
    assert not (tiny.build / "9902/full").exists()
    assert (tiny.build / "_protected/stale/9902/full").is_dir()
