"""The steering ledger: which lines are drawn up, what the next round demands of them, how they are kept."""

import json

import pytest
from made_up_ledger import (
    END,
    claim,
    effect,
    last_round,
    measure,
    status,
    steering,
    table,
    target,
    waiting,
)

from analysis.core.errors import DataError, SettingsError
from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.steering.drawing_up import draw_up
from analysis.steering.ledger import VERSION, Evaluation, Ledger
from analysis.steering.ledger_file import keep_ledger, previous_ledger, read_ledger, write_ledger
from analysis.steering.plan import load_plan

FALL = claim("report_change", "lower", against="year.2023", value=-0.3, low=-0.5, high=-0.1)


def said(ledger: Ledger) -> dict[str, str]:
    return {line.id: line.finding_kind for line in ledger.lines}


@pytest.mark.parametrize(
    ("fact", "kind", "question"),
    [
        (FALL, "fall", "change"),
        (claim("report_change", "higher", against="year.2023"), "rise", "keep"),
        (claim("report_national_difference", "lower", against="nation"), "below_others", "change"),
        (claim("report_national_difference", "higher", against="nation"), "above_others", "keep"),
        (claim("strength", "", category="1"), "strength", "keep"),
        (claim("improvement", "", category="1"), "improvement", "change"),
    ],
)
def test_every_certain_finding_of_the_whole_report_has_a_line(fact, kind, question) -> None:
    (line,) = draw_up(table(fact), steering(), None).lines
    assert (line.id, line.finding_kind, line.question) == ("school/-/dimension.access", kind, question)
    assert line.findings == (fact.fact_id,)
    assert (line.measure, line.status, line.use) == ("", "open", "steering_chain")
    assert Language("en").pick(line.document) == END


@pytest.mark.parametrize(
    "fact",
    [
        claim("report_change", "no_certain_change", against="year.2023"),
        claim("report_change", "depends_on_method", against="year.2023"),
        claim("change", "lower", against="year.2023"),
        claim("report_change", "lower", against="year.2021", year=2023),
        claim("report_change", "lower", against="year.2023", municipality=""),
        FALL.missing("suppressed"),
    ],
)
def test_what_is_not_certain_over_the_whole_report_has_no_line(fact) -> None:
    assert draw_up(table(fact), steering(), None).lines == ()


def test_a_units_finding_is_for_its_own_development_and_ends_in_what_it_works_by() -> None:
    low = claim("report_unit_difference", "below", unit="s1", topic="overall", against="other_units")
    (line,) = draw_up(table(low), steering(), None).lines
    assert (line.units, line.use, line.finding_kind) == (("s1",), "own_development", "unit_below")
    assert Language("en").pick(line.document) == "The service's action plan"


@pytest.mark.parametrize(
    ("verdict", "kind"), [("unacceptable", "target_unacceptable"), ("", "target_undecided")]
)
def test_a_target_that_is_missed_or_undecided_has_a_line_for_the_next_document(verdict, kind) -> None:
    (line,) = draw_up(table(status("t1", verdict)), steering(targets=(target(),)), None).lines
    assert (line.finding_kind, line.targets) == (kind, ("t1",))
    # Not "Plan", which adopted the target before the finding was made.
    assert Language("en").pick(line.document) == "Budget, action programme and annual report"


@pytest.mark.parametrize("verdict", ["desired", "acceptable"])
def test_a_target_that_is_reached_has_none(verdict) -> None:
    assert draw_up(table(status("t1", verdict)), steering(targets=(target(),)), None).lines == ()


def test_findings_on_one_subject_share_a_line_that_the_worst_of_them_names() -> None:
    strong = claim("strength", "", category="1")
    (line,) = draw_up(table(strong, FALL), steering(), None).lines
    assert line.finding_kind == "fall"
    assert line.findings == (FALL.fact_id, strong.fact_id)


def test_findings_on_what_a_measure_serves_stand_on_the_measures_line() -> None:
    plan = {"measures": (measure(), measure("m2", units=["s1"], topic="overall")), "targets": (target(),)}
    low = claim("report_unit_difference", "below", unit="s1", topic="overall", against="other_units")
    other = claim("report_unit_difference", "below", unit="s2", topic="overall", against="other_units")
    ledger = draw_up(table(FALL, low, other, effect(), effect("m2", topic="overall")), steering(**plan), None)
    assert said(ledger) == {
        "measure/m1": "fall",
        "measure/m2": "unit_below",
        "school/s2/overall": "unit_below",
    }
    first = ledger.line_of("m1")
    assert first.targets == ("t1",)
    assert Language("en").pick(first.document) == "Budget, action programme and annual report"


