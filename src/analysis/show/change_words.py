"""What is said beside changes: the smallest that could have been seen, and how they were measured."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Canvas
from analysis.show.select import is_number, own, select
from analysis.show.tables import unbroken
from analysis.show.verdicts import judge

#: The method of a change that is measured by a model over the units and all rounds.
_WITHIN_UNITS = "mixed_model_year"


def detectable_of(facts: pd.DataFrame, before: int) -> dict[str, Fact]:
    """Return by topic the smallest change since that round that the survey would most likely have seen."""
    found = select(own(facts), statistic="detectable_change", unit="", against=f"year.{before}")
    return {fact.topic: fact for fact in found if is_number(fact)}


def with_detectable(canvas: Canvas, fact: Fact | None, detectable: Fact | None, *, between: str = " ") -> str:
    """Return what is said of a change, and the smallest that could have been seen if it is not certain."""
    say, said = canvas.language, judge(canvas.language, fact).text
    if not is_number(fact) or not is_number(detectable) or fact.verdict in ("higher", "lower"):
        return said
    size = say.text("(visible from {size})", size=unbroken(numbers.score(say, detectable)))
    return f"{said}{between}{unbroken(size)}"


def say_changes(canvas: Canvas, changes: Iterable[Fact], detectable: Iterable[Fact]) -> list[str]:
    """Return what a caption tells of how changes were measured, a sentence each."""
    say, parts = canvas.language, []
    changes = list(changes)
    unsure = {fact.topic for fact in changes if is_number(fact) and fact.verdict not in ("higher", "lower")}
    if any(fact.topic in unsure for fact in detectable):
        parts.append(
            say.text("Visible from: the smallest change that the survey would most likely have found.")
        )
    found = [fact for fact in changes if is_number(fact)]
    methods = {fact.method for fact in found}
    if _WITHIN_UNITS in methods:
        parts.append(
            say.text(
                "The change is measured within the units over all rounds that can be compared, so it can "
                "differ from the difference between the two means."
            )
        )
        if len(methods) > 1:
            parts.append(
                say.text(
                    "Where only two rounds can be compared, or answers are few, it is the difference between "
                    "the two means."
                )
            )
    if any(fact.note == "some_left_out" for fact in found):
        parts.append(say.text("Units that are hidden or cannot be compared are not part of the change."))
    return parts
