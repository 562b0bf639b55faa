"""The scorecard's facts: results, changes and ranges of adopted targets."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.core.settings import Disclosure
from analysis.facts import protect
from analysis.facts.table import NUMBERS, Fact, tabulate
from analysis.stats.targets import band_probabilities
from analysis.steering.achieved import written_decimals
from analysis.steering.plan import SteeringPlan
from analysis.steering.scorecard import target_facts
from analysis.survey.codebook import Questionnaire

YEARS = (2021, 2023, 2025)
PLACE = {"municipality": "9901", "service": "school"}
TARGET = {
    "id": "t",
    "success_factor": "Gode tjenester",
    "service": "school",
    "topic": "overall",
    "scale": "1-6",
    "desired": [6.0, 4.6],
    "acceptable": [4.5, 4.0],
    "unacceptable": [3.9, 1.0],
    "adopted": {"document": "Handlingsprogram", "year": 2020},
}
SICK_LEAVE = {
    **TARGET,
    "topic": None,
    "indicator": "sick_leave",
    "name": "Sykefravær",
    "scale": "percent",
    "desired": [0.0, 7.5],
    "acceptable": [7.6, 9.0],
    "unacceptable": [9.1, 100.0],
}
UNITS = pd.DataFrame(
    {"unit": ["s1", "s2"], "service": "school", "valid_from": [2000, 2000], "valid_to": [None, 2021],
     "successor": [None, "s1"]}
)  # fmt: skip


def a_mean(year: int, value: float, *, n: int = 300, se: float = 0.05, **fields) -> Fact:
    ends = {"low": value - 2 * se, "high": value + 2 * se, "level": 0.95}
    made = {**PLACE, "year": year, "topic": "overall", "scale": "1-6", "method": "t_interval", **fields}
    return Fact(**{"statistic": "mean", **made, "value": value, "se": se, **ends, "n": n})


def a_change(value: float, verdict: str, **fields) -> Fact:
    fact = a_mean(2025, value, statistic="change", against="year.2023", method="welch")
    return replace(fact, p=0.01, p_adjusted=0.02, verdict=verdict, **fields)


def figures(*rows: tuple[int, float | None], unit: str = "%", municipality: str = "9901") -> pd.DataFrame:
    columns = ["municipality", "topic", "indicator", "year", "value", "unit", "source"]
    return pd.DataFrame(
        [(municipality, "school", "sick_leave", year, value, unit, "accounts") for year, value in rows],
        columns=columns,
    )


def scored(
    target: dict, facts=(), *, indicators=None, years=YEARS, questionnaires=None, staff=()
) -> pd.DataFrame:
    """The target's facts after disclosure control, as a report has them."""
    steering = SimpleNamespace(
        plan=SteeringPlan(municipality="9901", targets=[target], staff=staff),
        indicators=figures() if indicators is None else indicators,
        units=UNITS,
        years=years,
    )
    facts = facts if isinstance(facts, pd.DataFrame) else tabulate(facts)
    found = target_facts(facts, steering, municipality="9901", questionnaires=questionnaires or {})
    return protect(found, Disclosure())


def of(table: pd.DataFrame, statistic: str) -> list[SimpleNamespace]:
    """The facts of one statistic, missing numbers as None."""
    rows = table[table["statistic"] == statistic].to_dict("records")
    return [SimpleNamespace(**{k: None if pd.isna(v) else v for k, v in row.items()}) for row in rows]


def status(table: pd.DataFrame) -> SimpleNamespace:
    return of(table, "target_status")[0]


def change(table: pd.DataFrame) -> SimpleNamespace:
    return of(table, "target_change")[0]


ROUNDS = [a_mean(2021, 4.4), a_mean(2023, 4.5), a_mean(2025, 4.8)]


def test_results_are_the_rounds_means_with_interval_and_answers() -> None:
    found = of(scored(TARGET, ROUNDS), "target_result")
    assert [(f.year, f.value, f.n) for f in found] == [(2021, 4.4, 300), (2023, 4.5, 300), (2025, 4.8, 300)]
    assert (found[-1].low, found[-1].level) == (pytest.approx(4.7), 0.95)
    assert {(f.topic, f.category) for f in found} == {("overall", "t")}


