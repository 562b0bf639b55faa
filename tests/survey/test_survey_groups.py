"""Users by background group come from a register, fit the codebook and N, and are in the store's hash."""

import pandas as pd
import pytest

from analysis.core.errors import DataError
from analysis.survey import Background, open_store, write_table

QUESTIONNAIRE = """
service: kindergarten
name: {en: Kindergarten, nb: Barnehage}
items:
  - {id: food, text: Is the food good}
  - {id: staff, text: Are the staff kind}
background:
  - {id: age, name: Age, casemix: true, values: {under-3: Under 3, from-3: 3 or older}}
  - {id: place, name: Place}
"""
SCHOOL = """
service: school
name: School
items: [{id: food, text: Is the food good}, {id: staff, text: Are the staff kind}]
background: [{id: place, name: Place}]
"""
ROWS = "id,enhet,alder,food,staff\n1,Nord,Under tre,6,5\n2,Nord,from-3,4,4\n3,Sør,from-3,1,1\n"
AGE = "background: {age: {column: alder, values: {under tre: under-3}}}\n"
FRAME = "unit,year,population,invited\nNord,2025,40,38\nSør,2025,20,20\n"
BOTH = "registers: {frame: frame.csv, groups: groups.csv}\n"
HEAD = "unit,year,variable,value,population\n"
GROUPS = HEAD + "Nord,2025,age,under-3,15\nNord,2025,age,from-3,25\nSør,2025,age,from-3,20\n"
COLUMNS = ["municipality", "service", "unit", "year", "variable", "value", "population"]


@pytest.fixture
def asked(desk):
    desk.write("kindergarten.yaml", QUESTIONNAIRE)
    desk.write("frame.csv", FRAME)

    def load(groups: str | None = GROUPS, more: str = AGE + BOTH, rows: str = ROWS, **how):
        if groups is not None:
            desk.write("groups.csv", groups)
        desk.load(rows, more=more, **how)
        return desk.opened()

    return load


def counts(store) -> dict[tuple, int]:
    table = store.frame_groups()
    return {tuple(row[2:6]): row[6] for row in table.itertuples(index=False, name=None)}


def test_a_register_of_groups_gives_users_by_unit_year_variable_and_value(asked):
    found = asked().frame_groups(service="kindergarten", municipality="9901", years=[2025])
    assert found.to_numpy().tolist() == [
        ["9901", "kindergarten", "kindergarten-nord", 2025, "age", "from-3", 25],
        ["9901", "kindergarten", "kindergarten-nord", 2025, "age", "under-3", 15],
        ["9901", "kindergarten", "kindergarten-soer", 2025, "age", "from-3", 20],
    ]
    assert found.dtypes[["year", "population"]].tolist() == ["int64", "int64"]


def test_only_the_chosen_groups_come(asked):
    store = asked(GROUPS + "Nord,2023,age,from-3,30\n")
    assert store.frame_groups(years=[2023])["population"].tolist() == [30]
    assert store.frame_groups(municipality="9902").empty
    assert store.frame_groups(service="school").empty


def test_a_store_without_groups_has_an_empty_table_and_no_file(asked, desk):
    store = asked(more=AGE + "registers: {frame: frame.csv}\n")
    assert store.frame_groups().columns.tolist() == COLUMNS
    assert store.frame_groups(service="kindergarten", years=[2025]).empty
    assert not (desk.store / "frame_groups.parquet").exists()
    assert len(store.data_hash()) == 64


def test_values_are_replaced_as_the_datas_are(asked):
    store = asked(GROUPS.replace("age,under-3", "age,UNDER TRE"))
    assert set(store.frame_groups()["value"]) == {"under-3", "from-3"}
    assert set(store.responses("kindergarten")["age"]) == {"under-3", "from-3"}


def test_columns_may_have_other_names_and_numbers_may_be_spaced(asked, desk):
    desk.write("frame.csv", FRAME.replace("40", "4000"))
    text = "enhet;aar;hva;verdi;antall\nNord;2025;age;from-3;1 250\n"
    names = "{unit: enhet, year: aar, variable: hva, value: verdi, population: antall}"
    store = asked(
        text, AGE + f"registers: {{frame: frame.csv, groups: {{file: groups.csv, columns: {names}}}}}\n"
    )
    assert store.frame_groups()["population"].tolist() == [1250]


def test_units_are_those_of_the_register_of_units(asked, desk):
    desk.write("units.csv", "unit,name,id\nNord,Nord,u1\nN,Nord,u1\nSør,Sør,u2\nØst,Øst,u3\n")
    three = AGE + "registers: {units: units.csv, frame: frame.csv, groups: groups.csv}\n"
    store = asked(GROUPS + "Øst,2025,age,from-3,9\n", three)
    assert store.frame_groups()["unit"].tolist() == ["u1", "u1", "u2", "u3"]
    with pytest.raises(DataError, match="names a unit that the register of units does not have") as error:
        asked(GROUPS.replace("Sør", "Sor"), three)
    assert error.value.where.endswith("registers.groups")
    assert "did you mean 'Sør'?" in error.value.todo
    with pytest.raises(DataError, match="the same group of a unit twice") as error:
        asked(GROUPS + "N,2025,age,from-3,1\n", three)
    assert error.value.found == "9901, kindergarten, u1, 2025, age, from-3"
    assert counts(desk.opened())["u3", 2025, "age", "from-3"] == 9


