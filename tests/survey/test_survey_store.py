"""The store gives each reader its own rows, in one order, and notices every change of content."""

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.core.errors import DataError, SettingsError
from analysis.survey import (
    Item,
    Questionnaire,
    open_store,
    write_questionnaire,
    write_responses,
    write_table,
    writing,
)
from analysis.survey.query import Rows, read_rows, read_table, select, who_answered
from analysis.survey.writing import response_file

KEYS = ["municipality", "unit", "year"]


@pytest.fixture
def store(tmp_path):
    random = np.random.default_rng(7)
    path = tmp_path / "store"
    items = tuple(Item(id=name, text=name) for name in ("a", "b"))
    write_questionnaire(path, Questionnaire(service="school", name="School", items=items))
    for year in (2021, 2023):
        n = 400
        frame = pd.DataFrame(
            {
                "respondent": [f"r{i}" for i in range(n)],
                "municipality": random.choice(["9901", "9902"], n),
                "unit": random.choice(["u1", "u2"], n),
                "place": random.choice(["town", None], n),
                "a": pd.array(random.integers(1, 7, n), dtype="Int64"),
                "b": np.where(random.random(n) < 0.3, np.nan, random.integers(1, 7, n)),
            }
        )
        write_responses(path, frame, service="school", year=year)
    write_table(
        path,
        "units",
        pd.DataFrame({"unit": ["u1"], "name": "U", "municipality": "9901", "service": "school"}),
    )
    return open_store(path)


def test_only_the_chosen_rows_come_in_a_fixed_order(store):
    found = store.responses("school", municipality="9902", years=[2023, 2031])
    assert set(found["municipality"]) == {"9902"}
    assert set(found["year"]) == {2023}
    whole = store.responses("school")
    assert len(whole) == 800
    assert whole[["year", "municipality", "unit", "respondent"]].apply(tuple, axis=1).is_monotonic_increasing
    assert whole.columns.tolist() == ["respondent", "municipality", "unit", "year", "place", "a", "b"]
    assert whole.dtypes[["a", "b"]].tolist() == ["float64", "float64"]
    assert store.responses("school", years=[1999]).empty


@pytest.mark.parametrize("municipality", [None, "9902"])
def test_people_are_those_who_answered_any_item_of_a_round(store, municipality):
    path = store.path
    said = {"municipality": "9902", "unit": "u1", "place": None}
    rows = [("first", 4, None), ("second", None, 2.0), ("nothing", None, None)]
    frame = pd.DataFrame([{"respondent": who, "a": a, "b": b, **said} for who, a, b in rows])
    write_responses(path, frame.astype({"a": "Int64"}), service="school", year=2025)
    found = store.people("school", municipality=municipality, years=[2023, 2025, 2031])
    assert found[2025] == {"first", "second"}
    answers = store.responses("school", municipality=municipality, years=[2023])
    assert found[2023] == set(answers.loc[answers[["a", "b"]].notna().any(axis=1), "respondent"])
    assert set(found) == {2023, 2025}


def test_rows_are_those_that_a_database_reads(store):
    # A word that was a question in the round before, and a column that only one round has.
    frame = pd.DataFrame({"respondent": ["x", "y"], "municipality": "9902", "unit": "u1", "a": [None, 2]})
    frame["place"] = ["town", "hill"]
    frame["b"] = ["yes", None]
    write_responses(store.path, frame.astype({"a": "Int64"}), service="school", year=2025)
    order = ["year", "municipality", "unit", "respondent"]
    rows = Rows(
        files=tuple(str(response_file(store.path, "school", year)) for year in (2021, 2025)),
        municipality="9902",
    )
    asked = select(rows, f"SELECT * FROM rows ORDER BY {', '.join(order)}")
    found = read_rows(rows, order)
    assert set(found["b"].dropna()) > {"yes", "1", "6"}
    pd.testing.assert_frame_equal(found[asked.columns], asked, check_dtype=False)


def test_summary_is_what_pandas_computes_from_all_rows(store):
    long = store.responses("school").melt(id_vars=KEYS, value_vars=["a", "b"], var_name="item")
    expected = long.groupby([*KEYS, "item"])["value"].agg(n="count", mean="mean", sd="std").reset_index()
    found = store.summary("school")
    pd.testing.assert_frame_equal(
        found.sort_values([*KEYS, "item"], ignore_index=True), expected, check_dtype=False, rtol=1e-12
    )
    assert set(store.summary("school", [2021])["year"]) == {2021}


