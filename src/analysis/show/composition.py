"""What allowing for who the users are does to the municipality's own means and to verdicts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.facts.table import Fact
from analysis.show.blocks import Canvas
from analysis.show.change import inside
from analysis.show.select import is_number, last_year, one, own, select

#: A verdict that turns is told of where the difference moves by this share of its standard error.
_TURNS = 0.5
#: What an adjustment moves a mean by that is worth a number, in points of the scale.
_LEAST = 0.01


def say_shift(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say how far the adjustment moves the municipality's own means; "" where it moves none."""
    say, labels = canvas.language, canvas.labels
    shifts = select(own(facts), statistic="casemix_shift", unit="", year=last_year(facts))
    known = [fact for fact in shifts if is_number(fact)]
    if not known:
        return ""
    most = max(known, key=lambda fact: abs(fact.value))
    if abs(most.value) < _LEAST:
        return " " + say.text(
            "The adjustment moves each of the municipality's own means by less than {value}; the "
            "other municipalities' means move too.",
            value=say.number(_LEAST, 2),
        )
    return " " + say.text(
        "The adjustment moves the municipality's own means by at most {value} ({topic}); the other "
        "municipalities' means move too.",
        value=say.number(abs(most.value), 2), topic=inside(labels.topic(most.service, most.topic)),
    )  # fmt: skip


def say_turned(canvas: Canvas, before_adjusting: Sequence[Fact], adjusted: Sequence[Fact]) -> str:
    """Say where the verdict is another one once the users are alike; "" where none is.

    A verdict that turns by a hair's breadth tells of the limit, not of who the users are, and is not told:
    the difference has to move by half its standard error.
    """
    say, labels = canvas.language, canvas.labels
    depends = []
    for raw in before_adjusting:
        even = one(adjusted, topic=raw.topic)
        if even is None or not raw.verdict or not even.verdict or raw.verdict == even.verdict:
            continue
        if not _moves(raw, even):
            continue
        first, after = _apart(canvas, raw, even)
        topic = inside(labels.topic(raw.service, raw.topic))
        depends.append(say.text("{topic} (from {before} to {after})", topic=topic, before=first, after=after))
    if not depends:
        return ""
    return say.text(
        "The assessment is another one when it is allowed for who the users are: {topics}. In brackets "
        "stands the difference before and after.",
        topics=say.series(depends),
    )


def _moves(raw: Fact, even: Fact) -> bool:
    # Near the limit a hair's breadth turns a verdict: that tells of the limit, not of who the users are.
    if raw.se is None or not is_number(raw) or not is_number(even):
        return True
    return abs((even.value or 0.0) - (raw.value or 0.0)) >= _TURNS * raw.se


def _apart(canvas: Canvas, raw: Fact, even: Fact) -> tuple[str, str]:
    """Write both differences with as many decimals as it takes to tell them from each other and from nil."""
    ends = [fact.value or 0.0 for fact in (raw, even)]
    for decimals in (1, 2):
        written = [canvas.language.number(end, decimals, sign=True) for end in ends]
        # What rounds to nil has no sign, and so no direction.
        if written[0] != written[1] and all(any(digit in "123456789" for digit in text) for text in written):
            break
    return written[0], written[1]
