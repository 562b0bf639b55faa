"""What is put on a sheet stands where it was put, in the vector form and in the picture alike."""

import io
import re
from itertools import pairwise
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.ft2font import FT2Font
from matplotlib.textpath import TextToPath
from PIL import Image

from analysis.core.language import CATALOGUES
from analysis.show.letters import UNITS, ascent, font_files, set_letters
from analysis.show.sheet import Sheet
from analysis.show.style import DPI, SIZE, text_width

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
#: What the two fonts have: letters of Europe's west and north, figures, and the report's signs.
WORDS = st.text(
    st.one_of(st.characters(min_codepoint=32, max_codepoint=126), st.sampled_from("æøåÆØÅéäöß–●◇○⊘▲▼ ")),
    min_size=1,
    max_size=30,
)


def picture(sheet: Sheet) -> np.ndarray:
    """Return the sheet's pixels, rows × columns × red, green and blue."""
    with Image.open(io.BytesIO(sheet.png())) as png:
        assert png.mode == "RGB"
        return np.asarray(png)


def at(pixels: np.ndarray, x: float, y: float) -> tuple[int, ...]:
    """Return the colour at a place in points."""
    return tuple(int(part) for part in pixels[round(y * DPI / 72), round(x * DPI / 72)])


def inked(pixels: np.ndarray) -> tuple[float, float, float, float]:
    """Return left, right, top and bottom of what is not white, in points."""
    rows, columns = np.nonzero((pixels < 250).any(axis=2))
    scale = 72 / DPI
    return columns.min() * scale, (columns.max() + 1) * scale, rows.min() * scale, (rows.max() + 1) * scale


def test_a_box_fills_its_place_with_its_colour_and_nothing_beside_it():
    sheet = Sheet(60, width=100)
    sheet.box(20, 10, 30, 25, colour="#1b5b92", edge=0)
    pixels = picture(sheet)
    assert at(pixels, 35, 22) == (0x1B, 0x5B, 0x92)
    assert at(pixels, 35, 50) == at(pixels, 70, 22) == (255, 255, 255)
    assert inked(pixels) == pytest.approx((20, 50, 10, 35), abs=0.4)


def test_marks_lie_on_lines_lines_on_areas_whatever_was_drawn_first():
    sheet = Sheet(60, width=100)
    sheet.marks([(50, 30)], colour="#a63a14", size=12)
    sheet.strokes([[(0, 30), (100, 30)]], colour="#1b1e23", width=4)
    sheet.area([(10, 10), (90, 10), (90, 50), (10, 50)], colour="#e3e8ee")
    pixels = picture(sheet)
    assert at(pixels, 50, 30) == (0xA6, 0x3A, 0x14)
    assert at(pixels, 20, 30) == (0x1B, 0x1E, 0x23)
    assert at(pixels, 20, 15) == (0xE3, 0xE8, 0xEE)


def test_a_hollow_mark_is_white_inside_and_as_large_as_asked():
    sheet = Sheet(60, width=100)
    sheet.marks([(50, 30)], colour="#1b5b92", size=20, hollow=True)
    pixels = picture(sheet)
    assert at(pixels, 50, 30) == (255, 255, 255)
    # Half of the edge, 1.5 wide, lies outside.
    assert inked(pixels) == pytest.approx((39.25, 60.75, 19.25, 40.75), abs=0.5)


def test_each_line_has_its_own_colour_where_colours_are_given():
    sheet = Sheet(60, width=100)
    lines = [[(10, y), (90, y)] for y in (10, 20, 30)]
    sheet.strokes(lines, colour=["#1b5b92", "#a63a14", "#a63a14"], width=4)
    pixels = picture(sheet)
    assert [at(pixels, 50, y)[0] for y in (10, 20, 30)] == [0x1B, 0xA6, 0xA6]


def test_dashes_are_measured_in_line_widths():
    sheet = Sheet(20, width=100)
    sheet.strokes([[(0, 10), (100, 10)]], colour="#000000", width=2, dashes=(4, 2))
    dark = picture(sheet)[round(10 * DPI / 72), :, 0] < 128
    # Twelve points a dash and its gap: a dash begins at 0, 12, 24 ...
    assert np.count_nonzero(np.diff(dark.astype(int)) == -1) == pytest.approx(100 / 12, abs=1)
    assert dark.mean() == pytest.approx(4 / 6, abs=0.04)
    assert b'stroke-dasharray="8 4"' in sheet.svg()


@pytest.mark.parametrize(("ha", "x"), [("left", 20), ("center", 50), ("right", 80)])
@pytest.mark.parametrize("strong", [False, True])
def test_text_is_as_wide_as_it_is_measured_and_stands_where_it_was_put(ha, x, strong):
    sheet = Sheet(40, width=100)
    text = "Hall H"
    sheet.write(x, 20, text, ha=ha, strong=strong)
    left, right, top, bottom = inked(picture(sheet))
    wide = text_width(text, SIZE, strong=strong)
    begins = {"left": x, "center": x - wide / 2, "right": x - wide}[ha]
    # Letters leave a little air at both ends.
    assert begins <= left + 0.2 < begins + 1.5
    assert begins + wide - 1.5 < right <= begins + wide + 0.4
    assert (top + bottom) / 2 == pytest.approx(20, abs=0.5)
    assert bottom - top == pytest.approx(SIZE * ascent(), abs=0.6)


def test_lines_of_a_row_stand_on_one_baseline_whatever_letters_they_have():
    bottoms = []
    for text in ("nei", "Å", "xxx"):
        sheet = Sheet(40, width=60)
        sheet.write(10, 20, text)
        bottoms.append(inked(picture(sheet))[3])
    assert max(bottoms) - min(bottoms) < 0.5


