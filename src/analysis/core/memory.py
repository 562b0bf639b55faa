"""Memory given back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_memory_back() -> None:
    """Let go of what is unreachable, and give the system what is free.

    After large work a process keeps most of it otherwise. What the C library keeps stays where it has no such
    call.
    """
    gc.collect()
    if (pyarrow := sys.modules.get("pyarrow")) is not None:
        # It keeps its own, apart from the C library's.
        pyarrow.default_memory_pool().release_unused()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
