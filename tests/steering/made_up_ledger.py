"""A small municipality's plan and what a round found, made to draw up ledgers from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.core.paths import project_root
from analysis.facts import Fact, tabulate
from analysis.steering.catalogue import default_catalogue
from analysis.steering.context import Steering
from analysis.steering.ledger import Ledger, LedgerLine
from analysis.steering.measures import Measure
from analysis.steering.model import load_model
from analysis.steering.plan import SteeringPlan
from analysis.steering.targets import Target
from analysis.survey import Questionnaire

PLACE = {"municipality": "9901", "year": 2025}
DECIDED = {"document": {"en": "Budget 2024", "nb": "Budsjett 2024"}, "year": 2023}
END = "Budget, action programme and annual report"


def questionnaire(service: str = "school") -> Questionnaire:
    return Questionnaire.model_validate(
        {
            "service": service,
            "name": {"en": service.capitalize(), "nb": service.capitalize()},
            "dimensions": [{"id": name, "name": {"en": name.capitalize()}} for name in ("access", "respect")],
            "items": [{"id": f"{n}_1", "dimension": n, "text": {"en": n}} for n in ("access", "respect")],
        }
    )


def measure(id: str = "m1", **given: Any) -> Measure:
    said = {
        "id": id, "title": f"Measure {id}", "service": "school", "topic": "dimension.access", "start": 2024,
        "owner": "Head of schools", "status": "running", "decided_in": DECIDED,
    }  # fmt: skip
    return Measure.model_validate(said | given)


def target(id: str = "t1", **given: Any) -> Target:
    said = {
        "id": id, "success_factor": "Quality", "service": "school", "topic": "dimension.access",
        "scale": "1-6", "desired": [6.0, 4.6], "acceptable": [4.5, 4.0], "unacceptable": [3.9, 1.0],
        "adopted": {"document": "Plan", "year": 2023},
    }  # fmt: skip
    return Target.model_validate(said | given)


def steering(*, years: tuple[int, ...] = (2021, 2023, 2025), **plan: Any) -> Steering:
    asked = {service: questionnaire(service) for service in ("school", "library")}
    units = pd.DataFrame(
        {"unit": ["s1", "s2"], "name": ["One", "Two"], "service": "school", "valid_from": pd.NA,
         "valid_to": pd.NA, "successor": pd.NA}
    )  # fmt: skip
    columns = ["municipality", "topic", "indicator", "year", "value", "unit", "source"]
    return Steering(
        plan=SteeringPlan(municipality="9901", **plan),
        model=load_model(project_root() / "params" / "steering-model.yaml"),
        catalogue=default_catalogue(asked),
        indicators=pd.DataFrame(columns=columns),
        units=units,
        years=years,
    )


def claim(statistic: str, verdict: str, **given: Any) -> Fact:
    """Give a claim that was adjusted over the whole report, of the school unless another service is given."""
    said = PLACE | {"service": "school", "topic": "dimension.access", "scale": "1-6"}
    said |= {"value": 0.3, "se": 0.1, "low": 0.1, "high": 0.5, "level": 0.95, "n": 200, "p": 0.01}
    return Fact(statistic=statistic, verdict=verdict, **(said | given))


def status(id: str, verdict: str, **given: Any) -> Fact:
    said = PLACE | {"service": "school", "topic": "dimension.access", "scale": "1-6", "value": 4.2, "n": 200}
    state = "measured" if verdict else "undecided"
    return Fact(statistic="target_status", category=id, verdict=verdict, state=state, **(said | given))


def effect(id: str = "m1", verdict: str = "worked", **given: Any) -> Fact:
    fact = claim("measure_effect", verdict, category=id, against="other_units", N=4, **given)
    return fact if verdict else fact.missing("undecided", "cannot_judge.few_units")


def table(*facts: Fact) -> pd.DataFrame:
    """Give a table of these facts, with the school's number of respondents first."""
    answered = Fact(statistic="respondents", service="school", value=200, n=200, scale="count", **PLACE)
    return tabulate([answered, *facts])


def last_round(*lines: LedgerLine, **given: Any) -> Ledger:
    return Ledger(**({"municipality": "9901", "year": 2023, "lines": lines} | given))


def waiting(id: str = "m1", **given: Any) -> LedgerLine:
    found = "9901/school/-/2023/dimension.access/-/report_change/year.2021"
    said = {
        "id": f"measure/{id}", "since": 2023, "service": "school", "topic": "dimension.access",
        "finding_kind": "fall", "findings": (found,),
        "question": "change", "measure": id, "status": "running", "paragraph": "decided", "document": "Plan",
    }  # fmt: skip
    return LedgerLine(**(said | given))
