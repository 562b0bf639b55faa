"""The package's own files in a template: read once for all its kernels, and watched for changes."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import sys
from collections.abc import Iterable

from analysis.core.language import CATALOGUES, Language, known_languages


def read_own_files() -> None:
    """Read what every notebook reads of the package and keeps: its languages, how figures look, their type.

    Nothing may stay open: kernels would share the place up to which a file is read.
    """
    # Import matplotlib.
    from analysis.show.sheet import Sheet  # noqa: PLC0415
    from analysis.show.style import drawing  # noqa: PLC0415

    for code in known_languages():
        language = Language(code)
        language.series([language.number(-1234.5, 1), language.date(dt.date(2025, 6, 16))])
        language.plural("{n} unit", "{n} units", 2)
    with drawing():
        pass
    sheet = Sheet(10)
    for strong in (False, True):
        for text in (_alphabet(), *map(str, range(101)), *_scores()):
            sheet.write(0, 5, text, strong=strong)
    sheet.svg()
    sheet.png()


def _alphabet() -> str:
    letters = {letter for file in CATALOGUES.rglob("*.po") for letter in file.read_text(encoding="utf-8")}
    return "".join(sorted(letter for letter in letters if letter.isprintable()))


def _scores() -> list[str]:
    return [f"{sign}{tenth // 10},{tenth % 10}" for sign in ("", "+", "−") for tenth in range(70)]


def list_own_files() -> list[str]:
    """Return the package's files that are imported or are read."""
    own = [module for name, module in list(sys.modules.items()) if name.partition(".")[0] == "analysis"]
    files = [file for module in own if (file := getattr(module, "__file__", None))]
    return [*files, *_catalogues()]


def have_changed(known: dict[str, int]) -> bool:
    """Return whether a file has another time of change than the known one, is gone, or is a new catalogue."""
    return known != change_times([*known, *_catalogues()])


def _catalogues() -> list[str]:
    return [str(file) for file in CATALOGUES.rglob("*.po")]


def change_times(files: Iterable[str]) -> dict[str, int]:
    """Return the time of last change of each file that is there, in nanoseconds."""
    found = {}
    for file in files:
        with contextlib.suppress(OSError):
            found[file] = os.stat(file).st_mtime_ns
    return found
