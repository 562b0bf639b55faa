"""A municipality's steering as blocks and facts read it: plan, model, catalogue, units, indicators."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.paths import project_root
from analysis.facts.labels import Labels
from analysis.steering.catalogue import Catalogue, load_catalogue
from analysis.steering.checks import Known, check_plan
from analysis.steering.model import SteeringModel, load_model
from analysis.steering.plan import SteeringPlan, load_plan
from analysis.steering.successors import Followed
from analysis.survey.store import Store

if TYPE_CHECKING:
    from analysis.steering.ledger import Ledger

#: The project's model, from its root: what a batch has that names no other.
MODEL = Path("params") / "steering-model.yaml"


@dataclass(frozen=True)
class Steering:
    """Everything that steering facts and blocks read beside the services' facts.

    plan: of this municipality, with successors in the place of closed units; empty where there is no file.
    model: the stages that results go through.
    catalogue: services as products, product groups and service groups.
    indicators: municipality, topic, indicator, year, value, unit, source, of all municipalities.
    units: the municipality's, of all services: unit, name, service, valid_from, valid_to, successor.
    years: the rounds, oldest first.
    previous: the ledger of the round before, None where there is none.
    followed: what the plan says of closed units, and who has their users now.
    """

    plan: SteeringPlan
    model: SteeringModel
    catalogue: Catalogue
    indicators: pd.DataFrame
    units: pd.DataFrame
    years: tuple[int, ...]
    previous: Ledger | None = None
    followed: tuple[Followed, ...] = ()

    @property
    def year(self) -> int:
        """The round."""
        return self.years[-1]

    def service_name(self, labels: Labels, service: str) -> str:
        """Return what a service is called, also one that only figures tell of, from the catalogue."""
        if service in labels.questionnaires:
            return labels.service(service)
        for placed in self.catalogue.products():
            if service in (placed.product.id, placed.product.service, placed.product.topic):
                return labels.language.pick(placed.product.name)
        return service


def open_steering(
    *,
    store: Store,
    municipality: str,
    years: tuple[int, ...],
    labels: Labels,
    plan_path: Path | None = None,
    model_path: Path | None = None,
    catalogue_path: Path | None = None,
    previous: Ledger | None = None,
) -> Steering:
    """Read and check a municipality's steering file, the model and the catalogue.

    `plan_path` where no file is: a municipality that has adopted nothing, which is no error. `model_path`
    None: the project's own model; `catalogue_path` None: every service a group of its own. `labels` are the
    report's: what the plan says of surveyed services that it does not have is checked and left out. Raises
    SettingsError naming every key that is wrong.
    """
    asked = dict(labels.questionnaires)
    asked |= {service: store.questionnaire(service) for service in store.services() if service not in asked}
    units, indicators = store.units(municipality=municipality), store.indicators()
    plan, followed = SteeringPlan(municipality=municipality), ()
    if plan_path is not None and Path(plan_path).is_file():
        known = Known(questionnaires=asked, units=units, indicators=indicators, year=max(years))
        plan = load_plan(Path(plan_path), municipality=municipality)
        checked = check_plan(plan, known, where=str(plan_path))
        left_out = set(asked) - set(labels.questionnaires)
        plan, followed = _without(checked.plan, left_out), checked.followed
    return Steering(
        plan=plan,
        model=load_model(Path(model_path) if model_path else project_root() / MODEL),
        catalogue=load_catalogue(catalogue_path, questionnaires=asked, indicators=indicators),
        indicators=indicators,
        units=units,
        years=tuple(sorted(years)),
        previous=previous,
        followed=_kept(followed, plan),
    )


def _without(plan: SteeringPlan, services: set[str]) -> SteeringPlan:
    """Leave out what the plan says of these services."""
    if not services:
        return plan
    names = ("targets", "measures", "notes", "staff", "focus_areas")
    parts = {
        name: tuple(entry for entry in getattr(plan, name) if entry.service not in services) for name in names
    }
    known = {measure.id for measure in parts["measures"]}
    parts["focus_areas"] = tuple(
        area.model_copy(update={"measures": tuple(id for id in area.measures if id in known)})
        for area in parts["focus_areas"]
    )
    return plan.model_copy(update=parts)


def _kept(followed: tuple[Followed, ...], plan: SteeringPlan) -> tuple[Followed, ...]:
    ids = {("target", target.id) for target in plan.targets}
    ids |= {("measure", measure.id) for measure in plan.measures}
    return tuple(each for each in followed if (each.kind, each.id) in ids)
