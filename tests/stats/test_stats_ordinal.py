"""The cumulative-logit model against R's clm, and the check of means against it."""

import json
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis.stats import (
    NotComparable,
    NotIdentified,
    NotMeasured,
    NoVariation,
    OutOfRange,
    TooFewAnswers,
    adjust_p,
)
from analysis.stats.cumulative import MOST_LEVELS, CountedOrderedModel, ordered_levels
from analysis.stats.ordinal import agreement, cumulative_logit

R = json.loads((Path(__file__).parent / "r_ordinal.json").read_text(encoding="utf-8"))
seeds = st.integers(min_value=0, max_value=10_000)
few = settings(max_examples=10, deadline=None, derandomize=True)


def rated(seed, *, n=200, effect=0.4):
    """Draw ratings 1-5 in two years and three units, from the model itself."""
    random = np.random.default_rng(seed)
    year, unit = random.integers(0, 2, n), random.integers(0, 3, n)
    latent = effect * year + 0.3 * unit + random.logistic(size=n)
    names = np.array(["a", "b", "c"])
    return pd.DataFrame(
        {
            "year": 2024 + year,
            "unit": names[unit],
            "rating": 1 + np.searchsorted([-1.5, -0.3, 0.8, 2], latent),
        }
    )


def shifted(seed, shift, n=40):
    random = np.random.default_rng(seed)
    before, after = (np.clip(np.round(3 * (4 + s + random.standard_normal(n))) / 3, 1, 6) for s in (0, shift))
    return before, after


def test_the_wine_of_clms_vignette_comes_out_as_in_r():
    # Christensen, Cumulative Link Models for Ordinal Regression: 2.503, 1.528, log-likelihood -86.49.
    wine, expected = pd.DataFrame(R["wine"]["data"]), R["wine"]["fit"]
    # R's first levels are "cold" and "no".
    ours = cumulative_logit(wine, "rating", "C(temp) + C(contact)")
    assert list(ours.coefficients.index) == ["C(temp)[T.warm]", "C(contact)[T.yes]"]
    assert list(ours.coefficients) == pytest.approx(expected["coefficients"], abs=1e-6)
    assert list(ours.coefficients) == pytest.approx([2.503, 1.528], abs=5e-4)
    assert list(ours.se) == pytest.approx(expected["se"], abs=1e-6)
    assert list(ours.p) == pytest.approx(expected["p"], rel=1e-5)
    assert ours.thresholds.to_dict() == pytest.approx(expected["thresholds"], abs=1e-6)
    assert list(ours.threshold_se) == pytest.approx(expected["threshold_se"], abs=1e-6)
    assert (ours.loglik, ours.n) == (pytest.approx(expected["loglik"], abs=1e-8), 72)
    for level, fit in ((0.95, "fit"), (0.9, "fit90")):
        table = cumulative_logit(wine, "rating", "C(temp) + C(contact)", level=level).table
        assert table[["low", "high"]].to_numpy() == pytest.approx(np.array(R["wine"][fit]["ci"]), abs=1e-6)


def test_kansas_citys_ratings_of_streets_come_out_as_in_r(kansas_city):
    # R's clm, as the reference for this survey gives it with ten digits.
    ours = cumulative_logit(kansas_city.answers, "q9_01", "C(year) + C(district)")
    assert list(ours.coefficients) == pytest.approx(
        [0.056504076241, 0.003989794522, -0.13570006252, -0.10753321455, -0.42038735643, -0.38229169307],
        abs=1e-8,
    )
    assert list(ours.se) == pytest.approx(
        [0.081744408198, 0.14147895579, 0.14720227915, 0.14025892131, 0.14181281731, 0.13641403605],
        abs=1e-8,
    )
    assert list(ours.thresholds) == pytest.approx(
        [-1.0339344038, 0.68632994486, 1.7823621533, 4.5100430866], abs=1e-8
    )
    assert list(ours.threshold_se) == pytest.approx(
        [0.11221905443, 0.11057966312, 0.11942475132, 0.25073936384], abs=1e-8
    )
    assert list(ours.thresholds.index) == ["1|2", "2|3", "3|4", "4|5"]
    assert (ours.loglik, ours.n) == (pytest.approx(-2647.9410191198, abs=1e-8), 2001)
    literal = kansas_city.expected["ordinal_q9_01"]
    assert [*ours.thresholds, *ours.coefficients] == pytest.approx(list(literal["coef"].values()), abs=1e-8)


