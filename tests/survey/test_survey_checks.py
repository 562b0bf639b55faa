"""A row that fails a check goes to quarantine with its reason, its number and what stood there."""

import pandas as pd
import pytest

from analysis.core.errors import DataError

HEAD = "id,enhet,food,staff\n"
UNITS = """unit,name,valid_from,valid_to,successor
Nord,Nord barnehage,,,
Sør,Sør barnehage,,2023,Nord
Vest,Vest,2026,,
"""


@pytest.mark.parametrize(
    ("row", "reason", "column", "value"),
    [
        ("5,Nord,7,5", "outside_scale", "food", "7"),
        ("5,Nord,0,5", "outside_scale", "food", "0"),
        ("5,Nord,bra,5", "not_a_number", "food", "bra"),
        ("5,Nord,=1+1,5", "not_a_number", "food", "=1+1"),
        ("5,Nord,3.5,5", "not_whole", "food", "3.5"),
        (",Nord,3,5", "missing_respondent", "id", ""),
        ("1,Nord,3,5", "duplicate_respondent", "id", "1"),
        ("5,,3,5", "missing_unit", "enhet", ""),
    ],
)
def test_a_bad_row_goes_to_quarantine_and_the_others_do_not(desk, row, reason, column, value):
    report = desk.load(HEAD + "1,Nord,6,5\n" + row + "\n2,Sør,4,9\n")
    assert (report.rows_read, report.accepted, report.quarantined) == (3, 2, 1)
    assert desk.reasons() == {reason: 1}
    kept = pd.read_csv(desk.store / report.quarantine[0], dtype=str, keep_default_na=False).iloc[0]
    assert (kept["row"], kept["column"], kept["value"], kept["reason"]) == ("3", column, value, reason)
    assert ",".join(kept[[c for c in kept.index if c.startswith("file: ")]]) == row
    assert kept["explanation"].endswith(".")


def test_counts_stand_in_the_store_and_in_the_report(desk):
    report = desk.load(HEAD + "1,Nord,6,5\n2,Nord,7,bra\n3,Nord,8,1\n4,Nord,6,6,6\n")
    imports = desk.opened().imports(municipality="9901", service="kindergarten").iloc[0]
    assert imports[["file", "year", "rows_read", "accepted", "quarantined"]].tolist() == [
        "s.csv",
        2025,
        4,
        1,
        3,
    ]
    # The second row has two faults: it is one row in quarantine and counts once for each reason.
    assert desk.reasons() == {"outside_scale": 2, "not_a_number": 1, "wrong_fields": 1}
    assert "1 of 4 rows accepted" in str(report)
    assert "not_a_number 1, outside_scale 2, wrong_fields 1" in str(report)
    assert "4,Nord,6,6,6" in desk.quarantine()


def test_dont_know_and_blanks_are_no_answer(desk):
    desk.load(
        HEAD + "1,Nord,9,5\n2,Nord,,-\n3,Nord,Vet ikke,6.0\n", more="dont_know: [vet ikke]\nblank: ['-']\n"
    )
    answers = desk.opened().responses("kindergarten")
    assert answers["food"].isna().all()
    assert answers["staff"].dropna().tolist() == [5, 6]


def test_a_respondent_without_any_answer_is_kept(desk):
    desk.load(HEAD + "1,Nord,,\n2,Nord,9,9\n")
    assert len(desk.opened().responses("kindergarten")) == 2


def test_words_become_the_numbers_that_the_mapping_says(desk):
    desk.load(HEAD + "1,Nord,Svært fornøyd,5\n2,Nord,svært fornøyd ,5\n", more="values: {Svært fornøyd: 6}\n")
    assert desk.opened().responses("kindergarten")["food"].tolist() == [6, 6]


def test_a_row_in_quarantine_does_not_make_the_next_answer_a_duplicate(desk):
    desk.load(HEAD + "1,Nord,77,5\n1,Nord,6,5\n1,Nord,1,1\n")
    assert desk.opened().responses("kindergarten")["food"].tolist() == [6]
    assert desk.reasons() == {"outside_scale": 1, "duplicate_respondent": 1}


def test_units_are_checked_against_the_register(desk):
    desk.write("units.csv", UNITS)
    desk.load(
        HEAD + "1,Nord,6,5\n2,Sør,4,3\n3,Vest,1,1\n4,Øst,1,1\n",
        more="registers: {units: units.csv}\n",
    )
    assert desk.reasons() == {"closed_unit": 1, "unit_not_open": 1, "unknown_unit": 1}
    units = desk.opened().units().set_index("unit")
    assert units.loc["kindergarten-nord", "name"] == "Nord barnehage"
    assert units.loc["kindergarten-soer", "successor"] == "kindergarten-nord"
    assert units.loc["kindergarten-soer", "valid_to"] == 2023


def test_municipalities_are_checked_against_the_register(desk):
    desk.write("places.csv", "code,name,inhabitants,valid_to\n9901,Fagerdal,12 500,\n9902,Nes,900,2023\n")
    mapping = """
mapping: test
year: 2025
municipality: {column: kommune}
questionnaires: [kindergarten.yaml]
respondent: id
unit: enhet
registers: {municipalities: places.csv}
"""
    rows = "id,enhet,food,staff,kommune\n1,A,6,5,9901\n2,A,6,5,9902\n3,A,6,5,9903\n4,A,6,5,\n"
    report = desk.load(rows, mapping=mapping)
    assert report.accepted == 1
    assert desk.reasons() == {"closed_municipality": 1, "unknown_municipality": 1, "missing_municipality": 1}
    assert desk.opened().municipalities().set_index("code").loc["9901", "inhabitants"] == 12_500
    assert desk.opened().units()["unit"].tolist() == ["9901-kindergarten-a"]


