"""How figures look: pinned fonts, three colours, the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.colors import to_rgb

from analysis.show.letters import UNITS, font_files, set_letters, sign_font

#: One hue for this municipality, greys for everything it is compared with, one accent for what needs
#: attention. Against white 7.1:1, 6.5:1, 5.9:1 and, for lines and marks only, 3.4:1.
OWN, ACCENT, QUIET, PALE = "#1b5b92", "#a63a14", "#5f6570", "#858c97"
INK, RULE, BAND = "#1b1e23", "#c3c9d1", "#e3e8ee"

#: Type sizes in points, at the width a figure is shown in print.
SIZE, SMALL = 9.5, 9.0
#: A figure's width in points: the text column of the printed page, 16 cm.
WIDTH = 453.5
#: Dots per inch of the PNG that Word takes.
DPI = 200

# Names of our own, so that another version of the same family on a machine is never taken instead.
TEXT_FAMILY, SIGN_FAMILY = "Tilstand Text", "Tilstand Signs"


@cache
def _settings() -> dict[str, object]:
    # Brings statsmodels with it, and is needed for an analyst's own figures alone: reports do without both.
    import seaborn as sns  # noqa: PLC0415

    for weight, file in font_files().items():
        _register(file, TEXT_FAMILY, weight)
        _register(sign_font(), SIGN_FAMILY, weight)
    return {
        **sns.axes_style("white"),
        **sns.plotting_context("paper", rc={"axes.linewidth": 0.7, "lines.linewidth": 1.6}),
        "font.family": [TEXT_FAMILY, SIGN_FAMILY],
        "font.size": SIZE,
        "text.color": INK,
        # A label may hold a $: it is text, never a formula.
        "text.parse_math": False,
        "text.usetex": False,
        # Letters stand where the vector form has them; hinting would widen lines in the PNG alone.
        "text.hinting": "none",
        "figure.facecolor": "white",
        "figure.dpi": 72,
        "svg.fonttype": "path",
        # Without a fixed salt every run gives other ids, and so other bytes.
        "svg.hashsalt": "tilstand",
        "path.simplify": False,
    }


@contextmanager
def drawing() -> Iterator[None]:
    """Draw with seaborn or matplotlib in the report's style inside the block.

    For figures of an analyst's own: the report's are laid out on a `Sheet`. Whatever the notebook has set
    stays as it was.
    """
    with mpl.rc_context(_settings()):
        yield


def text_width(text: str, size: float = SIZE, *, strong: bool = False) -> float:
    """Return how wide a text is in points.

    >>> text_width("0000", 10.0) > text_width("000", 10.0) > 14
    True
    """
    return set_letters(text, strong=strong).width * size / UNITS


def wrap(text: str, width: float, size: float = SIZE, *, strong: bool = False, lines: int = 9) -> list[str]:
    """Break a text into lines of at most `width` points; what is longer than `lines` ends in an ellipsis.

    >>> wrap("one two three", 40.0, 10.0)
    ['one two', 'three']
    """

    def fits(part: str) -> bool:
        return text_width(part, size, strong=strong) <= width

    # Only at the space that breaks: str.split() would also break at the one that does not.
    words, out = [word for word in text.split(" ") if word], [""]
    while words:
        word = words.pop(0)
        joined = f"{out[-1]} {word}" if out[-1] else word
        if fits(joined):
            out[-1] = joined
        elif out[-1]:
            out.append("")
            words.insert(0, word)
        else:
            # A word that no line holds is broken where it must.
            keep = max((n for n in range(1, len(word)) if fits(word[:n] + "-")), default=1)
            out[-1] = word if len(word) == 1 else word[:keep] + "-"
            words[:0] = [word[keep:]] if word[keep:] else []
            out += [""] if words else []
    if len(out) > lines:
        last = out[lines - 1]
        while last and not fits(last + "…"):
            last = last[:-1]
        out = [*out[: lines - 1], last.rstrip() + "…"]
    return out


def readable_on(colour: str) -> str:
    """Return white or ink, whichever reads better on the colour (WCAG 2.2 relative luminance).

    >>> readable_on("#1b5b92"), readable_on("#cfe0ef")
    ('white', '#1b1e23')
    """
    return "white" if contrast(colour, "white") >= contrast(colour, INK) else INK


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21.

    (L1 + 0.05) / (L2 + 0.05) with the relative luminance of the lighter and the darker; WCAG 2.2, 1.4.3.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _register(file: Path, family: str, weight: int) -> None:
    entry = font_manager.FontEntry(
        fname=str(file),
        name=family,
        style="normal",
        variant="normal",
        weight=weight,
        stretch="normal",
        size="scalable",
    )
    font_manager.fontManager.ttflist.append(entry)
