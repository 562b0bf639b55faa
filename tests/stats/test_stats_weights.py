"""Weights to known margins, against R's survey and by what weights must do."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats import mean_interval
from analysis.stats.errors import NotComparable, NotMeasured, OutOfRange, TooFewAnswers, Unreachable
from analysis.stats.weights import calibrate

# The population of schools in the documentation of R's survey (?rake, ?postStratify).
TYPES = {"E": 4421, "H": 755, "M": 1018}
WIDE = {"No": 1072, "Yes": 5122}
few = settings(max_examples=12, deadline=None, derandomize=True)
seeds = st.integers(min_value=0, max_value=10_000)


@pytest.fixture(scope="module")
def survey():
    """Schools and their weights in R's survey, made by r_weights.R."""
    values = json.loads(Path(__file__).with_name("r_weights.json").read_text("utf-8"))
    return {name: part | {"data": pd.DataFrame(part["data"])} for name, part in values.items()}


def answered(seed, n=150):
    random = np.random.default_rng(seed)
    old = random.random(n) < 0.7
    return pd.DataFrame(
        {"age": np.where(old, "old", "young"), "place": random.choice(["n", "s", "w"], n, p=[0.5, 0.3, 0.2]),
         "score": np.clip(np.round(4 + 0.8 * old + random.standard_normal(n)), 1, 6)}
    )  # fmt: skip


MARGINS = {"age": {"old": 0.4, "young": 0.6}, "place": {"n": 300, "s": 300, "w": 400}}


@pytest.mark.parametrize("sample", ["strat", "cluster"])
def test_raked_weights_are_those_of_r(survey, sample):
    expected, data = survey[sample]["rake"], survey[sample]["data"]
    ours = calibrate(data, {"stype": TYPES, "wide": WIDE})
    assert list(ours.weights) == pytest.approx(expected["weights"], abs=1e-8)
    assert ours.weights.mean() == pytest.approx(1, abs=1e-12)
    assert ours.n == len(data)
    assert ours.notes == ()


@pytest.mark.parametrize("sample", ["strat", "cluster"])
def test_one_margin_is_rs_poststratification(survey, sample):
    expected, data = survey[sample]["post"], survey[sample]["data"]
    ours = calibrate(data, {"stype": pd.Series(TYPES)})
    assert list(ours.weights) == pytest.approx(expected["weights"], abs=1e-10)


@pytest.mark.parametrize("sample", ["strat", "cluster"])
def test_the_weighted_mean_is_rs_and_its_error_is_that_for_given_weights(survey, sample):
    expected, data = survey[sample]["rake"], survey[sample]["data"]
    weights = calibrate(data, {"stype": TYPES, "wide": WIDE}).weights
    interval = mean_interval(data["api00"], weights=weights)
    assert interval.mean == pytest.approx(expected["mean"], abs=1e-6)
    assert interval.se == pytest.approx(expected["se"], rel=1e-8)


def test_the_table_says_what_the_weights_did(survey):
    data = survey["cluster"]["data"]
    ours = calibrate(data, {"stype": TYPES, "wide": WIDE})
    assert list(ours.table.columns) == ["variable", "level", "population_share", "before", "after"]
    assert list(ours.table["level"]) == ["E", "H", "M", "No", "Yes"]
    assert list(ours.table["population_share"][:3]) == pytest.approx([c / 6194 for c in TYPES.values()])
    assert list(ours.table["before"][:3]) == pytest.approx([(data["stype"] == t).mean() for t in TYPES])
    assert list(ours.table["after"]) == pytest.approx(list(ours.table["population_share"]), abs=1e-12)


def test_the_design_effect_is_kishs():
    ours = calibrate(pd.DataFrame({"age": ["young", "old", "old", "old"]}), {"age": {"young": 5, "old": 5}})
    # Weights 2 and three times 2/3: 4 (4 + 3 · 4/9) / 16 = 4/3.
    assert ours.design_effect == pytest.approx(4 / 3)
    assert ours.effective_n == pytest.approx(3)
    assert ours.design_effect == pytest.approx(
        mean_interval([1, 2, 3, 4], weights=ours.weights).design_effect
    )


def test_shares_and_counts_may_stand_beside_each_other():
    frame = answered(1)
    shares = {name: {k: v / sum(m.values()) for k, v in m.items()} for name, m in MARGINS.items()}
    percent = {name: {k: 100 * v for k, v in m.items()} for name, m in shares.items()}
    for margins in (shares, percent):
        assert list(calibrate(frame, margins).weights) == pytest.approx(
            list(calibrate(frame, MARGINS).weights), abs=1e-12
        )