def test_years_that_are_no_round_go_to_quarantine(desk):
    mapping = """
mapping: test
year: {column: aar, values: {2024-25: 2025}}
years: [2023, 2025]
municipality: "9901"
questionnaires: [kindergarten.yaml]
respondent: id
"""
    rows = "id,food,staff,aar\n1,6,5,2025\n1,6,5,2023\n2,6,5,2024-25\n3,6,5,2024\n4,6,5,i fjor\n5,6,5,\n"
    desk.load(rows, mapping=mapping)
    assert desk.opened().years("kindergarten") == (2023, 2025)
    assert desk.reasons() == {"other_year": 1, "unknown_year": 2}
    assert desk.opened().imports()["year"].isna().sum() == 1


def test_a_service_without_a_questionnaire_goes_to_quarantine(desk):
    mapping = """
mapping: test
year: 2025
municipality: "9901"
service: {column: tjeneste, values: {Barnehage: kindergarten}}
questionnaires: [kindergarten.yaml]
respondent: id
"""
    rows = "id,food,staff,tjeneste\n1,6,5,Barnehage\n2,6,5,Skole\n3,6,5,\n"
    desk.load(rows, mapping=mapping)
    assert desk.opened().services() == ("kindergarten",)
    assert desk.reasons() == {"unknown_service": 2}


@pytest.mark.parametrize(("decimal", "good"), [(None, [1.5, 0.8]), (",", [1.5, 0.8]), (".", [0.8])])
def test_weights_are_read_with_the_decimal_mark(desk, decimal, good):
    last = "0,8" if decimal == "," else "0.8"
    rows = f"id;enhet;food;staff;vekt\n1;Nord;6;5;1,5\n2;Nord;6;5;{last}\n3;Nord;6;5;-1\n4;Nord;6;5;\n"
    desk.load(rows, more="weight: vekt\n", **({"decimal": decimal} if decimal else {}))
    assert desk.opened().responses("kindergarten")["weight"].tolist() == good
    assert desk.reasons() == {"bad_weight": 4 - len(good)}


def test_two_spellings_of_a_unit_are_not_made_one_in_silence(desk):
    rows = HEAD + "1,Nord,6,5\n2,nord,4,4\n"
    with pytest.raises(DataError, match="the same unit") as error:
        desk.load(rows)
    assert "'Nord' and 'nord'" in error.value.found
    assert not desk.store.exists()
    desk.load(
        rows, mapping=desk.mapping.replace("unit: enhet", "unit: {column: enhet, values: {nord: Nord}}")
    )
    assert desk.opened().units()["name"].tolist() == ["Nord"]


def test_labels_with_markup_pass_as_text(desk):
    name = "<b>Nord</b> & {{< include x >}}"
    desk.load(HEAD + f'1,"{name}",6,5\n')
    assert desk.opened().units()["name"].tolist() == [name]
    assert desk.opened().units()["unit"].tolist() == ["kindergarten-b-nord-b-include-x"]


def test_registers_give_users_and_invited(desk):
    desk.write("units.csv", "unit,name,id\nNord,Nord barnehage,u1\nN,Nord barnehage,u1\n")
    desk.write("frame.csv", "enhet;aar;population;invited\nNord;2025;1 200;600\nNord;2023;1100;\n")
    more = "registers: {units: units.csv, frame: {file: frame.csv, columns: {unit: enhet, year: aar}}}\n"
    desk.load(HEAD + "1,Nord,6,5\n2,N,6,5\n", more=more)
    frame = desk.opened().frame(service="kindergarten", years=[2025])
    assert frame[["unit", "population", "invited"]].to_numpy().tolist() == [["u1", 1200, 600]]


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("units", "unit,nam\nNord,x\n", "no such column"),
        ("units", "unit,name\n,x\n", "a value is missing"),
        ("units", "unit,name\nNord,x\nNord,y\n", "names the same unit twice"),
        ("units", "unit,name,successor\nNord,x,Nrd\n", "successor is not in the register"),
        ("units", "unit,name,id\nNord,x,../y\n", "code cannot be used"),
        ("frame", "unit,year,invited\nNord,2025,mange\n", "this is no whole number"),
        ("municipalities", "code,name\n../x,y\n", "code cannot be used"),
    ],
)
def test_a_register_with_something_wrong_is_refused(desk, name, text, what):
    desk.write("register.csv", text)
    with pytest.raises(DataError, match=what):
        desk.load(more=f"registers: {{{name}: register.csv}}\n")
    assert not desk.store.exists()


def test_a_file_whose_services_have_no_questionnaire_is_refused(desk):
    mapping = desk.mapping + "service: {column: enhet}\n"
    with pytest.raises(DataError, match="no row is about a service") as error:
        desk.load(mapping=mapping)
    assert "'Nord', 'Sør'" in error.value.found
    assert not desk.store.exists()
