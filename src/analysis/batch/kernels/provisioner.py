"""Where Jupyter meets the template: a kernel provisioner whose kernels are forked, not started."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_client import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from analysis.batch.kernels.owner import fork_kernel
from analysis.batch.kernels.processes import NoTemplate

#: What follows the interpreter in the command of every ordinary Python kernel.
LAUNCHER = ("-m", "ipykernel_launcher")
#: The name of the entry point, by which a kernelspec asks for warm kernels.
PROVISIONER = "tilstand-warm"

_said: set[str] = set()


class WarmProvisioner(LocalProvisioner):
    """Has this process's template fork the kernel; starts an ordinary one, and says so, where that fails.

    All else is as with an ordinary kernel on this machine: the forked process stands in for the started one.
    """

    #: Why the kernel is an ordinary one; "" where it is not.
    ordinary = ""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Fork the kernel that the command would start."""
        try:
            arguments = _kernel_arguments(cmd)
            folder = os.fspath(options.get("cwd") or Path.cwd())
            # In a thread: a template that is not there yet, or that has old source, takes seconds to import,
            # in which a Jupyter server has other kernels to serve.
            self.process = await asyncio.to_thread(_fork, arguments, folder, options)
        except NoTemplate as error:
            self.ordinary = error.found
            if error.found not in _said:
                _said.add(error.found)
                self.log.warning("An ordinary kernel instead of a warm one: %s", error.found)
            return await super().launch_kernel(cmd, **options)
        # The kernel makes itself the first of a group.
        self.pid = self.pgid = self.process.pid
        self.cwd = Path(folder)
        return self.connection_info


def _kernel_arguments(command: list[str]) -> list[str]:
    """Return what ipykernel is to be told; raise NoTemplate where a template cannot stand for it."""
    interpreter, *rest = command
    if interpreter != sys.executable or tuple(rest[:2]) != LAUNCHER:
        raise NoTemplate("no template", found=f"it is started by {' '.join(command[:3])}")
    return rest[2:]


def _fork(arguments: list[str], folder: str, options: dict[str, Any]) -> Any:
    options = {name: value for name, value in options.items() if value is not None}
    known = {"env", "cwd", "stdin", "stdout", "stderr", "kernel_id", "extra_arguments", "independent"}
    if other := sorted(set(options) - known):
        raise NoTemplate("no template", found=f"it is started with {', '.join(other)}")
    if options.get("independent"):
        raise NoTemplate("no template", found="it is to outlive its owner")
    if not Path(folder).is_dir():
        raise NoTemplate("no template", found="its folder is missing")
    streams, opened = [], []
    try:
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            given = options.get(name, subprocess.DEVNULL if number == 0 else number)
            if given == subprocess.PIPE or (given == subprocess.STDOUT and name != "stderr"):
                raise NoTemplate("no template", found=f"its {name} is a pipe")
            if given == subprocess.DEVNULL:
                given = os.open(os.devnull, os.O_RDWR)
                opened.append(given)
            elif given == subprocess.STDOUT:
                given = streams[1]
            streams.append(given if isinstance(given, int) else given.fileno())
        return fork_kernel(arguments, options.get("env", os.environ), folder, streams)
    finally:
        for file in opened:
            os.close(file)
