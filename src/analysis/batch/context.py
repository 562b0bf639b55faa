"""What a notebook has once it is opened: its rows, its labels, what it measures, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.batch.comparison import comparison_groups
from analysis.core.errors import DataError
from analysis.core.names import FACTS
from analysis.core.settings import Batch
from analysis.facts import (
    Labels,
    ServiceSurvey,
    describe_country,
    describe_service,
    gather,
    protect,
    write_facts,
)
from analysis.show import Canvas
from analysis.survey import Store


@dataclass(frozen=True)
class Run:
    """What every notebook has: the batch's settings, its data, and a folder (None: nothing is saved)."""

    batch: Batch
    store: Store
    output: Path | None
    report: bool

    def finish(self, table: pd.DataFrame) -> None:
        """Save the facts, as the last thing a run does: without this file it has not succeeded."""
        if self.output is not None:
            write_facts(table, self.output / FACTS)


@dataclass(frozen=True)
class ReferenceRun(Run):
    """The national picture of one service."""

    service: str

    def measure(self) -> pd.DataFrame:
        """Give the national facts of every round, reading one round at a time."""
        asked = self.store.questionnaire(self.service)
        known = self.store.years(self.service)
        rounds = [year for year in self.batch.years if year in known]
        if not rounds:
            raise DataError(
                "no answers in any of the batch's rounds",
                where=f"{self.store.path}: {self.service}",
                found=", ".join(map(str, known)),
                expected="one of " + ", ".join(map(str, self.batch.years)),
                todo="correct year and compare_years in the batch file, or import the rounds",
            )
        peers = comparison_groups(self.batch, self.store)
        countries = (
            gather(
                self.store.responses(self.service, years=[year]),
                asked,
                year=year,
                peers=peers,
                min_answered=self.batch.min_answered,
                shown_from=self.batch.disclosure.mean,
            )
            for year in rounds
        )
        table = describe_country(countries, minimum_municipalities=minimum_of(self.batch))
        return protect(table, self.batch.disclosure)


@dataclass(frozen=True)
class ServiceRun(Run):
    """One service in one municipality."""

    survey: ServiceSurvey
    national: pd.DataFrame
    labels: Labels
    canvas: Canvas

    def measure(self) -> pd.DataFrame:
        """Give every fact of the service that disclosure control lets out."""
        return describe_service(
            self.survey,
            self.national,
            thresholds=self.batch.disclosure,
            minimum_municipalities=minimum_of(self.batch),
        )


def minimum_of(batch: Batch) -> int:
    """Return how many other municipalities a comparison needs; none is enough where none is wanted."""
    # No number of municipalities is enough where the batch says that nothing is to be compared.
    return batch.reference.minimum_municipalities if batch.reference.group == "all" else 10**9
