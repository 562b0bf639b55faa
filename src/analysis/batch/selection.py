"""Which runs a part of a batch is."""

from __future__ import annotations

from pathlib import Path

from analysis.batch.folder import read_record
from analysis.batch.runs import Run
from analysis.core.errors import SettingsError, nearest
from analysis.core.names import NATIONAL


def named_runs(only: tuple[str, ...], runs: tuple[Run, ...], build: Path) -> set[str]:
    """Return the ids of the runs that `only` names.

    They are municipalities, or single runs as MUNICIPALITY/SERVICE, MUNICIPALITY/EDITION or national. A
    single service's municipality gets its reports anew where all its other services are in the build. Raises
    SettingsError for a name that is not in the batch.
    """
    places = sorted({run.municipality for run in runs} - {""})
    ids = {run.id: run for run in runs}
    named: set[str] = set()
    for given in only:
        name = NATIONAL if given == "national" and NATIONAL in ids else given
        place, _, service = name.partition("/")
        if place not in places and name not in ids:
            raise SettingsError(
                "no such municipality in the batch",
                where="--only",
                found=repr(given),
                expected="one of " + ", ".join(places[:12]) + (", …" if len(places) > 12 else ""),
                todo=nearest(place, places),
            )
        if service and name not in ids:
            own = [run.id for run in runs if run.municipality == place and run.kind != "municipality"]
            raise SettingsError(
                "no such service or edition in the batch for this municipality",
                where="--only",
                found=repr(name),
                expected="one of " + ", ".join(own),
                todo=nearest(name, own),
            )
        if not service:
            named |= {run.id for run in runs if run.municipality == place}
        else:
            named |= {name} | _report_too(ids[name], runs, build)
    return named


def _report_too(named: Run, runs: tuple[Run, ...], build: Path) -> set[str]:
    """Return the runs that make the municipality's report anew, where all else that it needs is there."""
    own = [run for run in runs if run.municipality == named.municipality]
    others = [run for run in own if run.kind == "service" and run.id != named.id]
    if named.kind in ("reference", "report") or any(
        read_record(build / run.folder) is None for run in others
    ):
        return set()
    return {run.id for run in own if run.kind in ("municipality", "report")}


def with_dependents(named: set[str], runs: tuple[Run, ...]) -> frozenset[str]:
    """Return the named runs and all that are made of them."""
    forced = set(named)
    for run in runs:
        if forced & set(run.needs):
            forced.add(run.id)
    return frozenset(forced)
