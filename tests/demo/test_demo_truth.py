"""The planted truths fit the data that were drawn from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.core.errors import DataError
from analysis.demo import Truth, read_truth
from analysis.demo.expected import expected_answer
from analysis.survey import Store

Scored = Callable[[str], pd.DataFrame]
DEFAULT = ("9903", "9908", "9912")


def _welch(frame: pd.DataFrame, topic: str) -> tuple[float, float]:
    """Change from 2023 to 2025 and its p value."""
    earlier, later = (frame.loc[frame["year"] == y, topic].dropna() for y in (2023, 2025))
    return float(later.mean() - earlier.mean()), float(
        stats.ttest_ind(later, earlier, equal_var=False).pvalue
    )


def test_the_expected_answer_is_that_of_a_simulation():
    rng = np.random.default_rng(1)
    drawn = np.clip(np.floor(rng.normal(5.1, 1.2, 400_000) + 0.5), 1, 6)
    # Four standard errors of the simulation's own mean.
    assert expected_answer(np.array(5.1), 1.2) == pytest.approx(drawn.mean(), abs=4 * drawn.std() / 632)


def test_true_means_of_the_municipalities_fit_the_answers(store: Store, truth: Truth, scored: Scored):
    parts = []
    for service in store.services():
        topics = [*(d.id for d in store.questionnaire(service).dimensions), "satisfaction"]
        long = scored(service).melt(["municipality", "year"], topics, "topic").dropna()
        cells = long.groupby(["municipality", "year", "topic"])["value"].agg(["mean", "std", "count"])
        parts.append(cells.add_prefix("seen_").reset_index().assign(service=service, unit=""))
    both = pd.concat(parts).merge(truth.means, on=["municipality", "service", "unit", "year", "topic"])
    z = (both["seen_mean"] - both["mean_answering"]) / (both["seen_std"] / np.sqrt(both["seen_count"]))
    assert len(z) == 24 * 3 * (7 + 6 + 7 + 5 + 4)
    # Standard normal, were the cells independent: a respondent's dimensions are not.
    assert abs(z.mean()) < 0.25
    assert 0.85 < z.std() < 1.15
    assert (z.abs() > 3).mean() < 0.01


def test_true_means_of_the_units_fit_the_answers(truth: Truth, scored: Scored):
    seen = scored("school").groupby(["unit", "year"])["satisfaction"].agg(["mean", "std", "count"])
    true = truth.means.query("service == 'school' and topic == 'satisfaction' and unit != ''")
    both = true.set_index(["unit", "year"]).join(seen.add_prefix("seen_")).query("seen_count >= 30")
    z = (both["seen_mean"] - both["mean_answering"]) / (both["seen_std"] / np.sqrt(both["seen_count"]))
    assert len(z) > 300
    assert abs(z.mean()) < 0.2
    assert 0.9 < z.std() < 1.15


def test_those_who_answer_are_a_little_more_satisfied_than_all_users(truth: Truth):
    whole = truth.means[truth.means["unit"] == ""]
    bias = (whole["mean_answering"] - whole["mean"]).mean()
    assert 0.02 < bias < 0.12


def test_scores_spread_by_about_one_point_and_hang_together(store: Store, scored: Scored):
    for service in store.services():
        questionnaire, frame = store.questionnaire(service), scored(service)
        for dimension in questionnaire.dimensions:
            items = frame[[i.id for i in questionnaire.items if i.dimension == dimension.id]].dropna()
            k = items.shape[1]
            alpha = k / (k - 1) * (1 - items.var().sum() / items.sum(axis=1).var())
            assert 0.65 < alpha < 0.88
            assert 0.85 < frame[dimension.id].std() < 1.15


def test_planted_changes_are_seen_by_a_welch_test(truth: Truth, scored: Scored):
    planted = truth.planted("change_up") + truth.planted("change_down")
    assert {"9903", "9908"} <= {p.municipality for p in planted}
    for p in planted:
        frame = scored(p.service).query("municipality == @p.municipality")
        for topic in p.topics or ("care", "information", "respect"):
            change, p_value = _welch(frame, topic)
            assert np.sign(change) == np.sign(p.effect)
            assert p_value < 0.001
            true = truth.change(p.municipality, p.service, topic, before=p.before, year=p.year)
            assert abs(true) > 0.35
        assert p.detectable


def test_nothing_changes_where_nothing_is_planted(store: Store, truth: Truth, scored: Scored):
    still = truth.planted("no_change")
    assert "9912" in {p.municipality for p in still}
    p_values = []
    for place, service in ((p.municipality, p.service) for p in still if p.before == 2023):
        frame = scored(service).query("municipality == @place")
        for dimension in store.questionnaire(service).dimensions:
            assert truth.change(place, service, dimension.id, before=2023, year=2025) == 0
            change, p_value = _welch(frame, dimension.id)
            assert abs(change) < 0.45
            p_values.append(p_value)
    assert len(p_values) == 5 * 25
    # Dimensions of one service move together, so the count of p < 0.05 spreads more than a binomial's.
    assert np.mean(np.array(p_values) < 0.05) < 0.15


def test_the_old_wording_lowers_one_item_before_2023_everywhere(truth: Truth, scored: Scored):
    (p,) = truth.planted("wording_break")
    assert p.topics == ("participation", "participation_2")
    by_year = scored("kindergarten").groupby("year")[["participation_1", "participation_2"]].mean()
    assert by_year["participation_2"].loc[2023] - by_year["participation_2"].loc[2021] > 0.3
    assert abs(by_year["participation_1"].loc[2023] - by_year["participation_1"].loc[2021]) < 0.1


def test_low_and_high_units_differ_from_the_rest(truth: Truth, scored: Scored):
    for p in truth.planted("unit_low") + truth.planted("unit_high"):
        assert np.sign(p.true_change) == np.sign(p.effect)
        frame = scored(p.service).query("municipality == @p.municipality and year == 2025")
        here = frame["unit"].isin(p.units)
        seen = frame.loc[here, "satisfaction"].mean() - frame.loc[~here, "satisfaction"].mean()
        if p.detectable:
            assert np.sign(seen) == np.sign(p.effect)
    detectable = {p.detectable for p in truth.planted("unit_low", municipality="9903")}
    assert detectable == {True, False}


def test_units_without_variance_have_the_same_true_means(truth: Truth):
    planted = truth.planted("no_variance")
    assert ("9903", "nursing-home") in {(p.municipality, p.service) for p in planted}
    places = pd.DataFrame([(p.municipality, p.service) for p in planted], columns=["municipality", "service"])
    for _, cells in truth.means[truth.means["unit"] != ""].merge(places).groupby(["municipality", "service"]):
        spread = cells.groupby(["year", "topic"])[["mean", "mean_answering"]].agg(np.ptp)
        assert spread.to_numpy().max() < 1e-5


def test_units_differ_elsewhere(truth: Truth):
    cells = truth.means.query(
        "service == 'kindergarten' and unit != '' and topic == 'wellbeing' and year == 2023"
    )
    spread = cells.groupby("municipality")["mean"].std()
    assert spread.median() > 0.1


def test_the_measure_that_worked_lifts_its_units_above_the_others(truth: Truth, scored: Scored):
    (p,) = truth.planted("measure_worked")
    assert (p.municipality, p.start, p.detectable) == ("9903", 2024, True)
    frame = scored(p.service).query("municipality == @p.municipality")
    here = frame["unit"].isin(p.units)
    lifted, p_value = _welch(frame[here], p.topics[0])
    others, _ = _welch(frame[~here], p.topics[0])
    assert p_value < 0.001
    assert lifted - others == pytest.approx(p.true_change, abs=0.25)


def test_the_measure_without_effect_went_to_units_that_rise_by_themselves(truth: Truth, scored: Scored):
    (p,) = truth.planted("measure_without_effect")
    assert p.true_change == 0
    assert not p.detectable
    frame = scored(p.service).query("municipality == @p.municipality")
    means = frame[frame["year"] == 2023].groupby("unit")["learning"].mean()
    assert means[list(p.units)].mean() < means.drop(list(p.units)).mean()


def test_the_measure_too_small_to_judge_has_an_effect_that_nobody_can_see(truth: Truth):
    (p,) = truth.planted("measure_too_small")
    assert p.true_change > 0.2
    assert not p.detectable


def test_satisfaction_follows_the_dimensions_by_their_weights(truth: Truth, scored: Scored):
    weights = truth.parameters["building-permits"]["weights_in_satisfaction"]
    assert sum(weights.values()) == pytest.approx(1)
    frame = scored("building-permits").dropna(subset=[*weights, "satisfaction"])
    design = np.column_stack([np.ones(len(frame)), frame[list(weights)]])
    found = np.linalg.lstsq(design, frame["satisfaction"], rcond=None)[0][1:]
    assert list(weights)[int(np.argmax(found))] == max(weights, key=weights.get) == "processing"


def test_case_mix_moves_answers_as_planted(truth: Truth, scored: Scored):
    planted = truth.parameters["school"]["case_mix"]["school_stage"]
    frame = scored("school").dropna(subset=["school_stage", "learning"])
    design = pd.get_dummies(frame["school_stage"])[["grades-1-4", "grades-8-10"]].astype(float)
    # Within units: both sides less the unit's mean, or the units' own levels would mix in.
    design, answers = (x - x.groupby(frame["unit"]).transform("mean") for x in (design, frame["learning"]))
    found = np.linalg.lstsq(design.to_numpy(), answers.to_numpy(), rcond=None)[0]
    # Cutting to the scale takes some per cent off an effect.
    assert found == pytest.approx([planted["grades-1-4"], planted["grades-8-10"]], abs=0.06)


def test_the_default_places_hold_every_kind_of_truth(truth: Truth):
    here = {p.kind for p in truth.plantings if p.municipality in DEFAULT}
    assert here >= {
        "change_up",
        "change_down",
        "no_change",
        "unit_low",
        "unit_high",
        "no_variance",
        "merged_unit",
        "new_unit",
        "measure_worked",
        "measure_without_effect",
        "measure_too_small",
        "few_answers",
        "same_answer",
        "end_of_scale",
        "no_answers",
        "only_hidden_unit",
    }


def test_every_planting_on_units_names_them(truth: Truth):
    on_units = [
        p for p in truth.plantings if p.kind.startswith(("unit_", "measure", "merged", "new_", "few_"))
    ]
    assert all(p.units for p in on_units)


def test_the_truth_is_read_as_it_was_written(store: Store, truth: Truth):
    again = read_truth(store.path)
    assert again.plantings == truth.plantings
    assert again.parameters == truth.parameters
    assert (again.seed, again.years, again.services) == (truth.seed, truth.years, truth.services)
    pd.testing.assert_frame_equal(again.means, truth.means, check_dtype=False)
    assert read_truth(store.path / "truth.json").plantings == truth.plantings


def test_real_data_have_no_truth(tmp_path: Path):
    with pytest.raises(DataError, match="no truth here"):
        read_truth(tmp_path)


def test_a_mean_that_is_not_there_is_an_error(truth: Truth):
    with pytest.raises(KeyError):
        truth.mean("9903", "library", "wellbeing", year=2025)
