"""Ledgers as JSON: written, read in every form they ever had, and kept for the next round."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analysis.core import yaml
from analysis.core.errors import DataError
from analysis.steering.ledger import VERSION, Ledger


def write_ledger(ledger: Ledger, path: Path) -> Path:
    """Write a ledger to `path`, and return the path that it has.

    What is there is never changed: the same ledger is not written again, and another one is written beside,
    as `ledger.2.json` and so on. A batch's run has a new folder each time, and so always `ledger.json`.
    """
    path = Path(path)
    text = json.dumps(ledger.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
    latest = _latest(path)
    if latest is not None and latest.read_text(encoding="utf-8") == text:
        return latest
    path.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        try:
            # Fails where the name is taken, also by another run this very moment.
            with _edition(path, number).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            number += 1
        else:
            return _edition(path, number)


def read_ledger(path: Path) -> Ledger:
    """Read a ledger; one of an older form is turned into today's in memory, and the file left as it is.

    Raises DataError where there is no ledger, or one of a later form than this version knows, and
    SettingsError naming every entry that is wrong.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError("there is no ledger here", where=str(path), todo="check the path") from None
    except ValueError as error:
        raise DataError(
            "the ledger is not valid JSON", where=str(path), found=str(error), todo="take an unharmed copy"
        ) from None
    version = content.get("version", 0) if isinstance(content, dict) else VERSION
    if isinstance(version, int) and version > VERSION:
        raise DataError(
            "the ledger has a form that this version does not know",
            where=f"{path}: version",
            found=str(version),
            expected=f"{VERSION} or lower",
            todo="use the version of Tilstand that wrote it, or a later one",
        )
    while isinstance(version, int) and version in _NEXT_FORM:
        content = _NEXT_FORM[version](content)
        version += 1
    return yaml.check(content, Ledger, where=str(path))


def keep_ledger(ledger: Ledger, folder: Path) -> Path:
    """Keep a round's ledger for the next one as `<municipality>-<year>.json` in `folder`; return its path.

    As with `write_ledger` nothing is overwritten: another ledger of the same round is kept beside the first.
    """
    return write_ledger(ledger, Path(folder) / f"{ledger.municipality}-{ledger.year}.json")


def previous_ledger(folder: Path, *, municipality: str, year: int) -> Ledger | None:
    """Return the kept ledger of the last round before `year`, in its latest edition; None where none is.

    Raises what `read_ledger` raises.
    """
    rounds = {
        int(name)
        for path in Path(folder).glob(f"{municipality}-*.json")
        if (name := path.stem.removeprefix(f"{municipality}-").partition(".")[0]).isdigit()
    }
    last = max((each for each in rounds if each < year), default=None)
    path = None if last is None else _latest(Path(folder) / f"{municipality}-{last}.json")
    return None if path is None else read_ledger(path)


def _latest(path: Path) -> Path | None:
    """Find the last edition of a ledger, None where there is none."""
    number = 0
    while _edition(path, number + 1).exists():
        number += 1
    return _edition(path, number) if number else None


def _edition(path: Path, number: int) -> Path:
    return path if number == 1 else path.with_suffix(f".{number}{path.suffix}")


def _from_0(content: dict[str, Any]) -> dict[str, Any]:
    """Version 0 had no number: one unit and one finding a line, no purpose, and no year that it began in."""
    lines = []
    for line in content.get("lines", ()):
        old = dict(line)
        unit, finding = old.pop("unit", ""), old.pop("finding", "")
        lines.append(
            {
                "since": content.get("year"),
                "units": [unit] if unit else [],
                "findings": [finding] if finding else [],
                "purpose": "own_development" if unit else "steering",
                **old,
            }
        )
    return {**content, "version": 1, "lines": lines}


#: From each older form to the one after it.
_NEXT_FORM: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {0: _from_0}
