"""The national sheet and comparison groups: means, spread, distances, and words where there are none."""

import dataclasses

import pytest
from invented_steering import steering_of

from analysis.core.language import Language
from analysis.facts.labels import Labels
from analysis.facts.table import Fact, tabulate
from analysis.show import Canvas
from analysis.show.comparison_group import tabulate_comparison_group, write_comparison_group
from analysis.show.country import draw_country, headline_country, tabulate_country
from analysis.steering.peers import Peers, peer_facts


def canvas_of(asked, folder=None, *, scale=None):
    school = asked.model_copy(update={"service": "school", "name": {"nb": "SFO", "en": "SFO"}})
    if scale:
        items = tuple(item.model_copy(update={"maximum": scale}) for item in school.items)
        school = school.model_copy(update={"items": items})
    labels = Labels(Language("en"), "All municipalities", {"kindergarten": asked, "school": school}, {})
    return Canvas(report=folder is not None, folder=folder, prefix="country", labels=labels)


def national(*, few: bool = False):
    rows = []
    for service, mean in (("kindergarten", 4.8), ("school", 4.4)):
        place = {"service": service, "topic": "overall", "scale": "1-6"}
        for year in (2023, 2025):
            fact = Fact(statistic="mean", year=year, **place, value=mean, se=0.05, n=900, N=24)
            rows.append(fact.missing("not_comparable", "no_other_municipalities") if few else fact)
        if not few:
            rows += [
                Fact(statistic="quartile", year=2025, category=q, **place, value=mean + d, N=24)
                for q, d in (("25", -0.1), ("75", 0.1))
            ]
            rows.append(Fact(statistic="tau", year=2025, category="municipality", **place, value=0.153, N=24))
    return tabulate(rows)


def test_the_sheet_says_between_what_the_services_lie(asked):
    assert headline_country(canvas_of(asked), national()) == "From 4.4 for SFO to 4.8 for kindergarten"


def test_every_service_stands_with_its_rounds_spread_and_who_is_behind_it(asked, tmp_path):
    block = tabulate_country(canvas_of(asked, tmp_path), national())
    rows = [line for line in block.markdown.splitlines() if line.startswith("| ")]
    assert rows[1] == "| Kindergarten | 4.8 | **4.8** | 4.7–4.9 | 4.7–4.9 | 0.15 | 24 | 900 |"
    assert len(rows) == 3


def test_the_figure_tells_its_numbers_in_words(asked, tmp_path):
    block = draw_country(canvas_of(asked, tmp_path), national())
    assert "Kindergarten 4.8, 4.7–4.9; SFO 4.4, 4.3–4.5" in block.plain
    assert (tmp_path / "figures" / "country-services.svg").is_file()


def test_too_few_municipalities_make_no_national_picture(asked, tmp_path):
    facts, canvas = national(few=True), canvas_of(asked, tmp_path)
    assert headline_country(canvas, facts) == "Where the services stand"
    assert "too few municipalities" in draw_country(canvas, facts).plain
    table = tabulate_country(canvas, facts).markdown
    assert "too few municipalities to compare with" in table.replace("\N{NO-BREAK SPACE}", " ")


def test_services_on_different_scales_are_not_drawn_on_one_axis(asked, tmp_path):
    canvas = canvas_of(asked, tmp_path, scale=5)
    assert "different scales" in draw_country(canvas, national()).plain
    assert headline_country(canvas, national()) == "Where the services stand"


def peers_of(kind="nearest"):
    import pandas as pd

    table = pd.DataFrame({"municipality": ["9903", "9917", "9908"], "distance": [0.0, 0.336, 1.204]})
    return Peers(
        "9903", kind, ("9917", "9908"), table, group="4", year=2025,
        weights={"inhabitants": 0.75, "school.cost": 0.25} if kind == "nearest" else {},
        left_out={"9924": ("school.cost",)} if kind == "nearest" else {},
    )  # fmt: skip


def test_the_nearest_municipalities_are_printed_with_distances_figures_and_weights(asked, tmp_path):
    peers = peers_of()
    block = tabulate_comparison_group(
        canvas_of(asked, tmp_path), peer_facts(peers, year=2025), peers,
        names={"9917": "Nevlåsen", "9908": "Drøvsund"},
        figures={"inhabitants": "inhabitants", "school.cost": "cost per pupil"},
    )  # fmt: skip
    rows = [line for line in block.markdown.splitlines() if line.startswith("| ")]
    assert rows[1:] == ["| Nevlåsen | 0.34 |", "| Drøvsund | 1.20 |"]
    assert "by inhabitants 75%; cost per pupil 25%." in block.markdown
    assert "1 municipality is left out" in block.markdown


def test_a_group_is_printed_by_its_names(asked):
    names = {"9917": "Nevlåsen", "9908": "Drøvsund"}
    peers = peers_of("group")
    block = tabulate_comparison_group(canvas_of(asked), tabulate(()), peers, names=names, figures={})
    assert block.plain == "Peer group 4: Nevlåsen and Drøvsund."
    alone = dataclasses.replace(peers, codes=())
    block = tabulate_comparison_group(canvas_of(asked), tabulate(()), alone, names=names, figures={})
    assert block.plain == "No other municipality is in peer group 4."


@pytest.mark.parametrize(
    ("kind", "chosen", "listed"),
    [
        ("group", "The peer group is the one that the register", "Peer group 4: Nevlåsen and 9908."),
        ("nearest", "chosen for All municipalities alone", "by inhabitants 75%; cost (SFO) 25%."),
    ],
)
def test_the_report_says_whom_it_compares_with_and_how_they_were_chosen(
    asked, kind, chosen, listed, tmp_path
):
    peers, plan = peers_of(kind), steering_of(asked, {})
    canvas = canvas_of(asked, tmp_path)
    block = write_comparison_group(
        canvas, peer_facts(peers, year=2025), peers, plan, names={"9917": "Nevlåsen"}
    )
    for said in ("## Whom the municipality is compared with", chosen, listed):
        assert said in block.markdown
    assert write_comparison_group(canvas, tabulate(()), None, plan, names={}).markdown == ""
