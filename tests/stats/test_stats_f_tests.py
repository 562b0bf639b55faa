"""F tests over all units: whether their changes differ, against the linear models of statsmodels."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from analysis.stats import NotIdentified, NotMeasured, NoVariation, TooFewAnswers, TooFewRounds, TooFewUnits
from analysis.stats.contrasts import changes_differ, units_differ


def survey(seed, n_units=5, years=(2021, 2023, 2025)):
    random = np.random.default_rng(seed)
    rows = [(f"u{u}", y) for u in range(n_units) for y in years for _ in range(random.integers(3, 15))]
    frame = pd.DataFrame(rows, columns=["unit", "year"])
    return frame.assign(score=random.normal(4, 1, len(frame)))


@pytest.mark.parametrize("seed", range(4))
def test_whether_changes_differ_is_the_interaction_of_two_linear_models(seed):
    frame = survey(seed)
    smaller = ols("score ~ C(unit) + C(year)", frame).fit()
    expected = anova_lm(smaller, ols("score ~ C(unit) * C(year)", frame).fit()).iloc[1]
    found = changes_differ(frame, "score", "unit", "year")
    assert found.df == (8, len(frame) - 15)
    assert (found.statistic, found.p) == pytest.approx((expected["F"], expected["Pr(>F)"]), rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_units_that_missed_rounds_are_compared_by_those_they_were_in(seed):
    frame = survey(seed).query("not (unit == 'u1' and year > 2021) and not (unit == 'u3' and year == 2023)")
    smaller, larger = ols("score ~ C(year)", frame).fit(), ols("score ~ C(unit) + C(year)", frame).fit()
    expected = anova_lm(smaller, larger).iloc[1]
    found = units_differ(frame, "score", "unit")
    assert found.df == (4, len(frame) - 7)
    assert (found.statistic, found.p) == pytest.approx((expected["F"], expected["Pr(>F)"]), rel=1e-9)
    # Twelve cells, of which unit and year explain seven.
    assert changes_differ(frame, "score", "unit").df == (5, len(frame) - 12)


def test_thousands_of_units_are_no_burden():
    random = np.random.default_rng(3)
    frame = pd.DataFrame({"unit": np.repeat(np.arange(3500), 12), "year": np.tile([2023, 2025], 21_000)})
    frame["score"] = random.normal(4, 1, len(frame))
    assert units_differ(frame, "score", "unit").df == (3499, 42_000 - 3501)
    assert changes_differ(frame, "score", "unit").df == (3499, 42_000 - 7000)


def test_what_cannot_be_tested_is_refused_by_name():
    frame = survey(1)
    with pytest.raises(TooFewUnits):
        changes_differ(frame.query("unit == 'u1'"), "score", "unit")
    with pytest.raises(TooFewRounds):
        changes_differ(frame.query("year == 2021"), "score", "unit")
    with pytest.raises(NotMeasured):
        changes_differ(frame.drop(columns="year"), "score", "unit")
    with pytest.raises(NoVariation):
        changes_differ(frame.assign(score=4.1), "score", "unit")
    with pytest.raises(TooFewAnswers):
        changes_differ(frame.drop_duplicates(["unit", "year"]), "score", "unit")
    apart = frame.query("(unit == 'u1' and year == 2021) or (unit == 'u2' and year == 2023)")
    for test in (changes_differ, units_differ):
        with pytest.raises(NotIdentified):
            test(apart, "score", "unit")


def test_a_test_prints_in_a_row():
    found = units_differ(survey(2), "score", "unit")
    assert str(found).split()[:3] == ["statistic", "df", "p"]
    assert "<table" in found._repr_html_()
