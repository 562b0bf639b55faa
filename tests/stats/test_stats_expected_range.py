"""Expected range and funnel: by hand, by FunnelPlotR and R, by simulation, and whatever the data."""

import dataclasses
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.errors import (
    NotComparable,
    NotMeasured,
    NoVariation,
    OutOfRange,
    TooFewAnswers,
    TooFewUnits,
)
from analysis.stats.expected_range import expected_range, funnel, overdispersion
from analysis.stats.overdispersion import NORMAL_SQUARE

# Made by r_expected_range.R: FunnelPlotR 0.6.0 and R 4.2.2.
R = json.loads((Path(__file__).resolve().parent / "r_expected_range.json").read_text("utf-8"))
few = settings(max_examples=15, deadline=None, derandomize=True)
seeds = st.integers(min_value=0, max_value=10_000)


def drawn(seed, k=40, tau=0.2, theta=4.0):
    """Draw estimates of k units with 10 to 400 answers each, sd 1.1 within and tau between them."""
    random = np.random.default_rng(seed)
    n = np.floor(np.exp(random.uniform(np.log(10), np.log(401), k))).astype(int)
    se = 1.1 / np.sqrt(n)
    mean = theta + random.standard_normal(k) * np.sqrt(se**2 + tau**2)
    return pd.DataFrame({"unit": [f"u{i:03d}" for i in range(k)], "n": n, "mean": mean, "se": se})


# 21 units a tenth of a point apart, s = 0.2 each. Position 1 + 20/10 of the order statistics is the third
# whole, so the two lowest and highest become -0.8 and 0.8 and the sum of the winsorised squares is
# 2 (3 x 0.64 + 0.01 (1 + 4 + ... + 49)) = 6.64, that of z* is 6.64 / 0.04 = 166.
LADDER = pd.DataFrame(
    {"unit": range(21), "n": 30, "mean": [4 + 0.1 * k for k in range(-10, 11)], "se": [0.2] * 21}
)


def test_the_published_tau_is_its_formula_by_hand():
    ours = overdispersion(LADDER, "published")
    assert ours.phi == pytest.approx(166 / 21)
    # w = 25: Σw - Σw²/Σw = 525 - 25.
    assert ours.tau == pytest.approx(((166 - 20) / 500) ** 0.5)
    assert (ours.theta, ours.n_units, ours.tau_source) == (pytest.approx(4), 21, "published")


def test_the_consistent_tau_is_its_formula_by_hand_where_all_are_equally_precise():
    # With one s for all the mean of squares is 6.64/21 / (s² + τ²).
    assert overdispersion(LADDER).tau == pytest.approx((6.64 / 21 / (NORMAL_SQUARE * 20 / 21) - 0.04) ** 0.5)
    assert pytest.approx(R["expectation"], abs=1e-12) == NORMAL_SQUARE


@pytest.mark.parametrize("case", ["spread_out", "alike", "given_theta"])
def test_tau_is_that_of_funnelplotr_and_of_rs_root(case):
    data = pd.DataFrame(R["alike" if case == "alike" else "spread_out"])
    expected = R["estimates"][case]
    theta = expected["theta"] if case == "given_theta" else None
    published, consistent = (overdispersion(data, way, theta) for way in ("published", "consistent"))
    assert published.theta == pytest.approx(expected["theta"], abs=1e-8)
    assert published.phi == pytest.approx(expected["phi"], abs=1e-8)
    assert published.tau == pytest.approx(expected["tau"], abs=1e-8)
    assert consistent.tau == pytest.approx(expected["consistent"], abs=1e-8)


def test_tau_of_shares_on_the_arcsine_scale_is_that_of_funnelplotr():
    shares = R["shares"]
    data = pd.DataFrame({"mean": shares["y"], "se": shares["se"]})
    ours = overdispersion(data, "published", shares["theta"])
    assert (ours.phi, ours.tau) == (
        pytest.approx(shares["phi"], abs=1e-8), pytest.approx(shares["tau"], abs=1e-8)
    )  # fmt: skip


