"""Whether units differ at all: the F test between them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.multitest import multipletests

from analysis.stats import NoVariation, TooFewUnits, adjust_p, units_differ


def survey(seed: int, effects: list[float], n: int = 25) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    rows = [(f"u{i}", year) for i in range(len(effects)) for year in (2023, 2025) for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["unit", "year"])
    level = frame["unit"].map({f"u{i}": effect for i, effect in enumerate(effects)}) + 0.2 * (
        frame["year"] == 2025
    )
    return frame.assign(score=level + random.normal(4, 1, len(frame)))


def test_the_f_test_is_that_of_two_linear_models() -> None:
    frame = survey(1, [0.0, 0.3, -0.2, 0.1])
    smaller, larger = ols("score ~ C(year)", frame).fit(), ols("score ~ C(year) + C(unit)", frame).fit()
    expected = anova_lm(smaller, larger).iloc[1]
    found = units_differ(frame, "score", "unit")
    assert found.statistic == pytest.approx(expected["F"], rel=1e-9)
    assert found.p == pytest.approx(expected["Pr(>F)"], rel=1e-9)
    assert found.df == (3, 195)


def test_one_round_gives_the_one_way_analysis_of_variance() -> None:
    frame = survey(2, [0.0, 0.5, 0.1]).query("year == 2025")
    expected = scipy_stats.f_oneway(*(part["score"] for _, part in frame.groupby("unit")))
    found = units_differ(frame, "score", "unit")
    assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue))


def test_units_that_do_not_differ_are_said_to_in_about_one_of_twenty_surveys() -> None:
    claims = sum(units_differ(survey(seed, [0.0] * 8, n=12), "score", "unit").p < 0.05 for seed in range(300))
    # 300 surveys: 15 expected, sd 3.8.
    assert 4 <= claims <= 27


def test_one_unit_or_no_variation_is_a_named_error() -> None:
    with pytest.raises(TooFewUnits):
        units_differ(survey(3, [0.0]), "score", "unit")
    with pytest.raises(NoVariation):
        units_differ(survey(3, [0.0, 1.0]).assign(score=4.0), "score", "unit")


@pytest.mark.parametrize(("method", "theirs"), [("bh", "fdr_bh"), ("holm", "holm")])
def test_adjusted_p_values_are_those_of_statsmodels(method, theirs) -> None:
    p = np.random.default_rng(4).uniform(size=40) ** 3
    np.testing.assert_allclose(adjust_p(p, method), multipletests(p, method=theirs)[1], rtol=1e-12)
