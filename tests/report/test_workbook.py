"""Workbooks that a screen reader can use: one table a sheet, no gaps, words for states, the same bytes."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
from built_runs import CODE, SERVICES, built_once
from hypothesis import given
from hypothesis import strategies as st

from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.facts import Labels
from analysis.facts.table import Fact, tabulate
from analysis.report import Sources, assemble_edition, assemble_national
from analysis.report.cells import Number, SheetTable, end_cell, rounded, value_cell, verdict_cell
from analysis.report.edition_tables import Tables, write_tables
from analysis.report.workbook import Titles, write_workbook
from analysis.steering.catalogue import default_catalogue
from analysis.steering.context import MODEL, Steering
from analysis.steering.editions import EDITIONS, BookOf
from analysis.steering.measures import Measure
from analysis.steering.model import load_model
from analysis.steering.plan import SteeringPlan
from analysis.steering.targets import Adopted, Target
from analysis.survey import Questionnaire, open_store

EN, NB = Language("en"), Language("nb")
DAY = dt.date(2025, 6, 16)
TITLES = Titles("User surveys 2025", "Hjelvdal", "Synthetic data.", (("suppressed", "Hidden."),))
SMALL = SheetTable(
    "topics",
    "School: topics",
    "School: topics",
    ("How to read it.",),
    ("Topic", "Mean", "Share", "Change", "Answers"),
    (
        ("Well-being", Number(4.7, 1), Number(0.61, percent=True), Number(-0.2, 1, sign=True), Number(1234)),
        ("=1+1", "suppressed", "suppressed", "suppressed", "suppressed"),
    ),
)


def opened(folder, tables=(SMALL,), titles=TITLES, language=EN):
    path = write_workbook(folder / "book.xlsx", tables, titles, language=language, date=DAY)
    return openpyxl.load_workbook(path)


def cells_of(sheet):
    """The cells of a sheet's table, head first."""
    (table,) = sheet.tables.values()
    return [[cell.value for cell in row] for row in sheet[table.ref]]


def test_contents_and_notes_stand_before_the_tables_and_link_to_them(tmp_path):
    book = opened(tmp_path)
    assert book.sheetnames == ["Contents", "Notes", "School topics"]
    links = {
        sheet.title: {cell.hyperlink.location for cell in sheet["A"] if cell.hyperlink}
        for sheet in book.worksheets
    }
    assert links["Contents"] == {"'Notes'!A1", "'School topics'!A1"}
    assert links["Notes"] == links["School topics"] == {"'Contents'!A1"}


def test_every_sheet_has_one_table_with_a_head_row_title_and_description(tmp_path):
    path = write_workbook(tmp_path / "b.xlsx", [SMALL], TITLES, language=EN, date=DAY)
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        (table,) = sheet.tables.values()
        assert table.headerRowCount == 1
        assert [column.name for column in table.tableColumns] == cells_of(sheet)[0]
        # The table ends where the sheet ends, and begins in its first column.
        assert table.ref.split(":")[1] == sheet.dimensions.split(":")[1]
        assert table.ref.startswith("A")
        assert sheet.freeze_panes == f"B{int(re.search(r'[0-9]+', table.ref)[0]) + 1}"
    with zipfile.ZipFile(path) as archive:
        for name in (n for n in archive.namelist() if n.startswith("xl/tables/")):
            assert b"altText=" in archive.read(name)
            assert b"altTextSummary=" in archive.read(name)


def test_nothing_is_merged_and_no_cell_or_row_inside_is_empty(tmp_path):
    for sheet in opened(tmp_path).worksheets:
        assert not sheet.merged_cells.ranges
        assert all(cell not in (None, "") for row in cells_of(sheet) for cell in row)
        # Title and sentences stand in the first column above, without a gap.
        assert all(sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1))


def test_numbers_are_numbers_with_their_format_and_states_are_words(tmp_path):
    sheet = opened(tmp_path)["School topics"]
    (table,) = sheet.tables.values()
    _, first, second = sheet[table.ref]
    assert [cell.value for cell in first] == ["Well-being", 4.7, 0.61, -0.2, 1234]
    assert [c.number_format for c in first[1:]] == ["0.0", "0%", "+0.0;-0.0;0.0", "#,##0"]
    assert [cell.value for cell in second[1:]] == ["suppressed"] * 4


