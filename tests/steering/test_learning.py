"""Learning across municipalities: which measures become cases, and how tools and designs are counted."""

import pandas as pd
import pytest
from made_up_ledger import PLACE, claim, effect, measure, steering, table

from analysis.core.language import Language
from analysis.facts import Fact, tabulate
from analysis.steering.drawing_up import draw_up
from analysis.steering.learning import CASES, DESIGNS, Account, cases, designs, tools_used
from analysis.steering.notes import Note

TALK = {"en": "Dialogue meeting", "nb": "Dialogmøte"}


def account(*facts: Fact, municipality: str = "9901", **plan) -> Account:
    found = table(*facts)
    drawn = steering(**plan)
    ledger = draw_up(found, drawn, None)
    if municipality != "9901":
        found = found.assign(municipality=municipality)
        drawn_plan = drawn.plan.model_copy(update={"municipality": municipality})
        ledger = ledger.model_copy(update={"municipality": municipality})
        return Account(plan=drawn_plan, ledger=ledger, facts=found)
    return Account(plan=drawn.plan, ledger=ledger, facts=found)


def test_a_case_says_what_was_done_and_what_was_measured_after() -> None:
    plan = (measure(tool=TALK, units=["s1", "s2"], purpose="across_units"),)
    table = cases([account(effect(value=0.4, low=0.1, high=0.7), measures=plan)])
    assert tuple(table.columns) == CASES
    (case,) = table.to_dict("records")
    assert (case["purpose"], case["measure"], case["n_units"]) == ("across_units", "m1", 2)
    assert (case["outcome"], case["effect"], case["low"], case["high"]) == ("worked", 0.4, 0.1, 0.7)
    assert (case["tool"], case["year"], case["words"]) == (TALK, 2025, None)


def test_a_measure_that_cannot_be_judged_is_a_case_without_numbers() -> None:
    (case,) = cases([account(effect(verdict=""), measures=(measure(),))]).to_dict("records")
    assert case["outcome"] == "cannot_judge"
    assert pd.isna(case["effect"])
    assert case["fact_id"].endswith("measure_effect/other_units")


def test_a_measure_that_is_over_and_told_of_is_still_a_case() -> None:
    words = {"year": 2023, "text": "Well received."}
    over = measure(status="finished", outcome=words)
    (case,) = cases([account(effect(verdict="worse"), measures=(over,))]).to_dict("records")
    assert (case["outcome"], case["words"]) == ("worse", "Well received.")
    (case,) = cases([account(measures=(over,))]).to_dict("records")
    assert (case["outcome"], case["year"], case["fact_id"]) == ("reported", 2023, "")


@pytest.mark.parametrize("given", [{"status": "proposed"}, {"start": 2026}])
def test_a_measure_of_which_nothing_is_known_is_none(given) -> None:
    assert cases([account(measures=(measure(**given),))]).empty


def test_cases_come_by_purpose_and_service_whatever_the_order_of_the_municipalities() -> None:
    first = account(effect(), effect("m2"), measures=(measure(), measure("m2", purpose="own_development")))
    second = account(effect(), measures=(measure(),), municipality="9902")
    table = cases([second, first])
    assert table[["purpose", "municipality"]].to_numpy().tolist() == [
        ["own_development", "9901"], ["steering", "9901"], ["steering", "9902"],
    ]  # fmt: skip
    pd.testing.assert_frame_equal(table, cases([first, second]))


def test_tools_are_counted_with_what_came_of_them() -> None:
    plan = (measure(tool=TALK), measure("m2", tool=TALK), measure("m3", tool="Course"), measure("m4"))
    facts = (effect(), effect("m2", verdict=""), effect("m3", verdict="worse"), effect("m4"))
    used = tools_used(cases([account(*facts, measures=plan)]), Language("nb"))
    assert used["tool"].tolist() == ["Dialogmøte", "Course"]
    assert used.loc[0, ["cases", "municipalities", "worked", "cannot_judge", "worse"]].tolist() == [
        2, 1, 1, 1, 0,
    ]  # fmt: skip
    assert tools_used(cases([]), Language("nb")).empty


def note(year: int = 2025, kind: str = "focus_group"):
    point = {"tone": "wish", "text": "More"}
    return Note(id=f"{kind}-{year}", kind=kind, service="school", year=year, n=8, points=[point])


def test_a_design_says_when_who_and_what_beside() -> None:
    before = Fact(
        statistic="respondents", service="school", value=150, n=150, N=300, scale="count",
        **(PLACE | {"year": 2023}),
    )  # fmt: skip
    notes = (note(), note(2022), note(kind="cooperating_services"))
    table = designs([account(before, claim("mean", ""), notes=notes)])
    assert tuple(table.columns) == DESIGNS
    (row,) = table.to_dict("records")
    assert (row["service"], row["rounds"], row["respondents"]) == ("school", (2023, 2025), 200)
    assert row["beside"] == ("cooperating_services", "focus_group")
    assert pd.isna(row["invited"])


def test_a_suppressed_count_is_a_round_without_its_number() -> None:
    given = account()
    hidden = Fact(statistic="respondents", service="school", **PLACE).missing("suppressed")
    nobody = Fact(statistic="respondents", service="school", value=0, n=0, **(PLACE | {"year": 2023}))
    given = Account(plan=given.plan, ledger=given.ledger, facts=tabulate([hidden, nobody]))
    (row,) = designs([given]).to_dict("records")
    assert row["rounds"] == (2025,)
    assert pd.isna(row["respondents"])