def test_a_score_of_several_items_is_ordered_too():
    scores, expected = pd.DataFrame(R["scores"]["data"]), R["scores"]["fit"]
    ours = cumulative_logit(scores, "score", "C(year)")
    assert ours.coefficients.iloc[0] == pytest.approx(expected["coefficients"], abs=1e-6)
    assert ours.se.iloc[0] == pytest.approx(expected["se"], abs=1e-6)
    assert list(ours.thresholds) == pytest.approx(list(expected["thresholds"].values()), abs=1e-6)
    assert list(ours.threshold_se) == pytest.approx(expected["threshold_se"], abs=1e-6)
    assert ours.thresholds.index[0] == "2.66667|3"
    # The same thirds, added up in another order: not one bit more levels.
    uneven = scores.assign(score=scores["score"] + np.tile([0, 4e-16, -4e-16], 9))
    assert list(cumulative_logit(uneven, "score", "C(year)").thresholds.index) == list(ours.thresholds.index)


def test_the_written_derivatives_are_those_of_the_likelihood():
    rows = rated(1)
    model = CountedOrderedModel(
        rows["rating"].to_numpy() - 1, (rows["year"] - 2024).to_numpy(float)[:, None], np.ones(len(rows))
    )
    plain = OrderedModel(rows["rating"].to_numpy(), model.exog, distr="logit")
    at = np.array([0.3, -1.2, 0.1, 0.4, -0.2])
    assert model.loglike(at) == pytest.approx(plain.loglike(at), abs=1e-9)
    step = 1e-5
    for first, second in ((model.loglike, model.score), (model.score, model.hessian)):
        differences = [
            (np.asarray(first(at + step * e)) - np.asarray(first(at - step * e))) / (2 * step)
            for e in np.eye(5)
        ]
        assert np.asarray(second(at)) == pytest.approx(np.array(differences), rel=1e-5, abs=1e-5)


def test_a_categorical_keeps_its_own_order_and_loses_what_nobody_chose():
    words = ["very poor", "poor", "fair", "good", "excellent"]
    rows = rated(2).query("rating != 2")
    named = rows.assign(rating=pd.Categorical.from_codes(rows["rating"] - 1, words, ordered=True))
    ours, numbers = (cumulative_logit(f, "rating", "C(year)") for f in (named, rows))
    assert list(ours.thresholds.index) == ["very poor|fair", "fair|good", "good|excellent"]
    assert list(ours.coefficients) == list(numbers.coefficients)
    with pytest.raises(OutOfRange):
        cumulative_logit(rows.assign(rating=np.array(words)[rows["rating"] - 1]), "rating", "C(year)")


def test_a_year_as_a_number_has_the_slope_of_the_two_years():
    rows = rated(3)
    assert cumulative_logit(rows, "rating", "year").coefficients.iloc[0] == pytest.approx(
        cumulative_logit(rows, "rating", "C(year)").coefficients.iloc[0], abs=1e-8
    )


def test_many_values_are_joined_with_their_neighbours_and_said():
    random = np.random.default_rng(4)
    rows = pd.DataFrame({"year": np.repeat([2024, 2026], 300), "score": random.logistic(size=600)})
    rows["score"] += 0.5 * (rows["year"] == 2026)
    ours = cumulative_logit(rows, "score", "C(year)")
    assert len(ours.thresholds) == MOST_LEVELS - 1
    assert ours.notes == ("600 different values were joined into 40 groups of neighbours.",)
    # statsmodels on all 600 values: 0.4930 with standard error 0.1417; Whitehead's loss is 1/40².
    plain = _all_values(rows)
    assert ours.coefficients.iloc[0] == pytest.approx(plain[0], abs=0.02)
    assert ours.se.iloc[0] == pytest.approx(plain[1], rel=0.003)


def _all_values(rows):
    model = CountedOrderedModel(
        np.unique(rows["score"], return_inverse=True)[1], (rows["year"] == 2026).to_numpy(float)[:, None],
        np.ones(len(rows)),
    )  # fmt: skip
    found = model.fit(method="newton", disp=0, skip_hessian=True)
    return found.params[0], np.linalg.inv(-model.on_thresholds(found.params)[1])[0, 0] ** 0.5


def test_a_value_that_most_chose_is_not_divided():
    values = np.concatenate([np.full(500, 6.0), np.linspace(1, 5.9, 100)])
    _, place, notes = ordered_levels(values)
    assert len(np.unique(place[values == 6.0])) == 1
    assert notes
    assert (np.diff(place[np.argsort(values, kind="stable")]) >= 0).all()


