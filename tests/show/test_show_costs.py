"""Cost and quality beside each other: two panels, no index of both, and what is missing said."""

import re
from dataclasses import replace

import pytest
from invented_steering import costs, steering_of, with_steering
from PIL import Image

from analysis.core.language import Language
from analysis.core.settings import Disclosure
from analysis.facts import join
from analysis.facts.table import Fact
from analysis.show.cost_tables import tabulate_cost_peers, tabulate_cost_quality
from analysis.show.cost_words import headline_costs, write_cost_quality
from analysis.show.costs import draw_cost_quality
from analysis.show.supplied import between, supplied
from analysis.show.targets import tabulate_targets
from analysis.steering.catalogue import Catalogue, Product, ProductGroup, ServiceGroup
from analysis.steering.costs import cost_facts
from analysis.steering.scorecard import target_facts

NB = Language("nb")


def blocks(asked, facts, canvas, **how):
    steering = steering_of(asked, indicators=costs(**how))
    table = with_steering(facts, steering)
    return [
        show(canvas, table, steering)
        for show in (draw_cost_quality, tabulate_cost_quality, write_cost_quality)
    ]


def test_cost_and_satisfaction_stand_beside_each_other_with_year_unit_and_uncertainty(asked, facts, report):
    figure, table, said = blocks(asked, facts, report)
    assert figure.id == "fig-kindergarten-cost-quality"
    plain = table.markdown.replace("\N{NO-BREAK SPACE}", " ")
    assert (
        "| Barnehage | Kostnad per bruker | **240 000 kr (2025)** | 225 000 kr | 212 500–237 500 kr | 6 |"
        in plain
    )
    assert re.search(
        r"\| Barnehage \| Samlet tilfredshet \| \*\*5,0 \(4,9–5,1\)\*\* \| snitt for alle: 4,9 ", plain
    )
    assert "blant den høyeste firedelen av 6 andre kommuner" in said.plain


def test_what_is_said_of_cost_is_not_mixed_with_what_is_said_of_quality(asked, facts, report):
    sentences = re.split(r"(?<=\.) (?=[A-ZÆØÅ])", blocks(asked, facts, report)[2].plain.partition(": ")[2])
    for sentence in sentences:
        assert not ("kostnad" in sentence.lower() and "tilfreds" in sentence.lower()), sentence


@pytest.mark.parametrize("how", [{"own": None}, {"own": None, "others": 0}])
def test_a_missing_cost_is_said(how, asked, facts, report):
    figure, table, said = blocks(asked, facts, report, **how)
    assert figure.markdown.startswith("::: {.callout-note}")
    assert "ikke levert tall for kostnad per bruker" in figure.markdown
    assert (table.markdown, said.markdown) == ("", "")
    assert not (report.folder / "figures").exists()


def test_products_of_which_nothing_is_known_share_a_line_that_says_so(asked, facts, report):
    bare = [Product(id=name, name=f"{name.capitalize()} og mer") for name in ("sfo", "pleie")]
    part = ProductGroup(id="more", name="More", products=tuple(bare))
    known = steering_of(asked, indicators=costs())
    groups = (*known.catalogue.service_groups, ServiceGroup(id="more", name="More", product_groups=(part,)))
    steering = replace(known, catalogue=Catalogue(service_groups=groups))
    said = write_cost_quality(report, with_steering(facts, steering), steering).markdown.splitlines()
    assert [line.partition("**")[2].partition(".**")[0] for line in said if line] == [
        "Barnehage", "Sfo og mer, Pleie og mer",
    ]  # fmt: skip
    assert "ikke kjent" in said[-1] or "ikke kjent" in said[-2]


def test_the_peer_groups_costs_stand_in_a_table_of_their_own_without_what_has_no_cost(asked, facts, report):
    steering = steering_of(asked, indicators=costs())
    alone = with_steering(facts, steering)
    assert tabulate_cost_peers(report, alone, steering).markdown == ""
    rest = alone[~alone["topic"].str.startswith("indicator.")]
    for peers, shown in ((("9910", "9911", "9912"), True), (("9910",), False)):
        found = cost_facts(rest, steering, peer_group="4", peers=peers)
        table = tabulate_cost_peers(report, join([rest, found]), steering).markdown
        assert ("#tbl-kindergarten-costs-peers" in table) == shown
    assert "tall mangler" not in table


