"""What a reader could reckon from the numbers shown: no spread of a few, no group's size, no one's answer."""

import numpy as np
import pandas as pd
import pytest
from by_hand import scored
from made_up import answers, nation, survey

from analysis.core.settings import Disclosure
from analysis.facts import describe_service

PLACES = [
    ("9908", "building-permits"),
    ("9908", "kindergarten"),
    ("9903", "school"),
    ("9912", "kindergarten"),
]


def described_alone(one, national=None) -> pd.DataFrame:
    return describe_service(one, nation() if national is None else national, thresholds=Disclosure())


@pytest.mark.parametrize(("municipality", "service"), PLACES)
def test_no_single_units_spread_is_the_rest_of_the_wholes(described, municipality, service) -> None:
    table = described.facts(municipality, service)
    means = table[table["statistic"].eq("mean") & table["unit"].ne("") & table["state"].eq("measured")]
    rows = scored(described.store, service, municipality=municipality)
    small = 0
    for (topic, _), part in means.groupby(["topic", "year"]):
        if topic.startswith("item."):
            continue
        borrowing = part[part["note"].eq("pooled_sd")]
        assert set(part.index[part["n"] < 10]) <= set(borrowing.index)
        if len(borrowing):
            small += 1
            assert len(borrowing) >= 2
            assert borrowing["n"].sum() >= 10
            # Theirs rests on the others' alone: se √n is one number, and not their own sd.
            spreads = borrowing["se"] * np.sqrt(borrowing["n"].astype(float))
            assert spreads.max() - spreads.min() < 1e-9
    assert small > 0
    own = rows[rows["year"] == 2025].groupby("unit")["overall"].agg(["count", "std"])
    few = own[own["count"].between(5, 9)]
    last = means[means["topic"].eq("overall") & means["year"].eq(2025)].set_index("unit")
    for unit, row in few.iterrows():
        if unit in last.index:
            assert last.at[unit, "se"] * np.sqrt(row["count"]) != pytest.approx(row["std"], rel=1e-6)


def test_a_change_of_few_has_no_spread_whatever_they_answered() -> None:
    tables = []
    for said in ([4] * 7, [2, 3, 4, 4, 4, 5, 6]):
        rows = [answers(u, y, 30) for u in "bc" for y in (2023, 2025)]
        rows += [answers("a", 2023, 30), answers("a", 2025, 7, overall=said)]
        table = described_alone(survey(rows))
        tables.append(table[table["unit"].eq("a") & table["topic"].eq("overall") & table["year"].eq(2025)])
    numbers = ["value", "se", "low", "high", "n", "p", "p_adjusted", "verdict", "state", "note"]
    one, other = (t.set_index("fact_id")[numbers] for t in tables)
    change = one.loc[[i for i in one.index if "/change/" in i]].iloc[0]
    assert (change["state"], change["note"], change["n"]) == ("undecided", "few", 7)
    assert change[["se", "low", "high", "p", "p_adjusted"]].isna().all()
    # The two sevens have the same mean: all that is shown of the unit is the same, too.
    assert list(one.index) == list(other.index)
    shown = one.index.str.contains("/mean/|/change/|/detectable_change/")
    pd.testing.assert_frame_equal(one[shown], other[shown])


def test_a_group_of_one_is_told_neither_by_weights_nor_by_adjusting() -> None:
    rows = answers("a", 2025, 60)
    for young in (1, 4, 9):
        rows["age"] = ["young"] * young + ["old"] * (60 - young)
        table = described_alone(survey([rows], users={"young": 50, "old": 50}))
        for statistic in ("weighted_mean", "design_effect"):
            found = table[table["statistic"] == statistic]
            assert set(zip(found["state"], found["note"], strict=True)) == {("undecided", "few_in_group")}
        shifts = table[table["statistic"].isin(("casemix_shift", "national_difference_adjusted"))]
        assert shifts["state"].eq("undecided" if young < 5 else "measured").all()
        assert len(shifts) > 0


def test_a_group_of_few_users_is_not_shown_either() -> None:
    rows = answers("a", 2025, 60)
    rows["age"] = ["young"] * 30 + ["old"] * 30
    table = described_alone(survey([rows], users={"young": 90, "middle": 2, "old": 80}))
    shares = table[table["statistic"].eq("users_share")].set_index("category")
    assert shares.at["age=middle", "state"] == "suppressed"
    assert shares["state"].eq("suppressed").sum() >= 2