def test_z_p_and_band_are_rs():
    ours = expected_range(pd.DataFrame(R["spread_out"])).table
    assert list(ours["z"]) == pytest.approx(R["judged"]["z"], abs=1e-8)
    assert list(ours["p"]) == pytest.approx(R["judged"]["p"], abs=1e-8)
    assert list(ours["outside"]) == R["judged"]["outside"]
    beyond = ours.set_index("unit").loc[["u04", "u09", "u26", "u27"], ["band", "outside"]]
    assert list(beyond.itertuples(index=False, name=None)) == [
        ("above", 95), ("below", 99), ("above", 99.8), ("below", 99.8)
    ]  # fmt: skip


def test_a_given_tau_and_theta_judge_a_single_unit():
    # √(0.3² + 0.4²) = 0.5: z = 3, limits 4 ± 0.98, 1.29, 1.545.
    one = pd.DataFrame({"unit": ["a"], "n": [9], "mean": [5.5], "se": [0.3]})
    ours = expected_range(one, tau=0.4, theta=4.0)
    row = ours.table.iloc[0]
    assert row["z"] == pytest.approx(3)
    # R: 2 * pnorm(-3)
    assert row["p"] == pytest.approx(0.00269979606326021, abs=1e-12)
    assert (row["band"], row["outside"]) == ("above", 99)
    limits = row[["low", "high", "low_99", "high_99", "low_998", "high_998"]]
    assert list(limits) == pytest.approx([3.02, 4.98, 2.71, 5.29, 2.455, 5.545])
    assert (ours.tau_source, ours.theta_source, ours.n_units) == ("given", "given", 1)


def test_without_a_centre_from_elsewhere_a_unit_is_not_compared_with_itself():
    one = LADDER.head(1)
    with pytest.raises(TooFewUnits, match="theta"):
        expected_range(one, tau=0.4)
    few_units = expected_range(LADDER.head(2), tau=0.4)
    assert few_units.theta == pytest.approx(3.05)
    assert "mean of these units alone" in few_units.notes[0]


def test_under_twenty_units_tau_is_not_estimated():
    for way in ("consistent", "published"):
        with pytest.raises(TooFewUnits, match="national"):
            expected_range(LADDER.head(19), tau=way)
        assert expected_range(LADDER.head(20), tau=way).n_units == 20
    assert expected_range(LADDER.head(19), minimum_units=19).n_units == 19


def test_units_closer_than_chance_have_no_spread_and_it_is_said():
    ours = expected_range(pd.DataFrame(R["alike"]))
    assert ours.tau == 0
    assert "tau is 0" in ours.notes[0]
    equal = expected_range(LADDER.assign(mean=4.1))
    assert (equal.tau, set(equal.table["band"])) == (0, {"within"})


def test_a_suppressed_unit_is_left_out_and_named():
    hidden = pd.DataFrame({"unit": ["z", "y"], "n": [None, 3], "mean": [None, None], "se": [None, 0.2]})
    ours = expected_range(pd.concat([hidden, LADDER]).convert_dtypes())
    assert ours.left_out == ("y", "z")
    assert ours.tau == overdispersion(LADDER).tau
    assert ours.notes[-1].endswith(": 2.")
    assert not ours.table.isna().any(axis=None)


@pytest.mark.parametrize("estimates", [LADDER.iloc[:0], LADDER.assign(mean=None), LADDER.assign(mean=pd.NA)])
@pytest.mark.parametrize("tau", ["consistent", "published", 0.2])
def test_nothing_to_compare_is_refused(estimates, tau):
    with pytest.raises(TooFewUnits):
        expected_range(estimates, tau=tau, theta=None if isinstance(tau, str) else 4.0)


@pytest.mark.parametrize("se", [0.0, -0.1, np.nan, np.inf, 1e-17])
def test_a_standard_error_that_cannot_be_is_refused(se):
    wrong = LADDER.assign(se=[se] + [0.2] * 20)
    for call in (expected_range, overdispersion):
        with pytest.raises(OutOfRange):
            call(wrong)


