"""The steering model as a ring of stages, with what this municipality's results put at each of them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import pandas as pd

from analysis.core.language import NO_BREAK
from analysis.show.blocks import Block, Canvas
from analysis.show.model_words import alternative_of, data_of, lines_of
from analysis.show.sheet import Sheet, figure_block
from analysis.show.style import ACCENT, INK, OWN, QUIET, SMALL, WIDTH, text_width, wrap
from analysis.show.verdicts import DOWN, UP
from analysis.steering.context import Steering
from analysis.steering.stages import StageContent, stage_contents

#: Radii of the ring in points, the length of an arrow's head and the space between two, in degrees.
OUTER, INNER, HEAD, SPACE = 78.0, 49.0, 11.0, 2.5
LINE, AIR, GAP, EDGE, BADGE = 11.5, 12.0, 12.0, 4.0, 15.0
_COLOURS = {UP: OWN, DOWN: ACCENT}


@dataclass(frozen=True)
class _Part:
    """A stage's text as lines with colour and weight, and where it lies on the ring (-90° is the top)."""

    number: int
    angle: float
    lines: list[tuple[str, str, bool]]

    @property
    def height(self) -> float:
        return LINE * len(self.lines)


def draw_model(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """Draw the model's stages as a ring of arrows, and beside each what the results put there."""
    say = canvas.language
    contents = stage_contents(steering.model, facts, steering)
    sheet = _draw(canvas, contents, steering)
    caption = say.text(
        "{model}, {year}: the stages in their order, what the results of {municipality} put at each, and "
        "the document it ends in. {source}.",
        model=say.pick(steering.model.name), year=steering.year,
        municipality=canvas.labels.municipality, source=say.pick(steering.model.source).rstrip("."),
    )  # fmt: skip
    return figure_block(
        canvas, "model", sheet, caption=caption, alt=alternative_of(canvas, contents),
        data=data_of(canvas, contents),
    )  # fmt: skip


def _draw(canvas: Canvas, contents: list[StageContent], steering: Steering) -> Sheet:
    side = WIDTH / 2 - OUTER - AIR - EDGE
    # No wider than the ring, so that the columns beside it may be as high as the whole figure.
    middle = 2 * OUTER + AIR
    parts = [_part(canvas, i, len(contents), content, side, middle) for i, content in enumerate(contents)]
    placed = {name: [p for p in parts if _where(p) == name] for name in ("top", "right", "bottom", "left")}
    # Clockwise, the left column is passed from below.
    placed["left"].reverse()
    above = sum(part.height + GAP for part in placed["top"])
    below = sum(part.height + GAP for part in placed["bottom"])
    columns = [sum(p.height + GAP for p in placed[name]) - GAP for name in ("left", "right")]
    tall = max([above + 2 * OUTER + below, *columns])
    sheet = Sheet(EDGE + tall + EDGE)
    # What the columns have over is shared above and below the ring.
    start = EDGE + (tall - above - 2 * OUTER - below) / 2
    _ring(canvas, sheet, start + above + OUTER, len(parts), steering)
    for name, y in (("top", start), ("bottom", start + above + 2 * OUTER + GAP)):
        for part in placed[name]:
            _write(sheet, part, (sheet.width - _width(part)) / 2, y)
    for name, left in (("left", EDGE), ("right", sheet.width - EDGE - side)):
        column = placed[name]
        slack = (tall - sum(part.height for part in column)) / max(1, len(column))
        y = EDGE + slack / 2
        for part in column:
            _write(sheet, part, left, y)
            y += part.height + slack
    return sheet


def _part(canvas: Canvas, i: int, n: int, content: StageContent, side: float, middle: float) -> _Part:
    say = canvas.language
    part = _Part(i + 1, -90 + 360 * i / n, [])
    room = (side if _where(part) in ("left", "right") else middle) - BADGE - 4
    name = wrap(say.pick(content.stage.name), room, strong=True, lines=3)
    lines = [(line, INK, True) for line in name]
    for said in lines_of(canvas, content):
        # A number stays with its word.
        text = re.sub(r"(?<=[0-9▲▼●◇○⊘≠]) (?=\S)", NO_BREAK, said[:1].upper() + said[1:])
        colour = _COLOURS.get(text[:1], INK)
        lines += [(line, colour, False) for line in wrap(text, room, SMALL, lines=4)]
    document = say.text("→ {document}", document=say.pick(content.stage.document))
    lines += [(line, QUIET, False) for line in wrap(document, room, SMALL, lines=3)]
    return _Part(part.number, part.angle, lines)


def _where(part: _Part) -> str:
    across, down = math.cos(math.radians(part.angle)), math.sin(math.radians(part.angle))
    if abs(across) < 0.1:
        return "top" if down < 0 else "bottom"
    return "right" if across > 0 else "left"


def _width(part: _Part) -> float:
    return BADGE + 4 + max(text_width(text, SMALL, strong=strong) for text, _, strong in part.lines)


def _write(sheet: Sheet, part: _Part, left: float, top: float) -> None:
    y = top + LINE / 2
    middle = left + BADGE / 2
    turns = [math.radians(10 * k) for k in range(36)]
    disc = [(middle + BADGE / 2 * math.cos(turn), y + BADGE / 2 * math.sin(turn)) for turn in turns]
    sheet.area(disc, colour=OWN, order=1)
    sheet.write(middle, y, str(part.number), size=SMALL, colour="white", strong=True, ha="center")
    for i, (text, colour, strong) in enumerate(part.lines):
        how = {"strong": True} if strong else {"size": SMALL}
        sheet.write(left + BADGE + 4, y + LINE * i, text, colour=colour, **how)


def _ring(canvas: Canvas, sheet: Sheet, centre: float, n: int, steering: Steering) -> None:
    middle = sheet.width / 2
    half, waist = 180 / n - SPACE / 2, (OUTER + INNER) / 2

    def at(angle: float, radius: float) -> tuple[float, float]:
        turned = math.radians(angle)
        return middle + radius * math.cos(turned), centre + radius * math.sin(turned)

    for i in range(n):
        angle = -90 + 360 * i / n - HEAD / 2
        steps = [angle - half + half * k / 20 for k in range(41)]
        outer = [at(step, OUTER) for step in steps]
        inner = [at(step, INNER) for step in reversed(steps)]
        arrow = [*outer, at(steps[-1] + HEAD, waist), *inner, at(steps[0] + HEAD, waist)]
        sheet.area(arrow, colour=OWN, order=1)
        x, y = at(angle + HEAD / 2, waist)
        sheet.write(x, y, str(i + 1), size=14, colour="white", strong=True, ha="center")
    name = wrap(canvas.labels.municipality, 2 * INNER - 20, strong=True, lines=2)
    texts = [*((line, True) for line in name), (str(steering.year), False)]
    for i, (text, strong) in enumerate(texts):
        y = centre + (LINE + 1) * (i - (len(texts) - 1) / 2)
        sheet.write(middle, y, text, strong=strong, ha="center", colour=INK if strong else QUIET)
