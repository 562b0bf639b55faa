"""By simulation: intervals hold the truth as often as they say, and claims are seldom false.

docs/methods/coverage.md has the same from many more draws. What it states of answers near the ceiling of the
scale is not asserted here: an interval of a mean from few answers does not hold its level there.
"""

import numpy as np
import pandas as pd
import pytest
import simulated

from analysis.stats.change import between_rounds
from analysis.stats.contrasts import changes_differ, pairwise, unit_deviations
from analysis.stats.intervals import mean_interval


def bound(rate: float, draws: int) -> float:
    """Three standard errors of a rate by its draws."""
    return 3 * (rate * (1 - rate) / draws) ** 0.5


@pytest.mark.parametrize("answers", simulated.SPREAD)
def test_t_intervals_of_ten_answers_hold_the_mean(answers):
    # Over every possible survey of ten answers, and so exact: answers that lean come to 93.53 %.
    held, alike = simulated.exact_mean_coverage(simulated.SPREAD[answers], 10)
    assert 0.935 <= held <= 0.965
    assert alike < 1e-4


@pytest.mark.parametrize("n", [30, 100])
@pytest.mark.parametrize("answers", simulated.SPREAD)
def test_t_intervals_of_more_answers_hold_the_mean(answers, n):
    # 8,000 draws leave a standard error of 0.25 points.
    assert 0.935 <= simulated.mean_coverage(simulated.SPREAD[answers], n, 8000).rate <= 0.965


@pytest.mark.parametrize("n", [10, 30, 100])
def test_wilsons_intervals_hold_the_share_on_average_over_shares(n):
    assert 0.935 <= simulated.wilson_coverage(n) <= 0.965


@pytest.mark.parametrize("answers", ["even", "leaning"])
def test_a_small_units_interval_by_the_pooled_sd_holds_its_mean(answers):
    held = simulated.pooled_mean_coverage(simulated.SPREAD[answers], 7, 250)
    assert 0.95 - bound(0.95, 250) - 0.01 <= held.rate <= 0.95 + bound(0.95, 250) + 0.01


def test_p_values_of_many_draws_are_those_of_the_functions_that_reports_call():
    random = np.random.default_rng(7)
    sizes = np.array([12, 25, 18])
    before, now = simulated.scores(random, 2, 40), simulated.scores(random, 2, sizes.sum())
    topics = [f"t{k}" for k in range(simulated.TOPICS)]
    for draw in range(2):
        frame = pd.DataFrame(np.vstack([before[draw], now[draw]]), columns=topics)
        frame["year"] = np.repeat([2024, 2026], [40, sizes.sum()])
        theirs = between_rounds(frame, topics, "year").table["p"]
        assert list(theirs) == pytest.approx(list(simulated.welch_p(before, now)[draw]), rel=1e-9)
        last = pd.DataFrame({"score": now[draw][:, 0], "unit": np.repeat(["a", "b", "c"], sizes)})
        theirs = unit_deviations(last, "score", "unit").table["p"]
        assert list(theirs) == pytest.approx(list(simulated.deviation_p(now[:, :, 0], sizes)[draw]), rel=1e-9)
        interval = mean_interval(now[draw][:, 1])
        p = simulated.nation_p(now)[draw][1]
        assert (interval.low <= simulated.true_mean() <= interval.high) == (p >= 0.05)


def test_the_true_mean_of_drawn_scores_is_known():
    drawn = simulated.scores(np.random.default_rng(8), 100, 1000)
    # 100,000 respondents with eight topics, correlated by a half: a standard error of about 0.0025.
    assert drawn.mean() == pytest.approx(simulated.true_mean(), abs=0.01)


def test_one_service_in_twenty_at_most_claims_a_change_where_there_is_none():
    # Where nothing has changed every finding is false, so that the share of false findings, which Benjamini
    # and Hochberg hold at 5 %, is the probability of any; it holds for topics that go together as these do.
    found = simulated.service_claims(8000)
    assert found.rate <= 0.05 + bound(0.05, found.draws)


@pytest.mark.parametrize(("services", "draws"), [(4, 300), (20, 100)])
def test_one_report_in_twenty_at_most_has_a_false_key_finding(services, draws):
    by_service, whole = simulated.report_findings(services, draws)
    assert whole.rate <= 0.05 + bound(0.05, draws)
    # What the second adjustment is for.
    assert by_service.rate > 2 * whole.rate


@pytest.mark.parametrize(("services", "draws"), [(4, 3000), (20, 1500)])
def test_the_adjustment_over_a_report_finds_anything_in_one_report_in_twenty(services, draws):
    # More reports than above, since no table of facts is made of them. With 40,000: 5.1 and 5.2 %.
    for name, found in simulated.report_families(services, draws).items():
        assert found.rate <= 0.05 + bound(0.05, draws), name


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.2, 0.4])
def test_shrunken_means_lie_nearer_the_truth_than_raw_ones(spread):
    raw, shrunken = simulated.shrinkage(spread, 60)
    assert shrunken < raw


def test_units_that_change_alike_are_said_not_to_in_about_one_of_twenty_surveys():
    draws, random = 400, np.random.default_rng(9)
    unit, year = np.repeat(np.arange(6), 40), np.tile(np.repeat([2024, 2026], 20), 6)
    frame = pd.DataFrame({"unit": unit, "year": year})
    level = 4 + 0.3 * random.standard_normal(6)[unit] + 0.2 * (year == 2026)
    claims = [
        changes_differ(frame.assign(score=level + random.standard_normal(240)), "score", "unit").p < 0.05
        for _ in range(draws)
    ]
    assert abs(np.mean(claims) - 0.05) <= bound(0.05, draws)


def test_tukey_holds_the_chance_of_any_false_pair_and_finds_more_than_holm():
    draws, random = 40, np.random.default_rng(10)
    unit = np.repeat(list("abcd"), [8, 15, 20, 30])
    least = {"tukey": [], "holm": []}
    for _ in range(draws):
        frame = pd.DataFrame({"unit": unit, "score": random.standard_normal(unit.size)})
        for adjust, found in least.items():
            found.append(pairwise(frame, "score", "unit", adjust).table["p_adjusted"].min())
    assert np.mean(np.array(least["tukey"]) < 0.05) <= 0.05 + bound(0.05, draws)
    assert (np.array(least["tukey"]) <= np.array(least["holm"]) + 1e-9).all()
