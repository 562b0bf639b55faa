"""What a figure is made of: filled and drawn paths, and lines of text, in points from the top left corner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite

import numpy as np
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path

from analysis.show.style import text_width

#: Text lies on lines and areas, and under marks.
TEXT_ORDER = 3.5

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """A path in points, downwards, with its fill and its line; a colour of None is not drawn.

    order: what has a higher one lies on top. dashes: lengths of line and gap in points, () for a whole line.
    round: whether corners are round.
    """

    order: float
    path: Path
    fill: str | None = None
    line: str | None = None
    width: float = 0.0
    dashes: tuple[float, ...] = ()
    round: bool = False


@dataclass(frozen=True)
class Words:
    """One line of text with its middle at height y, in points."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    strong: bool = False
    ha: str = "left"
    order: float = TEXT_ORDER

    @property
    def width(self) -> float:
        """How wide it is, in points."""
        return text_width(self.text, self.size, strong=self.strong)

    @property
    def left(self) -> float:
        """Where it begins, in points."""
        return self.x - {"left": 0.0, "center": 0.5, "right": 1.0}[self.ha] * self.width


def polyline(segments: Sequence[Sequence[Point]]) -> Path:
    """Return lines through points, one at least in each, as one path; ValueError where one is no number."""
    codes = [code for s in segments for code in (Path.MOVETO, *[Path.LINETO] * (len(s) - 1))]
    return _as_it_is("a line", Path([point for segment in segments for point in segment], codes))


def polygon(points: Sequence[Point]) -> Path:
    """Return the closed path through points, one at least; ValueError where one is no number."""
    codes = (Path.MOVETO, *[Path.LINETO] * (len(points) - 1), Path.CLOSEPOLY)
    return _as_it_is("an area", Path([*points, points[0]], codes))


def marks(points: Sequence[Point], marker: str, size: float) -> Path:
    """Return marks of one kind around points, one at least, as one path; `marker` is one of matplotlib's.

    ValueError where a point is no number.
    """
    one = _mark(marker)
    # matplotlib's marks are drawn upwards.
    vertices = [one.vertices * (size, -size) + point for point in points]
    return _as_it_is("a mark", Path(np.concatenate(vertices), np.tile(one.codes, len(points))))


def is_round(marker: str) -> bool:
    """Return whether the corners of a mark's edge are round."""
    return MarkerStyle(marker).get_joinstyle() == "round"


@cache
def _mark(marker: str) -> Path:
    style = MarkerStyle(marker)
    path = style.get_path().transformed(style.get_transform())
    if path.codes is None:
        path = Path(path.vertices, [Path.MOVETO, *[Path.LINETO] * (len(path) - 1)])
    return path


def check_points(what: str, points: Iterable[Point]) -> None:
    """Raise ValueError, naming what is drawn, where a point is no finite number: it could stand nowhere."""
    for x, y in points:
        if not (isfinite(x) and isfinite(y)):
            raise ValueError(f"finite points expected for {what}, found ({x:g}, {y:g})")


def _as_it_is(what: str, path: Path) -> Path:
    if not np.isfinite(path.vertices).all():
        check_points(what, path.vertices.tolist())
    # What is left out of a long line depends on a setting of the notebook's.
    path.should_simplify = False
    return path
