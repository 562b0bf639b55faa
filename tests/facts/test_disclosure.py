"""No person can be seen in what disclosure control lets out."""

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import answers, nation, survey

from analysis.core.errors import DataError
from analysis.core.settings import Disclosure
from analysis.facts import Fact, describe_service, protect, tabulate
from analysis.facts.disclosure import hidden_cells
from analysis.facts.table import NUMBERS

PLACE = {"municipality": "9901", "service": "school", "year": 2025}
LIMITS = Disclosure()


def mean(n: int, value: float = 4.5, unit: str = "", topic: str = "overall", **more) -> Fact:
    numbers = {"value": value, "n": n, "se": 0.2, "low": value - 0.4, "high": value + 0.4}
    return Fact(statistic="mean", unit=unit, topic=topic, scale="1-6", **PLACE, **(numbers | more))


def respondents(n: int, unit: str = "") -> Fact:
    return Fact(statistic="respondents", unit=unit, value=n, n=n, N=100, scale="count", **PLACE)


def shares(counts: dict[int, int], topic: str = "item.a") -> list[Fact]:
    n = sum(counts.values())
    return [
        Fact(statistic="share", topic=topic, category=str(k), value=c / n, n=n, scale="share", **PLACE)
        for k, c in counts.items()
    ]


def states(facts: list[Fact]) -> list[str]:
    table = protect(tabulate(facts), LIMITS)
    hidden = table[table["state"] == "suppressed"]
    assert hidden[list(NUMBERS)].isna().all(axis=None), "a suppressed fact carries a number"
    assert (hidden["verdict"] == "").all()
    return table["state"].tolist()


@pytest.mark.parametrize(
    ("n", "state"), [(1, "suppressed"), (4, "suppressed"), (5, "measured"), (30, "measured")]
)
def test_a_mean_is_shown_from_five_answers(n, state) -> None:
    assert states([mean(n)]) == [state]


@pytest.mark.parametrize(("n", "state"), [(9, "suppressed"), (10, "measured")])
def test_a_distribution_is_shown_from_ten_answers(n, state) -> None:
    assert set(states(shares({1: 2, 2: n - 2}))) == {state}


@pytest.mark.parametrize(("n", "state"), [(9, "undecided"), (10, "measured")])
def test_a_verdict_is_given_from_ten_answers(n, state) -> None:
    table = protect(tabulate([mean(n, verdict="higher")]), LIMITS)
    assert table["state"].tolist() == [state]
    assert table["verdict"].tolist() == ["higher" if n == 10 else ""]


def test_a_distribution_in_which_all_gave_the_same_answer_is_never_shown() -> None:
    facts = [
        *shares({3: 0, 4: 40}),
        Fact(statistic="top_box", topic="item.a", value=0.0, n=40, scale="share", **PLACE),
    ]
    assert set(states(facts)) == {"suppressed"}


@pytest.mark.parametrize("value", [1.0, 6.0])
def test_a_mean_at_the_end_of_the_scale_is_never_shown(value) -> None:
    assert states([mean(40, value), mean(40, 4.0, topic="dimension.x")]) == ["suppressed", "measured"]


def test_a_mean_whose_borrowed_spread_tells_that_all_answered_alike_is_hidden() -> None:
    assert states([mean(20, 4.0, note="unanimous")]) == ["suppressed"]


def test_what_would_tell_a_hidden_mean_is_hidden_with_it() -> None:
    small = mean(3, unit="a")
    followers = [
        replace(small, statistic=s, against=a, n=12)
        for s, a in (("change", "year.2023"), ("shrunken_mean", ""), ("unit_difference", "other_units"))
    ]
    assert states([small, *followers]) == ["suppressed"] * 4


def test_a_change_from_a_hidden_round_is_hidden() -> None:
    before = replace(mean(4, unit="a"), year=2023)
    now = mean(20, unit="a")
    change = replace(now, statistic="change", against="year.2023", value=0.3)
    assert states([before, now, change])[2] == "suppressed"


def test_where_one_part_of_a_total_is_hidden_the_next_smallest_is_too() -> None:
    facts = [respondents(63), respondents(3, "a"), respondents(20, "b"), respondents(40, "c")]
    assert states(facts) == ["measured", "suppressed", "suppressed", "measured"]


def test_two_hidden_parts_that_are_few_together_take_a_third_with_them() -> None:
    facts = [respondents(43), respondents(1, "a"), respondents(2, "b"), respondents(40, "c")]
    assert states(facts) == ["measured", "suppressed", "suppressed", "suppressed"]


def test_two_hidden_parts_that_are_enough_together_are_enough() -> None:
    facts = [respondents(47), respondents(3, "a"), respondents(4, "b"), respondents(40, "c")]
    assert states(facts) == ["measured", "suppressed", "suppressed", "measured"]


