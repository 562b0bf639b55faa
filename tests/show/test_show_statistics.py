"""The blocks of the statistics beyond means: full, thin and empty, in both languages."""

import re

import pytest
from PIL import Image

from analysis.facts.table import Fact, join, tabulate
from analysis.show import (
    draw_change,
    draw_funnel,
    draw_priorities,
    draw_units,
    headline_change,
    headline_priorities,
    headline_units,
    tabulate_groups,
    tabulate_influence,
    tabulate_nation,
    tabulate_peers,
    tabulate_residuals,
    tabulate_scorecard,
    tabulate_shrunken,
    tabulate_weighted,
    write_assumptions,
    write_order_check,
)

BLOCKS = {
    "fig-units": draw_units,
    "fig-funnel": draw_funnel,
    "fig-priorities": draw_priorities,
    "fig-change": draw_change,
    "tbl-shrunken": tabulate_shrunken,
    "tbl-nation": tabulate_nation,
    "tbl-peers": tabulate_peers,
    "tbl-residuals": tabulate_residuals,
    "tbl-influence": tabulate_influence,
    "tbl-groups": tabulate_groups,
    "tbl-weighted": tabulate_weighted,
}
FIGURES = [name for name in BLOCKS if name.startswith("fig")]
#: Directions as readers meet them; a cell that has one must have a certain verdict behind it.
DIRECTION = re.compile(
    r"▲|▼|\bcertain rise|\bcertain fall|certainly (higher|lower)|\b(above|below) the (others|expected)\b"
    r"|better|worse|sikker økning|sikker nedgang|sikkert (over|under)|(over|under) (de andre|forventet)"
)


def ident(name: str) -> str:
    kind, _, rest = name.partition("-")
    return f"{kind}-kindergarten-{rest}"


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_has_its_own_id_and_the_same_bytes_each_time(name, language, make, asked, rich, tmp_path):
    made = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        block = BLOCKS[name](make.canvas(asked, folder, language=language), rich)
        made.append((block, [path.read_bytes() for path in sorted(folder.rglob("*.*g"))]))
    assert made[0] == made[1]
    assert made[0][0].id == ident(name)
    assert f"{{#{ident(name)}}}" in made[0][0].markdown
    if name in FIGURES:
        assert re.search(r'fig-alt=".{60,}"', made[0][0].markdown)
        assert "figure-data" in made[0][0].markdown


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_in_jupyterlab_is_html(name, rich, lab):
    block = BLOCKS[name](lab, rich)
    assert set(block._repr_mimebundle_()) == {"text/html", "text/plain"}
    assert ("<svg" if name in FIGURES else "<table") in block.html


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("state", ["thin", "suppressed", "not_measured"])
def test_with_thin_or_empty_facts_a_block_says_why_and_gives_no_direction(
    name, language, state, make, asked, thin, tmp_path
):
    facts = thin if state == "thin" else make.facts(asked, state=state, nation=False)
    block = BLOCKS[name](make.canvas(asked, tmp_path, language=language), facts)
    for line in block.markdown.splitlines():
        if line.startswith("| "):
            assert all(cell.strip() for cell in line.strip("|").split("|")), line
    if state != "thin":
        assert not DIRECTION.search(block.markdown)
        assert not list(tmp_path.rglob("*.png"))


@pytest.mark.parametrize("name", ["funnel", "priorities"])
def test_without_the_national_numbers_a_sentence_stands_in_place_of_an_empty_figure(
    name, make, asked, thin, tmp_path
):
    block = BLOCKS[f"fig-{name}"](make.canvas(asked, tmp_path, language="en"), thin)
    assert block.id == ""
    assert block.markdown.strip().endswith(".")
    assert not (tmp_path / "figures").exists()


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("units", [1, 15])
def test_nothing_is_drawn_outside_the_figure(name, units, make, asked, tmp_path):
    facts = make.with_statistics(make.facts(asked, units=units), asked, units=units)
    block = BLOCKS[name](make.canvas(asked, tmp_path), facts)
    if not block.id:
        return
    with Image.open(next(tmp_path.rglob("*.png"))) as png:
        grey = png.convert("L")
        for edge in (
            (0, 0, 2, grey.height),
            (grey.width - 2, 0, grey.width, grey.height),
            (0, 0, grey.width, 2),
            (0, grey.height - 2, grey.width, grey.height),
        ):
            assert grey.crop(edge).getextrema() == (255, 255)


