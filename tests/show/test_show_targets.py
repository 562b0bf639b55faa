"""The scorecard as it is read: cells, headings, red lines, and a municipality's own table."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.facts.table import Fact, tabulate
from analysis.show import Canvas
from analysis.show.red_lines import headline_red_lines, next_survey, write_red_lines
from analysis.show.target_cards import at_risk, read_cards, too_few
from analysis.show.targets import headline_targets, tabulate_targets
from analysis.steering.catalogue import default_catalogue
from analysis.steering.context import MODEL, Steering
from analysis.steering.model import load_model
from analysis.steering.plan import SteeringPlan
from analysis.steering.scorecard import target_facts

INDICATORS = ["municipality", "topic", "indicator", "year", "value", "unit", "source"]
DOCUMENT = {"nb": "Handlingsprogram 2024–2027", "en": "Action programme 2024–2027"}
RANGES = {"desired": [6.0, 4.6], "acceptable": [4.5, 4.0], "unacceptable": [3.9, 1.0]}
TARGET = {
    "success_factor": {"nb": "Gode tjenester", "en": "Good services"},
    "service": "kindergarten",
    "topic": "overall",
    "scale": "1-6",
    **RANGES,
    "adopted": {"document": DOCUMENT, "year": 2023},
}
MEASURE = {
    "id": "m",
    "title": {"nb": "Ukebrev til alle", "en": "A weekly letter"},
    "service": "kindergarten",
    "topic": "overall",
    "owner": {"nb": "Barnehagesjef", "en": "Head of kindergartens"},
    "start": 2026,
}
#: Where a target may stand: the id, the mean and its standard error in the last round, and n.
STANDS = {
    "desired": (5.0, 0.05, 300),
    "acceptable": (4.25, 0.05, 300),
    "unacceptable": (3.5, 0.05, 300),
    "near": (4.6, 0.2, 300),
    "risky": (3.95, 0.2, 300),
    "few": (3.5, 0.4, 8),
}


def steering_of(asked, plan: dict, *, indicators=(), years=(2021, 2023, 2025)) -> Steering:
    """What a municipality has adopted, with the project's own model."""
    return Steering(
        plan=SteeringPlan(municipality="9901", **plan),
        model=load_model(project_root() / MODEL),
        catalogue=default_catalogue({"kindergarten": asked}),
        indicators=pd.DataFrame(list(indicators), columns=INDICATORS),
        units=pd.DataFrame(columns=["unit", "name", "service", "valid_from", "valid_to", "successor"]),
        years=years,
    )


def means(topic: str, *values: tuple[int, float, float, int]) -> list[Fact]:
    place = {"municipality": "9901", "service": "kindergarten", "topic": topic, "scale": "1-6"}
    ends = ((year, value, se, n, value - 2 * se, value + 2 * se) for year, value, se, n in values)
    return [
        Fact(**place, statistic="mean", year=y, value=v, se=se, low=low, high=high, level=0.95, n=n)
        for y, v, se, n, low, high in ends
    ]


def change_of(topic: str, value: float, verdict: str) -> Fact:
    return Fact(municipality="9901", service="kindergarten", topic=topic, scale="1-6", statistic="change",
                year=2025, against="year.2023", value=value, se=0.1, low=value - 0.2, high=value + 0.2,
                level=0.95, n=300, p=0.01, verdict=verdict)  # fmt: skip


def of_all_kinds(asked) -> tuple[Steering, pd.DataFrame]:
    """A plan with a target in every place, and its facts."""
    topics = ["overall", *(f"dimension.{d.id}" for d in asked.dimensions)]
    targets = [{**TARGET, "id": id, "topic": topic} for id, topic in zip(STANDS, topics, strict=False)]
    plan = {"targets": targets, "measures": [{**MEASURE, "topic": topics[2]}]}
    plan |= {"wheel": {"first_survey": 2021, "every": 2}, "main_goal": "Gode tjenester."}
    steering = steering_of(asked, plan)
    rows = [f for t, s in zip(topics, STANDS.values(), strict=False) for f in means(t, (2023, 4.2, 0.05, 300),
                                                                                 (2025, *s))]  # fmt: skip
    facts = tabulate(rows)
    return steering, target_facts(facts, steering, municipality="9901")


