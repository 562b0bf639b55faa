"""Memory given back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_memory_back() -> None:
    """Let go of what is unreachable, and give the system what is free.

    After large work a process keeps most of it otherwise. Of the second half nothing is done where the C
    library has no such call.
    """
    gc.collect()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
