"""A municipality's steering file: targets, measures, focus areas, notes, staff figures and dates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from analysis.core import yaml
from analysis.core.errors import SettingsError
from analysis.core.settings import Code, Words
from analysis.steering.measures import Measure
from analysis.steering.notes import Note, Staffing, Wheel
from analysis.steering.targets import Target

#: The form of steering files that this version reads.
VERSION = 1

#: Indicators that count days of persons: of few employees they tell of one.
_RATES_OF_STAFF = ("sick_leave",)


class FocusArea(yaml.Settings):
    """What a service will work on in the next years, and which measures belong to it."""

    id: Code
    service: Code
    text: Words
    measures: tuple[Code, ...] = ()


class SteeringPlan(yaml.Settings):
    """All that a municipality has adopted and noted. Everything but the municipality may be missing."""

    version: int = VERSION
    municipality: Code
    main_goal: Words | None = None
    targets: tuple[Target, ...] = ()
    measures: tuple[Measure, ...] = ()
    focus_areas: tuple[FocusArea, ...] = ()
    notes: tuple[Note, ...] = ()
    staff: tuple[Staffing, ...] = ()
    wheel: Wheel | None = Field(None)

    @model_validator(mode="after")
    def _ids(self) -> SteeringPlan:
        for name in ("targets", "measures", "focus_areas", "notes"):
            ids = [entry.id for entry in getattr(self, name)]
            twice = sorted({id for id in ids if ids.count(id) > 1})
            if twice:
                raise ValueError(f"every id in {name} once, found twice: {twice}")
        known = {measure.id for measure in self.measures}
        lost = sorted({id for area in self.focus_areas for id in area.measures} - known)
        if lost:
            raise ValueError(f"focus areas that name measures of this file, found {lost}")
        years = [(entry.service, entry.year) for entry in self.staff]
        if len(set(years)) < len(years):
            raise ValueError("every service's staff once a year")
        return self

    def tells_of_few(self, service: str, indicator: str | None, least: int) -> bool:
        """Tell whether a figure is a rate of staff who are said to be fewer than `least` in some year."""
        entries = [entry for entry in self.staff if entry.service == service]
        few = any(entry.employees is not None and entry.employees < least for entry in entries)
        return few and indicator in _RATES_OF_STAFF


def load_plan(path: Path, *, municipality: str) -> SteeringPlan:
    """Read a municipality's steering file.

    Raises SettingsError naming every key that is wrong, a file of another municipality, or of a later
    version than this one reads.
    """
    content: Any = yaml.read_yaml(Path(path))
    version = content.get("version", VERSION) if isinstance(content, dict) else VERSION
    if isinstance(version, int) and version > VERSION:
        raise SettingsError(
            "the steering file has a form that this version does not know",
            where=f"{path}: version",
            found=str(version),
            expected=f"{VERSION} or lower",
            todo="use the version of Tilstand that the file was written for, or a later one",
        )
    plan = yaml.check(content, SteeringPlan, where=str(path))
    if plan.municipality != municipality:
        raise SettingsError(
            "the steering file of another municipality",
            where=f"{path}: municipality",
            found=repr(plan.municipality),
            expected=repr(municipality),
            todo="name the file after the municipality that it is of",
        )
    return plan
