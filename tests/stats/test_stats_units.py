"""The mixed model of units, against R's lme4 and against the definition in full matrices."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import (
    NotIdentified,
    NotMeasured,
    NoVariation,
    TooFewAnswers,
    TooFewUnits,
    fit_units,
)


def test_a_model_of_units_is_lme4s(r):
    expected = r["mixed"]
    ours = fit_units(r["data"], "score", "unit")
    assert list(ours.fixed) == pytest.approx(expected["fixed"], abs=1e-5)
    assert list(ours.fixed_se) == pytest.approx(expected["fixed_se"], rel=1e-4)
    assert ours.variance_unit == pytest.approx(expected["variances"]["unit"], rel=1e-3)
    assert ours.variance_residual == pytest.approx(expected["residual"], rel=1e-3)
    assert ours.reml == pytest.approx(expected["reml"], abs=1e-6)
    table = ours.table.set_index("unit")
    assert table["effect"].to_dict() == pytest.approx(expected["effects"]["unit"], abs=1e-4)
    assert table["conditional_se"].to_dict() == pytest.approx(expected["conditional_sd"]["unit"], rel=1e-3)
    # The last round's fixed effect: intercept and the coefficient of 2026.
    assert list(table["shrunken"] - table["effect"]) == pytest.approx(
        [expected["fixed"][0] + expected["fixed"][2]] * 4, abs=1e-5
    )


def test_where_lme4_finds_no_variance_no_difference_is_reported(r):
    expected = r["mixed_flat"]
    ours = fit_units(r["flat"], "score", "unit")
    assert expected["variances"]["unit"] == ours.variance_unit == 0
    assert ours.variance_residual == pytest.approx(expected["residual"], rel=1e-8)
    assert ours.reml == pytest.approx(expected["reml"], abs=1e-8)
    assert list(ours.fixed_se) == pytest.approx(expected["fixed_se"], rel=1e-8)
    assert not ours.difference_found
    assert not ours.ranking_allowed
    assert any("No difference" in note for note in ours.notes)
    assert ours.table["shrunken"].nunique() == 1
    assert (ours.table["reliability"] == 0).all()
    assert (ours.table["conditional_se"] == 0).all()
    # The mean that all share is not known without error: R's predict(lm(score ~ year), se.fit = TRUE)
    # with 12 answers in each round is sqrt(residual / 12). Nor is it known that they share it.
    assert (ours.table["se"] > (expected["residual"] / 12) ** 0.5).all()


def test_units_within_municipalities_are_lme4s_nested_model(r):
    expected = r["mixed_nested"]
    ours = fit_units(r["nested"], "score", "unit", within="municipality")
    assert list(ours.fixed) == pytest.approx(expected["fixed"], abs=1e-5)
    assert list(ours.fixed_se) == pytest.approx(expected["fixed_se"], rel=1e-4)
    assert ours.variance_unit == pytest.approx(expected["variances"]["home"], rel=1e-3)
    assert ours.variance_within == pytest.approx(expected["variances"]["municipality"], rel=1e-3)
    assert ours.variance_residual == pytest.approx(expected["residual"], rel=1e-3)
    assert ours.reml == pytest.approx(expected["reml"], abs=1e-6)
    homes = ours.table["municipality"] + " " + ours.table["unit"]
    effects = dict(zip(homes, ours.table["effect"], strict=True))
    assert effects == pytest.approx(expected["effects"]["home"], abs=1e-4)
    municipality = ours.table["municipality"].map(expected["effects"]["municipality"])
    last = sum(expected["fixed"])
    assert list(ours.table["shrunken"]) == pytest.approx(
        list(last + municipality + list(effects.values())), abs=1e-3
    )


def test_the_nested_conditional_error_is_that_of_the_sum(r):
    nested = r["nested"]
    ours = fit_units(nested, "score", "unit", within="municipality")
    homes = pd.get_dummies(nested["municipality"] + " " + nested["unit"]).to_numpy(dtype=float)
    towns = pd.get_dummies(nested["municipality"]).to_numpy(dtype=float)
    # Var(u | y) = G - G Z' V^-1 Z G, with all random effects in one matrix.
    z = np.hstack([homes, towns])
    g = np.diag([ours.variance_unit] * homes.shape[1] + [ours.variance_within] * towns.shape[1])
    v = z @ g @ z.T + ours.variance_residual * np.eye(len(nested))
    conditional = g - g @ z.T @ np.linalg.solve(v, z @ g)
    town_of_home = (homes.T @ towns > 0).astype(float)
    summed = np.hstack([np.eye(homes.shape[1]), town_of_home])
    found = list(ours.table["conditional_se"])
    assert found == pytest.approx(list(np.sqrt(np.diag(summed @ conditional @ summed.T))))


def test_reliability_is_the_share_of_variance_between_units_in_the_pooled_mean(r):
    ours = fit_units(r["data"], "score", "unit")
    pooled = r["data"].groupby("unit")["score"].size()
    by_hand = ours.variance_unit / (ours.variance_unit + ours.variance_residual / pooled)
    assert ours.table.set_index("unit")["reliability"].to_dict() == pytest.approx(by_hand.to_dict())
    assert ours.ranking_allowed == (by_hand.min() >= 0.7)


def test_ranking_is_off_as_soon_as_one_unit_is_unreliable(r):
    assert fit_units(r["data"], "score", "unit").ranking_allowed
    with_a_tiny_unit = pd.concat(
        [r["data"], pd.DataFrame({"unit": ["tiny"], "year": [2026], "score": [4.0]})]
    )
    assert not fit_units(with_a_tiny_unit, "score", "unit").ranking_allowed


def test_another_round_can_be_shown_and_moves_all_units_alike(r):
    last, first = (fit_units(r["data"], "score", "unit", round=year) for year in (None, 2024))
    assert (last.round, first.round) == (2026, 2024)
    step = last.table["shrunken"] - first.table["shrunken"]
    assert list(step) == pytest.approx([last.fixed["C(year)[T.2026]"]] * 4)
    assert list(first.table["n"]) == [3, 4, 3, 2]
    assert list(first.table["n_pooled"]) == [9, 14, 11, 6]


def test_units_without_answers_in_the_round_are_named_not_extrapolated(r):
    closed = pd.DataFrame({"unit": "closed", "year": [2024, 2024, 2025], "score": [3.0, 4.0, 4.0]})
    ours = fit_units(pd.concat([r["data"], closed]), "score", "unit")
    assert ours.left_out == ("closed",)
    assert "closed" not in set(ours.table["unit"])
    assert not ours.table.isna().any(axis=None)


def test_a_single_round_needs_no_year(r):
    one = r["data"].query("year == 2026")
    with_year = fit_units(one, "score", "unit")
    without = fit_units(one.drop(columns="year"), "score", "unit", fixed="1")
    assert without.table["shrunken"].tolist() == with_year.table["shrunken"].tolist()


def test_the_fixed_part_may_hold_other_columns(r):
    frame = r["data"].assign(age=lambda d: np.arange(len(d)) % 5)
    ours = fit_units(frame, "score", "unit", fixed="C(year) + age")
    assert list(ours.fixed.index) == ["Intercept", "C(year)[T.2025]", "C(year)[T.2026]", "age"]
    average = (ours.table["shrunken"] - ours.table["effect"]).iloc[0]
    mean_age = frame.loc[frame["year"] == 2026, "age"].mean()
    assert average == pytest.approx(ours.fixed.iloc[0] + ours.fixed.iloc[2] + mean_age * ours.fixed["age"])


def test_nullable_columns_and_missing_answers_fit_like_plain_ones(r):
    gaps = pd.DataFrame(
        {"unit": ["north", None, "east"], "year": [2026, 2026, None], "score": [None, 4.0, 4.0]}
    )
    nullable = pd.concat([r["data"], gaps]).convert_dtypes()
    assert fit_units(nullable, "score", "unit").table["shrunken"].tolist() == pytest.approx(
        fit_units(r["data"], "score", "unit").table["shrunken"].tolist(), rel=1e-12
    )


def test_a_model_of_units_refuses_what_it_cannot_fit(r):
    data = r["data"]
    with pytest.raises(TooFewAnswers):
        fit_units(data.iloc[:0], "score", "unit")
    with pytest.raises(TooFewUnits):
        fit_units(data.query("unit == 'north'"), "score", "unit")
    with pytest.raises(TooFewAnswers, match="two answers"):
        fit_units(data.query("year == 2026").drop_duplicates("unit"), "score", "unit")
    with pytest.raises(NoVariation):
        fit_units(data.assign(score=4.1), "score", "unit")
    with pytest.raises(NoVariation, match="within the units"):
        fit_units(
            data.assign(score=data["unit"].str.len().mul(0.7) + data["unit"].eq("east")), "score", "unit"
        )
    with pytest.raises(NotIdentified):
        fit_units(data.assign(other=data["year"] * 2), "score", "unit", fixed="year + other")
    with pytest.raises(NotIdentified, match="one unit"):
        fit_units(data.assign(town=data["unit"]), "score", "unit", within="town")
    with pytest.raises(TooFewUnits, match="groups"):
        fit_units(data.assign(town="a"), "score", "unit", within="town")
    with pytest.raises(NotMeasured, match="rounds 2024, 2025, 2026"):
        fit_units(data, "score", "unit", round=2019)
    with pytest.raises(NotMeasured):
        fit_units(data, "score", "unit", fixed="C(yaer)")
    with pytest.raises(NotMeasured):
        fit_units(data.drop(columns="year"), "score", "unit", fixed="1", round=2026)


def test_a_model_prints_as_its_table(r):
    ours = fit_units(r["data"], "score", "unit")
    assert "shrunken" in str(ours)
    assert "<td>north</td>" in ours._repr_html_()
