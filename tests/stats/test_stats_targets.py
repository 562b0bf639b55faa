"""Probabilities of a target's bands: R's normal distribution, and what holds whatever the numbers."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.errors import OutOfRange, TooFewUnits
from analysis.stats.targets import BANDS, band_probabilities

# Made by r_expected_range.R with R's pnorm.
R = json.loads((Path(__file__).resolve().parent / "r_expected_range.json").read_text("utf-8"))["targets"]
few = settings(max_examples=50, deadline=None, derandomize=True)
means = st.floats(min_value=1, max_value=6)
errors = st.floats(min_value=0.01, max_value=2)


def parts(found):
    return [getattr(found, band) for band in BANDS]


def test_probabilities_are_rs_also_far_out_in_the_tails():
    ours = band_probabilities(R["mean"], R["se"], R["desired"], R["acceptable"])
    for band in BANDS:
        assert list(getattr(ours, band)) == pytest.approx(R[f"p_{band}"], rel=1e-8, abs=1e-300)
    verdicts = "undecided acceptable unacceptable undecided desired unacceptable acceptable undecided"
    assert list(ours.verdict) == verdicts.split()


def test_a_unit_in_the_middle_of_the_acceptable_band():
    # One standard error to either limit: R: pnorm(-1) = 0.158655253931457.
    found = band_probabilities(4.25, 0.25, 4.5, 4.0)
    assert parts(found) == pytest.approx([0.158655253931457, 0.682689492137086, 0.158655253931457], abs=1e-12)
    assert found.verdict == "undecided"
    assert isinstance(found.desired, float)


def test_the_verdict_is_the_band_that_reaches_the_asked_certainty():
    assert band_probabilities(4.25, 0.25, 4.5, 4.0, certainty=0.68).verdict == "acceptable"
    # R: qnorm(0.8) = 0.841621233572914: just over and just under 0.8.
    assert band_probabilities(4.5 + 0.8417 * 0.1, 0.1, 4.5, 4.0).verdict == "desired"
    assert band_probabilities(4.5 + 0.8416 * 0.1, 0.1, 4.5, 4.0).verdict == "undecided"


def test_a_scale_on_which_low_is_good_is_the_mirror():
    high = band_probabilities([4.8, 4.2, 3.1], 0.2, desired=4.5, acceptable=4.0)
    low = band_probabilities([-4.8, -4.2, -3.1], 0.2, desired=-4.5, acceptable=-4.0)
    assert np.array_equal(parts(high), parts(low))
    assert list(high.verdict) == list(low.verdict)


def test_each_unit_may_have_its_own_targets_and_direction():
    found = band_probabilities([5.0, 2.0], 0.1, desired=[4.5, 2.5], acceptable=[4.0, 3.0])
    assert list(found.verdict) == ["desired", "desired"]
    assert found.desired[0] == pytest.approx(found.desired[1])


def test_columns_come_back_as_arrays_in_their_order():
    frame = pd.DataFrame({"shrunken": [4.8, 3.0], "se": [0.1, 0.1]}, index=[7, 3]).convert_dtypes()
    found = band_probabilities(frame["shrunken"], frame["se"], 4.5, 4.0)
    assert list(found.verdict) == ["desired", "unacceptable"]


@few
@given(
    mean=means,
    se=errors,
    desired=means,
    width=st.floats(min_value=0.01, max_value=3),
    low_is_good=st.booleans(),
)
def test_the_three_are_probabilities_and_sum_to_one(mean, se, desired, width, low_is_good):
    found = band_probabilities(mean, se, desired, desired + (width if low_is_good else -width))
    assert sum(parts(found)) == pytest.approx(1, abs=1e-14)
    assert all(0 <= part <= 1 for part in parts(found))
    certain = [band for band in BANDS if getattr(found, band) >= 0.8]
    assert found.verdict == (certain[0] if certain else "undecided")


@few
@given(mean=means, se=errors, constant=st.integers(-50, 50), factor=st.sampled_from([0.25, 4.0, 20.0]))
def test_a_constant_or_a_factor_on_all_changes_nothing(mean, se, constant, factor):
    before = band_probabilities(mean, se, 4.5, 4.0)
    after = band_probabilities(
        mean * factor + constant, se * factor, 4.5 * factor + constant, 4.0 * factor + constant
    )
    assert parts(after) == pytest.approx(parts(before), abs=1e-9)


@few
@given(mean=means, se=errors, higher=st.floats(min_value=0.01, max_value=1))
def test_a_higher_mean_is_never_less_probably_desired(mean, se, higher):
    before, after = (band_probabilities(m, se, 4.5, 4.0) for m in (mean, mean + higher))
    assert after.desired >= before.desired
    assert after.unacceptable <= before.unacceptable


def test_each_unit_is_judged_alone():
    together = band_probabilities(R["mean"], R["se"], 4.5, 4.0)
    for i, (mean, se) in enumerate(zip(R["mean"], R["se"], strict=True)):
        alone = band_probabilities(mean, se, 4.5, 4.0)
        assert parts(alone) == [part[i] for part in parts(together)]
        assert alone.verdict == together.verdict[i]


def test_verdicts_hold_as_often_as_they_say():
    # Units N(4.3, 0.3²) measured with s = 0.2, shrunken as the model would: of the verdicts with a
    # probability p about p must be true. 20,000 units: a share's error is below 0.005.
    random = np.random.default_rng(5)
    true = 4.3 + 0.3 * random.standard_normal(20_000)
    seen = true + 0.2 * random.standard_normal(true.size)
    reliability = 0.09 / (0.09 + 0.04)
    found = band_probabilities(4.3 + reliability * (seen - 4.3), 0.3 * (1 - reliability) ** 0.5, 4.5, 4.0)
    for band, right in zip(BANDS, (true >= 4.5, (true >= 4) & (true < 4.5), true < 4), strict=True):
        assert getattr(found, band).mean() == pytest.approx(right.mean(), abs=0.012)
        given_verdict = found.verdict == band
        assert right[given_verdict].mean() == pytest.approx(
            getattr(found, band)[given_verdict].mean(), abs=0.03
        )


def test_what_cannot_be_is_refused():
    for wrong in (
        {"se": 0.0}, {"se": -0.1}, {"se": None}, {"se": np.inf},
        {"shrunken": np.nan}, {"shrunken": [4.0, None]},
        {"desired": np.nan}, {"acceptable": 4.5}, {"certainty": 80}, {"certainty": 0.5}, {"certainty": 1.0},
    ):  # fmt: skip
        arguments = {"shrunken": 4.2, "se": 0.2, "desired": 4.5, "acceptable": 4.0} | wrong
        with pytest.raises(OutOfRange):
            band_probabilities(**arguments)


def test_no_unit_or_only_suppressed_ones_are_refused():
    with pytest.raises(TooFewUnits):
        band_probabilities([], [], 4.5, 4.0)
    with pytest.raises(OutOfRange, match="suppressed"):
        band_probabilities([None, None], [None, None], 4.5, 4.0)
