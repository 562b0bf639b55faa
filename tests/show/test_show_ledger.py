"""The ledger in words: from a finding to its question, its measure, its document and its outcome."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.facts.table import Fact, join, tabulate
from analysis.show import Canvas
from analysis.show.learning import write_learning
from analysis.show.ledger import tabulate_ledger, write_ledger_chapter
from analysis.show.measure_words import judge_measure, judge_outcome, say_grounds, say_judgement
from analysis.show.unit_dialogue import write_unit_dialogue
from analysis.steering.catalogue import default_catalogue
from analysis.steering.context import Steering
from analysis.steering.drawing_up import draw_up
from analysis.steering.learning import Account
from analysis.steering.ledger import Ledger
from analysis.steering.model import load_model
from analysis.steering.plan import SteeringPlan

EN, NB = Language("en"), Language("nb")
PLACE = {"municipality": "9901", "service": "kindergarten", "year": 2025, "level": 0.95}
DECIDED = {"document": {"nb": "Budsjett 2024", "en": "Budget 2024"}, "year": 2023}
MEASURES = (
    {
        "id": "m1", "title": {"nb": "Ukebrev", "en": "Weekly letter"}, "service": "kindergarten",
        "units": ["u0", "u1"], "topic": "dimension.information", "start": 2024, "status": "running",
        "owner": {"nb": "Barnehagesjef", "en": "Head of kindergartens"}, "decided_in": DECIDED,
        "tool": {"nb": "Felles mal", "en": "A common template"},
    },
    {
        "id": "m2", "title": {"nb": "Veiledning", "en": "Guidance"}, "service": "kindergarten",
        "units": ["u7"], "topic": "overall", "start": 2026, "owner": "Styrer", "purpose": "own_development",
    },
)  # fmt: skip
TARGET = {
    "id": "t1", "success_factor": "Quality", "service": "kindergarten", "topic": "dimension.access",
    "scale": "1-6", "desired": [6.0, 4.6], "acceptable": [4.5, 4.0], "unacceptable": [3.9, 1.0],
    "adopted": {"document": "Plan 2024", "year": 2023},
}  # fmt: skip


def claim(statistic: str, verdict: str, topic: str, value: float = 0.3, **given) -> Fact:
    numbers = {"value": value, "se": 0.1, "low": value - 0.2, "high": value + 0.2, "n": 300, "p": 0.01}
    said = PLACE | numbers | {"scale": "1-6"} | given
    return Fact(statistic=statistic, verdict=verdict, topic=topic, **said)


EFFECT = claim(
    "measure_effect", "worked", "dimension.information", 0.6, category="m1", against="other_units", N=2
)
NO_EFFECT = replace(EFFECT, verdict="no_certain_effect", value=-0.1, low=-0.4, high=0.2)
REFUSED = EFFECT.missing("undecided", "cannot_judge.few_units")
CHANGED = claim(
    "measure_change", "", "dimension.information", -0.2, category="m1", unit="u0", against="year.2023"
)


def on_target(statistic: str, value: float | None, **given) -> Fact:
    place = PLACE | {"topic": "dimension.access", "category": "t1", "scale": "1-6", "n": 300, "level": None}
    return Fact(statistic=statistic, value=value, **(place | given))


MISSED = (
    on_target("target_result", 3.4),
    on_target("target_status", 3.4, verdict="unacceptable"),
    *(
        on_target("band_probability", chance, category=f"t1.{band}", scale="share")
        for band, chance in (("desired", 0.0), ("acceptable", 0.06), ("unacceptable", 0.94))
    ),
)
FOUND = (
    claim("report_change", "higher", "dimension.information", against="year.2023"),
    claim("report_change", "lower", "dimension.access", -0.3, against="year.2023"),
    claim("report_national_difference", "lower", "dimension.wellbeing", -0.3, against="nation"),
    claim("report_national_difference", "lower", "dimension.respect", -0.3, against="nation"),
    claim("report_unit_difference", "below", "overall", -0.5, unit="u7", against="other_units"),
    claim("strength", "", "dimension.competence", 80, low=77, high=83, scale="0-100", category="1"),
)


@pytest.fixture(scope="module")
def steering(asked) -> Steering:
    return Steering(
        plan=SteeringPlan.model_validate({"municipality": "9901", "measures": MEASURES, "targets": [TARGET]}),
        model=load_model(project_root() / "params" / "steering-model.yaml"),
        catalogue=default_catalogue({"kindergarten": asked}),
        indicators=pd.DataFrame(
            columns=["municipality", "topic", "indicator", "year", "value", "unit", "source"]
        ),
        units=pd.DataFrame(columns=["unit", "name", "service", "valid_from", "valid_to", "successor"]),
        years=(2021, 2023, 2025),
    )


@pytest.fixture(scope="module")
def found(facts) -> pd.DataFrame:
    return join([facts, tabulate([*FOUND, *MISSED, EFFECT])])


@pytest.fixture(scope="module")
def ledger(found, steering) -> Ledger:
    return draw_up(found, steering, None)


def section(markdown: str, title: str) -> dict[str, str]:
    """Read the steps under a heading: what stands in bold, and what follows."""
    (body,) = [part for part in markdown.split("### ")[1:] if part.startswith(title)]
    body = body.split("\n## ")[0]
    return dict(re.findall(r"^- \*\*(.+?)\.\*\* (.+)$", body, re.MULTILINE))


@pytest.fixture
def told(make, asked, found, steering, ledger, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    return write_ledger_chapter(canvas, found, steering, ledger).markdown


def test_every_line_goes_from_its_finding_to_its_evaluation(told):
    steps = section(told, "Kindergarten: certain rise in information")
    assert list(steps) == [
        "Finding", "Question for the user dialogue", "Point for the result dialogue", "Measure",
        "Paragraph for Budget, action programme and annual report", "Evaluation",
    ]  # fmt: skip
    assert steps["Finding"].startswith("Information: certain rise since 2023, +0.3 (95%")
    assert "What have parents noticed of “Weekly letter”" in steps["Question for the user dialogue"]
    assert steps["Measure"] == (
        "Weekly letter (running). At Solbakken and Myrvoll. Owner: head of kindergartens. From 2024. "
        "Decided in Budget 2024, 2023."
    )
    assert steps["Evaluation"] == (
        "The survey of 2025 shows that the measure worked: +0.6 on the scale 1–6 for information, compared "
        "with those without it (95% confidence interval +0.4 to +0.8). The measure was in 2 units, with at "
        "least 300 answers both before and after. Compared is how much the results changed from before "
        "the measure to after it, with it and without it. That presumes that all would else have changed "
        "alike. Looked at again in the survey of 2027."
    )


def test_the_result_dialogue_holds_what_was_achieved_against_what_was_adopted(told):
    steps = section(told, "Kindergarten: accessibility is unacceptable by the target")
    assert steps["Point for the result dialogue"] == (
        "Accessibility: 3.4, required 6.0–4.6 (Plan 2024, 2023). Unacceptable, probable."
    )
    assert "unacceptable 94%" in steps["Finding"]
    assert "certain fall since 2023" in steps["Finding"]
    assert steps["Measure"] == "None is proposed yet."
    assert "Paragraph for Budget, action programme and annual report" in steps


def test_the_two_uses_are_kept_apart(told):
    chain, own = told.split("## The units\\' own development and dialogue with their users")
    assert "## In the steering chain, up to the council {#sec-kindergarten-steering-chain}" in chain
    assert "### Kindergarten, Skogstua: below the other kindergartens" in own
    assert "### Kindergarten, Skogstua" not in chain
    assert own.count("### ") == 1


def test_of_a_measure_in_several_units_the_title_names_the_one_that_was_found(make, asked, found, steering):
    plan = steering.plan.model_dump(mode="json")
    plan["measures"][1]["units"] = ["u2", "u7"]
    wider = replace(steering, plan=SteeringPlan.model_validate(plan))
    shown = write_ledger_chapter(make.canvas(asked, language="en"), found, wider, draw_up(found, wider, None))
    assert "Kindergarten, Skogstua: below the other kindergartens" in shown.plain
    assert "At Tangen and Skogstua." in shown.plain


def test_lines_that_nothing_is_done_about_and_that_differ_by_topic_alone_are_told_together(told):
    steps = section(told, "Kindergarten: below the mean of the municipalities on")
    assert "Well-being: below the mean of 24 municipalities" in steps["Finding"]
    assert "Respectful treatment: below the mean of 24 municipalities" in steps["Finding"]


def test_the_table_sets_findings_against_measure_outcome_and_document(told):
    rows = [line for line in told.splitlines() if line.startswith("| Kindergarten")]
    assert len(rows) == 5
    assert (
        "| Kindergarten: certain rise in information | Weekly letter (running). Head of kindergartens | "
        "▲\N{NO-BREAK SPACE}worked | Budget, action programme and annual report |" in rows
    )
    assert all(cell.strip() for row in rows for cell in row.strip("|").split("|"))


def test_the_table_says_when_an_open_line_is_looked_at_and_what_is_kept(told):
    rows = {row.split(" | ")[0]: row.split(" | ")[1:3] for row in told.splitlines() if row.startswith("| K")}
    assert rows["| Kindergarten: to preserve: staff competence"] == ["to be preserved", "looked at in 2027"]


def test_a_question_on_many_topics_names_them_all(make, asked, found, steering, tmp_path):
    topics = [f"dimension.{item.id}" for item in asked.dimensions]
    below = [claim("report_national_difference", "lower", topic, -0.3, against="nation") for topic in topics]
    every = join([found[~found["statistic"].str.startswith("report_")], tabulate(below)])
    without = replace(steering, plan=SteeringPlan(municipality="9901"))
    canvas = make.canvas(asked, tmp_path, language="en")
    text = write_ledger_chapter(canvas, every, without, draw_up(every, without, None)).markdown
    steps = section(text, "Kindergarten: below the mean of the municipalities on")
    named = [canvas.labels.topic("kindergarten", topic) for topic in topics]
    assert len(named) > 4
    asks = steps["Question for the user dialogue"]
    assert all(name.lower() in asks.lower() for name in named)


def test_a_measure_that_is_done_with_is_told_last_with_what_became_of_it(
    make, asked, found, steering, tmp_path
):
    done = MEASURES[0] | {"id": "m0", "title": "Open day", "start": 2022, "status": "finished"}
    done |= {"outcome": {"year": 2023, "text": "Many came."}}
    plan = SteeringPlan.model_validate({"municipality": "9901", "measures": [*MEASURES, done]})
    after = replace(steering, plan=plan)
    canvas, drawn = make.canvas(asked, tmp_path, language="en"), draw_up(found, after, None)
    assert drawn.line_of("m0") is None
    text = write_ledger_chapter(canvas, found, after, drawn).markdown
    last = text.split("\n## ")[-1]
    assert last.startswith("What became of the measures that are done with")
    assert "Kindergarten: Open day" in last
    assert "Begun in 2022, finished. The service reports (2023): Many came." in last
    assert "Weekly letter" not in last
    elsewhere = write_unit_dialogue(canvas, found, after, drawn, "u7").markdown
    assert "Open day" in write_unit_dialogue(canvas, found, after, drawn, "u0").markdown
    assert "Open day" not in elsewhere


def test_a_change_of_few_answers_is_told_without_an_interval(lab, found):
    few = replace(
        CHANGED, se=None, low=None, high=None, level=None, p=None, n=7, state="undecided", note="few"
    )
    refused = EFFECT.missing("undecided", "cannot_judge.few")
    said = say_grounds(lab, join([found, tabulate([few])]), refused)
    assert len(said) == 1
    assert "konfidensintervall" not in said[0]
    assert "For få svarte til å si hvor sikkert det er" in said[0]


@pytest.mark.parametrize("language", ["nb", "en"])
def test_no_sentence_is_left_unfilled_or_empty(make, asked, found, steering, ledger, tmp_path, language):
    text = write_ledger_chapter(
        make.canvas(asked, tmp_path, language=language), found, steering, ledger
    ).markdown
    assert not re.search(r"\\\{\w+\\\}", text)
    assert not re.search(r"\*\* *$", text, re.MULTILINE)


def test_a_line_of_an_earlier_round_says_where_its_finding_stands(make, asked, found, steering, ledger):
    old = ledger.line_of("m1").model_copy(
        update={
            "findings": ("9901/kindergarten/-/2023/overall/-/report_change/year.2021",),
            "measure": "gone",
        }
    )
    waiting = Ledger(municipality="9901", year=2025, lines=(old,))
    shown = write_ledger_chapter(make.canvas(asked, language="en"), found, steering, waiting).plain
    assert "Found in the survey of 2023, see its report." in shown
    assert "“gone”, which no longer stands in the steering file." in shown


def test_an_empty_ledger_says_so(report, found, steering):
    empty = Ledger(municipality="9901", year=2025)
    for show in (tabulate_ledger, write_ledger_chapter):
        assert show(report, found, steering, empty).markdown.startswith("::: {.callout-note}")


def test_the_chapter_is_html_in_jupyterlab_and_the_same_each_time(lab, found, steering, ledger):
    first, second = (write_ledger_chapter(lab, found, steering, ledger) for _ in range(2))
    assert first == second
    assert "<table" in first.html


@pytest.mark.parametrize(
    ("fact", "sign", "certain"),
    [
        (EFFECT, "▲", True),
        (replace(EFFECT, verdict="worse"), "▼", True),
        (NO_EFFECT, "", False),
        (REFUSED, "◇", False),
        (EFFECT.missing("suppressed"), "⊘", False),
        (None, "◇", False),
    ],
)
def test_only_a_certain_effect_has_a_direction(fact, sign, certain):
    verdict = judge_measure(EN, fact)
    assert (verdict.sign, verdict.certain) == (sign, certain)
    assert verdict.word


def test_an_outcome_reads_as_its_fact_does():
    assert judge_outcome(NB, "worked") == judge_measure(NB, EFFECT)
    assert judge_outcome(NB, "cannot_judge") == judge_measure(NB, REFUSED)
    assert judge_outcome(NB, "reported").word


@pytest.mark.parametrize(
    "reason",
    ["few_units", "no_comparison", "rounds", "not_measured", "no_variation", "not_identified", "indicator"],
)
def test_a_refusal_to_judge_says_why_and_what_changed_without_crediting_the_measure(lab, found, reason):
    canvas = Canvas(report=False, folder=None, prefix="x", labels=replace(lab.labels, language=EN))
    refused = EFFECT.missing("undecided", f"cannot_judge.{reason}")
    said = say_judgement(canvas, refused)
    assert said.startswith("The survey of 2025 cannot judge the measure: ")
    assert not re.search("higher|lower|worked", said)
    (changed,) = say_grounds(canvas, tabulate([CHANGED]), refused)
    # With one decimal the interval would end at nil on either side of it.
    assert changed.startswith("Solbakken changed by −0.20 since 2023 (95% confidence interval −0.40 to 0.00)")
    assert changed.endswith("that need not be the measure's doing.")


def test_what_an_effect_rests_on_is_said(lab):
    canvas = Canvas(report=False, folder=None, prefix="x", labels=replace(lab.labels, language=EN))
    elsewhere = replace(EFFECT, against="other_municipalities", note="fewer_units", N=1)
    said = say_judgement(canvas, elsewhere)
    assert "Only 1 unit with the measure had enough answers" in said
    assert say_judgement(canvas, NO_EFFECT).startswith("The survey of 2025 shows no certain effect")


@pytest.mark.parametrize(
    ("against", "treated", "said"),
    [
        ("other_units", 4, "Those without it are 22 units of the municipality's own."),
        ("other_municipalities", None, "Those without it are 7 other municipalities."),
        ("peers.3", None, "Those without it are 7 other municipalities (peer group 3)."),
        (
            "peers.nearest.9903",
            1,
            "those of 7 other municipalities (the municipalities most alike) are among",
        ),
        ("other_municipalities", 1, "too few, so those of 7 other municipalities are among them."),
    ],
)
def test_what_it_is_compared_with_is_said_with_how_many_they_are(lab, against, treated, said):
    canvas = Canvas(report=False, folder=None, prefix="x", labels=replace(lab.labels, language=EN))
    effect = replace(EFFECT, against=against, N=treated)
    places = None if against == "other_units" else 7
    counted = replace(effect, statistic="compared_units", value=22.0, N=places, verdict="", scale="number")
    rests, grounds, presumes = say_grounds(canvas, tabulate([effect, counted]), effect)
    assert said in grounds
    assert f"{effect.n} answers" in rests
    assert (f"in {treated} unit" in rests) == (treated is not None)
    assert presumes.endswith("That presumes that all would else have changed alike.")
    assert say_grounds(canvas, tabulate([effect]), effect) == [rests, presumes]


def test_a_figures_change_keeps_its_unit_of_measure_and_is_not_called_an_effect(lab):
    canvas = Canvas(report=False, folder=None, prefix="x", labels=replace(lab.labels, language=EN))
    refused = EFFECT.missing("undecided", "cannot_judge.indicator")
    change = replace(CHANGED, unit="", method="supplied", value=-0.8, scale="percent", low=None, high=None)
    assert "compared from year to year, but not tested" in say_judgement(canvas, refused)
    (said,) = say_grounds(canvas, tabulate([change]), refused)
    assert said == (
        "The figure changed by −0.8 percentage points since 2023; that need not be the measure's doing."
    )


def page(lab, found, steering, language: Language = EN) -> str:
    labels = replace(lab.labels, language=language)
    account = Account(plan=steering.plan, ledger=draw_up(found, steering, None), facts=found)
    return write_learning([account], {"9901": labels}, language=language)


def test_the_catalogue_of_measures_can_be_read_without_javascript(lab, found, steering):
    html = page(lab, found, steering)
    body = html[: html.index("<script>")]
    assert '<div class="learning-search" role="search" hidden>' in body
    for part in (
        "<h3>Results in the steering chain</h3>",
        "<h4>Weekly letter</h4>",
        "▲\N{NO-BREAK SPACE}Worked. ",
    ):
        assert part in body
    assert "<dt>Where</dt><dd>Fjordvik, kindergarten, 2 kindergartens</dd>" in body
    assert "Guidance" not in body


def test_its_search_field_has_a_label_and_tells_how_many_are_left(lab, found, steering):
    html = page(lab, found, steering)
    assert '<label for="learning-query">Search in the measures</label>' in html
    assert '<p class="learning-count" role="status" data-text="{shown} of 1 measures"></p>' in html
    assert 'aria-labelledby="learning"' in html
    assert html.count('id="learning"') == 1


def test_it_counts_tools_and_tells_of_survey_designs(lab, found, steering):
    html = page(lab, found, steering, NB)
    assert '<tr><th scope="row">Felles mal</th><td>1</td><td>1 virket</td></tr>' in html
    answers = "2021, 2023, 2025. 320 svar (62\N{NO-BREAK SPACE}%)"
    assert f'<tr><th scope="row">Fjordvik, barnehage</th><td>{answers}</td>' in html


def test_words_of_a_plan_stay_words_in_html(lab, found, steering):
    plan = steering.plan.model_dump(mode="json")
    plan["measures"][0] |= {"title": "<b>Letter</b> & more", "tool": '"><script>'}
    html = page(lab, found, replace(steering, plan=SteeringPlan.model_validate(plan)))
    assert "<h4>&lt;b&gt;Letter&lt;/b&gt; &amp; more</h4>" in html
    assert html.count("<script>") == 1


def test_where_nothing_is_known_of_any_measure_there_is_no_section(lab, facts, steering):
    bare = replace(steering, plan=SteeringPlan(municipality="9901"))
    assert page(lab, facts, bare) == ""
