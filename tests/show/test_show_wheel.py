"""The year wheel as a figure, and what the next survey can see as a table."""

import datetime as dt
import re

import pytest
from invented_steering import PLAN, steering_of, with_steering
from PIL import Image

from analysis.show.next_survey import headline_next_survey, tabulate_next_survey
from analysis.show.wheel import draw_wheel

WHEEL = {
    "first_survey": 2021,
    "fieldwork": (dt.date(2025, 1, 13), dt.date(2025, 2, 14)),
    "budget": dt.date(2025, 12, 11),
}


def test_the_wheel_in_a_report_is_a_numbered_figure_with_every_date_behind_it(asked, report):
    block = draw_wheel(report, steering_of(asked, {"wheel": WHEEL}))
    assert block.id == "fig-kindergarten-wheel"
    text = block.markdown.replace("\\", "")
    assert "| Datainnsamling: brukerne svarer | 13. jan.–14. feb. 2025 | fastsatt |" in text
    assert "| Datainnsamling: brukerne svarer | 13. jan.–14. feb. 2027 | foreløpig |" in text
    assert "| Kommunestyret vedtar budsjett og handlingsprogram | 11. des. 2025 | fastsatt |" in text
    alt = re.search(r'fig-alt="([^"]*)"', block.markdown)[1]
    assert "2027" in alt
    assert "Tilstandsrapport til kommunestyret om 2024" in alt


@pytest.mark.parametrize("every", [1, 2, 3, 4])
@pytest.mark.parametrize("language", ["nb", "en"])
def test_nothing_is_drawn_outside_the_figure_however_long_the_wheel(every, language, asked, make, tmp_path):
    canvas = make.canvas(asked, tmp_path, language=language)
    draw_wheel(canvas, steering_of(asked, {"wheel": {"first_survey": 2025, "every": every}}))
    with Image.open(tmp_path / "figures" / "kindergarten-wheel.png") as png:
        grey = png.convert("L")
        edges = [
            grey.crop((0, 0, 2, grey.height)), grey.crop((grey.width - 2, 0, grey.width, grey.height)),
            grey.crop((0, 0, grey.width, 2)), grey.crop((0, grey.height - 2, grey.width, grey.height)),
        ]  # fmt: skip
        assert all(edge.getextrema() == (255, 255) for edge in edges)


def test_the_same_dates_give_the_same_bytes_and_jupyterlab_a_picture_with_its_text(
    asked, make, tmp_path, lab
):
    steering = steering_of(asked, {})
    files = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        draw_wheel(make.canvas(asked, folder), steering)
        files.append([path.read_bytes() for path in sorted((folder / "figures").iterdir())])
    assert files[0] == files[1]
    assert re.search(r'<svg role="img" aria-label="[^"]{20,}"', draw_wheel(lab, steering).html)


def test_every_open_unit_has_its_row_and_a_hidden_one_no_number(asked, facts, report):
    steering = steering_of(asked)
    block = tabulate_next_survey(report, with_steering(facts, steering), steering)
    rows = [line for line in block.markdown.splitlines() if line.startswith("| ")]
    assert len(rows) == 1 + 8 + 1
    hidden = next(line for line in rows if line.startswith("| Bjørkelia"))
    assert "⊘" in hidden
    assert not re.search(r"\d", hidden)
    assert all(cell.strip() for line in rows for cell in line.strip("|").split("|"))


def test_the_headline_counts_the_units_that_stand_alone(asked, facts, make):
    steering = steering_of(asked)
    table = with_steering(facts, steering)
    found = table[table["statistic"].eq("detectable_next") & table["unit"].ne("")]
    alone = found["verdict"].eq("alone").sum()
    said = headline_next_survey(make.canvas(asked, language="en"), table)
    assert said == f"The next survey can show a change in {alone} of 8 units on their own"


def test_without_anything_to_plan_from_a_sentence_says_so(asked, facts, report):
    assert tabulate_next_survey(report, facts, steering_of(asked, PLAN)).id == ""
