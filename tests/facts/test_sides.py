"""What is certain for and against a topic decides what may be called a strength or a point to improve."""

import pandas as pd
import pytest

from analysis.core.settings import Disclosure
from analysis.facts import Fact, strengths_and_improvements, tabulate
from analysis.facts.sides import certain_sides

PLACE = {"municipality": "9901", "service": "school", "year": 2025, "scale": "1-6", "n": 200}
MEANS = [
    Fact(
        statistic="mean", topic=f"dimension.d{i}", value=value, low=value - 0.1, high=value + 0.1, level=0.95,
        **PLACE,
    )
    for i, value in enumerate((5.2, 4.9, 4.6, 4.3, 4.0), start=1)
]  # fmt: skip


def said(statistic: str, topic: str, verdict: str, **place) -> Fact:
    return Fact(
        **{**PLACE, "statistic": statistic, "topic": topic, "verdict": verdict, "value": 0.2, **place}
    )


def chosen(*more: Fact) -> dict[str, list[str]]:
    found = strengths_and_improvements(tabulate([*MEANS, *more]), thresholds=Disclosure())
    return {
        name: list(found.loc[found["statistic"].eq(name), "topic"]) for name in ("strength", "improvement")
    }


AGAINST = [
    ("change", "lower"), ("report_change", "lower"), ("national_difference", "lower"),
    ("peer_difference", "lower"), ("target_status", "unacceptable"), ("priority", "prioritise"),
]  # fmt: skip
FAVOUR = [
    ("change", "higher"), ("report_national_difference", "higher"), ("peer_difference", "higher"),
    ("target_status", "desired"), ("priority", "preserve"),
]  # fmt: skip


def test_without_anything_certain_the_highest_and_lowest_are_chosen():
    assert chosen() == {
        "strength": ["dimension.d1", "dimension.d2"],
        "improvement": ["dimension.d5", "dimension.d4"],
    }


@pytest.mark.parametrize(("statistic", "verdict"), AGAINST)
def test_what_anything_certain_speaks_against_is_no_strength_and_the_next_takes_its_place(statistic, verdict):
    found = chosen(said(statistic, "dimension.d1", verdict))
    assert found["strength"] == ["dimension.d2", "dimension.d3"]
    assert found["improvement"] == ["dimension.d5", "dimension.d4"]


@pytest.mark.parametrize(("statistic", "verdict"), FAVOUR)
def test_what_anything_certain_speaks_for_is_no_point_to_improve(statistic, verdict):
    found = chosen(said(statistic, "dimension.d5", verdict))
    assert found["improvement"] == ["dimension.d4", "dimension.d3"]
    assert found["strength"] == ["dimension.d1", "dimension.d2"]


def test_where_nothing_can_be_praised_nothing_is_faulted_either():
    low = [said("national_difference", mean.topic, "lower") for mean in MEANS]
    assert chosen(*low) == {"strength": [], "improvement": []}


def test_advice_that_something_certain_speaks_against_counts_for_nothing():
    facts = tabulate(
        [
            *MEANS,
            said("priority", "dimension.d1", "preserve"),
            said("peer_difference", "dimension.d1", "lower"),
            said("priority", "dimension.d2", "preserve"),
        ]
    )
    sides = certain_sides(facts)
    assert sides.of("school", "dimension.d1", favour=True) == ()
    assert sides.of("school", "dimension.d1", favour=False) == ("below_peers",)
    assert sides.of("school", "dimension.d2", favour=True) == ("preserve",)


def test_only_the_whole_service_in_this_round_counts():
    facts = tabulate(
        [
            *MEANS,
            said("change", "dimension.d1", "lower", unit="a"),
            said("change", "dimension.d2", "lower", year=2023),
            said("national_difference", "dimension.d3", "no_certain_difference"),
            said("cost_per_user", "indicator.cost_per_user", "", year=2026),
        ]
    )
    assert certain_sides(facts).against == {}
    assert certain_sides(tabulate(())).favour == {}


def test_reasons_stand_in_one_order_whatever_the_facts_have():
    claims = [said(s, "dimension.d1", v) for s, v in AGAINST[:5]]
    one, other = (certain_sides(pd.concat([tabulate(MEANS), tabulate(c)])) for c in (claims, claims[::-1]))
    assert one == other
    assert one.of("school", "dimension.d1", favour=False) == ("fall", "below", "below_peers", "unacceptable")