def test_a_fourth_round_back_is_left_out() -> None:
    found = scored(TARGET, [a_mean(2019, 4.0), *ROUNDS], years=(2019, *YEARS))
    assert [f.year for f in of(found, "target_result")] == [2021, 2023, 2025]


def test_a_target_in_points_from_0_to_100_takes_the_index() -> None:
    target = TARGET | {
        "scale": "0-100",
        "desired": [100, 75],
        "acceptable": [74, 60],
        "unacceptable": [59, 0],
    }
    last = of(scored(target, ROUNDS), "target_result")[-1]
    # 100 (4.8 - 1) / 5, and its ends 4.7 and 4.9 alike
    assert (last.value, last.low, last.high) == pytest.approx((76.0, 74.0, 78.0))
    assert (last.se, last.scale) == (pytest.approx(1.0), "0-100")


def test_each_ranges_probability_is_that_of_the_true_mean() -> None:
    table = scored(TARGET, [*ROUNDS[:2], a_mean(2025, 4.6, se=0.2)])
    by_range = {f.category: f.value for f in of(table, "band_probability")}
    # The cut lies between 4.6 and 4.5. R: 1 - pnorm(4.55, 4.6, 0.2); pnorm(3.95, 4.6, 0.2)
    assert by_range["t.desired"] == pytest.approx(0.5987063, abs=1e-7)
    assert by_range["t.unacceptable"] == pytest.approx(0.0005770250, abs=1e-9)
    assert sum(by_range.values()) == pytest.approx(1)


def test_a_range_is_the_verdict_from_four_in_five_on() -> None:
    sure, unsure = scored(TARGET, ROUNDS), scored(TARGET, [*ROUNDS[:2], a_mean(2025, 4.6, se=0.2)])
    assert (status(sure).verdict, status(sure).state) == ("desired", "measured")
    assert (status(unsure).verdict, status(unsure).state, status(unsure).value) == ("", "undecided", 4.6)


def test_a_units_probability_rests_on_its_shrunken_mean_and_its_result_is_its_own() -> None:
    unit = [replace(fact, unit="s1") for fact in ROUNDS]
    shrunken = a_mean(2025, 4.3, se=0.1, unit="s1", statistic="shrunken_mean", method="mixed_model")
    table = scored(TARGET | {"unit": "s1"}, [*unit, shrunken])
    expected = band_probabilities(4.3, 0.1, 4.55, 3.95)
    assert of(table, "target_result")[-1].value == 4.8
    assert [f.value for f in of(table, "band_probability")] == pytest.approx(
        [expected.desired, expected.acceptable, expected.unacceptable]
    )
    assert status(table).verdict == "acceptable"


def test_few_answers_get_neither_verdict_nor_probability() -> None:
    table = scored(TARGET, [*ROUNDS[:2], a_mean(2025, 5.9, n=9)])
    assert (status(table).state, status(table).note, status(table).value) == ("undecided", "few", 5.9)
    assert {(f.state, f.value) for f in of(table, "band_probability")} == {("undecided", None)}


def test_what_is_suppressed_leaves_no_number() -> None:
    hidden = a_mean(2025, 4.8).missing("suppressed")
    table = scored(TARGET, [*ROUNDS[:2], hidden])
    last = table[(table["year"] == 2025)]
    assert set(last["state"]) == {"suppressed"}
    assert last[list(NUMBERS)].isna().all(axis=None)
    assert [f.value for f in of(table, "target_result")][:2] == [4.4, 4.5]


def test_a_target_without_answers_is_not_measured() -> None:
    table = scored(TARGET)
    assert set(table["state"]) == {"not_measured"}
    assert len(of(table, "target_result")) == 3


def test_the_change_is_the_services_own_and_that_of_the_whole_report_before_it() -> None:
    service = a_change(0.3, "higher")
    whole = replace(service, statistic="report_change", verdict="no_certain_change")
    alone, both = scored(TARGET, [*ROUNDS, service]), scored(TARGET, [*ROUNDS, service, whole])
    assert (change(alone).value, change(alone).verdict) == (0.3, "higher")
    assert (change(both).value, change(both).verdict) == (0.3, "no_certain_change")
    assert change(both).against == "year.2023"


