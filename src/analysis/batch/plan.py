"""The plan of a batch: every run, what it needs, and the hash of what it depends on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from analysis.batch import fingerprint
from analysis.batch.places import choose_places
from analysis.batch.runs import Run, list_runs
from analysis.batch.selection import named_runs, with_dependents
from analysis.core.errors import BuildError
from analysis.core.paths import project_root, write_text
from analysis.core.remote import bring, is_address
from analysis.core.settings import Batch
from analysis.survey import open_store


@dataclass(frozen=True)
class Plan:
    """The runs of a batch in an order in which each comes after what it needs."""

    batch: Batch
    build: Path
    notebooks: Path
    runs: tuple[Run, ...]
    forced: frozenset[str] = frozenset()
    #: All runs of the batch; `runs` may be a part of them.
    all_runs: tuple[Run, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()

    def run(self, run_id: str) -> Run:
        """Return the run with that id."""
        return next(run for run in self.runs if run.id == run_id)

    def narrowed(self, ids: Iterable[str]) -> Plan:
        """Return the plan with those runs and whatever they need, and no others."""
        by_id = {run.id: run for run in self.all_runs}
        wanted, waiting = set(), list(ids)
        while waiting:
            name = waiting.pop()
            if name not in wanted:
                wanted.add(name)
                waiting += by_id[name].needs
        return replace(self, runs=tuple(run for run in self.all_runs if run.id in wanted))


def make_plan(
    batch: Batch,
    build: Path,
    *,
    only: Iterable[str] = (),
    force: bool = False,
    formats: tuple[str, ...] | None = None,
    notebooks: Path | None = None,
    reports: bool = True,
) -> Plan:
    """Plan the runs of `batch` in the folder `build`.

    `only` names municipalities, or single services as `MUNICIPALITY/SERVICE`; what they need is made too. A
    single service's municipality gets its report anew where its other services are there already. `force`
    makes the named runs (without `only`: all) and what is made of them again, though nothing changed.
    `formats` are rendered (default: the batch's; none: books are only assembled); `reports=False` makes none.
    Data at an address are brought here first. Raises SettingsError where the batch or `only` names what is
    not in the data, and DataError where the data cannot be reached.
    """
    build, notebooks = Path(build).resolve(), Path(notebooks or project_root() / "notebooks").resolve()
    if is_address(batch.data):
        bring(batch.data)
    store = open_store(batch.store)
    places = choose_places(batch, store)
    if batch.reference.peers == "nearest":
        # Imported where it is wanted: statistics come with it, and a plan is to be quick.
        from analysis.batch.comparison import comparison_groups  # noqa: PLC0415

        comparison_groups(batch, store)
    formats = batch.formats if formats is None else formats
    runs = list_runs(batch, store, places, notebooks=notebooks, formats=formats, reports=reports)
    plan = Plan(batch, build, notebooks, runs, all_runs=runs, notes=places.notes)
    only = tuple(only)
    named = named_runs(only, runs, build) if only else {run.id for run in runs}
    plan = plan.narrowed(named)
    return replace(plan, forced=with_dependents(named, plan.runs) if force else frozenset())


def write_plan(plan: Plan) -> None:
    """Write `plan.json`: all runs of the batch, the versions they are made with, what was left out."""
    runs = [
        {"id": r.id, "kind": r.kind, "folder": r.folder, "notebook": r.notebook}
        | {"parameters": r.parameters, "needs": list(r.needs), "key": r.key}
        for r in plan.all_runs
    ]
    content = {
        "batch": plan.batch.batch,
        "environment": fingerprint.versions(),
        "notes": list(plan.notes),
        "runs": runs,
    }
    write_text(plan.build / "plan.json", json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def read_plan(build: Path) -> dict:
    """Read a build's `plan.json`; raise BuildError where it cannot be read."""
    try:
        return json.loads((Path(build) / "plan.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError("the plan cannot be read", where=str(build), found=type(error).__name__) from None
