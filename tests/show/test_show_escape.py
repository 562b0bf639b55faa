"""What a label says comes out as text, through the real pandoc."""

import json
import re
import subprocess
import sys
import unicodedata

import pypandoc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.show.escape import one_line, to_attribute, to_html, to_markdown

NASTY = (
    "*x*", "_x_ **y**", "<script>alert(1)</script>", "$x$ og $$y$$", "a|b", "@fig-a", "[@kilde]", "[^1]",
    "{{< meta title >}}", "{{< include /etc/passwd >}}", "#typst[]", "# heading", "1. mai", "a. b", "(1) x",
    "1) x", "- x", "+ x", ": x", "> x", "`x`", "~~x~~ H~2~O x^2^", "[x](y)", "![x](y)", "{.class #id}",
    "::: x", "--- ... --", "Table: x", "% x", "= x", "\\*x\\*", "&lt;b&gt; &amp;", '"quote" \'quote\'',
    "http://a.no <http://b.no>", "a\nb\r\nc\td", "  x  ", "\xa0x", "(@a) x", "i) x", "MM. x", "---", "***",
    "| a | b |", "    kode", "x\u2028y", "😀 ▲⊘", "*", "\\", "#", "=====", "(x) y",
)  # fmt: skip


def read(markdown: str) -> dict:
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "json"],
        input=markdown, capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    assert not done.stderr
    return json.loads(done.stdout)


def said(inlines: list) -> str:
    """The text of inlines, which may be nothing but words and spaces."""
    out = ""
    for part in inlines:
        assert part["t"] in ("Str", "Space", "SoftBreak"), part
        out += part["c"] if part["t"] == "Str" else " "
    return out


def test_every_label_is_plain_text_in_a_paragraph_a_heading_a_list_and_a_table():
    parts = []
    for label in NASTY:
        text = to_markdown(label)
        parts += [text, f"## {text}", f"- {text}", f"| a | b |\n|---|---|\n| {text} | x |"]
    blocks = read("\n\n<!-- -->\n\n".join(parts))["blocks"]
    blocks = [block for block in blocks if block["t"] != "RawBlock"]
    assert [block["t"] for block in blocks] == ["Para", "Header", "BulletList", "Table"] * len(NASTY)
    for label, (paragraph, heading, bullets, table) in zip(
        NASTY, zip(*[iter(blocks)] * 4, strict=True), strict=True
    ):
        expected = one_line(label)
        assert said(paragraph["c"]) == expected
        assert said(heading["c"][2]) == expected
        assert said(bullets["c"][0][0]["c"]) == expected
        cell = table["c"][4][0][3][0][1][0][4]
        assert said(cell[0]["c"]) == expected


def test_every_label_is_plain_text_in_an_attribute():
    blocks = read("\n\n".join(f"![](x){{fig-alt={to_attribute(label)}}}" for label in NASTY))["blocks"]
    for label, block in zip(NASTY, blocks, strict=True):
        image = block["c"][0] if block["t"] == "Para" else block["c"][2][0]["c"][0]
        assert dict(image["c"][0][2])["fig-alt"] == one_line(label)


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.text(alphabet=st.sampled_from("*_`[]{}()<>#+-.!|~^$@\"'&=:%\\/ ax1\n"), min_size=1),
        min_size=20,
        max_size=60,
    )
)
def test_any_mixture_of_marks_is_plain_text(labels):
    labels = [label for label in labels if one_line(label)]
    blocks = read("\n\n".join(to_markdown(label) for label in labels))["blocks"]
    assert [said(block["c"]) for block in blocks] == [re.sub(" +", " ", one_line(label)) for label in labels]


@pytest.mark.parametrize("label", NASTY)
def test_no_shortcode_is_left_for_quarto_to_find(label):
    assert "{{<" not in to_markdown(label)
    assert "{{<" not in to_attribute(label)


def test_html_is_escaped_also_for_attributes():
    assert to_html('<b a="x">&') == "&lt;b a=&quot;x&quot;&gt;&amp;"


def test_a_label_on_one_line_has_no_control_characters_and_no_halves_of_pairs():
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    kept = set(one_line("".join(every)))
    gone = {unicodedata.category(sign) for sign in every if sign not in kept}
    assert gone == {"Cc", "Cs", "Zl", "Zp"}
    assert not {sign for sign in kept if unicodedata.category(sign) in ("Cc", "Cs")}
    assert {sign for sign in every if unicodedata.category(sign) not in gone} <= kept
