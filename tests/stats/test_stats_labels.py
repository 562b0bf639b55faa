"""Columns that are given beside each other go together by their labels."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats import (
    band_probabilities,
    detectable_difference,
    mean_interval,
    pooled_sd,
    wilson,
)
from analysis.stats.errors import NotComparable

VALUES = pd.Series([1.0, 2.0, 4.0, 6.0, 5.0], index=list("abcde"))
WEIGHTS = pd.Series([1.0, 2.0, 1.0, 3.0, 1.0], index=list("abcde"))
TURNED = WEIGHTS.iloc[::-1]


def test_weights_find_their_values_by_label():
    expected = mean_interval(VALUES.to_numpy(), weights=WEIGHTS.to_numpy())
    assert mean_interval(VALUES, weights=TURNED) == expected
    # Without labels on one side they go by position.
    assert mean_interval(VALUES, weights=WEIGHTS.tolist()) == expected
    assert mean_interval(VALUES, weights=TURNED.to_numpy()) != expected


def test_groups_find_their_values_by_label():
    groups = pd.Series(list("xxyyy"), index=list("abcde"))
    expected = pooled_sd(VALUES, list("xxyyy"))
    assert pooled_sd(VALUES, groups) == expected
    assert pooled_sd(VALUES, groups.sample(frac=1, random_state=1)) == expected


@pytest.mark.parametrize(
    "other",
    [
        WEIGHTS.iloc[1:],
        WEIGHTS.rename({"a": "z"}),
        WEIGHTS.rename({"a": "b"}),
        WEIGHTS.reset_index(drop=True),
    ],
    ids=["one less", "another", "one twice", "numbered anew"],
)
def test_columns_of_other_rows_are_refused(other):
    calls = [
        lambda: mean_interval(VALUES, weights=other),
        lambda: pooled_sd(VALUES, other),
        lambda: band_probabilities(VALUES, other, 4.5, 4.0),
        lambda: detectable_difference(10 * VALUES, other, 1.1),
        lambda: wilson(VALUES, 10 * other),
    ]
    for call in calls:
        with pytest.raises(NotComparable, match="are of other rows"):
            call()


def test_labels_that_stand_several_times_are_fine_where_both_have_the_same():
    twice = VALUES.set_axis(list("aabbc"))
    weights = WEIGHTS.set_axis(list("aabbc"))
    assert mean_interval(twice, weights=weights) == mean_interval(VALUES, weights=WEIGHTS)
    with pytest.raises(NotComparable, match="labels that stand several times"):
        mean_interval(twice, weights=weights.iloc[::-1])


def test_probabilities_of_bands_keep_the_units_labels():
    shrunken = pd.Series([4.8, 4.2, 3.5], index=["north", "mid", "south"])
    se = pd.Series([0.3, 0.1, 0.1], index=["south", "mid", "north"])
    found = band_probabilities(shrunken, se, 4.5, 4.0)
    plain = band_probabilities(shrunken.to_numpy(), np.array([0.1, 0.1, 0.3]), 4.5, 4.0)
    assert found.desired.to_dict() == dict(zip(shrunken.index, plain.desired, strict=True))
    assert found.verdict.loc["north"] == "desired"
    assert list(found.table.index) == ["north", "mid", "south"]
    assert "north" in str(found)
    assert "north" in found._repr_html_()
