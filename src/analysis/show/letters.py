"""Text as outlines: where each letter of a line stands, its shape, and how wide the line is.

A line is set word by word and each word once: setting costs a hundred times more than adding up, and words
come again. No word leans into the space beside it in the report's font.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path as FilePath

import matplotlib as mpl
import numpy as np
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path
from matplotlib.textpath import TextToPath

#: Outlines and widths are in hundredths of the type's size, upwards from the baseline.
UNITS = 100
_FILES = {400: "SourceSansPro-Regular.ttf", 600: "SourceSansPro-Semibold.ttf"}
_SPACES = re.compile("([ \N{NO-BREAK SPACE}])")


@dataclass(frozen=True)
class Letters:
    """A line of text: the names of its glyphs in `outlines`, where each begins, and how wide the line is.

    Places and widths are in hundredths of the type's size, from the left end of the baseline.
    """

    glyphs: tuple[str, ...]
    begins: tuple[float, ...]
    width: float

    @property
    def path(self) -> Path:
        """The outlines of all its glyphs as one path."""
        if not self.glyphs:
            return Path(np.empty((0, 2)), np.empty(0, dtype=np.uint8))
        shapes = [outlines[name] for name in self.glyphs]
        places = zip(shapes, self.begins, strict=True)
        return Path(
            np.concatenate([shape.vertices + np.array((x, 0.0)) for shape, x in places]),
            np.concatenate([shape.codes for shape in shapes]),
        )


@dataclass(frozen=True)
class Glyph:
    """The shape of one glyph, in hundredths of the type's size."""

    vertices: np.ndarray
    codes: np.ndarray


#: Every glyph that a line has needed so far, by its name: font and number.
outlines: dict[str, Glyph] = {}


@cache
def font_files() -> dict[int, FilePath]:
    """Return the text font's files by weight."""
    folder = FilePath(str(files("font_source_sans_pro"))) / "files"
    return {weight: folder / name for weight, name in _FILES.items()}


@cache
def sign_font() -> FilePath:
    """Return the file of the font that has the signs ● ◇ ○ ⊘, which the text font lacks."""
    return FilePath(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


@lru_cache(maxsize=4096)
def set_letters(text: str, *, strong: bool = False) -> Letters:
    """Set a line of text in the report's font; signs that it lacks come from the second font.

    >>> set_letters("No").begins[0]
    0.0
    """
    glyphs, begins, x = [], [], 0.0
    for part in _SPACES.split(text):
        if part:
            word = _set_word(part, strong)
            glyphs += word.glyphs
            begins += [x + begin for begin in word.begins]
            x += word.width
    return Letters(tuple(glyphs), tuple(begins), x)


@cache
def ascent() -> float:
    """Return how far the letter l reaches over the baseline, as a share of the type's size.

    A line's middle is taken to be halfway up it, whatever letters the line has: lines of a row stand alike.
    """
    return float(set_letters("l").path.vertices[:, 1].max()) / UNITS


@lru_cache(maxsize=8192)
def _set_word(word: str, strong: bool) -> Letters:
    glyphs, begins, x = [], [], 0.0
    text_font = _font(font_files()[600 if strong else 400])
    for known, letters in groupby(word, key=lambda letter: text_font.get_char_index(ord(letter)) > 0):
        placed, end = _place(text_font if known else _font(sign_font()), "".join(letters))
        for name, begin in placed:
            if len(outlines[name].vertices):
                glyphs.append(name)
                begins.append(x + begin)
        x += end
    return Letters(tuple(glyphs), tuple(begins), x)


def _place(font: FT2Font, text: str) -> tuple[list[tuple[str, float]], float]:
    """Return the glyphs of a text in one font, where each begins, and where the text ends."""
    # A space after it begins where the last letter ends.
    *placed, (last, end) = _layout(font, text + " ")
    if last == _space(font):
        return placed, end
    # In what is read from right to left the space stands first.
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    width = font.get_width_height()[0] / 64
    return _layout(font, text), width


def _layout(font: FT2Font, text: str) -> list[tuple[str, float]]:
    # From matplotlib 3.11 on, where text is shaped and glyphs are named by their number in the font: its
    # tuples are name, x, y and size; its shapes vertices and codes, by name.
    placed, shapes, _ = TextToPath().get_glyphs_with_font(font, text)
    for name, (vertices, codes) in shapes.items():
        outlines.setdefault(name, Glyph(np.asarray(vertices), np.asarray(codes)))
    return [(name, float(x)) for name, x, _, _ in placed]


@cache
def _space(font: FT2Font) -> str:
    return _layout(font, " ")[0][0]


@cache
def _font(file: FilePath) -> FT2Font:
    # Read from memory, so that no file stays open: a process that is forked would share the place in it. Not
    # the font that matplotlib keeps for all that ask for it, which anybody may set to another size.
    font = FT2Font(io.BytesIO(file.read_bytes()))
    font.set_size(UNITS, 72)
    return font
