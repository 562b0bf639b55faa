"""Everything R's survey, lme4, ordinal, emmeans and stats computed for Kansas City's resident survey."""

import numpy as np
import pytest

from analysis.stats.change import between_rounds
from analysis.stats.contrasts import changes_differ, pairwise
from analysis.stats.intervals import mean_interval, wilson
from analysis.stats.ordinal import cumulative_logit
from analysis.stats.reliability import cronbach_alpha
from analysis.stats.scores import top_box
from analysis.stats.units import fit_units

SERVICES = ("police", "fire", "streets")
# The reference is printed with ten significant digits; closed forms must agree in all of them.
closed_form = {"rel": 2e-9, "abs": 1e-9}


def test_nothing_that_r_computed_goes_untested(kansas_city):
    # What the tests below reproduce, by name: a further value in the reference must get a test here.
    expected = kansas_city.expected
    assert set(expected) == {*SERVICES, "ordinal_q9_01", "top_box_q9_01"}
    for service in SERVICES:
        assert set(expected[service]) == {
            "items", "cells", "cronbach_alpha", "n_complete", "mixed", "anova_interaction", "pairwise_2022",
            "welch_change",
        }  # fmt: skip
        assert len(expected[service]["cells"]) == 12
        assert len(expected[service]["pairwise_2022"]["contrast"]) == 15
        assert len(expected[service]["welch_change"]) == 6
    assert len(expected["top_box_q9_01"]) == 12


@pytest.mark.parametrize("service", SERVICES)
def test_every_cells_mean_and_interval_is_rs(kansas_city, service):
    for cell in kansas_city.expected[service]["cells"]:
        rows = kansas_city.answers.query(f"district == {cell['district']} and year == {cell['year']}")
        ours = mean_interval(rows[service])
        assert ours.n == cell["n"]
        assert (ours.mean, ours.sd, ours.se) == pytest.approx(
            (cell["mean"], cell["sd"], cell["se"]), **closed_form
        )
        assert (ours.low, ours.high) == pytest.approx(tuple(cell["ci"]), **closed_form)
        # kansas_city.R assumes 600 users in every district and wave, for the correction only.
        corrected = mean_interval(rows[service], population=600)
        assert corrected.se == pytest.approx(cell["se_fpc"], **closed_form)


@pytest.mark.parametrize("service", SERVICES)
def test_cronbachs_alpha_and_its_complete_answers_are_rs(kansas_city, service):
    expected = kansas_city.expected[service]
    ours = cronbach_alpha(kansas_city.answers[expected["items"]])
    assert ours.n_complete == expected["n_complete"]
    assert ours.alpha == pytest.approx(expected["cronbach_alpha"], **closed_form)


@pytest.mark.parametrize("service", SERVICES)
def test_the_mixed_model_is_lme4s(kansas_city, service):
    expected = kansas_city.expected[service]["mixed"]
    ours = fit_units(kansas_city.answers, service, "district")
    assert list(ours.fixed) == pytest.approx(list(expected["fixed"].values()), abs=1e-5)
    assert list(ours.fixed_se) == pytest.approx(list(expected["se"].values()), rel=1e-5)
    assert ours.variance_unit == pytest.approx(expected["var_district"], rel=1e-3)
    assert ours.variance_residual == pytest.approx(expected["var_residual"], rel=1e-3)
    assert ours.reml == pytest.approx(expected["reml"], abs=1e-6)
    assert dict(zip(ours.table["unit"].astype(str), ours.table["effect"], strict=True)) == pytest.approx(
        expected["blup"], abs=1e-5
    )
    assert ours.difference_found == (expected["var_district"] > 0)
    last_round = sum(expected["fixed"].values())
    assert list(ours.table["shrunken"] - ours.table["effect"]) == pytest.approx([last_round] * 6, abs=1e-5)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("adjust", ["holm", "bh", "tukey"])
def test_pairs_of_districts_are_emmeans(kansas_city, service, adjust):
    expected = kansas_city.expected[service]["pairwise_2022"]
    ours = pairwise(kansas_city.answers.query("year == 2022"), service, "district", adjust=adjust).table
    names = [f"district{a} - district{b}" for a, b in zip(ours["a"], ours["b"], strict=True)]
    assert names == expected["contrast"]
    assert list(ours["difference"]) == pytest.approx(expected["estimate"], **closed_form)
    assert list(ours["se"]) == pytest.approx(expected["se"], **closed_form)
    assert list(ours["p"]) == pytest.approx(expected["p"], **closed_form)
    # R's ptukey integrates with larger steps than scipy does: they differ in the ninth decimal.
    tolerance = {"abs": 1e-8} if adjust == "tukey" else closed_form
    assert list(ours["p_adjusted"]) == pytest.approx(expected[f"p_{adjust}"], **tolerance)


@pytest.mark.parametrize("service", SERVICES)
def test_whether_the_districts_changes_differ_is_rs_interaction(kansas_city, service):
    expected = kansas_city.expected[service]["anova_interaction"]
    ours = changes_differ(kansas_city.answers, service, "district", "year")
    assert ours.df == tuple(expected["df"])
    assert (ours.statistic, ours.p) == pytest.approx((expected["F"], expected["p"]), rel=1e-8)


@pytest.mark.parametrize("service", SERVICES)
def test_changes_between_the_waves_are_rs_welch_tests(kansas_city, service):
    expected = kansas_city.expected[service]["welch_change"]
    ours = between_rounds(kansas_city.answers, service, "year", "district").table.set_index("district")
    for row in expected:
        change = ours.loc[int(row["district"])]
        found = (change["difference"], change["difference"] / change["se"], change["df"], change["p"])
        assert found == pytest.approx((row["change"], row["t"], row["df"], row["p"]), **closed_form)


def test_top_boxes_are_rs_wilson_intervals(kansas_city):
    for cell in kansas_city.expected["top_box_q9_01"]:
        rows = kansas_city.answers.query(f"district == {cell['district']} and year == {cell['year']}")
        ours = top_box(rows["q9_01"], minimum=1, maximum=5)
        assert ours.n == cell["n"]
        assert wilson(round(cell["top2"] * cell["n"]), cell["n"]) == ours
        assert np.array([ours.share, ours.low, ours.high]) == pytest.approx(
            [cell["top2"], *cell["wilson"]], **closed_form
        )


def test_the_cumulative_logit_model_is_rs_clm(kansas_city):
    expected = kansas_city.expected["ordinal_q9_01"]
    ours = cumulative_logit(kansas_city.answers, "q9_01", "C(year) + C(district)")
    estimates, errors = (list(expected[name].values()) for name in ("coef", "se"))
    assert ours.n == expected["n"]
    assert ours.loglik == pytest.approx(expected["loglik"], abs=1e-6)
    assert list(ours.thresholds) == pytest.approx(estimates[:4], abs=1e-6)
    assert list(ours.coefficients) == pytest.approx(estimates[4:], abs=1e-6)
    assert list(ours.threshold_se) == pytest.approx(errors[:4], abs=1e-6)
    assert list(ours.se) == pytest.approx(errors[4:], abs=1e-6)
