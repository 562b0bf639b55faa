"""Real Quarto where it is installed: finding it, and what its version can make."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NEEDED = {"html": (1, 7), "docx": (1, 7), "pdf": (1, 9)}
"""The first version of Quarto that makes each format of a book as the reports need it."""


@dataclass(frozen=True)
class Quarto:
    """A Quarto that was found: the command and its version."""

    path: Path
    version: tuple[int, ...]

    def __str__(self) -> str:
        return ".".join(str(n) for n in self.version)

    def makes(self, formats: Sequence[str]) -> bool:
        """Say whether this version is new enough for all of the formats."""
        return all(self.version >= NEEDED[fmt] for fmt in formats)


def find_quarto() -> Quarto | None:
    """Find `quarto` beside the Python that runs this, or on the path; None where there is none that runs."""
    beside = Path(sys.executable).with_name("quarto")
    found = str(beside) if beside.is_file() else shutil.which("quarto")
    return _asked(found) if found else None


@cache
def _asked(path: str) -> Quarto | None:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    # The pip package `quarto-cli` leaves a command behind even where its download was refused.
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", done.stdout)
    if done.returncode or not match:
        return None
    return Quarto(Path(path), tuple(int(n) for n in match.groups() if n is not None))
