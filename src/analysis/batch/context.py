"""What a notebook opens first: its rows, its labels, where its figures go, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.core.errors import DataError, SettingsError, nearest
from analysis.core.language import Language
from analysis.core.settings import ALL, Batch, load_batch
from analysis.facts import (
    Labels,
    ServiceSurvey,
    describe_service,
    join,
    municipality_means,
    national_facts,
    prepare,
    protect,
    read_facts,
    report_claims,
    strengths_and_improvements,
    totals,
    write_facts,
)
from analysis.show import Canvas
from analysis.survey import Store, open_store

FACTS = "facts.parquet"


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
        rounds = [y for y in self.batch.years if y in self.store.years(self.service)]
        parts = [
            municipality_means(
                self.store.responses(self.service, years=[year]),
                asked,
                min_answered=self.batch.min_answered,
            )
            for year in rounds
        ]
        if not parts:
            raise DataError(
                "no answers in any of the batch's rounds",
                where=f"{self.store.path}: {self.service}",
                found=", ".join(map(str, self.store.years(self.service))),
                expected="one of " + ", ".join(map(str, self.batch.years)),
                todo="correct year and compare_years in the batch file, or import the rounds",
            )
        return national_facts(pd.concat(parts, ignore_index=True), asked)


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
            minimum_municipalities=_minimum(self.batch),
        )


@dataclass(frozen=True)
class MunicipalityRun(Run):
    """All services of one municipality: `facts` holds theirs, joined."""

    municipality: str
    services: tuple[str, ...]
    facts: pd.DataFrame
    respondents: pd.Series
    labels: Labels
    canvas: Canvas

    def measure(self) -> pd.DataFrame:
        """Give the facts that draw on more than one service: totals, claims that hold, strengths."""
        own = join(
            {
                "front": totals(self.facts, self.respondents, municipality=self.municipality),
                "certain": report_claims(self.facts),
                "strengths": strengths_and_improvements(self.facts, thresholds=self.batch.disclosure),
            }
        )
        return protect(own, self.batch.disclosure)

    def joined(self, own: pd.DataFrame) -> pd.DataFrame:
        """Put the report's own facts under those of its services."""
        return join([self.facts, own])


def open_reference(
    batch_file: str | Path, service: str, *, output: str = "", report: bool = False
) -> ReferenceRun:
    """Open the reference stage of one service."""
    batch, store = _open(batch_file)
    _known(service, store.services(), "service", batch)
    return ReferenceRun(batch=batch, store=store, output=_folder(output), report=report, service=service)


def open_service(
    batch_file: str | Path,
    municipality: str,
    service: str,
    *,
    reference: str = "",
    output: str = "",
    report: bool = False,
) -> ServiceRun:
    """Open one service in one municipality.

    `reference` is the folder of the service's reference run; where it is not given, in JupyterLab, the
    national picture is made on the spot.
    """
    batch, store = _open(batch_file)
    municipality = str(municipality)
    _known(municipality, store.municipalities()["code"], "municipality", batch)
    _known(service, store.services(), "service", batch)
    folder = _folder(output)
    if reference:
        national = read_facts(Path(reference) / FACTS)
    else:
        national = ReferenceRun(
            batch=batch, store=store, output=None, report=False, service=service
        ).measure()
    labels = read_labels(batch, store, municipality, (service,))
    return ServiceRun(
        batch=batch,
        store=store,
        output=folder,
        report=report,
        survey=_survey(batch, store, municipality, service),
        national=national,
        labels=labels,
        canvas=_canvas(batch, labels, folder, report, service),
    )


