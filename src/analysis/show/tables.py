"""A table of plain text that becomes Markdown in a report and a great_tables table in JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.core.language import NO_BREAK
from analysis.show.blocks import Block, Canvas
from analysis.show.escape import one_line, to_html, to_markdown


@dataclass(frozen=True)
class Column:
    """One column of a table.

    width: its part of the table's width, in any unit that all columns share; 0 takes the longest cell.
    """

    head: str
    width: float = 0
    right: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """Columns and rows of plain text, one text a column in each row.

    see: ids that cells, by row and column, refer to: a report writes the number in brackets behind the cell.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    see: Mapping[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{len(self.columns)} cells a row expected, found {len(row)}: {row}")

    def markdown(self) -> str:
        """Return a pipe table over the whole width of the text.

        >>> small = Table((Column("a"), Column("n", right=True)), (("x|y", "1"),))
        >>> print(small.markdown().splitlines()[2])
        | x\\|y | 1 |
        """
        heads = [to_markdown(column.head) or "&nbsp;" for column in self.columns]
        lines = [_line(heads), _line(self._rules(), sep="|", pad="")]
        for i, row in enumerate(self.rows):
            cells = [to_markdown(cell) for cell in row]
            # The number alone, which leads there: the word for what it numbers takes too much of a column.
            cells = [f"{c} ([-@{self.see[i, j]}])" if (i, j) in self.see else c for j, c in enumerate(cells)]
            lines.append(
                _line([f"**{c}**" if k.strong and c else c for c, k in zip(cells, self.columns, strict=True)])
            )
        return "\n".join(lines) + "\n"

    def html(self, identity: str) -> str:
        """Return the table as JupyterLab shows it; `identity` makes its style sheet's id."""
        from great_tables import GT  # noqa: PLC0415 - a report run never needs it

        names = [f"c{i}" for i in range(len(self.columns))]
        frame = pd.DataFrame([[one_line(c) for c in row] for row in self.rows], columns=names)
        table = GT(frame, id=f"{identity}-data").cols_label(
            **{name: one_line(column.head) for name, column in zip(names, self.columns, strict=True)}
        )
        right = [name for name, column in zip(names, self.columns, strict=True) if column.right]
        left = [name for name in names if name not in right]
        table = table.cols_align("left", columns=left)
        return _used((table.cols_align("right", columns=right) if right else table).as_raw_html())

    def _rules(self) -> list[str]:
        # Pandoc takes relative widths from the dashes, but only where a line is longer than 72 signs:
        # 200 dashes make sure of it.
        widths = [column.width or self._longest(i) for i, column in enumerate(self.columns)]
        dashes = [max(3, round(200 * width / sum(widths))) for width in widths]
        return [
            "-" * (n - 1) + ":" if column.right else ":" + "-" * (n - 1)
            for n, column in zip(dashes, self.columns, strict=True)
        ]

    def _longest(self, i: int) -> float:
        return 2 + max(len(one_line(text)) for text in (self.columns[i].head, *(row[i] for row in self.rows)))


def table_block(canvas: Canvas, name: str, table: Table, *, caption: str, finding: str = "") -> Block:
    """Show a table with its caption, numbered as `tbl-<prefix>-<name>`."""
    identity = canvas.id("tbl", name)
    plain = f"{identity}: {finding or caption}"
    if canvas.report:
        text = f"::: {{#{identity}}}\n{table.markdown()}\n{to_markdown(caption)}\n:::\n"
        return Block(markdown=text, html="", plain=plain, report=True, id=identity)
    shown = f"<figure>\n{table.html(identity)}\n<figcaption>{to_html(caption)}</figcaption>\n</figure>\n"
    return Block(markdown="", html=shown, plain=plain, report=False, id=identity)


def unbroken(text: str) -> str:
    """Keep a short text on one line: its spaces do not break."""
    return text.replace(" ", NO_BREAK)


def _line(cells: Sequence[str], *, sep: str = "|", pad: str = " ") -> str:
    return sep + sep.join(f"{pad}{cell}{pad}" for cell in cells) + sep


def _used(html: str) -> str:
    # Every table brings rules for all that a table could have, ten times its own size: a notebook of forty
    # tables could not be kept for them.
    style, end, table = html.partition("</style>")
    rules = re.sub(
        r"^ *#\S+ \.(gt_\w+)[^{]*\{[^}]*\}\n?",
        lambda rule: rule[0] if re.search(rf"\b{rule[1]}\b", table) else "",
        style,
        flags=re.MULTILINE,
    )
    return rules + end + table