def test_what_cannot_be_fitted_is_named():
    rows = rated(5)
    top = rows.assign(unit=np.where(rows["rating"] == 5, "top", rows["unit"]))
    with pytest.raises(NotIdentified, match=r"C\(unit\)\[T.top\]"):
        cumulative_logit(top, "rating", "C(unit)")
    for formula in ("0 + C(unit)", "C(unit) + C(same)", "one"):
        with pytest.raises(NotIdentified, match="told from each other"):
            cumulative_logit(rows.assign(same=rows["unit"], one=1.0), "rating", formula)
    with pytest.raises(NoVariation):
        cumulative_logit(rows.assign(rating=4), "rating", "C(year)")
    suppressed = rows.assign(rating=pd.array([None] * len(rows), dtype="Int64"))
    for none in (suppressed, rows.iloc[:0], rows.iloc[:4]):
        with pytest.raises(TooFewAnswers):
            cumulative_logit(none, "rating", "C(year) + C(unit)")
    for item, formula in (("ratings", "C(year)"), ("rating", "C(month)"), ("rating", "1")):
        with pytest.raises(NotMeasured):
            cumulative_logit(rows, item, formula)
    with pytest.raises(OutOfRange):
        cumulative_logit(rows, "rating", "C(year)", level=95)


@few
@given(seed=seeds, shuffle=seeds)
def test_the_order_of_rows_changes_no_bit_of_a_model(seed, shuffle):
    rows = rated(seed)
    before, after = (
        cumulative_logit(f, "rating", "C(year) + C(unit)")
        for f in (rows, rows.sample(frac=1, random_state=shuffle))
    )
    pd.testing.assert_frame_equal(before.table, after.table, rtol=0, atol=0)


@few
@given(seed=seeds)
def test_only_the_order_of_answers_counts_and_names_of_units_do_not(seed):
    rows = rated(seed)
    ours = cumulative_logit(rows, "rating", "C(year) + C(unit)")
    stretched = rows.assign(rating=10 * rows["rating"] ** 2 - 7)
    renamed = rows.assign(unit=rows["unit"].map({"a": "Ås", "b": "Øy, 2", "c": "åa"}))
    for other in (stretched, renamed):
        same = cumulative_logit(other, "rating", "C(year) + C(unit)")
        assert list(same.coefficients) == pytest.approx(list(ours.coefficients), abs=1e-8)
    turned = cumulative_logit(rows.assign(rating=6 - rows["rating"]), "rating", "C(year) + C(unit)")
    assert list(turned.coefficients) == pytest.approx(list(-ours.coefficients), abs=1e-6)
    assert list(turned.se) == pytest.approx(list(ours.se), abs=1e-6)


def test_a_planted_effect_lies_in_its_interval():
    # 200 draws; 4,000 give 94.4 %, less 2.6 standard errors of 1.6 points.
    inside = []
    for seed in range(200):
        year = cumulative_logit(rated(seed), "rating", "C(year) + C(unit)").table.iloc[0]
        inside.append(year["low"] <= 0.4 <= year["high"])
    assert np.mean(inside) > 0.9


def test_screening_is_the_rank_test_and_the_models_score_test():
    before, after = (np.array(R["scores"]["data"])[k] for k in (slice(0, 14), slice(14, None)))
    before, after = ([row["score"] for row in side] for side in (before, after))
    row = agreement({"score": (before, after, 0.6, 0.02)}).table.loc[0]
    assert row["screened_p"] == pytest.approx(R["scores"]["wilcoxon_p"], rel=1e-9)
    assert row["screened_p"] == pytest.approx(
        mannwhitneyu(after, before, use_continuity=False, method="asymptotic").pvalue, rel=1e-9
    )
    # The score of the model at no difference, over its expected information n1 n2 (1 - sum share³) / 3N
    # (Whitehead 1993), which has N where the rank test has N - 1.
    codes, n = np.unique(np.round([*before, *after], 9), return_inverse=True, return_counts=True)[1:]
    model = CountedOrderedModel(codes, np.repeat([0.0, 1.0], [14, 13])[:, None], np.ones(27))
    slope = model.on_thresholds(model.start_params)[0]
    assert slope[1:] == pytest.approx(0, abs=1e-9)
    information = 14 * 13 / (3 * 27) * (1 - ((n / 27) ** 3).sum())
    assert row["z"] ** 2 == pytest.approx(slope[0] ** 2 / information * 26 / 27, rel=1e-9)


