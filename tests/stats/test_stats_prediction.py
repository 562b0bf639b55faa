"""The standard error of a shrunken mean, as a prediction of the true one."""

import numpy as np
import pandas as pd
import pytest
import simulated

from analysis.stats.prediction import prediction_variance
from analysis.stats.reml import fit_intercepts
from analysis.stats.units import fit_units


def drawn(seed, spread, group_spread=None):
    """Nine units of 2 to 14 answers, with two columns in the fixed part, in three groups."""
    random = np.random.default_rng(seed)
    unit = np.repeat(np.arange(9), random.integers(2, 15, 9))
    columns = [np.ones(unit.size), random.integers(0, 2, unit.size), random.standard_normal(unit.size)]
    design = np.column_stack(columns)
    score = random.standard_normal(unit.size) + spread * random.standard_normal(9)[unit]
    group = None
    if group_spread is not None:
        group = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2])
        score += group_spread * random.standard_normal(3)[group][unit]
    return score, design, unit, group


def by_matrices(fit, design, unit, group, average):
    """Prasad and Rao's g1 + g2 + 2 g3 with n x n matrices; the predictor's slopes by differences."""
    random_parts = [np.eye(unit.max() + 1)[unit]]
    sizes = [fit.variance_unit]
    if group is not None:
        random_parts.append(np.eye(group.max() + 1)[group][unit])
        sizes.append(fit.variance_group)
    kernels = [z @ z.T for z in random_parts] + [np.eye(unit.size)]
    sizes.append(fit.variance_residual)

    def total(of):
        return sum(size * kernel for size, kernel in zip(of, kernels, strict=True))

    inverse = np.linalg.inv(total(sizes))
    covariance = np.linalg.inv(design.T @ inverse @ design)
    p = inverse - inverse @ design @ covariance @ design.T @ inverse
    known = np.linalg.inv([[np.trace(p @ j @ p @ k) / 2 for k in kernels] for j in kernels])

    def towards(i, of):
        places = [i] if group is None else [i, group[i]]
        parts = zip(of, random_parts, places, strict=False)
        return sum(size * z[:, place] for size, z, place in parts)

    found = []
    for i in range(unit.max() + 1):
        slopes = []
        for j in range(len(sizes)):
            step = 1e-5 * sizes[-1] * (np.arange(len(sizes)) == j)
            up, down = (np.linalg.solve(total(s), towards(i, s)) for s in (sizes + step, sizes - step))
            slopes.append((up - down) / 2e-5 / sizes[-1])
        lean = towards(i, sizes)
        away = average - design.T @ inverse @ lean
        third = sum(
            known[j, k] * slopes[j] @ total(sizes) @ slopes[k]
            for j in range(len(sizes)) for k in range(len(sizes))
        )  # fmt: skip
        found.append(sum(sizes[:-1]) - lean @ inverse @ lean + away @ covariance @ away + 2 * third)
    return np.array(found)


@pytest.mark.parametrize("spread", [0.0, 0.8])
@pytest.mark.parametrize("group_spread", [None, 0.0, 0.8])
def test_the_sums_over_units_give_what_the_matrices_give(spread, group_spread):
    score, design, unit, group = drawn(5, spread, group_spread)
    fit = fit_intercepts(score, design, unit, group)
    average = np.array([1.0, 0.4, 0.2])
    ours = prediction_variance(fit, design, unit, group, average)
    assert ours == pytest.approx(by_matrices(fit, design, unit, group, average), rel=1e-6)


def test_equal_units_have_prasad_and_raos_closed_form():
    # K units of m answers around one mean: 1/K of the mean's variance, and W from the two mean squares, whose
    # variances are 2 MS²/df (Searle, Casella and McCulloch 1992, Variance Components, sec. 3.6).
    k, m = 8, 12
    random = np.random.default_rng(2)
    unit = np.repeat(np.arange(k), m)
    score = 4 + 0.6 * random.standard_normal(k)[unit] + random.standard_normal(k * m)
    fit = fit_intercepts(score, np.ones((k * m, 1)), unit)
    t2, s2 = fit.variance_unit, fit.variance_residual
    between, within = 2 * (s2 + m * t2) ** 2 / (k - 1), 2 * s2**2 / (k * (m - 1))
    w_tt, w_ts, w_ss = (between + within) / m**2, -within / m, within
    keep = s2 / (s2 + m * t2)
    g1, g2 = t2 * keep, keep**2 * (t2 + s2 / m) / k
    g3 = (s2**2 * w_tt - 2 * t2 * s2 * w_ts + t2**2 * w_ss) / (m**2 * (t2 + s2 / m) ** 3)
    ours = prediction_variance(fit, np.ones((k * m, 1)), unit, None, np.ones(1))
    assert ours == pytest.approx(np.full(k, g1 + g2 + 2 * g3))


def test_units_that_the_fixed_part_holds_have_the_error_of_their_means():
    score = [3.0, 4, 5, 4, 2, 3, 3, 4, 5, 6, 5, 5]
    answers = pd.DataFrame({"unit": np.repeat(list("abc"), 4), "score": score})
    ours = fit_units(answers, "score", "unit", "0 + C(unit)")
    assert ours.variance_unit == 0
    # The mean over the units of as many answers each.
    assert list(ours.table["se"]) == pytest.approx([(ours.variance_residual / 12) ** 0.5] * 3)


# At most three standard errors of the draws below 95 %. With the conditional error 80 to 93 % are.
@pytest.mark.parametrize(("units", "size", "spread"), [(12, 26, 0.1), (5, 30, 0.2), (12, 30, 0.45)])
def test_the_interval_of_a_shrunken_mean_holds_the_true_mean(units, size, spread):
    found = simulated.prediction_coverage(np.full(units, size), spread, 100)
    share, error = found["se"]
    assert share >= 0.95 - 3 * error
    assert found["conditional_se"][0] < share


def test_units_of_unequal_size_are_covered_too():
    sizes = np.array([5, 10, 14, 19, 24, 29, 34, 39])
    share, error = simulated.prediction_coverage(sizes, 0.2, 100)["se"]
    assert share >= 0.95 - 3 * error
