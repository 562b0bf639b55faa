"""Tables in Word: widths shared by what the columns hold, since Word shares them badly itself."""

from __future__ import annotations

from analysis.report.embedded.tree import Node, Nodes, block, plain

# Signs on a line of a table across the page, in the styles Compact and Compact Small.
_ROOM, _ROOM_SMALL = 98, 113
# What a cell's margins take, in signs.
_MARGIN = 3


def word_table(node: Node) -> Nodes:
    """Return a table with a width for each column, in small type where it is crowded."""
    attributes, caption, columns, head, bodies, foot = node["c"]
    rows = [cells for _, cells in [*head[1], *(row for body in bodies for row in body[3])]]
    words = [[plain(cell[4]) for cell in cells] for cells in rows]
    crowded = sum(_longest(column) + _MARGIN for column in zip(*words, strict=True)) > _ROOM
    shares = column_shares(words, room=_ROOM_SMALL if crowded else _ROOM)
    columns = [
        [align, {"t": "ColWidth", "c": share}] for (align, _), share in zip(columns, shares, strict=True)
    ]
    table = {"t": "Table", "c": [attributes, caption, columns, head, bodies, foot]}
    return [block("Div", [table], custom_style="Compact Small")] if crowded else [table]


def column_shares(rows: list[list[str]], *, room: int) -> list[float]:
    """Return each column's share of the page's width, from the lengths of its texts in signs.

    `room` is how many signs a line of the table holds. With room to spare the first column takes it; without,
    the longest columns are broken between words, as many as it takes, and the others keep their length.

    >>> column_shares([["Enhet", "Snitt"], ["Solbakken barnehage", "5,2"]], room=100)
    [0.92, 0.08]
    """
    columns = list(zip(*rows, strict=True))
    natural = [_longest(column) + _MARGIN for column in columns]
    narrow = [max(len(w) for text in column for w in text.split(" ")) + _MARGIN + 1 for column in columns]
    widths = [float(n) for n in natural]
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


def _longest(column: tuple[str, ...]) -> int:
    return max((len(text) for text in column), default=0)


def _shares(widths: list[float]) -> list[float]:
    return [round(width / sum(widths), 4) for width in widths]