def test_the_model_is_fitted_only_where_the_verdicts_differ():
    far, near = shifted(1, 1.0), shifted(2, 0.0)
    found = agreement({"same": (*far, 1.0, 0.001), "none": (*near, 0.02, 0.9), "other": (*near, 0.02, 0.01)})
    table = found.table.set_index("key")
    assert table["fitted"].to_dict() == {"same": False, "none": False, "other": True}
    assert table["linear"].to_dict() == {"same": "higher", "none": "none", "other": "higher"}
    assert table["agrees"].to_dict() == {"same": True, "none": True, "other": False}
    frame = pd.DataFrame({"score": np.concatenate(near), "later": np.repeat([0, 1], 40)})
    model = cumulative_logit(frame, "score", "later").table.loc[0]
    for name in ("coefficient", "se", "low", "high", "p"):
        assert table.loc["other", name] == pytest.approx(model[name], abs=1e-9), name
    assert table.loc[["same", "none"], "coefficient"].isna().all()
    # The family: the rank test's p values with the model's in its place.
    assert list(found.table["p_adjusted"]) == pytest.approx(list(adjust_p(found.table["p"])))
    assert list(found.table["p"])[:2] == list(found.table["screened_p"])[:2]


def test_a_verdict_the_other_way_does_not_agree():
    # Three of ten fall from 6 to 1, the others rise by one: lower on average, higher in order.
    before, after = [2] * 49 + [6] * 21, [3] * 49 + [1] * 21
    row = agreement([("turned", (before, after, np.mean(after) - np.mean(before), 0.001))]).table.loc[0]
    assert (row["linear"], row["fitted"], row["agrees"]) == ("lower", True, False)


def test_where_one_group_lies_wholly_above_the_rank_test_stands():
    found = agreement({"apart": ([1, 2, 1, 2, 1, 2], [5, 6, 5, 5, 6, 6], 4.0, 0.2)})
    row = found.table.loc[0]
    assert (row["fitted"], row["ordinal"], row["agrees"]) == (False, "higher", False)
    assert row["p"] == row["screened_p"]
    assert found.notes == ("apart: no model could be fitted; the rank test stands.",)


def test_a_check_refuses_what_it_cannot_compare():
    with pytest.raises(NotComparable):
        agreement({})
    with pytest.raises(TooFewAnswers, match="safety"):
        agreement({"safety": ([None, None], [3, 4], 1.0, 0.5)})
    with pytest.raises(NoVariation, match="safety"):
        agreement({"safety": ([3, 3], [3, 3], 0.0, 0.5)})
    for difference, p in ((np.nan, 0.5), (1.0, np.nan), (1.0, 1.2)):
        with pytest.raises(OutOfRange):
            agreement({"safety": ([3, 4], [4, 5], difference, p)})


@few
@given(seed=seeds, constant=st.integers(-20, 20))
def test_order_of_values_and_a_constant_leave_the_check(seed, constant):
    family = {k: shifted(seed + k, 0.2 * k) for k in range(4)}
    plain = agreement({k: (b, a, 0.2 * k, 0.03) for k, (b, a) in family.items()}, adjust="holm").table
    moved = agreement(
        {k: (b[::-1] + constant, a[::-1] + constant, 0.2 * k, 0.03) for k, (b, a) in family.items()},
        adjust="holm",
    ).table
    pd.testing.assert_frame_equal(plain, moved, rtol=1e-9)


def test_the_check_claims_a_difference_where_none_is_in_one_of_twenty_families_at_most():
    # 300 families of five; 5 % and 2.6 standard errors of 1.26 points. The means are said to show nothing,
    # so that whatever the ranks find is fitted, and the model's word is final.
    families = ({k: (*shifted(100 * seed + k, 0.0), 0.1, 1.0) for k in range(5)} for seed in range(300))
    claimed = [(agreement(family).table["ordinal"] != "none").any() for family in families]
    assert np.mean(claimed) < 0.083


def test_models_are_fast_enough_for_a_report():
    rows, best = rated(1, n=300), []
    for _ in range(5):
        start = perf_counter()
        cumulative_logit(rows, "rating", "C(year)")
        best.append(perf_counter() - start)
    # 9 ms where it was measured; the bound is the asked 60 ms and a loaded machine.
    assert min(best) < 0.12
