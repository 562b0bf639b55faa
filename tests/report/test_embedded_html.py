"""The HTML of a book: the structure that Quarto gives it, and what a reader without its frills needs."""

import importlib.util
import itertools
import json
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from reading import page, structure, words

from analysis.report import render

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "quarto"

ALT = "Linje som stiger fra 4,7 i 2023 til 4,9 i 2025"
# As real Quarto 1.9 numbers and words a book of this kind; compared with its own output in
# `test_a_book_has_the_structure_that_quarto_gives_it`.
BARNEHAGE = {
    "headings": [("h1", "1 Barnehage"), ("h2", "1.1 Funn"), ("h3", "1.1.1 Små enheter"), ("h2", "Lite")],
    "floats": [
        ("tbl-barnehage-score", "Tabell 1.1: Målekort for barnehage"),
        ("fig-barnehage-trend", "Figur 1.1: Trivsel over tid, barnehage"),
    ],
    "references": [
        ("Tabell 1.1", "#tbl-barnehage-score"),
        ("Figur 1.1", "#fig-barnehage-trend"),
        ("A", "method.html"),
        ("Tabell 1.1", "#tbl-barnehage-score"),
        ("Figur 2.1", "skole.html#fig-skole-trend"),
    ],
    "callouts": ["Tips Bevar", "Viktig Under kravet"],
    "notes": 1,
    "citations": [],
}
INDEX = {
    "headings": [("h1", "Tilstandsrapport <2025>"), ("h1", "Sammendrag")],
    "floats": [("tbl-summary", "Tabell 1: Målekort i kort form")],
    "references": [
        ("1 Barnehage", "barnehage.html"),
        ("2 Skole", "skole.html"),
        ("Bilag A — Metode", "method.html"),
        ("Figur 2.1", "skole.html#fig-skole-trend"),
        ("Tabell 1", "#tbl-summary"),
    ],
    "callouts": ["Note Slik leser du rapporten"],
    "notes": 1,
    "citations": ["( Goldstein 2011 )"],
}
LABEL = r"*x* <script>alert(1)</script> #typst[] @fig-x $y$ {{< meta a >}} a_b `k` 1^2^ ~z~ \foo &amp; |"


@pytest.fixture(scope="module")
def site(rendered_book):
    return rendered_book.files["html"].parent


def test_numbers_captions_and_references_are_those_of_quarto(site):
    assert structure(site / "barnehage.html") == BARNEHAGE
    index = structure(site / "index.html")
    index["citations"] = [re.sub(r"\(\s*(.*?)\s*\)", r"( \1 )", c) for c in index["citations"]]
    assert index == INDEX


def test_a_book_has_the_structure_that_quarto_gives_it(tmp_path):
    if not (SHARED / "fixture").is_dir():
        pytest.skip("the book that real Quarto rendered is not on this machine")
    spec = importlib.util.spec_from_file_location("quarto_facts", SHARED / "facts.py")
    facts = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(facts)
    book = shutil.copytree(SHARED / "fixture", tmp_path / "fixture", copy_function=shutil.copyfile)
    for folder in (book, *(p for p in book.rglob("*") if p.is_dir())):
        folder.chmod(0o755)
    made = render(book, engine="embedded", formats=["html"]).files["html"].parent
    found = {p.name: facts.page_facts(p.read_text("utf-8")) for p in sorted(made.glob("*.html"))}
    assert found == json.loads((SHARED / "expected-1.9.json").read_text("utf-8"))


def test_the_first_page_says_what_the_report_is_about_and_names_the_municipality_once(site):
    block = page(site / "index.html").select_one("#title-block-header")
    assert [words(p) for p in block.find_all(["h1", "p"])] == [
        "Styringsrapport",
        "Tilstandsrapport <2025>",
        "Fjordvik kommune",
        "Barnehage og skole",
        "61 av 100 *inviterte* svarte",
        "22. november 2025",
    ]
    assert not page(site / "skole.html").select("#title-block-header")


def test_title_and_head_of_every_page_say_which_edition_it_is(site):
    for path in site.glob("*.html"):
        assert words(page(path).select_one("title")).endswith("Tilstandsrapport <2025> (Styringsrapport)")
        assert words(page(path).select_one(".report-running")).endswith(" · Styringsrapport")


def test_the_line_that_data_are_synthetic_is_on_every_page_inside_its_header(site):
    for path in site.glob("*.html"):
        banner = page(path).select_one("header .tilstand-banner")
        assert words(banner) == "Utkast, ikke for publisering · Syntetiske data", path.name


