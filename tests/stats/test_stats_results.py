"""Results print what was asked for, and give it as a tidy table."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import analysis.stats as face
from analysis.stats.expected_range import expected_range, overdispersion


@pytest.fixture(scope="module")
def survey():
    """Answers of 24 units in three rounds; those of units 0 to 3 rise in the last."""
    random = np.random.default_rng(11)
    unit = np.repeat(np.arange(24), 45)
    year = np.tile(np.repeat([2022, 2024, 2026], 15), 24)
    score = 4 + 0.4 * random.standard_normal(24)[unit] + random.standard_normal(unit.size)
    score += 0.5 * ((unit < 4) & (year == 2026))
    return pd.DataFrame({
        "unit": [f"u{u:02d}" for u in unit], "year": year, "score": score, "all": score / 2 + 2,
        "item": np.clip(np.round(score), 1, 6), "age": random.choice(["young", "old"], unit.size),
    })  # fmt: skip


def printed(result) -> tuple[str, str]:
    return str(result), result._repr_html_()


def says(result, *words: str) -> bool:
    return all(word in text for text in printed(result) for word in words)


def test_an_effect_prints_its_effect_above_the_groups_means(survey):
    effect = face.difference_in_differences(survey, "score", "unit", "year", ["u00", "u01", "u02"], 2026)
    assert says(effect, *(f"{getattr(effect, name):.4g}" for name in ("effect", "se", "low", "high", "p")))
    assert says(effect, *effect.notes)
    for text in printed(effect):
        assert text.index("regression_to_the_mean") < text.index("comparison")


def test_a_model_of_units_prints_whether_units_may_be_ranked(survey):
    fit = face.fit_units(survey, "score", "unit")
    assert says(
        fit, f"{fit.variance_unit:.4g}", f"{fit.variance_residual:.4g}", "ranking_allowed", "Intercept"
    )
    alike = face.fit_units(survey.assign(score=np.tile([3, 4, 5], 360)), "score", "unit")
    assert says(alike, "No difference between the units could be found")


def test_models_print_their_coefficients_beside_the_table(survey):
    mix = face.adjust_case_mix(survey, "score", "unit", ["age"])
    assert says(mix, "beta_se", mix.beta.index[0], "age: " + mix.reference["age"])
    logit = face.cumulative_logit(survey, "item", "C(year)")
    assert says(logit, "threshold_se", "3|4", f"loglik = {logit.loglik:.4g}"[9:])
    # What the table has already does not come twice.
    assert str(logit).count("C(year)[T.2024]") == 1


def test_expected_ranges_and_weights_print_what_they_rest_on(survey):
    units = survey.groupby("unit")["score"].agg(n="size", mean="mean", se="sem").reset_index()
    found = expected_range(units)
    assert says(found, *(f"{value:.4g}" for value in (found.theta, found.tau, found.phi)))
    weights = face.calibrate(survey, {"age": {"young": 0.3, "old": 0.7}})
    assert says(weights, f"{weights.design_effect:.4g}", "population_share")
    # A weight for each respondent is no part of what is printed.
    assert len(str(weights).splitlines()) < 10


def test_results_of_a_few_values_have_a_table_of_one_row():
    results = [
        face.mean_interval([4, 5, 3, 6]), face.wilson(8, 10), face.pooled_sd([1, 3, 4, 6], list("aabb")),
        face.cronbach_alpha(pd.DataFrame({"a": [1, 2, 4], "b": [2, 2, 5]})), face.plan_sample(0.5, sd=1.1),
        face.band_probabilities(4.6, 0.2, 4.5, 4.0),
        overdispersion(pd.DataFrame({"mean": np.linspace(3, 5, 20), "se": 0.2})),
    ]  # fmt: skip
    for result in results:
        names = [field.name for field in dataclasses.fields(result)]
        assert list(result.table.columns) == names
        assert len(result.table) == 1
        assert result.table.at[0, names[0]] == getattr(result, names[0])
        assert says(result, *names)


def test_results_of_several_values_have_a_row_for_each():
    shares = face.wilson([3, 4], 10)
    assert shares.table["successes"].tolist() == [3, 4]
    bands = face.band_probabilities([4.8, 4.2], 0.1, 4.5, 4.0)
    assert bands.table["verdict"].tolist() == ["desired", "acceptable"]


def test_a_long_table_prints_its_ends(survey):
    pairs = face.pairwise(survey[survey["year"] == 2026], "score", "unit")
    assert len(pairs.table) == 276
    assert all(len(text.splitlines()) < 1000 for text in printed(pairs))
    assert says(pairs, "u00", "u23", "holm")


def test_text_in_a_result_is_text_in_html():
    shares = pd.DataFrame({"unit": ["a", "b"] * 12, "score": [1.0, 2.0, 3.0, 5.0] * 6, "year": 2026})
    fit = face.fit_units(shares.assign(unit="<b>" + shares["unit"]), "score", "unit")
    assert "<b>a" not in fit._repr_html_()
    assert "&lt;b&gt;a" in fit._repr_html_()
