"""Comparison groups: the same group code, or the nearest on background figures."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.errors import NotMeasured, NoVariation, OutOfRange, TooFewUnits
from analysis.steering.background import background
from analysis.steering.peers import nearest, nearest_of_all, peer_facts, same_group

CODES = ["9901", "9902", "9903", "9904", "9905"]
A, B = "school.cost", "school.leave"


def long(figures: dict[str, list[float | None]], *, year: int = 2025, codes=CODES) -> pd.DataFrame:
    rows = [
        {"municipality": code, "topic": name.split(".")[0], "indicator": name.split(".")[1],
         "year": year, "value": value}
        for name, values in figures.items()
        for code, value in zip(codes, values, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"value": float})


def register(**columns: list) -> pd.DataFrame:
    return pd.DataFrame({"code": CODES, **columns})


def test_the_nearest_by_one_figure_are_found_with_their_distance_in_standard_deviations() -> None:
    found = nearest("9903", long({A: [10.0, 40.0, 20.0, 23.0, 70.0]}), k=2, weights={A: 3}, year=2025)
    assert found.codes == ("9904", "9901")
    sd = np.std([10.0, 40.0, 20.0, 23.0, 70.0], ddof=1)
    assert found.table["distance"].tolist() == pytest.approx([0, 3 / sd, 10 / sd], abs=1e-9)
    assert (found.k, found.indicators, found.members) == (2, (A,), ("9903", "9904", "9901"))
    assert found.name == "nearest.9903"


def test_weights_decide_which_figure_counts() -> None:
    table = long({A: [0.0, 0.0, 0.0, 10.0, 10.0], B: [5.0, 9.0, 0.0, 0.0, 9.0]})
    assert nearest("9903", table, k=1, weights={A: 9, B: 1}, year=2025).codes == ("9901",)
    assert nearest("9903", table, k=1, weights={A: 1, B: 9}, year=2025).codes == ("9904",)


def test_equal_distances_are_put_in_the_order_of_the_codes() -> None:
    table = long({A: [1.0, 3.0, 2.0, 1.0, 3.0]})
    assert nearest("9903", table, k=4, weights={A: 1}, year=2025).codes == ("9901", "9902", "9904", "9905")


def test_inhabitants_are_compared_by_how_many_times_as_many() -> None:
    people = register(inhabitants=[1000, 50_000, 10_000, 20_000, 90_000])
    table = long({A: [1.0, 2.0, 3.0, 4.0, 5.0]})
    found = nearest("9903", table, k=4, weights={"inhabitants": 1}, year=2025, register=people)
    assert found.codes == ("9904", "9902", "9905", "9901")
    distance = dict(zip(found.table["municipality"], found.table["distance"], strict=True))
    assert distance["9901"] / distance["9904"] == pytest.approx(math.log(10) / math.log(2), abs=1e-6)


def test_who_lacks_a_figure_is_left_out_and_named() -> None:
    table = long({A: [1.0, 2.0, 3.0, None, 5.0], B: [1.0, None, 2.0, None, 3.0]})
    found = nearest("9903", table, k=2, weights={A: 1, B: 1}, year=2025)
    assert set(found.codes) == {"9901", "9905"}
    assert found.left_out == {"9902": (B,), "9904": (A, B)}
    with pytest.raises(NotMeasured, match="lacks a background figure"):
        nearest("9904", table, k=2, weights={A: 1}, year=2025)


def test_a_figure_that_has_not_come_yet_is_taken_from_the_latest_year_before() -> None:
    table = pd.concat(
        [long({A: [1.0, 2.0, 3.0, 4.0, 5.0]}, year=2023), long({A: [9.0, None, 9.0, 9.0, 9.0]}, year=2025)]
    )
    there = background(table, [A], year=2025)[A]
    assert there["9902"] == 2.0
    assert there["9901"] == 9.0
    assert background(table, [A], year=2024)[A]["9901"] == 1.0


def test_a_municipality_that_is_no_more_is_no_neighbour() -> None:
    people = register(
        inhabitants=[100, 200, 300, 400, 500],
        valid_to=pd.array([None, 2023, None, None, None], dtype="Int64"),
        valid_from=pd.array([None, None, None, 2026, None], dtype="Int64"),
    )
    table = long({A: [1.0, 2.9, 3.0, 3.1, 5.0]})
    assert nearest("9903", table, k=2, weights={A: 1}, year=2025, register=people).codes == ("9901", "9905")


@pytest.mark.parametrize(
    ("error", "changed"),
    [
        (OutOfRange, {"k": 0}),
        (OutOfRange, {"weights": {}}),
        (OutOfRange, {"weights": {A: 0}}),
        (OutOfRange, {"weights": {A: math.nan}}),
        (NotMeasured, {"weights": {"school.costs": 1}}),
        (NotMeasured, {"municipality": "0301"}),
        (TooFewUnits, {"k": 5}),
        (NoVariation, {"weights": {"school.same": 1}}),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(error, changed) -> None:
    table = long({A: [1.0, 2.0, 3.0, 4.0, 5.0], "school.same": [2.0] * 5})
    asked = {"municipality": "9903", "k": 2, "weights": {A: 1}, "year": 2025} | changed
    with pytest.raises(error):
        nearest(asked.pop("municipality"), table, **asked)


def test_a_misspelt_figure_is_asked_about() -> None:
    with pytest.raises(NotMeasured, match=r"did you mean 'school\.cost'"):
        nearest("9903", long({A: [1.0, 2, 3, 4, 5]}), k=1, weights={"school.costs": 1}, year=2025)


def test_nothing_but_suppressed_figures_is_no_group() -> None:
    with pytest.raises(NotMeasured):
        nearest("9903", long({A: [None] * 5}), k=1, weights={A: 1}, year=2025)


def test_the_same_group_code_makes_a_group() -> None:
    groups = pd.array(["4", None, "4", "2", "4"], dtype="string")
    found = same_group("9903", register(peer_group=groups))
    assert (found.kind, found.group, found.name, found.codes) == ("group", "4", "4", ("9901", "9905"))
    assert same_group("9904", register(peer_group=groups)).codes == ()
    for code in ("9902", "0301"):
        with pytest.raises(NotMeasured):
            same_group(code, register(peer_group=groups))


def test_distances_are_facts_of_the_municipality() -> None:
    table = long({A: [1.0, 2.0, 3.0, 4.0, 5.0]})
    found = nearest("9903", table, k=2, weights={A: 1}, year=2025)
    facts = peer_facts(found, year=2025)
    assert facts["fact_id"].tolist() == [
        "9903/-/-/2025/-/9902/peer_distance/peers.nearest.9903",
        "9903/-/-/2025/-/9904/peer_distance/peers.nearest.9903",
    ]
    assert facts["value"].tolist() == pytest.approx(found.table["distance"][1:].tolist())
    groups = pd.array(["4"] * 5, dtype="string")
    assert peer_facts(same_group("9903", register(peer_group=groups)), year=2025).empty


values = st.lists(st.integers(-50, 50), min_size=5, max_size=5).filter(lambda found: len(set(found)) > 1)


@settings(max_examples=40, deadline=None)
@given(a=values, b=values, seed=st.integers(0, 99), scale=st.integers(1, 9), shift=st.integers(-9, 9))
def test_neither_row_order_nor_unit_of_measure_nor_the_weights_sum_moves_the_group(
    a, b, seed, scale, shift
) -> None:
    table = long({A: [float(v) for v in a], B: [float(v) for v in b]})
    found = nearest("9903", table, k=3, weights={A: 1, B: 2}, year=2025)
    shuffled = table.sample(frac=1, random_state=seed)
    again = nearest("9903", shuffled, k=3, weights={B: 2, A: 1}, year=2025)
    assert again.table[found.table.columns].equals(found.table)
    other = long({A: [v * scale + shift for v in a], B: [-v * 7.0 for v in b]})
    moved = nearest("9903", other, k=3, weights={A: 0.5, B: 1.0}, year=2025)
    assert moved.codes == found.codes
    assert moved.table["distance"].tolist() == pytest.approx(found.table["distance"].tolist(), abs=1e-8)


@settings(max_examples=30, deadline=None)
@given(a=st.lists(st.integers(-50, 50), min_size=5, max_size=5, unique=True))
def test_other_names_give_the_same_distances(a) -> None:
    first = nearest("9903", long({A: [float(v) for v in a]}), k=4, weights={A: 1}, year=2025)
    names = ["1", "kommune-b", "x", "0", "ZZ"]
    second = nearest("x", long({A: [float(v) for v in a]}, codes=names), k=4, weights={A: 1}, year=2025)
    assert second.table["distance"].tolist() == first.table["distance"].tolist()


def test_the_nearest_of_all_are_each_ones_own_nearest_and_who_lacks_a_figure_has_none() -> None:
    table = long({A: [10.0, 40.0, 20.0, None, 70.0], B: [1.0, 2.0, 2.5, 4.0, 3.0]})
    chosen = {"k": 2, "weights": {A: 1, B: 2}, "year": 2025}
    found = nearest_of_all(table, **chosen)
    assert sorted(found) == ["9901", "9902", "9903", "9905"]
    for code, peers in found.items():
        alone = nearest(code, table, **chosen)
        assert (peers.codes, peers.name, peers.weights) == (alone.codes, alone.name, alone.weights)
        pd.testing.assert_frame_equal(peers.table, alone.table)
