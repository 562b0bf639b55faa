"""The five figures: files, Markdown, alternative text, and what stands in their place."""

import re

import pytest
from PIL import Image

from analysis.show import (
    draw_change,
    draw_development,
    draw_distribution,
    draw_response,
    draw_units,
)

DRAW = {
    "units": draw_units,
    "change": draw_change,
    "development": draw_development,
    "distribution": draw_distribution,
    "response": draw_response,
}


@pytest.mark.parametrize("name", DRAW)
def test_a_figure_in_a_report_is_a_numbered_div_with_two_files(name, facts, report):
    block = DRAW[name](report, facts)
    assert block.id == f"fig-kindergarten-{name}"
    assert block.markdown.startswith(f"::: {{#{block.id}}}\n![](figures/kindergarten-{name}){{fig-alt=")
    assert set(block._repr_mimebundle_()) == {"text/markdown", "text/plain"}
    with Image.open(report.folder / "figures" / f"kindergarten-{name}.png") as png:
        assert min(png.info["dpi"]) >= 199
        # 16 cm at 200 dpi.
        assert png.width == pytest.approx(16 / 2.54 * 200, abs=2)
    assert b"<svg" in (report.folder / "figures" / f"kindergarten-{name}.svg").read_bytes()


@pytest.mark.parametrize("name", DRAW)
def test_a_figure_in_jupyterlab_is_svg_with_its_alternative_text_and_writes_nothing(
    name, facts, lab, tmp_path
):
    block = DRAW[name](lab, facts)
    assert set(block._repr_mimebundle_()) == {"text/html", "text/plain"}
    assert re.search(r'<svg role="img" aria-label="[^"]{20,}"', block.html)
    assert "<script" not in block.html
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", DRAW)
def test_the_same_facts_give_the_same_bytes(name, facts, make, asked, tmp_path):
    made = []
    for folder in (tmp_path / "a", tmp_path / "b" / "c"):
        block = DRAW[name](make.canvas(asked, folder), facts)
        files = sorted((folder / "figures").iterdir())
        made.append((block, [file.read_bytes() for file in files]))
    assert made[0] == made[1]


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize("state", ["suppressed", "not_measured"])
def test_without_a_number_a_callout_says_why_and_no_file_is_written(name, state, make, asked, tmp_path):
    block = DRAW[name](make.canvas(asked, tmp_path), make.facts(asked, state=state, nation=False))
    assert block.markdown.startswith("::: {.callout-note}")
    assert block.id == ""
    assert not (tmp_path / "figures").exists()


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize(("units", "items"), [(1, 2), (15, 16)])
def test_nothing_is_drawn_outside_the_figure(name, units, items, make, tmp_path):
    asked = make.questionnaire(items=max(items, 6))
    DRAW[name](make.canvas(asked, tmp_path), make.facts(asked, units=units))
    with Image.open(tmp_path / "figures" / f"kindergarten-{name}.png") as png:
        grey = png.convert("L")
        edges = [
            grey.crop((0, 0, 2, grey.height)), grey.crop((grey.width - 2, 0, grey.width, grey.height)),
            grey.crop((0, 0, grey.width, 2)), grey.crop((0, grey.height - 2, grey.width, grey.height)),
        ]  # fmt: skip
        assert all(edge.getextrema() == (255, 255) for edge in edges)


def test_a_hidden_unit_is_named_with_its_state_and_without_a_number(facts, report):
    block = draw_units(report, facts)
    assert "Bjørkelia: " in block.plain
    row = next(line for line in block.markdown.splitlines() if line.startswith("| Bjørkelia"))
    assert "⊘" in row
    assert not re.search(r"\d", row)


def test_a_change_that_is_not_certain_has_no_direction_in_words(make, asked, facts, tmp_path):
    block = draw_change(make.canvas(asked, tmp_path, language="en"), facts)
    row = next(line for line in block.markdown.splitlines() if line.startswith("| Well-being"))
    assert "no certain change" in row
    assert not re.search("rise|fall|higher|lower|better|worse|▲|▼", row)
    row = next(line for line in block.markdown.splitlines() if line.startswith("| Information"))
    assert "▼ certain fall" in row.replace("\N{NO-BREAK SPACE}", " ")


def test_labels_with_markup_do_not_reach_the_drawing_as_markup(make, facts, tmp_path):
    asked = make.questionnaire()
    canvas = make.canvas(asked, tmp_path)
    canvas.labels.units["u0"] = "<script>$x$</script> *a*|b"
    block = draw_units(canvas, facts)
    assert "<script>" not in block.markdown
    assert "\\<script\\>\\$x\\$" in block.markdown
    svg = (tmp_path / "figures" / "kindergarten-units.svg").read_text()
    assert "<script>" not in svg


def test_a_service_without_dimensions_is_drawn_by_items(make, tmp_path):
    asked = make.questionnaire(dimensions=0, items=4)
    facts = make.facts(asked)
    for draw in DRAW.values():
        assert draw(make.canvas(asked, tmp_path), facts).id


def test_a_round_before_a_new_wording_is_not_joined_to_the_later_ones():
    from analysis.show.panels import _runs

    assert _runs([2021, 2023, 2025], {2021}, [2021, 2023, 2025]) == [[2021], [2023, 2025]]
    assert _runs([2021, 2025], set(), [2021, 2023, 2025]) == [[2021], [2025]]


def test_the_bars_of_an_odd_scale_part_in_the_middle_of_its_middle_answer():
    from analysis.show.bars import _under

    assert _under([0.1, 0.2, 0.4, 0.2, 0.1]) == pytest.approx(0.5)
    assert _under([0.1, 0.2, 0.1, 0.2, 0.2, 0.2]) == pytest.approx(0.4)


def test_more_items_than_a_page_holds_take_several_figures_and_keep_dimensions_whole(make, tmp_path):
    asked = make.questionnaire(items=40)
    block = draw_distribution(make.canvas(asked, tmp_path), make.facts(asked, units=1))
    assert block.id == "fig-kindergarten-distribution"
    names = sorted(path.name for path in (tmp_path / "figures").glob("*.png"))
    assert names == ["kindergarten-distribution-2.png", "kindergarten-distribution.png"]
    for name in names:
        with Image.open(tmp_path / "figures" / name) as png:
            # 600 points and the foot, at 200 dpi: with its caption it stands on an A4 page.
            assert png.height <= 606 / 72 * 200
    assert block.markdown.count("#fig-kindergarten-distribution") == 2
