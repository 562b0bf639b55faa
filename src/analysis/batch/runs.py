"""The runs of a batch: which notebook, with which parameters, in which folder, and what each depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from analysis.batch import fingerprint
from analysis.batch.places import Places
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
    key: str = field(repr=False)

    @property
    def municipality(self) -> str:
        """The municipality it is about; "" for the national picture."""
        return "" if self.kind == "reference" else self.id.partition("/")[0]


def list_runs(
    batch: Batch, store: Store, places: Places, *, notebooks: Path, formats: tuple[str, ...], reports: bool
) -> tuple[Run, ...]:
    """Return every run of a batch, each after the runs that it needs."""
    return tuple(_Maker(batch, store, notebooks, formats).runs(places, reports=reports))


@dataclass(frozen=True)
class _Maker:
    batch: Batch
    store: Store
    notebooks: Path
    formats: tuple[str, ...]
    hashes: dict[tuple[str, str | None], str] = field(default_factory=dict)

    def runs(self, places: Places, *, reports: bool) -> list[Run]:
        chosen = places.services.items()
        runs = [self._reference(s) for s in sorted({s for _, services in chosen for s in services})]
        for place, services in chosen:
            # One municipality after the other: the first report is there early.
            runs += [self._service(place, service) for service in services]
            runs.append(self._municipality(place, services))
            if reports:
                runs += [self._report(place, services, edition) for edition in self.batch.editions]
        return runs

    def _data_hash(self, service: str, place: str | None = None) -> str:
        # Asked for twice, and reading all rows is most of what planning costs.
        if (service, place) not in self.hashes:
            self.hashes[service, place] = self.store.data_hash(service=service, municipality=place)
        return self.hashes[service, place]

    def _reference(self, service: str) -> Run:
        parameters = {"batch_file": "../../batch.yaml", "service": service}
        return self._notebook_run(
            "reference", f"reference/{service}", parameters, (), self._data_hash(service)
        )

    def _service(self, place: str, service: str) -> Run:
        parameters = {
            "batch_file": "../../../batch.yaml",
            "municipality": place,
            "service": service,
            "reference": f"../../../reference/{service}",
        }
        data = self._data_hash(service, place)
        return self._notebook_run(
            "service", f"{place}/{service}", parameters, (f"reference/{service}",), data
        )

    def _municipality(self, place: str, services: tuple[str, ...]) -> Run:
        parameters = {"batch_file": "../../../batch.yaml", "municipality": place, "runs": ".."}
        answers = [self._data_hash(service, place) for service in services]
        data = fingerprint.digest([*answers, *self._steering_hashes(place)])
        needs = tuple(f"{place}/{service}" for service in services)
        return self._notebook_run("municipality", f"{place}/municipality", parameters, needs, data)

    def _steering_hashes(self, place: str) -> list[str]:
        names = (f"{place}.yaml", "steering-model.yaml", "catalogue.yaml")
        found = [path for name in names if (path := self.batch.steering_file(name)) is not None]
        ledgers = self.batch.steering_file("ledger")
        found += sorted(ledgers.glob(f"{place}-*.json")) if ledgers else []
        return [f"{path.name}:{fingerprint.file_hash(path)}" for path in found]

    def _notebook_run(
        self, kind: Kind, run_id: str, parameters: dict[str, object], needs: tuple[str, ...], data: str
    ) -> Run:
        folder = run_id if kind == "reference" else run_id.replace("/", "/runs/")
        parameters = {**parameters, "output": ".", "report": True}
        notebook = f"{kind}.ipynb"
        key = fingerprint.digest(
            {
                "notebook": fingerprint.notebook_hash(self.notebooks / notebook),
                "parameters": parameters,
                "needs": needs,
                "data": data,
                "settings": fingerprint.settings_hash(self.batch),
                "source": fingerprint.source_hash(fingerprint.NOTEBOOK_ROOMS),
                "versions": fingerprint.versions(),
            }
        )
        return Run(run_id, kind, folder, notebook, parameters, needs, key)

    def _report(self, place: str, services: tuple[str, ...], edition: str) -> Run:
        parameters = {"municipality": place, "edition": edition, "formats": list(self.formats)}
        sources = self.notebooks.parent
        shared = [sources / name for name in ("reports", "_quarto.yml") if (sources / name).exists()]
        key = fingerprint.digest(
            {
                "parameters": parameters,
                "settings": fingerprint.settings_hash(self.batch),
                "source": fingerprint.source_hash(fingerprint.REPORT_ROOMS),
                "sources": fingerprint.tree_hash(shared, sources),
                "versions": fingerprint.versions(),
            }
        )
        needs = (*(f"{place}/{service}" for service in services), f"{place}/municipality")
        return Run(f"{place}/{edition}", "report", f"{place}/{edition}", "", parameters, needs, key)
