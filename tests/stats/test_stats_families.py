"""Adjusted p values, detectable differences and Cronbach's alpha, against R."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import (
    NotComparable,
    NoVariation,
    OutOfRange,
    TooFewAnswers,
    TooFewItems,
    adjust_p,
    cronbach_alpha,
    detectable_difference,
)


@pytest.mark.parametrize("method", ["bh", "holm"])
def test_p_values_are_adjusted_as_by_rs_p_adjust(r, method):
    assert adjust_p(r["adjust"]["p"], method).tolist() == pytest.approx(r["adjust"][method], rel=1e-12)


def test_a_series_of_p_values_keeps_its_index():
    adjusted = adjust_p(pd.Series([0.04, 0.01], index=["food", "care"]), "holm")
    assert adjusted.to_dict() == {"food": 0.04, "care": 0.02}


def test_a_family_refuses_p_values_that_are_none():
    for impossible in ([], [0.1, None], [0.1, 1.2], [-0.1]):
        with pytest.raises(OutOfRange):
            adjust_p(impossible)
    with pytest.raises(NotComparable):
        adjust_p([0.1], "tukey")


def test_detectable_differences_are_those_of_rs_power_t_test(r):
    n = np.array(r["power"]["n"])
    assert detectable_difference(n, n, 1.1) == pytest.approx(r["power"]["d"], rel=1e-6)
    strict = detectable_difference(n, n, 1.1, power=0.9, level=0.99)
    assert strict == pytest.approx(r["power"]["d90_99"], rel=1e-6)


def test_detectable_differences_agree_with_the_methods_table():
    # sd 1.1, equal rounds, 80 % power at 95 % confidence.
    found = [round(detectable_difference(n, n, 1.1), 3) for n in (10, 30, 100)]
    assert found == [1.457, 0.809, 0.438]


def test_a_detectable_difference_needs_answers_spread_and_a_real_power():
    with pytest.raises(TooFewAnswers, match="1 and 1"):
        detectable_difference(1, 1, 1.0)
    with pytest.raises(NoVariation):
        detectable_difference(10, 10, 0.0)
    with pytest.raises(OutOfRange):
        detectable_difference(10, 10, 1.0, power=80)
    assert detectable_difference(1, 40, 1.0) > detectable_difference(20, 21, 1.0)


def test_alpha_is_rs_and_counts_complete_answers(r):
    items = pd.DataFrame(r["alpha"]["items"])
    assert cronbach_alpha(items).alpha == pytest.approx(r["alpha"]["alpha"], rel=1e-12)
    with_a_gap = pd.concat([items, pd.DataFrame({"a": [6], "b": [None], "c": [1]})]).astype("Int64")
    assert cronbach_alpha(with_a_gap) == cronbach_alpha(items)
    assert cronbach_alpha(with_a_gap).n_complete == 7


def test_alpha_refuses_one_item_few_answers_and_equal_respondents():
    with pytest.raises(TooFewItems):
        cronbach_alpha(pd.DataFrame({"a": [1, 2, 3]}))
    with pytest.raises(TooFewAnswers):
        cronbach_alpha(pd.DataFrame({"a": [1, None], "b": [None, 2]}))
    with pytest.raises(TooFewAnswers):
        cronbach_alpha(pd.DataFrame({"a": [], "b": []}))
    with pytest.raises(NoVariation):
        cronbach_alpha(pd.DataFrame({"a": [4.1, 4.1], "b": [3.3, 3.3]}))
