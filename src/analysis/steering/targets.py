"""Adopted targets: required results as ranges for desired, acceptable and unacceptable."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from analysis.core import yaml
from analysis.core.settings import Code, Words, Year

Band = Literal["desired", "acceptable", "unacceptable"]
BANDS: tuple[Band, ...] = ("desired", "acceptable", "unacceptable")


def _range(value: object) -> object:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        raise ValueError("a range of two numbers, such as [6.0, 4.6]")
    if any(isinstance(end, bool) or not isinstance(end, (int, float)) for end in value):
        raise ValueError("a range of two numbers, such as [6.0, 4.6]")
    return tuple(value)


#: Both ends belong to it, in either order, with the decimals that results are compared with.
Range = Annotated[tuple[float | int, float | int], BeforeValidator(_range)]


class Adopted(yaml.Settings):
    """Where and when something was decided."""

    document: Words
    year: Year


class Target(yaml.Settings):
    """What a result is required to be.

    A survey result has a `topic`, a figure from elsewhere an `indicator`. `scale` is the one that the target
    was adopted on: "1-6" and the like, "0-100", "percent", or the unit of measure of an indicator.
    """

    id: Code
    success_factor: Words
    name: Words | None = Field(None, description="what the indicator is called; the topic's name by default")
    service: Code
    topic: str | None = Field(None, description="overall, dimension.<id> or item.<id>")
    indicator: Code | None = None
    unit: Code | None = Field(None, description="of one unit; of the whole service by default")
    scale: str
    desired: Range
    acceptable: Range
    unacceptable: Range
    adopted: Adopted
    common_template: bool = Field(True, description="False: measured, but not by the common template")
    measured: bool = Field(True, description="False: adopted, but nothing measures it yet")
    other_template: tuple[Year, ...] = Field(
        (), description="rounds measured, but not by the common template"
    )

    @model_validator(mode="after")
    def _fits(self) -> Target:
        if (self.topic is None) == (self.indicator is None):
            raise ValueError("either a topic or an indicator")
        if self.indicator is not None and self.unit is not None:
            raise ValueError("an indicator of the whole service: figures of single units are not kept")
        if self.indicator is not None and self.name is None:
            raise ValueError("a name, since an indicator has none of its own")
        if self.topic is not None and not self.measured:
            raise ValueError("measured, since the questionnaire asks about the topic")
        ordered = sorted(BANDS, key=self.ends)
        if ordered[1] != "acceptable":
            raise ValueError("the acceptable range between the desired and the unacceptable one")
        step = 10.0**-self.decimals
        for lower, upper in pairwise(ordered):
            between = round(self.ends(upper)[0] - self.ends(lower)[1], 9)
            both = [f"{band} {list(getattr(self, band))}" for band in (lower, upper)]
            if between < 0:
                raise ValueError(f"ranges that do not overlap: {' and '.join(both)} do, by {-between:g}")
            if between > step + 1e-9:
                raise ValueError(f"ranges without a gap: between {' and '.join(both)} lie {between:g}")
        return self

    @property
    def decimals(self) -> int:
        """How many decimals the ranges are written with; results are held against them with as many."""
        ends = (*self.desired, *self.acceptable, *self.unacceptable)
        written = [Decimal(str(end)).as_tuple().exponent if isinstance(end, float) else 0 for end in ends]
        return max(-int(exponent) for exponent in written)

    @property
    def high_is_good(self) -> bool:
        """Tell whether the desired range lies above the unacceptable one."""
        return self.ends("desired")[0] > self.ends("unacceptable")[0]

    def ends(self, band: Band) -> tuple[float, float]:
        """Return a range's lower and upper end."""
        low, high = sorted(float(end) for end in getattr(self, band))
        return low, high

    @property
    def cuts(self) -> tuple[float, float]:
        """Return where the desired and the acceptable range begin, seen from the unacceptable one.

        Between ranges that are written a step apart (4.6 and 4.5) the cut lies midway: there a result begins
        to be written as the one or the other.
        """
        acceptable, desired, worst = self.ends("acceptable"), self.ends("desired"), self.ends("unacceptable")
        if self.high_is_good:
            return (desired[0] + acceptable[1]) / 2, (acceptable[0] + worst[1]) / 2
        return (desired[1] + acceptable[0]) / 2, (acceptable[1] + worst[0]) / 2

    def band(self, value: float) -> Band:
        """Return the range that a result lies in.

        >>> target = Target(id="t", success_factor="", service="school", topic="overall", scale="1-6",
        ...                 desired=(6.0, 4.6), acceptable=(4.5, 4.0), unacceptable=(3.9, 1.0),
        ...                 adopted=Adopted(document="", year=2024))
        >>> [target.band(value) for value in (4.7, 4.549, 3.95, 3.94)]
        ['desired', 'acceptable', 'acceptable', 'unacceptable']
        """
        sign = 1 if self.high_is_good else -1
        desired, acceptable = (round(sign * cut, 9) for cut in self.cuts)
        value = round(sign * value, 9)
        return "desired" if value >= desired else "acceptable" if value >= acceptable else "unacceptable"