def test_svg_writes_each_glyph_once_and_uses_only_what_it_has():
    sheet = Sheet(40)
    sheet.write(0, 10, "annanas ●")
    sheet.write(0, 30, "annanas", strong=True)
    root = ElementTree.fromstring(sheet.svg())
    written = [path.get("id") for path in root.iter(f"{SVG}path") if path.get("id")]
    used = [use.get(LINK).removeprefix("#") for use in root.iter(f"{SVG}use")]
    # a, n, s and the sign; a, n, s again in the strong font.
    assert len(written) == len(set(written)) == 7
    assert set(used) == set(written)
    assert len(used) == len("annanas●annanas")


def test_a_line_set_word_by_word_is_as_it_would_be_set_at_once():
    catalogue = (CATALOGUES / "nb" / "LC_MESSAGES" / "tilstand.po").read_text(encoding="utf-8")
    lines = [line for line in re.findall(r'"(.+)"', catalogue) if line.isascii() or "ø" in line][:400]
    for weight, file in font_files().items():
        font = FT2Font(file)
        font.set_size(UNITS, 72)
        for line in lines:
            *placed, end = TextToPath().get_glyphs_with_font(font, line + " ")[0]
            letters = set_letters(line, strong=weight == 600)
            seen = [x for name, x, _, _ in placed if name in letters.glyphs]
            assert letters.begins == pytest.approx(seen, abs=0.02), line
            assert letters.width == pytest.approx(end[1], abs=0.02), line


@pytest.mark.parametrize("word", ["\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{HEBREW LETTER VAV}", "ab"])
def test_no_letter_is_lost_of_a_word_in_either_direction(word):
    letters = set_letters(word)
    assert len(letters.glyphs) == len(word)
    assert letters.begins[0] == 0
    assert letters.begins[-1] < letters.width
    assert letters.width > letters.path.vertices[:, 0].max() - 2


def test_letters_are_kerned_and_follow_each_other():
    apart = set_letters("T").begins + set_letters("o").begins
    assert apart == (0.0, 0.0)
    together, single = set_letters("To").begins[1], text_width("TT", UNITS) - text_width("T", UNITS)
    assert together < single
    assert all(a < b for a, b in pairwise(set_letters("Barnehagen er ren").begins))


@settings(max_examples=40, deadline=None)
@given(WORDS)
def test_any_words_are_drawn_in_both_forms(text):
    sheet = Sheet(40)
    sheet.write(5, 20, text)
    root = ElementTree.fromstring(sheet.svg())
    written = {path.get("id") for path in root.iter(f"{SVG}path") if path.get("id")}
    assert {use.get(LINK)[1:] for use in root.iter(f"{SVG}use")} <= written
    assert picture(sheet).shape[:2] == (round(40 * DPI / 72), round(453.5 * DPI / 72))


def test_numbers_in_svg_have_no_exponent_and_no_more_than_two_decimals():
    sheet = Sheet(700)
    sheet.strokes([[(0.000012345, 123.456789), (1 / 3, 699.99999)]], colour="#000000")
    line = re.search(rb'd="(M[^"]+)" fill="none"', sheet.svg())[1]
    assert line == b"M0 123.46L0.33 700"


def test_the_notebooks_own_settings_change_nothing():
    sheet = Sheet(60)
    sheet.write(5, 10, "Samlet $x$ tilfredshet")
    sheet.strokes([[(x / 2, 30 + x % 7) for x in range(300)]], colour="#000000")
    sheet.marks([(50, 40)], colour="#a63a14", marker="D")
    svg, png = sheet.svg(), sheet.png()
    theirs = {"path.simplify": True, "font.size": 30, "font.family": "serif", "savefig.dpi": 30}
    with mpl.rc_context({**theirs, "path.simplify_threshold": 1.0, "text.usetex": True}):
        again = Sheet(60)
        again.write(5, 10, "Samlet $x$ tilfredshet")
        again.strokes([[(x / 2, 30 + x % 7) for x in range(300)]], colour="#000000")
        again.marks([(50, 40)], colour="#a63a14", marker="D")
        assert (again.svg(), again.png()) == (svg, png)


def test_nothing_to_draw_leaves_the_sheet_empty():
    sheet = Sheet(60, width=100)
    sheet.marks([], colour="#1b5b92")
    sheet.area([], colour="#1b5b92")
    sheet.strokes([], colour="#1b5b92")
    sheet.strokes([[], []], colour=["#1b5b92", "#a63a14"])
    assert sheet.parts == []
    assert (picture(sheet) == 255).all()
    sheet.strokes([[], [(10, 10), (90, 10)]], colour=["#1b5b92", "#a63a14"], width=4)
    assert at(picture(sheet), 50, 10)[0] == 0xA6


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), np.float64("nan")], ids=str)
@pytest.mark.parametrize(
    ("what", "draw"),
    [
        ("a line", lambda sheet, y: sheet.strokes([[(0, 1), (5, y), (9, 9)]], colour="#000000")),
        ("a mark", lambda sheet, y: sheet.marks([(1, 1), (5, y)], colour="#000000")),
        ("an area", lambda sheet, y: sheet.area([(0, 0), (5, y), (9, 0)], colour="#000000")),
        ("an area", lambda sheet, y: sheet.box(5, y, 10, 10, colour="#000000")),
        ("an area", lambda sheet, y: sheet.box(5, 5, 10, y, colour="#000000")),
        ("the text 'Hall'", lambda sheet, y: sheet.write(5, y, "Hall")),
    ],
)
def test_a_place_that_is_no_number_is_refused_with_what_was_to_stand_there(what, draw, bad):
    sheet = Sheet(60, width=100)
    with pytest.raises(ValueError, match=f"finite points expected for {what}, found .*{bad:g}"):
        draw(sheet, bad)
    assert sheet.parts == []
