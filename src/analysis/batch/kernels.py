"""The kernel that a run gets: this interpreter, a fresh process, sockets of its own, fixed surroundings."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec

#: The longest name that a Unix socket can have on every system, less the number that is put after it.
_LONGEST_SOCKET = 95


class RunKernel(AsyncKernelManager):
    """Starts kernels for runs, one at a time; `folder` holds everything that belongs to the kernel.

    A kernelspec called `python3` may point to any Python on the user's machine, so none is looked up. TCP
    ports are found free and taken by another before they are used (papermill issue 511), and sockets with
    relative names collide between parallel runs: sockets in a private folder do neither.
    """

    folder: Path
    peak_mib: int | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self._kernel_spec = KernelSpec(argv=command, display_name="Python 3", language="python")
        self.connection_file = str(self.folder / "kernel.json")
        if os.name == "posix" and len(self.connection_file) < _LONGEST_SOCKET:
            self.transport = "ipc"

    async def start_kernel(self, **options: Any) -> None:
        """Start the kernel without the user's own profile; what it says of itself goes into a file."""
        env = {**os.environ, "IPYTHONDIR": str(self.folder / "ipython"), **options.pop("env", {})}
        with (self.folder / "stderr").open("wb") as stderr:
            await super().start_kernel(env=env, stderr=stderr, **options)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """End the kernel, after noting the most memory it had."""
        type(self).peak_mib = _peak_mib(getattr(self.provisioner, "pid", None))
        await super().shutdown_kernel(now=now, restart=restart)


def kernel_in(folder: Path) -> type[RunKernel]:
    """Return a kernel manager class whose kernel lives in `folder`."""
    return type("RunKernel", (RunKernel,), {"folder": folder})


def _peak_mib(pid: int | None) -> int | None:
    with contextlib.suppress(OSError, TypeError):
        status = Path(f"/proc/{pid}/status").read_text()
        if found := re.search(r"VmHWM:\s+(\d+) kB", status):
            return round(int(found[1]) / 1024)
    return None
