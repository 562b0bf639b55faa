"""The face of the statistics: what is called how, what it takes first, what comes back."""

import importlib
import inspect
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

# module, function: the leading parameters with their defaults; `*` is where only keywords follow.
LEADING = {
    ("scores", "dimension_scores"): "responses, questionnaire, min_answered=0.5",
    ("scores", "index_0_100"): "value, low, high",
    ("intervals", "mean_interval"): "values, *, weights=None, population=None, level=0.95, pooled_sd=None",
    ("intervals", "wilson"): "successes, n, level=0.95",
    ("reliability", "cronbach_alpha"): "items",
    ("change", "between_rounds"): "frame, score, year, by=None",
    ("units", "fit_units"): "frame, score, unit, fixed='C(year)', within=None",
    ("units", "pairwise"): "frame, score, unit, adjust='holm'",
    ("expected_range", "expected_range"): "estimates, tau='consistent', theta=None, minimum_units=20",
    ("expected_range", "funnel"): "",
    ("casemix", "adjust"): "frame, score, unit, adjusters",
    ("ordinal", "cumulative_logit"): "frame, item, formula",
    ("weights", "calibrate"): "responses, margins",
    ("drivers", "shapley_shares"): "frame, overall, dimensions, unit, draws, seed",
    ("effects", "difference_in_differences"): "frame, score, unit, year, treated, start",
    ("power", "detectable_difference"): "n1, n2, sd, power=0.8, level=0.95",
    ("power", "plan_sample"): "",
    ("targets", "band_probabilities"): "shrunken, se, desired, acceptable",
}


def function(module: str, name: str):
    return getattr(importlib.import_module(f"analysis.stats.{module}"), name)


@pytest.mark.parametrize("place", LEADING, ids=".".join)
def test_a_function_takes_its_main_settings_by_place(place):
    parameters = inspect.signature(function(*place)).parameters.values()
    expected = [part.partition("=") for part in LEADING[place].split(", ") if part]
    keyword_only = False
    leading = iter(parameters)
    for name, sign, default in expected:
        if name == "*":
            keyword_only = True
            continue
        parameter = next(leading)
        assert parameter.name == name
        kind = parameter.KEYWORD_ONLY if keyword_only else parameter.POSITIONAL_OR_KEYWORD
        assert parameter.kind == kind, name
        if sign:
            assert repr(parameter.default) == default, name
    # What more there is goes by its name and may be left out.
    if LEADING[place]:
        assert all(p.kind == p.KEYWORD_ONLY and p.default is not p.empty for p in leading)


@pytest.mark.parametrize("place", LEADING, ids=".".join)
def test_a_function_says_what_it_does_and_what_it_refuses(place):
    said = inspect.getdoc(function(*place))
    assert "Raises:" in said


@pytest.fixture(scope="module")
def survey():
    """Answers of 24 units in three rounds, with an overall score and two dimensions that go into it."""
    random = np.random.default_rng(11)
    unit = np.repeat(np.arange(24), 45)
    year = np.tile(np.repeat([2022, 2024, 2026], 15), 24)
    level = 4 + 0.4 * random.standard_normal(24)[unit]
    care, place = (level + random.standard_normal(unit.size) for _ in range(2))
    overall = 0.5 * care + 0.2 * place + 1.2 + 0.5 * random.standard_normal(unit.size)
    scores = {"care": care, "place": place, "overall": overall}
    item = np.clip(np.round(overall), 1, 6)
    return pd.DataFrame(
        {"unit": [f"u{u:02d}" for u in unit], "year": year, **scores, "item": item,
         "age": random.choice(["young", "old"], unit.size)}
    )  # fmt: skip


def has(result: object, *names: str) -> bool:
    return all(hasattr(result, name) for name in names)


def holds(result: object, *columns: str) -> bool:
    """Tell whether the table has the columns, in this order."""
    return columns == tuple(column for column in result.table.columns if column in columns)