def cells_of(block, table: int = 0) -> list[list[str]]:
    """The cells of one of a block's tables as they are read, without the marks of Markdown."""
    tables, last = [], ""
    for line in block.markdown.splitlines():
        if line.startswith("|") and not last.startswith("|"):
            tables.append([])
        if line.startswith("|"):
            row = line.strip("|").replace("**", "").replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")
            tables[-1].append([cell.strip() for cell in row.split("|")])
        last = line
    return [row for row in tables[table] if not row[0].startswith(":--")]


@pytest.fixture
def kinds(asked):
    return of_all_kinds(asked)


#: A range of an index, and the scorecard of a municipality's annual report (below).
POINTS = {"desired": [100, 75], "acceptable": [74, 50], "unacceptable": [49, 0]}
_USERS = {"service": "users", "success_factor": "Brukerne opplever god kvalitet",
          "adopted": {"document": "Årsbudsjett", "year": 2014}}  # fmt: skip
KRISTIANSUND = {
    "main_goal": "Gode tjenester med vekt på kvalitet, tilgjengelighet og brukermedvirkning",
    "targets": [
        {"id": "surveys", "name": "Brukerundersøkelser", "indicator": "satisfaction", "scale": "1-6",
         "other_template": [2014], **_USERS, **RANGES},
        {"id": "web", "name": "Nettsider", "indicator": "web", "scale": "poeng", **_USERS, **POINTS},
    ],
}  # fmt: skip
FIGURES = (
    ("9901", "users", "satisfaction", 2015, 4.8, "1-6", "annual report"),
    ("9901", "users", "web", 2015, 34.9, "poeng", "annual report"),
)


class TestKristiansund:
    """The scorecard of Kristiansund's annual report for 2015, focus area users.

    Its cells: required results "6,0–4,6" and "100–75 poeng"; results of 2013, 2014 and 2015 such as "Ikke
    målt", "Ikke målt etter felles mal" and "34,9 poeng"; the long one stands in full under the table. The
    other limits and words here are made up.
    """

    @pytest.fixture
    def table(self, asked, make, tmp_path):
        steering = steering_of(asked, KRISTIANSUND, indicators=FIGURES, years=(2013, 2014, 2015))
        facts = target_facts(tabulate(()), steering, municipality="9901")
        return cells_of(tabulate_targets(make.canvas(asked, tmp_path), facts, steering))

    def test_the_head_names_goal_factor_indicator_and_rounds(self, table) -> None:
        head = ["Suksessfaktor", "Måleindikator", "Resultatkrav", "2013", "2014", "2015", "Endring", "Status"]
        assert table[0] == head

    def test_the_cells_read_as_the_municipality_prints_them(self, table) -> None:
        assert table[1][2:6] == ["6,0–4,6", "Ikke målt", "○ ikke felles mal", "4,8"]
        assert table[2][2:6] == ["100–75 poeng", "Ikke målt", "Ikke målt", "34,9 poeng"]

    def test_the_status_is_a_sign_and_a_word(self, table) -> None:
        assert table[1][-1] == "▲ ønsket"
        assert table[2][-1].startswith("▼ uakseptabelt")


def test_points_are_written_behind_an_index(asked, make, tmp_path) -> None:
    target = TARGET | {"id": "t", "scale": "0-100"} | POINTS
    steering = steering_of(asked, {"targets": [target]})
    facts = target_facts(tabulate(means("overall", (2025, 4.8, 0.05, 300))), steering, municipality="9901")
    row = cells_of(tabulate_targets(make.canvas(asked, tmp_path), facts, steering))[1]
    assert row[2:6] == ["100–75 poeng", "Ikke målt", "Ikke målt", "76 poeng"]
    english = cells_of(tabulate_targets(make.canvas(asked, tmp_path, language="en"), facts, steering))[1]
    assert english[2:6] == ["100–75 points", "Not measured", "Not measured", "76 points"]