def test_summary_of_few_answers_has_no_sd(store):
    frame = pd.DataFrame({"respondent": ["x"], "municipality": "9903", "unit": "u9", "a": 3.0, "b": [np.nan]})
    write_responses(store.path, frame, service="school", year=2025)
    found = store.summary("school", [2025]).set_index("item")
    assert found.loc["a", "mean"] == 3
    assert np.isnan(found.loc["a", "sd"])
    assert found.loc["b", "n"] == 0
    assert np.isnan(found.loc["b", "mean"])


def test_hash_follows_the_content_not_the_bytes(store):
    whole, mine, other = (
        store.data_hash(),
        store.data_hash("school", "9901"),
        store.data_hash("school", "9902"),
    )
    rows = store.responses("school", years=[2023]).drop(columns="year")
    rows = rows.astype({"a": "Int64", "b": "Int64"})
    write_responses(store.path, rows.sample(frac=1, random_state=1), service="school", year=2023)
    assert store.data_hash() == whole
    first = rows.index[rows["municipality"] == "9901"][0]
    rows.loc[first, "a"] = 7 - rows.loc[first, "a"]
    write_responses(store.path, rows, service="school", year=2023)
    assert store.data_hash("school", "9901") != mine
    assert store.data_hash("school", "9902") == other


@pytest.mark.parametrize(("value", "other"), [(None, "\\N"), ("a\x1fb", "a"), ("", None)])
def test_hash_tells_values_apart_that_could_be_written_alike(store, value, other):
    rows = store.responses("school", years=[2021]).drop(columns="year").astype({"a": "Int64", "b": "Int64"})
    hashes = []
    for text in (value, other):
        rows["place"] = pd.Series([text] * len(rows), dtype=object)
        write_responses(store.path, rows, service="school", year=2021)
        hashes.append(store.data_hash("school"))
    assert hashes[0] != hashes[1]


def test_tables_that_are_not_there_are_empty(store):
    assert store.indicators(municipality="9901").empty
    assert store.frame().columns.tolist() == [
        "municipality",
        "service",
        "unit",
        "year",
        "population",
        "invited",
    ]
    assert store.imports(service="school").empty


def test_unknown_service_names_those_that_are_there(store):
    with pytest.raises(DataError, match="no such service") as error:
        store.years("schol")
    assert "did you mean 'school'?" in error.value.todo


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"unit": ["u1", "u1"]}, "every key once"),
        ({"unit": ["../x"]}, "letters a–z"),
        ({"unit": ["u2"], "name": None}, "a value in every row"),
        ({"unit": ["u2"], "municipality": 9901}, "text"),
        ({"unit": ["u2"], "extra": "x"}, "no column but the table's own"),
        ({"name": ["x"]}, "all of the table's columns"),
        ({"unit": ["u2"], "valid_to": 12}, "a year from 1900 to 2100"),
    ],
)
def test_a_table_that_breaks_its_schema_is_not_written(store, columns, expected):
    before = store.units()
    base = {"name": "x", "municipality": "9901", "service": "school"}
    with pytest.raises(DataError) as error:
        write_table(
            store.path,
            "units",
            pd.DataFrame({**columns, **{k: v for k, v in base.items() if k not in columns}}),
        )
    assert expected in error.value.expected
    pd.testing.assert_frame_equal(store.units(), before)


def test_responses_without_their_keys_or_with_a_respondent_twice_are_not_written(store):
    good = {"respondent": ["1", "2"], "municipality": "9901", "unit": "u1", "a": [1, 2]}
    for change, what in (
        ({"respondent": ["1", "1"]}, "every key once"),
        ({"unit": [None, "u"]}, "a value in every row"),
    ):
        with pytest.raises(DataError) as error:
            write_responses(store.path, pd.DataFrame(good | change), service="school", year=2023)
        assert what in error.value.expected
    with pytest.raises(DataError, match="a column is missing"):
        write_responses(store.path, pd.DataFrame(good).drop(columns="unit"), service="school", year=2023)


def test_questionnaires_come_back_as_they_were(store):
    text = {"nb": "Hvor <b>fornøyd</b> er du: alt i alt?", "en": "no"}
    items = (Item(id="a", text=text, dont_know=(9,), reversed=True),)
    made = Questionnaire(service="school", name=text, items=items, overall="a")
    write_questionnaire(store.path, made)
    assert store.questionnaire("school") == made


def test_a_register_that_changed_is_read_anew_and_what_was_read_is_each_readers_own(store):
    first = store.units(municipality="9901")
    first.loc[0, "name"] = "mine"
    assert store.units(municipality="9901")["name"].tolist() == ["U"]
    changed = pd.DataFrame({"unit": ["u1"], "name": "Utsikten", "municipality": "9901", "service": "school"})
    write_table(store.path, "units", changed)
    assert store.units(municipality="9901")["name"].tolist() == ["Utsikten"]


