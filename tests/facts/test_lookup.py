"""Facts looked up by what is asked: what plain filtering finds, whatever happens to the table."""

import gc

import numpy as np
import pandas as pd
import pytest

from analysis.facts import lookup
from analysis.facts.lookup import index_of, kept_part, part_of
from analysis.facts.table import Fact, tabulate


@pytest.fixture
def table():
    return tabulate(
        [
            Fact(municipality=place, service="school", unit=unit, year=year, topic=topic, statistic=name,
                 value=value, n=12, level=None if unit else 0.95)
            for value, (place, unit, year, topic, name) in enumerate(
                (place, unit, year, topic, name)
                for place in ("9901", "")
                for name in ("mean", "respondents", "change")
                for year in (2023, 2025, None)
                for unit in ("", "u1", "u2")
                for topic in ("overall", "dimension.a")
            )
        ]
    )  # fmt: skip


QUESTIONS = [
    {},
    {"statistic": "mean"},
    {"statistic": ("change", "mean", "mean")},
    {"statistic": "mean", "year": 2025},
    {"year": (2023, 2025), "unit": "", "statistic": ("mean", "change")},
    {"unit": ("u2", "u1")},
    {"topic": "overall", "year": np.int64(2025)},
    {"municipality": "", "value": 60.0},
    {"statistic": "tau"},
    {"statistic": "mean", "unit": "u9"},
    {"fact_id": "9901/school/u1/2025/overall/-/mean/-"},
]


def filtered(table, where):
    fits = np.ones(len(table), dtype=bool)
    for column, wanted in where.items():
        several = list(wanted) if isinstance(wanted, tuple) else [wanted]
        fits &= table[column].isin(several).to_numpy(dtype=bool)
    return table["fact_id"][fits].tolist()


@pytest.mark.parametrize("where", QUESTIONS, ids=str)
def test_an_index_finds_what_filtering_the_table_finds_in_its_order(table, where):
    assert [fact.fact_id for fact in index_of(table).find(where)] == filtered(table, where)


def test_found_facts_have_none_where_the_table_has_nothing(table):
    found = index_of(table).find({"statistic": "mean", "unit": "u1", "topic": "overall"})
    assert [fact.year for fact in found] == [2023, 2025, None] * 2
    assert {fact.level for fact in found} == {None}
    assert found[0] == Fact(municipality="9901", service="school", unit="u1", year=2023, topic="overall",
                            statistic="mean", value=2.0, n=12)  # fmt: skip


def test_nothing_is_found_by_a_missing_value(table):
    assert index_of(table).find({"year": None}) == []
    assert {f.year for f in index_of(table).find({"year": (None, 2023)})} == {2023}


def test_a_column_that_is_not_there_is_an_error(table):
    with pytest.raises(KeyError, match="colour"):
        index_of(table).find({"colour": "red"})


def test_what_is_found_may_be_changed_without_harm(table):
    index_of(table).find({"statistic": "mean"}).clear()
    index_of(table).find({}).clear()
    assert len(index_of(table).find({"statistic": "mean"})) == 36
    assert len(index_of(table).find({})) == len(table)


def by_name(table):
    table["value"] = table["value"] + 1000
    return table


def by_place(table):
    table.iloc[0, table.columns.get_loc("value")] = 1000.0
    return table


def by_cell(table):
    table.at[0, "value"] = 1000.0
    return table


def by_label(table):
    table.loc[table["unit"] == "", "value"] = 1000.0
    return table


@pytest.mark.parametrize("change", [by_name, by_place, by_cell, by_label])
def test_a_table_changed_in_place_is_looked_up_as_it_is_now(table, change):
    before = index_of(table).find({})
    changed = change(table)
    now = index_of(changed).find({})
    assert [fact.value for fact in now] == changed["value"].tolist()
    assert now != before


CHANGED = {"text": ("state", "suppressed"), "whole": ("year", 2020), "real": ("value", 9.0)}


