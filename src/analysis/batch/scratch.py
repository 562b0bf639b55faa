"""Folders of the kernels' own files, which hold keys and may hold answers: none long outlives its worker."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import tempfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_NAME = re.compile(r"ts-(?P<machine>[0-9a-f]{4})-(?P<pid>\d+)-.+")


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give an empty folder that only its owner can read, which says whose it is and goes with the block."""
    # Short: sockets lie in it, and the system allows their names no more than a hundred signs.
    prefix = f"ts-{_machine()}-{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@cache
def clear_scratch_of_the_dead() -> None:
    """Remove the folders of this machine's processes that were killed; once in a process."""
    with contextlib.suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob("ts-*"):
            found = _NAME.fullmatch(folder.name)
            if found and found["machine"] == _machine() and not is_alive(int(found["pid"])):
                shutil.rmtree(folder, ignore_errors=True)


def _machine() -> str:
    # Two containers may share the folder, with process numbers of their own.
    return f"{zlib.crc32(socket.gethostname().encode()) & 0xFFFF:04x}"


def is_alive(pid: int) -> bool:
    """Return whether this machine has a process with that number; True where it cannot be asked."""
    if os.name != "posix":
        # There a signal that only asks would end the process.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        # Another user's.
        return True
    return True
