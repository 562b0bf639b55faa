"""The folder a synthetic country is written into: whole or not at all, and never over real data."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.core.errors import TilstandError
from analysis.demo.truth import TRUTH


@contextmanager
def country_folder(into: Path) -> Iterator[Path]:
    """Give an empty folder beside `into`, and put it in place of `into` when the block ends well.

    A synthetic country that is there already is replaced whole, so that nothing of a larger one is left.
    Raises TilstandError where `into` holds anything else.
    """
    into = Path(into).absolute()
    _check_replaceable(into)
    beside, old = (into.with_name(f".{into.name}.{end}") for end in ("part", "old"))
    for leftover in (beside, old):
        shutil.rmtree(leftover, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        yield beside
        if into.exists():
            os.replace(into, old)
        os.replace(beside, into)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _check_replaceable(into: Path) -> None:
    if not into.exists() or (into.is_dir() and not any(into.iterdir())):
        return
    found = "other files"
    if (into / TRUTH).is_file():
        made = set(json.loads((into / TRUTH).read_text(encoding="utf-8")).get("services", []))
        there = {p.name.removeprefix("service=") for p in into.glob("responses/service=*")}
        if there <= made:
            return
        found = "services imported beside the synthetic ones: " + ", ".join(sorted(there - made))
    raise TilstandError(
        "this folder is not a synthetic country's alone",
        where=str(into),
        found=found,
        expected="no folder, an empty one, or a synthetic country to replace",
        todo="give another folder",
    )
