"""A figure's shapes and words as SVG: every glyph written once and used where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from matplotlib.path import Path

from analysis.show.letters import UNITS, ascent, outlines, set_letters
from analysis.show.shapes import Shape, Words

#: What a code of a path is called in SVG, and with how many points.
_COMMANDS = {Path.MOVETO: ("M", 1), Path.LINETO: ("L", 1), Path.CURVE3: ("Q", 2), Path.CURVE4: ("C", 3)}


def to_svg(width: float, height: float, parts: Sequence[Shape | Words]) -> bytes:
    """Return the parts as an SVG document, the first at the bottom; sizes in points.

    Text is drawn as outlines: it looks the same where the font is missing.
    """
    body, used = [], {}
    for part in parts:
        body.append(_words(part, used) if isinstance(part, Words) else _shape(part))
    glyphs = (f'<path id="{name}" d="{_glyph(name)}"/>' for name in used)
    size = f'width="{_number(width)}pt" height="{_number(height)}pt"'
    lines = (
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size} '
        f'viewBox="0 0 {_number(width)} {_number(height)}" version="1.1">',
        f"<defs>{''.join(glyphs)}</defs>",
        f'<path d="M0 0H{_number(width)}V{_number(height)}H0Z" fill="#ffffff"/>',
        *body,
        "</svg>",
        "",
    )
    return "\n".join(lines).encode()


def _shape(shape: Shape) -> str:
    how = [f'fill="{shape.fill or "none"}"']
    if shape.line and shape.width:
        how.append(f'stroke="{shape.line}" stroke-width="{_number(shape.width)}"')
        if shape.dashes:
            how.append(f'stroke-dasharray="{" ".join(map(_number, shape.dashes))}"')
        if shape.round:
            how.append('stroke-linejoin="round"')
    return f'<path d="{_commands(shape.path.vertices, shape.path.codes)}" {" ".join(how)}/>'


def _words(words: Words, used: dict[str, None]) -> str:
    letters = set_letters(words.text, strong=words.strong)
    used.update(dict.fromkeys(letters.glyphs))
    baseline, scale = words.y + words.size * ascent() / 2, _number(words.size / UNITS, 4)
    place = f"translate({_number(words.left)} {_number(baseline)})scale({scale} -{scale})"
    glyphs = (
        f'<use xlink:href="#{name}" x="{_number(x, 1)}"/>'
        for name, x in zip(letters.glyphs, letters.begins, strict=True)
    )
    return f'<g fill="{words.colour}" transform="{place}">{"".join(glyphs)}</g>'


@lru_cache(maxsize=1024)
def _glyph(name: str) -> str:
    return _commands(outlines[name].vertices, outlines[name].codes, decimals=1)


def _commands(vertices: np.ndarray, codes: Iterable[int], decimals: int = 2) -> str:
    out, codes, points, at = [], list(codes), vertices.tolist(), 0
    while at < len(codes):
        if codes[at] == Path.CLOSEPOLY:
            out.append("Z")
            at += 1
            continue
        command, count = _COMMANDS[codes[at]]
        out.append(
            command
            + " ".join(f"{_number(x, decimals)} {_number(y, decimals)}" for x, y in points[at : at + count])
        )
        at += count
    return "".join(out)


def _number(value: float, decimals: int = 2) -> str:
    # Six figures are enough for a hundredth of a point on any page, and %g leaves out needless zeros.
    return f"{round(value, decimals) + 0.0:g}"
