"""A figure laid out in points from its top left corner, and the block that shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from analysis.core.paths import write_bytes
from analysis.show.blocks import FIGURES, Block, Canvas
from analysis.show.escape import to_attribute, to_html, to_markdown
from analysis.show.raster import to_png
from analysis.show.shapes import Shape, Words, check_points, is_round, marks, polygon, polyline
from analysis.show.style import INK, SIZE, WIDTH
from analysis.show.tables import Table
from analysis.show.vector import to_svg

#: Marks lie on everything else.
_MARKS_ORDER = 4


class Sheet:
    """A figure of the text column's width whose parts are placed in points.

    Sizes are computed from the text before drawing: no pass over the drawing to find its bounds is needed.
    """

    def __init__(self, height: float, *, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self._parts: list[Shape | Words] = []

    @property
    def parts(self) -> list[Shape | Words]:
        """All that is on the sheet, the lowest first."""
        return sorted(self._parts, key=lambda part: part.order)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SIZE,
        colour: str = INK,
        strong: bool = False,
        ha: str = "left",
    ) -> None:
        """Write one line of text, its middle at height y."""
        check_points(f"the text {text!r}", [(x, y)])
        self._parts.append(Words(x, y, text, size, colour, strong=strong, ha=ha))

    def write_lines(
        self, x: float, middle: float, texts: Sequence[str], *, line: float, **how: object
    ) -> None:
        """Write lines of text under each other around that height, `line` points apart."""
        for i, text in enumerate(texts):
            self.write(x, middle + line * (i - (len(texts) - 1) / 2), text, **how)

    def strokes(
        self,
        segments: Sequence[Sequence[tuple[float, float]]],
        *,
        colour: str | Sequence[str],
        width: float = 0.7,
        dashes: Sequence[float] = (),
        order: float = 2,
    ) -> None:
        """Draw lines through points; `colour` is one for all or one each; a higher `order` lies on top.

        dashes: the lengths of line and gap, in line widths; none for a whole line.
        A line without points is not drawn.
        """
        lengths = tuple(width * length for length in dashes)
        colours = [colour] * len(segments) if isinstance(colour, str) else list(colour)
        there = [pair for pair in zip(colours, segments, strict=True) if len(pair[1])]
        for one, same in groupby(there, key=itemgetter(0)):
            path = polyline([segment for _, segment in same])
            self._parts.append(Shape(order, path, line=one, width=width, dashes=lengths))

    def marks(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str,
        marker: str = "o",
        size: float = 7.5,
        hollow: bool = False,
    ) -> None:
        """Draw marks, filled or open, if there are any."""
        if not len(points):
            return
        self._parts.append(
            Shape(
                _MARKS_ORDER,
                marks(points, marker, size),
                fill="white" if hollow else colour,
                line=colour,
                width=1.5 if hollow else 0.8,
                round=is_round(marker),
            )
        )

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        colour: str,
        edge: float = 0.8,
        order: float = 1,
    ) -> None:
        """Draw a filled rectangle, parted from its neighbours by a white edge that is `edge` wide."""
        right, bottom = left + width, top + height
        path = polygon(((left, top), (right, top), (right, bottom), (left, bottom)))
        self._parts.append(Shape(order, path, fill=colour, line="white", width=edge))

    def area(self, points: Sequence[tuple[float, float]], *, colour: str, order: float = 0.2) -> None:
        """Fill what the points enclose, if there are any, without an edge."""
        if not len(points):
            return
        self._parts.append(Shape(order, polygon(points), fill=colour))

    def svg(self) -> bytes:
        """Return the figure as SVG, text as outlines, without date and program."""
        return to_svg(self.width, self.height, self.parts)

    def png(self) -> bytes:
        """Return the figure as PNG of at least 200 dpi at its printed size."""
        return to_png(self.width, self.height, self.parts)


def figure_block(canvas: Canvas, name: str, sheet: Sheet, *, caption: str, alt: str, data: Table) -> Block:
    """Save the figure (report) or put it into the page (JupyterLab), with its numbers as a table behind it.

    caption and alt are plain text in the reader's language; alt says the finding and the numbers.
    """
    identity, stem = canvas.id("fig", name), f"{canvas.prefix}-{name}"
    plain = f"{identity}: {alt}"
    if not canvas.report:
        # A picture to a screen reader, which reads the alternative text in place of hundreds of outlines.
        drawn = re.sub(
            r"^.*?<svg ", f'<svg role="img" aria-label="{to_html(alt)}" ', sheet.svg().decode(), flags=re.S
        )
        shown = f"<figure>\n{drawn}\n<figcaption>{to_html(caption)}</figcaption>\n</figure>\n"
        summary = to_html(canvas.language.text("The numbers behind the figure"))
        folded = f"<details><summary>{summary}</summary>\n{data.html(identity)}\n</details>\n"
        return Block(markdown="", html=shown + folded, plain=plain, report=False, id=identity)
    folder = Path(canvas.folder or ".") / FIGURES
    write_bytes(folder / f"{stem}.svg", sheet.svg())
    write_bytes(folder / f"{stem}.png", sheet.png())
    # Named without its extension, the file takes the format's own: SVG in HTML and PDF, PNG in Word.
    picture = f"![]({FIGURES}/{stem}){{fig-alt={to_attribute(alt)}}}"
    markdown = f"::: {{#{identity}}}\n{picture}\n\n{to_markdown(caption)}\n:::\n"
    return Block(
        markdown=markdown + "\n" + _folded(canvas, data), html="", plain=plain, report=True, id=identity
    )


def _folded(canvas: Canvas, data: Table) -> str:
    # In HTML alone, unfolded without a script; PDF and Word leave it out.
    summary = to_html(canvas.language.text("The numbers behind the figure"))
    return (
        '::: {.content-visible when-format="html"}\n'
        f'```{{=html}}\n<details class="figure-data"><summary>{summary}</summary>\n```\n\n'
        f"{data.markdown()}\n"
        "```{=html}\n</details>\n```\n:::\n"
    )
