"""What a formula takes from a frame, and what stands for the rounds where nobody says."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import NotComparable, NotMeasured, OutOfRange, fit_units
from analysis.stats.designs import fixed_formula, rows_and_design
from analysis.stats.frames import complete_rows

TOWNS = {"a": 1, "b": 1, "c": 2, "d": 2}


@pytest.fixture
def frame():
    return pd.DataFrame(
        {"unit": list("aabbccdd") * 3, "year": [2024, 2026] * 12, "score": (np.arange(24) * 7 % 11) / 2}
    )


def test_a_missing_value_in_a_column_that_is_not_used_leaves_nobody_out(frame):
    # A column called C, as a questionnaire may have one, is no part of C(year).
    rows, design = rows_and_design(frame.assign(C=None, ye=None), ["unit", "score"], "C(year)")
    assert len(rows) == len(design) == 24
    assert list(design.columns) == ["Intercept", "C(year)[T.2026]"]


def test_columns_with_odd_names_are_quoted(frame):
    odd = frame.assign(**{"log.radon": frame["score"].where(frame.index > 0)})
    rows, design = rows_and_design(odd, ["score"], 'Q("log.radon")')
    assert len(rows) == 23
    assert list(design.columns) == ["Intercept", 'Q("log.radon")']


def test_a_model_finds_its_rounds_under_another_name(frame):
    usual = fit_units(frame, "score", "unit")
    renamed = fit_units(frame.rename(columns={"year": "wave"}), "score", "unit", year="wave")
    assert renamed.round == 2026
    assert renamed.table["shrunken"].tolist() == usual.table["shrunken"].tolist()


def test_a_frame_without_rounds_is_one_round_but_not_where_they_are_called_otherwise(frame):
    assert fixed_formula(frame, "C(year)", "year") == ("C(year)", [])
    formula, notes = fixed_formula(frame.drop(columns="year"), "C(year)", "year")
    assert formula == "1"
    assert "one round" in notes[0]
    for meant in ("Year", "years", "yaer"):
        with pytest.raises(NotMeasured, match=f"year='{meant}'"):
            fit_units(frame.rename(columns={"year": meant}), "score", "unit")
    # What somebody wrote is meant: it is not replaced.
    with pytest.raises(NotMeasured):
        fit_units(frame.drop(columns="year").assign(age=1.0), "score", "unit", fixed="C(year) + age")


def test_one_round_in_the_frame_makes_no_singular_design(frame):
    one = frame.query("year == 2026")
    ours = fit_units(one, "score", "unit")
    assert list(ours.fixed.index) == ["Intercept"]
    assert ours.notes == fit_units(one, "score", "unit", fixed="1").notes


def test_what_is_no_formula_is_refused_by_name(frame):
    for wrong in ("C(year", "C(year) +", "log(score)", "nothing"):
        with pytest.raises(NotMeasured, match="cannot be made"):
            fit_units(frame, "score", "unit", fixed=wrong)
    with pytest.raises(NotMeasured, match="has a left side") as caught:
        fit_units(frame, "score", "unit", fixed="score ~ C(year)")
    assert caught.value.todo.startswith("write 'C(year)'")


def test_levels_and_numbers_are_what_patsy_takes_them_for(frame):
    told = frame.assign(kind=["x", "y", "z"] * 8, done=[True, False] * 12, age=np.arange(24) % 5)
    _, design = rows_and_design(told, ["score"], "C(year) * age + kind + done + C(age)")
    assert next(name for name in design.columns if "age" in name) == "C(age)[T.1]"
    assert {"kind[T.y]", "done[T.True]", "age", "C(year)[T.2026]:age"} <= set(design.columns)


def test_units_and_scores_come_in_any_kind_of_column(frame):
    usual = fit_units(frame, "score", "unit").table["shrunken"].tolist()
    for kinds in (
        {"unit": frame["unit"].astype("category")},
        {"unit": frame["unit"].map({"a": 4, "b": 5, "c": 6, "d": 7})},
        {"unit": pd.Categorical(frame["unit"].map({"a": 4, "b": 5, "c": 6, "d": 7}))},
        {"score": frame["score"].astype(object)},
        {"score": pd.Categorical(frame["score"], ordered=True)},
        {"score": frame["score"].astype("Float64")},
        {"year": frame["year"].astype("category")},
    ):
        assert fit_units(frame.assign(**kinds), "score", "unit").table["shrunken"].tolist() == usual
    whole = frame.assign(score=(2 * frame["score"]).astype(int))
    assert fit_units(whole, "score", "unit").table["shrunken"].tolist() == pytest.approx(
        [2 * x for x in usual]
    )


def test_mixed_kinds_and_names_that_collide_are_refused_by_name(frame):
    with pytest.raises(OutOfRange, match="mixes"):
        complete_rows(frame.assign(unit=[1, "a"] * 12), ["unit"])
    with pytest.raises(OutOfRange, match="text"):
        fit_units(frame.assign(score="4"), "score", "unit")
    with pytest.raises(NotComparable, match="within='mean'"):
        fit_units(frame.assign(mean=frame["unit"].map(TOWNS)), "score", "unit", within="mean")
    assert list(fit_units(frame.rename(columns={"unit": "n"}), "score", "n").table["unit"]) == list("abcd")


def test_rounds_and_units_are_made_as_patsy_makes_them(frame):
    mixed = frame.assign(score=frame["score"].where(frame.index % 5 > 0)).sample(frac=1, random_state=1)
    # Written otherwise, the formula goes to patsy.
    rows, design = rows_and_design(mixed, ["score"], "C(year) + C(unit)")
    by_patsy_rows, by_patsy = rows_and_design(mixed, ["score"], "C(year)  +  C(unit)")
    pd.testing.assert_frame_equal(rows, by_patsy_rows)
    pd.testing.assert_frame_equal(design, pd.DataFrame(by_patsy), check_exact=True)
    assert design.to_numpy().strides == by_patsy.to_numpy().strides
