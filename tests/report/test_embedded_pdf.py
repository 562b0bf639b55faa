"""The PDF of a book: tagged, with a language, bookmarks and the same numbers as the HTML."""

import re
import shutil
from pathlib import Path

import pypdf
import pytest

from analysis.core.errors import RenderError
from analysis.report import render


@pytest.fixture(scope="module")
def pdf(rendered_book):
    return pypdf.PdfReader(rendered_book.files["pdf"])


@pytest.fixture(scope="module")
def text(pdf):
    pages = "\n".join(page.extract_text() for page in pdf.pages)
    return re.sub(r"\s+", " ", pages.replace("\xa0", " "))


def test_it_says_that_it_is_tagged_and_follows_pdf_ua_1(pdf):
    catalog = pdf.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "nb-NO"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "<pdfuaid:part>1</pdfuaid:part>" in catalog["/Metadata"].get_data().decode("utf-8")


def test_title_author_and_date_are_the_book_s(pdf):
    assert pdf.metadata.title == "Tilstandsrapport <2025>"
    assert pdf.metadata.author == "Fjordvik kommune"
    assert str(pdf.metadata.creation_date).startswith("2025-11-22")


def test_chapters_and_sections_are_bookmarks(pdf):
    def titles(items):
        return [titles(item) if isinstance(item, list) else item.title for item in items]

    assert titles(pdf.outline) == [
        "Sammendrag",
        "1 Barnehage",
        ["1.1 Funn", ["1.1.1 Små enheter"], "Lite"],
        "2 Skole",
        ["2.1 Funn"],
        "A Metode",
        ["A.1 Usikkerhet"],
        "B Kilder",
    ]


@pytest.mark.parametrize(
    "part",
    [
        "Tabell 1.1: Målekort for barnehage",
        "Figur 2.1: Trivsel over tid, skole",
        "Tabell A.1: Terskler",
        "Tabell 1: Målekort i kort form",
        "omtalt i Kapittel 1, skole i Kapittel 2 og metoden i Bilag A.",
        "se Lite og Figur 2.1.",
        "Se Tabell A.1, Seksjon A.1 og sammendraget.",
        "Bilag A — Metode",
        "(Goldstein 2011)",
        "Multilevel Statistical Models",
        "Bare i PDF.",
        "*x* <script>alert(1)</script> #typst[] @fig-x $y$ {{< meta a >}} a_b `k` 1^2^ ~z~",
    ],
)
def test_numbers_and_words_are_those_of_the_html(text, part):
    assert part in text


def test_what_other_formats_show_is_left_out(text):
    assert not [part for part in ("Bare i Word", "Tallene bak figuren", "<details") if part in text]


def test_each_page_after_the_cover_says_whose_report_it_is_and_that_data_are_synthetic(pdf):
    for page in list(pdf.pages)[1:]:
        shown = page.extract_text()
        assert "Fjordvik *kommune* · Brukerundersøkelser" in shown
        assert "Syntetiske data" in shown
        assert "Utkast, ikke for publisering" in shown


def test_the_cover_says_what_the_report_is_about_and_names_the_municipality_once(pdf):
    cover = pdf.pages[0].extract_text()
    assert [line.strip() for line in cover.splitlines() if line.strip()] == [
        "Styringsrapport",
        "Tilstandsrapport <2025>",
        "Fjordvik kommune",
        "Barnehage og skole",
        "61 av 100 *inviterte* svarte",
        "22. november 2025",
        "Syntetiske data",
        "Utkast, ikke for publisering",
    ]


def test_the_contents_name_sections_of_chapters_and_of_appendices_only_the_name(pdf):
    contents = pdf.pages[1].extract_text()
    assert all(name in contents for name in ("1.1 Funn", "Lite", "2.1 Funn", "A Metode", "B Kilder"))
    assert "Usikkerhet" not in contents


def test_each_chapter_begins_a_page(pdf):
    tops = [page.extract_text() for page in pdf.pages]
    starts = ("Sammendrag", "1 Barnehage", "2 Skole", "Bilag A — Metode", "Bilag B — Kilder")
    heads = [re.sub(r"\s+", " ", top)[:130] for top in tops[2:]]
    assert all(any(start in head for head in heads) for start in starts)
    assert len(tops) == 2 + len(starts)


def test_all_fonts_are_the_report_s_own_and_in_the_file(pdf):
    names = set()
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            names.add(font.get_object()["/BaseFont"].split("+")[-1])
    assert names
    # Code is set in the font that Typst itself carries.
    assert {name for name in names if not name.startswith("Tilstand-")} <= {"DejaVuSansMono"}


def test_a_figure_carries_its_alternative_text(rendered_book):
    reader = pypdf.PdfReader(rendered_book.files["pdf"])
    alts = {
        item["/Alt"]
        for item in (reader.get_object(i) for i in range(1, len(reader.xref[0]) + 1))
        if isinstance(item, dict) and "/Alt" in item
    }
    assert "Linje som stiger fra 4,7 i 2023 til 4,9 i 2025" in alts


def test_a_template_that_breaks_a_rule_of_pdf_ua_is_an_error_in_typst_s_words(book):
    extension = Path(shutil.copytree(Path(__file__).parents[2] / "reports/_extensions", book / "_extensions"))
    template = extension / "tilstand/typst-template.typ"
    template.write_text(template.read_text("utf-8").replace("title: title, date", "date"), encoding="utf-8")
    with pytest.raises(RenderError, match="PDF/UA-1"):
        render(book, engine="embedded", formats=["pdf"])
    assert not list((book / "_report").glob("*.pdf"))
