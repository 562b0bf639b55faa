"""Where the names of points stand in a plane: beside their points and clear of each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

#: Steps around a point, to the right first, and how far a name may go from it, in points.
_ANGLES = (0, 180, 90, 270, 45, 315, 135, 225, 22, 338, 158, 202)
_REACHES = (7.0, 11.0, 17.0, 25.0, 35.0, 47.0, 62.0)
_HIGH = 11.0
#: Two rounds more: what was placed first may move away from what came later.
_ROUNDS = 3


@dataclass(frozen=True)
class Box:
    """A rectangle in points, downwards from the top."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """Return the area that both cover."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide * high if wide > 0 and high > 0 else 0.0

    def around(self, by: float) -> Box:
        """Return the rectangle with a margin."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


@dataclass(frozen=True)
class Name:
    """A name at a point, `wide` points wide, and how far the point's own mark reaches."""

    x: float
    y: float
    wide: float
    mark: float = 5.0


def place_names(
    names: Sequence[Name], area: Box, *, keep_clear: Sequence[Box] = (), avoid: Sequence[Box] = ()
) -> list[Box | None]:
    """Return where each name stands; None where it would cover another name, a mark or what is kept clear.

    Names may lie over `avoid` (lines, for instance) where there is nothing better. The order of the names is
    the order in which they choose, so the most important come first.
    """
    marks = [Box(n.x - n.mark, n.y - n.mark, n.x + n.mark, n.y + n.mark) for n in names]
    placed: list[Box | None] = [None] * len(names)
    for _ in range(_ROUNDS):
        for i, name in enumerate(names):
            others = [box.around(1.5) for j, box in enumerate(placed) if box is not None and j != i]
            hard = [*others, *marks, *keep_clear]
            near = [*others, *(mark for mark in marks if mark != marks[i])]
            placed[i] = _best(name, area, hard, avoid, near)
    return placed


def _best(
    name: Name, area: Box, hard: Sequence[Box], avoid: Sequence[Box], near: Sequence[Box]
) -> Box | None:
    best, least = None, math.inf
    for reach, box in _candidates(name):
        # From here on none can be better: they stand farther and farther away.
        if reach >= least:
            break
        if not _inside(box, area) or any(box.overlap(other) for other in hard):
            continue
        cost = reach + _cost(name, box, avoid, near)
        if cost < least:
            best, least = box, cost
    return best


def leader(name: Name, box: Box) -> list[tuple[float, float]] | None:
    """Return the line from a point to a name that stands away from it; None where it stands close by."""
    x = min(max(name.x, box.left), box.right)
    y = min(max(name.y, box.top), box.bottom)
    away = math.hypot(x - name.x, y - name.y)
    if away < name.mark + 6:
        return None
    start = (name.mark + 1) / away
    return [(name.x + (x - name.x) * start, name.y + (y - name.y) * start), (x, y)]


def _crosses(name: Name, box: Box, others: Sequence[Box]) -> bool:
    # Whether the line to a name that stands away runs through another mark or name.
    line = leader(name, box)
    if line is None:
        return False
    (x, y), (u, v) = line
    steps = [i / 12 for i in range(13)]
    return any(
        other.left <= x + (u - x) * t <= other.right and other.top <= y + (v - y) * t <= other.bottom
        for other in others
        for t in steps
    )


def _candidates(name: Name) -> list[tuple[float, Box]]:
    found = []
    for reach in _REACHES:
        for angle in _ANGLES:
            x = name.x + reach * math.cos(math.radians(angle))
            y = name.y - reach * math.sin(math.radians(angle))
            side = math.cos(math.radians(angle))
            # Above and below, the name begins where the point's mark ends, and may stand askew.
            rise = math.sin(math.radians(angle)) * _HIGH / 2
            shifts = (0.0,) if side > 0.3 else (1.0,) if side < -0.3 else (0.5, 0.25, 0.75)
            for shift in shifts:
                left = x - shift * name.wide
                box = Box(left, y - rise - _HIGH / 2, left + name.wide, y - rise + _HIGH / 2)
                found.append((reach + (2 if shift in (0.25, 0.75) else 0), box))
    return sorted(found, key=lambda candidate: candidate[0])


def _cost(name: Name, box: Box, avoid: Sequence[Box], near: Sequence[Box]) -> float:
    # A name over a line is read with effort; one whose own line runs through another mark may mislead.
    return 0.35 * sum(box.overlap(other) for other in avoid) + 60 * _crosses(name, box, near)


def _inside(box: Box, area: Box) -> bool:
    return (
        box.left >= area.left
        and box.right <= area.right
        and box.top >= area.top
        and box.bottom <= area.bottom
    )
