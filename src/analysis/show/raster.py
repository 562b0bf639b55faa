"""A figure's shapes and words as PNG, drawn without artists: laying out and styling them costs most."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.transforms import Affine2D
from PIL import Image

from analysis.show.letters import UNITS, ascent, set_letters
from analysis.show.shapes import Shape, Words, polygon
from analysis.show.style import DPI

#: What numbers of the PNG format mean: the filter, colour without a see-through layer, dots to the metre.
_UP, _COLOUR, _A_METRE = 2, 2, 1


def to_png(width: float, height: float, parts: Sequence[Shape | Words]) -> bytes:
    """Return the parts as PNG of at least 200 dpi, the first at the bottom; sizes in points."""
    scale = DPI / 72
    size = round(width * scale), round(height * scale)
    drawing = RendererAgg(*size, DPI)
    # The renderer counts upwards from the bottom.
    page = Affine2D.from_values(scale, 0, 0, -scale, 0, size[1])
    _draw(drawing, page, Shape(0, polygon(((0, 0), (width, 0), (width, height), (0, height))), fill="white"))
    for part in parts:
        (_write if isinstance(part, Words) else _draw)(drawing, page, part)
    # Without the see-through layer: everything lies on white.
    drawn = Image.frombuffer("RGBA", size, drawing.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")
    return _encode(np.asarray(drawn))


def _encode(pixels: np.ndarray) -> bytes:
    """Return pixels, rows × columns × red, green and blue, as PNG (ISO/IEC 15948).

    Each row is kept as its difference from the one above, which suits flat colour: an encoder that tries all
    filters on every row takes twice as long for the same size, and as long as everything else of a figure.
    """
    height, width, _ = pixels.shape
    rows = pixels.reshape(height, 3 * width)
    filtered = np.empty((height, 1 + 3 * width), dtype=np.uint8)
    filtered[:, 0] = _UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    dots = round(DPI / 0.0254)
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", header),
            _chunk(b"pHYs", struct.pack(">IIB", dots, dots, _A_METRE)),
            _chunk(b"IDAT", zlib.compress(filtered.data, 1)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _draw(drawing: RendererAgg, page: Affine2D, shape: Shape) -> None:
    how = drawing.new_gc()
    lined = shape.line is not None and shape.width > 0
    how.set_linewidth(shape.width if lined else 0.0)
    how.set_joinstyle("round" if shape.round else "miter")
    if lined:
        how.set_foreground(to_rgba(shape.line), isRGBA=True)
    if shape.dashes:
        how.set_dashes(0, shape.dashes)
    drawing.draw_path(how, shape.path, page, None if shape.fill is None else to_rgba(shape.fill))


def _write(drawing: RendererAgg, page: Affine2D, words: Words) -> None:
    letters = set_letters(words.text, strong=words.strong)
    if not letters.glyphs:
        return
    how = drawing.new_gc()
    how.set_linewidth(0.0)
    scale, baseline = words.size / UNITS, words.y + words.size * ascent() / 2
    place = Affine2D.from_values(scale, 0, 0, -scale, words.left, baseline) + page
    drawing.draw_path(how, letters.path, Affine2D(place.get_matrix()), to_rgba(words.colour))