def test_what_somebody_writes_into_a_table_does_not_last(store):
    units = {"unit": ["u1", "u2"], "name": ["U", "V"], "municipality": "9901", "service": "school"}
    write_table(store.path, "units", pd.DataFrame({**units, "valid_from": [2020, None]}))
    before = store.units().astype(object).to_dict("list")
    mine = store.units()
    mine["valid_from"].array[0] = 1999
    mine["name"].array[0] = "X"
    mine.loc[:, "unit"] = "u9"
    assert store.units().astype(object).to_dict("list") == before


def test_what_somebody_writes_into_a_questionnaire_does_not_last(store):
    items = (Item(id="a", text={"en": "a"}),)
    age = {"id": "age", "name": {"en": "Age"}, "values": {"1": {"en": "young"}}}
    asked = Questionnaire(service="school", name={"en": "School"}, items=items, background=(age,))
    write_questionnaire(store.path, asked)
    mine = store.questionnaire("school")
    assert mine == asked
    for texts in (mine.name, mine.users, mine.items[0].text, mine.background[0].values["1"]):
        texts["en"] = "something else"
    mine.background[0].values["2"] = "old"
    assert store.questionnaire("school") == asked


def test_a_questionnaire_that_is_edited_is_read_as_it_is_now(store):
    path = store.path / "questionnaires" / "school.yaml"
    assert store.questionnaire("school").name == "School"
    path.write_text(path.read_text(encoding="utf-8").replace("name: School", "name: Schools"), "utf-8")
    assert store.questionnaire("school").name == "Schools"
    path.write_text(path.read_text(encoding="utf-8").replace("name:", "nmae:", 1), "utf-8")
    for _ in range(2):
        with pytest.raises(SettingsError, match="nmae") as error:
            store.questionnaire("school")
        assert str(path) in str(error.value)


@pytest.fixture
def groups_of_three(monkeypatch):
    monkeypatch.setattr(writing, "ROWS_IN_A_GROUP", 3)


def row_groups(path) -> int:
    with pq.ParquetFile(path) as file:
        return file.num_row_groups


@pytest.mark.usefixtures("groups_of_three")
def test_answers_are_the_same_however_many_row_groups_are_left_out(tmp_path):
    places = sorted(f"{9901 + i // 4}" for i in range(20))
    frame = pd.DataFrame(
        {"respondent": [f"r{i:02d}" for i in range(20)], "municipality": places, "unit": "u"}
    )
    frame["a"] = pd.array([None if i % 3 == 0 else 1 + i % 5 for i in range(20)], dtype="Int64")
    path = write_responses(tmp_path, frame, service="school", year=2025)
    assert row_groups(path) == 7
    for place in (*sorted(set(places)), "9000", "9999"):
        rows, wanted = Rows(files=(str(path),), municipality=place), frame[frame["municipality"] == place]
        found = read_rows(rows, ["respondent"])
        assert found["respondent"].tolist() == wanted["respondent"].tolist(), place
        assert found["a"].tolist() == pytest.approx(wanted["a"].astype(float).tolist(), nan_ok=True)
        assert who_answered(rows, ["a"]) == {2025: set(wanted["respondent"][wanted["a"].notna()])}


@pytest.mark.usefixtures("groups_of_three")
@pytest.mark.parametrize("years", [None, [2023], [2025], [2023, 2025], [], [1999]], ids=str)
def test_tables_are_the_same_however_many_row_groups_are_left_out(tmp_path, years):
    n = 16
    table = {"municipality": [f"{9901 + i // 4}" for i in range(n)], "service": "school"}
    table |= {"unit": [f"u{i // 2}" for i in range(n)], "year": [2023, 2025] * 8}
    frame = pd.DataFrame({**table, "invited": pd.array([None, 3] * 8, dtype="Int64")})
    assert row_groups(write_table(tmp_path, "frame", frame)) == 6
    for place in (None, "9901", "9902", "9904", "9000", "9999"):
        wanted = frame[frame["municipality"].eq(place)] if place else frame
        wanted = wanted if years is None else wanted[wanted["year"].isin(years)]
        found = read_table(tmp_path, "frame", municipality=place, year=years)
        columns = ["unit", "year", "invited"]
        key = {"by": ["unit", "year"], "ignore_index": True}
        pd.testing.assert_frame_equal(
            found[columns].sort_values(**key), wanted[columns].sort_values(**key), check_dtype=False
        )