@pytest.mark.parametrize(
    ("rows", "what", "told"),
    [
        ("Nrd,2025,age,from-3,5\n", "neither answers nor a number of users", "9901, kindergarten, Nrd"),
        ("Nord,2025,agee,from-3,5\n", "no questionnaire has this background variable", "'age'?"),
        ("Nord,2025,food,6,5\n", "no questionnaire has this background variable", "'food'"),
        ("Nord,2025,age,from3,5\n", "has no such value", "did you mean 'from-3'?"),
        ("Nord,2025,age,old,5\n", "has no such value", "background.age.values"),
        ("Nord,2025,age,from-3,-5\n", "this is no whole number", "row 2, population"),
        ("Nord,2025,age,from-3,2.5\n", "this is no whole number", "'2.5'"),
        ("Nord,2025,age,from-3,\n", "a value is missing", "population"),
        ("Nord,2025,,from-3,5\n", "a value is missing", "variable"),
        ("Nord,2025,age,from-3,5\nNord,2025,age,from-3,5\n", "the same group of a unit twice", "from-3"),
        ("Nord,2025,age,under-3,5\nNord,2025,age,Under tre,5\n", "the same group of a unit twice", "under-3"),
        ("Nord,2025,age,from-3,20\nNord,2025,age,under-3,21\n", "more users than the unit", "at most 40"),
    ],
)
def test_a_register_of_groups_with_something_wrong_is_refused(asked, desk, rows, what, told):
    with pytest.raises(DataError, match=what) as error:
        asked(HEAD + rows)
    assert told in str(error.value)
    assert not desk.store.exists()


def test_the_row_of_a_value_that_is_not_known_is_named(asked):
    with pytest.raises(DataError) as error:
        asked(GROUPS + "Sør,2025,age,from3,1\n")
    assert error.value.where.endswith("registers.groups, row 5")
    assert error.value.found == "'from3' of age in kindergarten"


def test_a_register_that_lacks_a_column_or_has_a_strange_one_is_refused(asked):
    with pytest.raises(DataError, match="no such column"):
        asked("unit,year,variable,value\nNord,2025,age,from-3\n")
    with pytest.raises(DataError, match="unknown column of a register"):
        asked(more=AGE + "registers: {groups: {file: groups.csv, columns: {invited: x}}}\n")


def test_groups_may_come_to_less_than_all_users_and_a_group_may_be_empty(asked):
    store = asked(HEAD + "Nord,2025,age,from-3,0\nNord,2025,age,under-3,39\n")
    assert store.frame_groups()["population"].tolist() == [0, 39]


def test_without_a_number_of_users_any_count_stands(asked):
    store = asked(more=AGE + "registers: {groups: groups.csv}\n")
    assert store.frame_groups()["population"].sum() == 60
    assert store.frame()["population"].isna().all()


def test_a_variable_without_a_list_of_values_takes_any(asked):
    store = asked(HEAD + "Nord,2025,place,by the sea,7\n")
    assert store.frame_groups()["value"].tolist() == ["by the sea"]


def test_a_row_without_a_service_counts_for_those_that_ask_about_the_variable(asked, desk):
    desk.write("school.yaml", SCHOOL)
    two = desk.mapping.replace("[kindergarten.yaml]", "[kindergarten.yaml, school.yaml]")
    store = asked(HEAD + "Nord,2025,age,from-3,5\nNord,2025,place,town,6\n", mapping=two)
    assert counts(store) == {
        ("kindergarten-nord", 2025, "age", "from-3"): 5,
        ("kindergarten-nord", 2025, "place", "town"): 6,
        ("school-nord", 2025, "place", "town"): 6,
    }


def test_a_column_of_services_decides_where_it_is_given(asked, desk):
    desk.write("school.yaml", SCHOOL)
    two = desk.mapping.replace("[kindergarten.yaml]", "[kindergarten.yaml, school.yaml]")
    head = "unit,year,variable,value,population,service\n"
    store = asked(head + "Nord,2025,place,town,6,school\n", mapping=two)
    assert store.frame_groups()["service"].tolist() == ["school"]
    with pytest.raises(DataError, match="no questionnaire has this background variable") as error:
        asked(head + "Nord,2025,age,from-3,6,school\n", mapping=two)
    assert error.value.found == "'age' of school"
    for service, found in (("library", "'library'"), ("", "no service")):
        with pytest.raises(DataError, match="no questionnaire for this service") as error:
            asked(head + f"Nord,2025,place,town,6,{service}\n", mapping=two)
        assert error.value.found == found


