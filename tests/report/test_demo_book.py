"""A whole report of the demo country: real Quarto and the embedded renderer make the same book of it."""

import re
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdf
import pytest
from reading import structure

from analysis.core.settings import load_batch
from analysis.report import Sources, assemble_edition, find_quarto, render
from analysis.steering.editions import BookOf

PROJECT = Path(__file__).resolve().parents[2]
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ALT = ".//{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same book, rendered by each engine in a folder of its own."""
    if find_quarto() is None:
        pytest.skip("no real quarto on this machine")
    batch = load_batch(PROJECT / "params" / "demo.yaml")
    runs = sorted((PROJECT / "build" / "demo").glob("*/runs"))
    if not runs or not batch.store.is_dir():
        pytest.skip("the demo has not been run here: tilstand run params/demo.yaml")
    code = runs[0].parent.name
    build = tmp_path_factory.mktemp("demo")
    shutil.copytree(runs[0], build / code / "runs")
    book = assemble_edition(Sources(build, code, batch), BookOf("full"))
    other = shutil.copytree(book, build / "embedded")
    return render(book, engine="quarto"), render(other, engine="embedded")


def pages_of(made):
    found = {path.name: structure(path) for path in made.files["html"].parent.glob("*.html")}
    for page in found.values():
        # Spaces inside a citation differ.
        page["citations"] = [re.sub(r"\s", "", citation) for citation in page["citations"]]
    return found


def word_of(made):
    with zipfile.ZipFile(made.files["docx"]) as archive:
        body = ET.fromstring(archive.read("word/document.xml"))
    found = {"alternatives": [], "tables": [], "paragraphs": []}
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = "" if style is None else style.get(f"{W}val")
        said = re.sub(r"\s+", "", "".join(t.text or "" for t in paragraph.iter(f"{W}t")))
        if name.startswith(("Heading", "Caption", "TableCaption", "Callout", "CoverLine")):
            found["paragraphs"].append((name, said))
        found["alternatives"] += [" ".join(p.get("descr").split()) for p in paragraph.iterfind(ALT)]
    for table in body.iter(f"{W}tbl"):
        widths = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
        found["tables"].append((len(list(table.iter(f"{W}tr"))), widths))
    return found


@pytest.mark.quarto
def test_headings_numbers_captions_references_and_callouts_of_all_pages_are_the_same(both):
    assert pages_of(both[0]) == pages_of(both[1])


@pytest.mark.quarto
def test_the_pdf_has_the_same_pages_but_for_the_engine_s_name(both):
    quarto, embedded = (
        [re.sub(r"\s+", "", page.extract_text()) for page in pypdf.PdfReader(made.files["pdf"]).pages]
        for made in both
    )
    assert quarto[:-1] == embedded[:-1]


@pytest.mark.quarto
def test_word_has_the_same_headings_captions_alternative_texts_and_tables(both):
    quarto, embedded = word_of(both[0]), word_of(both[1])
    assert quarto["paragraphs"] == embedded["paragraphs"]
    assert quarto["alternatives"] == embedded["alternatives"]
    assert [rows for rows, _ in quarto["tables"]] == [rows for rows, _ in embedded["tables"]]
    # In twentieths of a point, where the engines round in their own ways.
    for (_, ours), (_, theirs) in zip(embedded["tables"], quarto["tables"], strict=True):
        assert theirs == pytest.approx(ours, abs=5)
