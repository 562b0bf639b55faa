"""The look: contrast, fonts and the Word template."""

import re
import zipfile
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from analysis.report.wordlook import LABEL, RUNNING

REPORTS = Path(__file__).resolve().parents[2] / "reports"


def _luminance(colour):
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_contrast_that_wcag_gives_it():
    assert _contrast("000000", "ffffff") == pytest.approx(21)  # WCAG 2.2, definition of contrast ratio


@pytest.mark.parametrize("name", ["ink", "soft", "blue", "rust"])
def test_text_has_a_contrast_of_at_least_four_and_a_half_in_html_pdf_and_word(name):
    css = (REPORTS / "styles/report.css").read_text("utf-8")
    typst = (REPORTS / "_extensions/tilstand/typst-template.typ").read_text("utf-8")
    in_css = re.search(rf"--{name}: #(\w{{6}})", css)[1]
    in_typst = re.search(rf'tilstand-{name} = rgb\("#(\w{{6}})"\)', typst)[1]
    assert in_css == in_typst
    assert _contrast(in_css, "ffffff") >= 4.5  # WCAG 2.2, success criterion 1.4.3
    with zipfile.ZipFile(REPORTS / "word/reference.docx") as archive:
        assert f'w:val="{in_css.upper()}"' in archive.read("word/styles.xml").decode("utf-8")


@pytest.mark.parametrize("folder", ["_extensions/tilstand/fonts", "styles/fonts"])
def test_the_fonts_carry_their_licences_and_not_a_reserved_name(folder):
    assert (REPORTS / folder / "OFL-SourceSansPro.txt").is_file()
    assert (REPORTS / folder / "LICENSE-DejaVu.txt").is_file()
    for path in (REPORTS / folder).glob("*.ttf"):
        names = {str(n) for n in TTFont(path)["name"].names if n.nameID in (1, 4, 6, 16)}
        assert all(name.startswith("Tilstand") for name in names), names


def test_the_fonts_have_the_letters_and_signs_of_the_reports():
    fonts = REPORTS / "_extensions/tilstand/fonts"
    signs = TTFont(fonts / "TilstandSigns.ttf").getBestCmap()
    assert all(ord(sign) in signs for sign in "▲●▼◇○⊘✓⚠")
    for path in fonts.glob("TilstandSans-*.ttf"):
        letters = TTFont(path).getBestCmap()
        assert all(ord(letter) in letters for letter in "æøåÆØÅäöüéß–—«»±½"), path.name
        # Source Sans Pro's italic has no letters for Sami; they are set upright in a fallback font.
        sami = set() if "Italic" in path.name else set("áčđŋšŧž")
        assert all(ord(letter) in letters for letter in sami), path.name


def test_the_word_template_has_places_for_the_book_s_words():
    with zipfile.ZipFile(REPORTS / "word/reference.docx") as archive:
        header = archive.read("word/header1.xml").decode("utf-8")
    assert header.count(f">{RUNNING}<") == header.count(f">{LABEL}<") == 1