def test_a_measure_without_a_finding_has_a_line_that_follows_it_up() -> None:
    ledger = draw_up(table(effect()), steering(measures=(measure(),)), None)
    assert said(ledger) == {"measure/m1": "measure"}
    line = ledger.lines[0]
    assert (line.question, line.paragraph, line.status) == ("follow_up", "outcome", "running")


@pytest.mark.parametrize(
    ("status", "question"), [("proposed", "change"), ("decided", "change"), ("running", "follow_up")]
)
def test_users_are_not_asked_what_they_noticed_of_a_measure_that_has_not_begun(status, question) -> None:
    plan = {"measures": (measure(start=2026, status=status),)}
    (line,) = draw_up(table(), steering(**plan), None).lines
    assert line.question == question


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        ("worked", "worked"),
        ("worse", "worse"),
        ("no_certain_effect", "no_certain_effect"),
        ("", "cannot_judge"),
    ],
)
def test_what_the_survey_said_of_a_measure_stands_on_its_line(verdict, outcome) -> None:
    fact = effect(verdict=verdict)
    (line,) = draw_up(table(fact), steering(measures=(measure(),)), None).lines
    assert line.evaluation == Evaluation(year=2025, outcome=outcome, fact=fact.fact_id)


def test_the_municipalitys_own_words_stand_beside_the_surveys() -> None:
    plan = {"measures": (measure(outcome={"year": 2025, "text": "Well received."}),)}
    (judged,) = draw_up(table(effect()), steering(**plan), None).lines
    assert (judged.evaluation.outcome, judged.evaluation.words) == ("worked", "Well received.")
    (told,) = draw_up(table(), steering(**plan), None).lines
    assert (told.evaluation.outcome, told.evaluation.fact) == ("reported", "")


def test_the_last_rounds_measure_without_an_outcome_makes_the_run_fail_with_its_id() -> None:
    lines = (waiting("m1"), waiting("m2", status="finished"), waiting("m3"), waiting("m4"))
    plan = {"measures": (measure("m2", start=2025), measure("m3", status="proposed"), measure("m4"))}
    with pytest.raises(SettingsError) as refused:
        draw_up(table(effect("m4")), steering(**plan), last_round(*lines))
    assert refused.value.found.split("; ") == [
        "m1: it stood in the last ledger, and is not in the steering file",
        "m2: no outcome, and its start is now 2025, not before this round",
        "m3: no outcome, and its status went back to proposed",
    ]
    assert "an outcome with the year 2025 or later" in refused.value.expected


@pytest.mark.parametrize(
    ("given", "fact"),
    [({}, effect()), ({}, effect(verdict="")), ({"outcome": {"year": 2025, "text": "Stopped."}}, None)],
)
def test_an_effect_a_refusal_to_judge_or_words_are_a_line_on_the_outcome(given, fact) -> None:
    facts = table(*([fact] if fact else []))
    (line,) = draw_up(facts, steering(measures=(measure(**given),)), last_round(waiting())).lines
    assert line.evaluation is not None
    assert line.since == 2023


def test_words_from_before_this_round_are_none() -> None:
    plan = {"measures": (measure(outcome={"year": 2024, "text": "So far so good."}),)}
    with pytest.raises(SettingsError, match="m1: no outcome, and no measure_effect among the facts"):
        draw_up(table(), steering(**plan), last_round(waiting()))


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (waiting(status="decided"), True),
        (waiting(status="stopped"), True),
        (waiting(status="proposed"), False),
        (waiting(service="library"), True),
        (waiting(measure="", status="open"), False),
        (waiting(evaluation=Evaluation(year=2023, outcome="reported", words="Done.")), False),
    ],
)
def test_a_line_is_carried_on_until_its_measure_has_an_outcome(line, kept) -> None:
    ledger = draw_up(table(), steering(), last_round(line))
    assert ledger.lines == ((line,) if kept else ())


@pytest.mark.parametrize("state", ["finished", "stopped"])
def test_a_measure_that_was_told_of_and_is_over_has_no_line_any_more(state) -> None:
    over = steering(measures=(measure(status=state, outcome={"year": 2023, "text": "Done."}),))
    assert draw_up(table(effect()), over, None).lines == ()
    told = waiting(status=state, evaluation=Evaluation(year=2023, outcome="reported", words="Done."))
    assert draw_up(table(effect()), over, last_round(told)).lines == ()
    running = steering(measures=(measure(outcome={"year": 2023, "text": "So far."}),))
    assert said(draw_up(table(effect()), running, None)) == {"measure/m1": "measure"}