def test_a_change_is_told_on_the_targets_scale() -> None:
    target = TARGET | {
        "scale": "0-100",
        "desired": [100, 75],
        "acceptable": [74, 60],
        "unacceptable": [59, 0],
    }
    found = change(scored(target, [*ROUNDS, a_change(0.3, "higher")]))
    assert (found.value, found.se, found.verdict) == (pytest.approx(6.0), pytest.approx(1.0), "higher")


def test_a_change_that_nobody_tested_gets_no_verdict() -> None:
    found = change(scored(TARGET, ROUNDS))
    assert (found.state, found.note, found.verdict) == ("undecided", "not_tested", "")
    assert found.value == pytest.approx(0.3)
    # 0.3 ± 1.959964 √(2 · 0.05²)
    assert (found.low, found.high) == pytest.approx((0.1614, 0.4386), abs=1e-4)


def test_rounds_before_a_change_of_wording_are_not_comparable() -> None:
    broken = a_change(0.3, "").missing("not_comparable", "wording")
    table = scored(TARGET, [*ROUNDS, broken])
    assert [f.state for f in of(table, "target_result")] == ["not_comparable", "not_comparable", "measured"]
    assert (change(table).state, change(table).note) == ("not_comparable", "wording")


def test_the_questionnaire_says_from_when_a_question_can_be_compared() -> None:
    items = [{"id": "a", "text": "?", "dimension": "d", "comparable_from": 2023},
             {"id": "b", "text": "?", "dimension": "d"}]  # fmt: skip
    asked = Questionnaire(service="school", name="", items=items, dimensions=[{"id": "d", "name": ""}])
    rounds = [replace(fact, topic="dimension.d") for fact in ROUNDS]
    table = scored(TARGET | {"topic": "dimension.d"}, rounds, questionnaires={"school": asked})
    assert [(f.state, f.note) for f in of(table, "target_result")] == [
        ("not_comparable", "wording"), ("measured", ""), ("measured", ""),
    ]  # fmt: skip
    other = [replace(fact, topic="item.b") for fact in ROUNDS]
    table = scored(TARGET | {"topic": "item.b"}, other, questionnaires={"school": asked})
    assert {f.state for f in of(table, "target_result")} == {"measured"}


def test_rounds_before_a_merger_of_the_unit_are_not_comparable() -> None:
    unit = [replace(fact, unit="s1") for fact in ROUNDS]
    found = of(scored(TARGET | {"unit": "s1"}, unit), "target_result")
    assert [(f.state, f.note) for f in found] == [
        ("not_comparable", "unit"), ("measured", ""), ("measured", ""),
    ]  # fmt: skip


def test_a_target_on_another_scale_than_the_answers_is_not_comparable() -> None:
    found = of(scored(TARGET, [replace(fact, scale="1-5") for fact in ROUNDS]), "target_result")
    assert {(f.state, f.note, f.value) for f in found} == {("not_comparable", "scale", None)}


