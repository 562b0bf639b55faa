"""Text as outlines: where each letter of a line stands, and its shape, made once for all figures of a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font
from matplotlib.path import Path
from matplotlib.textpath import TextToPath

from analysis.show.style import font_files, sign_font

#: Outlines are in hundredths of the type's size, upwards from the baseline.
UNITS = 100


@dataclass(frozen=True)
class Letters:
    """A line of text: the names of its glyphs in `outlines`, where each begins, and all of them as one path.

    Places and path are in hundredths of the type's size, from the left end of the baseline.
    """

    glyphs: tuple[str, ...]
    begins: tuple[float, ...]
    path: Path


@dataclass(frozen=True)
class Glyph:
    """The shape of one glyph, in hundredths of the type's size."""

    vertices: np.ndarray
    codes: np.ndarray


#: Every glyph that a line has needed so far, by its name: font and number.
outlines: dict[str, Glyph] = {}


@lru_cache(maxsize=4096)
def set_letters(text: str, *, strong: bool = False) -> Letters:
    """Set a line of text in the report's font; signs that it lacks come from the second font.

    >>> set_letters("No").begins[0]
    0.0
    """
    placed, shapes, _ = TextToPath().get_glyphs_with_font(_font(strong), text)
    for name, (vertices, codes) in shapes.items():
        outlines.setdefault(name, Glyph(np.asarray(vertices), np.asarray(codes)))
    seen = [(name, float(x)) for name, x, _, _ in placed if len(outlines[name].vertices)]
    if not seen:
        return Letters((), (), Path(np.empty((0, 2)), np.empty(0, dtype=np.uint8)))
    path = Path(
        np.concatenate([outlines[name].vertices + np.array((x, 0.0)) for name, x in seen]),
        np.concatenate([outlines[name].codes for name, _ in seen]),
    )
    return Letters(tuple(name for name, _ in seen), tuple(x for _, x in seen), path)


@cache
def ascent() -> float:
    """Return how far the letter l reaches over the baseline, as a share of the type's size.

    A line's middle is taken to be halfway up it, whatever letters the line has: lines of a row stand alike.
    """
    return float(set_letters("l").path.vertices[:, 1].max()) / UNITS


def _font(strong: bool) -> FT2Font:
    font = font_manager.get_font([str(font_files()[600 if strong else 400]), str(sign_font())])
    # It is one font for all that ask for it, and another may have left it at another size.
    font.set_size(UNITS, 72)
    return font
