"""A steering file held against what was asked, the units there are, the indicators and the round."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.core.errors import SettingsError
from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.demo import make_country
from analysis.facts.labels import Labels
from analysis.steering.checks import Known, check_plan
from analysis.steering.context import open_steering
from analysis.steering.plan import SteeringPlan
from analysis.steering.successors import Followed, successors
from analysis.survey import Store, open_store
from analysis.survey.codebook import Questionnaire

ADOPTED = {"document": "Budget 2025", "year": 2024}
FILE = "params/steering/9901.yaml"
YEARS = (2021, 2023, 2025)


@pytest.fixture(scope="module")
def known() -> Known:
    asked = Questionnaire(
        service="school",
        name="School",
        dimensions=[{"id": "heard", "name": "Heard"}],
        items=[
            {"id": "heard_1", "text": "Heard?", "dimension": "heard"},
            {"id": "all", "text": "All in all?"},
        ],
        overall="all",
    )
    short = Questionnaire(
        service="library", name="Library", items=[{"id": "open", "text": "?", "maximum": 4}]
    )
    units = pd.DataFrame(
        [
            ("north", "school", None, None),
            ("south", "school", 2022, "middle"),
            ("middle", "school", 2023, "north"),
            ("closed", "school", 2023, None),
            ("closing", "school", 2025, None),
            ("main", "library", None, None),
        ],
        columns=["unit", "service", "valid_to", "successor"],
    )
    indicators = pd.DataFrame(
        [
            ("9901", "school", "sick_leave", 2025, 7.1, "%"),
            ("9902", "school", "pupils_per_teacher", 2025, 14.0, None),
            ("9901", "service-desk", "inquiries", 2025, 812.0, "calls"),
        ],
        columns=["municipality", "topic", "indicator", "year", "value", "unit"],
    )
    return Known({"school": asked, "library": short}, units, indicators, year=2025)


def target(**changed: object) -> dict:
    return {
        "id": "t",
        "success_factor": "Good services",
        "service": "school",
        "topic": "overall",
        "scale": "1-6",
        "desired": [6.0, 4.6],
        "acceptable": [4.5, 4.0],
        "unacceptable": [3.9, 1.0],
        "adopted": ADOPTED,
        **changed,
    }


def figure(**changed: object) -> dict:
    ranges = {"desired": [0.0, 8.0], "acceptable": [8.1, 10.0], "unacceptable": [10.1, 100.0]}
    made = target(name="Sick leave", indicator="sick_leave", scale="percent", **ranges) | changed
    return {key: value for key, value in made.items() if key != "topic"}


def measure(**changed: object) -> dict:
    made = {"id": "m", "title": "Meetings", "service": "school", "owner": "Head of schools", "start": 2024}
    return {**made, **changed}


def checked(known: Known, **content: object):
    return check_plan(SteeringPlan(municipality="9901", **content), known, where=FILE)


def refused(known: Known, **content: object) -> str:
    with pytest.raises(SettingsError) as error:
        checked(known, **content)
    return str(error.value)


def test_a_plan_that_fits_comes_back_as_it_was(known) -> None:
    plan = SteeringPlan(
        municipality="9901",
        targets=[target(unit="north"), figure(id="f")],
        measures=[measure(units=["north"], topic="item.heard_1")],
    )
    result = check_plan(plan, known, where=FILE)
    assert result.plan == plan
    assert result.followed == ()


def test_a_measure_may_be_meant_to_change_an_indicator_that_there_are_figures_of(known) -> None:
    own = measure(topic="indicator.sick_leave")
    desk = measure(id="d", service="service-desk", topic="indicator.inquiries")
    assert len(checked(known, measures=[own, desk]).plan.measures) == 2
    said = refused(known, measures=[measure(topic="indicator.sick_leaves")])
    assert said.startswith(f"{FILE}: measures[0].topic: nobody measures the indicator")
    assert "found:    'indicator.sick_leaves'" in said
    assert "did you mean 'sick_leave'?" in said


def test_a_measure_on_an_indicator_names_no_units() -> None:
    with pytest.raises(ValueError, match="figures of single units are not kept"):
        SteeringPlan(municipality="9901", measures=[measure(topic="indicator.sick_leave", units=["north"])])


def test_a_measure_for_a_closed_unit_goes_to_its_successor_and_that_is_told(known) -> None:
    result = checked(known, measures=[measure(units=["south", "north"])], targets=[target(unit="middle")])
    # Both of them are one unit now.
    assert result.plan.measures[0].units == ("north",)
    assert result.plan.targets[0].unit == "north"
    assert result.followed == (
        Followed("target", "t", "middle", "north"),
        Followed("measure", "m", "south", "north"),
    )


def test_a_closed_unit_that_nobody_took_over_is_refused(known) -> None:
    said = refused(known, measures=[measure(units=["north", "closed"])])
    assert said.startswith(f"{FILE}: measures[0].units[1]: the unit has closed, and no unit took over")
    assert "found:    'closed'" in said
    assert "open in 2025" in said


def test_a_measure_that_was_reported_back_on_keeps_its_closed_unit(known) -> None:
    told = measure(units=["closed"], outcome={"year": 2023, "text": "The school closed."})
    assert checked(known, measures=[told]).plan.measures[0].units == ("closed",)


def test_a_unit_that_closes_in_the_round_is_still_open_in_it(known) -> None:
    assert checked(known, targets=[target(unit="closing")]).followed == ()


def test_a_chain_of_successors_that_comes_back_ends_nowhere() -> None:
    table = pd.DataFrame({"unit": ["a", "b"], "service": "s", "valid_to": 2020, "successor": ["b", "a"]})
    assert successors(table, service="s", year=2025).of("a") is None


def test_an_unknown_unit_is_refused_with_the_nearest(known) -> None:
    said = refused(known, targets=[target(unit="nort")])
    assert f"{FILE}: targets[0].unit: no such unit" in said
    assert "did you mean 'north'?" in said
    # A unit of another service is none of this one.
    assert "no such unit" in refused(known, measures=[measure(units=["main"])])


def test_a_target_for_a_topic_nobody_asks_about_is_refused(known) -> None:
    said = refused(known, targets=[target(topic="dimension.herd")])
    assert f"{FILE}: targets[0].topic: nobody measures the topic" in said
    assert "did you mean 'dimension.heard'?" in said
    assert "nobody measures" in refused(known, measures=[measure(topic="dimension.learning")])


def test_a_target_for_an_indicator_nobody_measures_is_refused_unless_the_file_says_so(known) -> None:
    said = refused(known, targets=[figure(indicator="absence")])
    assert f"{FILE}: targets[0].indicator: nobody measures the indicator" in said
    assert "pupils_per_teacher, sick_leave" in said
    assert "measured: false" in said
    for open_about_it in ({"measured": False}, {"common_template": False}):
        assert checked(known, targets=[figure(indicator="absence", **open_about_it)])


def test_an_indicator_that_only_others_measure_is_no_error(known) -> None:
    ratio = {"desired": [8, 12], "acceptable": [12, 16], "unacceptable": [16, 40]}
    assert checked(known, targets=[figure(indicator="pupils_per_teacher", scale="number", **ratio)])


def test_an_indicator_may_be_of_a_service_without_a_survey(known) -> None:
    calls = {"desired": [0, 500], "acceptable": [501, 900], "unacceptable": [901, 9000]}
    desk = figure(service="service-desk", indicator="inquiries", scale="calls", **calls)
    assert checked(known, targets=[desk])
    said = refused(known, targets=[target(service="service-desk")])
    assert "targets[0].service: no such service" in said


def test_a_scale_that_changed_since_the_target_was_adopted_is_refused_with_both(known) -> None:
    old = {"desired": [5.0, 4.0], "acceptable": [3.9, 3.5], "unacceptable": [3.4, 1.0]}
    said = refused(known, targets=[target(scale="1-5", **old)])
    assert f"{FILE}: targets[0].scale" in said
    assert "found:    1-5, adopted 2024" in said
    assert "expected: 1-6, the scale of the questionnaire on school" in said
    assert "to do:    have the target adopted anew" in said
    said = refused(known, targets=[figure(scale="days")])
    assert "days, adopted 2024" in said
    assert "percent, as the table of indicators has it" in said


def test_an_index_and_per_cent_stand_beside_the_questionnaires_scale(known) -> None:
    points = {"scale": "0-100", "desired": [100, 75], "acceptable": [74, 60], "unacceptable": [59, 0]}
    assert checked(known, targets=[target(**points)])
    shares = {**points, "scale": "percent"}
    assert checked(known, targets=[target(topic="item.all", **shares)])
    assert "such as item.all" in refused(known, targets=[target(**shares)])
    assert "so short a scale" in refused(
        known, targets=[target(service="library", topic="item.open", **shares)]
    )


def test_a_units_target_is_on_what_units_have_results_on(known) -> None:
    said = refused(known, targets=[target(unit="north", topic="item.all")])
    assert f"{FILE}: targets[0].topic: results of single questions" in said
    assert "overall or dimension.<id>" in said


def test_a_range_outside_the_scale_is_refused(known) -> None:
    said = refused(known, targets=[target(desired=[10.0, 4.6])])
    assert f"{FILE}: targets[0].desired: a range outside the scale" in said
    assert "numbers from 1 to 6" in said


def test_what_was_adopted_or_began_after_the_round_is_refused(known) -> None:
    late = {"document": "Budget 2027", "year": 2026}
    assert "targets[0].adopted.year" in refused(known, targets=[target(adopted=late)])
    said = refused(known, measures=[measure(start=2026, status="running", decided_in=ADOPTED)])
    assert "measures[0].start: it is running after the round" in said
    # What follows from the results begins after them.
    assert checked(known, measures=[measure(start=2026)])


def test_notes_staff_and_focus_areas_are_of_services_that_there_are(known) -> None:
    said = refused(
        known,
        focus_areas=[{"id": "a", "service": "scool", "text": "To be heard"}],
        staff=[{"service": "schools", "year": 2025, "employees": 40}],
    )
    assert "2 things to mend" in said
    assert "focus_areas[0].service" in said
    assert "staff[0].service" in said
    wish = {"tone": "wish", "text": "More of it", "topic": "dimension.herd"}
    note = {"id": "n", "kind": "focus_group", "service": "school", "year": 2025, "n": 12, "points": [wish]}
    assert "notes[0].points[0].topic: nobody measures the topic" in refused(known, notes=[note])


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("country") / "demo"
    make_country(folder, municipalities=12)
    return open_store(folder)


def steering_of(store: Store, municipality: str, services: tuple[str, ...] = (), years: tuple = YEARS):
    asked = {service: store.questionnaire(service) for service in services or store.services()}
    return open_steering(
        store=store,
        municipality=municipality,
        years=years,
        labels=Labels(Language("nb"), municipality, asked, {}),
        plan_path=project_root() / "params" / "steering" / f"{municipality}.yaml",
    )


@pytest.mark.parametrize("municipality", ["9903", "9908", "9912"])
def test_the_demos_files_fit_the_demos_data(country, municipality) -> None:
    steering = steering_of(country, municipality)
    assert steering.plan.targets
    assert steering.plan.measures
    assert (steering.year, steering.model.stages[0].id) == (2025, "insight")


def test_the_demo_plants_are_measures_with_the_units_and_the_start_that_they_have(country) -> None:
    def planted(municipality: str, measure_id: str) -> tuple:
        plan = steering_of(country, municipality).plan
        found = next(m for m in plan.measures if m.id == measure_id)
        return found.service, [unit[-2:] for unit in found.units], found.topic, found.start

    # analysis.demo.scripts: measure_worked, measure_without_effect and measure_too_small.
    worked = ("school", ["02", "05", "08", "09"], "dimension.participation", 2024)
    assert planted("9903", "school-participation-2024") == worked
    without = ("school", ["02", "05", "06", "08"], "dimension.learning", 2024)
    assert planted("9908", "school-learning-2024") == without
    small = ("building-permits", ["02"], "dimension.processing", 2024)
    assert planted("9908", "building-permits-processing-2024") == small


def test_a_merged_home_of_the_demo_is_followed(country) -> None:
    moved = {(each.id, each.successor) for each in steering_of(country, "9908").followed}
    assert ("nursing-home-activities-2022", "9908-nursing-home-06") in moved


def test_services_that_the_report_does_not_have_are_left_out_of_its_steering(country) -> None:
    steering = steering_of(country, "9908", ("school",))
    # No report has the citizen service as a chapter: its figures stand in the scorecard of every one.
    assert {target.service for target in steering.plan.targets} == {"school", "citizen-service"}
    assert {area.service for area in steering.plan.focus_areas} == {"school"}
    assert steering.followed == ()


def test_a_municipality_without_a_file_has_an_empty_plan(country) -> None:
    steering = steering_of(country, "9901")
    assert steering.plan == SteeringPlan(municipality="9901")
    assert [stage.id for stage in steering.model.stages][-1] == "steering_documents"


def test_a_service_that_only_figures_tell_of_has_a_name(country) -> None:
    steering = steering_of(country, "9912", ("school",))
    labels = Labels(Language("en"), "9912", {"school": country.questionnaire("school")}, {})
    assert steering.service_name(labels, "school") == "School"
    assert steering.service_name(labels, "kindergarten") == "Kindergarten"
    assert steering.service_name(labels, "service-desk") == "service-desk"


def test_the_kansas_city_file_fits_the_citys_survey() -> None:
    store = project_root() / "data" / "kansas-city"
    if not store.is_dir():
        pytest.skip("the resident survey has not been imported here")
    steering = steering_of(open_store(Path(store)), "kansas-city", years=(2021, 2022))
    assert len(steering.plan.targets) == 4
