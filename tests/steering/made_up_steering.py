"""A municipality's steering made to measure: plan, indicators and units, for tests of facts and blocks."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.core.paths import project_root
from analysis.steering.catalogue import Catalogue, default_catalogue
from analysis.steering.context import MODEL, Steering
from analysis.steering.model import load_model
from analysis.steering.plan import SteeringPlan
from analysis.survey.codebook import Questionnaire

INDICATORS = ["municipality", "topic", "indicator", "year", "value", "unit", "source"]
UNITS = ["unit", "name", "service", "valid_from", "valid_to", "successor"]


def asked(service: str = "school") -> Questionnaire:
    """A questionnaire with two dimensions and an overall question."""
    names = ("access", "respect")
    return Questionnaire.model_validate(
        {
            "service": service,
            "name": {"en": service.capitalize(), "nb": service.capitalize()},
            "dimensions": [{"id": name, "name": {"en": name.capitalize()}} for name in names],
            "items": [
                *({"id": f"{n}_1", "dimension": n, "text": {"en": n}} for n in names),
                {"id": "satisfaction", "text": {"en": "All in all?"}},
            ],
            "overall": "satisfaction",
        }
    )


def steering(
    plan: dict[str, Any] | None = None,
    *,
    questionnaires: dict[str, Questionnaire] | None = None,
    indicators: list[tuple] = (),
    units: list[dict[str, Any]] = (),
    years: tuple[int, ...] = (2021, 2023, 2025),
    catalogue: Catalogue | None = None,
) -> Steering:
    """The steering of municipality 9901, with the project's own model."""
    known = questionnaires or {"school": asked()}
    register = pd.DataFrame(list(units), columns=UNITS)
    register[["valid_from", "valid_to"]] = register[["valid_from", "valid_to"]].astype("Int64")
    return Steering(
        plan=SteeringPlan(municipality="9901", **(plan or {})),
        model=load_model(project_root() / MODEL),
        catalogue=catalogue or default_catalogue(known),
        indicators=pd.DataFrame(list(indicators), columns=INDICATORS),
        units=register,
        years=years,
    )
