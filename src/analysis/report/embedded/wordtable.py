"""Tables in Word: widths shared by what the columns hold, since Word shares them badly itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from analysis.report.embedded.tree import Node, Nodes, block, plain

# Signs on a line of a table across the page, in the styles Compact and Compact Small.
_ROOM, _ROOM_SMALL = 94, 105
# A table of no more rows than this is kept on one page.
_WHOLE_ROWS = 16
# What a cell's margins take, in signs, and how much wider the head's bold letters are.
_MARGIN = 2
_BOLD = 1.08
_NARROW, _WIDE = frozenset(" \N{NO-BREAK SPACE}.,:;!|'()-fijlrtI"), frozenset("mwMW%")


def word_table(node: Node) -> Nodes:
    """Return a table with column widths, in small type where it is crowded, whole where it is short."""
    attributes, caption, columns, head, bodies, foot = node["c"]
    rows = [cells for _, cells in [*head[1], *(row for body in bodies for row in body[3])]]
    words = [[plain(cell[4]) for cell in cells] for cells in rows]
    crowded = sum(_longest(column) + _MARGIN for column in zip(*words, strict=True)) > _ROOM
    shares = column_shares(words, room=_ROOM_SMALL if crowded else _ROOM)
    columns = [
        [align, {"t": "ColWidth", "c": share}] for (align, _), share in zip(columns, shares, strict=True)
    ]
    head = [head[0], _in_paragraphs(head[1])]
    bodies = [[*body[:3], _in_paragraphs(body[3])] for body in bodies]
    table = {"t": "Table", "c": [attributes, caption, columns, head, bodies, foot]}
    small, kept = " Small" if crowded else "", " Kept" if len(rows) <= _WHOLE_ROWS else ""
    return [block("Div", [table], custom_style=f"Compact{small}{kept}")]


def _in_paragraphs(rows: list) -> list:
    # Pandoc gives Plain its own style whatever the table's.
    return [
        [attributes, [[*cell[:4], in_paragraphs(cell[4])] for cell in cells]] for attributes, cells in rows
    ]


def in_paragraphs(blocks: Nodes) -> Nodes:
    """Return blocks with paragraphs in place of bare lines.

    >>> in_paragraphs([{"t": "Plain", "c": [{"t": "Str", "c": "61"}]}])
    [{'t': 'Para', 'c': [{'t': 'Str', 'c': '61'}]}]
    """
    return [{**piece, "t": "Para"} if piece["t"] == "Plain" else piece for piece in blocks]


def column_shares(rows: list[list[str]], *, room: int) -> list[float]:
    """Return each column's share of the page's width, from the lengths of its texts in signs.

    The first row is the head. `room` is how many signs a line of the table holds. With room to spare the
    first column takes it; without, the longest columns are broken between words, as many as it takes, and the
    others keep their length.

    >>> column_shares([["Enhet", "Snitt"], ["Solbakken barnehage", "5,2"]], room=100)
    [0.939, 0.061]
    """
    columns = list(zip(*rows, strict=True))
    natural = [_longest(column) + _MARGIN for column in columns]
    narrow = [_longest([max(text.split(" "), key=_signs) for text in c]) + _MARGIN for c in columns]
    widths = list(natural)
    if sum(natural) <= room:
        widths[0] += room - sum(natural)
        return _shares(widths)
    broken: list[int] = []
    for i in sorted(range(len(natural)), key=lambda i: -natural[i]):
        broken.append(i)
        spare = room - sum(narrow[j] if j in broken else natural[j] for j in range(len(natural)))
        share = (sum(narrow[j] for j in broken) + spare) / len(broken)
        # Enough for the longest word of each, and no whole column far wider than the broken ones.
        if spare >= 0 and all(n <= 1.5 * share for j, n in enumerate(natural) if j not in broken):
            break
    longer = sum(natural[j] - narrow[j] for j in broken) or 1
    for j in broken:
        widths[j] = narrow[j] + max(spare, 0) * (natural[j] - narrow[j]) / longer
    return _shares(widths)


def _longest(column: Sequence[str]) -> float:
    head, *cells = map(_signs, column)
    return max(_BOLD * head, *cells, 0)


def _signs(text: str) -> float:
    """Return how wide a text is, in figures: in this font letters like i and m differ by more than half."""
    return sum(map(_width, text))


@cache
def _width(sign: str) -> float:
    return 0.55 if sign in _NARROW else 1.5 if sign in _WIDE else 1.15 if sign.isupper() else 1


def _shares(widths: list[float]) -> list[float]:
    return [round(width / sum(widths), 4) for width in widths]
