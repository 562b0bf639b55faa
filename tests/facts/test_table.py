"""The facts table keeps its contract."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.core.errors import DataError
from analysis.facts import Fact, join, read_facts, read_together, tabulate, write_facts
from analysis.facts.table import COLUMNS

MEAN = Fact(
    statistic="mean", municipality="9901", service="school", year=2025, topic="overall", value=4.5, n=40
)


def test_an_id_says_place_year_subject_and_comparison() -> None:
    fact = replace(MEAN, statistic="change", unit="u-1", against="year.2023")
    assert fact.fact_id == "9901/school/u-1/2025/overall/-/change/year.2023"


def test_an_id_does_not_depend_on_the_value_or_the_method() -> None:
    assert replace(MEAN, value=1.5, method="other", cell="x").fact_id == MEAN.fact_id


def test_a_table_has_the_settled_columns_and_comes_back_from_a_file(tmp_path) -> None:
    table = tabulate([MEAN, replace(MEAN, year=2023).missing("not_measured", "no_answers")])
    write_facts(table, tmp_path / "facts.parquet")
    assert list(table.columns) == list(COLUMNS)
    pd.testing.assert_frame_equal(read_facts(tmp_path / "facts.parquet"), table)


def test_tables_that_are_read_together_stand_under_each_other_as_when_read_one_by_one(tmp_path) -> None:
    paths = [tmp_path / f"{name}.parquet" for name in ("school", "none", "water")]
    for path, facts in zip(paths, ([MEAN], [], [replace(MEAN, service="water", se=0.1)]), strict=True):
        write_facts(tabulate(facts), path)
    together = read_together(paths)
    pd.testing.assert_frame_equal(together, join([read_facts(path) for path in paths]))
    assert together["service"].tolist() == ["school", "water"]
    assert read_together([]).empty


def test_a_file_that_holds_no_facts_table_is_named(tmp_path) -> None:
    pd.DataFrame({"mean": [1.0]}).to_parquet(tmp_path / "other.parquet")
    write_facts(tabulate([MEAN]), tmp_path / "facts.parquet")
    with pytest.raises(DataError, match=r"other\.parquet: this is no facts table"):
        read_together([tmp_path / "facts.parquet", tmp_path / "other.parquet"])


def cut(path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def emptied(path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(("spoil", "found"), [(cut, "Parquet"), (emptied, "an empty file")])
def test_a_file_that_is_not_whole_is_named_with_what_to_do(tmp_path, spoil, found) -> None:
    paths = [tmp_path / "whole.parquet", tmp_path / "part.parquet"]
    for path in paths:
        write_facts(tabulate([MEAN]), path)
    spoil(paths[1])
    with pytest.raises(DataError, match=r"part\.parquet: the facts cannot be read") as error:
        read_together(paths)
    assert found in error.value.found
    assert error.value.expected == "a whole Parquet file"
    assert "tilstand run" in error.value.todo


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [("value", ["4.5"], "float64"), ("n", [40.0], "Int64"), ("topic", [3], "string")],
)
def test_a_file_with_a_column_of_another_type_is_named(tmp_path, column, values, expected) -> None:
    write_facts(tabulate([MEAN]), tmp_path / "facts.parquet")
    other = tabulate([replace(MEAN, service="water")]).assign(**{column: values})
    other.to_parquet(tmp_path / "other.parquet", index=False)
    with pytest.raises(DataError, match=r"other\.parquet: a column of the facts has another type") as error:
        read_together([tmp_path / "facts.parquet", tmp_path / "other.parquet"])
    assert error.value.found.startswith(f"{column}: ")
    assert error.value.expected == expected


def test_files_that_share_an_id_are_named_and_no_others(tmp_path) -> None:
    paths = [tmp_path / f"{name}.parquet" for name in ("school", "water", "again")]
    for path, service in zip(paths, ("school", "water", "school"), strict=True):
        write_facts(tabulate([replace(MEAN, service=service)]), path)
    with pytest.raises(DataError, match="two facts share an id") as error:
        read_together(paths)
    assert error.value.where == f"{paths[0]}, {paths[2]}"
    assert error.value.found == replace(MEAN, service="school").fact_id
    with pytest.raises(DataError, match="two facts share an id"):
        read_together([paths[0], paths[0]])


def test_an_empty_table_is_a_table() -> None:
    assert len(join([tabulate(())])) == 0


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        ([MEAN, MEAN], "two facts share an id"),
        ([replace(MEAN, state="gone")], "unknown state"),
        ([replace(MEAN, value=None)], "missing without a reason"),
        ([replace(MEAN, state="suppressed")], "carries a number"),
    ],
)
def test_a_table_that_breaks_the_contract_is_refused(facts, what) -> None:
    with pytest.raises(DataError, match=what):
        tabulate(facts)


def test_a_missing_fact_keeps_its_id_and_loses_its_numbers() -> None:
    fact = replace(MEAN, verdict="higher", se=0.1).missing("suppressed")
    assert (fact.fact_id, fact.value, fact.n, fact.se, fact.verdict) == (MEAN.fact_id, None, None, None, "")


def test_the_keys_of_a_join_name_the_cells() -> None:
    assert join({"scores": tabulate([MEAN])})["cell"].tolist() == ["scores"]


def test_facts_that_are_not_there_say_what_to_do(tmp_path) -> None:
    with pytest.raises(DataError, match="tilstand run"):
        read_facts(tmp_path / "facts.parquet")
