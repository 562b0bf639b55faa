"""Tables and texts: what stands in the cells, in Markdown and in JupyterLab."""

import re

import pytest

from analysis.core.errors import TilstandError
from analysis.facts.table import Fact, join, tabulate
from analysis.show import (
    Canvas,
    list_certain,
    say_suppressed,
    tabulate_extremes,
    tabulate_items,
    tabulate_missing,
    tabulate_nation,
    tabulate_reliability,
    tabulate_rows,
    tabulate_scorecard,
    tabulate_services,
    tabulate_units,
    write_callout,
    write_front,
    write_heading,
    write_paragraph,
    write_strengths,
)  # fmt: skip
from analysis.show import (
    join as join_blocks,
)
from analysis.show.tables import Column, Table

TABLES = {
    "scorecard": tabulate_scorecard,
    "nation": tabulate_nation,
    "items": tabulate_items,
    "extremes": tabulate_extremes,
    "units-table": tabulate_units,
    "rows": tabulate_rows,
    "missing": tabulate_missing,
    "reliability": tabulate_reliability,
    "services": tabulate_services,
}
REPORT = {"municipality": "9901", "service": "kindergarten", "year": 2025, "level": 0.95, "n": 300}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_in_a_report_is_a_numbered_div(name, facts, report):
    block = TABLES[name](report, facts)
    assert block.id == f"tbl-kindergarten-{name}"
    assert block.markdown.startswith(f"::: {{#{block.id}}}\n| ")
    assert set(block._repr_mimebundle_()) == {"text/markdown", "text/plain"}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_in_jupyterlab_is_html_and_the_same_each_time(name, facts, lab):
    first, second = TABLES[name](lab, facts), TABLES[name](lab, facts)
    assert "<table" in first.html
    assert first == second


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("state", ["suppressed", "not_measured"])
def test_no_cell_is_blank_where_a_number_is_missing(name, state, make, asked, tmp_path):
    block = TABLES[name](make.canvas(asked, tmp_path), make.facts(asked, state=state, nation=False))
    for line in block.markdown.splitlines():
        if line.startswith("|") and "extremes" not in name:
            assert all(cell.strip() for cell in line.strip("|").split("|")), line


def test_the_scorecard_writes_change_sign_and_certainty(make, asked, facts, tmp_path):
    block = tabulate_scorecard(make.canvas(asked, tmp_path, language="en"), facts)
    row = next(line for line in block.markdown.splitlines() if line.startswith("| Overall"))
    assert "| \\+0.3 | ▲\N{NO-BREAK SPACE}certain rise |" in row
    assert "**5.0**" in row


def test_many_dimensions_take_several_tables(facts, report):
    block = tabulate_units(report, facts)
    assert block.markdown.count("::: {#tbl-kindergarten-units-table") == 2


def test_columns_keep_their_share_of_the_width():
    table = Table((Column("a", 30), Column("b", 10, right=True)), (("x", "1"),))
    rule = table.markdown().splitlines()[1]
    left, right = (part for part in rule.split("|") if part)
    assert left.startswith(":")
    assert right.endswith(":")
    assert len(left) == 3 * len(right)
    # Pandoc takes widths from the dashes only where a line is longer than this.
    assert len(rule) > 72


def test_a_row_of_another_length_is_an_error():
    with pytest.raises(ValueError, match="2 cells a row expected, found 1"):
        Table((Column("a"), Column("b")), (("x",),))


def test_strengths_and_points_to_improve_take_equal_room(facts, report):
    more = [
        Fact(statistic=name, topic=topic, category=str(i), value=80, low=77, high=83, scale="0-100", **REPORT)
        for name, number in (("strength", 2), ("improvement", 1))
        for i, topic in enumerate(("dimension.wellbeing", "dimension.access")[:number], 1)
    ]
    block = write_strengths(report, join([facts, tabulate(more)]))
    rows = [line for line in block.markdown.splitlines() if line.startswith("| Barnehage")]
    assert len(rows) == 1
    head = block.markdown.splitlines()[1]
    assert "▲" in head
    assert "▼" in head


def test_without_findings_a_callout_says_so(facts, report):
    assert write_strengths(report, facts).markdown.startswith("::: {.callout-note}")


def test_only_claims_adjusted_over_the_report_are_listed(facts, report):
    assert list_certain(report, facts).markdown.count("- ") == 0
    claim = Fact(
        statistic="report_change", topic="overall", against="year.2023", value=0.3, low=0.1, high=0.5, se=0.1,
        p=0.001, p_adjusted=0.01, scale="1-6", verdict="higher", **REPORT,
    )  # fmt: skip
    unsure = Fact(
        statistic="report_change", topic="dimension.access", against="year.2023", value=0.1, low=-0.1,
        high=0.3, se=0.1, p=0.3, p_adjusted=0.4, scale="1-6", verdict="no_certain_change", **REPORT,
    )  # fmt: skip
    block = list_certain(report, join([facts, tabulate([claim, unsure])]))
    assert block.markdown.count("- **Barnehage.**") == 1


def test_the_front_says_who_answered(make, asked, facts, tmp_path):
    total = Fact(
        statistic="respondents", municipality="9901", year=2025, value=320, n=320, N=520, scale="count"
    )
    block = write_front(make.canvas(asked, tmp_path, language="en"), join([facts, tabulate([total])]))
    assert block.plain == (
        "320 of 520 invited users answered (62%). 1 service, 8 units. "
        "Compared with 2023, 2021 and 24 municipalities, this one included."
    )


def test_a_paragraph_refers_to_blocks_that_have_a_number_and_to_no_others(facts, report):
    table, note = tabulate_scorecard(report, facts), write_callout(report, "note", "a", "b")
    assert (
        write_paragraph(report, "Se her.", see=[table, note]).markdown
        == "Se her (@tbl-kindergarten-scorecard).\n"
    )
    assert write_paragraph(report, "Se @fig-x.", see=[note]).markdown == "Se \\@fig-x.\n"


def test_a_heading_has_its_own_id(report):
    assert (
        write_heading(report, 2, "Funn *a*", id="units").markdown
        == "## Funn \\*a\\* {#sec-kindergarten-units}\n"
    )
    with pytest.raises(ValueError, match="from 1 to 6"):
        write_heading(report, 0, "x")


def test_an_unknown_kind_of_callout_is_an_error(report):
    with pytest.raises(ValueError, match="'danger'"):
        write_callout(report, "danger", "x", "y")


def test_hidden_results_are_counted(make, asked, facts):
    assert say_suppressed(make.canvas(asked, language="en"), facts).startswith("12 results are suppressed")


def test_blocks_join_to_one(report):
    parts = [write_paragraph(report, "a"), write_paragraph(report, "b")]
    assert join_blocks(report, parts).markdown == "a\n\nb\n"


def test_a_report_without_a_folder_and_a_prefix_with_a_path_are_refused(lab):
    with pytest.raises(TilstandError, match="folder"):
        Canvas(report=True, folder=None, prefix="x", labels=lab.labels)
    with pytest.raises(TilstandError, match="prefix"):
        Canvas(report=False, folder=None, prefix="../x", labels=lab.labels)


def test_a_table_in_jupyterlab_brings_the_rules_of_what_it_has_and_no_others():
    html = Table((Column("Unit"), Column("Mean", right=True)), (("Solbakken", "4.8"),)).html("tbl-units")
    style, _, body = html.partition("</style>")
    ruled = set(re.findall(r"\.(gt_\w+)", style))
    assert {"gt_row", "gt_right"} <= ruled <= set(re.findall(r"gt_\w+", body))
