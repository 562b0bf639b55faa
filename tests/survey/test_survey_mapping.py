"""A mapping is checked at load, and against every file before a row is read in."""

import pytest

from analysis.core.errors import DataError, SettingsError, TilstandError
from analysis.survey import import_files, load_mapping

BASE = """
mapping: test
year: 2025
municipality: {code: "9901"}
questionnaires: [kindergarten.yaml]
respondent: id
unit: enhet
"""


def test_an_unknown_key_names_the_nearest(desk):
    with pytest.raises(SettingsError) as error:
        load_mapping(desk.write("m.yaml", BASE + "wieght: vekt\n"))
    assert "did you mean 'weight'?" in str(error.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BASE.replace("year: 2025\n", ""), "'year'"),
        (BASE.replace("questionnaires: [kindergarten.yaml]\n", ""), "'questionnaires' or 'from_codebook'"),
        (BASE + "files: [{match: a.csv, year: 2021}]\n", "not both"),
        (BASE + "scale: {minimum: 1, maximum: 5}\n", "only there"),
        (BASE.replace("year: 2025", "year: {}"), "'column'"),
        (BASE.replace('{code: "9901"}', "{}"), "'code'"),
        (BASE + "service: {column: x}\nfiles: [{match: a, service: kindergarten}]\n", "not both"),
    ],
)
def test_a_mapping_that_says_too_little_or_too_much_is_refused(desk, text, expected):
    with pytest.raises(SettingsError) as error:
        load_mapping(desk.write("m.yaml", text))
    assert expected in str(error.value)


@pytest.mark.parametrize("code", ["../x", "<script>", "a b", ""])
def test_a_municipality_code_that_could_not_stand_in_a_path_is_refused(desk, code):
    with pytest.raises(SettingsError) as error:
        desk.load(mapping=BASE.replace('"9901"', f'"{code}"'))
    assert "municipality" in error.value.where
    assert "letters a–z" in str(error.value)
    assert not desk.store.exists()


@pytest.mark.parametrize("code", ["../x", "<script>alert(1)</script>"])
def test_such_a_code_in_a_file_is_refused_with_its_row(desk, code):
    rows = f"id,enhet,food,staff,kommune\n1,Nord,6,5,9901\n2,Nord,4,9,{code}\n"
    with pytest.raises(DataError) as error:
        desk.load(rows, mapping=BASE.replace('{code: "9901"}', "{column: kommune}"))
    assert "row 3, column 'kommune'" in error.value.where
    assert code[:20] in error.value.found
    assert not desk.store.exists()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("unit: enhet", "unit: enhetx", "'enhetx' (unit)"),
        ("respondent: id", "respondent: di", "'di' (respondent)"),
        ("year: 2025", "year: {column: aar}", "'aar' (year)"),
        ("unit: enhet", "unit: enhet\nweight: vekt", "'vekt' (weight)"),
        ("unit: enhet", "unit: enhet\nbackground: {place: sted}", "'sted' (background.place)"),
        ("unit: enhet", "unit: enhet\nitems: {fod: food}", "'fod' (item food of kindergarten)"),
    ],
)
def test_a_column_that_is_not_in_the_file_is_named_before_anything_is_read(desk, old, new, found):
    with pytest.raises(DataError) as error:
        desk.load(mapping=BASE.replace(old, new))
    assert found in error.value.found
    assert "id, enhet, food, staff" in error.value.expected
    assert not desk.store.exists()


def test_the_nearest_column_is_proposed(desk):
    with pytest.raises(DataError) as error:
        desk.load(mapping=BASE.replace("unit: enhet", "unit: enhett"))
    assert "did you mean 'enhet'?" in error.value.todo


def test_an_item_without_a_column_is_an_error_unless_it_was_not_asked(desk):
    rows = "id,enhet,food\n1,Nord,6\n"
    with pytest.raises(DataError, match="column") as error:
        desk.load(rows, mapping=BASE)
    assert "not_asked" in error.value.todo
    desk.load(rows, mapping=BASE, more="not_asked: [staff]\n")
    assert desk.opened().responses("kindergarten")["staff"].isna().all()


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("items: {food: fodd}", "no questionnaire has this item"),
        ("items: {food: food, staff: food}", "two columns for the same item"),
        ("not_asked: [stuff]", "no questionnaire has this item"),
        ("background: {plaice: enhet}", "no questionnaire has this background variable"),
        ("files: [{match: '*', service: school}]", "no questionnaire has this service"),
    ],
)
def test_names_that_no_questionnaire_has_are_refused(desk, more, what):
    with pytest.raises(SettingsError, match=what):
        desk.load(mapping=BASE, more=more + "\n")


def test_a_file_that_no_rule_fits_is_refused(desk):
    files = "files: [{match: 'wave_*.csv', year: 2021}]\n"
    with pytest.raises(DataError, match="no rule of the mapping fits") as error:
        desk.load(mapping=BASE.replace("year: 2025\n", files))
    assert "'s.csv'" in error.value.found
    assert "'wave_*.csv'" in error.value.expected


def test_no_file_and_the_same_file_twice_are_refused(desk):
    mapping = desk.write("m.yaml", BASE)
    file = desk.write("a.csv", "id,enhet,food,staff\n1,Nord,6,5\n")
    with pytest.raises(DataError, match="no files"):
        import_files([], mapping, desk.store)
    with pytest.raises(DataError, match="twice"):
        import_files([file, desk.folder / "." / "a.csv"], mapping, desk.store)


def test_missing_register_says_where_it_was_looked_for(desk):
    with pytest.raises(TilstandError, match="no such file") as error:
        desk.load(mapping=BASE, more="registers: {units: units.csv}\n")
    assert "registers.units" in error.value.where
    assert "units.csv" in error.value.expected
