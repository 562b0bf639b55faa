"""A project folder of a user's own, and the command run in it as a user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Project:
    """A folder with the project's notebooks, report sources and parameters, and nothing made yet."""

    root: Path

    def tilstand(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run the command in the folder; its words come back as they would stand in the terminal."""
        return subprocess.run(
            [sys.executable, "-m", "analysis.cli", *map(str, arguments)],
            cwd=self.root,
            env={**os.environ, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )

    def write(self, name: str, text: str) -> Path:
        """Write a file of the folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def make_project(root: Path) -> Project:
    """Copy what a run needs of this checkout into `root`."""
    root.mkdir(parents=True, exist_ok=True)
    for name in ("notebooks", "reports", "params"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in ("_quarto.yml", "requirements.lock"):
        shutil.copyfile(ROOT / name, root / name)
    return Project(root)


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder by its path from there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
