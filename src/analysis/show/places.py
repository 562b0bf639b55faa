"""Where the names of points stand in a plane: beside their points and clear of each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Steps around a point, to the right first, and how far a name may go from it, in points.
_ANGLES = (0, 180, 90, 270, 45, 315, 135, 225, 22, 338, 158, 202)
_REACHES = (7.0, 11.0, 17.0, 25.0, 35.0, 47.0, 62.0)
_HIGH = 11.0
#: A name over a line is read with effort; one whose own line runs through another mark may mislead.
_OVER, _THROUGH = 0.35, 60
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
        # Most lie apart, and that is told before anything is reckoned.
        if other.left >= self.right or other.right <= self.left:
            return 0.0
        if other.top >= self.bottom or other.bottom <= self.top:
            return 0.0
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
    free = [
        _Free(_free(name, area, [*marks, *keep_clear], avoid, [other for other in marks if other != mark]))
        for name, mark in zip(names, marks, strict=True)
    ]
    placed: list[Box | None] = [None] * len(names)
    for _ in range(_ROUNDS):
        for i in range(len(names)):
            others = [box.around(1.5) for j, box in enumerate(placed) if box is not None and j != i]
            placed[i] = _best(free[i], others)
    return placed


@dataclass(frozen=True)
class _Place:
    """Where a name may stand by all that does not move: how far away, over which lines, its own line."""

    reach: float
    box: Box
    over: float
    through: bool
    line: list[tuple[float, float]]


class _Free:
    """A name's free places, nearest first, worked out only as far as somebody looks."""

    def __init__(self, places: Iterator[_Place]) -> None:
        self._known: list[_Place] = []
        self._rest = places

    def __iter__(self) -> Iterator[_Place]:
        yield from self._known
        for place in self._rest:
            self._known.append(place)
            yield place


def _free(
    name: Name, area: Box, hard: Sequence[Box], avoid: Sequence[Box], marks: Sequence[Box]
) -> Iterator[_Place]:
    for reach, box in _candidates(name):
        if not _inside(box, area) or any(box.overlap(other) for other in hard):
            continue
        line = _steps(name, box)
        yield _Place(reach, box, sum(box.overlap(other) for other in avoid), _crosses(line, marks), line)


def _best(places: _Free, others: Sequence[Box]) -> Box | None:
    best, least = None, math.inf
    for place in places:
        # From here on none can be better: they stand farther and farther away.
        if place.reach >= least:
            break
        if any(place.box.overlap(other) for other in others):
            continue
        through = place.through or _crosses(place.line, others)
        cost = place.reach + (_OVER * place.over + _THROUGH * through)
        if cost < least:
            best, least = place.box, cost
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


def _steps(name: Name, box: Box) -> list[tuple[float, float]]:
    # Points along the line to a name that stands away; none where it stands close by.
    line = leader(name, box)
    if line is None:
        return []
    (x, y), (u, v) = line
    return [(x + (u - x) * (i / 12), y + (v - y) * (i / 12)) for i in range(13)]


def _crosses(line: Sequence[tuple[float, float]], others: Sequence[Box]) -> bool:
    # Whether the line to a name runs through another mark or name.
    return any(
        other.left <= x <= other.right and other.top <= y <= other.bottom for other in others for x, y in line
    )


def _offsets() -> list[tuple[float, float, float, float, float]]:
    # How far, from the point across and upwards, how much of the height and of the width is shifted.
    found = []
    for reach in _REACHES:
        for angle in _ANGLES:
            side, up = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            # Above and below, the name begins where the point's mark ends, and may stand askew.
            shifts = (0.0,) if side > 0.3 else (1.0,) if side < -0.3 else (0.5, 0.25, 0.75)
            for shift in shifts:
                away = reach + (2 if shift in (0.25, 0.75) else 0)
                found.append((away, reach * side, reach * up, up * _HIGH / 2, shift))
    return sorted(found, key=lambda offset: offset[0])


_OFFSETS = _offsets()


def _candidates(name: Name) -> Iterator[tuple[float, Box]]:
    for away, across, up, rise, shift in _OFFSETS:
        left, y = name.x + across - shift * name.wide, name.y - up
        yield away, Box(left, y - rise - _HIGH / 2, left + name.wide, y - rise + _HIGH / 2)


def _inside(box: Box, area: Box) -> bool:
    return (
        box.left >= area.left
        and box.right <= area.right
        and box.top >= area.top
        and box.bottom <= area.bottom
    )
