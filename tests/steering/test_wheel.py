"""The year wheel: what comes when, the calendar, and what the next survey can see."""

import datetime as dt
from itertools import pairwise

import icalendar
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_steering import steering

from analysis.core.language import Language
from analysis.core.settings import Disclosure
from analysis.facts import Fact, protect, tabulate
from analysis.stats.power import detectable_difference
from analysis.steering.next_survey import next_survey_facts
from analysis.steering.notes import Wheel
from analysis.steering.wheel import events, name_event, next_survey, survey_years, write_calendar

YEARS = (2021, 2023, 2025)
PLACE = {"municipality": "9901", "service": "school", "year": 2025}


def by_id(wheel: Wheel | None, years=YEARS):
    return {event.id: event for event in events(wheel, years)}


def test_without_dates_the_standard_wheel_runs_from_this_survey_to_the_next():
    found = by_id(None)
    # Fieldwork at the start of the first quarter, preparation and selection the autumn before, status
    # report on the year before, focus groups the autumn of the second year.
    assert found["fieldwork-2025"].start == dt.date(2025, 1, 10)
    assert found["fieldwork-2027"].start == dt.date(2027, 1, 10)
    assert found["preparation-2027"].start.year == 2026
    assert 8 <= found["preparation-2027"].start.month <= 9
    assert found["selection-2027"].end.year == found["focus_groups-2026"].end.year == 2026
    assert found["focus_preparation-2026"].end < found["focus_groups-2026"].start
    assert name_event(found["status_report-2025"], Language("en")) == "Status report to the council on 2024"
    assert {"budget-2025", "budget-2026"} <= set(found)
    assert not any(event.given for event in found.values())


def test_the_municipalitys_own_dates_hold_in_their_year_and_as_tentative_in_others():
    wheel = Wheel(
        first_survey=2021,
        fieldwork=(dt.date(2025, 1, 13), dt.date(2025, 2, 14)),
        budget=dt.date(2025, 12, 11),
        result_dialogue=dt.date(2025, 3, 12),
    )
    found = by_id(wheel)
    assert (found["fieldwork-2025"].start, found["fieldwork-2025"].given) == (dt.date(2025, 1, 13), True)
    assert (found["fieldwork-2027"].start, found["fieldwork-2027"].given) == (dt.date(2027, 1, 13), False)
    assert (found["budget-2025"].end, found["budget-2025"].given) == (dt.date(2025, 12, 11), True)
    assert (found["budget-2026"].end, found["budget-2026"].given) == (dt.date(2026, 12, 11), False)
    # The report is there before it is talked about.
    assert found["analysis-2025"].end < found["result_dialogue-2025"].start == dt.date(2025, 3, 12)


@given(
    first=st.integers(2015, 2030),
    every=st.integers(1, 4),
    begin=st.dates(dt.date(2019, 11, 1), dt.date(2028, 6, 30)),
    days=st.integers(1, 60),
)
def test_whatever_the_dates_every_event_ends_after_it_begins_and_has_an_id_of_its_own(
    first, every, begin, days
):
    fieldwork = (begin, begin + dt.timedelta(days=days))
    found = events(Wheel(first_survey=first, every=every, fieldwork=fieldwork), YEARS)
    assert all(event.start <= event.end for event in found)
    assert len({event.id for event in found}) == len(found)
    assert [event.start for event in found] == sorted(event.start for event in found)
    by_kind = {event.id: event for event in found}
    this, following = survey_years(Wheel(first_survey=first, every=every), YEARS)
    for year in (this, following):
        order = [by_kind[f"{kind}-{year}"] for kind in ("preparation", "selection", "rollout", "fieldwork")]
        assert all(a.end < b.start for a, b in pairwise(order))
    assert by_kind[f"status_report-{this}"].start > by_kind[f"analysis-{this}"].end


def test_a_wheel_that_has_not_begun_plans_its_first_survey():
    assert next_survey(Wheel(first_survey=2026), YEARS) == 2026
    assert by_id(Wheel(first_survey=2026))["preparation-2026"].start.year == 2025


