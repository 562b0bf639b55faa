"""What must hold whatever the data: order of rows, names of units, a constant added; and by simulation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats import (
    adjust_p,
    between_rounds,
    fit_units,
    mean_interval,
    pairwise,
    unit_deviations,
    wilson,
)


def surveyed(seed, *, n_units=5, spread=0.4, per_round=12, towns=0):
    """Draw answers of some units in three rounds, in steps of a half on 1–6 as scores of two items are."""
    random = np.random.default_rng(seed)
    unit = np.repeat(np.arange(n_units), 3 * per_round)
    year = np.tile(np.repeat([2024, 2025, 2026], per_round), n_units)
    level = 4 + spread * random.standard_normal(n_units)[unit]
    frame = pd.DataFrame({"unit": [f"u{u}" for u in unit], "year": year})
    if towns:
        frame["town"] = [f"t{u % towns}" for u in unit]
        level = level + 0.5 * random.standard_normal(towns)[unit % towns]
    frame["score"] = np.clip(np.round(2 * (level + random.standard_normal(len(frame)))) / 2, 1, 6)
    return frame


seeds = st.integers(min_value=0, max_value=10_000)
few = settings(max_examples=10, deadline=None, derandomize=True)


@few
@given(seed=seeds, shuffle=seeds)
def test_the_order_of_rows_changes_no_bit(seed, shuffle):
    frame = surveyed(seed)
    mixed_up = frame.sample(frac=1, random_state=shuffle)
    last, last_mixed_up = frame.query("year == 2026"), mixed_up.query("year == 2026")
    pd.testing.assert_frame_equal(
        fit_units(frame, "score", "unit").table, fit_units(mixed_up, "score", "unit").table, rtol=0, atol=0
    )
    for compare in (pairwise, unit_deviations):
        pd.testing.assert_frame_equal(
            compare(last, "score", "unit").table,
            compare(last_mixed_up, "score", "unit").table,
            rtol=0,
            atol=0,
        )
    pd.testing.assert_frame_equal(
        between_rounds(frame, "score", "year", "unit").table,
        between_rounds(mixed_up, "score", "year", "unit").table,
        rtol=0,
        atol=0,
    )
    assert mean_interval(frame["score"]) == mean_interval(mixed_up["score"])


@few
@given(seed=seeds)
def test_the_names_of_units_change_nothing_but_names(seed):
    frame = surveyed(seed, spread=0.6)
    names = {f"u{k}": name for k, name in enumerate(["Ås", "b-4", "c d", "1", "(x)"])}
    renamed = frame.assign(unit=frame["unit"].map(names))
    before, after = (fit_units(f, "score", "unit").table.set_index("unit") for f in (frame, renamed))
    for column in ("shrunken", "se", "reliability"):
        assert after[column].to_dict() == pytest.approx(
            before.rename(index=names)[column].to_dict(), rel=1e-4
        )


@few
@given(seed=seeds, constant=st.integers(min_value=-50, max_value=50))
def test_a_constant_moves_means_and_leaves_differences(seed, constant):
    frame = surveyed(seed)
    moved = frame.assign(score=frame["score"] + constant)
    before, after = fit_units(frame, "score", "unit"), fit_units(moved, "score", "unit")
    assert list(after.table["shrunken"] - constant) == pytest.approx(list(before.table["shrunken"]), abs=1e-4)
    assert after.variance_unit == pytest.approx(before.variance_unit, rel=1e-3, abs=1e-6)
    columns = ["difference", "se", "p", "p_bh", "detectable"]
    for column in columns:
        assert list(between_rounds(moved, "score", "year", "unit").table[column]) == pytest.approx(
            list(between_rounds(frame, "score", "year", "unit").table[column]), rel=1e-7, abs=1e-9
        )


@few
@given(p=st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=20))
def test_adjusted_p_values_are_never_smaller_and_keep_their_order(p):
    for method in ("bh", "holm"):
        adjusted = adjust_p(p, method)
        assert (adjusted >= np.array(p) * (1 - 1e-12)).all()
        assert (adjusted <= 1).all()
        assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()


@few
@given(n=st.integers(min_value=1, max_value=5000), share=st.floats(min_value=0, max_value=1))
def test_a_wilson_interval_holds_its_share_and_stays_a_share(n, share):
    ours = wilson(int(share * n), n)
    assert 0 <= ours.low <= ours.share <= ours.high <= 1


@pytest.mark.parametrize("seed", range(12))
def test_no_variances_beside_the_found_ones_are_more_likely(seed):
    """The whole plane of variances is searched for a better fit, with the likelihood in full matrices."""
    frame = surveyed(seed, n_units=6, spread=[0.0, 0.1, 0.4][seed % 3], per_round=4, towns=3)
    ours = fit_units(frame, "score", "unit", within="town")
    x = pd.get_dummies(frame["year"], drop_first=True).assign(one=1.0).to_numpy(dtype=float)
    same_unit = (frame["unit"].to_numpy()[:, None] == frame["unit"].to_numpy()).astype(float)
    same_town = (frame["town"].to_numpy()[:, None] == frame["town"].to_numpy()).astype(float)
    y = frame["score"].to_numpy()

    def criterion(ratio_unit, ratio_town):
        v = np.eye(len(y)) + ratio_unit * same_unit + ratio_town * same_town
        information = x.T @ np.linalg.solve(v, x)
        residual = y - x @ np.linalg.solve(information, x.T @ np.linalg.solve(v, y))
        df = len(y) - x.shape[1]
        s2 = residual @ np.linalg.solve(v, residual) / df
        logs = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
        return df * (np.log(2 * np.pi * s2) + 1) + logs

    found = (ours.variance_unit / ours.variance_residual, ours.variance_within / ours.variance_residual)
    assert criterion(*found) == pytest.approx(ours.reml, abs=1e-6)
    ratios = [0.0, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, *(found[0] * k for k in (0.9, 1.1))]
    towns = [0.0, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, *(found[1] * k for k in (0.9, 1.1))]
    best = min(criterion(u, t) for u in ratios for t in towns)
    assert ours.reml <= best + 1e-6


def test_variances_are_found_again_on_average():
    # REML is close to unbiased; 100 draws of 10 units with variance 0.16 and residual 1 (clipping and
    # rounding to halves put it a little off: 0.02 more for the rounding, less for the clipping).
    fits = [fit_units(surveyed(seed, n_units=10, per_round=8), "score", "unit") for seed in range(100)]
    assert np.mean([fit.variance_unit for fit in fits]) == pytest.approx(0.16, abs=0.02)
    assert np.mean([fit.variance_residual for fit in fits]) == pytest.approx(1.0, abs=0.06)


def test_equal_units_are_seldom_called_different():
    # Holm holds the chance of any false finding among the units at 5 %; 150 draws.
    false = [
        (unit_deviations(surveyed(seed, n_units=6, spread=0.0).query("year == 2026"), "score", "unit")
         .table["p_adjusted"].min() < 0.05)
        for seed in range(150)
    ]  # fmt: skip
    assert np.mean(false) < 0.09
