"""What a municipality's books are made from: its runs, its names, its steering, read once for all books."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.core.errors import BuildError
from analysis.core.language import Language
from analysis.core.names import FACTS
from analysis.core.settings import Batch
from analysis.facts import Labels, read_facts
from analysis.report.colophon import colophon_values
from analysis.report.own_service import OwnSteering, narrow_steering
from analysis.show import Block, Canvas, write_unit_dialogue
from analysis.steering.catalogue import Catalogue, load_catalogue
from analysis.steering.context import Steering, open_steering
from analysis.steering.ledger import Ledger
from analysis.steering.ledger_file import read_ledger
from analysis.survey import Store, open_store


@dataclass(frozen=True)
class Sources:
    """The finished runs of one municipality in a build folder; "" is the whole country.

    Everything is read when it is first asked for, and then kept: a municipality has a book for every unit.
    """

    build: Path
    municipality: str
    batch: Batch

    @property
    def home(self) -> Path:
        """The municipality's folder."""
        return Path(self.build) / self.municipality

    @cached_property
    def store(self) -> Store:
        """The imported survey."""
        return open_store(self.batch.store)

    @property
    def language(self) -> Language:
        """The reports' language."""
        return Language(self.batch.language)

    @cached_property
    def services(self) -> tuple[str, ...]:
        """The services whose runs are there, in the report's order; raises BuildError where none is."""
        order = self.store.services() if self.batch.services == ("all",) else self.batch.services
        if not self.municipality:
            return self._of_country(order)
        done = tuple(service for service in order if self.facts_of(service).is_file())
        if not done or not self.facts_of("municipality").is_file():
            raise BuildError(
                "the municipality's runs are not complete",
                where=str(self.home / "runs"),
                found=", ".join(done) or "no finished run",
                expected="a finished run of every service, and of the municipality",
                todo="run the batch again: tilstand run",
            )
        return done

    def facts_of(self, run: str) -> Path:
        """Return where the facts of a service or of the municipality lie, or the service's national ones."""
        folder = self.home / "runs" if self.municipality else self.home / "reference"
        return folder / run / FACTS

    @cached_property
    def labels(self) -> Labels:
        """What the municipality, its services and its units are called."""
        place = self.municipality
        register = self.store.municipalities().set_index("code")["name"]
        units = self.store.units(municipality=place) if place else self.store.units().iloc[:0]
        return Labels(
            language=self.language,
            municipality=str(register[place]) if place else "",
            questionnaires={service: self.store.questionnaire(service) for service in self.services},
            units=dict(zip(units["unit"], units["name"], strict=True)),
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """Services as products, product groups and service groups."""
        asked = {service: self.store.questionnaire(service) for service in self.store.services()}
        return load_catalogue(self.batch.steering_file("catalogue.yaml"), questionnaires=asked)

    @cached_property
    def values(self) -> dict[str, str]:
        """What the books' settings say of versions, data and thresholds."""
        return colophon_values(self.batch, self.store, self.municipality or None)

    @cached_property
    def units_asked(self) -> dict[str, list[str]]:
        """The units of each service in which somebody was asked in this round, also where all is hidden."""
        units = {}
        for service in self.services:
            facts = read_facts(self.facts_of(service))
            there = facts[facts["statistic"].eq("respondents") & facts["year"].eq(self.batch.year)]
            there = there[there["unit"].ne("") & there["state"].ne("not_measured")]
            units[service] = sorted(there.loc[there["value"].ne(0), "unit"])
        return units

    @cached_property
    def steering(self) -> Steering:
        """What the municipality has adopted and planned; nothing where it has no steering file."""
        return open_steering(
            store=self.store,
            municipality=self.municipality,
            years=self.batch.years,
            labels=self.labels,
            plan_path=self._plan,
            model_path=self.batch.steering_file("steering-model.yaml"),
            catalogue_path=self.batch.steering_file("catalogue.yaml"),
        )

    @cached_property
    def ledger(self) -> Ledger | None:
        """This round's ledger, as the municipality's run saved it; None where it saved none."""
        path = self.home / "runs" / "municipality" / "ledger.json"
        return read_ledger(path) if path.is_file() else None

    def tell_dialogue(self, canvas: Canvas, facts: pd.DataFrame, unit: str) -> Block | None:
        """Tell what a unit can talk with its users about; None where the ledger has no line for it."""
        if self.ledger is None:
            return None
        return write_unit_dialogue(canvas, facts, self.steering, self.ledger, unit)

    @property
    def adopted(self) -> Steering | None:
        """The same, None where the municipality has no steering file: no table is made of it then."""
        return self.steering if self.municipality and self._plan is not None else None

    def own_steering(self, service: str, unit: str = "") -> OwnSteering | None:
        """Return what the plan and the ledger hold for a service or unit; None where no ledger was saved."""
        return narrow_steering(self.steering, self.ledger, service, unit) if self.ledger else None

    @property
    def _plan(self) -> Path | None:
        return self.batch.steering_file(f"{self.municipality}.yaml")

    def _of_country(self, order: tuple[str, ...]) -> tuple[str, ...]:
        found = [service for service in order if self.facts_of(service).is_file()]
        if not found:
            raise BuildError(
                "there is no national picture",
                where=str(self.home / "reference"),
                expected="a finished reference run of at least one service",
                todo="run the batch again: tilstand run",
            )
        return tuple(found)
