"""The demo's reports as text: all that the notebooks' cells show, without a figure being drawn."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, SimpleNamespace
from unittest.mock import patch

import nbformat
import pandas as pd

from analysis import show
from analysis.batch.comparison import comparison_group, open_elsewhere
from analysis.batch.municipality import MunicipalityRun
from analysis.core.language import Language
from analysis.core.settings import Batch, Disclosure, load_batch
from analysis.facts import (
    Labels,
    ServiceSurvey,
    describe_country,
    describe_service,
    gather,
    grouped,
    join,
    prepare,
)
from analysis.show.rows import Row
from analysis.show.sheet import Sheet
from analysis.steering import Steering, open_steering, previous_ledger
from analysis.survey import Questionnaire, Store, open_store

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
YEARS = (2021, 2023, 2025)
#: The modules that draw one row a result: the words in their figures are read from the rows.
_ROWED = ("change", "units", "response")
_PLACED = ("funnel", "priorities")


@dataclass(frozen=True)
class Shown:
    """One cell of a notebook: where it stands, its Markdown, the rows of the figure that it draws."""

    notebook: str
    cell: str
    service: str
    markdown: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Report:
    """A municipality's report: its facts, with the national ones, and what is shown in each language."""

    municipality: str
    facts: pd.DataFrame
    labels: dict[str, Labels]
    steering: Steering
    shown: dict[str, tuple[Shown, ...]]


def national_facts(store: Store, service: str) -> pd.DataFrame:
    """Return the facts of the reference stage."""
    asked = store.questionnaire(service)
    peers = grouped(store.municipalities().set_index("code")["peer_group"].to_dict())
    return describe_country(
        gather(store.responses(service, years=[y]), asked, year=y, peers=peers) for y in YEARS
    )


def make_reports(folder: Path, languages: dict[str, tuple[str, ...]], *, processes: int = 2) -> list[Report]:
    """Return the municipalities' reports, each in the languages named, made in processes of their own."""
    store = open_store(folder)
    services = store.services()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        nation = dict(zip(services, pool.map(_national, [folder] * len(services), services), strict=True))
        codes = list(languages)
        many = len(codes)
        return list(
            pool.map(make_report, [folder] * many, codes, [languages[c] for c in codes], [nation] * many)
        )


def make_report(
    folder: Path, municipality: str, languages: Sequence[str], nation: dict[str, pd.DataFrame]
) -> Report:
    """Return one municipality's report."""
    store = open_store(folder)
    asked = {service: _asked(folder, service) for service in nation}
    register = store.municipalities().set_index("code")
    units = store.units(municipality=municipality)
    labels = {
        code: Labels(
            language=Language(code),
            municipality=register.at[municipality, "name"],
            questionnaires=asked,
            units=dict(zip(units["unit"], units["name"], strict=True)),
        )
        for code in languages
    }
    surveys = {service: _survey(store, municipality, asked[service]) for service in nation}
    parts = {
        service: describe_service(survey, nation[service], thresholds=Disclosure())
        for service, survey in surveys.items()
    }
    run = _municipality_run(store, municipality, surveys, join(list(parts.values())), labels[languages[0]])
    facts = run.joined(run.measure())
    shown = {code: tuple(show_report(parts, facts, run, named)) for code, named in labels.items()}
    return Report(municipality, facts, labels, run.steering, shown)


def show_report(
    parts: dict[str, pd.DataFrame], whole: pd.DataFrame, run: MunicipalityRun, labels: Labels
) -> Iterator[Shown]:
    """Give what every cell of the notebooks shows: a service's for each of its facts, and the municipality's.

    `run` is the municipality's, whose steering and ledger its cells read; its canvas is replaced.
    """
    runs = [("service", service, _quick(facts)) for service, facts in parts.items()]
    with TemporaryDirectory() as folder:
        for notebook, prefix, facts in (*runs, ("municipality", "municipality", _quick(whole))):
            canvas = show.Canvas(report=True, folder=Path(folder), prefix=prefix, labels=labels)
            own = notebook == "municipality"
            opened = replace(run, canvas=canvas, labels=labels) if own else SimpleNamespace(canvas=canvas)
            known = {"show": show, "run": opened, "facts": facts}
            for cell, code in _cells(notebook).items():
                with undrawn() as rows:
                    block = eval(code, dict(known))
                service = prefix if notebook == "service" else ""
                yield Shown(notebook, cell, service, block.markdown, tuple(rows))