def prints(result: object) -> bool:
    return "<table" in result._repr_html_() and "\n" in str(result)


def test_results_have_the_fields_that_are_promised(survey):
    last = survey.query("year == 2026")
    interval = function("intervals", "mean_interval")(last["care"])
    assert has(interval, "n", "mean", "sd", "se", "low", "high")
    alpha = function("reliability", "cronbach_alpha")(survey[["care", "place"]])
    assert has(alpha, "alpha", "n_complete")
    share = function("intervals", "wilson")([3, 4], 10)
    assert has(share, "low", "high")
    changes = function("change", "between_rounds")(survey, "care", "year", "unit")
    assert holds(changes, "difference", "se", "df", "low", "high", "p", "p_bh", "detectable")
    pairs = function("units", "pairwise")(last, "care", "unit")
    assert holds(pairs, "a", "b", "difference", "se", "p", "p_adjusted")
    test = function("contrasts", "units_differ")(survey, "care", "unit")
    for result in (interval, alpha, share, changes, pairs, test):
        assert prints(result)


def test_a_model_of_units_calls_them_units_whatever_their_column(survey):
    fit = function("units", "fit_units")(survey.rename(columns={"unit": "school"}), "care", "school")
    assert has(fit, "fixed", "fixed_se", "variance_unit", "variance_residual", "reml", "table")
    assert holds(fit, "unit", "n", "mean", "shrunken", "se", "reliability")
    assert prints(fit)


def test_units_go_from_the_model_into_their_expected_range(survey):
    table = survey.groupby("unit")["care"].agg(n="size", mean="mean", se="sem").reset_index()
    found = function("expected_range", "expected_range")(table)
    assert has(found, "theta", "tau", "phi", "table")
    assert {"unit", "z", "band", "low", "high"} <= set(found.table.columns)
    assert prints(found)


def test_the_ordinal_model_has_its_parts(survey):
    found = function("ordinal", "cumulative_logit")(survey, "item", "C(year)")
    assert has(found, "coefficients", "thresholds", "loglik")
    assert prints(found)


def test_the_other_methods_results_print(survey):
    treated = sorted(survey["unit"].unique())[:4]
    weighed = function("weights", "calibrate")(survey[["age"]], {"age": {"young": 600, "old": 400}})
    adjusted = function("casemix", "adjust")(survey, "care", "unit", ["age"])
    shares = function("drivers", "shapley_shares")(survey, "overall", ["care", "place"], "unit", 50, 1)
    effect = function("effects", "difference_in_differences")(survey, "care", "unit", "year", treated, 2026)
    plan = function("power", "plan_sample")(0.4, sd=1.1)
    for result in (weighed, adjusted, shares, effect, plan):
        assert "<table" in result._repr_html_()


def test_targets_give_a_probability_for_every_band():
    found = function("targets", "band_probabilities")(4.6, 0.1, 4.5, 4.0)
    assert has(found, "desired", "acceptable", "unacceptable", "verdict")
    assert found.desired + found.acceptable + found.unacceptable == pytest.approx(1)


def test_scores_are_a_column_for_every_dimension_and_overall():
    item = SimpleNamespace(id="a", dimension="care", minimum=1, maximum=6, reversed=False)
    asked = SimpleNamespace(items=(item,), dimensions=(SimpleNamespace(id="care"),), overall=None)
    found = function("scores", "dimension_scores")(pd.DataFrame({"a": [1, None, 6]}), asked, 0.5)
    assert list(found.columns) == ["care", "overall"]
    assert function("scores", "index_0_100")(found["care"].iloc[2], 1, 6) == 100


def test_statistics_do_not_import_models_before_one_is_fitted():
    # The face is imported by every run; statsmodels' models and patsy take longer than the rest together.
    late = {"patsy", "statsmodels.api", "statsmodels.formula.api", "statsmodels.miscmodels.ordinal_model"}
    code = f"import sys, analysis.stats; print(sorted({late} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"
