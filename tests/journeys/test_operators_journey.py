"""An operator imports a survey, runs with one broken municipality, repairs it and runs again."""

import re

import docx
import pypdf
import pytest
from operators_survey import PLACES, SECRET

pytestmark = pytest.mark.journey

FIRST_FILES = ("index.html", "library-{}.pdf", "library-{}.docx")


def reports(files: dict[str, bytes]) -> set[str]:
    """Return the municipalities whose report is there in every format."""
    return {p for p in PLACES if all(f"{p}/full/_report/{n.format(p)}" in files for n in FIRST_FILES)}


def test_the_import_says_what_it_took_and_what_it_did_not(operated) -> None:
    assert operated.imported.exit_code == 0, operated.imported.said
    # 2 years x 3 municipalities x 2 branches x 40 people, and two rows a year that no import may take.
    assert "480 of 484 rows accepted" in operated.imported.said
    assert re.search(r"duplicate_respondent 1, outside_scale 1", operated.imported.said)


def test_one_broken_municipality_stops_no_other(operated) -> None:
    broken = operated.broken
    assert broken.exit_code == 1, broken.said
    assert {name for name, run in broken.runs.items() if run["outcome"] == "failed"} == {"9902/library"}
    lost = {name for name, run in broken.runs.items() if run["outcome"] == "not_run"}
    assert lost == {"9902/municipality", "9902/full"}
    assert len(broken.runs) == 1 + 3 * 3
    assert reports(broken.files) == {"9901", "9903"}


def test_the_failure_is_told_of_and_its_words_are_kept_where_nobody_else_reads(operated) -> None:
    broken = operated.broken
    assert "failed: 9902/library: ValueError" in broken.said
    assert "_protected/9902/library/error.txt" in broken.said
    assert "no report: 9902/full" in broken.said
    assert SECRET not in broken.said
    holders = {name for name, content in broken.files.items() if SECRET.encode() in content}
    kept = {f"_protected/9902/library/{name}" for name in ("error.txt", "notebook.ipynb")}
    assert holders == kept


def test_nothing_half_written_is_left(operated) -> None:
    for step in (operated.broken, operated.repaired):
        assert [name for name in step.files if re.search(r"\.part|\.old-|(^|/)\.", name)] == []
    assert not any(name.startswith("9902/") for name in operated.broken.files)
    assert b"Solvik" not in operated.broken.files["index.html"]


def test_after_the_repair_only_what_failed_is_made(operated) -> None:
    repaired = operated.repaired
    assert repaired.exit_code == 0, repaired.said
    made = {name for name, run in repaired.runs.items() if run["outcome"] == "done"}
    assert made == {"9902/library", "9902/municipality", "9902/full"}
    assert all(run["outcome"] in ("done", "unchanged") for run in repaired.runs.values())
    others = {
        n: c for n, c in operated.broken.files.items() if n.startswith(("9901/", "9903/", "reference/"))
    }
    assert others.items() <= repaired.files.items()
    assert reports(repaired.files) == set(PLACES)
    assert not any(name.startswith("_protected/") for name in repaired.files)


@pytest.mark.parametrize("code", PLACES)
def test_every_report_can_be_read_in_each_format(operated, code) -> None:
    folder = operated.build / code / "full" / "_report"
    page = (folder / "index.html").read_text("utf-8")
    printed = " ".join(
        sheet.extract_text() for sheet in pypdf.PdfReader(folder / f"library-{code}.pdf").pages
    )
    word = docx.Document(folder / f"library-{code}.docx")
    written = " ".join(paragraph.text for paragraph in word.paragraphs)
    for text in (page, printed, written):
        assert PLACES[code] in text
        assert "Bibliotek" in text
    assert f"{code}/full/_report/index.html" in (operated.build / "index.html").read_text("utf-8")
    assert "int(visits.sum())" not in page + printed + written