class TestPercent:
    TARGET = TARGET | {"topic": "item.q", "scale": "percent", "desired": [100, 60], "acceptable": [59, 45],
                       "unacceptable": [44, 0]}  # fmt: skip
    ANSWERS = Fact(**PLACE, statistic="top_box", topic="item.q", year=2025, value=0.62, low=0.568365,
                   high=0.667508, level=0.95, n=365, scale="share", method="wilson")  # fmt: skip
    MEANS = tuple(replace(fact, topic="item.q") for fact in ROUNDS)

    def test_the_result_is_the_share_of_the_two_best_answers(self) -> None:
        last = of(scored(self.TARGET, [*self.MEANS, self.ANSWERS]), "target_result")[-1]
        assert (last.value, last.low, last.high) == pytest.approx((62.0, 56.8365, 66.7508))

    def test_its_spread_is_that_of_wilsons_interval(self) -> None:
        found = of(scored(self.TARGET, [*self.MEANS, self.ANSWERS]), "band_probability")
        # Centre 61.79365, s = (66.7508 - 56.8365) / (2 · 1.959964); R: 1 - pnorm(59.5, 61.79365, 2.529205)
        assert found[0].value == pytest.approx(0.8177612, abs=1e-6)

    def test_all_alike_are_not_certain_beyond_doubt(self) -> None:
        # Wilson's interval of 20 of 20 begins at 1 / (1 + 1.96² / 20): 0.83888.
        alike = replace(self.ANSWERS, value=1.0, low=0.838875, high=1.0, n=20)
        found = of(scored(self.TARGET | {"desired": [100, 95], "acceptable": [94, 45]}, [alike]),
                   "band_probability")  # fmt: skip
        assert 0.01 < found[0].value < 0.99

    def test_older_rounds_stand_beside_it_and_the_change_is_not_tested(self) -> None:
        older = [replace(self.ANSWERS, year=year, value=v) for year, v in ((2021, 0.5), (2023, 0.56))]
        table = scored(self.TARGET, [*self.MEANS, *older, self.ANSWERS])
        assert [f.value for f in of(table, "target_result")] == pytest.approx([50.0, 56.0, 62.0])
        assert (change(table).value, change(table).against) == (pytest.approx(6.0), "year.2023")
        assert (change(table).state, change(table).note) == ("undecided", "not_tested")

    def test_an_older_round_that_is_hidden_says_so(self) -> None:
        hidden = replace(self.ANSWERS, year=2023).missing("suppressed")
        found = of(scored(self.TARGET, [*self.MEANS, hidden, self.ANSWERS]), "target_result")
        assert [f.state for f in found] == ["not_measured", "suppressed", "measured"]


class TestIndicator:
    def test_it_lies_in_the_range_that_it_lies_in(self) -> None:
        table = scored(SICK_LEAVE, indicators=figures((2021, 9.6), (2023, 8.4), (2025, 7.4)))
        assert (status(table).value, status(table).verdict) == (7.4, "desired")
        assert of(table, "band_probability") == []
        assert {f.se for f in of(table, "target_result")} == {None}

    @pytest.mark.parametrize(
        ("value", "verdict"), [(0.0, "desired"), (7.5, "desired"), (7.6, "acceptable"), (9.1, "unacceptable")]
    )
    def test_low_is_better(self, value, verdict) -> None:
        assert status(scored(SICK_LEAVE, indicators=figures((2025, value)))).verdict == verdict

    def test_differences_keep_the_figures_decimals(self) -> None:
        table = scored(SICK_LEAVE, indicators=figures((2023, 36.3), (2025, 34.9)))
        # 34.9 - 36.3 is -1.3999999999999986 in floating point.
        assert (change(table).value, change(table).against, change(table).verdict) == (-1.4, "year.2023", "")

    def test_the_year_before_stands_in_for_accounts_that_are_not_closed(self) -> None:
        table = scored(SICK_LEAVE, indicators=figures((2022, 8.0), (2024, 7.0)))
        assert [(f.value, f.note) for f in of(table, "target_result")] == [
            (None, ""), (8.0, "year.2022"), (7.0, "year.2024"),
        ]  # fmt: skip

    def test_a_figure_of_the_round_before_is_not_carried_on(self) -> None:
        table = scored(SICK_LEAVE, indicators=figures((2023, 8.0)))
        assert (status(table).state, change(table).state) == ("not_measured", "not_measured")

    def test_a_value_that_is_not_given_is_not_measured(self) -> None:
        assert status(scored(SICK_LEAVE, indicators=figures((2025, None)))).state == "not_measured"

    def test_others_figures_are_left_alone(self) -> None:
        table = scored(SICK_LEAVE, indicators=figures((2025, 1.0), municipality="9902"))
        assert status(table).state == "not_measured"

    def test_a_figure_in_another_unit_of_measure_is_not_comparable(self) -> None:
        both = pd.concat([figures((2023, 80000), unit="days"), figures((2025, 7.0))])
        found = of(scored(SICK_LEAVE, indicators=both), "target_result")
        assert [f.state for f in found] == ["not_measured", "not_comparable", "measured"]

    def test_of_a_service_without_a_survey_it_is_the_municipalitys(self) -> None:
        table = scored(SICK_LEAVE, [replace(f, service="nursing-home") for f in ROUNDS],
                       indicators=figures((2025, 7.0)))  # fmt: skip
        assert set(table["service"]) == {""}
        assert set(table["topic"]) == {"indicator.sick_leave"}


