"""Facts of the status report: feedback with equal room, staff and other sources within the thresholds."""

import pytest
from made_up_steering import steering

from analysis.core.errors import SettingsError
from analysis.core.settings import Disclosure
from analysis.facts import Fact, protect, tabulate
from analysis.steering.preserve import preserve_facts
from analysis.steering.status import POINTS, feedback_facts, source_facts, staff_facts
from analysis.steering.topics import topics_of

PLACE = {"municipality": "9901", "service": "school", "year": 2025, "scale": "1-6", "n": 200}


def mean(topic: str, value: float, *, half: float = 0.1, **place) -> Fact:
    ends = {"value": value, "se": half / 2, "low": value - half, "high": value + half, "level": 0.95}
    return Fact(**{**PLACE, "statistic": "mean", "topic": topic, **ends, **place})


def claim(statistic: str, topic: str, verdict: str, against: str) -> Fact:
    return Fact(
        **PLACE, statistic=statistic, topic=topic, against=against, value=0.3, level=0.95, p=0.01,
        p_adjusted=0.01, verdict=verdict,
    )  # fmt: skip


LEVELS = [
    mean("overall", 4.5),
    *(mean(f"dimension.d{i}", value) for i, value in enumerate((5.2, 4.9, 4.6, 4.3, 4.0), start=1)),
]


def chosen(*facts: Fact) -> dict[str, list[tuple[str, str]]]:
    table = feedback_facts(tabulate(facts))
    return {
        side: [(row.topic, row.note) for row in table[table["statistic"].eq(f"feedback_{side}")].itertuples()]
        for side in ("positive", "negative")
    }


def test_there_is_as_much_positive_as_negative_by_one_rule():
    assert chosen(*LEVELS) == {
        "positive": [("dimension.d1", "strength"), ("dimension.d2", "strength")],
        "negative": [("dimension.d5", "improvement"), ("dimension.d4", "improvement")],
    }


def test_what_is_certain_comes_first_and_the_other_side_is_filled():
    fall = claim("report_change", "dimension.d1", "lower", "year.2023")
    below = claim("report_national_difference", "dimension.d3", "lower", "nation")
    found = chosen(*LEVELS, fall, below)
    assert found["negative"][:2] == [("dimension.d1", "fall"), ("dimension.d3", "below")]
    assert len(found["positive"]) == len(found["negative"])
    assert {topic for topic, _ in found["positive"]}.isdisjoint({topic for topic, _ in found["negative"]})


def test_a_claim_that_does_not_hold_over_the_report_is_none():
    alone = claim("change", "dimension.d3", "higher", "year.2023")
    adjusted = claim("report_change", "dimension.d3", "no_certain_change", "year.2023")
    assert ("dimension.d3", "rise") in chosen(*LEVELS, alone)["positive"]
    assert ("dimension.d3", "rise") not in chosen(*LEVELS, alone, adjusted)["positive"]


def test_results_too_close_to_each_other_are_no_feedback():
    near = [mean(f"dimension.d{i}", 4.5 + i / 100, half=0.3) for i in range(4)]
    assert chosen(*near) == {"positive": [], "negative": []}


def test_results_from_few_answers_are_never_chosen():
    few = [mean(f"dimension.d{i}", value, n=9) for i, value in enumerate((5.5, 2.0))]
    assert chosen(*few) == {"positive": [], "negative": []}


def test_a_report_of_many_services_has_one_of_each_from_every_one():
    services = [f"s{i}" for i in range(5)]
    facts = [Fact(**{**vars(fact), "service": service}) for service in services for fact in LEVELS]
    table = feedback_facts(tabulate(facts))
    assert (table.groupby(["service", "statistic"]).size() == 1).all()
    assert len(table) == 10


def staff(**entry):
    given = {"service": "school", "year": 2025, **entry}
    facts = staff_facts(steering({"staff": [given]}))
    assert protect(facts, Disclosure()).equals(facts)
    return facts.set_index("statistic")


def test_staff_figures_are_as_supplied_and_turnover_is_of_the_employees():
    facts = staff(employees=40, positions=33.5, left=6, sick_leave=8.2)
    assert facts["value"].to_dict() == {
        "staff_employees": 40, "staff_positions": 33.5, "staff_turnover": 0.15, "staff_sick_leave": 8.2,
    }  # fmt: skip


def test_figures_on_fewer_than_five_people_are_suppressed_and_carry_no_number():
    facts = staff(employees=4, positions=3.5, left=1, sick_leave=25.0)
    assert set(facts["state"]) == {"suppressed"}
    assert facts[["value", "n", "N"]].isna().all(axis=None)


