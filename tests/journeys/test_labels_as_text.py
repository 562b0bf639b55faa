"""Labels with markup come out as text in every format of a report; a place without answers gets one too."""

import json
import random
import re

import docx
import pypdf
import pytest
import yaml
from bs4 import BeautifulSoup
from journey_project import make_project

#: What HTML, Markdown, Quarto, Typst and tables of either would take for theirs.
HTML = '<script>alert("x")</script><img src=x onerror=alert(1)>'
MARKDOWN = "*b* _i_ [l](u) ![p](q) ^s^ ~t~ `c` 1. x"
QUARTO = "{{< include /etc/passwd >}} @fig-x {#id .c} [^1] {{< meta title >}}"
TYPST = "#set page(width: 1cm) $x$ <lab> // c /* d */ \\u{41} = h"
TABLE = "a | b & c \"q\" 'r' \\ e -- f ... g"
LABELS = {
    "title": f"Tittel {HTML}",
    "place": f"Kommune {TYPST}",
    "service": f"Tjeneste {QUARTO}",
    "users": f"brukere {TABLE}",
    "units": f"enheter {MARKDOWN}",
    "staff": f"Betjening {MARKDOWN}",
    "stock": f"Utvalg {TABLE}",
    "question": f"Spørsmål {HTML} {TYPST}",
    "branch": f"Filial {QUARTO} {HTML}",
}
ITEMS = ("staff_1", "staff_2", "stock_1", "stock_2")


def as_yaml(content: dict) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("labels") / "project")
    dice = random.Random(3)
    asked = {
        "service": "library",
        "name": LABELS["service"],
        "users": LABELS["users"],
        "unit": "enhet",
        "units": LABELS["units"],
        "dimensions": [{"id": name, "name": LABELS[name]} for name in ("staff", "stock")],
        "items": [
            {"id": item, "dimension": item[:5], "text": LABELS["question"] if item == "stock_2" else item}
            for item in ITEMS
        ],
    }
    mapping = {
        "mapping": "library",
        "year": {"column": "year"},
        "municipality": {"column": "place"},
        "questionnaires": ["../questionnaires/library.yaml"],
        "respondent": "id",
        "unit": {"column": "branch", "prefix": "municipality"},
        "registers": {"municipalities": "../../places.csv", "units": "../../units.csv"},
    }
    batch = {
        "batch": "labels",
        "title": LABELS["title"],
        "data": "../data/library",
        "date": "2025-10-01",
        "year": 2025,
        "compare_years": [2023],
    }
    project.write("params/questionnaires/library.yaml", as_yaml(asked))
    project.write("params/mappings/library.yaml", as_yaml(mapping))
    project.write("params/labels.yaml", as_yaml(batch).replace("'2025-10-01'", "2025-10-01"))
    # 9902 has a branch, and nobody there has answered.
    quoted = [json.dumps(LABELS[name], ensure_ascii=False).replace('\\"', '""').replace("\\\\", "\\")
              for name in ("place", "branch")]  # fmt: skip
    project.write("places.csv", f"code,name\n9901,{quoted[0]}\n9902,Stille\n")
    project.write("units.csv", f"unit,name,municipality\nA,{quoted[1]},9901\nB,Bussen,9901\nC,Tomt,9902\n")
    rows = [
        f"{unit}{i},{year},9901,{unit}," + ",".join(str(dice.randint(3, 6) - (unit == "B")) for _ in ITEMS)
        for year in (2023, 2025)
        for unit in "AB"
        for i in range(40)
    ]
    project.write("answers.csv", "\n".join(["id,year,place,branch," + ",".join(ITEMS), *rows]) + "\n")
    for command in (
        ("import", "answers.csv", "--mapping", "params/mappings/library.yaml", "--into", "data/library"),
        ("run", "params/labels.yaml"),
    ):
        ended = project.tilstand(*command)
        assert ended.returncode == 0, ended.stdout + ended.stderr
    return project.root / "build" / "labels"


def packed(text: str) -> str:
    """Return a text without what a line's end may add or take; Typst sets three dots as one sign."""
    return re.sub(r"[\s\u00ad\u200b\u2010-]", "", text.replace("…", "..."))


def pages(folder) -> dict[str, BeautifulSoup]:
    return {p.name: BeautifulSoup(p.read_text("utf-8"), "html.parser") for p in folder.glob("*.html")}


def test_in_html_they_are_text_and_nothing_of_them_is_run(report) -> None:
    found = pages(report / "9901" / "full" / "_report")
    text = packed(" ".join(page.get_text(" ") for page in found.values()))
    for name, label in LABELS.items():
        assert packed(label) in text, name
    for name, page in {**found, **pages(report)}.items():
        assert page.find_all("script") == [], name
        assert not any(attribute.startswith("on") for tag in page.find_all() for attribute in tag.attrs), name
        assert all("alert" not in str(tag.attrs.get("src", "")) for tag in page.find_all()), name
    assert packed(LABELS["title"]) in packed(pages(report)["index.html"].get_text(" "))


def test_in_the_pdf_they_are_text(report) -> None:
    book = pypdf.PdfReader(report / "9901/full/_report/labels-9901.pdf")
    text = packed(" ".join(page.extract_text() for page in book.pages))
    for name, label in LABELS.items():
        assert packed(label) in text, name
    # A page width set by a label would be another one than A4's.
    assert {round(float(page.mediabox.width)) for page in book.pages} == {595}


def test_in_word_they_are_text(report) -> None:
    book = docx.Document(report / "9901/full/_report/labels-9901.docx")
    cells = [cell.text for table in book.tables for row in table.rows for cell in row.cells]
    text = packed(" ".join([*(p.text for p in book.paragraphs), *cells]))
    for name, label in LABELS.items():
        assert packed(label) in text, name


def test_no_file_of_the_machine_came_in(report) -> None:
    for path in report.rglob("*"):
        if path.suffix in (".html", ".qmd", ".ipynb", ".md"):
            assert "root:x:" not in path.read_text("utf-8")


def test_a_municipality_without_any_answer_gets_a_report_that_says_so(report) -> None:
    found = pages(report / "9902" / "full" / "_report")
    page = found["service-library.html"].get_text(" ")
    front = found["index.html"].get_text(" ")
    assert "Stille" in front
    assert "0 brukere svarte" in front
    assert "ikke målt" in page
    assert not re.search(r"\bnan\b|\bNone\b", page)
