"""Every difference between two facts tables is named, and nothing else is."""

import numpy as np
import pandas as pd
import pytest

from analysis.audit import compare_facts
from analysis.facts import Fact, tabulate

MEAN = {"statistic": "mean", "municipality": "9901", "service": "school", "year": 2025, "topic": "overall"}


def table(**values: object) -> pd.DataFrame:
    return tabulate([Fact(**(MEAN | {"value": 4.5, "n": 40, "verdict": ""} | values))])


def columns(built: pd.DataFrame, again: pd.DataFrame) -> list[tuple[str, str, str]]:
    return [(d.column, d.built, d.again) for d in compare_facts(built, again, run="9901/school")]


def test_the_same_facts_differ_in_nothing_whatever_their_order() -> None:
    two = pd.concat([table(), table(topic="dimension.x", value=0.1 + 0.2)], ignore_index=True)
    assert columns(two, two[::-1].assign(value=lambda t: t["value"] * (1 + 1e-12))) == []


@pytest.mark.parametrize(
    ("column", "before", "after", "said"),
    [
        ("value", 4.5, 4.500001, ("4.5", "4.500001")),
        ("n", 40, 41, ("40", "41")),
        ("verdict", "higher", "no_certain_change", ("'higher'", "'no_certain_change'")),
        ("p", 0.05, None, ("0.05", "nothing")),
        ("low", None, 4.0, ("nothing", "4.0")),
    ],
)
def test_a_changed_column_is_named_with_both_values(column, before, after, said) -> None:
    assert columns(table(**{column: before}), table(**{column: after})) == [(column, *said)]


def test_a_fact_that_became_suppressed_shows_in_every_column_it_lost() -> None:
    hidden = tabulate([Fact(**MEAN, value=4.5, n=40).missing("suppressed")])
    found = {column: again for column, _, again in columns(table(), hidden)}
    assert found == {"value": "nothing", "n": "nothing", "state": "'suppressed'"}


def test_facts_that_only_one_side_has_are_named() -> None:
    found = compare_facts(table(), table(year=2024), run="9901/school")
    assert [str(d) for d in found] == [
        "9901/school: 9901/school/-/2025/overall/-/mean/-: there in the build, not there now",
        "9901/school: 9901/school/-/2024/overall/-/mean/-: not there in the build, there now",
    ]


def test_tampering_with_the_tables_shape_is_a_difference() -> None:
    assert columns(pd.concat([table(), table()]), table()) == [("", "stands twice", "stands once")]
    assert columns(table().drop(columns="se"), table()) == [("se", "no column", "a column")]


def test_infinities_and_signs_are_not_taken_for_each_other() -> None:
    values = pd.DataFrame({"fact_id": list("abc"), "value": [np.inf, -1.0, 0.0]})
    assert [c[1:] for c in columns(values, values.assign(value=[-np.inf, 1.0, -0.0]))] == [
        ("inf", "-inf"),
        ("-1.0", "1.0"),
    ]