def test_the_calendar_is_read_again_and_the_same_bytes_each_time(tmp_path):
    wheel = Wheel(first_survey=2021, budget=dt.date(2025, 12, 11))
    how = {"municipality": "9901", "name": "Fjordvik; å, ø", "date": dt.date(2025, 6, 16)}
    for name in ("a.ics", "b.ics"):
        write_calendar(events(wheel, YEARS), tmp_path / name, Language("nb"), **how)
    content = (tmp_path / "a.ics").read_bytes()
    assert content == (tmp_path / "b.ics").read_bytes()
    # RFC 5545, 3.1: lines of at most 75 octets that end in CRLF.
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(content)
    entries = {str(entry["UID"]): entry for entry in calendar.walk("VEVENT")}
    assert len(entries) == len(events(wheel, YEARS))
    budget = entries["budget-2025.9901@tilstand"]
    # The end of a whole day is the day after: RFC 5545, 3.6.1.
    assert (budget.decoded("DTSTART"), budget.decoded("DTEND")) == (
        dt.date(2025, 12, 11),
        dt.date(2025, 12, 12),
    )
    assert str(budget["SUMMARY"]) == "Kommunestyret vedtar budsjett og handlingsprogram"
    assert str(budget["STATUS"]) == "CONFIRMED"
    assert str(entries["budget-2026.9901@tilstand"]["STATUS"]) == "TENTATIVE"
    assert budget.decoded("DTSTAMP") == dt.datetime(2025, 6, 16, tzinfo=dt.UTC)


def answered(counts: dict[str, tuple[int, int]], *, variance: float | None = 1.21) -> pd.DataFrame:
    """Facts of who answered, (answers, invited) a unit, and of the spread."""
    found = []
    whole = tuple(sum(column) for column in zip(*counts.values(), strict=True))
    for unit, (n, invited) in {"": whole, **counts}.items():
        place = {**PLACE, "unit": unit, "n": n, "N": invited}
        found.append(Fact(statistic="respondents", **place, value=n, scale="count"))
        found.append(Fact(statistic="response_rate", **place, value=n / invited, scale="share"))
    spread = Fact(statistic="variance_residual", **PLACE, topic="overall", scale="1-6")
    found.append(
        spread.missing("undecided", "few")
        if variance is None
        else Fact(**{**vars(spread), "value": variance, "n": 99})
    )
    return protect(tabulate(found), Disclosure())


def planned(counts, population, **how):
    units = [{"unit": unit, "name": unit, "service": "school"} for unit in population]
    # Users of the round, and where they have been counted again since, of the year after.
    then = how.pop("then", None)
    counted = {2025: population} if then is None else {2025: then, 2026: population}
    frame = pd.DataFrame(
        [("school", unit, year, users) for year, of in counted.items() for unit, users in of.items()],
        columns=["service", "unit", "year", "population"],
    )
    facts = how.pop("facts", None)
    facts = answered(counts, **how) if facts is None else facts
    table = next_survey_facts(facts, steering(units=units), frame)
    # What goes through the gate comes out as it is.
    assert protect(table, Disclosure()).equals(table)
    return table[table["statistic"].eq("detectable_next")].set_index(["unit", "category"]), table


def test_the_change_that_a_unit_can_see_follows_from_users_share_and_spread():
    seen, table = planned(
        {"a": (40, 80), "b": (12, 40), "c": (30, 60)},
        {"a": 100, "b": 40, "c": 60},
        then={"a": 80, "b": 40, "c": 60},
    )
    assert seen.at[("a", ""), "value"] == pytest.approx(detectable_difference(40, 50, 1.1))
    assert seen.at[("a", ""), "verdict"] == "alone"
    assert seen.at[("b", ""), "value"] == pytest.approx(detectable_difference(12, 12, 1.1))
    assert seen.at[("b", ""), "verdict"] == "pool"
    expected = table[table["statistic"].eq("expected_answers")].set_index("unit")
    assert expected["value"].to_dict() == {"a": 50, "b": 12, "c": 30}
    assert seen.at[("", ""), "value"] < seen.at[("a", ""), "value"]


