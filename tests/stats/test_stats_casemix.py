"""Case-mix adjustment, against R's lm and by its definition."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.casemix import CaseMix, adjust, adjusted_scores
from analysis.stats.errors import (
    NotComparable,
    NotIdentified,
    NotMeasured,
    NoVariation,
    OutOfRange,
    TooFewAnswers,
    TooFewUnits,
)

ADJUSTERS = ["age", "relation", "distance"]
few = settings(max_examples=12, deadline=None, derandomize=True)
seeds = st.integers(min_value=0, max_value=10_000)


@pytest.fixture(scope="module")
def lm():
    """Data and numbers from R's lm, made by r_casemix.R."""
    values = json.loads(Path(__file__).with_name("r_casemix.json").read_text("utf-8"))
    return SimpleNamespace(**values | {"data": pd.DataFrame(values["data"])})


def answered(seed, n=120, units=4):
    random = np.random.default_rng(seed)
    unit = random.integers(0, units, n)
    frame = pd.DataFrame({"unit": np.array(list("abcdefgh"))[unit]})
    frame["age"] = np.where(random.random(n) < 0.3 + 0.1 * unit, "old", "young")
    frame["help"] = random.random(n) < 0.4
    frame["visits"] = random.poisson(3, n)
    level = 4 - 0.8 * (frame["age"] == "old") + 0.1 * frame["visits"] + 0.2 * unit
    frame["score"] = np.clip(np.round(2 * (level + random.standard_normal(n))) / 2, 1, 6)
    return frame


def r_name(term):
    return term.replace("=", "")


def test_coefficients_and_their_errors_are_those_of_lm(lm):
    ours = adjust(lm.data, "score", "unit", ADJUSTERS)
    assert {r_name(t): b for t, b in ours.beta.items()} == pytest.approx(lm.beta, abs=1e-10)
    assert {r_name(t): b for t, b in ours.beta_se.items()} == pytest.approx(lm.se, abs=1e-10)
    assert {r_name(t): b for t, b in ours.centre.items()} == pytest.approx(lm.centre, abs=1e-12)
    assert ours.variance_residual == pytest.approx(lm.residual, abs=1e-10)
    assert (ours.n, ours.df) == (79, lm.df)
    assert ours.notes == ()


def test_adjusted_means_and_their_errors_are_those_of_lm_at_the_mean_adjusters(lm):
    table = adjust(lm.data, "score", "unit", ADJUSTERS).table
    assert list(table.columns) == ["unit", "n", "mean", "adjusted", "adjusted_se", "shift"]
    assert list(table["unit"]) == lm.units
    assert list(table["mean"]) == pytest.approx(lm.mean, abs=1e-12)
    assert list(table["adjusted"]) == pytest.approx(lm.adjusted, abs=1e-10)
    assert list(table["adjusted_se"]) == pytest.approx(lm.adjusted_se, abs=1e-10)
    assert list(table["shift"]) == pytest.approx(list(table["adjusted"] - table["mean"]), abs=1e-12)


def test_the_most_frequent_level_is_the_reference_and_the_first_of_equals(lm):
    assert adjust(lm.data, "score", "unit", ADJUSTERS).reference == {"age": "3-4", "relation": "parent"}
    even = pd.DataFrame(
        {"unit": list("aabb") * 2, "age": list("yxxy") * 2, "score": [1, 2, 4, 3, 1, 3, 4, 4]}
    )
    assert adjust(even, "score", "unit", "age").reference == {"age": "x"}


def test_a_units_level_is_no_part_of_the_coefficients():
    # Within both units the old score one point lower; that the unit of the old is higher is its own doing.
    frame = pd.DataFrame(
        {"unit": ["a"] * 6 + ["b"] * 6, "age": ["old"] + ["young"] * 5 + ["old"] * 5 + ["young"],
         "score": [2, 3, 3, 3, 3, 3.1, 4, 4, 4, 4, 4, 5.1]}
    )  # fmt: skip
    ours = adjust(frame, "score", "unit", "age")
    assert abs(ours.beta.iloc[0]) == pytest.approx(1.06, abs=0.01)
    difference = ours.table["adjusted"].diff().iloc[1]
    assert difference == pytest.approx(2, abs=0.05)
    assert difference > ours.table["mean"].diff().iloc[1]


def test_planted_coefficients_lie_within_their_intervals_as_often_as_they_say():
    # 200 draws of 95 % intervals: the standard error of a coverage of 0.95 is 0.015.
    inside = []
    for seed in range(200):
        random = np.random.default_rng(seed)
        unit = random.integers(0, 20, 400)
        old = random.random(400) < 0.2 + 0.03 * unit
        frame = pd.DataFrame({"unit": unit, "old": np.where(old, "yes", "no")})
        frame["score"] = 4 + 0.1 * unit - 0.5 * old + random.standard_normal(400)
        ours = adjust(frame, "score", "unit", "old")
        sign = 1 if ours.reference["old"] == "no" else -1
        inside.append(abs(sign * ours.beta.iloc[0] + 0.5) < 1.96 * ours.beta_se.iloc[0])
    assert 0.90 <= np.mean(inside) <= 0.99


