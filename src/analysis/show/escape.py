"""Any label as text that stays text: in Markdown, in an attribute, in HTML."""

from __future__ import annotations

import html
import re

# Marks that mean something to pandoc or Quarto wherever they stand. `{` and `<` cover shortcodes, which
# Quarto finds before pandoc reads the text; `@`, `^` and `$` cover references, notes and formulas.
_ANYWHERE = re.compile(r"""[\\`*_{}\[\]<>#|~^$@"'&!]""")
# Marks that mean something only in a certain place: a list's number, a bullet, a definition, a title block,
# the dashes and dots that become others, and the double colon of a div.
_AT_START = re.compile(r"^(\(?)(\w*)([.)]?)(?=\s|$)")
_FIRST = re.compile(r"^[-+%=:]")
_RUNS = re.compile(r"-{2,}|\.{2,}|:{2,}|={2,}")
_TABLE = re.compile(r"^(table):", re.IGNORECASE)
_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029 ]+")
# Unicode's control characters (Cc), and halves of pairs that no text may hold by themselves (Cs).
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(label: object) -> str:
    """Return the label on one line, without control characters, spaces run together.

    A space that does not break stays what it is, but not at the ends: pandoc reads no quoted attribute that
    begins with one.
    """
    return _CONTROLS.sub("", _SPACES.sub(" ", str(label))).strip()


def to_markdown(label: object) -> str:
    r"""Return pandoc Markdown that reads as exactly this text, in a sentence, a table or a caption.

    >>> print(to_markdown("*x* <b> a|b $y$ {{< meta title >}} [^1] @fig-a"))
    \*x\* \<b\> a\|b \$y\$ \{\{\< meta title \>\}\} \[\^1\] \@fig-a
    >>> print(to_markdown("1. mai - kl. 12"))
    1\. mai - kl. 12
    """
    text = _ANYWHERE.sub(lambda found: "\\" + found[0], one_line(label))
    text = _RUNS.sub(lambda found: "".join("\\" + sign for sign in found[0]), text)
    text = _FIRST.sub(lambda found: "\\" + found[0], text)
    text = _TABLE.sub(r"\1\\:", text)
    return _AT_START.sub(_no_list, text)


def to_attribute(label: object) -> str:
    r"""Return the text as a quoted attribute value of pandoc Markdown, quotes included.

    >>> print(to_attribute('say "hi" {a}'))
    "say \"hi\" \{a\}"
    """
    text = _ANYWHERE.sub(lambda found: "\\" + found[0], one_line(label))
    return f'"{text}"'


def to_html(label: object) -> str:
    """Return the text for HTML, also inside a quoted attribute.

    >>> to_html('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    return html.escape(one_line(label), quote=True)


def _no_list(found: re.Match[str]) -> str:
    before, number, after = found.groups()
    if before and after == ")":
        return f"\\({number}\\)"
    return f"{before}{number}\\{after}" if number and after and not before else found[0]