def test_a_name_that_looks_like_a_formula_stays_text(tmp_path):
    sheet = opened(tmp_path)["School topics"]
    assert sheet["A6"].value == "=1+1"
    assert sheet["A6"].data_type == "s"
    with zipfile.ZipFile(tmp_path / "book.xlsx") as archive:
        assert not [n for n in archive.namelist() if b"<f>" in archive.read(n)]


def test_title_language_and_date_stand_in_the_file(tmp_path):
    properties = opened(tmp_path, language=NB).properties
    assert properties.title == "User surveys 2025: Hjelvdal"
    assert properties.language == "nb-NO"
    assert properties.created == properties.modified == dt.datetime(2025, 6, 16)


def test_the_same_tables_give_the_same_bytes(tmp_path):
    made = [
        write_workbook(tmp_path / name, [SMALL], TITLES, language=EN, date=DAY).read_bytes()
        for name in ("a.xlsx", "b.xlsx")
    ]
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_table_without_rows_is_left_out_and_said(tmp_path):
    empty = SheetTable("findings", "Strengths", "Strengths and points", (), ("Topic",), ())
    book = opened(tmp_path, (empty, SMALL))
    assert "Strengths" not in book.sheetnames
    assert "Strengths and points" in book["Contents"]["A4"].value


def test_sheet_names_and_heads_are_made_such_as_excel_takes_them(tmp_path):
    odd = [
        SheetTable("topics", name, name, (), ("Answers", "answers"), (("a", "b"),))
        for name in ("Care / home: topics [1]?", "x" * 40, "X" * 40, "'quoted'")
    ]
    book = opened(tmp_path, odd)
    assert book.sheetnames[2:] == ["Care home topics 1", "x" * 31, "X" * 29 + " 2", "quoted"]
    assert cells_of(book.worksheets[2])[0] == ["Answers", "answers (2)"]


def test_every_row_has_a_cell_a_column():
    with pytest.raises(ValueError, match="2 cells a row"):
        SheetTable("topics", "n", "t", (), ("a", "b"), (("a",),))


@given(st.floats(-100, 100), st.integers(0, 2))
def test_a_rounded_number_reads_as_the_report_writes_it(value, decimals):
    written = EN.number(value, decimals).replace("\N{MINUS SIGN}", "-").replace(",", "")
    assert f"{rounded(value, decimals):.{decimals}f}" == written


def test_every_state_is_told_in_words_without_its_sign():
    fact = Fact(statistic="mean", scale="1-6")
    for state, said in (
        ("suppressed", "suppressed"),
        ("not_measured", "not measured"),
        ("not_measured_common_template", "not measured by the common template"),
        ("not_comparable", "not comparable"),
        ("undecided", "cannot be decided"),
    ):
        gone = fact.missing(state)
        assert value_cell(EN, gone) == end_cell(EN, gone, "low") == verdict_cell(EN, gone) == said
    assert value_cell(EN, None) == "not measured"
    assert end_cell(EN, Fact(statistic="mean", value=4.0, scale="1-6"), "low") == "not given"


def test_a_certain_change_that_would_read_as_nil_has_two_decimals():
    sure = Fact(statistic="change", value=0.04, low=0.01, high=0.07, scale="1-6", verdict="higher")
    assert value_cell(EN, sure, sign=True) == Number(0.04, 2, sign=True)


@pytest.fixture(scope="module")
def editions(tmp_path_factory):
    """The workbook of one book of every edition."""
    build, batch = built_once(tmp_path_factory)
    store = open_store(batch.store)
    asked = {service: store.questionnaire(service) for service in SERVICES}
    units = store.units(municipality=CODE)
    names = dict(zip(units["unit"], units["name"], strict=True))
    wanted = {
        "full": BookOf("full"), "unit": BookOf("unit", "school", f"{CODE}-school-03"),
        "service": BookOf("service", "school"), "director": BookOf("director"), "council": BookOf("council"),
        "national": BookOf("national"),
    }  # fmt: skip
    made = {}
    for name, book in wanted.items():
        if name == "national":
            folder = assemble_national(Sources(build, "", batch))
        else:
            folder = assemble_edition(Sources(build, CODE, batch), book)
        labels = Labels(EN, "" if name == "national" else "Hjelvdal", asked, names)
        path = write_tables(folder, book, batch, labels)
        made[name] = (path, openpyxl.load_workbook(path))
    return made


