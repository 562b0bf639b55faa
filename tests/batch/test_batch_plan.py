"""A plan holds the right runs, and its keys change with what a run depends on and with nothing else."""

import ast
import json
from importlib import metadata
from pathlib import Path

import nbformat
import pytest

import analysis
from analysis.batch import make_plan
from analysis.batch.fingerprint import NOTEBOOK_ROOMS, environment_hash
from analysis.batch.plan import read_plan, write_plan
from analysis.core.errors import BuildError, DataError, SettingsError, TilstandError
from analysis.core.quarto import Quarto

#: Makes a synthetic batch's data where there are none; what it made is in the key as data.
MAKES_DATA = {"batch/demodata.py"}
#: Bound kernels or make their processes; what a kernel then is and shows comes from others.
FORKS_AND_WATCHES = {"batch/kernels/guard.py", "batch/kernels/provisioner.py"}


def plan(tiny, **options):
    return make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks, **options)


def keys(tiny) -> dict[str, str]:
    return {run.id: run.key for run in plan(tiny).runs}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_every_municipality_gets_the_services_that_it_has(tiny) -> None:
    assert [run.id for run in plan(tiny).runs] == [
        *("reference/library", "reference/school"),
        *("9901/library", "9901/school", "9901/municipality", "9901/full"),
        *("9902/school", "9902/municipality", "9902/full"),
        *("9903/school", "9903/municipality", "9903/full"),
    ]


def test_a_run_comes_after_what_it_needs_and_reads_it_by_a_relative_path(tiny) -> None:
    runs = {run.id: run for run in plan(tiny).runs}
    school = runs["9901/school"]
    assert school.folder == "9901/runs/school"
    assert school.parameters == {
        "batch_file": "../../../batch.yaml",
        "municipality": "9901",
        "service": "school",
        "reference": "../../../reference/school",
        "output": ".",
        "report": True,
    }
    assert (tiny.build / school.folder / "../../../reference/school").resolve() == (
        tiny.build.resolve() / runs["reference/school"].folder
    )
    order = list(runs)
    assert all(order.index(need) < order.index(name) for name, run in runs.items() for need in run.needs)


def test_changed_answers_change_the_keys_of_the_runs_that_read_them(tiny) -> None:
    before = keys(tiny)
    tiny.write_answers("school", {"9901": [4, 5, 6, 3, 4], "9902": [1, 2], "9903": [4, 5, 6, 3, 4]})
    # The report's own key too: its colophon says which data there are.
    assert changed(before, keys(tiny)) == {
        "reference/school", "9902/school", "9902/municipality", "9902/full",
    }  # fmt: skip


def test_settings_that_readers_see_change_every_key_and_the_choice_of_places_changes_none(tiny) -> None:
    before = keys(tiny)
    tiny.write_batch(municipalities=["9901"], data="../../" + tiny.root.name + "/data")
    chosen = keys(tiny)
    assert changed({name: before[name] for name in chosen}, chosen) == set()
    tiny.write_batch(formats=["html"])
    assert changed(before, keys(tiny)) == {"9901/full", "9902/full", "9903/full"}
    tiny.write_batch(title="Another title")
    assert changed(before, keys(tiny)) == set(before)


def test_a_changed_cell_changes_the_keys_of_its_notebook_and_an_output_does_not(tiny) -> None:
    before = keys(tiny)
    path = tiny.notebooks / "municipality.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells[1].outputs = [nbformat.v4.new_output("stream", text="seen")]
    book.cells[1].execution_count = 7
    nbformat.write(book, path)
    assert changed(before, keys(tiny)) == set()
    book.cells.append(nbformat.v4.new_markdown_cell("A word more."))
    nbformat.write(book, path)
    assert changed(before, keys(tiny)) == {f"{place}/municipality" for place in ("9901", "9902", "9903")}


def test_only_takes_the_named_runs_and_what_they_need(tiny) -> None:
    assert [run.id for run in plan(tiny, only=("9902",)).runs] == [
        *("reference/school", "9902/school", "9902/municipality", "9902/full")
    ]
    assert [run.id for run in plan(tiny, only=("9901/library",)).runs] == [
        "reference/library",
        "9901/library",
    ]