def test_what_cannot_be_is_refused():
    for wrong in (
        {"tau": -0.1},
        {"tau": np.nan},
        {"theta": np.inf},
        {"tau": "consistant"},
        {"minimum_units": 1},
    ):
        with pytest.raises(OutOfRange):
            expected_range(LADDER, **wrong)
    with pytest.raises(OutOfRange, match="'n'"):
        expected_range(LADDER.assign(n=[None] + [30] * 20))
    with pytest.raises(OutOfRange):
        expected_range(LADDER.assign(n=0))
    with pytest.raises(NotComparable, match="one row a unit"):
        expected_range(pd.concat([LADDER, LADDER.head(1)]))
    with pytest.raises(NotMeasured, match="'se'"):
        expected_range(LADDER.drop(columns="se"))


@few
@given(seed=seeds, shuffle=seeds, way=st.sampled_from(["consistent", "published"]))
def test_the_order_of_rows_changes_no_bit(seed, shuffle, way):
    units = drawn(seed)
    first, second = (expected_range(u, way) for u in (units, units.sample(frac=1, random_state=shuffle)))
    pd.testing.assert_frame_equal(first.table, second.table, rtol=0, atol=0)
    assert (first.theta, first.tau, first.phi) == (second.theta, second.tau, second.phi)


@few
@given(seed=seeds, shuffle=seeds)
def test_the_names_of_units_change_nothing_but_names(seed, shuffle):
    units = drawn(seed)
    names = dict(zip(units["unit"], units["unit"].sample(frac=1, random_state=shuffle), strict=True))
    before = expected_range(units).table.assign(unit=lambda t: t["unit"].map(names)).sort_values("unit")
    after = expected_range(units.assign(unit=units["unit"].map(names))).table
    pd.testing.assert_frame_equal(before.reset_index(drop=True), after, rtol=0, atol=0)


@few
@given(
    seed=seeds,
    constant=st.integers(min_value=-50, max_value=50),
    factor=st.sampled_from([-20.0, -1.0, 0.05, 20.0]),
    tau=st.sampled_from([0.0, 0.3]),
)
def test_a_constant_moves_the_limits_and_a_factor_stretches_them(seed, constant, factor, tau):
    units = drawn(seed, tau=tau)
    changed = units.assign(mean=units["mean"] * factor + constant, se=units["se"] * abs(factor))
    for way in ("consistent", "published"):
        before, after = expected_range(units, way), expected_range(changed, way)
        assert after.theta == pytest.approx(before.theta * factor + constant, abs=1e-9)
        assert after.tau == pytest.approx(before.tau * abs(factor), rel=1e-6, abs=1e-6)
        sign = np.sign(factor)
        assert list(after.table["z"] * sign) == pytest.approx(list(before.table["z"]), rel=1e-5, abs=1e-7)
        low = "low" if sign > 0 else "high"
        assert list(after.table[low]) == pytest.approx(
            list(before.table["low"] * factor + constant), rel=1e-6, abs=1e-6
        )


@few
@given(seed=seeds)
def test_at_the_found_tau_the_winsorised_squares_are_what_normal_ones_are(seed):
    units = drawn(seed, tau=0.3)
    z = expected_range(units).table["z"].to_numpy()
    squares = np.clip(z, *np.quantile(z, [0.1, 0.9])) ** 2
    assert squares.mean() == pytest.approx(0.6786545589528744 * 39 / 40, rel=1e-9)


@few
@given(seed=seeds, tau=st.sampled_from([0.0, 0.2]))
def test_a_unit_lies_outside_the_limits_that_its_band_names(seed, tau):
    table = expected_range(drawn(seed, tau=tau)).table
    for percent, suffix in ((95, ""), (99, "_99"), (99.8, "_998")):
        beyond = (table["mean"] < table[f"low{suffix}"]) | (table["mean"] > table[f"high{suffix}"])
        assert (beyond == (table["outside"] >= percent)).all()
    assert ((table["band"] == "within") == (table["outside"] == 0)).all()
    assert ((table["band"] == "above") == (table["mean"] > table["high"])).all()


