"""A chapter's tree as it is first read: words of a line as one, and what no change is made of marked."""

from __future__ import annotations

import re

from analysis.report.embedded.tree import CHANGED, Nodes, Settled

SIGNS = frozenset("▲●▼◇○⊘")
"""Signs of a state, which are kept on one line with the word after them."""

# Pandoc's Typst writer looks at the beginning of each `Str` for the end of code, and at the whole of it for
# the number of a list: such words stay apart.
_APART = re.compile(r"(?:^| );|^\d+[.)](?: |$)")


def settled(nodes: Nodes, *, citing: bool = False) -> Nodes:
    """Return a tree as pandoc wrote it with a space that does not break between a sign and its word.

    Words with single spaces between them are one `Str`: writers make the same of it, of a third of the nodes.
    Within a citation, where `citing`, words stay apart, since citeproc looks for page numbers among them.
    Lists that hold nothing of what a format changes are `Settled`: a book is gone through many times, and is
    made of such lists for the most part.

    >>> settled([{"t": "Para", "c": [{"t": "Str", "c": "▲"}, {"t": "Space"}, {"t": "Str", "c": "over"}]}])
    [{'t': 'Para', 'c': [{'t': 'Str', 'c': '▲\\xa0over'}]}]
    """
    out: list = []
    words: list[str] = []
    quiet = True
    for item in nodes:
        kind = type(item)
        if kind is dict:
            name = item.get("t")
            if name in ("Str", "Space"):
                if citing:
                    out.append(item)
                else:
                    words.append(item["c"] if name == "Str" else " ")
                continue
            if words:
                out += _joined(words)
                words = []
            # A citation, which is no element, holds its lists under names of their own.
            new = {
                key: settled(value, citing=citing or name == "Cite") if type(value) is list else value
                for key, value in item.items()
            }
            quiet = quiet and name not in CHANGED and not any(type(value) is list for value in new.values())
            out.append(new)
        elif kind is list:
            out.append(settled(item, citing=citing))
            quiet = quiet and type(out[-1]) is Settled
        else:
            out.append(item)
    if words:
        out += _joined(words)
    return Settled(out) if quiet else out


def _joined(words: list[str]) -> Nodes:
    """Make one run of words and the spaces between them; a space at either end stays a node of its own.

    Beside it stands an element that may take the space away.
    """
    for i in range(1, len(words)):
        if words[i] == " " and words[i - 1] in SIGNS:
            words[i - 1 : i + 1] = [words[i - 1] + "\N{NO-BREAK SPACE}", ""]
    first = 1 if words[0] == " " else 0
    last = len(words) - 1 if words[-1] == " " else len(words)
    run = "".join(words[first:last])
    if _APART.search(run):
        return [_node(word) for word in words if word]
    inside = [{"t": "Str", "c": run}] if run else []
    return [_SPACE] * first + inside + [_SPACE] * (len(words) - max(first, last))


def _node(word: str) -> dict[str, str]:
    return _SPACE if word == " " else {"t": "Str", "c": word}


_SPACE = {"t": "Space"}
