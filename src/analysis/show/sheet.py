"""A figure laid out in points from its top left corner, and the block that shows it."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D
from PIL import Image

from analysis.core.paths import write_bytes
from analysis.show.blocks import FIGURES, Block, Canvas
from analysis.show.escape import to_attribute, to_html, to_markdown
from analysis.show.style import DPI, INK, SIZE, WIDTH
from analysis.show.tables import Table


class Sheet:
    """A figure of the text column's width whose parts are placed in points.

    Sizes are computed from the text before drawing: no pass over the drawing to find its bounds is needed.
    """

    def __init__(self, height: float, *, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / 72, height / 72))
        FigureCanvasAgg(self.figure)
        # From points, downwards from the top, to the figure's own shares. Axes would bring ticks, spines and
        # locators that cost more than all the drawing.
        self._points = Affine2D().scale(1 / width, -1 / height).translate(0, 1) + self.figure.transFigure

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
        self.figure.text(
            x, y, text, transform=self._points, fontsize=size, color=colour, ha=ha,
            fontweight=600 if strong else 400, va="center_baseline",
        )  # fmt: skip

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
        dashes: object = "-",
        order: float = 2,
    ) -> None:
        """Draw lines through points; `colour` is one for all or one each; a higher `order` lies on top."""
        self.figure.add_artist(
            LineCollection(
                [list(segment) for segment in segments], colors=colour, linewidths=width, linestyles=[dashes],
                transform=self._points, zorder=order, capstyle="butt",
            )
        )  # fmt: skip

    def marks(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str,
        marker: str = "o",
        size: float = 7.5,
        hollow: bool = False,
    ) -> None:
        """Draw marks, filled or open."""
        self.figure.add_artist(
            Line2D(
                [x for x, _ in points], [y for _, y in points], ls="", marker=marker, ms=size, mec=colour,
                mfc="white" if hollow else colour, mew=1.5 if hollow else 0.8,
                transform=self._points, zorder=4,
            )
        )  # fmt: skip

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
        self.figure.add_artist(
            Rectangle(
                (left, top), width, height, facecolor=colour, edgecolor="white", lw=edge,
                transform=self._points, zorder=order,
            )
        )  # fmt: skip

    def area(self, points: Sequence[tuple[float, float]], *, colour: str, order: float = 0.2) -> None:
        """Fill what the points enclose, without an edge."""
        self.figure.add_artist(
            Polygon(
                list(points), closed=True, facecolor=colour, edgecolor="none", lw=0,
                transform=self._points, zorder=order,
            )
        )  # fmt: skip

    def svg(self) -> bytes:
        """Return the figure as SVG, text as outlines, without date and program."""
        out = io.BytesIO()
        self.figure.savefig(out, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
        return out.getvalue()

    def png(self) -> bytes:
        """Return the figure as PNG of at least 200 dpi at its printed size."""
        self.figure.set_dpi(DPI)
        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        size = canvas.get_width_height(physical=True)
        # Without the see-through layer, and flat colour packs well at the fastest level: half the time.
        drawn = Image.frombuffer("RGBA", size, canvas.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")
        out = io.BytesIO()
        drawn.save(out, format="png", dpi=(DPI, DPI), compress_level=1)
        return out.getvalue()


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
