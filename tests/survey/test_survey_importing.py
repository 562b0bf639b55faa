"""An import replaces its own rounds, changes nothing when repeated, and is whole or not there."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analysis.core.errors import DataError
from analysis.survey import import_files, open_store, staging

HEAD = "id,enhet,food,staff\n"
PLACES = """
mapping: test
year: {column: year}
municipality: {column: place, name_column: place_name}
questionnaires: [kindergarten.yaml]
respondent: id
unit: {column: enhet, name: "Barnehage {value}"}
"""


def rows(place: str, year: int, answer: int) -> str:
    head = "id,enhet,food,staff,place,place_name,year\n"
    return head + "".join(f"{i},A,{answer},{answer},{place},By {place},{year}\n" for i in range(3))


def contents(store: Path) -> dict[str, bytes]:
    return {str(p.relative_to(store)): p.read_bytes() for p in sorted(store.rglob("*")) if p.is_file()}


def test_the_same_file_again_changes_no_byte(desk):
    desk.load(HEAD + "1,Nord,6,5\n2,Nord,7,5\n")
    before = contents(desk.store)
    desk.load(HEAD + "1,Nord,6,5\n2,Nord,7,5\n")
    assert contents(desk.store) == before


def test_a_corrected_file_replaces_its_round_and_its_quarantine(desk):
    desk.load(HEAD + "1,Nord,6,5\n2,Nrod,7,5\n")
    desk.load(HEAD + "1,Nord,6,5\n2,Nord,5,5\n")
    store = desk.opened()
    assert store.responses("kindergarten")["food"].tolist() == [6, 5]
    assert store.units()["name"].tolist() == ["Nord"]
    assert store.frame()["unit"].tolist() == ["kindergarten-nord"]
    assert store.imports()["quarantined"].tolist() == [0]
    assert desk.quarantine() == ""


def test_another_municipality_or_year_leaves_the_first_ones_rows(desk):
    desk.load(rows("9901", 2023, 3), mapping=PLACES, name="a.csv")
    desk.load(rows("9901", 2025, 4), mapping=PLACES, name="b.csv")
    desk.load(rows("9902", 2025, 5), mapping=PLACES, name="c.csv")
    desk.load(rows("9901", 2025, 6), mapping=PLACES, name="b.csv")
    means = desk.opened().responses("kindergarten").groupby(["municipality", "year"])["food"].mean()
    assert means.to_dict() == {("9901", 2023): 3, ("9901", 2025): 6, ("9902", 2025): 5}
    assert desk.opened().imports()["file"].tolist() == ["a.csv", "b.csv", "c.csv"]
    assert desk.opened().municipalities()["name"].tolist() == ["By 9901", "By 9902"]
    assert set(desk.opened().units()["name"]) == {"Barnehage A"}


def test_files_of_one_import_are_one_round(desk):
    mapping = desk.write("m.yaml", desk.mapping)
    files = [
        desk.write("web.csv", HEAD + "1,Nord,6,5\n"),
        desk.write("mail.csv", HEAD + "2,Nord,4,5\n1,Nord,1,1\n"),
    ]
    import_files(files, mapping, desk.store)
    assert desk.opened().responses("kindergarten")["food"].tolist() == [6, 4]
    assert desk.reasons() == {"duplicate_respondent": 1}


def test_when_all_rows_are_rejected_the_old_ones_do_not_stay(desk):
    desk.load(HEAD + "1,Nord,6,5\n")
    desk.load(HEAD + "1,Nord,77,5\n")
    with pytest.raises(DataError, match="no survey data here"):
        desk.opened()
    assert "77" in desk.quarantine()


def test_a_unit_id_that_another_municipality_has_is_refused(desk):
    desk.load()
    with pytest.raises(DataError, match="another municipality") as error:
        desk.load(mapping=desk.mapping.replace("9901", "9902"))
    assert "prefix: municipality" in error.value.todo
    longer = desk.mapping.replace("9901", "9902").replace("enhet", "{column: enhet, prefix: municipality}")
    desk.load(mapping=longer)
    assert "9902-kindergarten-nord" in desk.opened().units()["unit"].tolist()


def test_without_respondent_and_unit_every_row_is_a_person_in_one_unit(desk):
    mapping = desk.mapping.replace("respondent: id\nunit: enhet\n", "")
    desk.load("food,staff\n6,5\n6,5\n", mapping=mapping)
    answers = desk.opened().responses("kindergarten")
    assert answers["respondent"].tolist() == ["s-0000002", "s-0000003"]
    assert desk.opened().units()[["unit", "name"]].to_numpy().tolist() == [["kindergarten-all", "Barnehage"]]


def test_excel_parquet_and_csv_give_the_same_store(desk):
    table = pd.DataFrame({"id": [1, 2], "enhet": ["Nord", "Sør"], "food": [6.0, None], "staff": [5, 9]})
    table.to_excel(desk.folder / "s.xlsx", index=False)
    table.to_parquet(desk.folder / "s.parquet")
    found = []
    for file in ("s.xlsx", "s.parquet"):
        desk.load(desk.folder / file)
        found.append(desk.opened().responses("kindergarten"))
    desk.load("id;enhet;food;staff\r\n1;Nord;6;5\r\n2;Sør;;9\r\n")
    for other in found:
        pd.testing.assert_frame_equal(desk.opened().responses("kindergarten"), other)
    assert found[0]["food"].isna().tolist() == [False, True]


def test_an_error_in_the_middle_leaves_the_old_store(desk, monkeypatch):
    desk.load()
    before = contents(desk.store)

    def broken(*_args, **_named):
        raise OSError("disk full")

    monkeypatch.setattr("analysis.survey.importing.merge_places", broken)
    with pytest.raises(OSError, match="disk full"):
        desk.load(HEAD + "1,Nord,1,1\n")
    assert contents(desk.store) == before


@pytest.mark.parametrize("step", [1, 3, 6])
def test_a_kill_while_files_are_moved_is_finished_by_the_next_reader(desk, monkeypatch, step):
    desk.load(HEAD + "1,Nord,1,1\n")
    old = desk.opened().data_hash()
    real, moves = os.replace, []

    def replace(source, target):
        if ".import" in str(source) and "ready" not in str(source) and ".part" not in str(source):
            moves.append(target)
            if len(moves) == step:
                # A kill: nothing after this line runs, no clean-up either.
                raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(staging.os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        desk.load(HEAD + "1,Nord,6,6\n2,Sør,5,5\n")
    monkeypatch.undo()
    store = desk.opened()
    assert store.data_hash() != old
    assert store.responses("kindergarten")["food"].tolist() == [6, 5]
    assert not (desk.store / ".import").exists()


def test_a_kill_before_that_leaves_the_old_store(desk):
    desk.load()
    before = desk.opened().data_hash()
    code = (
        "import os, sys; from pathlib import Path; import analysis.survey.importing as i\n"
        "i.merge_places = lambda *a, **k: os._exit(9)\n"
        "i.import_files([Path(sys.argv[1])], Path(sys.argv[2]), Path(sys.argv[3]))\n"
    )
    file = desk.write("s.csv", HEAD + "1,Nord,1,1\n")
    done = subprocess.run(
        [sys.executable, "-c", code, file, desk.folder / "mapping.yaml", desk.store], check=False
    )
    assert done.returncode == 9
    assert desk.opened().data_hash() == before
    desk.load(HEAD + "1,Nord,1,1\n")
    assert desk.opened().responses("kindergarten")["food"].tolist() == [1]


def test_two_imports_at_once_are_refused(desk):
    desk.load()
    with (desk.store / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(DataError, match="another import is writing"):
            desk.load()


def test_a_missing_or_empty_store_says_how_to_make_one(tmp_path):
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(DataError, match="no survey data here") as error:
            open_store(path)
        assert "import data first: tilstand import" in error.value.todo
