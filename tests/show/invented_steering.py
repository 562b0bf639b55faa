"""An invented municipality's steering around the invented kindergarten facts, and its own facts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.core.paths import project_root
from analysis.core.settings import Disclosure
from analysis.facts import Fact, join, protect, tabulate
from analysis.steering.catalogue import default_catalogue
from analysis.steering.context import MODEL, Steering
from analysis.steering.costs import cost_facts
from analysis.steering.model import load_model
from analysis.steering.next_survey import next_survey_facts
from analysis.steering.plan import SteeringPlan
from analysis.steering.preserve import preserve_facts
from analysis.steering.status import status_facts

INDICATORS = ["municipality", "topic", "indicator", "year", "value", "unit", "source"]
DECIDED = {"document": {"nb": "Budsjett 2024", "en": "Budget 2024"}, "year": 2023}


def measure(id: str, **given: Any) -> dict[str, Any]:
    said = {
        "id": id,
        "title": {"nb": f"Tiltak {id}", "en": f"Measure {id}"},
        "service": "kindergarten",
        "owner": {"nb": "Barnehagesjef", "en": "Head of kindergartens"},
        "start": 2024,
        "status": "running",
        "decided_in": DECIDED,
    }
    return {**said, **given}


def note(id: str, n: int, *, kind: str = "focus_group", year: int = 2025) -> dict[str, Any]:
    points = [
        {"tone": "positive", "text": f"Good word of {id}"},
        {"tone": "negative", "text": f"Hard word of {id}"},
        {"tone": "wish", "text": f"Wish of {id}"},
    ]
    return {"id": id, "kind": kind, "service": "kindergarten", "year": year, "n": n, "points": points}


PLAN: dict[str, Any] = {
    "measures": [
        measure("m1"),
        measure("m2", status="finished", start=2022, outcome={"year": 2025, "text": "Well received"}),
        measure("m3", status="proposed", start=2026, decided_in=None),
    ],
    "focus_areas": [
        {"id": "f1", "service": "kindergarten", "text": "Same quality everywhere", "measures": ["m1"]},
        {"id": "f2", "service": "kindergarten", "text": "Be reachable"},
    ],
    "notes": [
        note("many", 12), note("some", 7), note("few", 4), note("partners", 14, kind="cooperating_services"),
    ],
    "staff": [
        {"service": "kindergarten", "year": 2023, "employees": 4, "positions": 3.5, "left": 1,
         "sick_leave": 31.7},
        {"service": "kindergarten", "year": 2025, "employees": 40, "positions": 33.5, "left": 6,
         "sick_leave": 8.25},
    ],
}  # fmt: skip


def costs(own: float | None = 240_000.0, *, others: int = 6, units: bool = False) -> list[tuple]:
    """Rows of the indicators table: cost per user, the municipality's own and the others'."""
    rows = [
        (f"99{10 + i}", "kindergarten", "cost_per_user", 2025, 200_000.0 + 10_000 * i, "kr", "accounts")
        for i in range(others)
    ]
    if own is not None:
        rows += [
            ("9901", "kindergarten", "cost_per_user", year, own - 2_000 * (2025 - year), "kr", "accounts")
            for year in (2021, 2023, 2025)
        ]
    if units:
        rows += [("9901", f"u{i}", "cost_per_user", 2024, 200_000.0 + i, "kr", "accounts") for i in (0, 5)]
    return rows


def steering_of(asked, plan: dict[str, Any] | None = None, *, indicators=(), units: int = 8) -> Steering:
    """What the municipality has adopted, with the project's own model."""
    register = pd.DataFrame(
        [(f"u{i}", f"u{i}", "kindergarten", pd.NA, pd.NA, pd.NA) for i in range(units)],
        columns=["unit", "name", "service", "valid_from", "valid_to", "successor"],
    )
    return Steering(
        plan=SteeringPlan(municipality="9901", **(PLAN if plan is None else plan)),
        model=load_model(project_root() / MODEL),
        catalogue=default_catalogue({"kindergarten": asked}),
        indicators=pd.DataFrame(list(indicators), columns=INDICATORS),
        units=register.astype({"valid_from": "Int64", "valid_to": "Int64"}),
        years=(2021, 2023, 2025),
    )


def with_steering(facts: pd.DataFrame, steering: Steering, *, rate: float | None = None) -> pd.DataFrame:
    """The services' facts with those of cost, wheel, status report and strengths, through the gate.

    `rate` sets the service's response rate.
    """
    if rate is not None:
        chosen = facts["statistic"].eq("response_rate") & facts["unit"].eq("") & facts["year"].eq(2025)
        facts = facts.assign(value=facts["value"].where(~chosen, rate))
    users = [("kindergarten", f"u{i}", 2025, 80 + i) for i in range(8)]
    frame = pd.DataFrame(users, columns=["service", "unit", "year", "population"])
    # The invented facts know no spread within units.
    spread = Fact(
        statistic="variance_residual", municipality="9901", service="kindergarten", year=2025,
        topic="overall", value=1.21, n=320, scale="1-6",
    )  # fmt: skip
    known = join([facts, tabulate([spread])])
    new = join(
        [
            cost_facts(known, steering),
            next_survey_facts(known, steering, frame),
            status_facts(known, steering),
            preserve_facts(known, steering),
        ]
    )
    return join([known, protect(new, Disclosure())])
