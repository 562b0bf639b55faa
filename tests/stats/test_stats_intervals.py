"""Intervals of means and shares, against R's stats and survey packages."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import (
    NotComparable,
    NoVariation,
    OutOfRange,
    TooFewAnswers,
    mean_interval,
    pooled_sd,
    wilson,
)

exact = {"rel": 1e-8, "abs": 1e-10}


def test_a_mean_has_rs_t_interval(r):
    expected = r["mean"]
    ours = mean_interval(expected["values"])
    assert (ours.mean, ours.sd, ours.se) == pytest.approx(
        (expected["mean"], expected["sd"], expected["se"]), **exact
    )
    assert (ours.low, ours.high) == pytest.approx(tuple(expected["ci95"]), **exact)
    at_90 = mean_interval(expected["values"], level=0.90)
    assert (at_90.low, at_90.high) == pytest.approx(tuple(expected["ci90"]), **exact)
    assert (ours.n, ours.df, ours.sd_source, ours.population) == (14, 13, "own", None)


def test_a_weighted_mean_has_the_standard_error_of_rs_svymean(r):
    expected = r["mean"]
    ours = mean_interval(expected["values"], weights=expected["weights"])
    assert (ours.mean, ours.se) == pytest.approx((expected["weighted"], expected["weighted_se"]), **exact)
    assert (ours.low, ours.high) == pytest.approx(tuple(expected["weighted_ci95"]), **exact)
    corrected = mean_interval(expected["values"], weights=expected["weights"], population=expected["N"])
    assert corrected.se == pytest.approx(expected["weighted_se_fpc"], **exact)


def test_equal_weights_change_nothing():
    values = [3, 4, 6, 2, 5]
    plain, weighted = mean_interval(values), mean_interval(values, weights=[2.5] * 5)
    assert (weighted.se, weighted.sd, weighted.design_effect) == pytest.approx((plain.se, plain.sd, 1.0))


def test_the_design_effect_says_what_weights_cost():
    # n Σw²/(Σw)² with weights 1, 1, 2: 3 · 6 / 16
    assert mean_interval([1, 2, 3], weights=[1, 1, 2]).design_effect == pytest.approx(1.125)


def test_the_pooled_standard_deviation_is_rs_residual_one(r):
    ours = pooled_sd(r["data"]["score"], r["data"]["unit"])
    assert (ours.sd, ours.df, ours.n_groups) == (
        pytest.approx(r["pooled"]["sd"], **exact),
        r["pooled"]["df"],
        4,
    )


def test_few_or_equal_answers_take_the_pooled_standard_deviation_and_say_so():
    pooled = pooled_sd([1, 3, 4, 6, 5, 2], list("aabbbc"))
    few = mean_interval([4, 5, 6], pooled_sd=pooled)
    assert (few.sd_source, few.sd, few.df) == ("pooled", pooled.sd, pooled.df)
    assert few.se == pytest.approx(pooled.sd / np.sqrt(3))
    same = mean_interval([5] * 20, pooled_sd=0.9)
    assert (same.sd_source, same.se) == ("pooled", pytest.approx(0.9 / np.sqrt(20)))
    # A plain number has no degrees of freedom: the normal quantile 1.959964 (R: qnorm(.975)).
    assert same.high - same.mean == pytest.approx(1.95996398454005 * same.se)
    many = mean_interval([4, 5] * 5, pooled_sd=pooled)
    assert many.sd_source == "own"
    assert mean_interval([4], pooled_sd=1.1).se == pytest.approx(1.1)


def test_a_census_has_no_uncertainty_about_its_own_users():
    everyone = mean_interval([3, 4, 5], population=3)
    assert (everyone.low, everyone.mean, everyone.high) == (4.0, 4.0, 4.0)


def test_a_mean_refuses_what_it_cannot_describe():
    with pytest.raises(TooFewAnswers):
        mean_interval([])
    with pytest.raises(TooFewAnswers, match="pooled"):
        mean_interval([4])
    with pytest.raises(NoVariation):
        mean_interval([4.1] * 12)
    with pytest.raises(NoVariation):
        mean_interval([4, 5], pooled_sd=0.0)
    with pytest.raises(OutOfRange, match="n 3, N 2"):
        mean_interval([1, 2, 3], population=2)
    with pytest.raises(OutOfRange):
        mean_interval([1, 2, 3], weights=[1, 0, 1])
    with pytest.raises(OutOfRange):
        mean_interval([1, 2, 3], weights=[1, None, 1])
    with pytest.raises(NotComparable):
        mean_interval([1, 2, 3], weights=[1, 1])
    with pytest.raises(OutOfRange):
        mean_interval([1, 2, 3], level=95)
    with pytest.raises(OutOfRange):
        mean_interval([1, np.inf])


def test_pooling_refuses_groups_without_spread():
    with pytest.raises(TooFewAnswers):
        pooled_sd([1, 2], ["a", "b"])
    with pytest.raises(NoVariation):
        pooled_sd([4.1, 4.1, 4.1, 2, 2], list("aaabb"))
    with pytest.raises(NotComparable):
        pooled_sd([1, 2], ["a"])


def test_null_of_any_kind_is_no_answer():
    assert mean_interval(pd.array([4, None, 6, 5], dtype="Int64")).n == 3
    assert mean_interval([4, None, 6, np.nan, pd.NA, 5]).n == 3


def test_shares_have_rs_wilson_intervals(r):
    for case in r["wilson"]:
        at_95 = wilson(case["successes"], case["n"])
        assert (at_95.low, at_95.high) == pytest.approx(tuple(case["ci95"]), **exact)
        at_99 = wilson(case["successes"], case["n"], level=0.99)
        assert (at_99.low, at_99.high) == pytest.approx(tuple(case["ci99"]), **exact)


def test_shares_come_in_arrays_too():
    several = wilson(np.array([0, 3, 9]), np.array([7, 12, 9]))
    assert several.low[0] == 0.0
    assert several.high[2] == 1.0
    assert several.share.tolist() == [0.0, 0.25, 1.0]
    assert several.low[1] == wilson(3, 12).low


def test_a_share_refuses_what_cannot_be():
    with pytest.raises(TooFewAnswers):
        wilson(0, 0)
    with pytest.raises(OutOfRange):
        wilson(4, 3)
    with pytest.raises(OutOfRange):
        wilson(np.nan, 3)