def test_with_as_many_users_as_many_answers_are_expected_as_last_time_though_not_all_were_invited():
    seen, table = planned({"a": (40, 80), "b": (30, 70)}, {"a": 100, "b": 75})
    expected = table[table["statistic"].eq("expected_answers")].set_index("unit")
    assert expected["value"].to_dict() == {"a": 40, "b": 30}
    assert seen.at[("", ""), "value"] == pytest.approx(detectable_difference(70, 70, 1.1))


def test_units_that_cannot_stand_alone_are_pooled_and_the_smallest_asked_in_another_way():
    seen, _ = planned(
        {"a": (12, 40), "b": (12, 40), "c": (5, 40), "d": (60, 90)},
        {"a": 40, "b": 40, "c": 30, "d": 90},
        then={"a": 40, "b": 40, "c": 40, "d": 90},
    )
    assert seen.at[("c", ""), "verdict"] == "ask_otherwise"
    assert pd.isna(seen.at[("c", ""), "value"])
    assert seen.at[("", "pooled"), "N"] == 3
    assert seen.at[("", "pooled"), "value"] == pytest.approx(detectable_difference(29, 27, 1.1))


def test_a_hidden_number_of_answers_gives_no_number_and_no_advice_that_tells_it():
    seen, table = planned({"a": (3, 40), "b": (12, 40), "c": (60, 90)}, {"a": 40, "b": 40, "c": 90})
    # The smallest is hidden for its number, the next so that it does not follow by subtraction: alike.
    for unit in ("a", "b"):
        assert seen.at[(unit, ""), "state"] == "suppressed"
        assert seen.at[(unit, ""), "verdict"] == ""
    hidden = table[table["unit"].isin(["a", "b"])]
    assert hidden[["value", "n", "N"]].isna().all(axis=None)
    assert ("", "pooled") not in seen.index


def test_a_unit_without_a_rate_of_its_own_takes_the_services():
    seen, table = planned({"a": (40, 80)}, {"a": 80, "new": 60})
    new = table[table["unit"].eq("new") & table["statistic"].eq("expected_answers")].iloc[0]
    assert (new["value"], new["note"]) == (30, "service_rate")
    # Nobody there to measure a change from: two rounds of the size to come.
    assert seen.at[("new", ""), "value"] == pytest.approx(detectable_difference(30, 30, 1.1))


def test_without_spread_nothing_is_said():
    seen, _ = planned({"a": (40, 80)}, {"a": 80}, variance=None)
    assert set(seen["state"]) == {"undecided"}
    assert seen.at[("a", ""), "note"] == "no_spread"


def test_where_users_are_not_known_as_many_are_expected_to_answer_as_last_time():
    seen, table = planned({"a": (40, 80)}, {"a": float("nan"), "new": float("nan")})
    expected = table[table["statistic"].eq("expected_answers")].set_index("unit")
    assert (expected.at["a", "value"], expected.at["a", "note"]) == (40, "as_last")
    assert seen.at[("a", ""), "value"] == pytest.approx(detectable_difference(40, 40, 1.1))
    assert seen.at[("new", ""), "note"] == "no_users"


def test_the_nations_spread_serves_where_the_municipality_has_none():
    own = answered({"a": (40, 80)}, variance=None)
    nation = tabulate(
        [
            Fact(
                statistic="sd_within",
                service="school",
                year=2025,
                topic="overall",
                category="unit",
                value=0.9,
            )
        ]
    )
    seen, _ = planned({}, {"a": 80}, facts=pd.concat([own, nation], ignore_index=True))
    assert seen.at[("a", ""), "value"] == pytest.approx(detectable_difference(40, 40, 0.9))


def test_a_unit_that_closes_before_the_next_survey_is_left_out():
    units = [
        {"unit": "a", "name": "a", "service": "school"},
        {"unit": "b", "name": "b", "service": "school", "valid_to": 2025, "successor": "a"},
    ]
    frame = pd.DataFrame({"service": "school", "unit": ["a", "b"], "year": 2025, "population": [80, 80]})
    table = next_survey_facts(answered({"a": (40, 80), "b": (40, 80)}), steering(units=units), frame)
    assert set(table["unit"]) == {"a", ""}
