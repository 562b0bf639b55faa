"""A draft says what it guesses, and imports the file that it was made from."""

import pytest

from analysis.core.errors import DataError
from analysis.survey import draft, import_files, open_store, write_draft

WORDS = """Barnehage;Kommune;Alt i alt, hvor fornøyd er du?;Er maten <b>god</b>?;Alder;Kommentar
Blåbær;Fagerdal;Svært fornøyd;Fornøyd;30;fint
blåbær;Fagerdal;Vet ikke;Misfornøyd;40;
Øst;Nes & Vik;Fornøyd;;30;En lang kommentar om alt som har vært bra og dårlig i år
Øst;Nes & Vik;Fornøyd;;30;En annen lang kommentar om alt som har vært bra og dårlig
"""
NUMBERS = "respid,school,year,weight,q1,q2,q3,sex\n" + "".join(
    f"{i},S{i % 3},2023,1.{i},{1 + i % 6},{6 - i % 6},{9 if i == 4 else 1 + i % 5},{1 + i % 2}\n"
    for i in range(12)
)


def imported(desk, file):
    mapping, _ = write_draft(draft(file), desk.folder / "drafts")
    report = import_files([file], mapping, desk.store)
    return report, open_store(desk.store)


def test_numbers_give_scale_and_dont_know(desk):
    file = desk.write("pupils.csv", NUMBERS)
    made = draft(file)
    assert '{id: "q3", text: "q3", minimum: 1, maximum: 6, dont_know: [9]}' in made.questionnaire
    assert 'respondent: "respid"' in made.mapping
    assert 'year: {column: "year"}  # GUESS' in made.mapping
    report, store = imported(desk, file)
    assert (report.accepted, report.quarantined) == (12, 0)
    answers = store.responses("pupils")
    assert answers.columns.tolist()[:6] == ["respondent", "municipality", "unit", "year", "weight", "sex"]
    assert answers["q3"].isna().sum() == 1
    assert store.units()["name"].tolist() == ["S0", "S1", "S2"]


def test_words_give_the_order_of_a_known_scale(desk):
    file = desk.write("foreldre 2025.csv", WORDS, "cp1252")
    made = draft(file)
    assert "year: 2025  # GUESS: from the file's name" in made.mapping
    assert '"svært fornøyd": 5' in made.mapping
    assert 'dont_know: ["Vet ikke"]' in made.mapping
    assert '#   "Kommentar"' in made.mapping
    report, store = imported(desk, file)
    assert (report.accepted, report.quarantined) == (4, 0)
    answers = store.responses("foreldre")
    assert answers["alt-i-alt-hvor-fornoeyd-er-du"].sum() == 5 + 4 + 4
    assert store.questionnaire("foreldre").items[1].text == "Er maten <b>god</b>?"
    assert store.questionnaire("foreldre").overall == "alt-i-alt-hvor-fornoeyd-er-du"
    assert store.units()["name"].tolist() == ["Blåbær", "Øst"]
    assert store.municipalities().set_index("code")["name"].to_dict() == {
        "fagerdal": "Fagerdal",
        "nes-vik": "Nes & Vik",
    }


def test_what_cannot_be_guessed_is_said(desk):
    made = draft(desk.write("svar.csv", "q1,q2,q3\n1,2,3\n4,5,6\n2,1,2\n"))
    assert "CHANGE THIS: neither the file nor its name says which year" in made.mapping
    assert "CHANGE THIS: the file does not say whose it is" in made.mapping
    assert "every row is a person" in made.mapping


def test_a_file_without_answers_on_a_scale_is_refused(desk):
    with pytest.raises(DataError, match="no column looks like answers"):
        draft(desk.write("codebook.csv", "item,label\nq1,one\nq2,two\n"))


def test_a_draft_does_not_overwrite_what_was_corrected_by_hand(desk):
    made = draft(desk.write("pupils.csv", NUMBERS))
    write_draft(made, desk.folder / "drafts")
    with pytest.raises(DataError, match="there already"):
        write_draft(made, desk.folder / "drafts")


def test_zero_to_ten_is_a_scale(desk):
    rows = "".join(f"{i % 11},{(i * 3) % 11},{(i * 7) % 11}\n" for i in range(40))
    assert "minimum: 0, maximum: 10}" in draft(desk.write("s.csv", "a1,a2,a3\n" + rows)).questionnaire
