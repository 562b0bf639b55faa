"""Hashes of a store's content: by municipality and service, kept for as long as the files are the same."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.survey import Item, Questionnaire, open_store, write_questionnaire, write_responses, write_table
from analysis.survey import content as module
from analysis.survey.content import KEPT


@pytest.fixture
def store(tmp_path):
    for service in ("library", "school"):
        write_questionnaire(
            tmp_path, Questionnaire(service=service, name=service, items=(Item(id="a", text="a"),))
        )
        for year in (2021, 2023):
            write_responses(tmp_path, answers(), service=service, year=year)
    units = [
        {"unit": f"{m}-{s}", "name": "U", "municipality": m, "service": s}
        for m in ("9901", "9902")
        for s in ("library", "school")
    ]
    write_table(tmp_path, "units", pd.DataFrame(units))
    towns = {"code": ["9901", "9902", "9903"], "name": ["A", "B", "C"], "successor": [None, None, "9902"]}
    write_table(tmp_path, "municipalities", pd.DataFrame(towns))
    return open_store(tmp_path)


def answers(first: int = 4) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "respondent": ["r1", "r2", "r3"],
            "municipality": ["9901", "9901", "9902"],
            "unit": "u",
            "a": pd.array([first, 5, 6], dtype="Int64"),
        }
    )


def test_an_answer_changes_the_hashes_of_its_own_service_and_municipality_only(store):
    before = store.content()
    write_responses(store.path, answers(first=3), service="school", year=2023)
    after = store.content()
    places = [(s, m) for s in ("library", "school", None) for m in ("9901", "9902", None)]
    changed = {
        (s, m)
        for s, m in places
        if before.hash("answers", service=s, municipality=m)
        != after.hash("answers", service=s, municipality=m)
    }
    assert changed == {("school", "9901"), ("school", None), (None, "9901"), (None, None)}
    assert before.hash("units", "questionnaire") == after.hash("units", "questionnaire")


def test_a_municipality_that_became_part_of_another_is_in_both_ones_hash(store):
    before = store.content()
    towns = store.municipalities()
    write_table(store.path, "municipalities", towns.assign(name=["A", "B", "Cc"]))
    after = store.content()
    changed = [
        code
        for code in towns["code"]
        if before.hash("municipalities", municipality=code) != after.hash("municipalities", municipality=code)
    ]
    assert changed == ["9902", "9903"]


def test_only_files_that_have_changed_are_read_again(store, monkeypatch):
    whole = store.content()
    read = []
    hashed = module.hashed_groups
    monkeypatch.setattr(
        module, "hashed_groups", lambda file, *a, **k: read.append(file.parent.name) or hashed(file, *a, **k)
    )
    assert store.content() == whole
    assert read == []
    write_responses(store.path, answers(first=1), service="school", year=2023)
    store.content()
    assert read == ["year=2023"]


@pytest.mark.parametrize(
    "text", ["", "[]", '{"form": 0, "files": {}}', '{"form": 1, "files": {"units.parquet": 3}}']
)
def test_what_is_kept_and_cannot_be_used_is_made_anew(store, text):
    whole = store.content()
    (store.path / KEPT).write_text(text)
    assert store.content() == whole
    assert json.loads((store.path / KEPT).read_text())["files"]


def test_a_store_that_may_not_be_written_to_is_hashed_all_the_same(store, monkeypatch):
    def refused(path, text):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(module, "write_text", refused)
    assert len(store.content().hash("answers")) == 64
    assert not (store.path / KEPT).exists()


def test_texts_with_separators_in_them_are_told_apart(store):
    hashes = set()
    for one, two in (("x\x1fy", "z"), ("x", "y\x1fz"), ("x\\uy", "z"), ("x\x1e", "z"), (None, "\\N")):
        rows = answers().assign(p=np.array([one] * 3, dtype=object), q=np.array([two] * 3, dtype=object))
        write_responses(store.path, rows, service="school", year=2021)
        hashes.add(store.content().hash("answers", service="school"))
    assert len(hashes) == 5