@few
@given(seed=seeds)
def test_a_greater_distance_never_makes_tau_smaller(seed):
    units = drawn(seed, tau=0.1)
    further = units.assign(mean=units["mean"] + 0.3 * (units["mean"] - units["mean"].mean()))
    for way in ("consistent", "published"):
        assert overdispersion(further, way).tau >= overdispersion(units, way).tau


def flagged(k, tau, draws, way="consistent"):
    found = [expected_range(drawn(10_000 * k + seed, k, tau), way) for seed in range(draws)]
    return (
        np.mean([(f.table["band"] != "within").mean() for f in found]),
        np.median([f.tau for f in found]),
    )


# The flagged share of one draw has a standard deviation of 4.4 % at K = 20, 2.9 % at 60 and 1.2 % at 350 (600
# draws each): the bounds leave three standard errors of the mean.
@pytest.mark.parametrize(
    ("k", "tau", "draws", "error"),
    [
        (60, 0.0, 60, 0.011),
        (60, 0.2, 60, 0.011),
        (60, 0.4, 60, 0.011),
        (350, 0.2, 40, 0.006),
        (350, 0.4, 40, 0.006),
    ],
)
def test_one_ordinary_unit_in_twenty_lies_outside(k, tau, draws, error):
    share, median = flagged(k, tau, draws)
    assert 0.035 - error < share < 0.06 + error
    # The found τ has a standard deviation of 0.03 to 0.05 at K = 60: its median one of 0.008 at most.
    assert median == pytest.approx(tau, abs=0.04 if tau == 0 else 0.02)


@pytest.mark.parametrize(("k", "tau"), [(20, 0.0), (20, 0.2), (20, 0.4), (29, 0.2)])
def test_few_units_are_not_called_out_too_often(k, tau):
    share, _ = flagged(k, tau, 150)
    # Three standard errors: 3 x 4.4 % / √150.
    assert share < 0.06 + 0.011


def test_the_published_tau_is_too_small_and_calls_out_too_many():
    share, median = flagged(60, 0.2, 60, "published")
    # 600 draws: median 0.13, 11.9 % outside.
    assert median == pytest.approx(0.13, abs=0.02)
    assert share > 0.085


def test_thousands_of_units_are_quick():
    national = drawn(1, 3_500)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        found = overdispersion(national)
        seconds.append(time.perf_counter() - start)
    # 4 ms where it was written; the best of five is for a busy machine.
    assert min(seconds) < 0.05
    assert found.tau == pytest.approx(0.2, abs=0.02)
    # A few that are far out neither stop the search nor make it long.
    far = national.assign(mean=national["mean"].where(national.index > 3, 1e6))
    assert overdispersion(far, theta=4.0).tau == pytest.approx(found.tau, abs=0.01)


def test_the_funnel_is_the_expected_range_of_a_unit_with_as_many_answers():
    units = drawn(3)
    ours = expected_range(units)
    curve = funnel(units["n"], ours.theta, sd=1.1, tau=ours.tau)
    for limit in ("low", "high", "low_998", "high_998"):
        assert list(curve.table[limit]) == pytest.approx(list(ours.table[limit]), abs=1e-12)
    assert list(curve.table["n"]) == list(units["n"])


def test_a_funnel_for_means_by_hand():
    # √(1.2²/36 + 0.15²) = 0.25.
    ours = funnel(36, 4.0, sd=1.2, tau=0.15)
    assert ours.table.iloc[0].tolist() == pytest.approx([36, 3.51, 4.49, 3.2275, 4.7725])
    assert (ours.kind, ours.notes) == ("mean", ())