@pytest.mark.parametrize("given", [{"municipality": "9902"}, {"year": 2025}])
def test_a_ledger_of_another_place_or_not_of_an_earlier_round_is_refused(given) -> None:
    with pytest.raises(SettingsError, match="not the last round's ledger"):
        draw_up(table(), steering(), last_round(**given))


def test_the_order_of_facts_within_a_service_changes_nothing() -> None:
    facts = table(FALL, claim("strength", "", category="1"), status("t1", ""), effect())
    turned = facts.iloc[[0, *range(len(facts) - 1, 0, -1)]].reset_index(drop=True)
    plan = steering(targets=(target(topic="dimension.respect"),), measures=(measure(),))
    assert draw_up(facts, plan, None) == draw_up(turned, plan, None)


def drawn() -> Ledger:
    return draw_up(table(FALL, effect()), steering(measures=(measure(),), targets=(target(),)), None)


def test_a_ledger_is_read_as_it_was_written(tmp_path) -> None:
    path = write_ledger(drawn(), tmp_path / "ledger.json")
    assert path == tmp_path / "ledger.json"
    assert read_ledger(path) == drawn()
    assert json.loads(path.read_text("utf-8"))["version"] == VERSION


def test_a_ledger_is_never_changed_in_place(tmp_path) -> None:
    first, later = drawn(), last_round(year=2025)
    paths = [keep_ledger(ledger, tmp_path) for ledger in (first, first, later, later, first)]
    assert [path.name for path in paths] == [
        "9901-2025.json", "9901-2025.json", "9901-2025.2.json", "9901-2025.2.json", "9901-2025.3.json",
    ]  # fmt: skip
    assert read_ledger(paths[0]) == first


def test_the_next_round_is_given_the_last_one_in_its_latest_edition(tmp_path) -> None:
    for ledger in (last_round(year=2021), last_round(), last_round(waiting()), last_round(year=2025)):
        keep_ledger(ledger, tmp_path)
    keep_ledger(last_round(municipality="9901-b", year=2024), tmp_path)
    assert previous_ledger(tmp_path, municipality="9901", year=2025) == last_round(waiting())
    assert previous_ledger(tmp_path, municipality="9901", year=2021) is None
    assert previous_ledger(tmp_path / "none", municipality="9901", year=2025) is None


def test_a_ledger_of_an_older_version_is_read_and_left_as_it_is(tmp_path) -> None:
    path = tmp_path / "9901-2023.json"
    old = waiting(units=("s1",), purpose="own_development").model_dump(mode="json")
    for name in ("since", "purpose", "units", "findings"):
        del old[name]
    old |= {"unit": "s1", "finding": waiting().findings[0]}
    text = json.dumps({"municipality": "9901", "year": 2023, "lines": [old]})
    path.write_text(text, encoding="utf-8")
    assert read_ledger(path) == last_round(waiting(units=("s1",), purpose="own_development"))
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (json.dumps({"version": 99, "municipality": "9901", "year": 2023}), DataError, "does not know"),
        ("{", DataError, "not valid JSON"),
        ("[]", SettingsError, "holds no settings"),
        (json.dumps({"version": 1, "municipality": "9901", "year": "soon"}), SettingsError, "year"),
        (
            json.dumps({"version": 1, "municipality": "9901", "year": 2023, "extra": 1}),
            SettingsError,
            "extra",
        ),
    ],
)
def test_what_is_no_ledger_is_refused(tmp_path, content, error, message) -> None:
    path = tmp_path / "ledger.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(error, match=message):
        read_ledger(path)


def test_a_ledger_that_is_not_there_is_said_so(tmp_path) -> None:
    with pytest.raises(DataError, match="no ledger here"):
        read_ledger(tmp_path / "none.json")


def test_lines_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValueError, match="status open"):
        waiting(status="open")
    with pytest.raises(ValueError, match="every line once"):
        last_round(waiting(), waiting())
    with pytest.raises(ValueError, match="a fact or words"):
        Evaluation(year=2025, outcome="worked")


@pytest.mark.parametrize("municipality", ["9903", "9908", "9912"])
def test_the_demo_keeps_the_last_rounds_ledgers_and_its_plans_know_their_measures(municipality) -> None:
    steering = project_root() / "params" / "steering"
    kept = previous_ledger(steering / "ledger", municipality=municipality, year=2025)
    plan = load_plan(steering / f"{municipality}.yaml", municipality=municipality)
    assert kept is not None
    measures = [line for line in kept.lines if line.measure]
    assert measures
    assert {line.measure for line in measures} <= {measure.id for measure in plan.measures}
    told = {measure.id for measure in plan.measures if measure.outcome and measure.outcome.year >= 2025}
    running = {line.measure for line in measures if line.status == "running"}
    assert running <= told
    assert bool(running) == (municipality == "9903")
