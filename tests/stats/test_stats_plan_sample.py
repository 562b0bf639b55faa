"""How many answers a survey needs: against R's power.t.test; what a plan says where they cannot be had."""

import json
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats import (
    NotComparable,
    NoVariation,
    OutOfRange,
    Unreachable,
    detectable_difference,
    mean_interval,
)
from analysis.stats.power import plan_sample

R = json.loads((Path(__file__).parent / "r_plan_sample.json").read_text(encoding="utf-8"))
few = settings(max_examples=25, deadline=None, derandomize=True)


@pytest.mark.parametrize("case", R["equal"], ids=lambda case: f"{case['difference']}")
def test_two_equal_rounds_need_what_rs_power_t_test_says_rounded_up(case):
    n = case.pop("n")
    plan = plan_sample(**case)
    assert plan.n == ceil(n)
    assert plan.detectable <= case["difference"]
    assert (plan.invited, plan.available, plan.enough, plan.half_width) == (None, None, True, None)


def test_the_numbers_of_power_t_test_stand_here_too():
    # power.t.test(delta = .5, sd = 1.1, power = .8, strict = TRUE): n = 76.949
    assert plan_sample(0.5, sd=1.1).n == 77
    # power.t.test(delta = .3, sd = 1, power = .9, strict = TRUE): n = 234.463
    assert plan_sample(0.3, sd=1, power=0.9).n == 235


@pytest.mark.parametrize("case", R["unequal"], ids=lambda case: f"{case['n_before']}")
def test_an_earlier_round_of_another_size_counts_as_it_is(case):
    plan = plan_sample(case["difference"], sd=case["sd"], n_before=case["n_before"])
    assert plan.n == ceil(case["n"])


def test_an_earlier_round_that_is_too_small_can_never_show_it():
    # With endless answers afterwards: 2.8016 sd / √n_before, by the normal distribution.
    with pytest.raises(Unreachable, match=r"0\.5"):
        plan_sample(0.45, sd=1.1, n_before=37)
    assert detectable_difference(37, 10**9, 1.1) > 0.45


def test_a_half_width_is_that_of_the_means_interval():
    plan = plan_sample(half_width=0.2, sd=1.1)
    values = np.array([-1.0, 1.0])
    for n, wide in ((plan.n, False), (plan.n - 1, True)):
        drawn = np.resize(values, n)
        drawn = (drawn - drawn.mean()) / drawn.std(ddof=1) * 1.1
        ours = mean_interval(drawn)
        assert ((ours.high - ours.low) / 2 > 0.2) == wide
    # 1.96² 1.1² / 0.2² = 116.2, and a few more for the t distribution.
    assert plan.n == 119
    assert plan.detectable is None


def test_a_half_width_of_a_known_population_needs_fewer():
    plan = plan_sample(half_width=0.2, sd=1.1, population=200)
    # 118.2 / (1 + 118.2 / 200) = 74.3, the correction's textbook form (Cochran 1977, eq. 4.2).
    assert plan.n == pytest.approx(75, abs=1)
    assert plan_sample(half_width=1e-9, sd=1.1, population=40).n == 40


def test_invitations_and_what_the_population_gives():
    plan = plan_sample(0.5, sd=1.1, response_rate=0.4, population=600)
    assert (plan.n, plan.invited, plan.available, plan.enough) == (77, 193, 240, True)
    # 0.29 · 100 is 28.999999999999996 in floating point.
    assert plan_sample(0.5, sd=1.1, response_rate=0.29, population=100).available == 29


def test_a_population_that_is_too_small_is_said_with_what_it_shows():
    plan = plan_sample(0.5, sd=1.1, response_rate=0.4, population=100)
    assert (plan.n, plan.invited, plan.available, plan.enough) == (77, 193, 40, False)
    assert plan.detectable == pytest.approx(detectable_difference(40, 40, 1.1))
    assert plan_sample(0.5, sd=1.1, response_rate=0.1, population=12).detectable is None
    wide = plan_sample(half_width=0.2, sd=1.1, response_rate=0.5, population=100)
    assert not wide.enough
    assert wide.half_width > 0.2


def test_a_plan_refuses_what_cannot_be():
    for aims in ({}, {"difference": 0.5, "half_width": 0.2}, {"half_width": 0.2, "n_before": 50}):
        with pytest.raises(NotComparable):
            plan_sample(**aims, sd=1.1)
    with pytest.raises(NoVariation):
        plan_sample(0.5, sd=0.0)
    for wrong in (
        {"difference": -0.5}, {"difference": np.nan}, {"difference": 1e-9}, {"difference": 0.5, "sd": np.inf},
        {"difference": 0.5, "response_rate": 1.2}, {"difference": 0.5, "response_rate": 0},
        {"difference": 0.5, "population": 0}, {"difference": 0.5, "n_before": 0},
        {"difference": 0.5, "power": 80}, {"difference": 0.5, "level": 95},
    ):  # fmt: skip
        with pytest.raises(OutOfRange):
            plan_sample(**({"sd": 1.1} | wrong))


@few
@given(
    difference=st.floats(0.05, 3), sd=st.floats(0.2, 3), before=st.one_of(st.none(), st.integers(500, 5000))
)
def test_one_answer_less_does_not_show_it(difference, sd, before):
    try:
        plan = plan_sample(difference, sd=sd, n_before=before)
    except Unreachable:
        return
    enough, fewer = (detectable_difference(before or n, n, sd) for n in (plan.n, max(plan.n - 1, 2)))
    assert enough <= difference
    assert plan.n == 2 or fewer > difference


@few
@given(difference=st.floats(0.1, 2), sd=st.floats(0.5, 2), factor=st.floats(1.05, 3))
def test_a_smaller_difference_more_power_and_more_spread_need_more(difference, sd, factor):
    n = plan_sample(difference, sd=sd).n
    assert plan_sample(difference / factor, sd=sd).n >= n
    assert plan_sample(difference, sd=sd * factor).n >= n
    assert plan_sample(difference, sd=sd, power=0.9).n >= n
    assert plan_sample(difference * factor, sd=sd * factor).n in (n - 1, n, n + 1)
