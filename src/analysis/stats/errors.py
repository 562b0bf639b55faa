"""Why a statistic was refused: what was there, and what it needs."""

# ruff: noqa: N818 - what is refused reads better as what is lacking: `except TooFewAnswers`.

from __future__ import annotations

from analysis.core.errors import StatisticsError


class TooFewAnswers(StatisticsError):
    """Fewer valid answers than the method needs."""


class TooFewItems(StatisticsError):
    """Fewer items than the method needs."""


class TooFewUnits(StatisticsError):
    """Fewer units than a comparison of units needs."""


class TooFewRounds(StatisticsError):
    """Fewer rounds of the survey than a change over time needs."""


class NoVariation(StatisticsError):
    """All values are the same, so no uncertainty can be estimated from them."""


class NotComparable(StatisticsError):
    """What is to be compared or averaged is not measured in the same way."""


class NotIdentified(StatisticsError):
    """The data cannot tell the parts of the model from each other."""


class NotMeasured(StatisticsError):
    """The data lack a column that the statistic is made from."""


class OutOfRange(StatisticsError):
    """A value lies where it cannot lie: outside its scale, negative, infinite or missing."""


class NotConverged(StatisticsError):
    """The search for the estimates ended without having found them."""


class Unreachable(StatisticsError):
    """No answer exists under the given conditions: margins that no weights meet, a power that no n gives."""
