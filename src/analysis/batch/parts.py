"""The parts of every run's key: notebook, parameters, rows, settings, code and versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from analysis.batch import fingerprint
from analysis.batch.judged import judged_services
from analysis.batch.key import Key
from analysis.core.errors import BuildError
from analysis.core.paths import project_root
from analysis.core.quarto import find_quarto
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
    #: Stands for the hash of a notebook that cannot be read; without it, that is an error.
    unreadable: str = ""
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
        compared with peers'), and all answers to a service that it judges a measure in: its units without
        the measure may be too few, and others' are taken.
        """
        own = [self.of_service(place, service) for service in services]
        parts = {name: fingerprint.digest([part[name] for part in own]) for name in own[0]}
        return parts | {
            "indicators": self._once("indicators", lambda: self.content.hash("indicators")),
            "steering files": fingerprint.digest(self._steering_hashes(place)),
            **self._elsewhere(place, services),
        }

    def _of_all(self) -> dict[str, str]:
        # Whom a municipality is compared with follows from the register of all, or from figures on all.
        tables = ("municipalities", *(["indicators"] if self.batch.reference.peers == "nearest" else []))
        return {"all municipalities": self._once("register", lambda: self.content.hash(*tables))}

    def for_notebook(
        self, notebook: str, parameters: Mapping[str, object], needs: tuple[str, ...], rows: Mapping[str, str]
    ) -> Key:
        """Return the key of a run of a notebook that reads `rows`."""
        return Key(
            {
                "notebook": self._once(notebook, lambda: self._notebook(self.notebooks / notebook)),
                **self._common(parameters, needs),
                **rows,
                "code": fingerprint.source_hash(fingerprint.NOTEBOOK_ROOMS),
            }
        )

    def for_report(
        self, parameters: Mapping[str, object], needs: tuple[str, ...], read: Mapping[str, str]
    ) -> Key:
        """Return the key of a report; `read` are hashes of what it reads beside other runs' results.

        Its colophon says which data there are, also of services that the batch does not take, and the lock.
        """
        sources = self.notebooks.parent
        place = str(parameters.get("municipality", ""))
        shared = [sources / name for name in ("reports", "_quarto.yml") if (sources / name).exists()]
        return Key(
            {
                "templates": self._once("templates", lambda: fingerprint.tree_hash(shared, sources)),
                **self._common(parameters, needs),
                **read,
                "data": self._once(f"data of {place}", lambda: self._data(place)),
                "lock": self._once("lock", _lock),
                "renderer": self._once("renderer", _renderer) if parameters.get("formats") else "",
                "code": fingerprint.source_hash(fingerprint.REPORT_ROOMS),
            }
        )

    def _notebook(self, path: Path) -> str:
        try:
            return fingerprint.notebook_hash(path)
        except (OSError, BuildError):
            if not self.unreadable:
                raise
            return self.unreadable

    def _common(self, parameters: Mapping[str, object], needs: tuple[str, ...]) -> dict[str, str]:
        return {
            "parameters": fingerprint.digest({"parameters": parameters, "needs": needs}),
            "settings": self._once("settings", lambda: fingerprint.settings_hash(self.batch)),
            "language": self.batch.language,
            "versions": fingerprint.environment_hash(),
        }

    def _data(self, place: str) -> str:
        """Return the hash of all rows about a municipality, those of the whole store for ""."""
        tables = sorted(self.content.groups)
        if not place:
            return self.content.hash(*tables)
        # By the services one by one: a search through all groups for every municipality takes seconds.
        return fingerprint.digest(
            [self.content.hash(*tables, service=service, municipality=place) for service in self._services]
        )

    @cached_property
    def _services(self) -> list[str]:
        return sorted({service for groups in self.content.groups.values() for _, service in groups} | {""})

    def _once(self, name: str, make: Callable[[], str]) -> str:
        if name not in self._known:
            self._known[name] = make()
        return self._known[name]

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


def _lock() -> str:
    return fingerprint.file_hash(project_root() / "requirements.lock")


def _renderer() -> str:
    """Return what renders reports here: Quarto and its version where it is found, else the package's own."""
    quarto = find_quarto()
    return f"Quarto {quarto}" if quarto else "embedded"