def test_a_hidden_part_with_nothing_to_hide_behind_takes_the_total_with_it() -> None:
    facts = [mean(12, 5.5), mean(12, 6.0, unit="a")]
    assert states(facts) == ["suppressed", "suppressed"]


def test_a_unit_hidden_to_protect_another_is_hidden_in_all_its_results() -> None:
    facts = [
        respondents(63), respondents(3, "a"), respondents(20, "b"), respondents(40, "c"),
        mean(60), mean(3, unit="a"), mean(18, unit="b"), mean(39, unit="c"),
    ]  # fmt: skip
    assert states(facts)[4:] == ["measured", "suppressed", "suppressed", "measured"]


def test_a_unit_without_answers_is_not_measured_rather_than_hidden() -> None:
    nobody = mean(0, unit="a").missing("not_measured", "no_answers")
    assert states([mean(50), nobody, mean(50, unit="b")]) == ["measured", "not_measured", "measured"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 45), min_size=1, max_size=9))
def test_no_hidden_number_of_respondents_follows_from_what_is_shown(sizes) -> None:
    facts = [respondents(sum(sizes)), *(respondents(n, f"u{i}") for i, n in enumerate(sizes))]
    table = protect(tabulate(facts), LIMITS)
    total, parts = table.iloc[0], table.iloc[1:]
    assert not parts["n"].between(1, LIMITS.mean - 1).any()
    if total["state"] == "measured":
        rest = int(total["n"]) - int(parts["n"].fillna(0).sum())
        hidden = int(parts["state"].eq("suppressed").sum())
        assert hidden != 1
        assert rest == 0 or rest >= LIMITS.mean


def test_the_order_of_the_rows_does_not_matter() -> None:
    facts = [respondents(n, u) for n, u in zip((66, 3, 20, 20, 23), ("", "a", "b", "c", "d"), strict=True)]
    forward = protect(tabulate(facts), LIMITS).set_index("fact_id")["state"]
    backward = protect(tabulate(facts[::-1]), LIMITS).set_index("fact_id")["state"]
    pd.testing.assert_series_equal(forward.sort_index(), backward.sort_index())


@pytest.mark.parametrize(
    ("municipality", "service"),
    list(product(("9903", "9908", "9912"), ("kindergarten", "school", "nursing-home", "building-permits"))),
)
def test_no_fact_of_the_demo_stands_on_too_few_answers(described, municipality, service) -> None:
    facts = described.facts(municipality, service)
    shown = facts[facts["state"].ne("suppressed")]
    counted = shown[~shown["statistic"].isin(("rows_read", "rows_accepted", "rows_quarantined"))]
    assert not counted["n"].between(1, LIMITS.mean - 1).any()
    assert not counted.loc[counted["statistic"].eq("share"), "n"].lt(LIMITS.distribution).any()
    assert not counted.loc[counted["verdict"].ne(""), "n"].lt(LIMITS.distribution).any()
    assert not counted.loc[counted["statistic"].eq("mean"), "value"].isin((1.0, 6.0)).any()


def test_a_rate_that_is_not_known_is_no_reason_to_stop() -> None:
    unknown = Fact(statistic="response_rate", scale="share", **PLACE).missing(
        "not_measured", "invited_unknown"
    )
    assert states([respondents(40), unknown]) == ["measured", "not_measured"]


def test_a_pooled_figure_is_hidden_where_any_of_its_rounds_is() -> None:
    before = replace(mean(3, unit="a"), year=2021)
    now = mean(20, unit="a")
    pooled = [replace(now, statistic=name) for name in ("shrunken_mean", "reliability")]
    assert states([before, now, *pooled]) == ["suppressed", "measured", "suppressed", "suppressed"]


def test_one_hidden_item_takes_another_with_it_where_their_average_is_shown() -> None:
    facts = [
        mean(40, topic="dimension.x"),
        mean(3, topic="item.a"),
        mean(30, topic="item.b"),
        mean(38, topic="item.c"),
    ]
    table = protect(tabulate(facts), LIMITS, parts={"dimension.x": ["item.a", "item.b", "item.c"]})
    assert table["state"].tolist() == ["measured", "suppressed", "suppressed", "measured"]


def test_an_item_alone_in_its_dimension_is_hidden_with_it() -> None:
    facts = [mean(40, topic="dimension.x"), mean(3, topic="item.a")]
    table = protect(tabulate(facts), LIMITS, parts={"dimension.x": ["item.a"]})
    assert table["state"].tolist() == ["suppressed", "suppressed"]