def test_each_place_has_its_sign_and_word(kinds, report) -> None:
    steering, facts = kinds
    table = cells_of(tabulate_targets(report, facts, steering, service="kindergarten"))
    words = [row[-1] for row in table[1:]]
    assert words == [
        "▲ ønsket", "● akseptabelt", "▼ uakseptabelt", "◇ kan ikke avgjøres", "◇ kan ikke avgjøres",
        "◇ kan ikke avgjøres",
    ]  # fmt: skip


def test_limits_stand_with_their_probabilities_and_how_certain_that_is(kinds, report) -> None:
    steering, facts = kinds
    table = cells_of(tabulate_targets(report, facts, steering), 1)
    assert table[0][1:4] == ["▲ Ønsket", "● Akseptabelt", "▼ Uakseptabelt"]
    assert table[1][1:] == [
        "6,0–4,6 (over 99 %)", "4,5–4,0 (under 1 %)", "3,9–1,0 (under 1 %)", "4,9–5,1 (300 svar)",
        "Nesten sikkert",
    ]  # fmt: skip
    # R: 1 - pnorm(4.55, 4.6, 0.2) and the rest of 1 - pnorm(3.95, 4.6, 0.2)
    assert table[4][1:3] == ["6,0–4,6 (60 %)", "4,5–4,0 (40 %)"]
    assert [*table[6][1:4], table[6][-1]] == ["6,0–4,6", "4,5–4,0", "3,9–1,0", "For få svar"]


@pytest.mark.parametrize("state", ["suppressed", "not_measured", "not_comparable"])
def test_no_cell_is_blank_where_a_number_is_missing(state, kinds, report) -> None:
    steering, facts = kinds
    missing = tabulate(
        Fact(municipality="9901", service="kindergarten", topic=f.topic, statistic=f.statistic, year=f.year,
             category=f.category, state=state)
        for f in facts.itertuples()
    )  # fmt: skip
    block = tabulate_targets(report, missing, steering)
    for table in (0, 1):
        assert all(cell for row in cells_of(block, table) for cell in row)
    assert "None" not in block.markdown


def test_supplied_figures_keep_the_decimals_they_came_with(asked, make, tmp_path) -> None:
    target = TARGET | {"topic": None, "indicator": "visits", "scale": "number", "id": "t", "name": "Besøk",
                       "desired": [100.0, 16.0], "acceptable": [15.9, 10.0],
                       "unacceptable": [9.9, 0.0]}  # fmt: skip
    rows = [
        ("9901", "kindergarten", "visits", year, value, "", "") for year, value in ((2023, 15.1), (2025, 17))
    ]
    steering = steering_of(asked, {"targets": [target]}, indicators=rows)
    facts = target_facts(tabulate(()), steering, municipality="9901")
    row = cells_of(tabulate_targets(make.canvas(asked, tmp_path), facts, steering))[1]
    assert row[2:] == ["100,0–16,0", "Ikke målt", "15,1", "17,0", "+1,9", "▲ ønsket"]


@pytest.mark.parametrize(
    ("verdict", "written"),
    [("higher", "+0,3, sikker"), ("no_certain_change", "+0,3, ikke sikker"),
     ("depends_on_method", "+0,3, avhenger av metoden")],
)  # fmt: skip
def test_a_change_says_how_certain_it_is(verdict, written, asked, report) -> None:
    steering = steering_of(asked, {"targets": [TARGET | {"id": "t"}]})
    rounds = means("overall", (2023, 4.5, 0.05, 300), (2025, 4.8, 0.05, 300))
    facts = target_facts(
        tabulate([*rounds, change_of("overall", 0.3, verdict)]), steering, municipality="9901"
    )
    assert cells_of(tabulate_targets(report, facts, steering))[1][-2] == written


