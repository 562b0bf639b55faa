"""A chapter's tree as it is first read: signs kept with their words, and what no change is made of marked."""

from __future__ import annotations

from typing import Any

from analysis.report.embedded.tree import CHANGED, Nodes, Settled

SIGNS = frozenset("▲●▼◇○⊘")
"""Signs of a state, which are kept on one line with the word after them."""


def settled(nodes: Nodes) -> Nodes:
    """Return a tree as pandoc wrote it with a space that does not break between a sign and its word.

    Lists that hold nothing of what a format changes are `Settled`: a book is gone through many times, and is
    made of such lists for the most part.

    >>> settled([{"t": "Para", "c": [{"t": "Str", "c": "▲"}, {"t": "Space"}, {"t": "Str", "c": "over"}]}])
    [{'t': 'Para', 'c': [{'t': 'Str', 'c': '▲\\xa0'}, {'t': 'Str', 'c': 'over'}]}]
    """
    out: list = []
    quiet = True
    for item in nodes:
        kind = type(item)
        if kind is dict:
            name = item.get("t")
            if name == "Space" and out and _is_sign(out[-1]):
                out[-1] = {"t": "Str", "c": out[-1]["c"] + "\N{NO-BREAK SPACE}"}
                continue
            # A citation, which is no element, holds its lists under names of their own.
            new = {key: settled(value) if type(value) is list else value for key, value in item.items()}
            quiet = quiet and name not in CHANGED and not any(type(value) is list for value in new.values())
            out.append(new)
        elif kind is list:
            out.append(settled(item))
            quiet = quiet and type(out[-1]) is Settled
        else:
            out.append(item)
    return Settled(out) if quiet else out


def _is_sign(item: Any) -> bool:
    return type(item) is dict and item.get("t") == "Str" and item["c"] in SIGNS