def open_municipality(
    batch_file: str | Path, municipality: str, *, runs: str = "", output: str = "", report: bool = False
) -> MunicipalityRun:
    """Open all services of one municipality.

    `runs` is the folder that holds the services' runs; where it is not given, in JupyterLab, their facts
    are computed on the spot.
    """
    batch, store = _open(batch_file)
    municipality = str(municipality)
    _known(municipality, store.municipalities()["code"], "municipality", batch)
    services = services_of(batch, store, municipality)
    if runs:
        tables = [read_facts(Path(runs) / service / FACTS) for service in services]
    else:
        tables = [open_service(batch_file, municipality, service).measure() for service in services]
    folder = _folder(output)
    labels = read_labels(batch, store, municipality, services)
    return MunicipalityRun(
        batch=batch,
        store=store,
        output=folder,
        report=report,
        municipality=municipality,
        services=services,
        facts=join(tables),
        respondents=_respondents(batch, store, municipality, services),
        labels=labels,
        canvas=_canvas(batch, labels, folder, report, "municipality"),
    )


def services_of(batch: Batch, store: Store, municipality: str) -> tuple[str, ...]:
    """Return the batch's services that the municipality has units, invited users or answers in."""
    chosen = store.services() if batch.services == ALL else batch.services
    for service in chosen:
        _known(service, store.services(), "service", batch)
    registered = set(store.units(municipality=municipality)["service"])
    registered |= set(store.frame(municipality=municipality)["service"])
    services = tuple(service for service in chosen if service in registered)
    if not services:
        raise DataError(
            "the municipality has none of the batch's services",
            where=f"{store.path}: {municipality}",
            expected="units of one of " + ", ".join(chosen),
            todo="leave the municipality out of the batch, or import its units",
        )
    return services


def read_labels(batch: Batch, store: Store, municipality: str, services: tuple[str, ...]) -> Labels:
    """Return the names of the municipality, its services and units, in the batch's language."""
    register = store.municipalities().set_index("code")["name"]
    units = store.units(municipality=municipality)
    return Labels(
        language=Language(batch.language),
        municipality=str(register[municipality]),
        questionnaires={service: store.questionnaire(service) for service in services},
        units=dict(zip(units["unit"], units["name"], strict=True)),
    )


def _survey(batch: Batch, store: Store, municipality: str, service: str) -> ServiceSurvey:
    place = {"municipality": municipality, "service": service}
    return prepare(
        **place,
        questionnaire=store.questionnaire(service),
        years=batch.years,
        responses=store.responses(service, municipality=municipality, years=batch.years),
        units=store.units(**place),
        frame=store.frame(**place, years=batch.years),
        imports=store.imports(**place),
        reasons=store.import_reasons(**place),
        level=batch.level,
        min_answered=batch.min_answered,
    )


def _respondents(batch: Batch, store: Store, municipality: str, services: tuple[str, ...]) -> pd.Series:
    """Count people, not answers: one person may answer for several services in the same round."""
    people: dict[int, set[str]] = {year: set() for year in batch.years}
    for service in services:
        survey = _survey(batch, store, municipality, service)
        for year, rows in survey.responses.groupby("year"):
            people[int(year)] |= set(rows["respondent"])
    return pd.Series({year: len(known) for year, known in people.items() if known}, dtype="int64")


def _open(batch_file: str | Path) -> tuple[Batch, Store]:
    batch = load_batch(Path(batch_file))
    if batch.synthetic and not batch.store.is_dir():
        # A fresh checkout opened in JupyterLab: the demo's data are made, not shipped.
        from analysis.demo import make_country  # noqa: PLC0415

        make_country(batch.store)
    return batch, open_store(batch.store)


def _known(code: str, known: object, kind: str, batch: Batch) -> None:
    codes = [str(c) for c in known]
    if code not in codes:
        raise SettingsError(
            f"no such {kind} in the data",
            where=str(batch.path),
            found=repr(code),
            expected=", ".join(codes[:12]) + (" …" if len(codes) > 12 else ""),
            todo=nearest(code, codes) or f"correct the {kind}",
        )


def _folder(output: str) -> Path | None:
    return Path(output) if output else None


def _canvas(batch: Batch, labels: Labels, folder: Path | None, report: bool, prefix: str) -> Canvas:
    return Canvas(
        report=report, folder=folder, prefix=prefix, labels=labels, caution=batch.disclosure.caution
    )


def _minimum(batch: Batch) -> int:
    # No number of municipalities is enough where the batch says that nothing is to be compared.
    return batch.reference.minimum_municipalities if batch.reference.group == "all" else 10**9
