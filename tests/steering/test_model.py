"""The steering model, and what a municipality's results put at each of its stages."""

import pandas as pd
import pytest
import yaml

from analysis.core.errors import SettingsError
from analysis.core.paths import project_root
from analysis.facts.table import Fact, tabulate
from analysis.steering.catalogue import default_catalogue
from analysis.steering.context import MODEL, Steering
from analysis.steering.model import load_model
from analysis.steering.plan import SteeringPlan
from analysis.steering.stages import stage_contents
from analysis.survey.codebook import Questionnaire

PLACE = {"municipality": "9901", "service": "school", "year": 2025}


def shipped():
    return load_model(project_root() / MODEL)


def steering(plan: SteeringPlan | None = None) -> Steering:
    asked = Questionnaire(service="school", name="School", items=[{"id": "all", "text": "All in all?"}])
    return Steering(
        plan=plan or SteeringPlan(municipality="9901"),
        model=shipped(),
        catalogue=default_catalogue({"school": asked}),
        indicators=pd.DataFrame(),
        units=pd.DataFrame(),
        years=(2023, 2025),
    )


@pytest.fixture
def plan() -> SteeringPlan:
    adopted = {"document": {"nb": "Budsjett", "en": "Budget"}, "year": 2024}
    ranges = {"desired": [6.0, 4.6], "acceptable": [4.5, 4.0], "unacceptable": [3.9, 1.0]}
    target = {"success_factor": "Good", "service": "school", "topic": "overall", "scale": "1-6", **ranges}
    measure = {"title": "Meetings", "service": "school", "owner": "Head of schools", "start": 2024}
    return SteeringPlan(
        municipality="9901",
        targets=[{**target, "id": f"t{i}", "adopted": adopted} for i in range(5)],
        measures=[
            {**measure, "id": "now", "status": "running", "decided_in": {**adopted, "document": "Agreement"}},
            {**measure, "id": "then", "status": "finished", "decided_in": adopted,
             "outcome": {"year": 2025, "text": "Well received."}},
            {**measure, "id": "next", "start": 2026},
        ],
    )  # fmt: skip


def results() -> pd.DataFrame:
    def mean(**place: object) -> Fact:
        return Fact(**PLACE | {"statistic": "mean", "topic": "overall", "value": 4.5, "n": 40} | place)

    claims = [("report_change", "", "higher"), ("report_change", "", "no_certain_change")]
    claims += [("report_unit_difference", "north", "below"), ("report_national_difference", "", "lower")]
    return tabulate(
        [
            mean(),
            mean(unit="north"),
            mean(unit="south", value=None, n=None, state="suppressed"),
            mean(year=2023, unit="east"),
            # The nation's own mean is nothing that the municipality's stages hold.
            mean(municipality=""),
            Fact(statistic="respondents", municipality="9901", year=2025, value=80, n=80, scale="count"),
            *(
                Fact(**PLACE, statistic=s, unit=unit, topic=f"item.q{i}", value=0.1, verdict=verdict)
                for i, (s, unit, verdict) in enumerate(claims)
            ),
            Fact(**PLACE, statistic="strength", topic="item.q1", category="1", value=80),
            Fact(**PLACE, statistic="improvement", topic="item.q2", category="1", value=40),
        ]
    )


def steered() -> pd.DataFrame:
    def status(target: str, verdict: str = "", state: str = "measured") -> Fact:
        fact = Fact(**PLACE, statistic="target_status", category=target, value=4.6, verdict=verdict)
        return fact if state == "measured" else fact.missing(state)

    effect = {**PLACE, "statistic": "measure_effect", "category": "now", "value": 0.4, "verdict": "worked"}
    return tabulate(
        [
            status("t0", "desired"),
            status("t1", "unacceptable"),
            status("t2", state="undecided"),
            status("t3", state="not_measured_common_template"),
            status("t4", state="suppressed"),
            # Of a target that is in the plan no more.
            status("gone", "desired"),
            Fact(**effect),
            Fact(**effect | {"category": "then"}).missing("undecided", "cannot_judge.few_units"),
        ]
    )


