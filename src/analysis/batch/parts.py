"""The parts of every run's key: notebook, parameters, rows, settings, code and versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from analysis.batch import fingerprint
from analysis.batch.judged import judged_services
from analysis.batch.key import Key
from analysis.core.settings import Batch
from analysis.survey import Content

#: What is known of a service beside its users' answers.
_REGISTERS = ("units", "frame", "frame_groups")
_IMPORTS = ("imports", "import_reasons")


@dataclass(frozen=True)
class Parts:
    """Makes keys. What is the same for thousands of runs is read once, when it is first asked for."""

    batch: Batch
    content: Content
    notebooks: Path
    _known: dict[str, str] = field(default_factory=dict, repr=False)

    def of_reference(self, service: str) -> dict[str, str]:
        """Return the rows that the national stage of a service reads: everybody's answers and registers."""
        return {
            "answers": self.content.hash("answers", service=service),
            "questionnaire": self.content.hash("questionnaire", service=service),
            "registers": self.content.hash(*_REGISTERS, service=service),
            **self._of_all(),
        }

    def of_service(self, place: str, service: str) -> dict[str, str]:
        """Return the rows that one service in one municipality reads: its own, and who its peers are."""
        here = {"service": service, "municipality": place}
        return {
            "answers": self.content.hash("answers", **here),
            "questionnaire": self.content.hash("questionnaire", service=service),
            "registers": self.content.hash(*_REGISTERS, **here),
            "imports": self.content.hash(*_IMPORTS, **here),
            **self._of_all(),
        }

    def of_municipality(self, place: str, services: tuple[str, ...]) -> dict[str, str]:
        """Return what a municipality's notebook reads.

        Those are its services' rows, its steering files, the other figures of all municipalities (costs are
        compared with peers'), and all answers to a service that it has measures in: its units without the
        measure may be too few, and others' are taken.
        """
        own = [self.of_service(place, service) for service in services]
        parts = {name: fingerprint.digest([part[name] for part in own]) for name in own[0]}
        measured = self._services_with_measures(place, services)
        others = [self.content.hash("answers", "units", service=service) for service in measured]
        return parts | {
            "indicators": self._once("indicators", lambda: self.content.hash("indicators")),
            "answers elsewhere": fingerprint.digest(others),
            "steering files": fingerprint.digest(self._steering_hashes(place)),
        }

    def _of_all(self) -> dict[str, str]:
        # Whom a municipality is compared with follows from the register of all, or from figures on all.
        tables = ("municipalities", *(["indicators"] if self.batch.reference.peers == "nearest" else []))
        return {"all municipalities": self._once("register", lambda: self.content.hash(*tables))}

    def _services_with_measures(self, place: str, services: tuple[str, ...]) -> tuple[str, ...]:
        path = self.batch.steering_file(f"{place}.yaml")
        if path is None:
            return ()
        try:
            plan = yaml.safe_load(path.read_text(encoding="utf-8"))
            measured = {measure["service"] for measure in plan.get("measures") or ()}
        except (OSError, ValueError, yaml.YAMLError, AttributeError, KeyError, TypeError):
            # The run says what is wrong with the file.
            return services
        return tuple(service for service in services if service in measured)

    def for_notebook(
        self, notebook: str, parameters: Mapping[str, object], needs: tuple[str, ...], rows: Mapping[str, str]
    ) -> Key:
        """Return the key of a run of a notebook that reads `rows`."""
        path = self.notebooks / notebook
        return Key(
            {
                "notebook": self._once(notebook, lambda: fingerprint.notebook_hash(path)),
                **self._common(parameters, needs),
                **rows,
                "code": fingerprint.source_hash(fingerprint.NOTEBOOK_ROOMS),
            }
        )

    def for_report(
        self, parameters: Mapping[str, object], needs: tuple[str, ...], read: Mapping[str, str]
    ) -> Key:
        """Return the key of a report; `read` are hashes of what it reads beside other runs' results."""
        sources = self.notebooks.parent
        shared = [sources / name for name in ("reports", "_quarto.yml") if (sources / name).exists()]
        return Key(
            {
                "templates": self._once("templates", lambda: fingerprint.tree_hash(shared, sources)),
                **self._common(parameters, needs),
                **read,
                "code": fingerprint.source_hash(fingerprint.REPORT_ROOMS),
            }
        )

    def _common(self, parameters: Mapping[str, object], needs: tuple[str, ...]) -> dict[str, str]:
        return {
            "parameters": fingerprint.digest({"parameters": parameters, "needs": needs}),
            "settings": self._once("settings", lambda: fingerprint.settings_hash(self.batch)),
            "language": self.batch.language,
            "versions": fingerprint.environment_hash(),
        }

    def _once(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]

    def _background(self) -> dict[str, str]:
        """Return what tells whose nearest a municipality is; a register's group needs none of it."""
        if self.batch.reference.peers != "nearest":
            return {}
        return {"indicators": self._once("indicators", lambda: self.content.hash("indicators"))}

    def _elsewhere(self, place: str, services: tuple[str, ...]) -> dict[str, str]:
        plan = self.batch.steering_file(f"{place}.yaml")
        if plan is None or self.batch.reference.group == "none":
            return {}
        judged = judged_services(plan, self.batch.year)
        hashes = {
            s: self._once(f"all of {s}", lambda s=s: self.content.hash("answers", "units", service=s))
            for s in services
            if s in judged
        }
        return {"answers elsewhere": fingerprint.digest(hashes)} if hashes else {}

    def _steering_hashes(self, place: str) -> list[str]:
        names = (f"{place}.yaml", "steering-model.yaml", "catalogue.yaml")
        found = [path for name in names if (path := self.batch.steering_file(name)) is not None]
        ledgers = self.batch.steering_file("ledger")
        found += sorted(ledgers.glob(f"{place}-*.json")) if ledgers else []
        return [f"{path.name}:{fingerprint.file_hash(path)}" for path in found]
