"""The synthetic country's data, made where they are missing or older than what makes them."""

from __future__ import annotations

from pathlib import Path

import analysis
from analysis.batch import fingerprint
from analysis.core.paths import write_text

#: Beside the data: the hash of what they were made by.
_MADE_BY = ".made-by"
_ROOMS = ("core", "survey", "demo")


def demo_is_current(store: Path) -> bool:
    """Return whether the data in `store` were made by the package and questionnaires as they are now."""
    try:
        return (store / _MADE_BY).read_text(encoding="utf-8").strip() == _maker()
    except OSError:
        return False


def make_demo_data(store: Path) -> None:
    """Make the synthetic country in `store`, in place of an older one."""
    # Heavy, and needed once.
    from analysis.demo import make_country  # noqa: PLC0415

    make_country(store)
    write_text(store / _MADE_BY, _maker() + "\n")


def _maker() -> str:
    questionnaires = Path(analysis.__file__).parents[2] / "params" / "questionnaires"
    asked = fingerprint.tree_hash([questionnaires], questionnaires.parent) if questionnaires.is_dir() else ""
    numpy = fingerprint.versions().get("numpy", "")
    return fingerprint.digest([fingerprint.source_hash(_ROOMS), asked, numpy])
