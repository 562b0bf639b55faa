"""Kernel managers that wait for nothing but the kernel, and the one whose kernel is a run's own."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner

from analysis.batch.kernels.guard import Guard
from analysis.batch.kernels.provisioner import LAUNCHER, WarmProvisioner

#: The longest name that a Unix socket can have on every system, less the number that is put after it.
_LONGEST_SOCKET = 95
_LOOK_AGAIN = 0.002
_LONGEST_END = 5.0


class QuickClient(AsyncKernelClient):
    """Is ready when the kernel is.

    The client that it extends then waits another 0.2 s for stray messages. That is not needed: once the
    kernel has told of its idleness after a request, what it sent before has been received.
    """

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = True,
        hb: bool = False,
        control: bool = True,
    ) -> None:
        """Open the channels, but no heartbeat: its manager knows better whether a kernel lives."""
        super().start_channels(shell=shell, iopub=iopub, stdin=stdin, hb=hb, control=control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Return when the kernel answers on both channels; raise RuntimeError if it dies, or in time."""
        last = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            request = self.kernel_info()
            if await self._heard(self.shell_channel, request, "kernel_info_reply", 0.5):
                # Output is only sent to those who are known to listen: what was missed is asked for again.
                if await self._heard(self.iopub_channel, request, "status", 0.05):
                    return
            elif not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > last:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    async def _heard(self, channel: Any, request: str, kind: str, seconds: float) -> bool:
        last = time.monotonic() + seconds
        while (left := last - time.monotonic()) > 0:
            try:
                message = await channel.get_msg(timeout=left)
            except Empty:
                return False
            if message["parent_header"].get("msg_id") != request or message["msg_type"] != kind:
                continue
            if kind == "kernel_info_reply":
                self._handle_kernel_info_reply(message)
                return True
            if message["content"]["execution_state"] == "idle":
                return True
        return False


class QuickKernel(AsyncKernelManager):
    """Starts and ends kernels without the fixed waits of the manager that it extends."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.client_factory = QuickClient

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """End the kernel; `now` kills it and returns as soon as it is dead."""
        if not now or not self.has_kernel:
            await super().shutdown_kernel(now=now, restart=restart)
            return
        self.shutting_down = True
        self.stop_restarter()
        await self.provisioner.kill(restart=restart)
        last = time.monotonic() + _LONGEST_END
        while await self.provisioner.poll() is None and time.monotonic() < last:
            await asyncio.sleep(_LOOK_AGAIN)
        if await self.provisioner.poll() is not None:
            await self.provisioner.wait()
        await self.cleanup_resources(restart=restart)


class RunKernel(QuickKernel):
    """Starts the kernel of one run; `folder` holds everything that belongs to the kernel.

    A kernelspec called `python3` may point to any Python on the user's machine, so none is looked up. TCP
    ports are found free and taken by another before they are used (papermill issue 511), and sockets with
    relative names collide between parallel runs: sockets in a private folder do neither.
    """

    folder: Path
    guard: Guard

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Nobody asks a run for what it was told: its history is a database that is made and thrown away. A
        # cell's end is not waited for: the client reads until it has heard of it.
        arguments = (
            "--HistoryManager.enabled=False",
            "--IPythonKernel._execute_sleep=0",
            "--WarmApp.subshells=False",
        )
        command = [sys.executable, *LAUNCHER, "-f", "{connection_file}", *arguments]
        self._kernel_spec = KernelSpec(argv=command, display_name="Python 3", language="python")
        self.connection_file = str(self.folder / "kernel.json")
        if os.name == "posix" and len(self.connection_file) < _LONGEST_SOCKET:
            self.transport = "ipc"
            # Nobody else can get at the sockets: what comes from them needs no signature.
            self.session.key = b""

    async def start_kernel(self, **options: Any) -> None:
        """Start the kernel without the user's own profile; what it says of itself goes into a file."""
        env = {**os.environ, "IPYTHONDIR": str(self.folder / "ipython"), **options.pop("env", {})}
        if self.provisioner is None:
            warm = self.guard.limits.kernels == "warm"
            self.kernel_id = str(uuid.uuid4())
            # Made here: looking it up among the entry points of all packages takes longer than the fork.
            self.provisioner = (WarmProvisioner if warm else LocalProvisioner)(
                kernel_id=self.kernel_id, kernel_spec=self._kernel_spec, parent=self
            )
        with (self.folder / "stderr").open("wb") as stderr:
            await super().start_kernel(env=env, stderr=stderr, **options)
        self.guard.ordinary = getattr(self.provisioner, "ordinary", "")
        self.guard.began(self.provisioner.pid)
        if self.transport == "ipc":
            await self._sockets()

    async def _sockets(self) -> None:
        """Wait for the kernel's last socket: one that is not there is only tried again in 0.1 s."""
        last = Path(f"{self.ip}-{self.hb_port}")
        while not last.exists() and await self.is_alive():
            await asyncio.sleep(_LOOK_AGAIN)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """End the kernel, after noting the most memory it had."""
        self.guard.ending()
        await super().shutdown_kernel(now=now, restart=restart)

    async def is_alive(self) -> bool:
        """Return whether the kernel lives, after noting whether its template took it along."""
        alive = await super().is_alive()
        self.guard.lost = self.guard.lost or getattr(self.provisioner.process, "lost", False)
        return alive


def kernel_in(folder: Path, guard: Guard) -> type[RunKernel]:
    """Return a kernel manager class whose kernel lives in `folder` and is watched by `guard`."""
    return type("RunKernel", (RunKernel,), {"folder": folder, "guard": guard})
