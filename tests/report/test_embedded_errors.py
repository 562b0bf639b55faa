"""What the embedded renderer does not know is an error with a place, never text that is gone."""

import json

import pytest

from analysis.core.errors import RenderError
from analysis.report import render


def _edit(path, old, new):
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


def _expect_error(book, *parts, formats=("html",)):
    with pytest.raises(RenderError) as error:
        render(book, engine="embedded", formats=formats)
    for part in parts:
        assert part in str(error.value)
    report = book / "_report"
    assert not report.exists() or not list(report.iterdir())


@pytest.mark.parametrize(
    ("markdown", "parts"),
    [
        (
            "{{< video film.mp4 >}}",
            ["{{< video film.mp4 >}}", "method.qmd, line", "{{< include FILE"],
        ),
        ("{{< meta tilstand.missing >}}", ["tilstand.missing"]),
        ("{{< meta renderer", ["not closed"]),
        ("Se {{< include _reading-guide.qmd >}}", ["alone in its paragraph"]),
        ("{{< include _none.qmd >}}", ["no such file to include", "_none.qmd"]),
        ("{{< embed barnehage.ipynb#barnehage-ky >}}", ["barnehage-ky", "did you mean 'barnehage-key'"]),
        (
            "Se @fig-barnehag-trend.",
            ["method.qmd, line", "did you mean 'fig-barnehage-trend'"],
        ),
        ("Se @eq-a.", ["names nothing"]),
        ("Se @sec-summary.", ["without a number", "[words](#sec-summary)"]),
        ("Se [@fig-barnehage-trend; @goldstein2011].", ["brackets of their own"]),
        ("Som @nobody2020 skriver.", ["pandoc", "nobody2020"]),
        ("## A {#sec-skole}", ["stands twice", "#sec-skole", "skole.html"]),
        ("# Enda en", ["more than one heading of level 1"]),
        ("::: {.panel-tabset}\nx\n:::", [".panel-tabset", "method.qmd, line"]),
        ("::: {.callout-danger}\nx\n:::", [".callout-danger", ".callout-note"]),
        ('::: {.callout-note collapse="true"}\nx\n:::', ["collapse"]),
        ('::: {.content-visible when-format="pdf"}\nx\n:::', ['when-format="pdf"', "typst"]),
        ("::: {#fig-x}\nIngen figur.\n:::", ["fig-x", "caption"]),
        ('::: {layout-ncol="2"}\nx\n:::', ["layout-ncol"]),
        ("![Tekst](figures/none.svg)", ["no such image", "figures/none.svg"]),
        ("![](figures/trend.svg)", ["no alternative text"]),
        ("![x](https://example.com/a.png)", ["a file in the book's folder"]),
        ("![x](../a.png)", ["a file in the book's folder"]),
        ("[x](none.qmd)", ["leads nowhere", "none.qmd"]),
        ("[x](#nowhere)", ["leads nowhere"]),
        ("<script>alert(1)</script>", ["may not hold", "<script>"]),
        ('<details onclick="x()">\n\na\n\n</details>', ["may not hold", "onclick"]),
        ("Bruk \\foo her.", ["another format", "\\foo", "backslash"]),
        ("::: {.callout-note}\nx", ["pandoc", "unclosed"]),
        ("```{python}\n1\n```", ["code to be run", "{python}"]),
        ("[^barnehage]: To ganger.\n", ["footnote's id stands twice", "[^barnehage]"]),
    ],
)
def test_a_chapter_that_holds_something_unknown_is_an_error_with_its_place(book, markdown, parts):
    path = book / "method.qmd"
    path.write_text(path.read_text("utf-8") + f"\n\n{markdown}\n", encoding="utf-8")
    _expect_error(book, *parts)


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"source": "#| fig-cap: x\nfigure()"}, ["cell 3", "#| fig-cap", "echo, include, label, output"]),
        ({"source": "#| echo: perhaps\nfigure()"}, ["cell 3", "perhaps"]),
        ({"source": "#| label: fig-x\nfigure()"}, ["cell 3", "fig-x", "fenced div"]),
        ({"outputs": [{"output_type": "stream", "name": "stderr", "text": "Warning"}]}, ["cell 3", "stderr"]),
        ({"outputs": [{"output_type": "error", "ename": "KeyError"}]}, ["cell 3", "KeyError"]),
        (
            {
                "outputs": [
                    {"output_type": "display_data", "data": {"text/html": "<b>", "text/markdown": "b"}}
                ]
            },
            ["cell 3", "text/html", "text/markdown alone"],
        ),
        (
            {"outputs": [{"output_type": "execute_result", "data": {"text/plain": "4"}}]},
            ["cell 3", "text/plain"],
        ),
        ({"cell_type": "raw", "source": "x"}, ["cell 3", "raw cells"]),
    ],
)
def test_a_cell_that_would_show_something_unmeant_is_an_error_with_its_number(book, change, parts):
    path = book / "skole.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][2].update(change)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    _expect_error(book, "skole.ipynb", *parts)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("  type: book", "  type: website", ["not a book", "website"]),
        ("lang: nb", "lang: sv", ["no words in this language", "'sv'"]),
        ("lang: nb", "lang: nb\ntehme: x", ["does not know this key", "'tehme'"]),
        ("    - skole.ipynb", "    - skol.ipynb", ["no such file", "skol.ipynb"]),
        ("    - skole.ipynb", "    - part: Tjenester", ["no such chapter"]),
        ("  html:\n", "  html:\n    tocc: true\n", ["format.html", "'tocc'", "did you mean 'toc'"]),
        ("  tilstand-typst: {}", "  epub: {}", ["'epub'"]),
        ("bibliography: references.bib", "bibliography: none.bib", ["no such file", "none.bib"]),
        ("lang: nb", "lang: [nb", ["not valid YAML", "line"]),
    ],
)
def test_a_setting_that_would_change_the_book_is_an_error_with_its_key(book, old, new, parts):
    _edit(book / "_quarto.yml", old, new)
    _expect_error(book, "_quarto.yml", *parts)


def test_html_that_only_html_can_show_is_an_error_in_the_other_formats(book):
    path = book / "method.qmd"
    path.write_text(path.read_text("utf-8") + "\n\n<details>\n\nx\n\n</details>\n", encoding="utf-8")
    render(book, engine="embedded", formats=["html"])
    with pytest.raises(RenderError, match="would be lost in PDF and Word"):
        render(book, engine="embedded", formats=["docx"])


def test_code_is_shown_only_where_the_book_or_the_cell_asks_for_it(book):
    render(book, engine="embedded", formats=["html"])
    assert "key_message" not in (book / "_report/skole.html").read_text("utf-8")
    notebook = json.loads((book / "skole.ipynb").read_text("utf-8"))
    notebook["cells"][2]["source"][0] = "#| echo: true\n"
    (book / "skole.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    render(book, engine="embedded", formats=["html"])
    assert "key_message" in (book / "_report/skole.html").read_text("utf-8")


def test_a_file_that_includes_itself_is_an_error(book):
    path = book / "_reading-guide.qmd"
    path.write_text("{{< include _reading-guide.qmd >}}\n", encoding="utf-8")
    _expect_error(book, "includes itself", "_reading-guide.qmd")
