"""Kernels that tests start by name, as any Jupyter client does, and talk to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager


@dataclass
class Started:
    """A kernel and its client."""

    manager: KernelManager
    client: BlockingKernelClient

    @property
    def pid(self) -> int:
        return self.manager.provisioner.pid

    def say(self, code: str) -> str:
        """Run code and return what it printed and the errors it raised."""
        said = []

        def hear(message: dict) -> None:
            content = message["content"]
            said.append(content.get("text", "") or content.get("ename", ""))

        self.client.execute_interactive(code, output_hook=hear, timeout=60, allow_stdin=False)
        return "".join(said).strip()


@contextmanager
def started(name: str = "tilstand", **options: object) -> Iterator[Started]:
    """Start a kernel; end it, however it is by then."""
    manager = KernelManager(kernel_name=name)
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Started(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def is_gone(pid: int) -> bool:
    """Whether a process has ended, waited for or not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def soon(true: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether something becomes true within some seconds."""
    last = time.monotonic() + seconds
    while not true():
        if time.monotonic() > last:
            return False
        time.sleep(0.02)
    return True


def is_warm(pid: int) -> bool:
    """Whether a kernel's process was forked from a template."""
    return "kernels.template" in " ".join(psutil.Process(pid).cmdline())


def script(path: Path, text: str) -> Path:
    """Write a script for a process of its own."""
    path.write_text(text, encoding="utf-8")
    return path