def test_a_figure_has_its_real_alternative_text_and_the_format_s_own_image(site):
    image = page(site / "barnehage.html").select_one("#fig-barnehage-trend figure img")
    assert (image["alt"], image["src"]) == (ALT, "figures/trend.svg")
    assert (site / "figures/trend.svg").is_file()


def test_text_that_looks_like_markup_stays_text(site):
    cells = page(site / "barnehage.html").select("#tbl-barnehage-score tbody tr:nth-of-type(2) th")
    assert [words(cell) for cell in cells] == [LABEL]
    assert not page(site / "barnehage.html").select("script")


def test_headers_of_tables_say_what_they_head(site):
    table = page(site / "barnehage.html").select_one("#tbl-barnehage-score table")
    assert {th["scope"] for th in table.select("thead th")} == {"col"}
    assert [tr.find("th")["scope"] for tr in table.select("tbody tr")] == ["row", "row"]


def test_a_wide_table_is_rolled_in_a_region_with_a_name_that_the_keyboard_reaches(site):
    soup = page(site / "barnehage.html")
    for table in soup.select("main table"):
        region = table.parent
        assert region["role"] == "region"
        assert region["tabindex"] == "0"
        name = region.get("aria-label") or words(soup.find(id=region["aria-labelledby"]))
        assert name


def test_the_numbers_behind_a_figure_fold_out_in_html_alone(site):
    details = page(site / "barnehage.html").select("details.figure-data")
    assert [words(d.find("summary")) for d in details] == ["Tallene bak figuren"]
    assert len(details[0].select("tbody tr")) == 2


def test_content_for_other_formats_is_left_out(site):
    shown = words(page(site / "index.html").find("main"))
    assert not [t for t in ("Bare i PDF", "Ikke i HTML", "Bare i Word") if t in shown]


def test_the_list_of_references_stands_once_and_citations_lead_there(site):
    assert page(site / "references.html").select_one("#refs .csl-entry")["id"] == "ref-goldstein2011"
    link = page(site / "index.html").select_one(".citation a")
    assert link["href"] == "references.html#ref-goldstein2011"
    assert not page(site / "index.html").select("#refs")


def test_the_colophon_says_which_renderer_made_the_report(site):
    shown = words(page(site / "method.html").find("main"))
    assert re.search(r"Laget med pandoc \d+\.\d+.*, Typst \d+\.\d+", shown)
    assert page(site / "method.html").select("code")[0].text == "Fjordvik *kommune* · Brukerundersøkelser"


def test_every_page_says_that_it_is_a_draft_of_synthetic_data(site):
    for path in site.glob("*.html"):
        banner = page(path).select_one(".tilstand-banner")
        assert words(banner) == "Utkast, ikke for publisering · Syntetiske data", path.name


def test_every_page_can_be_used_from_the_keyboard_and_by_ear(site):
    for path in site.glob("*.html"):
        soup = page(path)
        assert soup.html["lang"] == "nb"
        assert soup.find("a")["href"] == "#main"
        assert soup.find(id="main").name == "main"
        assert soup.select_one("nav [aria-current=page]")["href"] == path.name
        levels = [int(h.name[1]) for h in soup.main.find_all(re.compile("^h[1-6]$"))]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), levels
        ids = [node["id"] for node in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), path.name


def test_every_link_and_file_of_the_site_is_there(site):
    pages = {path.name: page(path) for path in site.glob("*.html")}
    for name, soup in pages.items():
        for node in soup.select("a, link, img"):
            target = node.get("href") or node["src"]
            file, _, place = target.partition("#")
            assert not re.match(r"\w+:|/", file), (name, target)
            assert not file or (site / file).is_file(), (name, target)
            if place and (not file or file.endswith(".html")):
                assert pages[file or name].find(id=place) is not None, (name, target)


def test_the_site_needs_no_network_and_no_script(site):
    for path in [*site.glob("*.html"), *site.rglob("*.css")]:
        content = path.read_text("utf-8")
        assert "<script" not in content
        assert not re.search(r"(?:src=|href=|url\()[\"']?(?:https?:)?//", content), path.name
        for file in re.findall(r"url\(\"([^\"]+)\"\)", content if path.suffix == ".css" else ""):
            assert (path.parent / file).is_file(), file


def test_no_notebook_and_no_source_is_published(site):
    kinds = {path.suffix for path in site.rglob("*") if path.is_file()}
    assert kinds <= {".html", ".css", ".woff2", ".svg", ".txt", ".pdf", ".docx"}


def test_a_figure_s_svg_is_well_formed_where_it_was_copied(site):
    assert ET.parse(site / "figures/trend.svg").getroot().tag.endswith("svg")
