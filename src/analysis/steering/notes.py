"""What a municipality knows beside the survey: focus groups, cooperating services, staff, dates."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator

from analysis.core import yaml
from analysis.core.settings import Code, Words, Year

Tone = Literal["positive", "negative", "wish"]


class Point(yaml.Settings):
    """One thing that was said, in words that show no person; `wish`: satisfied, and want more of it."""

    tone: Tone
    text: Words
    topic: str | None = Field(None, description="what a wish is on: overall, dimension.<id> or item.<id>")


class Note(yaml.Settings):
    """A focus group or a small survey among those who work with the service."""

    id: Code
    kind: Literal["focus_group", "cooperating_services", "staff_dialogue"]
    service: Code
    year: Year
    n: int = Field(ge=1, description="people who took part")
    points: tuple[Point, ...] = Field(min_length=1)


class Staffing(yaml.Settings):
    """Figures on a service's staff in a year, as the municipality gives them; what it has not is left out."""

    service: Code
    year: Year
    employees: int | None = Field(None, ge=0)
    positions: float | None = Field(None, ge=0, description="full-time equivalents")
    left: int | None = Field(None, ge=0, description="employees who left in the year")
    sick_leave: float | None = Field(None, ge=0, le=100, description="per cent")

    @model_validator(mode="after")
    def _fits(self) -> Staffing:
        if self.left is not None and self.employees is not None and self.left > self.employees:
            raise ValueError("no more who left than employees")
        return self


class Wheel(yaml.Settings):
    """When a municipality surveys, meets and decides; what is not said follows from the survey's year."""

    first_survey: Year
    every: int = Field(2, ge=1, le=4, description="years from one survey to the next")
    fieldwork: tuple[dt.date, dt.date] | None = None
    budget: dt.date | None = Field(None, description="when the council decides the budget")
    result_dialogue: dt.date | None = None

    @model_validator(mode="after")
    def _fits(self) -> Wheel:
        if self.fieldwork and self.fieldwork[0] >= self.fieldwork[1]:
            raise ValueError("fieldwork that begins before it ends")
        return self
