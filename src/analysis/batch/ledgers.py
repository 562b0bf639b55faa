"""Keeping the steering ledgers of a finished round where the next round reads them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analysis.batch.batchfile import NAME
from analysis.batch.folder import checked_build, read_record
from analysis.batch.municipality import LEDGER
from analysis.batch.plan import read_plan
from analysis.core.errors import BuildError
from analysis.core.settings import Batch, load_batch
from analysis.steering import keep_ledger, read_ledger

#: The folder of kept ledgers, beside the steering files.
LEDGERS = "ledger"


@dataclass(frozen=True)
class Kept:
    """A municipality's ledger and where it is kept; `new` is False where it lay there already."""

    municipality: str
    path: Path
    new: bool


@dataclass(frozen=True)
class KeptLedgers:
    """All ledgers of a build that are kept now, and why others are not, by municipality."""

    folder: Path
    kept: tuple[Kept, ...]
    left: dict[str, str]

    @property
    def exit_code(self) -> int:
        """0 only where every municipality's ledger is kept."""
        return int(bool(self.left))

    def __str__(self) -> str:
        lines = [
            f"{kept.municipality}: {'kept as' if kept.new else 'kept already,'} {kept.path.name}"
            for kept in self.kept
        ]
        lines += [f"{municipality}: not kept, {why}" for municipality, why in self.left.items()]
        number = len(self.kept)
        return "\n".join([*lines, f"{number} ledger{'' if number == 1 else 's'} in {self.folder}"])


def keep_ledgers(build: Path, into: Path | None = None) -> KeptLedgers:
    """Keep every municipality's ledger of a finished build for the next round; overwrite none.

    `into` is by default the folder `ledger` of the batch's steering files. A ledger that is kept already is
    not written again; another one of the same round goes beside it, as `<municipality>-<year>.2.json`. Only
    runs that have ended well are kept, the others are named. Raises BuildError where this is no build folder,
    it holds no municipality, or the batch has no steering folder and `into` says none; and what
    `read_ledger` raises.
    """
    build = checked_build(build)
    runs = [run for run in read_plan(build)["runs"] if run["kind"] == "municipality"]
    if not runs:
        raise BuildError(
            "the build has no ledgers",
            where=str(build),
            expected="runs of municipalities: each makes one",
            todo="make them first: tilstand run, without --only of a single service",
        )
    folder = Path(into) if into is not None else _folder(load_batch(build / NAME), build)
    kept, left = [], {}
    for run in runs:
        place, ledger = run["id"].partition("/")[0], build / run["folder"] / LEDGER
        if read_record(build / run["folder"]) is None:
            left[place] = "its run has not ended well"
        elif not ledger.is_file():
            left[place] = f"its run has made no {LEDGER}"
        else:
            before = set(folder.glob("*.json"))
            path = keep_ledger(read_ledger(ledger), folder)
            kept.append(Kept(place, path, path not in before))
    return KeptLedgers(folder, tuple(kept), left)


def _folder(batch: Batch, build: Path) -> Path:
    if batch.steering is None:
        raise BuildError(
            "the batch has no steering folder to keep ledgers in",
            where=f"{build / NAME}: steering",
            todo="name a folder with --into, or give the batch a steering folder",
        )
    # The next round looks in the folder around the steering files too: one that is there is gone on with.
    return batch.steering_file(LEDGERS) or (batch.path.parent / batch.steering).resolve() / LEDGERS
