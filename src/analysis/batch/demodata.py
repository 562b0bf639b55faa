"""The synthetic country's data, made where they are missing or older than what makes them."""

from __future__ import annotations

from pathlib import Path

import analysis
from analysis.batch import fingerprint
from analysis.batch.failure import WorkerDied
from analysis.batch.pool import Pool
from analysis.core.errors import DataError, SettingsError, nearest
from analysis.core.memory import give_memory_back
from analysis.core.paths import project_root, write_text
from analysis.core.settings import Batch

#: Beside the data: the hash of what they were made by.
_MADE_BY = ".made-by"
_ROOMS = ("core", "survey", "demo")
#: The sizes of synthetic country, and the batch of each (`params/<batch>.yaml`).
SIZES = {"small": "demo", "country": "country"}


def demo_batch_file(size: str) -> Path:
    """Return the batch file of a synthetic country of that size; raise SettingsError for another size."""
    if size not in SIZES:
        raise SettingsError(
            "there is no synthetic country of this size",
            where="--size",
            found=repr(size),
            expected=" or ".join(SIZES),
            todo=nearest(size, SIZES),
        )
    return project_root() / "params" / f"{SIZES[size]}.yaml"


def demo_is_current(store: Path) -> bool:
    """Return whether the data in `store` were made by the package and questionnaires as they are now."""
    try:
        return (store / _MADE_BY).read_text(encoding="utf-8").strip() == _maker()
    except OSError:
        return False


def make_demo_data(batch: Batch) -> None:
    """Make the batch's synthetic country in its store, in place of an older one.

    The batch `country` has a whole one, every other synthetic batch the small one with planted truths.
    """
    store = batch.store
    if batch.batch == SIZES["country"]:
        # A process never gives back all that this took, and a batch begins in this one.
        with Pool(1, {}) as pool:
            try:
                pool.submit(_make_nation, store).result()
            except WorkerDied as error:
                raise DataError(
                    "the synthetic country's data could not be made",
                    where=str(store),
                    found="; ".join(error.__notes__),
                    todo="see that there are 2 GiB of memory to be had, and give the same command again",
                ) from None
    else:
        # Heavy, and needed once.
        from analysis.demo import make_country  # noqa: PLC0415

        make_country(store)
        give_memory_back()
    write_text(store / _MADE_BY, _maker() + "\n")


def _make_nation(store: Path) -> None:
    from analysis.demo import make_nation  # noqa: PLC0415

    make_nation(store)


def _maker() -> str:
    questionnaires = Path(analysis.__file__).parents[2] / "params" / "questionnaires"
    asked = fingerprint.tree_hash([questionnaires], questionnaires.parent) if questionnaires.is_dir() else ""
    numpy = fingerprint.versions().get("numpy", "")
    return fingerprint.digest([fingerprint.source_hash(_ROOMS), asked, numpy])