def test_rates_of_fewer_than_ten_employees_are_suppressed_and_their_number_is_told():
    facts = staff(employees=9, positions=7.3, left=5, sick_leave=6.5)
    assert facts["state"].to_dict() == {
        "staff_employees": "measured", "staff_positions": "measured",
        "staff_turnover": "suppressed", "staff_sick_leave": "suppressed",
    }  # fmt: skip
    assert set(
        staff(employees=10, left=5, sick_leave=6.5).loc[["staff_turnover", "staff_sick_leave"], "state"]
    ) == {"measured"}


def test_a_turnover_of_fewer_than_five_is_suppressed_but_none_is_told():
    assert staff(employees=40, left=3).at["staff_turnover", "state"] == "suppressed"
    assert staff(employees=40, left=3).at["staff_employees", "value"] == 40
    assert staff(employees=40, left=0).at["staff_turnover", "value"] == 0


def test_a_figure_of_an_unknown_number_of_people_is_suppressed():
    assert staff(sick_leave=25.0).at["staff_sick_leave", "state"] == "suppressed"
    assert staff(positions=4.0, sick_leave=25.0).at["staff_sick_leave", "state"] == "suppressed"


def test_what_is_not_supplied_is_not_measured():
    assert staff(employees=40).at["staff_turnover", "state"] == "not_measured"


def test_a_later_years_staff_is_not_this_reports():
    assert staff_facts(steering({"staff": [{"service": "school", "year": 2026, "employees": 9}]})).empty


def note(n: int, *points, **more):
    said = [{"tone": tone, "text": "Word"} | extra for tone, extra in points] or [
        {"tone": "positive", "text": "W"}
    ]
    return {
        "id": "g",
        "kind": "focus_group",
        "service": "school",
        "year": 2025,
        "n": n,
        "points": said,
        **more,
    }


@pytest.mark.parametrize(
    ("n", "state", "verdict"),
    [(4, "suppressed", ""), (5, "measured", ""), (9, "measured", ""), (10, "measured", POINTS)],
)
def test_other_sources_hold_to_the_thresholds_of_answers(n, state, verdict):
    table = source_facts(steering({"notes": [note(n)]}))
    assert protect(table, Disclosure()).equals(table)
    row = table.iloc[0]
    assert (row["state"], row["verdict"]) == (state, verdict)
    assert (row["value"] == n) if state == "measured" else (row["n"] is not n)


def preserved(*notes, facts=tuple(LEVELS)):
    table = preserve_facts(tabulate(facts), steering({"notes": list(notes)}))
    assert protect(table, Disclosure()).equals(table)
    return table


def test_points_to_preserve_and_to_improve_are_as_many():
    table = preserved()
    assert table["statistic"].value_counts().to_dict() == {"service_strength": 2, "service_improvement": 2}
    assert table["fact_id"].is_unique


def test_a_wish_of_enough_users_on_something_they_are_satisfied_with_is_wanted_more_of():
    table = preserved(note(12, ("positive", {}), ("wish", {"topic": "dimension.d2"}), ("wish", {})))
    wanted = table[table["statistic"].eq("want_more")]
    assert list(zip(wanted["category"], wanted["topic"], strict=True)) == [
        ("g.1", "dimension.d2"),
        ("g.2", "overall"),
    ]


@pytest.mark.parametrize(
    "told",
    [
        note(9, ("wish", {})),
        note(12, ("wish", {}), year=2023),
        note(12, ("wish", {}), kind="cooperating_services"),
        note(12, ("wish", {"topic": "dimension.d5"})),
    ],
    ids=["too few people", "an earlier round", "no users", "a point to improve"],
)
def test_other_wishes_are_not(told):
    assert not preserved(told)["statistic"].eq("want_more").any()


def test_a_wish_where_users_are_not_satisfied_is_not_wanted_more_of():
    low = [mean("overall", 3.4), *LEVELS[1:]]
    assert not preserved(note(12, ("wish", {})), facts=tuple(low))["statistic"].eq("want_more").any()


def test_a_wish_on_a_topic_that_nobody_was_asked_about_is_an_error():
    with pytest.raises(SettingsError, match=r"dimension\.d9"):
        preserved(note(12, ("wish", {"topic": "dimension.d9"})))


def test_topics_that_somebody_takes_out_are_there_for_the_next_who_asks():
    facts = tabulate(LEVELS)
    before = topics_of(facts)
    topics_of(facts).clear()
    assert list(topics_of(facts)) == ["school"]
    assert topics_of(facts) == before