def test_headings_count_the_targets(kinds, report, make, asked) -> None:
    steering, facts = kinds
    assert headline_targets(report, facts, steering) == "Av 6 mål har 1 ønsket resultat, 1 uakseptabelt"
    english = make.canvas(asked, report.folder, language="en")
    assert headline_targets(english, facts, steering, service="kindergarten") == (
        "Of 6 targets, 1 have the desired result, 1 an unacceptable one"
    )
    block = tabulate_targets(report, facts, steering)
    # Of one service alone the heading above says the same.
    assert "###" not in block.markdown
    assert "Hovedmål: Gode tjenester.\n" in block.markdown


def test_of_several_services_each_has_a_heading(asked, make, tmp_path) -> None:
    targets = [TARGET | {"id": "a"}, TARGET | {"id": "b", "service": "school", "name": "Trivsel"}]
    steering = steering_of(asked, {"targets": targets})
    facts = tabulate(
        Fact(municipality="9901", service=service, topic="overall", statistic="target_result", year=2025,
             category=id, value=4.8, scale="1-6")
        for id, service in (("a", "kindergarten"), ("b", "school"))
    )  # fmt: skip
    heads = re.findall(
        r"(?m)^### (.*)$", tabulate_targets(make.canvas(asked, tmp_path), facts, steering).markdown
    )
    assert [head.partition(":")[0] for head in heads] == ["Barnehage", "school"]


def test_a_red_status_leads_to_what_is_told_of_it(kinds, report) -> None:
    steering, facts = kinds
    board = tabulate_targets(report, facts, steering)
    referred = set(re.findall(r"\[-@(sec-[\w-]+)\]", board.markdown))
    assert referred == set(
        re.findall(r"\{#(sec-[\w-]+)\}", write_red_lines(report, facts, steering).markdown)
    )
    assert len(referred) == 2
    assert "I parentes bak en status" in board.markdown


def test_one_services_tables_stand_alone_in_its_own_chapter(kinds, report) -> None:
    steering, facts = kinds
    block = tabulate_targets(report, facts, steering, service="kindergarten")
    assert block.markdown.startswith("::: {#tbl-kindergarten-targets-kindergarten}")
    assert "###" not in block.markdown


def test_a_municipality_without_targets_is_told_so(asked, report) -> None:
    steering = steering_of(asked, {})
    assert "callout-note" in tabulate_targets(report, tabulate(()), steering).markdown
    assert headline_targets(report, tabulate(()), steering) == "Ingen mål er vedtatt"