def test_numbers_and_truth_values_may_be_levels():
    frame = pd.DataFrame({"grade": [1, 2, 2, 3], "kin": [True, False, True, False]}, index=list("wxyz"))
    margins = {"grade": {1: 1, 2: 1, 3: 1}, "kin": {True: 0.5, False: 0.5}}
    ours = calibrate(frame, margins)
    assert list(ours.weights.index) == list("wxyz")
    assert ours.weights.to_dict() == pytest.approx({"w": 4 / 3, "x": 2 / 3, "y": 2 / 3, "z": 4 / 3})
    floats = calibrate(frame.astype({"grade": "float64", "kin": "boolean"}), margins)
    assert floats.weights.equals(ours.weights)


def test_margins_of_different_populations_are_noted_and_their_shares_used():
    frame = answered(2)
    ours = calibrate(frame, {"age": {"old": 400, "young": 600}, "place": {"n": 300, "s": 300, "w": 450}})
    assert ["age 1,000, place 1,050" in note for note in ours.notes] == [True]
    assert list(ours.table["after"]) == pytest.approx(list(ours.table["population_share"]), abs=1e-9)


def test_margins_that_contradict_each_other_are_unreachable():
    # The package that rakes says nothing of this: it ends with the last margin met and the first not.
    frame = answered(3).assign(again=lambda f: f["age"])
    with pytest.raises(Unreachable, match="no weights were found"):
        calibrate(frame, {"age": {"old": 0.4, "young": 0.6}, "again": {"old": 0.5, "young": 0.5}})


def test_a_level_without_respondents_is_unreachable():
    with pytest.raises(Unreachable, match="east"):
        calibrate(answered(4), {"place": {"n": 1, "s": 1, "w": 1, "east": 1}})
    nobody = calibrate(answered(4), {"place": {"n": 1, "s": 1, "w": 1, "east": 0}})
    assert nobody.table.set_index("level").loc["east", "after"] == 0


def test_what_cannot_be_weighted_is_refused_by_name():
    frame = answered(5)
    with pytest.raises(NotComparable, match="levels of 'place'"):
        calibrate(frame, {"place": {"n": 1, "s": 1}})
    with pytest.raises(NotComparable, match="the population does not have"):
        calibrate(frame, {"place": {"n": 1, "s": 1, "w": 0}})
    with pytest.raises(OutOfRange, match="without a level"):
        calibrate(frame.assign(age=frame["age"].where(frame.index > 3)), MARGINS)
    with pytest.raises(OutOfRange, match="do not sum to 1"):
        calibrate(frame, {"age": {"old": 0.4, "young": 0.3}})
    for wrong in ({"old": -1, "young": 2}, {"old": np.nan, "young": 1}, {"old": 0, "young": 0}, {}):
        with pytest.raises(OutOfRange, match="margin of 'age'"):
            calibrate(frame, {"age": wrong})
    with pytest.raises(NotComparable, match="twice"):
        calibrate(frame, {"age": {1: 1, "1": 2}})
    with pytest.raises(NotComparable, match="nothing"):
        calibrate(frame, {})
    with pytest.raises(NotMeasured):
        calibrate(frame, {"aeg": {"old": 1, "young": 1}})
    with pytest.raises(TooFewAnswers):
        calibrate(frame.iloc[:0], MARGINS)
    with pytest.raises(OutOfRange):
        calibrate(frame.assign(age=None), MARGINS)
    for limit in (1, 0, np.inf, np.nan):
        with pytest.raises(OutOfRange, match="limit"):
            calibrate(frame, MARGINS, limit=limit)


def test_nothing_is_cut_unless_a_limit_is_given():
    frame = pd.DataFrame({"age": ["old"] * 97 + ["young"] * 3})
    margins = {"age": {"old": 0.4, "young": 0.6}}
    assert calibrate(frame, margins).weights.max() == pytest.approx(20)
    cut = calibrate(frame, margins, limit=5)
    assert cut.weights.max() <= 5
    assert cut.weights.mean() == pytest.approx(1)
    assert cut.design_effect < calibrate(frame, margins).design_effect
    # Three weights of 5 are 15 % of the whole where 60 % were asked for.
    assert list(cut.table["after"]) == pytest.approx([0.85, 0.15], abs=1e-3)
    assert [
        "3 weights were cut at 5 times the mean; the margins are off by up to 45.0%" in n for n in cut.notes
    ] == [True]