def counted(facts: pd.DataFrame, plan: SteeringPlan | None = None) -> dict[str, int]:
    contents = stage_contents(shipped(), facts, steering(plan))
    return {c.kind: c.n for content in contents for found in content.found.values() for c in found}


def test_the_shipped_model_has_the_five_stages_of_bedrekommune_in_both_languages() -> None:
    # bedrekommune.no: insight, user dialogue, result dialogue and involvement, quality improvement, central
    # steering documents.
    stages = shipped().stages
    assert [stage.id for stage in stages] == [
        "insight", "user_dialogue", "result_dialogue", "quality_improvement", "steering_documents",
    ]  # fmt: skip
    for stage in stages:
        for words in (stage.name, stage.purpose, stage.document, *stage.takes_part):
            assert set(words) == {"nb", "en"}


def test_a_model_with_a_stage_twice_or_too_few_is_refused(tmp_path) -> None:
    content = yaml.safe_load((project_root() / MODEL).read_text("utf-8"))
    path = tmp_path / "model.yaml"
    path.write_text(yaml.safe_dump({**content, "stages": [*content["stages"], content["stages"][0]]}))
    with pytest.raises(SettingsError, match=r"every stage once, found twice: \['insight'\]"):
        load_model(path)
    path.write_text(yaml.safe_dump({**content, "stages": content["stages"][:2]}))
    with pytest.raises(SettingsError, match="stages"):
        load_model(path)
    path.write_text(yaml.safe_dump({**content, "stages": [{**content["stages"][0], "needs": ["money"]}] * 3}))
    with pytest.raises(SettingsError, match=r"stages\[0\]\.needs"):
        load_model(path)


def test_each_stage_counts_what_the_results_put_there() -> None:
    found = counted(results())
    assert {kind: found[kind] for kind in ("services", "units", "answers")} == {
        "services": 1, "units": 1, "answers": 80,
    }  # fmt: skip
    assert {kind: found[kind] for kind in ("over_time", "between_units", "with_others")} == {
        "over_time": 2, "between_units": 1, "with_others": 1,
    }  # fmt: skip
    assert (found["positive"], found["negative"]) == (1, 2)
    assert (found["strengths"], found["improvements"]) == (1, 1)


def test_targets_and_measures_are_counted_by_their_state(plan) -> None:
    facts = pd.concat([results(), steered()], ignore_index=True)
    found = counted(facts, plan)
    targets = ("desired", "acceptable", "unacceptable", "undecided", "not_measured", "suppressed")
    assert [found.get(kind, 0) for kind in targets] == [1, 0, 1, 1, 1, 1]
    assert [found[kind] for kind in ("running", "proposed", "ended", "worked", "cannot_judge")] == [1] * 5
    assert found["reported"] == 1


def test_every_count_names_what_it_counts(plan) -> None:
    facts = pd.concat([results(), steered()], ignore_index=True)
    for content in stage_contents(shipped(), facts, steering(plan)):
        for count in (each for found in content.found.values() for each in found):
            assert set(count.fact_ids) <= set(facts["fact_id"])
            if count.kind != "answers":
                assert count.n == len(count.fact_ids or count.ids)


def test_where_targets_have_no_facts_the_plan_is_counted(plan) -> None:
    found = counted(results(), plan)
    assert found["adopted"] == 5
    assert "desired" not in found
    assert "worked" not in found


def test_the_document_with_most_targets_and_measures_stands_first(plan) -> None:
    last = stage_contents(shipped(), results(), steering(plan))[-1]
    # The measure that has ended is in its document no more.
    assert [(count.name, count.n) for count in last.found["documents"]] == [
        ({"nb": "Budsjett", "en": "Budget"}, 5),
        ("Agreement", 1),
    ]


def test_without_results_and_without_a_plan_every_stage_is_there_and_empty() -> None:
    contents = stage_contents(shipped(), tabulate(()), steering())
    assert len(contents) == 5
    assert all(found == () for content in contents for found in content.found.values())


def test_the_order_of_the_facts_changes_no_count(plan) -> None:
    facts = pd.concat([results(), steered()], ignore_index=True)
    assert counted(facts, plan) == counted(facts.iloc[::-1].reset_index(drop=True), plan)
