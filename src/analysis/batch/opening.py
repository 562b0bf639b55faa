"""What a notebook calls first: the batch file, the municipality and the service become a run."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pandas as pd

from analysis.batch.comparison import comparison_group, open_elsewhere
from analysis.batch.context import ReferenceRun, ServiceRun
from analysis.batch.municipality import MunicipalityRun
from analysis.batch.surveys import Surveys
from analysis.core.errors import DataError, SettingsError, nearest
from analysis.core.language import Language
from analysis.core.names import FACTS
from analysis.core.remote import bring, brought, is_address
from analysis.core.settings import ALL, Batch, load_batch
from analysis.facts import Labels, ServiceSurvey, join, prepare, read_facts, read_together
from analysis.show import Canvas
from analysis.steering import Peers, open_steering, previous_ledger
from analysis.survey import Store, open_store


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
        survey=_survey(batch, store, municipality, service, comparison_group(batch, store, municipality)),
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
        facts = read_together(Path(runs) / service / FACTS for service in services)
    else:
        facts = join(open_service(batch_file, municipality, service).measure() for service in services)
    folder = _folder(output)
    labels = read_labels(batch, store, municipality, services)
    peers = comparison_group(batch, store, municipality)
    surveys = Surveys(services, partial(_survey, batch, store, municipality, peers=peers))
    ledgers = batch.steering_file("ledger")
    return MunicipalityRun(
        batch=batch,
        store=store,
        output=folder,
        report=report,
        municipality=municipality,
        services=services,
        facts=facts,
        respondents=_respondents(batch, store, municipality, services),
        surveys=surveys,
        steering=open_steering(
            store=store,
            municipality=municipality,
            years=batch.years,
            labels=labels,
            plan_path=batch.steering_file(f"{municipality}.yaml"),
            model_path=batch.steering_file("steering-model.yaml"),
            catalogue_path=batch.steering_file("catalogue.yaml"),
            previous=previous_ledger(ledgers, municipality=municipality, year=batch.year)
            if ledgers
            else None,
        ),
        labels=labels,
        canvas=_canvas(batch, labels, folder, report, "municipality"),
        peers=peers,
        elsewhere=open_elsewhere(batch, store, municipality, peers),
    )


def services_of(batch: Batch, store: Store, municipality: str) -> tuple[str, ...]:
    """Return the batch's services that the municipality has units, invited users or answers in."""
    chosen = store.services() if batch.services == ALL else batch.services
    for service in chosen:
        _known(service, store.services(), "service", batch)
    tables = (store.units(municipality=municipality), store.frame(municipality=municipality))
    there = {str(service) for table in tables for service in table["service"].dropna()}
    services = tuple(service for service in chosen if service in there)
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


def _survey(
    batch: Batch, store: Store, municipality: str, service: str, peers: Peers | None
) -> ServiceSurvey:
    place = {"municipality": municipality, "service": service}
    return prepare(
        **place,
        questionnaire=store.questionnaire(service),
        years=batch.years,
        responses=store.responses(service, municipality=municipality, years=batch.years),
        units=store.units(**place),
        frame=store.frame(**place, years=batch.years),
        groups=store.frame_groups(**place, years=batch.years),
        peer_group=peers.name if peers else "",
        imports=store.imports(**place),
        reasons=store.import_reasons(**place),
        level=batch.level,
        min_answered=batch.min_answered,
    )


def _respondents(batch: Batch, store: Store, municipality: str, services: Iterable[str]) -> pd.Series:
    """Count people, not answers: one person may answer for several services in the same round."""
    people: dict[int, set[str]] = {year: set() for year in batch.years}
    for service in services:
        for year, known in store.people(service, municipality=municipality, years=batch.years).items():
            people[year] |= known
    # This year's number is said even where it is none.
    counted = {year: len(known) for year, known in people.items() if known or year == batch.year}
    return pd.Series(counted, dtype="int64")


def _open(batch_file: str | Path) -> tuple[Batch, Store]:
    batch = load_batch(Path(batch_file))
    if is_address(batch.data):
        # A run's worker has the copy already; whoever opens the notebook alone may not.
        if not brought(batch.data):
            bring(batch.data)
    elif batch.synthetic and not batch.store.is_dir():
        # A fresh checkout opened in JupyterLab: the demo's data are made, not shipped.
        from analysis.batch.demodata import make_demo_data  # noqa: PLC0415

        make_demo_data(batch)
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