@pytest.mark.parametrize(
    ("only", "found", "todo"),
    [
        ("9911", "'9911'", "9901"),
        ("9901/scool", "'9901/scool'", "9901/school"),
        ("9902/library", "'9902/library'", ""),
        ("../9901", "'../9901'", ""),
        ("<b>", "'<b>'", ""),
    ],
)
def test_only_names_what_is_not_in_the_batch(tiny, only, found, todo) -> None:
    with pytest.raises(SettingsError) as caught:
        plan(tiny, only=(only,))
    assert caught.value.where == "--only"
    assert caught.value.found == found
    assert todo in caught.value.todo


@pytest.mark.parametrize(
    ("setting", "parts"),
    [
        ({"municipalities": ["9910"]}, ("municipalities[0]", "'9910'", "9901")),
        ({"services": ["school", "libary"]}, ("services[1]", "'libary'", "did you mean 'library'?")),
        ({"services": ["library"], "municipalities": ["9902"]}, ("none of the services", "'9902'")),
        ({"year": 2024}, ("year", "2024", "2025")),
    ],
)
def test_a_batch_that_names_what_the_data_do_not_have_is_refused(tiny, setting, parts) -> None:
    tiny.write_batch(**setting)
    with pytest.raises(SettingsError) as caught:
        plan(tiny)
    assert all(part in str(caught.value) for part in ("tiny.yaml", *parts))


@pytest.mark.parametrize("code", ["../9901", "<script>", "a/b", ""])
def test_a_code_that_could_leave_the_folder_or_become_markup_is_refused(tiny, code) -> None:
    tiny.write_batch(municipalities=[code])
    with pytest.raises(TilstandError, match="municipalities"):
        plan(tiny)


def test_missing_data_are_named_with_what_to_do(tiny) -> None:
    tiny.write_batch(data="../nowhere")
    with pytest.raises(DataError, match="tilstand import"):
        plan(tiny)


@pytest.mark.parametrize("content", [None, "no notebook", '{"cells": 3}'])
def test_a_notebook_that_is_missing_or_none_is_named(tiny, content) -> None:
    path = tiny.notebooks / "service.ipynb"
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(BuildError, match=r"service\.ipynb"):
        plan(tiny)


def test_the_plan_is_written_with_the_versions_and_read_again(tiny) -> None:
    tiny.build.mkdir()
    write_plan(plan(tiny, only=("9901/library",)))
    written = read_plan(tiny.build)
    assert written["batch"] == "tiny"
    assert "pandas" in written["environment"]
    # All runs of the batch, though only two were to be made.
    assert len(written["runs"]) == 12
    assert str(tiny.root) not in json.dumps(written)


@pytest.mark.parametrize(
    ("first", "apart", "among"),
    [
        ("batch/opening.py", MAKES_DATA, "batch/context.py"),
        ("batch/engine.py", FORKS_AND_WATCHES, "batch/kernels/listening.py"),
        ("batch/kernels/child.py", FORKS_AND_WATCHES, "batch/kernels/app.py"),
    ],
)
def test_what_a_notebook_its_engine_and_its_kernel_import_of_the_batch_is_in_its_key(
    first, apart, among
) -> None:
    root = Path(analysis.__file__).parent
    waiting, found = [first], set()
    while waiting:
        name = waiting.pop()
        if name in found or name in apart or not (root / name).is_file():
            continue
        found.add(name)
        for node in ast.walk(ast.parse((root / name).read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("analysis.batch."):
                waiting.append(node.module.removeprefix("analysis.").replace(".", "/") + ".py")
    assert found - set(NOTEBOOK_ROOMS) == set()
    assert among in found


def test_a_report_is_made_anew_for_what_its_colophon_says_and_for_another_renderer(tiny, monkeypatch) -> None:
    tiny.write_batch(services=["school"])
    before = keys(tiny)
    # Not a service of the batch, and in the hash of the data all the same.
    tiny.write_answers("library", {"9901": [1, 2, 3, 4, 5]})
    after = keys(tiny)
    assert changed(before, after) == {"9901/full"}
    monkeypatch.setattr("analysis.batch.parts.find_quarto", lambda: Quarto(Path("quarto"), (1, 9, 1)))
    assert changed(after, keys(tiny)) == {f"{place}/full" for place in ("9901", "9902", "9903")}


def test_packages_that_no_run_uses_are_not_in_the_versions_of_its_key(monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(metadata, "version", lambda name: asked.append(name) or "1")
    environment_hash.__wrapped__()
    assert {"tilstand", "pandas", "python-dateutil", "patsy"} <= set(asked)
    assert set(asked) & {"jupyterlab", "ruff", "pytest", "hypothesis"} == set()