class TestTemplate:
    STATE = "not_measured_common_template"

    def test_a_survey_by_another_template_is_never_held_against_the_target(self) -> None:
        table = scored(TARGET | {"common_template": False}, [*ROUNDS[1:], a_change(0.3, "higher")])
        assert [f.state for f in of(table, "target_result")] == ["not_measured", self.STATE, self.STATE]
        assert (status(table).state, change(table).state) == (self.STATE, self.STATE)

    def test_figures_that_the_municipality_has_not_given_were_still_measured(self) -> None:
        found = of(scored(SICK_LEAVE | {"common_template": False}), "target_result")
        assert {f.state for f in found} == {self.STATE}

    def test_one_round_may_be_of_another_template(self) -> None:
        table = scored(SICK_LEAVE | {"other_template": [2023]}, indicators=figures((2025, 34.9)))
        assert [f.state for f in of(table, "target_result")] == ["not_measured", self.STATE, "measured"]
        assert (change(table).state, change(table).against) == (self.STATE, "year")

    def test_the_change_is_then_since_the_last_round_of_the_common_one(self) -> None:
        facts = [*ROUNDS, a_change(0.3, "higher")]
        found = change(scored(TARGET | {"other_template": [2023]}, facts))
        assert (found.against, found.value) == ("year.2021", pytest.approx(0.4))

    def test_a_target_that_nothing_measures_yet_is_not_measured(self) -> None:
        table = scored(SICK_LEAVE | {"measured": False}, indicators=figures((2025, 7.0)))
        assert set(table["state"]) == {"not_measured"}


@pytest.mark.parametrize(("employees", "state"), [(9, "suppressed"), (10, "measured")])
def test_sick_leave_of_fewer_than_ten_employees_is_suppressed(employees, state) -> None:
    staff = [{"service": "school", "year": 2025, "employees": employees, "sick_leave": 7.4}]
    found = scored(SICK_LEAVE, indicators=figures((2023, 8.4), (2025, 7.4)), staff=staff)
    assert [f.state for f in of(found, "target_result")] == ["not_measured", state, state]
    assert {status(found).state, change(found).state} == {state}


def test_the_country_and_other_municipalities_are_not_taken_for_the_municipality() -> None:
    others = [replace(fact, municipality=code, value=2.0) for code in ("", "9902") for fact in ROUNDS]
    assert status(scored(TARGET, [*others, *ROUNDS])).value == 4.8


def test_no_targets_give_no_facts() -> None:
    steering = SimpleNamespace(plan=SteeringPlan(municipality="9901"), indicators=figures(), units=UNITS,
                               years=YEARS)  # fmt: skip
    assert len(target_facts(tabulate(ROUNDS), steering, municipality="9901")) == 0


def test_supplied_figures_have_as_many_decimals_as_the_one_with_most() -> None:
    assert written_decimals([np.float64(34.9), 35.0, 7.25]) == 2
    assert written_decimals([12300.0, 1e6]) == 0


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(7)), value=st.floats(1.2, 5.8), se=st.floats(0.01, 1.0))
def test_the_order_of_facts_changes_nothing_and_the_ranges_share_one(order, value, se) -> None:
    rows = [*ROUNDS[:2], a_mean(2025, value, se=se), a_change(0.3, "higher"),
            *(replace(fact, topic="dimension.d") for fact in ROUNDS)]  # fmt: skip
    table = tabulate(rows)
    found = scored(TARGET, table)
    pd.testing.assert_frame_equal(found, scored(TARGET, table.iloc[list(order)].reset_index(drop=True)))
    assert sum(f.value for f in of(found, "band_probability")) == pytest.approx(1)
    verdict = status(found).verdict
    likely = {f.category.partition(".")[2]: f.value for f in of(found, "band_probability")}
    assert likely[verdict] >= 0.8 if verdict else max(likely.values()) < 0.8
