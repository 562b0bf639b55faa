"""The Word file of a book: built-in styles, captions, header rows and alternative text."""

import re
import struct
import zipfile
import zlib
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from analysis.report import write_reference_docx
from analysis.report.embedded.standins import standin
from analysis.report.embedded.wordtable import column_shares

BOOK = Path(__file__).parent / "book"


@pytest.fixture(scope="module")
def word(rendered_book):
    return docx.Document(rendered_book.files["docx"])


def _styled(word, name):
    return [p.text.replace("\xa0", " ") for p in word.paragraphs if p.style.name == name]


def test_headings_are_built_in_styles_with_their_numbers(word):
    assert _styled(word, "Heading 1") == [
        "Sammendrag",
        "1  Barnehage",
        "2  Skole",
        "Bilag A —  Metode",
        "Bilag B —  Kilder",
    ]
    assert _styled(word, "Heading 2") == ["1.1  Funn", "Lite", "2.1  Funn", "A.1  Usikkerhet"]
    assert _styled(word, "Title") == ["Tilstandsrapport <2025>"]


def test_captions_have_word_s_own_style_and_numbers_that_word_can_count(word):
    # Word counts by the fields; a table's caption has the style that keeps it with the table below it.
    captions = [p for p in word.paragraphs if p.style.name in ("Caption", "Table Caption")]
    assert {p.style.name for p in captions if p.text.startswith("Figur")} == {"Caption"}
    assert [p.text.replace("\xa0", " ") for p in captions] == [
        "Tabell 1: Målekort i kort form",
        "Tabell 1.1: Målekort for barnehage",
        "Figur 1.1: Trivsel over tid, barnehage",
        "Tabell 2.1: Målekort for skole",
        "Figur 2.1: Trivsel over tid, skole",
        "Tabell A.1: Terskler",
    ]
    fields = [f.text for p in captions for f in p._p.iter(qn("w:instrText"))]
    assert [f.split()[:2] for f in fields] == [
        ["SEQ", kind] for kind in ("Tabell", "Tabell", "Figur", "Tabell", "Figur", "Tabell")
    ]


def test_header_rows_are_repeated_and_each_row_of_a_table_is_there(word):
    assert [len(t.rows) for t in word.tables] == [2, 3, 3, 2]
    for table in word.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert table.style.name == "Table"


def test_numbers_stand_to_the_right(word):
    cell = word.tables[1].rows[1].cells[1]
    assert cell.paragraphs[0].alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT


def test_images_have_the_alternative_text_that_was_written_for_them(word):
    described = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert described == ["Linje som stiger fra 4,7 i 2023 til 4,9 i 2025"] * 2


def test_images_are_the_book_s_own_files_in_their_own_proportions(word, rendered_book):
    # Pandoc is given the files without their pixels; it must take the same size from them.
    figure = BOOK / "figures" / "trend.png"
    width, height = struct.unpack(">II", figure.read_bytes()[16:24])
    for shape in word.inline_shapes:
        assert shape.height / shape.width == pytest.approx(height / width, abs=1e-4)
    with zipfile.ZipFile(rendered_book.files["docx"]) as archive:
        held = [archive.read(name) for name in archive.namelist() if name.endswith(".png")]
    assert set(held) == {figure.read_bytes()}


