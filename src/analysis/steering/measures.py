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

    `expected_change` is in points of the questionnaire's scale, or in the indicator's unit of measure, on
    `topic`.
    """

    id: Code
    title: Words
    service: Code
    units: tuple[Code, ...] = ()
    topic: str = Field("overall", description="overall, dimension.<id>, item.<id> or indicator.<id>")
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
        if self.indicator is not None and self.units:
            raise ValueError("an indicator of the whole service: figures of single units are not kept")
        return self

    @property
    def indicator(self) -> str | None:
        """The indicator that the measure is to change; None where it is a result of the survey.

        >>> place = {"service": "school", "topic": "indicator.cost"}
        >>> Measure(id="m", title="", owner="", start=2024, **place).indicator
        'cost'
        """
        kind, _, name = self.topic.partition(".")
        return name if kind == "indicator" else None
