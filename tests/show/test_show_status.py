"""The status report's chapter and the strengths: equal room, thresholds, response rate beside each."""

import re

import pytest
from invented_steering import PLAN, note, steering_of, with_steering

from analysis.facts import Fact, join, tabulate
from analysis.show.preserve import write_preserve_improve
from analysis.show.status import headline_status, write_feedback, write_outcomes, write_status_report

REPORT = {"municipality": "9901", "service": "kindergarten", "year": 2025, "level": 0.95, "n": 300}


def certain(topic: str, value: float, verdict: str) -> Fact:
    return Fact(
        **REPORT, statistic="report_change", topic=topic, against="year.2023", value=value, low=value - 0.1,
        high=value + 0.1, p=0.001, p_adjusted=0.01, scale="1-6", verdict=verdict,
    )  # fmt: skip


def chapter(asked, facts, canvas, plan=None) -> str:
    steering = steering_of(asked, plan)
    return write_status_report(canvas, with_steering(facts, steering), steering).markdown


def sides(markdown: str) -> list[list[str]]:
    parts = re.split(r"^### .*$", markdown, flags=re.M)[1:3]
    return [[line for line in part.splitlines() if line.startswith("- ")] for part in parts]


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize(
    "claims",
    [
        [],
        [("dimension.access", 0.4, "higher")],
        [("dimension.wellbeing", -0.4, "lower"), ("dimension.respect", -0.3, "lower")],
        [("dimension.access", -0.4, "lower"), ("dimension.wellbeing", 0.3, "higher")],
    ],
)
def test_positive_and_negative_feedback_get_equal_room(claims, language, asked, facts, make, tmp_path):
    facts = join([facts, tabulate([certain(*claim) for claim in claims])])
    steering = steering_of(asked)
    canvas = make.canvas(asked, tmp_path, language=language)
    block = write_feedback(canvas, with_steering(facts, steering))
    good, bad = sides(block.markdown)
    assert len(good) == len(bad) > 0
    sentences = [
        [len(re.findall(r"[.](?:\s|$)", item.partition("** ")[2])) for item in side] for side in (good, bad)
    ]
    assert sentences == [[3] * len(good)] * 2
    # The same template: no side takes a sixth more words than the other, but for what speaks against a topic.
    but = {"nb": ", men ", "en": ", but "}[language]
    words = [sum(len(re.sub(rf"{but}[^.]*", "", item).split()) for item in side) for side in (good, bad)]
    assert max(words) <= min(words) * 7 / 6


def test_no_topic_is_both_positive_and_negative(asked, facts, report):
    steering = steering_of(asked)
    good, bad = sides(write_feedback(report, with_steering(facts, steering)).markdown)
    assert {i.split("**")[1] for i in good}.isdisjoint({i.split("**")[1] for i in bad})


def test_a_topic_that_fell_is_told_among_the_negative(asked, facts, report):
    facts = join([facts, tabulate([certain("dimension.wellbeing", -0.4, "lower")])])
    steering = steering_of(asked)
    _, bad = sides(write_feedback(report, with_steering(facts, steering)).markdown)
    assert bad[0].startswith("- **Barnehage, Trivsel.** Sikkert dårligere enn sist.")
    assert headline_status(report, facts) == "Sikre økninger: 0, sikre nedganger: 1"


def test_without_answers_the_chapter_says_so_and_still_tells_the_rest(make, asked, tmp_path):
    text = chapter(asked, make.facts(asked, state="suppressed", nation=False), make.canvas(asked, tmp_path))
    assert "for få svar til å oppsummere" in text
    assert "#tbl-kindergarten-focus" in text


def test_focus_areas_and_measures_have_owner_and_document(asked, facts, report):
    text = chapter(asked, facts, report)
    assert (
        "| Barnehage | Same quality everywhere | Tiltak m1 | Barnehagesjef | i gang, Budsjett 2024 |" in text
    )
    assert "| Barnehage | Be reachable | ikke noe tiltak ennå | – | – |" in text
    # A measure outside every focus area is not lost; a finished one is no plan for the next years.
    assert "| Barnehage | – | Tiltak m3 | Barnehagesjef | foreslått |" in text
    assert "| Tiltak m2 |" not in text


