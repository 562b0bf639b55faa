"""Make the runs of a build again, in a folder of its own, and compare every fact."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.console import Console

from analysis.audit.compare import Difference, compare_facts
from analysis.batch import Outcome, Plan, checked_build, keep_batch_file, make_plan, read_plan
from analysis.batch.fingerprint import versions
from analysis.batch.folder import run_folders
from analysis.batch.lock import hold
from analysis.batch.run import carry_out_watched, checked_workers
from analysis.core.errors import BuildError
from analysis.core.names import FACTS, NATIONAL
from analysis.core.remote import bring, is_address
from analysis.core.settings import Batch, load_batch
from analysis.facts import told_of


@dataclass(frozen=True)
class Verification:
    """What was compared, and everything that differs."""

    build: Path
    runs: int
    facts: int
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 only where no fact differs."""
        return int(bool(self.differences))

    def __str__(self) -> str:
        lines = [f"note: {note}" for note in self.notes]
        lines += [f"differs: {difference}" for difference in self.differences]
        end = f"{len(self.differences)} differences" if self.differences else "no fact differs"
        return "\n".join([*lines, f"{self.facts} facts of {self.runs} runs compared: {end}"])


def verify(
    build: Path,
    *,
    into: Path | None = None,
    data: Path | None = None,
    workers: int | None = None,
    notebooks: Path | None = None,
    console: Console | None = None,
) -> Verification:
    """Make every run that a build holds again, from its own batch file, and compare all facts.

    The runs are made in `into` (default: a folder that is removed afterwards). `data` is the folder of the
    imported survey, where it is not where the batch file says: a copied build has no data beside it.
    Compared are the facts of every run, and the copies of them that lie in the reports' books. Raises
    BuildError where this is no build folder, it holds no results, or the data cannot be found.
    """
    build = checked_build(build).resolve()
    batch = _batch_with_data(build, data)
    built = {run_id: folder for run_id, folder in run_folders(build) if (folder / FACTS).is_file()}
    if not built:
        raise BuildError(
            "there are no results to verify", where=str(build), todo="run the batch: tilstand run"
        )
    workers = checked_workers(workers)
    if into is not None:
        return _verify_in(Path(into), build, built, batch, workers, notebooks, console)
    with tempfile.TemporaryDirectory(prefix="tilstand-verify-") as scratch:
        # A folder in the folder: it must be new, or an earlier build of the same batch.
        return _verify_in(Path(scratch) / "build", build, built, batch, workers, notebooks, console)


def _verify_in(
    into: Path,
    build: Path,
    built: dict[str, Path],
    batch: Batch,
    workers: int,
    notebooks: Path | None,
    console: Console | None,
) -> Verification:
    if into.resolve() == build:
        raise BuildError(
            "a build cannot be made again in itself", where=str(into), todo="give another folder"
        )
    with hold(into):
        plan = make_plan(keep_batch_file(batch, into), into, notebooks=notebooks, reports=False)
        known = {run.id for run in plan.all_runs}
        plan = plan.narrowed(run_id for run_id in built if run_id in known)
        outcomes = {o.id: o for o in carry_out_watched(plan, workers=workers, console=console)}
        differences: list[Difference] = []
        facts = 0
        for run_id, table, path in _tables(build, built):
            again = _made_again(run_id, plan, outcomes)
            if isinstance(again, str):
                lost = Difference(run_id, "(the whole run)", "", "made", again)
                differences += [lost] if lost not in differences else []
                continue
            facts += len(table) if isinstance(table, pd.DataFrame) else 0
            label = path.parent.relative_to(build).as_posix().removesuffix("/facts").replace("/runs/", "/")
            if isinstance(table, str):
                differences.append(Difference(label, "(the whole table)", "", table, "made"))
            else:
                differences += compare_facts(table, _as_copied(again, path, build), run=label)
    return Verification(build, len(built), facts, tuple(differences), tuple(_notes(build, built, plan)))


def _batch_with_data(build: Path, data: Path | None) -> Batch:
    batch = load_batch(build / "batch.yaml")
    if data is not None:
        batch = batch.model_copy(update={"data": Path(data).resolve()})
    if is_address(batch.data):
        bring(batch.data)
    elif not batch.store.is_dir():
        raise BuildError(
            "the survey data of the build cannot be found",
            where=str(build / "batch.yaml") if data is None else "--data",
            found=f"no folder {batch.store}",
            expected="the folder that the data were imported into",
            todo="say where it is: tilstand verify BUILD --data FOLDER",
        )
    return batch


def _tables(build: Path, built: dict[str, Path]) -> Iterator[tuple[str, pd.DataFrame | str, Path]]:
    """Yield every facts table of a build, with the run it is of: the runs' own, and the books' copies."""
    paths = [(run_id, folder / FACTS) for run_id, folder in built.items()]
    for path in sorted(p for depth in ("*/*", "*/*/*") for p in build.glob(f"{depth}/facts/*.parquet")):
        place, *inside = path.relative_to(build).parts
        if not any(part.startswith(("_", ".")) for part in (place, *inside)):
            paths.append((f"{place}/{path.stem}", path))
    for run_id, path in paths:
        try:
            table = pd.read_parquet(path)
        except Exception as error:
            yield run_id, f"not to be read ({type(error).__name__})", path
            continue
        if path.parent.parent != build / NATIONAL:
            yield run_id, table, path
            continue
        # The national sheet's facts are those of all reference runs.
        for service, part in table.groupby("service", sort=False):
            yield f"reference/{service}", part, path


def _as_copied(again: pd.DataFrame, path: Path, build: Path) -> pd.DataFrame:
    """Return of a run's facts what the book that `path` lies in holds of them.

    Books of a unit or a service lie one folder deeper than the others, and beside their service's own facts
    have what the municipality's run says of that service.
    """
    others = [other.stem for other in path.parent.glob("*.parquet") if other != path]
    # Place, edition, unit or service, "facts", file: a run's own folder is less deep.
    deep = len(path.relative_to(build).parts) == 5
    narrowed = deep and path.stem == "municipality" and len(others) == 1
    return told_of(again, others[0]) if narrowed else again


def _made_again(run_id: str, plan: Plan, outcomes: dict[str, Outcome]) -> pd.DataFrame | str:
    if run_id not in outcomes:
        return "no part of the batch"
    outcome = outcomes[run_id]
    if not outcome.stands:
        return f"failed with {outcome.error}" if outcome.error else f"not run, because {outcome.because}"
    return pd.read_parquet(plan.build / plan.run(run_id).folder / FACTS)


def _notes(build: Path, built: dict[str, Path], plan: Plan) -> Iterator[str]:
    """Say what else is not as it was: it need not change a fact, and it explains one that has changed."""
    recorded = read_plan(build)
    then, now = recorded.get("environment", {}), versions()
    for name in dict.fromkeys([*then, *now]):
        if then.get(name) != now.get(name):
            yield f"made with {name} {then.get(name, 'not there')}, now {now.get(name, 'not there')}"
    keys = {run["id"]: run["key"] for run in recorded.get("runs", [])}
    other = [run.id for run in plan.runs if keys.get(run.id) != run.key]
    if other:
        which = "any run" if len(other) == len(plan.runs) else ", ".join(other)
        yield f"data, settings, notebook, package or versions are not the build's for {which}"
    missing = [run_id for run_id in keys if run_id in {r.id for r in plan.all_runs} and run_id not in built]
    if missing:
        yield "not compared, since the build has no results of them: " + ", ".join(missing)