def test_a_stand_in_has_size_pixels_and_density_and_is_told_apart_by_its_name():
    figure = BOOK / "figures" / "trend.png"
    one, other = standin(figure, "figures/a.png"), standin(figure, "figures/b.png")
    assert one[16:24] == figure.read_bytes()[16:24]
    assert b"pHYs" in one
    assert one != other
    width, height = struct.unpack(">II", one[16:24])
    at = one.index(b"IDAT")
    pixels = zlib.decompress(one[at + 4 : at + 4 + struct.unpack(">I", one[at - 4 : at])[0]])
    assert len(pixels) == height * (1 + (width + 7) // 8)
    assert standin(BOOK / "index.qmd", "index.qmd") == b""


@pytest.mark.parametrize("kept", [8, 20, 28])
def test_a_cut_picture_has_no_stand_in(tmp_path, kept):
    cut = tmp_path / "cut.png"
    cut.write_bytes((BOOK / "figures" / "trend.png").read_bytes()[:kept])
    assert standin(cut, "cut.png") == b""


def test_title_author_and_language_are_in_the_file_s_properties(word):
    properties = word.core_properties
    assert (properties.title, properties.author) == ("Tilstandsrapport <2025>", "Fjordvik kommune")
    assert properties.language == "nb-NO"


def test_the_cover_says_what_the_report_is_about_and_names_the_municipality_once(word):
    assert _styled(word, "Author") == ["Fjordvik kommune"]
    assert _styled(word, "Subtitle") == []
    assert _styled(word, "Cover Line") == ["Barnehage og skole", "61 av 100 *inviterte* svarte"]
    assert _styled(word, "Marking") == ["Utkast, ikke for publisering", "Syntetiske data"]


def test_a_short_table_is_kept_on_one_page(word):
    styles = {p.style.name for table in word.tables for row in table.rows for p in row.cells[0].paragraphs}
    assert all(name.endswith("Kept") for name in styles)
    assert word.styles["Compact Kept"].paragraph_format.keep_with_next


def test_every_page_says_whose_report_it_is_and_that_data_are_synthetic(word):
    (section,) = word.sections
    header = section.header.paragraphs[0].text
    assert header.split("\t") == [
        "Fjordvik *kommune* · Brukerundersøkelser",
        "Utkast, ikke for publisering · Syntetiske data",
    ]
    assert "PAGE" in "".join(f.text for f in section.footer._element.iter(qn("w:instrText")))
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)


def test_the_table_of_contents_is_filled_before_word_has_updated_it(word):
    assert _styled(word, "toc 1")[:2] == ["Sammendrag", "1  Barnehage"]
    anchors = {a.get(qn("w:anchor")) for a in word.element.iter(qn("w:hyperlink"))} - {None}
    names = {b.get(qn("w:name")) for b in word.element.iter(qn("w:bookmarkStart"))}
    assert anchors <= names


def test_text_that_looks_like_markup_stays_text_and_other_formats_parts_are_gone(word):
    cells = [cell.text for cell in word.tables[1].columns[0].cells]
    assert cells[2].startswith(r"*x* <script>alert(1)</script> #typst[] @fig-x $y$ {{< meta a >}} a_b `k`")
    body = "\n".join(p.text for p in word.paragraphs)
    assert "Bare i Word." in body
    assert not [part for part in ("Bare i PDF", "Tallene bak figuren") if part in body]


def test_a_template_gets_the_book_s_own_words_and_language(tmp_path):
    path = tmp_path / "reference.docx"
    write_reference_docx(path, running="A & B <C>", label="Draft", lang="en")
    document = docx.Document(path)
    assert document.sections[0].header.paragraphs[0].text == "A & B <C>\tDraft"
    with zipfile.ZipFile(path) as archive:
        assert b'w:val="en-GB"' in archive.read("word/styles.xml")


def test_the_font_is_named_with_a_fallback(rendered_book):
    with zipfile.ZipFile(rendered_book.files["docx"]) as archive:
        fonts = archive.read("word/fontTable.xml").decode("utf-8")
    assert re.search(r'w:name="Source Sans Pro".*w:altName w:val="Calibri"', fonts)


def test_crowded_columns_are_broken_between_words_and_short_ones_are_not():
    rows = [["Suksessfaktor", "2025"], ["en lang tekst som kan brytes mellom ordene", "4,9"]]
    long, short = column_shares(rows, room=30)
    assert short * 30 >= len("2025")
    assert long + short == pytest.approx(1, abs=0.001)