def test_every_edition_has_a_workbook_beside_its_pages(editions):
    assert set(editions) == set(EDITIONS)
    for path, _ in editions.values():
        assert path.parent.name == "_report"
    assert editions["council"][0].name == "small-9903-council.xlsx"
    assert editions["unit"][1].sheetnames == [
        "Contents", "Notes", "School topics", "School units", "School questions", "School who answered",
    ]  # fmt: skip


def test_no_sheet_of_any_edition_has_a_gap_a_sign_or_a_merged_cell(editions):
    for _, book in editions.values():
        for sheet in book.worksheets:
            assert not sheet.merged_cells.ranges
            for row in cells_of(sheet):
                assert all(cell not in (None, "") for cell in row)
                if sheet.title != "Notes":
                    assert not any(isinstance(c, str) and re.search("[▲▼●◇○⊘≠]", c) for c in row)


def test_a_number_is_the_same_in_all_editions_workbooks(editions):
    def rows(edition: str, sheet: str) -> set[tuple]:
        return {tuple(row) for row in cells_of(editions[edition][1][sheet])}

    for sheet in ("School topics", "School units"):
        assert rows("full", sheet) == rows("unit", sheet) == rows("service", sheet) == rows("director", sheet)
    assert rows("full", "Services") == rows("director", "Services") == rows("council", "Services")


def test_the_unit_s_workbook_puts_its_own_unit_first(editions):
    facts = pd.read_parquet(editions["unit"][0].parents[1] / "facts" / "school.parquet")
    mean = facts.query(
        "unit == '9903-school-03' and statistic == 'mean' and topic == 'overall' and year == 2025"
    )
    first = cells_of(editions["unit"][1]["School units"])[1]
    assert first[1] == pytest.approx(float(EN.number(mean["value"].iloc[0], 1)))
    assert cells_of(editions["unit"][1]["School who answered"])[1][0] == first[0]


def test_a_hidden_result_is_a_word_in_the_workbook(tmp_path_factory):
    build, batch = built_once(tmp_path_factory)
    facts = pd.read_parquet(build / CODE / "runs" / "kindergarten" / "facts.parquet")
    # All that is said of one topic, hidden as disclosure control hides it.
    gone = facts["topic"].eq("dimension.information") & facts["municipality"].ne("")
    facts.loc[gone, ["value", "se", "low", "high", "level", "p", "p_adjusted"]] = None
    facts.loc[gone, ["n", "N"]] = pd.NA
    facts.loc[gone, ["verdict", "note"]] = ""
    facts.loc[gone, "state"] = "suppressed"
    asked = {"kindergarten": open_store(batch.store).questionnaire("kindergarten")}
    tables = Tables(
        labels=Labels(EN, "Hjelvdal", asked, {}),
        book=BookOf("service", "kindergarten"),
        services={"kindergarten": facts},
        own=facts.iloc[:0],
    ).make()
    (topics,) = [table for table in tables if table.kind == "topics"]
    (row,) = [row for row in topics.rows if row[0] == "Information"]
    # The nation's own figure stands.
    assert [cell for cell in row[1:] if not isinstance(cell, Number)].count("suppressed") >= 10
    assert len([cell for cell in row if isinstance(cell, Number)]) == 1


def steering() -> Steering:
    """A municipality's steering by hand; what no table reads is left empty."""
    adopted = Adopted(document="Action plan", year=2023)
    ranges = {"desired": (6.0, 4.6), "acceptable": (4.5, 4.0), "unacceptable": (3.9, 1.0)}
    share = {"desired": (0.0, 7.5), "acceptable": (7.6, 9.0), "unacceptable": (9.1, 100.0)}
    every = {"success_factor": "Good services", "service": "school", "adopted": adopted}
    targets = (
        Target(id="overall", topic="overall", scale="1-6", **every, **ranges),
        Target(id="leave", indicator="sick_leave", name="Sick leave", scale="percent", **every, **share),
    )
    measures = (
        Measure(id="talks", title="Talks", service="school", owner="Head of schools", start=2024),
        Measure(id="later", title="Later", service="school", owner="Head of schools", start=2026),
    )
    return Steering(
        plan=SteeringPlan(municipality="9903", targets=targets, measures=measures),
        model=load_model(project_root() / MODEL), catalogue=default_catalogue(ASKED),
        indicators=pd.DataFrame(), units=pd.DataFrame(),
        years=(2023, 2025),
    )  # fmt: skip


