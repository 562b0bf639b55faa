"""Which engine renders, where the files go, and that nothing half-made is left."""

import gc
import os
import re
import shutil
import stat
import sys
import textwrap
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pypdf
import pytest
from reading import structure

from analysis.core.errors import RenderError
from analysis.report import Quarto, find_quarto, render
from analysis.report.quarto import render_with_quarto

REPORTS = Path(__file__).resolve().parents[2] / "reports"


@pytest.fixture
def fake_quarto(tmp_path, monkeypatch):
    """A command `quarto` that answers as told and writes the files it is told to write."""

    def make(version="1.9.38", *, writes=("index.html", "rapport.pdf", "rapport.docx"), code=0, says=""):
        folder = tmp_path / f"bin-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        script = folder / "quarto"
        script.write_text(
            textwrap.dedent(f"""\
            #!{sys.executable}
            import os, pathlib, sys
            if sys.argv[1] == "--version":
                print("{version}"); sys.exit()
            out = pathlib.Path(sys.argv[2]) / sys.argv[sys.argv.index("--output-dir") + 1]
            out.mkdir(parents=True, exist_ok=True)
            asked = sys.argv[sys.argv.index("--to") + 1] if "--to" in sys.argv else ""
            suffix = asked.replace("tilstand-typst", "pdf")
            for name in {list(writes)!r}:
                if not name.endswith(suffix):
                    continue
                (out / name).write_text(
                    " ".join(sys.argv[1:]) + " " + os.environ["SOURCE_DATE_EPOCH"])
            sys.stderr.write({says!r})
            sys.exit({code})
            """),
            encoding="utf-8",
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        # Quarto's module alone looks beside this Python: Typst is still run by the Python that there is.
        monkeypatch.setattr("analysis.core.quarto.sys", SimpleNamespace(executable=str(folder / "python")))
        return script

    return make


def test_quarto_is_taken_where_it_is_found_and_new_enough(book, fake_quarto):
    fake_quarto()
    made = render(book)
    assert (made.engine, made.version) == ("quarto", "1.9.38")
    said = made.files["html"].read_text("utf-8")
    assert "--to" not in said
    # The book's date, 2025-11-22, in seconds since 1970.
    assert said.endswith("1763769600")
    assert {p.name for p in (book / "_report").iterdir()} == {"index.html", "rapport.pdf", "rapport.docx"}
    assert not [p for p in book.iterdir() if p.name.startswith(".render")]


def test_a_quarto_too_old_for_the_pdf_is_passed_over_or_named(book, fake_quarto):
    fake_quarto("1.7.34")
    assert render(book, formats=["html", "pdf"]).engine == "embedded"
    assert render(book, formats=["html"]).engine == "quarto"
    with pytest.raises(RenderError, match=r"1\.7\.34"):
        render(book, engine="quarto", formats=["pdf"])


def test_a_quarto_that_makes_no_file_and_no_error_is_an_error(book, fake_quarto):
    fake_quarto(writes=["index.html"], says="WARNING: typst books are not supported")
    with pytest.raises(RenderError, match="made no pdf"):
        render(book, engine="quarto", formats=["html", "pdf"])
    assert not (book / "_report").exists()


def test_a_quarto_that_fails_is_an_error_in_its_own_words(book, fake_quarto):
    fake_quarto(code=1, says="ERROR: something in skole.ipynb")
    with pytest.raises(RenderError, match=r"something in skole\.ipynb"):
        render(book, engine="quarto")


def test_a_format_alone_is_asked_for_by_quarto_s_own_name_for_it(book, fake_quarto):
    fake_quarto()
    made = render(book, engine="quarto", formats=["pdf", "html"])
    assert "--to html" in made.files["html"].read_text("utf-8")
    assert "--to tilstand-typst" in made.files["pdf"].read_text("utf-8")
    assert not (book / "_report/rapport.docx").exists()


def test_a_reference_that_quarto_could_not_resolve_is_an_error(book, fake_quarto):
    fake_quarto(says="WARN: index.html: Unable to resolve crossref @sec-none")
    with pytest.raises(RenderError, match="@sec-none"):
        render(book, engine="quarto")


def test_a_command_that_is_no_quarto_is_not_taken_for_one(fake_quarto):
    fake_quarto("download refused")
    assert find_quarto() is None


def test_without_quarto_the_embedded_renderer_is_taken_and_asking_for_quarto_is_an_error(book, monkeypatch):
    monkeypatch.setattr(sys.modules["analysis.report.render"], "find_quarto", lambda: None)
    assert render(book, formats=["docx"]).engine == "embedded"
    with pytest.raises(RenderError, match="no quarto was found"):
        render(book, engine="quarto")


def test_an_unknown_engine_or_format_is_an_error(book):
    with pytest.raises(RenderError, match="no such engine"):
        render(book, engine="latex")
    with pytest.raises(RenderError, match="no such format"):
        render(book, formats=["epub"])


def test_rendering_one_format_leaves_the_others_and_foreign_files_alone(book):
    render(book, engine="embedded")
    (book / "_report" / "tall.xlsx").write_text("x", encoding="utf-8")
    before = {p.name: p.stat().st_mtime_ns for p in (book / "_report").glob("rapport.*")}
    made = render(book, engine="embedded", formats=["html"])
    assert list(made.files) == ["html"]
    assert {p.name: p.stat().st_mtime_ns for p in (book / "_report").glob("rapport.*")} == before
    assert (book / "_report" / "tall.xlsx").is_file()


def test_a_chapter_that_is_gone_takes_its_page_with_it(book):
    render(book, engine="embedded", formats=["html"])
    (book / "_report" / "old.html").write_text("x", encoding="utf-8")
    render(book, engine="embedded", formats=["html"])
    assert not (book / "_report" / "old.html").exists()


def test_a_book_that_cannot_be_rendered_leaves_the_old_report_whole(book):
    render(book, engine="embedded")
    before = {p: p.read_bytes() for p in (book / "_report").rglob("*") if p.is_file()}
    path = book / "method.qmd"
    path.write_text(path.read_text("utf-8") + "\n\n@fig-none\n", encoding="utf-8")
    with pytest.raises(RenderError):
        render(book, engine="embedded")
    assert {p: p.read_bytes() for p in (book / "_report").rglob("*") if p.is_file()} == before
    assert not [p for p in book.iterdir() if p.name.startswith(".render")]


def test_python_collects_again_after_a_rendering_and_after_one_that_failed(book):
    assert gc.isenabled()
    render(book, engine="embedded", formats=["html"])
    assert gc.isenabled()
    (book / "method.qmd").write_text("# Metode\n\n@fig-none\n", encoding="utf-8")
    with pytest.raises(RenderError):
        render(book, engine="embedded", formats=["html"])
    assert gc.isenabled()


@pytest.mark.parametrize("side_by_side", [True, False])
def test_the_same_book_gives_the_same_bytes_in_another_folder(rendered_book, book, side_by_side):
    again = render(book, engine="embedded", side_by_side=side_by_side)
    old, new = rendered_book.files["html"].parent, again.files["html"].parent
    names = {p.relative_to(old) for p in old.rglob("*") if p.is_file()}
    assert names == {p.relative_to(new) for p in new.rglob("*") if p.is_file()}
    assert [str(n) for n in sorted(names) if (old / n).read_bytes() != (new / n).read_bytes()] == []


def test_no_path_of_the_machine_is_in_any_output(rendered_book):
    folder = rendered_book.files["html"].parent
    for path in folder.rglob("*"):
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as archive:
                contents = [archive.read(name) for name in archive.namelist()]
        else:
            contents = [path.read_bytes()] if path.is_file() else []
        for content in contents:
            assert str(rendered_book.folder).encode() not in content, path.name
            assert b"/site-packages/" not in content, path.name


def test_a_time_given_from_outside_is_the_time_of_the_output(book, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")  # 2020-09-13T12:26:40Z
    made = render(book, engine="embedded", formats=["pdf"])
    assert str(pypdf.PdfReader(made.files["pdf"]).metadata.creation_date).startswith("2020-09-13 12:26:40")


@pytest.mark.quarto
def test_real_quarto_gives_a_book_of_the_same_structure(rendered_book, book):
    if find_quarto() is None:
        pytest.skip("no real quarto on this machine")
    for name in ("_extensions", "styles"):
        shutil.copytree(REPORTS / name, book / name)
    settings = (book / "_quarto.yml").read_text("utf-8")
    fonts = "tilstand-typst: {font-paths: [_extensions/tilstand/fonts]}"
    settings = (
        settings.replace("tilstand-typst: {}", fonts) + "\nlanguage: {nb: {crossref-ch-prefix: Kapittel}}\n"
    )
    (book / "_quarto.yml").write_text(settings, encoding="utf-8")
    made = render(book, engine="quarto", formats=["html", "pdf"])
    ours = rendered_book.files["html"].parent
    names = sorted(path.name for path in ours.glob("*.html"))
    assert names == sorted(path.name for path in made.files["html"].parent.glob("*.html"))
    for name in names:
        found, expected = structure(book / "_report" / name), structure(ours / name)
        # Spaces inside a citation differ.
        for one in (found, expected):
            one["citations"] = [re.sub(r"\s", "", citation) for citation in one["citations"]]
        assert found == expected, name
    pages = [
        [re.sub(r"\s+", "", page.extract_text()) for page in pypdf.PdfReader(path).pages][:5]
        for path in (made.files["pdf"], rendered_book.files["pdf"])
    ]
    # Cover, contents and chapters read alike; the colophon names the engine.
    assert pages[0][2:] == pages[1][2:]


def test_a_quarto_too_old_for_html_says_which_is_needed(tmp_path):
    old = Quarto(tmp_path / "quarto", (1, 3))
    with pytest.raises(RenderError, match=r"Quarto 1\.7 or newer"):
        render_with_quarto(old, tmp_path, ["html"], whole=True, into=tmp_path, epoch=0)
