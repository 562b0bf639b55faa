"""What the batch leaves out when it executes a notebook changes nothing of what comes out."""

import copy
import json
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from papermill.engines import NotebookExecutionManager

from analysis.batch.engine import _REPLACED, _Account, _Client
from analysis.batch.execute import _without_outputs
from analysis.batch.folder import put_in_place
from analysis.batch.kernels.manager import QuickClient

MESSAGES = [
    {"msg_type": "stream", "content": {"name": "stderr", "text": "said"}},
    {
        "msg_type": "display_data",
        "content": {
            "data": {"text/plain": "1", "application/json": {"a": [{"b": 1}]}},
            "metadata": {"m": {}},
        },
    },
    {
        "msg_type": "execute_result",
        "content": {"data": {"text/html": "<b>"}, "metadata": {}, "execution_count": 3, "transient": {}},
    },
    {"msg_type": "error", "content": {"ename": "E", "evalue": "e", "traceback": ["line"]}},
]


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    kept = new_output("display_data", {"text/plain": "long ago"})
    notebook = new_notebook(cells=[new_markdown_cell("# A"), new_code_cell("1", outputs=[kept], id="a")])
    # As papermill reads it.
    for part in (notebook, *notebook.cells):
        part.metadata["papermill"] = {}
    return notebook


def test_kept_outputs_are_left_out_and_nothing_else(notebook, tmp_path) -> None:
    path, scratch = tmp_path / "n.ipynb", tmp_path / "scratch"
    scratch.mkdir()
    nbformat.write(notebook, path)
    bare = _without_outputs(path, scratch)
    assert bare == scratch / "n.ipynb"
    notebook.cells[1]["outputs"] = []
    assert nbformat.read(bare, as_version=4) == notebook
    assert "long ago" in path.read_text()


def test_a_notebook_that_was_changed_is_read_again(notebook, tmp_path) -> None:
    path, scratch = tmp_path / "n.ipynb", tmp_path / "scratch"
    scratch.mkdir()
    for source in ("1", "2"):
        notebook.cells[1]["source"] = source
        nbformat.write(notebook, path)
        os.utime(path, ns=(int(source), int(source)))
        assert nbformat.read(_without_outputs(path, scratch), as_version=4).cells[1].source == source


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": 1}', '{"cells": [1]}', '{"cells": [{}]}'])
def test_what_is_no_notebook_is_left_to_papermill(tmp_path, content) -> None:
    path = tmp_path / "n.ipynb"
    assert _without_outputs(path, tmp_path) == path
    path.write_text(content)
    assert _without_outputs(path, tmp_path) == path
    assert path.read_text() == content


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: m["msg_type"])
def test_outputs_are_kept_as_nbclient_keeps_them(notebook, message) -> None:
    message = {**message, "header": {"msg_type": message["msg_type"]}, "parent_header": {"msg_id": "1"}}
    own, stock = [], []
    ours = _Client(_Account(notebook, progress_bar=False), guard=None)
    theirs = NotebookClient(notebook)
    ours.clear_before_next_output = theirs.clear_before_next_output = False
    found = ours.output(own, copy.deepcopy(message), None, 1)
    assert found == theirs.output(stock, copy.deepcopy(message), None, 1)
    assert own == stock == [found]
    assert isinstance(found.get("data", found), nbformat.NotebookNode)
    nbformat.validate(found, ref=message["msg_type"], version=4)


@pytest.mark.parametrize("kind", ["display_data", "execute_result"])
@pytest.mark.parametrize("shown", [5, None, {"a": 1}, ["a", 1]])
def test_what_is_no_text_is_refused_at_its_cell_as_nbclient_refuses_it(notebook, shown, kind) -> None:
    content = {"data": {"text/plain": "1", "text/markdown": shown}, "metadata": {}, "execution_count": 1}
    message = {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {}, "content": content}
    for client in (_Client(_Account(notebook, progress_bar=False), guard=None), NotebookClient(notebook)):
        client.clear_before_next_output, outputs = False, []
        with pytest.raises(nbformat.ValidationError):
            client.output(outputs, copy.deepcopy(message), None, 1)
        assert outputs == []


@pytest.mark.parametrize("shown", [["a", "b"], "", []])
def test_text_may_be_lines(notebook, shown, monkeypatch) -> None:
    monkeypatch.setattr("nbformat.v4.nbbase.validate", None)
    client, outputs = _Client(_Account(notebook, progress_bar=False), guard=None), []
    client.clear_before_next_output = False
    content = {"data": {"text/html": shown, "application/geo+json": 5}, "metadata": {}}
    message = {"msg_type": "display_data", "parent_header": {}, "content": content}
    found = client.output(outputs, message, None, 1)
    assert outputs == [found]
    nbformat.validate(found, ref="display_data", version=4)


@pytest.mark.parametrize("name", _REPLACED)
def test_where_nbclient_has_other_names_a_cell_is_waited_for_in_its_way(notebook, name, monkeypatch) -> None:
    for there in (True, False):
        if not there:
            monkeypatch.delattr(NotebookClient, name)
        client = _Client(_Account(notebook, progress_bar=False), guard=None)
        client.kc = QuickClient()
        assert client._listens is there


def test_an_output_that_replaces_another_or_is_to_be_replaced_does_so(notebook) -> None:
    client = _Client(_Account(notebook, progress_bar=False), guard=None)
    message = {**MESSAGES[1], "header": {"msg_type": "display_data"}, "parent_header": {}}
    client.clear_before_next_output, outputs = False, []
    client.output(outputs, message, "name", 1)
    assert client._display_id_map == {"name": {1: [0]}}
    client.clear_before_next_output = True
    client.output(outputs, message, None, 1)
    assert len(outputs) == 1


def test_the_time_of_a_cell_is_noted_as_papermill_notes_it(notebook) -> None:
    noted = {}
    for kind in (_Account, NotebookExecutionManager):
        account = kind(copy.deepcopy(notebook), progress_bar=False)
        account.notebook_start()
        cell = account.nb.cells[1]
        account.cell_start(cell, 1)
        account.cell_complete(cell, 1)
        metadata = cell.metadata.papermill
        assert 0 < metadata["duration"] < 60
        assert metadata["end_time"] > metadata["start_time"]
        noted[kind] = {k: type(v) for k, v in metadata.items()} | {"status": metadata["status"]}
        # One that was never begun.
        account.cell_complete(account.nb.cells[0], 0)
        assert account.nb.cells[0].metadata.papermill["duration"] is None
    assert noted[_Account] == noted[NotebookExecutionManager]


def test_results_that_do_not_reach_the_disk_do_not_get_their_name(tmp_path, monkeypatch) -> None:
    part, folder = tmp_path / ".made.part", tmp_path / "made"
    for place, content in ((part, "new"), (folder, "old")):
        place.mkdir()
        for number in range(20):
            (place / f"{number}.json").write_text(json.dumps(content))
    reached = []

    def full(descriptor: int) -> None:
        reached.append(descriptor)
        if len(reached) == 7:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        put_in_place(part, folder)
    assert {path.read_text() for path in Path(folder).iterdir()} == {'"old"'}