def test_a_column_of_municipalities_is_needed_where_the_data_have_several(asked):
    rows = "id,enhet,food,staff,kommune\n1,A,6,5,9901\n2,A,6,5,9902\n"
    mapping = """
mapping: test
year: 2025
municipality: {column: kommune}
questionnaires: [kindergarten.yaml]
respondent: id
unit: enhet
"""
    more = "registers: {groups: groups.csv}\n"
    head = "municipality,unit,year,variable,value,population\n"
    store = asked(head + "9902,A,2025,age,from-3,4\n", more, rows, mapping=mapping)
    assert store.frame_groups()["unit"].tolist() == ["9902-kindergarten-a"]
    with pytest.raises(DataError, match="does not say which municipality"):
        asked(HEAD + "A,2025,age,from-3,4\n", more, rows, mapping=mapping)


def test_a_new_register_corrects_what_it_names_and_leaves_the_rest(asked):
    asked(GROUPS + "Nord,2023,age,from-3,30\n")
    store = asked(HEAD + "Nord,2025,age,from-3,40\n")
    assert counts(store) == {
        ("kindergarten-nord", 2023, "age", "from-3"): 30,
        # The whole division is new: the 15 under three of the older register do not stay beside it.
        ("kindergarten-nord", 2025, "age", "from-3"): 40,
        ("kindergarten-soer", 2025, "age", "from-3"): 20,
    }


@pytest.mark.parametrize("more", [AGE, AGE + "registers: {frame: frame.csv}\n"])
def test_an_import_without_a_register_of_groups_leaves_those_that_are_there(asked, more):
    before = counts(asked())
    assert counts(asked(None, more)) == before


def test_the_same_register_again_changes_no_byte(asked, desk):
    asked()
    before = (desk.store / "frame_groups.parquet").read_bytes()
    lines = GROUPS.splitlines()
    asked("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert (desk.store / "frame_groups.parquet").read_bytes() == before


def test_a_smaller_number_of_users_that_makes_the_groups_wrong_is_refused(asked, desk):
    before = asked().data_hash()
    desk.write("frame.csv", FRAME.replace("40,38", "30,30"))
    with pytest.raises(DataError, match="more users than the unit") as error:
        asked(None, AGE + "registers: {frame: frame.csv}\n")
    assert error.value.found == "40 by age in 9901, kindergarten, kindergarten-nord, 2025"
    assert desk.opened().data_hash() == before


def test_the_hash_follows_the_groups_of_the_same_municipality_and_service(asked, desk):
    store = asked()
    mine, other = store.data_hash("kindergarten", "9901"), store.data_hash("kindergarten", "9902")
    whole, table = store.data_hash(), store.frame_groups()
    write_table(desk.store, "frame_groups", table.sample(frac=1, random_state=1))
    assert store.data_hash() == whole
    table.loc[0, "population"] -= 1
    write_table(desk.store, "frame_groups", table)
    assert store.data_hash() != whole
    assert store.data_hash("kindergarten", "9901") != mine
    assert store.data_hash("kindergarten", "9902") == other


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"population": -1}, "0 or more"),
        ({"population": 1.5}, "whole numbers"),
        ({"population": None}, "a value in every row"),
        ({"variable": "child's age"}, "letters a–z"),
        ({"value": None}, "a value in every row"),
        ({"year": 25}, "a year from 1900 to 2100"),
        ({"invited": 3}, "no column but the table's own"),
    ],
)
def test_groups_that_break_the_tables_rules_are_not_written(tmp_path, change, expected):
    good = dict(zip(COLUMNS, ["9901", "school", "u1", 2025, "age", "young", 3], strict=True))
    write_table(tmp_path, "frame_groups", pd.DataFrame([good]))
    before = (tmp_path / "frame_groups.parquet").read_bytes()
    with pytest.raises(DataError) as error:
        write_table(tmp_path, "frame_groups", pd.DataFrame([good | change]))
    assert expected in error.value.expected
    assert (tmp_path / "frame_groups.parquet").read_bytes() == before
    with pytest.raises(DataError) as error:
        write_table(tmp_path, "frame_groups", pd.DataFrame([good, good]))
    assert error.value.expected == "every key once"


def test_a_background_variable_is_no_casemix_unless_it_says_so(asked, desk):
    assert not Background(id="age", name="Age").casemix
    asked()
    age, place = open_store(desk.store).questionnaire("kindergarten").background
    assert (age.casemix, place.casemix) == (True, False)


def test_a_report_of_the_import_says_when_who_did_not_answer_is_not_known(asked, desk):
    desk.write("groups.csv", GROUPS)
    desk.write("frame.csv", FRAME)
    note = "no register of background groups"
    assert note in str(desk.load(ROWS, more=AGE + "registers: {frame: frame.csv}\n"))
    assert note not in str(desk.load(ROWS, more=AGE + BOTH))