@pytest.mark.parametrize("kind", CHANGED)
@pytest.mark.parametrize("way", ["name", "place", "cell", "label", "filled"])
def test_a_change_is_seen_in_a_column_of_any_type(table, kind, way):
    column, value = CHANGED[kind]
    part = kept_part(table, "own", "municipality", bool)
    before = len(index_of(table).find({column: value}))
    if way == "name":
        table[column] = pd.Series([value] * len(table), dtype=table[column].dtype)
    elif way == "place":
        table.iloc[0, table.columns.get_loc(column)] = value
    elif way == "cell":
        table.iat[0, table.columns.get_loc(column)] = value
    elif way == "label":
        table.loc[table["unit"] == "u1", column] = value
    else:
        table.update(pd.DataFrame({column: [value, value]}))
    found = index_of(table).find({column: value})
    assert len(found) > before
    assert [fact.fact_id for fact in found] == [
        fact.fact_id for fact in index_of(table.copy()).find({column: value})
    ]
    assert kept_part(table, "own", "municipality", bool) is not part


@pytest.mark.parametrize("kind", CHANGED)
def test_a_change_of_one_cell_of_a_part_is_seen_in_a_column_of_any_type(table, kind):
    column, value = CHANGED[kind]
    part = kept_part(table, "own", "municipality", bool)
    first, others = part[column].iloc[0], int(part[column].isin([value]).sum())
    assert first != value
    part.iat[0, part.columns.get_loc(column)] = value
    assert len(index_of(part).find({column: value})) == 1 + others
    assert kept_part(table, "own", "municipality", bool)[column].iloc[0] == first


def by_columns(table, names):
    table.columns = [names.get(name, name) for name in table.columns]


def by_renaming(table, names):
    table.rename(columns=names, inplace=True)


@pytest.mark.parametrize("rename", [by_columns, by_renaming])
@pytest.mark.parametrize("names", [("unit", "category"), ("value", "high"), ("n", "N")], ids=str)
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_columns_renamed_in_place_are_found_by_their_new_names(table, rename, names):
    one, other = names
    held = table[one].tolist()
    assert [getattr(fact, one) for fact in index_of(table).find({})] == held
    rename(table, {one: other, other: one})
    assert [getattr(fact, other) for fact in index_of(table).find({})] == held


def test_a_part_is_the_same_table_each_time_and_knows_its_rows(table):
    def mine():
        return kept_part(table, "own", "municipality", lambda place: place != "")

    part = mine()
    assert part is mine()
    pd.testing.assert_frame_equal(part, table[table["municipality"] != ""])
    for where in QUESTIONS:
        assert [fact.fact_id for fact in index_of(part).find(where)] == filtered(part, where)


def test_a_part_that_somebody_changed_is_made_anew(table):
    part = kept_part(table, "own", "municipality", lambda place: place != "")
    part["value"] = 0.0
    assert {fact.value for fact in index_of(part).find({})} == {0.0}
    again = kept_part(table, "own", "municipality", lambda place: place != "")
    assert again is not part
    pd.testing.assert_frame_equal(again, table[table["municipality"] != ""])


def test_a_part_of_a_part_keeps_the_order_of_the_table(table):
    half = index_of(table).only("statistic", lambda name: name == "mean")
    part = part_of(part_of(table, half), half.only("unit", lambda unit: unit == "u1"))
    assert part["fact_id"].tolist() == filtered(table, {"statistic": "mean", "unit": "u1"})
    assert [fact.fact_id for fact in index_of(part).find({})] == part["fact_id"].tolist()


def test_what_is_known_of_a_table_is_worked_out_once(table):
    asked = []
    for _ in range(2):
        index_of(table).known("units", lambda index: asked.append(set(index.values("unit"))))
    assert asked == [{"", "u1", "u2"}]


def test_an_index_goes_with_its_table(table):
    gc.collect()
    other, before = table.copy(), len(lookup._KEPT)
    kept_part(other, "own", "municipality", lambda place: place != "")
    assert len(lookup._KEPT) == before + 2
    del other
    gc.collect()
    assert len(lookup._KEPT) == before