def test_respondents_adjusted_scores_average_to_the_units_adjusted_means(lm):
    ours = adjust(lm.data, "score", "unit", ADJUSTERS)
    scores = ours.adjusted_scores(lm.data, "score")
    assert scores.index.equals(lm.data.index)
    by_unit = scores.groupby(lm.data["unit"]).mean()
    assert list(by_unit) == pytest.approx(list(ours.table["adjusted"]), abs=1e-12)


def test_a_saved_adjustment_with_three_decimals_adjusts_others(lm):
    ours = adjust(lm.data, "score", "unit", ADJUSTERS)
    saved = json.loads(
        json.dumps({"beta": ours.beta.round(3).to_dict(), "centre": ours.centre.round(3).to_dict(),
                    "reference": ours.reference})
    )  # fmt: skip
    again = adjusted_scores(lm.data.iloc[::2], "score", **saved)
    exact = ours.adjusted_scores(lm.data, "score").iloc[::2]
    assert again.index.equals(exact.index)
    # Five adjusters rounded to 0.0005, the distance up to 20.
    assert list(again) == pytest.approx(list(exact), abs=0.02)
    by_hand = lm.data["score"] - sum(
        beta
        * (
            (lm.data["distance"] if name == "distance" else lm.data[name.split("=")[0]] == name.split("=")[1])
            - saved["centre"][name]
        )
        for name, beta in saved["beta"].items()
    )
    assert list(again) == pytest.approx(list(by_hand.iloc[::2]), abs=1e-12)


def test_an_adjusted_score_is_missing_only_where_the_score_or_an_adjuster_is(lm):
    gaps = lm.data.astype({"score": "Float64"}).copy()
    gaps.loc[3, "score"] = pd.NA
    gaps.loc[5, "age"] = None
    gaps.loc[7, "distance"] = np.nan
    ours = adjust(lm.data, "score", "unit", ADJUSTERS)
    missing = ours.adjusted_scores(gaps, "score").isna()
    assert list(missing[missing].index) == [3, 5, 7]


def test_a_level_that_the_nation_never_saw_is_refused_not_taken_for_the_reference(lm):
    ours = adjust(lm.data, "score", "unit", ADJUSTERS)
    with pytest.raises(NotComparable, match="under 3"):
        ours.adjusted_scores(lm.data.replace({"age": {"under-3": "under 3"}}), "score")
    with pytest.raises(NotComparable, match="number"):
        ours.adjusted_scores(lm.data.assign(distance="far"), "score")
    with pytest.raises(NotMeasured):
        ours.adjusted_scores(lm.data.drop(columns="age"), "score")
    with pytest.raises(TooFewAnswers):
        ours.adjusted_scores(lm.data.assign(score=np.nan), "score")
    with pytest.raises(OutOfRange):
        ours.adjusted_scores(lm.data.assign(score=np.inf), "score")


def test_coefficients_without_their_centre_are_refused():
    with pytest.raises(NotComparable, match="different adjusters"):
        CaseMix(beta={"age=old": 1.0}, centre={"age=young": 0.5}, reference={"age": "young"})
    with pytest.raises(NotComparable, match="missing"):
        CaseMix(beta={"age=old": np.nan}, centre={"age=old": 0.5}, reference={"age": "young"})


def test_a_level_that_varies_in_no_unit_has_no_coefficient_and_is_named():
    frame = answered(1)
    frame.loc[frame["unit"] == "d", "age"] = "unknown"
    ours = adjust(frame, "score", "unit", ["age", "visits"])
    constant = "age=unknown"
    assert ours.beta[constant] == 0
    assert np.isnan(ours.beta_se[constant])
    assert [constant in note for note in ours.notes] == [True]
    assert not ours.table.isna().any(axis=None)
    assert not ours.adjusted_scores(frame, "score").isna().any()


def test_yes_and_no_are_levels_and_text_types_make_no_difference():
    frame = answered(2)
    plain = adjust(frame, "score", "unit", ["age", "help"])
    assert plain.reference["help"] == str(frame["help"].mode()[0])
    assert list(plain.beta.index)[1] == f"help={not frame['help'].mode()[0]}"
    other = frame.astype({"age": "category", "help": "boolean", "score": "Float64", "unit": "string"})
    again = adjust(other, "score", "unit", ["age", "help"])
    assert again.beta.to_dict() == plain.beta.to_dict()
    assert again.table["adjusted"].tolist() == plain.table["adjusted"].tolist()


def test_rows_with_gaps_are_left_aside():
    frame = answered(3)
    gaps = pd.concat([frame, frame.head(9).assign(age=None), frame.head(4).assign(score=np.nan)])
    pd.testing.assert_frame_equal(
        adjust(gaps, "score", "unit", "age").table, adjust(frame, "score", "unit", "age").table
    )