def test_what_became_of_a_measure_is_told_by_the_survey_and_by_the_service(asked, facts, report):
    steering = steering_of(asked)
    worked = Fact(
        **REPORT, statistic="measure_effect", topic="overall", category="m1", against="other_units",
        value=0.6, se=0.1, low=0.4, high=0.8, p=0.01, N=4, scale="1-6", verdict="worked",
    )  # fmt: skip
    text = write_outcomes(report, join([facts, tabulate([worked])]), steering).markdown
    assert "Tiltak m1 (▲" in text
    assert "+0,6" in text.replace("\\", "")
    assert "Well received" in text
    assert "m3" not in text


@pytest.mark.parametrize(
    ("id", "people", "words"), [("many", True, True), ("some", True, False), ("few", False, False)]
)
def test_other_sources_hold_to_the_thresholds(id, people, words, asked, facts, report):
    plan = {**PLAN, "notes": [entry for entry in PLAN["notes"] if entry["id"] == id]}
    text = chapter(asked, facts, report, plan).partition("{#sec-kindergarten-status-sources}")[2]
    assert bool(re.search(r"\d+ personer deltok", text)) == people
    assert (f"Hard word of {id}" in text) == words
    assert "Barnehage, 2025:" in text
    if not people:
        assert f" {plan['notes'][0]['n']} " not in text


def test_staff_figures_keep_their_decimals_and_few_people_are_hidden(asked, facts, report):
    text = chapter(asked, facts, report).replace("\N{NO-BREAK SPACE}", " ")
    rows = [line for line in text.splitlines() if re.match(r"\| Barnehage \| 20\d\d ", line)]
    assert rows[1] == "| Barnehage | 2025 | 40 | 33,5 | 15 % | 8,25 % |"
    assert rows[0].count("⊘ skjermet") == 4


def test_a_municipality_that_has_given_nothing_is_told_so(asked, facts, report):
    text = chapter(asked, facts, report, {})
    for said in ("ikke oppgitt innsatsområder", "ikke gitt tall for ansatte", "ikke notert fokusgrupper"):
        assert said in text


def preserve(asked, facts, canvas, *, rate=None, notes=None):
    steering = steering_of(asked, {**PLAN, "notes": notes} if notes is not None else None)
    return write_preserve_improve(canvas, with_steering(facts, steering, rate=rate), steering).markdown


def test_points_to_preserve_and_to_improve_are_as_many_each_with_its_rate(asked, facts, report):
    text = preserve(asked, facts, report).replace("\N{NO-BREAK SPACE}", " ")
    rows = [line for line in text.splitlines() if line.startswith("| Barnehage")]
    assert sum("▲ Bevar" in row for row in rows) == sum("▼ Forbedre" in row for row in rows) > 0
    assert all(row.endswith("| 62 % |") for row in rows)
    assert any("Wish of many (12 personer i en fokusgruppe)" in row for row in rows)
    assert "Wish of partners" not in text


@pytest.mark.parametrize(
    ("rate", "low"), [(0.30, True), (0.35, True), (0.399, True), (0.40, False), (0.62, False)]
)
def test_a_low_response_rate_gives_a_clear_caution(rate, low, asked, facts, report):
    # 35 % in all and 30 % in one municipality: a service with points to preserve and to improve all the same.
    text = preserve(asked, facts, report, rate=rate).replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith("::: {.callout-caution}\n## Lav svarprosent") == low
    rows = [line for line in text.splitlines() if line.startswith("| Barnehage")]
    assert all(row.endswith(", lav |") == low for row in rows)
    if rate == 0.399:
        assert "39,9 %" in text


def test_a_response_rate_that_is_not_known_gives_a_caution_too(asked, facts, report):
    gone = facts["statistic"].eq("response_rate") & facts["unit"].eq("")
    steering = steering_of(asked)
    text = write_preserve_improve(report, with_steering(facts[~gone], steering), steering).markdown
    assert "Svarprosenten er ikke kjent" in text


def test_without_a_wish_nothing_is_made_up(asked, facts, report):
    text = preserve(asked, facts, report, notes=[note("few", 4)])
    assert "Vil ha mer av" not in text
    assert "undersøkelsen spør ikke om det" in text
