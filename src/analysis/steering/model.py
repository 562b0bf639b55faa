"""The steering model: the stages that a result goes through, as a municipality words them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from analysis.core import yaml
from analysis.core.settings import Code, Words

#: What a stage takes from the results.
Need = Literal["levels", "comparisons", "findings", "targets", "measures", "evaluations", "documents"]


class Stage(yaml.Settings):
    """One stage: what it is for, what it needs from the results, who takes part, where it ends."""

    id: Code
    name: Words
    purpose: Words
    needs: tuple[Need, ...] = Field(min_length=1)
    takes_part: tuple[Words, ...] = Field(min_length=1)
    document: Words


class SteeringModel(yaml.Settings):
    """The stages in their order; after the last comes the first again."""

    name: Words
    source: Words
    stages: tuple[Stage, ...] = Field(min_length=3, max_length=8)

    @model_validator(mode="after")
    def _once(self) -> SteeringModel:
        ids = [stage.id for stage in self.stages]
        twice = sorted({id for id in ids if ids.count(id) > 1})
        if twice:
            raise ValueError(f"every stage once, found twice: {twice}")
        return self


def load_model(path: Path) -> SteeringModel:
    """Read a steering model's YAML; raise SettingsError naming every key that is wrong."""
    return yaml.load(Path(path), SteeringModel)