class TestRedLines:
    LEADS = ("Funn", "Hvor sikkert", "Tiltak", "Ansvarlig", "Ses på igjen", "Står i")

    def lines(self, block) -> list[str]:
        return [line for line in block.markdown.splitlines() if line.startswith(("###", "- "))]

    def test_missed_and_risky_targets_stand_there_and_no_others(self, kinds, report) -> None:
        steering, facts = kinds
        heads = [line for line in self.lines(write_red_lines(report, facts, steering)) if line[0] == "#"]
        verdicts = [head.rpartition(": ")[2].partition(" {#")[0] for head in heads]
        assert verdicts == ["uakseptabelt", "kan være uakseptabelt"]
        assert (
            headline_red_lines(report, facts, steering) == "Mål: 1 har uakseptabelt resultat og 1 er i fare"
        )

    def test_of_too_few_answers_nothing_is_said_but_that(self, kinds, report) -> None:
        steering, facts = kinds
        text = write_red_lines(report, facts, steering).markdown
        assert "Kan ikke vurderes, for få svar: " in text.splitlines()[-1]
        few = [card for card in read_cards(facts, steering) if too_few(card)]
        assert len(few) == 1
        assert not at_risk(few[0])

    def test_each_gives_the_six_answers(self, kinds, report) -> None:
        steering, facts = kinds
        first = self.lines(write_red_lines(report, facts, steering))[1:7]
        assert [line.split("**")[1].rstrip(".") for line in first] == list(self.LEADS)
        said = [line.partition(".** ")[2].replace("\N{NO-BREAK SPACE}", " ") for line in first]
        assert said[0] == (
            "3,5 i 2025. Kravet er 6,0–4,6, mens 3,9–1,0 er uakseptabelt. "
            "Endring siden 2023: −0,7, ikke prøvd."
        )
        assert said[1].startswith("Nesten sikkert uakseptabelt: ønsket under 1 %, ")
        assert said[2:] == [
            "Ukebrev til alle (foreslått, fra 2026).",
            "Barnehagesjef\\.",
            "Etter neste undersøkelse, 2027.",
            "Målet: Handlingsprogram 2024–2027 (2023). Tiltaket er ikke vedtatt ennå. Avsnittet går til: "
            "Budsjett, handlingsprogram og årsmelding.",
        ]

    def test_without_a_measure_it_says_who_is_to_bring_a_proposal_and_when(self, kinds, report) -> None:
        steering, facts = kinds
        last = self.lines(write_red_lines(report, facts, steering))[-4:-2]
        assert last[0] == (
            "- **Tiltak.** Ingen er foreslått. Et forslag skal legges fram i resultatdialogen, "
            "18. mars–14. apr. 2025."
        )
        assert last[1] == "- **Ansvarlig.** Tjenestelederen, som skal legge fram forslaget."

    def test_a_decided_measure_names_its_document(self, asked, kinds, report) -> None:
        steering, facts = kinds
        decided = SteeringPlan(
            municipality="9901",
            measures=[{**MEASURE, "topic": "dimension.information", "status": "decided",
                       "decided_in": {"document": "Sak 12/25", "year": 2025}}],
        )  # fmt: skip
        plan = steering.plan.model_copy(update={"measures": decided.measures})
        text = write_red_lines(report, facts, replace(steering, plan=plan)).markdown
        assert "Tiltaket: Sak 12/25 (2025)." in text

    def test_a_certain_fall_within_the_acceptable_is_a_risk(self, asked, report) -> None:
        steering = steering_of(asked, {"targets": [TARGET | {"id": "t"}]})
        rounds = means("overall", (2023, 4.8, 0.05, 300), (2025, 4.25, 0.05, 300))
        for verdict, red in (("lower", True), ("no_certain_change", False)):
            facts = target_facts(
                tabulate([*rounds, change_of("overall", -0.55, verdict)]), steering, municipality="9901"
            )
            assert (
                "akseptabelt, men sikkert dårligere enn sist"
                in write_red_lines(report, facts, steering).markdown
            ) is red

    def test_where_nothing_is_missed_it_says_so(self, asked, report) -> None:
        steering = steering_of(asked, {"targets": [TARGET | {"id": "t"}]})
        facts = target_facts(
            tabulate(means("overall", (2025, 5.0, 0.05, 300))), steering, municipality="9901"
        )
        assert write_red_lines(report, facts, steering).markdown.startswith("Blant målene som kan vurderes")

    @pytest.mark.parametrize(
        ("wheel", "year"),
        [({"first_survey": 2021}, 2027), ({"first_survey": 2026, "every": 4}, 2026),
         ({"first_survey": 2024, "every": 3}, 2027), (None, 2027)],
    )  # fmt: skip
    def test_the_next_survey_is_the_wheels(self, wheel, year, asked) -> None:
        assert next_survey(steering_of(asked, {"wheel": wheel})) == year


def test_every_word_is_in_both_catalogues(kinds, asked, make, tmp_path: Path) -> None:
    steering, facts = kinds
    found = {}
    for language in ("nb", "en"):
        canvas: Canvas = make.canvas(asked, tmp_path, language=language)
        assert canvas.language == Language(language)
        found[language] = tabulate_targets(canvas, facts, steering).markdown
    for english in ("Success factor", "Required result", "desired", "Nearly certain", "Adopted in"):
        assert english in found["en"]
        assert english not in found["nb"]


def test_in_jupyterlab_the_tables_are_html_and_the_same_each_time(kinds, lab) -> None:
    steering, facts = kinds
    first, second = (tabulate_targets(lab, facts, steering) for _ in range(2))
    assert first.html.count("<table") == 2
    assert first == second
