"""What a kernel is spared in each cell: a wake-up, a wait, and making the same twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream


class Held:
    """Takes messages for the thread that sends them, without waking it."""

    def __init__(self, thread: IOPubThread) -> None:
        self._thread = thread

    def send_multipart(self, message: list[bytes], **options: Any) -> None:
        """Put a message before those that are sent next."""
        if self._thread.thread.is_alive():
            self._thread._events.append(lambda: self._thread._really_send(message, **options))
        else:
            self._thread.send_multipart(message, **options)


class Once:
    """Makes Python of a cell once, where the kernel and then its shell ask for it."""

    def __init__(self, transform: Callable[[str], str]) -> None:
        self._transform = transform
        self._made: tuple[str, str] | None = None

    def __call__(self, cell: str) -> str:
        """Return the cell as Python."""
        made, self._made = self._made, None
        if made is not None and made[0] == cell:
            return made[1]
        transformed = self._transform(cell)
        self._made = cell, transformed
        return transformed

    def forget(self) -> None:
        """Ask again, whatever the next cell is."""
        self._made = None


class Stream(OutStream):
    """The standard output of ipykernel, which lets nobody wait where nothing was written.

    The kernel flushes it and the standard error twice in a cell, each time waiting for another thread.
    """

    #: Stand for the last text that was written, and for the last that was surely handed on.
    _written: object = None
    _flushed: object = None

    def write(self, string: str) -> int | None:
        """Take text, to be sent soon."""
        taken = super().write(string)
        # After: another thread may flush in between, and need not have found the text.
        self._written = object()
        return taken

    def flush(self) -> None:
        """Return when what was written has been handed on."""
        written = self._written
        if self._flushed is not written:
            super().flush()
            # After: another thread's flush meanwhile has to wait as well.
            self._flushed = written
