"""The tree of a chapter, and the two programs that read and set it."""

import itertools
import json
import stat
import sys
import textwrap

import pytest

from analysis.report.embedded import tree
from analysis.report.embedded.settled import settled
from analysis.report.embedded.tree import Settled, elements, rewrite, text
from analysis.report.embedded.typesetting import typeset
from analysis.report.look import look_folder

WORDS = [{"t": "Str", "c": "svar"}, {"t": "Space"}, {"t": "Emph", "c": [{"t": "Str", "c": "nå"}]}]
LINK = {"t": "Link", "c": [["", [], []], [{"t": "Str", "c": "her"}], ["a.qmd", ""]]}
CITE = {
    "t": "Cite",
    "c": [[{"citationId": "fig-a", "citationPrefix": [], "citationMode": {"t": "NormalCitation"}}], []],
}


def cell(*inlines):
    return [["", [], []], {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": list(inlines)}]]


def test_text_that_no_format_changes_is_passed_on_as_it_is():
    blocks = settled([{"t": "Para", "c": WORDS}, {"t": "Para", "c": [LINK]}])
    new = rewrite(blocks, lambda node: [] if node["t"] == "Link" else None)
    assert new == [{"t": "Para", "c": WORDS}, {"t": "Para", "c": []}]
    assert type(blocks[0]["c"]) is Settled
    assert new[0] is blocks[0]


@pytest.mark.parametrize("found", [LINK, CITE], ids=["link", "citation"])
def test_what_a_format_changes_is_found_wherever_it_stands(found):
    rows = [[["", [], []], [cell(*WORDS), cell(*WORDS, {"t": "Strong", "c": [found]})]]]
    blocks = settled([{"t": "BlockQuote", "c": [{"t": "Table", "c": [["", [], []], rows]}]}])
    assert [node["t"] for node in elements(blocks) if node["t"] in ("Link", "Cite")] == [found["t"]]
    new = rewrite(blocks, lambda node: [{"t": "Str", "c": "✓"}] if node["t"] == found["t"] else None)
    assert json.dumps(new) == json.dumps(blocks).replace(
        json.dumps(found), json.dumps({"t": "Str", "c": "✓"})
    )


# What writers escape by its place in a word or line, and signs that end a word.
MARKS = (
    "a",
    "-",
    "+",
    "=",
    "1.",
    "12)",
    "//",
    "*",
    "_",
    "#",
    "@b",
    "~",
    "--",
    "[x]",
    "`",
    "$",
    ";",
    "a;",
    ".b",
    "2)",
)


@pytest.mark.parametrize("fmt", ["html5", "typst-citations"])
def test_words_read_as_one_are_written_as_words_of_their_own_are(fmt, tmp_path):
    apart = [
        {"t": "Para", "c": [*text(f"{a} {b} {a}"), {"t": "LineBreak"}, *text(f"{b} c")]}
        for a, b in itertools.product(MARKS, MARKS)
    ]
    as_one = settled(apart)
    assert len(json.dumps(as_one)) < 0.8 * len(json.dumps(apart))
    written = [
        tree.pandoc(
            tree.as_json(blocks), "--from", "json", "--to", fmt, "--wrap", "none", folder=tmp_path, where=""
        )
        for blocks in (apart, as_one)
    ]
    assert written[0] == written[1]


def test_words_of_a_citation_stay_apart():
    found = {"t": "Cite", "c": [[{"citationId": "a", "citationSuffix": text("s. 3")}], text("[@a, s. 3]")]}
    assert settled([{"t": "Para", "c": [found]}]) == [{"t": "Para", "c": [found]}]


def test_a_rewritten_tree_leaves_the_one_it_was_made_of_as_it_was():
    blocks = settled([{"t": "Para", "c": [*WORDS, LINK]}])
    before = json.dumps(blocks)
    rewrite(blocks, lambda node: [] if node["t"] == "Link" else None)
    assert json.dumps(blocks) == before


def test_a_pandoc_that_takes_no_settings_of_memory_is_called_without_them(tmp_path, monkeypatch):
    script = tmp_path / "pandoc"
    script.write_text(
        textwrap.dedent(f"""\
        #!{sys.executable}
        import sys
        if "+RTS" in sys.argv:
            sys.exit("pandoc: Most RTS options are disabled.")
        print(*sys.argv[1:])
        """),
        encoding="utf-8",
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(tree, "pandoc_path", lambda: str(script))
    tree._command.cache_clear()
    try:
        assert tree.pandoc("x", "--to", "json", folder=tmp_path, where="x.qmd") == b"--to json\n"
    finally:
        tree._command.cache_clear()


@pytest.fixture
def fonts():
    return look_folder("_extensions/tilstand") / "fonts"


def test_a_document_is_set_in_a_process_that_keeps_nothing(tmp_path, fonts):
    source, target = tmp_path / "a.typ", tmp_path / "å b.pdf"
    source.write_text('#set document(title: "Æ")\n= Barnehage', encoding="utf-8")
    assert typeset(source, target, fonts=fonts, epoch=0) is None
    assert target.read_bytes().startswith(b"%PDF-")
    assert "typst" not in sys.modules


def test_what_typst_refuses_is_said_in_its_own_words(tmp_path, fonts):
    source, target = tmp_path / "a.typ", tmp_path / "a.pdf"
    source.write_text("#kommune", encoding="utf-8")
    assert typeset(source, target, fonts=fonts, epoch=0).message == "unknown variable: kommune"
    source.write_text("= Ingen tittel", encoding="utf-8")
    refused = typeset(source, target, fonts=fonts, epoch=0)
    assert "title" in refused.message
    assert any("set document" in hint for hint in refused.hints)
    assert not target.exists()


def test_a_typst_that_was_ended_says_so(tmp_path, fonts, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", str(tmp_path / "none"))
    refused = typeset(tmp_path / "a.typ", tmp_path / "a.pdf", fonts=fonts, epoch=0)
    assert refused.message
    assert refused.hints == ()
