"""One batch at a time in a build folder."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from analysis.core.errors import BuildError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

LOCK = ".lock"


@contextlib.contextmanager
def hold(build: Path) -> Iterator[None]:
    """Hold the build folder while the block runs; raise BuildError, saying who has it, where it is taken.

    The operating system lets go of the lock when its holder dies, however that happens: a lock file that
    a killed batch left behind stops nobody.
    """
    build.mkdir(parents=True, exist_ok=True)
    path = build / LOCK
    descriptor = _take(path)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()} {socket.gethostname()}\n".encode())
        yield
    finally:
        if fcntl is None:
            # Windows removes no file that is open, and there the file itself is the lock.
            os.close(descriptor)
        # Elsewhere while it is still held: whoever waits for it finds out that it has no name any more.
        with contextlib.suppress(OSError):
            path.unlink()
        if fcntl is not None:
            os.close(descriptor)


def _take(path: Path) -> int:
    while True:
        # Where there are no locks on files, the file itself is the lock, and stays when a batch is killed.
        alone = os.O_EXCL if fcntl is None else 0
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | alone, 0o644)
        except FileExistsError:
            raise _taken(path, path.read_text(errors="replace").split()) from None
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(path, descriptor):
                return descriptor
        except BlockingIOError:
            holder = os.read(descriptor, 200).decode(errors="replace").split()
            os.close(descriptor)
            raise _taken(path, holder) from None
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the file that was locked is the one that has the name: its last holder may have removed it."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _taken(path: Path, holder: list[str]) -> BuildError:
    who = f"process {holder[0]} on {holder[1]}" if len(holder) == 2 else "another process"
    return BuildError(
        "another batch is at work in this build folder",
        where=str(path.parent),
        found=who,
        expected="one batch at a time",
        todo="wait until it has ended, or give another folder with --build",
    )
