"""The kernelspec by which JupyterLab, papermill, nbclient and nbval find warm kernels."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from analysis.batch.kernels.provisioner import LAUNCHER, PROVISIONER
from analysis.core.paths import write_text

#: The name to ask for: `papermill --kernel tilstand`, `pytest --nbval-kernel-name tilstand`.
KERNEL = "tilstand"


def install_kernelspec(prefix: Path | None = None) -> Path:
    """Write the kernelspec into this Python's environment, or into `prefix`; return its folder.

    Raises OSError where that may not be written.
    """
    folder = Path(prefix or sys.prefix) / "share" / "jupyter" / "kernels" / KERNEL
    content = {
        "argv": [sys.executable, *LAUNCHER, "-f", "{connection_file}"],
        "display_name": "Python (Tilstand, warm)",
        "language": "python",
        # The template has this one: a kernel with another order of sets would be no copy of it.
        "env": {"PYTHONHASHSEED": "0"},
        "metadata": {"debugger": True, "kernel_provisioner": {"provisioner_name": PROVISIONER}},
    }
    write_text(folder / "kernel.json", json.dumps(content, indent=1) + "\n")
    return folder
