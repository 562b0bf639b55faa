"""Measures: what was decided after a result, where, by whom, and what came of it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from analysis.core import yaml
from analysis.core.settings import Code, Words, Year
from analysis.steering.targets import Adopted

#: KL's purposes of a user survey: what the measure serves.
Purpose = Literal["steering", "across_units", "across_municipalities", "own_development"]
Status = Literal["proposed", "decided", "running", "finished", "stopped"]


class Outcome(yaml.Settings):
    """What is reported back on a measure, in words, after a later survey."""

    year: Year
    text: Words


class Measure(yaml.Settings):
    """One measure. `units` empty: the whole service. `owner` is a role, never a person's name.

    `expected_change` is in points of the questionnaire's scale, on `topic`.
    """

    id: Code
    title: Words
    service: Code
    units: tuple[Code, ...] = ()
    topic: str = Field("overall", description="overall, dimension.<id> or item.<id>")
    owner: Words
    start: Year
    expected_change: float | None = None
    decided_in: Adopted | None = None
    status: Status = "proposed"
    purpose: Purpose = "steering"
    selected_low: bool = Field(True, description="the units were chosen because they were low")
    tool: Words | None = Field(None, description="what was used: dialogue meeting, guidance, training ...")
    outcome: Outcome | None = None

    @model_validator(mode="after")
    def _fits(self) -> Measure:
        if self.status in ("decided", "running", "finished") and self.decided_in is None:
            raise ValueError(f"decided_in, since the status is {self.status}")
        if len(set(self.units)) < len(self.units):
            raise ValueError("every unit once")
        return self