#: What is made of a mean, by what it is compared with.
MADE_OF_A_MEAN = {
    "index": "", "expected_range": "nation", "peer_difference": "peers.2", "casemix_shift": "nation",
    "national_difference_adjusted": "nation", "peer_difference_adjusted": "peers.2", "importance": "",
    "priority": "nation", "weighted_mean": "", "residual_skewness": "", "residual_kurtosis": "",
    "residual_outside": "", "ceiling": "", "ordinal_change": "year.2023", "ordinal_difference": "other_units",
    "influence": "", "influence_on_change": "year.2023",
}  # fmt: skip


@pytest.mark.parametrize("statistic", MADE_OF_A_MEAN)
def test_whatever_is_made_of_a_hidden_mean_is_hidden_with_it(statistic) -> None:
    small = mean(3)
    follower = replace(small, statistic=statistic, against=MADE_OF_A_MEAN[statistic], n=40, verdict="x")
    assert states([small, follower]) == ["suppressed", "suppressed"]
    assert states([mean(40), follower]) == ["measured", "measured"]
    assert states([mean(3, topic="dimension.other"), follower])[1] == "measured"


@pytest.mark.parametrize(
    "statistic", ["change", "detectable_change", "ordinal_change", "influence_on_change"]
)
def test_whatever_compares_with_a_hidden_round_is_hidden(statistic) -> None:
    facts = [replace(mean(4), year=2023), mean(40)]
    facts.append(replace(mean(40), statistic=statistic, against="year.2023"))
    assert states(facts) == ["suppressed", "measured", "suppressed"]


@pytest.mark.parametrize(("statistic", "against"), [("influence", ""), ("influence_on_change", "year.2023")])
def test_the_whole_without_a_unit_is_hidden_with_either_of_them(statistic, against) -> None:
    without = replace(mean(40, unit="a"), statistic=statistic, against=against)
    of_whole = [mean(80, 6.0), mean(40, unit="a"), mean(40, unit="b")]
    assert states([*of_whole, without])[3] == "suppressed"
    of_unit = [mean(83), mean(3, unit="a"), mean(40, unit="b"), mean(40, unit="c")]
    assert states([*of_unit, without])[4] == "suppressed"
    assert states([mean(80), mean(40, unit="a"), mean(40, unit="b"), without])[3] == "measured"


def test_a_band_on_nine_answers_keeps_its_numbers_without_a_verdict() -> None:
    band = replace(mean(9, unit="a"), statistic="expected_range", against="nation", verdict="below")
    (row,) = protect(tabulate([band]), LIMITS).itertuples()
    assert (row.state, row.note, row.verdict) == ("undecided", "few", "")
    assert row.low == band.low


def test_of_a_topic_that_four_answered_no_number_leaves() -> None:
    few = [4.0, 5.0, 3.0, 4.0] + [np.nan] * 36
    rows = [answers(u, y, 40, stock=[2, 3, 4, 5] * 10) for u in "ab" for y in (2021, 2023)]
    rows += [answers("a", 2025, 40, stock=few), answers("b", 2025, 40, stock=np.nan)]
    one = survey(rows, years=(2021, 2023, 2025), users={"young": 80, "old": 150})
    table = describe_service(one, nation(), thresholds=LIMITS)
    own = table[table["municipality"].ne("") & table["year"].eq(2025)]
    told = own[own["topic"].isin(("dimension.stock", "item.stock_1"))]
    assert len(told) > 20
    assert told[list(NUMBERS)].isna().all(axis=None)
    assert told["verdict"].eq("").all()
    # Its mean would follow from the cut, which is the mean of all dimensions'.
    assert own.loc[own["statistic"] == "priority_cut", "value"].isna().all()
    others = own[own["topic"].eq("dimension.staff") & own["value"].notna()]
    assert {"mean", "weighted_mean", "peer_difference", "influence"} <= set(others["statistic"])


@pytest.mark.parametrize("service", ["kindergarten", "school", "nursing-home", "building-permits"])
def test_no_group_of_the_demos_users_is_shown_by_few_answers(described, service) -> None:
    for municipality in ("9903", "9908", "9912"):
        facts = described.facts(municipality, service)
        rows = facts[facts["statistic"].isin(("group_response", "respondents_share"))]
        assert len(rows) > 0
        assert not rows["n"].between(1, LIMITS.mean - 1).any()
        variable = rows["category"].map(lambda category: category.split("=")[0])
        hidden = rows["state"].eq("suppressed").groupby([rows["statistic"], variable]).sum()
        assert not hidden.eq(1).any()


@pytest.mark.parametrize("column", ["scale", "against", "note", "state", "unit", "verdict"])
def test_a_missing_text_is_named_with_its_place(column) -> None:
    table = tabulate([mean(30), mean(30, unit="u1")])
    table.loc[1, column] = pd.NA
    for look in (protect, hidden_cells):
        with pytest.raises(DataError, match=f"facts: {column}: a fact lacks a text") as error:
            look(table, LIMITS)
        assert table["fact_id"][1] in error.value.found
        assert error.value.expected.startswith("a text")