@pytest.mark.parametrize(
    ("case", "theta", "tau"), [("high_share", 0.9, 0.0), ("middle", 0.5, 0.1), ("low_share", 0.04, 0.05)]
)
def test_a_funnel_for_shares_is_funnelplotrs(case, theta, tau):
    ours = funnel(R["share_limits"]["n"], theta, tau=tau, share=True).table
    names = {"low": "odll95", "high": "odul95", "low_998": "odll998", "high_998": "odul998"}
    for name, theirs in names.items():
        # FunnelPlotR takes 1.959964 and 3.090232; and at 0.9 and n = 8 it lets asin fold over: 0.9994 for 1.
        assert list(ours[name]) == pytest.approx(R["share_limits"][case][theirs], abs=7e-4)
    inside = ours[(ours["low"] > 0) & (ours["high"] < 1)]
    expected = np.array(R["share_limits"][case]["odul95"])[inside.index]
    assert list(inside["high"]) == pytest.approx(list(expected), abs=4e-5)


def test_a_funnel_for_shares_by_hand():
    # asin√0.5 = 45°, 1.96/(2√49) = 0.14 and 3.09/14: sin²(45° ± h) = (1 ± sin 2h)/2.
    row = funnel(49, 0.5, share=True).table.iloc[0]
    two = np.sin([0.28, 3.09 / 7])
    assert row.tolist() == pytest.approx(
        [49, (1 - two[0]) / 2, (1 + two[0]) / 2, (1 - two[1]) / 2, (1 + two[1]) / 2]
    )


@few
@given(theta=st.floats(min_value=0, max_value=1), tau=st.floats(min_value=0, max_value=0.5))
def test_a_funnel_for_shares_stays_a_share_and_never_narrows_for_fewer_answers(theta, tau):
    table = funnel([1, 2, 3, 5, 9, 20, 80, 1000, 10**6], theta, tau=tau, share=True).table
    for low, high in (("low", "high"), ("low_998", "high_998")):
        assert table[[low, high]].stack().between(0, 1).all()
        assert (np.diff(table[low]) >= 0).all()
        assert (np.diff(table[high]) <= 0).all()
        assert (table[low] <= theta + 1e-12).all()
        assert (table[high] >= theta - 1e-12).all()
    assert (table["low_998"] <= table["low"]).all()


@few
@given(
    n=st.lists(st.integers(min_value=1, max_value=500), min_size=1, max_size=9), constant=st.integers(-9, 9)
)
def test_a_funnel_takes_each_size_alone_and_moves_with_its_centre(n, constant):
    limits = ["low", "high", "low_998", "high_998"]
    together = funnel(n, 4.0, sd=1.1, tau=0.2).table
    turned = funnel(n[::-1], 4.0, sd=1.1, tau=0.2).table[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(together, turned, rtol=0, atol=0)
    moved = funnel(n, 4.0 + constant, sd=1.1, tau=0.2).table
    assert np.allclose(moved[limits], together[limits] + constant, rtol=0, atol=1e-12)


def test_rough_limits_of_a_share_are_said():
    assert "2 of 3" in funnel([10, 50, 56], 0.9, share=True).notes[0]
    assert funnel([56, 100], 0.9, share=True).notes == ()


def test_a_funnel_refuses_what_cannot_be():
    for nothing in ([], [10, None], 0, [10, 0.5], [None]):
        with pytest.raises(TooFewAnswers):
            funnel(nothing, 4.0, sd=1.1)
    for sd in (None, 0.0, -1.0, np.nan):
        with pytest.raises(NoVariation):
            funnel(10, 4.0, sd=sd)
    for wrong in (
        {"theta": 72, "share": True},
        {"theta": np.nan, "sd": 1.1},
        {"theta": 4, "sd": 1.1, "tau": -1},
    ):
        with pytest.raises(OutOfRange):
            funnel(10, **wrong)
    with pytest.raises(OutOfRange):
        funnel(np.inf, 4.0, sd=1.1)
    with pytest.raises(NotComparable):
        funnel(10, 0.5, sd=0.5, share=True)


def test_results_are_frozen():
    for result in (expected_range(LADDER), overdispersion(LADDER), funnel(10, 4.0, sd=1.1)):
        with pytest.raises(dataclasses.FrozenInstanceError):
            result.tau = 0
