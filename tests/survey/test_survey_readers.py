"""Files are read as text, whatever they are written as, or refused with a reason."""

import numpy as np
import pandas as pd
import pytest

from analysis.core.errors import DataError
from analysis.survey.decoding import find_encoding, find_separator
from analysis.survey.readers import read_source

TEXT = "enhet;vekt\nBlåbær;1,5\nØst;0,8\n"


def cells(path, **how):
    return read_source(path, **how).table.to_pylist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman"])
def test_encoding_and_separator_are_found_out(desk, encoding):
    found = cells(desk.write("a.csv", TEXT, encoding))
    assert found == [{"enhet": "Blåbær", "vekt": "1,5"}, {"enhet": "Øst", "vekt": "0,8"}]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separator_is_the_one_that_gives_even_rows(separator):
    rows = [["a", "b", "c"], ["1", "2", "x"], ["3", "4", "y"]]
    assert find_separator("\n".join(separator.join(row) for row in rows)) == separator


def test_letters_late_in_a_long_file_decide_its_encoding():
    assert find_encoding(("x" * 99 + "\n").encode() * 50_000 + "Blåbær\n".encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(
    ("really", "given", "named"),
    [
        ("cp1252", "utf-8", "cp1252"),
        ("utf-8", "cp1252", "utf-8"),
        ("utf-8", "utf-16", "utf-8"),
        ("utf-16", "utf-8", "utf-16"),
        ("utf-16", "latin-1", "utf-16"),
    ],
)
def test_a_file_in_another_encoding_than_given_is_refused(desk, really, given, named):
    with pytest.raises(DataError) as error:
        read_source(desk.write("a.csv", TEXT, really), encoding=given)
    assert "not in the encoding given" in error.value.what
    assert named in error.value.todo


@pytest.mark.parametrize(("encoding", "given"), [("cp1252", "latin-1"), ("utf-8-sig", "utf-8")])
def test_an_encoding_that_fits_is_taken(desk, encoding, given):
    assert cells(desk.write("a.csv", TEXT, encoding), encoding=given)[0]["enhet"] == "Blåbær"


def test_unknown_encoding_is_refused(desk):
    with pytest.raises(DataError, match="no such encoding"):
        read_source(desk.write("a.csv", TEXT), encoding="klingon")


def test_missing_file_names_the_nearest(desk):
    desk.write("wave_2021.csv", TEXT)
    with pytest.raises(DataError, match="no such file") as error:
        read_source(desk.folder / "wave_2012.csv")
    assert "wave_2021.csv" in error.value.todo


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("a,b\n", "the file has no rows"),
        ("a,b\n,\n\n", "the file has no rows"),
        ("a,b\n1,2,3\n", "the file has no rows"),
        ("a,b,a \n1,2,3\n", "two columns have the same name"),
        ("a,,b\n1,2,3\n", "a column has no name"),
        ('a,b\n1,"2\n3,4\n5,6\n', "a quotation mark is not closed"),
    ],
)
def test_a_file_without_form_is_refused(desk, text, what):
    with pytest.raises(DataError) as error:
        read_source(desk.write("a.csv", text))
    assert error.value.what == what
    assert "a.csv" in error.value.where
    assert error.value.found
    assert error.value.expected


def test_other_kinds_of_files_are_refused(desk):
    with pytest.raises(DataError, match="cannot be read") as error:
        read_source(desk.write("a.sav", "x"))
    assert ".xlsx" in error.value.expected


def test_row_numbers_are_those_of_the_file(desk):
    source = read_source(desk.write("a.csv", 'a,b\n1,2\n\n"x\ny",3\n1,2,3\n4,5\n'))
    assert source.rows.tolist() == [2, 4, 6]
    assert source.broken == ((5, "1,2,3"),)


def test_row_numbers_hold_in_a_long_file(desk):
    lines = [f"{i},text of some length to fill a block" for i in range(600_000)]
    lines[500_000] += ",one too many"
    source = read_source(desk.write("a.csv", "a,b\n" + "\n".join(lines) + "\n"))
    assert source.broken[0][0] == 500_002
    assert source.rows[-1] == 600_001
    assert np.array_equal(source.table.column("a").to_numpy().astype(int) + 2, source.rows)


def test_codes_keep_their_zeros_and_markup_stays_as_it_is(desk):
    found = cells(desk.write("a.csv", "kommune,navn\n0301,<script>alert(1)</script>\n"))
    assert found == [{"kommune": "0301", "navn": "<script>alert(1)</script>"}]


def test_excel_is_read_from_its_first_sheet_or_the_one_named(tmp_path):
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"id": [1.0, 2.0], "kommune": ["0301", None]}).to_excel(
            book, sheet_name="Svar", index=False
        )
        pd.DataFrame({"id": [7.5]}).to_excel(book, sheet_name="Annet", index=False, startrow=2)
    assert cells(path) == [{"id": "1", "kommune": "0301"}, {"id": "2", "kommune": ""}]
    other = read_source(path, sheet="Annet")
    assert other.table.to_pylist() == [{"id": "7.5"}]
    assert other.rows.tolist() == [4]


def test_missing_sheet_names_those_that_are_there(tmp_path):
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"id": [1]}).to_excel(path, sheet_name="Svar", index=False)
    with pytest.raises(DataError, match="no such sheet") as error:
        read_source(path, sheet="Svr")
    assert "'Svar'" in error.value.expected
    assert "did you mean 'Svar'?" in error.value.todo


def test_what_only_looks_like_excel_or_parquet_is_refused(desk):
    with pytest.raises(DataError, match="cannot be read as Excel"):
        read_source(desk.write("a.xlsx", "no workbook"))
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        read_source(desk.write("a.parquet", "no table"))


def test_parquet_becomes_the_same_text_as_csv(tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"n": [5.0, None], "c": pd.Categorical(["x", None]), "i": [1, 2]}).to_parquet(path)
    assert cells(path) == [{"n": "5", "c": "x", "i": "1"}, {"n": "", "c": "", "i": "2"}]