def test_what_cannot_be_adjusted_is_refused_by_name():
    frame = answered(4)
    with pytest.raises(NotIdentified, match="does not vary within any unit"):
        adjust(
            frame.assign(place=frame["unit"].map({"a": "town"}).fillna("country")), "score", "unit", "place"
        )
    with pytest.raises(NotIdentified, match="does not vary"):
        adjust(frame.assign(same="x"), "score", "unit", ["age", "same"])
    with pytest.raises(NotIdentified, match="follow from each other"):
        adjust(frame.assign(twice=2 * frame["visits"] + 1), "score", "unit", ["visits", "twice"])
    with pytest.raises(TooFewUnits):
        adjust(frame[frame["unit"] == "a"], "score", "unit", "age")
    with pytest.raises(TooFewAnswers):
        adjust(frame.iloc[:0], "score", "unit", "age")
    with pytest.raises(TooFewAnswers):
        adjust(frame.assign(score=np.nan), "score", "unit", "age")
    with pytest.raises(TooFewAnswers, match="coefficients"):
        adjust(
            frame.drop_duplicates(["unit", "age"]).query("unit in ['a', 'b']").iloc[:3],
            "score",
            "unit",
            "age",
        )
    with pytest.raises(NoVariation):
        adjust(frame.assign(score=4.1), "score", "unit", "age")
    with pytest.raises(NoVariation):
        adjust(frame.assign(score=frame["visits"] * 0.3), "score", "unit", "visits")
    with pytest.raises(NotMeasured, match="did you mean 'age'"):
        adjust(frame, "score", "unit", "agge")
    for wrong in ([], ["age", "age"], ["unit"], ["score"]):
        with pytest.raises(NotComparable):
            adjust(frame, "score", "unit", wrong)
    with pytest.raises(NotComparable, match="="):
        adjust(frame.rename(columns={"age": "a=b"}), "score", "unit", "a=b")
    with pytest.raises(NotComparable, match="numbers"):
        adjust(frame.assign(score="good"), "score", "unit", "age")


@few
@given(seed=seeds, shuffle=seeds)
def test_the_order_of_rows_changes_no_bit(seed, shuffle):
    frame = answered(seed).assign(score=lambda f: f["score"] / 3)
    mixed_up = frame.sample(frac=1, random_state=shuffle)
    one, two = (adjust(f, "score", "unit", ["age", "help", "visits"]) for f in (frame, mixed_up))
    pd.testing.assert_frame_equal(one.table, two.table, rtol=0, atol=0)
    pd.testing.assert_series_equal(one.beta, two.beta, rtol=0, atol=0)
    assert one.adjusted_scores(frame, "score").equals(two.adjusted_scores(mixed_up, "score").sort_index())


@few
@given(seed=seeds)
def test_the_names_of_units_and_levels_change_nothing_but_names(seed):
    frame = answered(seed)
    names = dict(zip("abcd", ["Ås", "1", "(x)", "b 4"], strict=True))
    renamed = frame.assign(unit=frame["unit"].map(names), age=frame["age"].map({"old": "G", "young": "æ"}))
    before, after = (adjust(f, "score", "unit", ["age", "visits"]).table for f in (frame, renamed))
    after = after.set_index("unit").loc[list(before["unit"].map(names))]
    for column in ("adjusted", "adjusted_se", "shift"):
        assert list(after[column]) == pytest.approx(list(before[column]), abs=1e-10)


@few
@given(seed=seeds, constant=st.integers(min_value=-1000, max_value=1000))
def test_a_constant_moves_the_means_and_nothing_else(seed, constant):
    frame = answered(seed)
    before = adjust(frame, "score", "unit", ["age", "visits"])
    higher = adjust(frame.assign(score=frame["score"] + constant), "score", "unit", ["age", "visits"])
    later = adjust(frame.assign(visits=frame["visits"] + constant), "score", "unit", ["age", "visits"])
    assert list(higher.table["adjusted"] - constant) == pytest.approx(
        list(before.table["adjusted"]), abs=1e-9
    )
    for moved in (higher, later):
        assert list(moved.beta) == pytest.approx(list(before.beta), abs=1e-9)
        for column in ("adjusted_se", "shift"):
            assert list(moved.table[column]) == pytest.approx(list(before.table[column]), abs=1e-9)


@few
@given(seed=seeds)
def test_shifts_cancel_over_all_respondents(seed):
    table = adjust(answered(seed), "score", "unit", ["age", "help", "visits"]).table
    assert float((table["n"] * table["shift"]).sum()) == pytest.approx(0, abs=1e-9)


def test_an_adjustment_prints_as_its_table(lm):
    ours = adjust(lm.data, "score", "unit", ADJUSTERS)
    assert "adjusted_se" in str(ours)
    assert "<td>north</td>" in ours._repr_html_()
