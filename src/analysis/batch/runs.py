"""The runs of a batch: which notebook, with which parameters, in which folder, and what each depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from analysis.batch import fingerprint
from analysis.batch.key import Key
from analysis.batch.parts import Parts
from analysis.batch.places import Places
from analysis.core.names import NATIONAL
from analysis.core.settings import Batch
from analysis.survey import Store

Kind = Literal["reference", "service", "municipality", "report"]


@dataclass(frozen=True)
class Run:
    """One notebook to execute, or one report to make, in one folder of the build."""

    id: str
    kind: Kind
    folder: str
    notebook: str
    parameters: dict[str, object]
    needs: tuple[str, ...]
    #: What the run depends on, apart from what the runs that it needs make.
    key_parts: Key = field(repr=False)

    @cached_property
    def key(self) -> str:
        """The hash of `key_parts`."""
        return self.key_parts.hash

    @property
    def municipality(self) -> str:
        """The municipality it is about; "" for the national picture."""
        return "" if self.kind == "reference" or self.id == NATIONAL else self.id.partition("/")[0]


def list_runs(
    batch: Batch,
    store: Store,
    places: Places,
    *,
    notebooks: Path,
    formats: tuple[str, ...],
    reports: bool,
    unreadable: str = "",
) -> tuple[Run, ...]:
    """Return every run of a batch, each after the runs that it needs.

    Raises BuildError for a notebook that is missing or none, but where `unreadable` is to stand for its hash.
    """
    maker = _Maker(batch, Parts(batch, store.content(), notebooks, unreadable), formats)
    return tuple(maker.runs(places, reports=reports))


@dataclass(frozen=True)
class _Maker:
    batch: Batch
    parts: Parts
    formats: tuple[str, ...]

    def runs(self, places: Places, *, reports: bool) -> list[Run]:
        chosen = places.services.items()
        runs = [self._reference(s) for s in sorted({s for _, services in chosen for s in services})]
        for place, services in chosen:
            # One municipality after the other: the first report is there early.
            runs += [self._service(place, service) for service in services]
            runs.append(self._municipality(place, services))
            if reports:
                runs += [
                    self._report(place, services, edition)
                    for edition in self.batch.editions
                    if edition != "national"
                ]
        if reports and "national" in self.batch.editions:
            runs.append(self._national([run.id for run in runs if run.kind == "reference"]))
        return runs

    def _reference(self, service: str) -> Run:
        parameters = {"batch_file": "../../batch.yaml", "service": service}
        rows = self.parts.of_reference(service)
        return self._notebook_run("reference", f"reference/{service}", parameters, (), rows)

    def _service(self, place: str, service: str) -> Run:
        parameters = {
            "batch_file": "../../../batch.yaml",
            "municipality": place,
            "service": service,
            "reference": f"../../../reference/{service}",
        }
        needs, rows = (f"reference/{service}",), self.parts.of_service(place, service)
        return self._notebook_run("service", f"{place}/{service}", parameters, needs, rows)

    def _municipality(self, place: str, services: tuple[str, ...]) -> Run:
        parameters = {"batch_file": "../../../batch.yaml", "municipality": place, "runs": ".."}
        needs = tuple(f"{place}/{service}" for service in services)
        rows = self.parts.of_municipality(place, services)
        return self._notebook_run("municipality", f"{place}/municipality", parameters, needs, rows)

    def _notebook_run(
        self,
        kind: Kind,
        run_id: str,
        parameters: dict[str, object],
        needs: tuple[str, ...],
        rows: dict[str, str],
    ) -> Run:
        folder = run_id if kind == "reference" else run_id.replace("/", "/runs/")
        parameters = {**parameters, "output": ".", "report": True}
        notebook = f"{kind}.ipynb"
        key = self.parts.for_notebook(notebook, parameters, needs, rows)
        return Run(run_id, kind, folder, notebook, parameters, needs, key)

    def _report(self, place: str, services: tuple[str, ...], edition: str) -> Run:
        needs = (*(f"{place}/{service}" for service in services), f"{place}/municipality")
        return self._report_run(f"{place}/{edition}", {"municipality": place, "edition": edition}, needs)

    def _national(self, references: list[str]) -> Run:
        catalogue = self.batch.steering_file("catalogue.yaml")
        # A municipality's report has what it takes from the steering files in the key of the run it needs.
        read = fingerprint.file_hash(catalogue) if catalogue else ""
        # Their order is the sheet's where the catalogue has none.
        parameters = {"edition": "national", "services": list(self.batch.services)}
        return self._report_run(NATIONAL, parameters, tuple(references), {"steering files": read})

    def _report_run(
        self,
        run_id: str,
        parameters: dict[str, object],
        needs: tuple[str, ...],
        read: dict[str, str] | None = None,
    ) -> Run:
        parameters = {**parameters, "formats": list(self.formats)}
        key = self.parts.for_report(parameters, needs, read or {})
        return Run(run_id, "report", run_id, "", parameters, needs, key)