def test_a_band_is_drawn_and_told_only_where_the_nation_is_known(make, asked, facts, rich, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    with_band, without = draw_units(canvas, rich), draw_units(canvas, facts)
    assert "grey band" in with_band.markdown
    assert "expected" in with_band.markdown
    assert "expected" not in without.markdown
    assert "grey" not in without.markdown


def test_a_unit_outside_its_band_without_certainty_is_not_called_above_or_below(make, asked, rich, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    row = next(r for r in rich.itertuples() if r.statistic == "expected_range" and r.unit == "u2")
    near = rich.copy()
    near.loc[near["fact_id"] == row.fact_id, ["p", "p_adjusted"]] = [0.03, 0.2]
    block = draw_units(canvas, near)
    line = next(x for x in block.markdown.splitlines() if x.startswith("| Tangen"))
    assert "outside, but not certain" in line
    assert not DIRECTION.search(line)


def test_a_unit_stands_out_from_the_expected_where_no_other_finding_is_there(make, asked, rich):
    canvas = make.canvas(asked, language="en")
    alike = rich.copy()
    alike.loc[alike["statistic"] == "unit_difference", "verdict"] = "no_certain_difference"
    assert headline_units(canvas, alike) == "Skogstua below what is expected"


def test_the_funnel_names_only_those_outside_where_units_are_many(make, asked, tmp_path):
    facts = make.with_statistics(make.facts(asked, units=15), asked, units=15)
    block = draw_funnel(make.canvas(asked, tmp_path, language="en"), facts)
    assert "Only those certainly above or below are named" in block.markdown
    assert "The scale runs from 1 to 6; the figure shows 2 to 6." in block.markdown


def test_the_smallest_change_stands_beside_every_change_that_is_not_certain(make, asked, rich, tmp_path):
    block = tabulate_scorecard(make.canvas(asked, tmp_path, language="en"), rich)
    lines = [line for line in block.markdown.splitlines() if "no certain change" in line]
    assert lines
    assert all("| no certain change | 0.2 |" in line for line in lines)
    assert "Visible from: the smallest change" in block.markdown
    drawn = draw_change(make.canvas(asked, tmp_path, language="en"), rich).plain
    assert drawn.replace("\N{NO-BREAK SPACE}", " ").count("(visible from 0.2)") == drawn.count(
        "no certain change"
    )


def test_what_depends_on_the_method_has_a_sign_and_a_sentence_and_no_direction(make, asked, rich, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    assert write_order_check(canvas, rich).markdown == ""
    hangs = rich.copy()
    hangs.loc[hangs["statistic"] == "change", "verdict"] = "depends_on_method"
    hangs.loc[hangs["statistic"] == "unit_difference", "verdict"] = "depends_on_method"
    block = write_order_check(canvas, hangs)
    assert "since 2023 depends on the method: overall satisfaction" in block.markdown
    assert "Solbakken (well\\-being)" in block.markdown or "Solbakken (well-being)" in block.markdown
    drawn = draw_change(canvas, hangs).markdown
    assert "◇\N{NO-BREAK SPACE}depends on the method" in drawn
    for text in (block.markdown, drawn, headline_change(canvas, hangs), headline_units(canvas, hangs)):
        assert not DIRECTION.search(text.replace("below what is expected", "")), text
    assert headline_change(canvas, hangs) == "Whether anything changed since 2023 depends on the method"


def test_the_composition_is_told_only_where_it_changes_an_assessment(make, asked, rich, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    told = "In brackets stands the difference before and after"
    assert told in tabulate_peers(canvas, rich).markdown
    same = rich.copy()
    adjusted = same["statistic"].isin(("peer_difference_adjusted", "peer_difference"))
    same.loc[adjusted, "verdict"] = "lower"
    assert told not in tabulate_peers(canvas, same).markdown


def test_without_peers_a_sentence_says_so(make, asked, thin, facts, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    assert "too few municipalities in the peer group" in tabulate_peers(canvas, thin).markdown
    assert tabulate_peers(canvas, facts).markdown == ""
    assert "Adjusted" not in tabulate_nation(canvas, thin).markdown


def test_the_map_calls_nothing_undecided_a_priority(make, asked, rich, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    block = draw_priorities(canvas, rich)
    # Well-being lies in the corner to preserve too, but something certain speaks against it.
    assert headline_priorities(canvas, rich) == "Prioritise respectful treatment"
    assert "Well-being lies in the corner to preserve, but is certainly" in block.markdown
    alone = rich[rich["statistic"].isin(("priority", "priority_cut", "mean"))]
    assert headline_priorities(canvas, alone) == "Prioritise respectful treatment, preserve well-being"
    assert "an association, not an effect" in block.markdown
    assert "all municipalities together" in block.markdown
    undecided = next(line for line in block.markdown.splitlines() if line.startswith("| Information"))
    assert "◇" in undecided
    unsure = rich.copy()
    mapped = unsure["statistic"] == "priority"
    unsure.loc[mapped, ["verdict", "state", "note"]] = ["", "undecided", "crosses"]
    assert headline_priorities(canvas, unsure) == "What to prioritise cannot be decided"


def test_the_maps_association_may_be_the_municipalitys_own(make, asked, rich, tmp_path):
    mine = rich.copy()
    mine.loc[mine["statistic"].isin(("priority", "priority_cut")), "against"] = "own"
    block = draw_priorities(make.canvas(asked, tmp_path, language="en"), mine)
    assert "measured in this municipality" in block.markdown


def test_the_appendix_on_assumptions_has_a_section_a_service_with_four_tables(make, asked, rich, tmp_path):
    block = write_assumptions(make.canvas(asked, tmp_path, language="en"), rich)
    assert "## Kindergarten {#sec-kindergarten-assumptions}" in block.markdown
    for name in ("residuals", "influence", "groups", "weighted"):
        assert f"{{#tbl-kindergarten-{name}}}" in block.markdown
    assert "The child\\'s age: under 3" in block.markdown
    assert "Design effect 1.08" in block.markdown


def test_groups_that_are_hidden_keep_their_numbers_to_themselves(make, asked, thin, tmp_path):
    block = tabulate_groups(make.canvas(asked, tmp_path), thin)
    for line in block.markdown.splitlines():
        if line.startswith("| ") and "⊘" in line:
            # The users' own share is the register's; nothing is told of those who answered.
            assert len(re.findall(r"\d+\N{NO-BREAK SPACE}%", line)) == 1


def test_units_are_ordered_by_the_cautious_estimate_only_where_they_may_be_ranked(
    make, asked, rich, tmp_path
):
    canvas = make.canvas(asked, tmp_path, language="en")
    assert "Ordered by the cautious estimate" in tabulate_shrunken(canvas, rich).markdown
    loose = rich.copy()
    loose.loc[loose["statistic"] == "variance_unit", "verdict"] = "no_ranking"
    block = tabulate_shrunken(canvas, loose)
    assert "no ranking" in block.markdown
    assert "too few answers to rank them" in block.markdown


def test_a_group_without_a_name_keeps_its_code(make, asked):
    from analysis.show.groups import group_name

    labels = make.canvas(asked, language="en").labels
    assert group_name(labels, "kindergarten", "child_age=under-3") == ("The child's age", "under 3")
    assert group_name(labels, "kindergarten", "place=town") == ("place", "town")


def test_a_range_of_the_municipality_is_a_word_among_municipalities(make, asked, rich, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    high = Fact(
        statistic="expected_range", municipality="9901", service="kindergarten", year=2025,
        topic="dimension.wellbeing", against="nation", value=4.2, low=4.0, high=4.4, level=0.95, n=320, N=24,
        p=0.001, p_adjusted=0.004, verdict="above", scale="1-6",
    )  # fmt: skip
    others = rich[~rich["fact_id"].eq(high.fact_id)]
    block = tabulate_nation(canvas, join([others, tabulate([high])]))
    row = next(line for line in block.markdown.splitlines() if line.startswith("| Well"))
    assert row.rstrip("| ").endswith("▲\N{NO-BREAK SPACE}above the expected")


@pytest.mark.parametrize("language", ["nb", "en"])
def test_where_nothing_is_certain_no_block_says_a_direction(language, make, asked, rich, tmp_path):
    unsure = rich.copy()
    certain = unsure["verdict"].isin(("higher", "lower", "above", "below"))
    unsure.loc[certain, "verdict"] = "no_certain_difference"
    changed = certain & unsure["statistic"].eq("change")
    unsure.loc[changed, "verdict"] = "no_certain_change"
    unsure.loc[certain & unsure["statistic"].eq("expected_range"), "verdict"] = "expected"
    canvas = make.canvas(asked, tmp_path, language=language)
    for name, show_block in BLOCKS.items():
        markdown = show_block(canvas, unsure).markdown
        # What the signs mean is told in a caption; the claims stand in alternative texts and tables.
        claims = [line for line in markdown.splitlines() if line.startswith(("|", "!["))]
        assert claims, name
        assert not DIRECTION.search("\n".join(claims)), name
    for headline in (headline_units, headline_change):
        assert not DIRECTION.search(headline(canvas, unsure))
