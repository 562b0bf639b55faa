"""The machine that was measured on: what it is, never what it is called."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from importlib import metadata
from pathlib import Path

import psutil

_PACKAGES = ("numpy", "pandas", "matplotlib", "duckdb", "papermill", "pypandoc_binary", "typst")


def describe_machine() -> str:
    """Return processor, cores, memory, system and versions as one line of text."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    return (
        f"{_processor()}, {usable} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB of memory; "
        f"{_system()}; Python {platform.python_version()}, {packages}. "
        f"Load average when it began: {os.getloadavg()[0]:.1f}."
    )


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return " ".join(value.split())
    return platform.processor() or platform.machine()


def _system() -> str:
    with suppress(OSError):
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']} ({platform.machine()})"
    return f"{platform.system()} {platform.release()} ({platform.machine()})"