ASKED = {
    "school": Questionnaire.model_validate(
        {"service": "school", "name": "School", "items": ({"id": "q1", "text": "How is it?"},)}
    )
}


def made_table(kind: str, *facts: Fact) -> SheetTable:
    """One table of the director's edition from facts by hand."""
    tables = Tables(
        labels=Labels(EN, "Hjelvdal", ASKED, {}), book=BookOf("director"), services={}, own=tabulate(facts),
        steering=steering(),
    )  # fmt: skip
    return tables.of_steering(kind)


def test_a_target_stands_with_its_ranges_results_and_probabilities():
    place = {"municipality": "9903", "service": "school", "topic": "overall", "scale": "1-6"}
    status = {"category": "overall", "year": 2025, "value": 4.651, "verdict": "desired"}
    result = Fact(statistic="target_result", category="overall", year=2025, value=4.651, n=80, **place)
    chances = {"desired": 0.9991, "acceptable": 0.0009, "unacceptable": 0.0}
    table = made_table(
        "targets",
        Fact(statistic="target_result", category="overall", year=2023, **place).missing("suppressed"),
        result,
        Fact(statistic="target_status", **status, **place),
        *(
            Fact(statistic="band_probability", category=f"overall.{band}", year=2025, value=chance,
                 **(place | {"scale": "share"}))
            for band, chance in chances.items()
        ),
    )  # fmt: skip
    (row,) = table.rows
    cells = dict(zip(table.head, row, strict=True))
    assert cells["Desired result"] == "6.0–4.6"
    assert cells["Result 2023"] == "suppressed"
    assert cells["Result 2025"] == Number(4.7, 1)
    assert cells["Status"] == "desired"
    # As in the report: never nil, never all.
    assert cells["Probability of desired"] == "over 99%"
    assert cells["Probability of unacceptable"] == "under 1%"
    assert cells["Adopted in"] == "Action plan, 2023"


def test_a_supplied_figure_keeps_its_decimals_and_has_no_probability():
    place = {"municipality": "9903", "service": "school", "topic": "indicator.sick_leave", "scale": "percent"}
    table = made_table(
        "targets",
        Fact(statistic="target_result", category="leave", year=2023, value=9.35, **place),
        Fact(statistic="target_result", category="leave", year=2025, value=8.3, **place),
        Fact(
            statistic="target_status", category="leave", year=2025, value=8.3, verdict="acceptable", **place
        ),
    )
    cells = dict(zip(table.head, table.rows[0], strict=True))
    assert (cells["Result 2023"], cells["Result 2025"]) == (Number(9.35, 2), Number(8.3, 2))
    assert cells["Probability of desired"] == "not given"


def test_a_measure_stands_with_its_owner_and_what_came_of_it():
    effect = Fact(
        statistic="measure_effect", municipality="9903", service="school", year=2025, topic="overall",
        category="talks", value=0.62, low=0.41, high=0.83, level=0.95, scale="1-6", verdict="worked",
    )  # fmt: skip
    table = made_table("measures", effect)
    talks, later = (dict(zip(table.head, row, strict=True)) for row in table.rows)
    assert (talks["Owner"], talks["Decided in"]) == ("Head of schools", "not decided")
    assert talks["Effect, on the answer scale"] == Number(0.6, 1, sign=True)
    assert talks["What came of it"] == "worked"
    assert (later["Effect, on the answer scale"], later["What came of it"]) == ("not given", "not begun")


def test_an_effect_near_nil_has_as_many_decimals_as_its_interval_needs():
    effect = Fact(
        statistic="measure_effect", municipality="9903", service="school", year=2025, topic="overall",
        category="talks", value=0.17, low=-0.01, high=0.35, level=0.95, scale="1-6",
        verdict="no_certain_effect",
    )  # fmt: skip
    table = made_table("measures", effect)
    talks = dict(zip(table.head, table.rows[0], strict=True))
    assert talks["Effect, on the answer scale"] == Number(0.17, 2, sign=True)
    assert talks["Interval, lower end"] == Number(-0.01, 2, sign=True)


def test_an_interval_that_one_decimal_would_hide_has_two():
    mean = Fact(statistic="mean", value=4.6, low=4.578, high=4.622, scale="1-6")
    assert [end_cell(EN, mean, end) for end in ("low", "high")] == [Number(4.58, 2), Number(4.62, 2)]
    wide = Fact(statistic="mean", value=4.6, low=4.4, high=4.8, scale="1-6")
    assert end_cell(EN, wide, "low") == Number(4.4, 1)


