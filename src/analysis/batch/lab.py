"""JupyterLab on the project's notebooks, with warm kernels to choose."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from analysis.batch.kernels.spec import install_kernelspec


def open_lab(root: Path, options: Iterable[str]) -> None:
    """Become JupyterLab in the project's folder; `options` are handed on to it."""
    try:
        install_kernelspec()
    except OSError as error:
        # An environment that others look after. Ordinary kernels do the same.
        print(f"No warm kernels: {error.filename}: {error.strerror}", file=sys.stderr)
    os.chdir(root)
    # This Python's own JupyterLab: another on the path has another environment.
    own = [f"--ServerApp.root_dir={root}", "--LabApp.default_url=/lab/tree/notebooks"]
    command = [sys.executable, "-m", "jupyterlab", *own, *options]
    if os.name == "nt":
        # Becoming another program is to start it and leave there, with arguments that blanks divide.
        raise SystemExit(subprocess.call(command))
    os.execv(sys.executable, command)
