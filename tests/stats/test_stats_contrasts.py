"""Units against each other and against the others' users, against contrasts of R's linear model."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import (
    NotComparable,
    NoVariation,
    TooFewAnswers,
    TooFewUnits,
    pairwise,
    unit_deviations,
)
from analysis.stats.contrasts import deviations_by_unit

exact = {"rel": 1e-8, "abs": 1e-10}


@pytest.fixture
def one_round(r):
    return r["data"].drop(columns="year")


@pytest.mark.parametrize("adjust", ["holm", "bh"])
def test_pairs_are_rs(r, one_round, adjust):
    ours = pairwise(one_round, "score", "unit", adjust=adjust)
    for found, expected in zip(ours.table.to_dict("records"), r["pairs"], strict=True):
        assert (found["a"], found["b"]) == (expected["a"], expected["b"])
        for name in ("difference", "se", "p"):
            assert found[name] == pytest.approx(expected[name], **exact), name
    assert list(ours.table["p_adjusted"]) == pytest.approx(r[f"pairs_{adjust}"], **exact)
    assert ours.variance_residual == pytest.approx(r["pooled"]["sd"] ** 2)


def test_deviations_from_the_other_units_users_are_rs_contrasts(r, one_round):
    ours = unit_deviations(one_round, "score", "unit").table
    for found, expected in zip(ours.to_dict("records"), r["deviations"], strict=True):
        assert found["unit"] == expected["unit"]
        for name in ("difference", "se", "df", "low", "high", "p"):
            assert found[name] == pytest.approx(expected[name], **exact), name
    assert list(ours["p_adjusted"]) == pytest.approx(r["deviations_holm"], **exact)


def test_the_mean_of_the_others_counts_their_users():
    frame = pd.DataFrame({"unit": list("aabbbbcc"), "score": [6, 5, 3, 3, 4, 4, 1, 2]})
    ours = unit_deviations(frame, "score", "unit").table.set_index("unit")
    assert ours.at["a", "mean_others"] == pytest.approx((3 + 3 + 4 + 4 + 1 + 2) / 6)
    assert ours.at["a", "n_others"] == 6


def test_a_unit_with_one_answer_is_compared_by_the_pooled_variance():
    frame = pd.DataFrame({"unit": list("aaabbbc"), "score": [6, 5, 4, 3, 3, 4, 1]})
    table = pairwise(frame, "score", "unit").table
    assert len(table) == 3
    assert not table.isna().any(axis=None)


def test_comparisons_of_units_refuse_more_than_one_round(r):
    for compare in (pairwise, unit_deviations):
        with pytest.raises(NotComparable, match="3 rounds"):
            compare(r["data"], "score", "unit")
        assert len(compare(r["data"].query("year == 2026"), "score", "unit").table) > 0


def test_comparisons_of_units_refuse_what_they_cannot_compare():
    for compare in (pairwise, unit_deviations):
        with pytest.raises(TooFewUnits, match="0"):
            compare(pd.DataFrame({"unit": [], "score": []}), "score", "unit")
        with pytest.raises(TooFewUnits):
            compare(pd.DataFrame({"unit": ["a", "a", "b"], "score": [1, 2, None]}), "score", "unit")
        with pytest.raises(TooFewAnswers):
            compare(pd.DataFrame({"unit": ["a", "b"], "score": [1, 2]}), "score", "unit")
        with pytest.raises(NoVariation):
            compare(pd.DataFrame({"unit": list("aabb"), "score": [4.1, 4.1, 3.3, 3.3]}), "score", "unit")


@pytest.mark.parametrize("level", [None, 0.8, 0.95, 0.99])
@pytest.mark.parametrize("seed", range(5))
def test_deviations_by_unit_are_the_rows_of_the_table(seed, level):
    dice = np.random.default_rng(seed)
    frame = pd.DataFrame({"unit": [f"u{i}" for i in dice.integers(0, 2 + seed, 60)], "year": 2025})
    frame["score"] = np.where(dice.random(60) < 0.2, np.nan, dice.integers(1, 7, 60))
    chosen = {} if level is None else {"level": level}
    table = unit_deviations(frame, "score", "unit", **chosen).table
    found = deviations_by_unit(frame, "score", "unit", **chosen)
    assert list(found) == table["unit"].tolist()
    assert [{name: row[name] for name in table} for row in found.values()] == table.to_dict("records")
    assert {name for row in found.values() for name in row} == set(table)
