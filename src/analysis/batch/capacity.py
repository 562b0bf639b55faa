"""How many workers this machine, or the container in it, has processors and memory for."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

#: Bytes that a worker has use for: itself, what forks its kernels, a kernel with one service's rows, every
#: second worker what a report of twenty services takes, and a share of the template.
_MEMORY_OF_A_WORKER = 896 * 2**20


def usable_processors() -> int:
    """Return how many processors this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def usable_memory() -> int | None:
    """Return how many bytes of memory this process and its children may have, or None where nobody says."""
    found = []
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE"))
    # A container's limit. "max", where it has none, is no number.
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            found.append(int((Path("/sys/fs/cgroup") / name).read_text()))
    return min(found, default=None)


def usable_workers() -> int:
    """Return how many workers there are processors and memory for: at least one."""
    memory = usable_memory()
    room = usable_processors() if memory is None else memory // _MEMORY_OF_A_WORKER
    return max(min(usable_processors(), room), 1)
