"""A report's Markdown taken apart into what a reader reads: sentences, headings, cells, captions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from demo_reports import Shown

from analysis.core.language import NO_BREAK

_DIV = re.compile(r"^:::+ \{(.*)\}$")
_FIGURE = re.compile(r'^!\[\]\([^)]*\)\{fig-alt="(.*)"\}$')
_HEADING = re.compile(r"^(#{1,6}) (.*?)(?: \{#[\w-]+\})?$")
_REFERENCE = re.compile(r" \(@[\w-]+(?:, @[\w-]+)*\)")
_LED_TO = re.compile(r" \(\[-@[\w-]+\]\)")
#: A space that parts a number's thousands stays; all others are spaces like any other.
_KEPT = re.compile(rf"{NO_BREAK}(?!\d{{3}}(?!\d))|(?<!\d){NO_BREAK}")


@dataclass(frozen=True)
class Piece:
    """Something a reader reads, and where.

    kind: heading, sentence (a paragraph or callout), item (of a list), caption, alternative, head (of a
    table's column), cell, or mark (a row of a figure).
    block: the notebook's cell, `service.scorecard`. `service` is the one it is about, "" for all.
    name: of the table or figure, `scorecard`. row, column: the head of its row and column; `turn` tells
    columns of the same head apart. lead: what stands in bold before an item. cells: the whole row.
    """

    kind: str
    text: str
    block: str
    service: str = ""
    name: str = ""
    row: str = ""
    column: str = ""
    turn: int = 0
    lead: str = ""
    sign: str = ""
    cells: tuple[str, ...] = ()


def read_page(shown: Shown, services: tuple[str, ...]) -> Iterator[Piece]:
    """Give everything that is read in a cell's Markdown and in its figure's rows, in its order."""
    block = f"{shown.notebook}.{shown.cell}"
    inside: list[str] = []
    raw, table, service, name = False, [], shown.service, ""
    for line in [*shown.markdown.split("\n"), ""]:
        if line.startswith("|"):
            table.append(line)
            continue
        if table:
            yield from _table(table, block, service, name)
            table = []
        if line.startswith("```"):
            raw = not raw
        elif raw:
            yield from (
                Piece("sentence", text, block, service)
                for part in re.findall(r">([^<>]+)<", line)
                if (text := part.strip())
            )
        elif found := _DIV.match(line):
            inside.append(found[1])
            if found[1].startswith("#"):
                service, name = _place(found[1], services, shown.service)
        elif line.startswith(":::"):
            inside.pop()
        elif found := _FIGURE.match(line):
            yield Piece("alternative", _plain(found[1]), block, service, name)
        elif found := _HEADING.match(line):
            yield Piece("heading", _plain(found[2]), block, service)
            if section := re.search(r"\{#sec-(.*)\}$", line):
                service, _ = _place(f"#sec-{section[1]}", services, shown.service)
        elif found := re.match(r"^- (?:\*\*(.*?)\.\*\* )?(.*)$", line):
            yield Piece("item", _plain(found[2]), block, service, lead=_plain(found[1] or ""))
        elif line.strip():
            captioned = bool(inside) and inside[-1].startswith("#")
            kind = "caption" if captioned else "sentence"
            yield Piece(kind, _plain(_REFERENCE.sub("", line)), block, service, name if captioned else "")
    for row in shown.rows:
        said = _space(row.cells[-1])
        yield Piece("mark", said, block, service, name, row=_space(row.name), sign=row.sign)


def _place(identity: str, services: tuple[str, ...], otherwise: str) -> tuple[str, str]:
    # "#tbl-nursing-home-scorecard": the service, and what the table or figure is called.
    rest = identity.partition("-")[2]
    for service in (*services, "municipality"):
        if rest.startswith(f"{service}-"):
            name = re.sub(r"-\d+$", "", rest.removeprefix(f"{service}-"))
            return (otherwise if service == "municipality" else service), name
    raise AssertionError(f"an id without a service: {identity}")


def _table(lines: list[str], block: str, service: str, name: str) -> Iterator[Piece]:
    heads, _, *rows = ([_plain(cell) for cell in _split(line)] for line in lines)
    turns = [heads[:i].count(head) for i, head in enumerate(heads)]
    for head in heads:
        yield Piece("head", head, block, service, name)
    for row in rows:
        whole = tuple(row)
        yield Piece("cell", row[0], block, service, name, row=row[0], column=heads[0], cells=whole)
        for head, turn, cell in zip(heads[1:], turns[1:], row[1:], strict=True):
            yield Piece("cell", cell, block, service, name, row=row[0], column=head, turn=turn, cells=whole)


def _split(line: str) -> list[str]:
    cells = [_LED_TO.sub("", cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    return [re.sub(r"^\*\*(.*)\*\*$", r"\1", cell.strip(" ")) for cell in cells]


def _plain(text: str) -> str:
    return _space(re.sub(r"\\(.)", r"\1", text))


def _space(text: str) -> str:
    return _KEPT.sub(" ", text.replace("&nbsp;", "")).strip()