@contextmanager
def undrawn() -> Iterator[list[Row]]:
    """Leave figures empty, which takes most of the time; give the rows that would have been drawn."""
    rows: list[Row] = []

    def keep(given: Sequence[Row], *_: object, **__: object) -> Sheet:
        rows.extend(given)
        return Sheet(10)

    with ExitStack() as stack:
        for name in ("svg", "png"):
            stack.enter_context(patch.object(Sheet, name, lambda self: b""))
        for module in _ROWED:
            stack.enter_context(patch(f"analysis.show.{module}.draw_rows", keep))
        # Where names stand among points takes long to find, and is no word.
        for module in _PLACED:
            stack.enter_context(
                patch(f"analysis.show.{module}.place_names", lambda given, *_, **__: [None] * len(given))
            )
        yield rows


@cache
def _cells(notebook: str) -> dict[str, CodeType]:
    cells = nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells
    return {
        cell["id"]: compile(ast.parse(cell.source, mode="eval"), cell["id"], "eval")
        for cell in cells
        if cell.cell_type == "code" and "show." in cell.source and "import" not in cell.source
    }


def _quick(facts: pd.DataFrame) -> pd.DataFrame:
    # The same text in one block of the table rather than in fourteen: rows are chosen in half the time.
    texts = facts.select_dtypes("string").columns
    return facts.astype(dict.fromkeys(texts, object))


@cache
def _asked(folder: Path, service: str) -> Questionnaire:
    return open_store(folder).questionnaire(service)


def _national(folder: Path, service: str) -> pd.DataFrame:
    return national_facts(open_store(folder), service)


def _survey(store: Store, municipality: str, asked: Questionnaire) -> ServiceSurvey:
    place = {"municipality": municipality, "service": asked.service}
    return prepare(
        **place,
        questionnaire=asked,
        years=YEARS,
        responses=store.responses(asked.service, municipality=municipality, years=YEARS),
        units=store.units(**place),
        frame=store.frame(**place, years=YEARS),
        groups=store.frame_groups(**place, years=YEARS),
        peer_group=store.municipalities().set_index("code").at[municipality, "peer_group"],
        imports=store.imports(**place),
        reasons=store.import_reasons(**place),
    )


def _municipality_run(
    store: Store,
    municipality: str,
    surveys: dict[str, ServiceSurvey],
    facts: pd.DataFrame,
    labels: Labels,
) -> MunicipalityRun:
    batch = _batch()
    peers = comparison_group(batch, store, municipality)
    counts = facts[facts["statistic"].eq("respondents") & facts["unit"].eq("")].dropna(subset="value")
    return MunicipalityRun(
        batch=batch,
        store=store,
        output=None,
        report=True,
        municipality=municipality,
        services=tuple(surveys),
        facts=facts,
        respondents=counts.groupby("year")["value"].sum().astype("int64"),
        surveys=surveys,
        steering=_steering(batch, store, municipality, labels),
        labels=labels,
        canvas=show.Canvas(report=False, folder=None, prefix="municipality", labels=labels),
        peers=peers,
        elsewhere=open_elsewhere(batch, store, municipality, peers),
    )


def _steering(batch: Batch, store: Store, municipality: str, labels: Labels) -> Steering:
    # Three municipalities have adopted something; the others' chapters say that there is nothing yet.
    return open_steering(
        store=store,
        municipality=municipality,
        years=YEARS,
        labels=labels,
        plan_path=batch.steering_file(f"{municipality}.yaml"),
        catalogue_path=batch.steering_file("catalogue.yaml"),
        previous=previous_ledger(batch.steering_file("ledger"), municipality=municipality, year=batch.year),
    )


@cache
def _batch() -> Batch:
    return load_batch(ROOT / "params" / "demo.yaml")