def test_a_limit_that_is_not_exceeded_changes_nothing():
    frame = answered(6)
    free, limited = calibrate(frame, MARGINS), calibrate(frame, MARGINS, limit=10)
    assert list(limited.weights) == pytest.approx(list(free.weights), abs=1e-10)
    assert limited.notes == ()


def test_margins_are_met_within_a_limit_where_they_can_be():
    frame = answered(7)
    free = calibrate(frame, MARGINS)
    limit = 0.97 * free.weights.max()
    cut = calibrate(frame, MARGINS, limit=limit)
    assert cut.weights.max() <= limit
    assert list(cut.table["after"]) == pytest.approx(list(cut.table["population_share"]), abs=1e-3)
    assert len(cut.notes) == 1


def test_nothing_is_written_to_the_screen(capsys):
    calibrate(answered(8), MARGINS)
    calibrate(answered(8), MARGINS, limit=1.5)
    assert capsys.readouterr().out == ""


@few
@given(seed=seeds, shuffle=seeds)
def test_the_order_of_rows_changes_no_bit(seed, shuffle):
    frame = answered(seed)
    mixed_up = frame.sample(frac=1, random_state=shuffle)
    one, two = calibrate(frame, MARGINS), calibrate(mixed_up, MARGINS)
    assert one.weights.equals(two.weights.sort_index())
    pd.testing.assert_frame_equal(one.table, two.table, rtol=0, atol=0)
    assert one.design_effect == two.design_effect


@few
@given(seed=seeds)
def test_the_names_of_levels_and_the_order_of_margins_change_no_weight(seed):
    frame = answered(seed)
    before = calibrate(frame, MARGINS).weights
    renamed = calibrate(
        frame.replace({"place": {"n": "Ås", "s": "0", "w": "(x)"}}).rename(columns={"age": "a b"}),
        {"place": {"(x)": 400, "Ås": 300, "0": 300}, "a b": {"young": 0.6, "old": 0.4}},
    ).weights
    assert list(renamed) == pytest.approx(list(before), abs=1e-9)


@few
@given(seed=seeds)
def test_weights_are_products_of_one_factor_a_level(seed):
    # What distinguishes raking from other weights that meet the margins: no interaction is brought in.
    frame = answered(seed)
    weights = np.log(calibrate(frame, MARGINS).weights)
    cells = weights.groupby([frame["age"], frame["place"]]).first().unstack()
    between = cells.loc["old"] - cells.loc["young"]
    assert between.max() - between.min() == pytest.approx(0, abs=1e-9)


def test_weighting_takes_the_bias_out_that_lies_in_the_margins():
    # Of 100 draws the old, who score 0.8 higher, are 70 % of the respondents and 40 % of the users.
    raw, weighted = [], []
    for seed in range(100):
        frame = answered(seed, n=300)
        raw.append(frame["score"].mean())
        weighted.append(mean_interval(frame["score"], weights=calibrate(frame, MARGINS).weights).mean)
    by_age = pd.concat([answered(seed, n=300) for seed in range(100)]).groupby("age")["score"].mean()
    true = 0.4 * by_age["old"] + 0.6 * by_age["young"]
    assert np.mean(weighted) == pytest.approx(true, abs=0.03)
    assert np.mean(raw) > true + 0.15


def held(few: int, many: int, share: float, draws: int = 1500) -> float:
    """Say how often the weighted interval holds the truth where `few` respondents stand for `share`."""
    random = np.random.default_rng([few, many])
    answers, shares = np.arange(1, 7), (0.03, 0.07, 0.14, 0.24, 0.30, 0.22)
    truth = float(answers @ np.array(shares))
    weights = np.repeat([share / few, (1 - share) / many], [few, many])
    intervals = (
        mean_interval(random.choice(answers, few + many, p=shares), weights=weights) for _ in range(draws)
    )
    return float(np.mean([interval.low <= truth <= interval.high for interval in intervals]))


def test_the_interval_is_much_too_narrow_where_two_stand_for_half_and_nearly_right_where_ten_do():
    # In 20,000 draws 77.6 %, 93.7 % and 94.4 %; the standard errors of 1,500 draws are 1.1, 0.6 and 0.6 %.
    assert held(2, 38, 0.5) < 0.82
    assert held(10, 30, 0.5) == pytest.approx(0.937, abs=0.02)
    assert held(10, 190, 0.2) == pytest.approx(0.944, abs=0.02)


def test_weights_print_as_their_table():
    ours = calibrate(answered(9), MARGINS)
    assert "population_share" in str(ours)
    assert "<td>young</td>" in ours._repr_html_()
