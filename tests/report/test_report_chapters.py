"""Chapters are made of executed notebooks; what is no notebook is named."""

import json

import pytest

from analysis.core.errors import BuildError
from analysis.report.chapters import Part, read_run, write_parts

NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no JSON {",
        "[]",
        "1",
        json.dumps({"cells": 1}),
        json.dumps({"cells": None}),
        json.dumps({"worksheets": []}),
        json.dumps({**NOTEBOOK, "nbformat": 3}),
        json.dumps({**NOTEBOOK, "cells": [1]}),
    ],
)
def test_what_is_no_notebook_is_named_with_what_to_do(tmp_path, content):
    path = tmp_path / "notebook.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BuildError, match="this is not a notebook") as raised:
        read_run(path)
    assert str(path) in str(raised.value)
    assert "tilstand run" in str(raised.value)


def test_a_missing_run_is_named(tmp_path):
    with pytest.raises(BuildError, match="there is no executed notebook"):
        read_run(tmp_path / "notebook.ipynb")


def test_a_chapter_keeps_no_times_of_its_runs(tmp_path):
    cell = {"cell_type": "code", "id": "a", "metadata": {"papermill": {"duration": 1.5}, "tags": []}}
    cell |= {"source": "1", "execution_count": 1, "outputs": []}
    run = {**NOTEBOOK, "metadata": {"papermill": {"duration": 3.5}}, "cells": [cell]}
    (tmp_path / "run.ipynb").write_text(json.dumps(run), encoding="utf-8")
    write_parts([Part(tmp_path / "run.ipynb")], tmp_path / "chapter.ipynb", heading="# Barnehage")
    chapter = (tmp_path / "chapter.ipynb").read_text(encoding="utf-8")
    assert "# Barnehage" in chapter
    assert "duration" not in chapter
