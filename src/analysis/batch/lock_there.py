"""One batch at a time at an address: a file there says who is at work."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections.abc import Iterator

from analysis.batch.lock import LOCK
from analysis.core.errors import BuildError, DataError
from analysis.core.remote import Remote, reached


@contextlib.contextmanager
def hold_there(remote: Remote) -> Iterator[None]:
    """Hold the build at an address while the block runs.

    Raises BuildError, saying who has it, where it is taken. The file stays when its batch is killed; one of a
    process of this machine that is no more is taken over.
    """
    path = remote.path(LOCK)
    me = f"{os.getpid()} {socket.gethostname()} {secrets.token_hex(8)}"
    with reached(remote.address):
        holder = _text(remote, path)
        if holder and not _is_dead(holder):
            raise _taken(remote, holder)
        if holder:
            remote.files.rm_file(path)
        try:
            _create(remote, path, me)
        except OSError as error:
            # Not every store says so in the same words that it is there already; and where the answer to the
            # first try was lost, it is there by a second one's.
            if not isinstance(error, FileExistsError) and not _text(remote, path):
                raise
        # Where "create" means no more than "write", the last of two wins, and the first most often sees it
        # here: not where the second has looked before the first has written, and writes after this.
        if (holder := _text(remote, path)) != me:
            raise _taken(remote, holder)
    try:
        yield
    finally:
        with contextlib.suppress(DataError), reached(remote.address):
            remote.files.rm_file(path)


def _create(remote: Remote, path: str, text: str) -> None:
    try:
        remote.files.pipe_file(path, text.encode(), mode="create")
    except FileNotFoundError:
        # An object store misses no folder but its bucket, and must not be asked for a new one.
        if not remote.root.startswith("/"):
            raise
        remote.files.makedirs(remote.root, exist_ok=True)
        remote.files.pipe_file(path, text.encode(), mode="create")


def _text(remote: Remote, path: str) -> str:
    remote.files.invalidate_cache()
    try:
        return remote.files.cat_file(path).decode(errors="replace")
    except FileNotFoundError:
        return ""


def _is_dead(holder: str) -> bool:
    """Whether the holder was a process of this machine that is no more. Of others nothing is known."""
    pid, host, *_ = [*holder.split(), "", ""]
    if host != socket.gethostname() or not pid.isdecimal() or os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _taken(remote: Remote, holder: str) -> BuildError:
    pid, host, *_ = [*holder.split(), "?", "?"]
    return BuildError(
        "another batch is at work in this build folder",
        where=remote.address,
        found=f"process {pid} on {host}",
        expected="one batch at a time",
        todo=f"wait until it has ended; where it was killed, remove {remote.address.rstrip('/')}/{LOCK}",
    )