def test_a_figure_is_written_alike_in_the_scorecard_and_among_the_costs(asked, facts, report):
    figures = ((2021, 9.5), (2022, 9.59), (2025, 8.3))
    rows = [("9901", "kindergarten", "sick_leave", year, value, "%", "hr") for year, value in figures]
    target = {
        "id": "leave", "success_factor": "Resources", "name": "Sick leave", "service": "kindergarten",
        "indicator": "sick_leave", "scale": "percent", "desired": [0.0, 7.5], "acceptable": [7.6, 9.0],
        "unacceptable": [9.1, 100.0], "adopted": {"document": "Plan", "year": 2023},
    }  # fmt: skip
    steering = steering_of(asked, {"targets": [target]}, indicators=[*costs(), *rows])
    table = with_steering(facts, steering)
    held = target_facts(
        table, steering, municipality="9901", questionnaires={"kindergarten": asked}, thresholds=Disclosure()
    )
    table = join([table, held])
    written = "8,30\N{NO-BREAK SPACE}%"
    assert written in tabulate_cost_quality(report, table, steering).markdown
    assert written in tabulate_targets(report, table, steering).markdown


def test_with_nobody_to_compare_with_the_figure_has_the_number_alone(asked, facts, report):
    figure, table, said = blocks(asked, facts, report, others=2)
    assert "for få" in table.markdown
    assert "for få andre" in said.plain
    assert figure.id


def test_units_costs_are_shown_where_they_are_known_and_hidden_units_keep_their_satisfaction_hidden(
    asked, facts, report
):
    table = blocks(asked, facts, report, units=True)[1]
    assert "#tbl-kindergarten-unit-costs-kindergarten" in table.markdown
    row = next(line for line in table.markdown.splitlines() if line.startswith("| Bjørkelia"))
    assert "⊘" in row
    assert "200 005 kr" in row.replace("\N{NO-BREAK SPACE}", " ")
    assert "unit-costs" not in blocks(asked, facts, report)[1].markdown


@pytest.mark.parametrize("language", ["nb", "en"])
def test_nothing_is_drawn_outside_the_figure(language, asked, facts, make, tmp_path):
    steering = steering_of(asked, indicators=costs(900_000.0))
    draw_cost_quality(
        make.canvas(asked, tmp_path, language=language), with_steering(facts, steering), steering
    )
    with Image.open(tmp_path / "figures" / "kindergarten-cost-quality.png") as png:
        grey = png.convert("L")
        sides = [grey.crop((0, 0, 2, grey.height)), grey.crop((grey.width - 2, 0, grey.width, grey.height))]
        assert all(side.getextrema() == (255, 255) for side in sides)


def test_the_headline_names_who_costs_most_and_least(asked, facts, make):
    canvas = make.canvas(asked, language="en")
    said = []
    for own in (300_000.0, 150_000.0, 225_000.0, None):
        steering = steering_of(asked, indicators=costs(own))
        said.append(headline_costs(canvas, with_steering(facts, steering), steering))
    assert said == [
        "Cost among the highest quarter: Kindergarten", "Cost among the lowest quarter: Kindergarten",
        "Costs in the middle half of the municipalities", "No cost to show",
    ]  # fmt: skip


def test_supplied_figures_keep_their_decimals_and_quartiles_get_no_more():
    series = [Fact(statistic="x", value=value, scale="percent") for value in (9.59, 8.3)]
    assert supplied(NB, series[-1], series) == "8,30\N{NO-BREAK SPACE}%"
    assert supplied(Language("en"), series[-1]) == "8.3%"
    quartile = Fact(statistic="x", value=8.27251, scale="percent")
    assert between(NB, quartile, series) == "8,27\N{NO-BREAK SPACE}%"
    money = Fact(statistic="x", value=154_637.5, scale="kr")
    own = [Fact(statistic="x", value=154_600.0, scale="kr")]
    assert between(NB, money, own).replace("\N{NO-BREAK SPACE}", " ") == "154 600 kr"