def test_a_red_target_stands_with_its_six_answers():
    place = {"municipality": "9903", "service": "school", "topic": "overall", "scale": "1-6"}
    table = made_table(
        "red_lines",
        Fact(statistic="target_result", category="overall", year=2025, value=3.6, n=80, **place),
        Fact(statistic="target_status", category="overall", year=2025, value=3.6, verdict="unacceptable",
             **place),
    )  # fmt: skip
    (row,) = table.rows
    cells = dict(zip(table.head, row, strict=True))
    assert cells["Status"] == "unacceptable"
    assert cells["Found"].startswith("3.6 in 2025.")
    assert list(cells)[3:] == ["Found", "How sure", "Measure", "Owner", "Looked at again", "Stands in"]


def test_feedback_stands_with_as_many_of_each_and_why():
    place = {"municipality": "9903", "service": "school", "year": 2025, "scale": "0-100", "n": 80}
    side = {"value": 70.0, "low": 66.0, "high": 74.0, "topic": "overall", "category": "1", **place}
    good = Fact(statistic="feedback_positive", note="strength", **side)
    bad = Fact(statistic="feedback_negative", note="improvement", **side)
    more = Fact(statistic="feedback_negative", note="lowest", **side | {"category": "2"})
    table = made_table("feedback", good, bad, more)
    assert [row[0] for row in table.rows] == ["Positive feedback", "Negative feedback"]
    assert table.rows[0][3:5] == ("Among the service's highest results.", Number(70.0))


def test_staff_figures_keep_their_decimals_and_a_hidden_one_is_a_word():
    place = {"municipality": "9903", "service": "school", "year": 2025}
    table = made_table(
        "staff",
        Fact(statistic="staff_employees", value=395.0, scale="count", **place),
        Fact(statistic="staff_positions", value=344.5, scale="number", **place),
        Fact(statistic="staff_turnover", scale="share", **place).missing("suppressed"),
        Fact(statistic="staff_sick_leave", value=8.3, scale="percent", **place),
    )
    assert table.rows == (("School", "2025", Number(395.0), Number(344.5, 1), "suppressed", Number(8.3, 1)),)


def test_the_services_sheet_tells_who_answered_from_answers_to_the_question(editions):
    head, *rows = cells_of(editions["council"][1]["Services"])
    asked, answered = head.index("Answers to the question"), head.index("Answered")
    assert rows
    assert all(row[asked] <= row[answered] for row in rows)


def test_the_national_sheet_has_the_interval_of_its_means(editions):
    head, *rows = cells_of(editions["national"][1]["The whole country"])
    low, high, mean = (head.index(h) for h in ("Interval, lower end", "Interval, upper end", "Mean 2025"))
    # A mean has one decimal, and the ends two where one would write both alike.
    assert all(row[low] - 0.05 <= row[mean] <= row[high] + 0.05 and row[low] < row[high] for row in rows)


def test_a_cost_stands_beside_the_others_and_a_missing_one_is_said():
    place = {"municipality": "9903", "service": "school", "year": 2025}
    cost = {"statistic": "cost_per_user", "topic": "indicator.cost_per_user", "scale": "kr", **place}
    quartiles = {"25": 138_312.5, "50": 156_000.0, "75": 174_800.0}
    table = made_table(
        "costs",
        Fact(value=154_600.0, **cost),
        *(Fact(category=q, against="nation", value=v, N=23, **cost) for q, v in quartiles.items()),
        Fact(statistic="sick_leave", topic="indicator.sick_leave", **place).missing("not_measured"),
    )
    cost, leave = (dict(zip(table.head, row, strict=True)) for row in table.rows)
    assert (cost["Value"], cost["Unit of measure"]) == (Number(154_600), "kr")
    # Four digits of a figure between figures, as the report has it.
    assert cost["Others: lowest quarter up to"] == Number(138_300)
    assert cost["Other municipalities"] == Number(23)
    assert (leave["Value"], leave["Unit of measure"]) == ("not measured", "not given")


def test_without_a_steering_file_there_are_no_tables_on_steering():
    tables = Tables(Labels(EN, "Hjelvdal", ASKED, {}), BookOf("council"), {}, tabulate(()))
    assert tables.of_steering("targets") is None
