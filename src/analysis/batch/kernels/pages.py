"""The memory of a template in few large pages, so that forking it copies few entries of its page table."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from pathlib import Path

#: Of Linux: gather what is there into large pages, now. Older systems than 6.1 refuse.
_MADV_COLLAPSE = 25
_LARGE = 2 * 2**20


def gather_pages() -> None:
    """Put this process's own memory into large pages as far as the system does that, and else do nothing.

    A kernel that writes gets a small page of its own, as it does from small ones.
    """
    with contextlib.suppress(OSError, AttributeError):
        advise = ctypes.CDLL(None).madvise
        advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        for first, end in list(_own_memory()):
            # Refused for some, such as stacks: they stay as they are.
            advise(first, end - first, _MADV_COLLAPSE)


def _own_memory() -> Iterator[tuple[int, int]]:
    """Yield first and end address of each stretch of memory that is no file's, in whole large pages."""
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        addresses, rights, _, _, inode, *name = line.split(maxsplit=5)
        if rights == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
            first, end = (int(address, 16) for address in addresses.split("-"))
            first, end = -(-first // _LARGE) * _LARGE, end // _LARGE * _LARGE
            if first < end:
                yield first, end
