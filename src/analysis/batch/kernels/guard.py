"""Bounds of one run: its time, its memory, and how much it may show; and who watches that they are kept."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from analysis.core.errors import BuildError

_MIB = 2**20
#: Forked from a template, or started each as a Python of its own.
KERNELS = ("warm", "ordinary")
#: Seconds between two looks at a kernel's memory.
_LOOK_EVERY = 0.1


class TookTooLong(BuildError):  # noqa: N818 - the house names errors by what is wrong
    """A run did not end within its time."""


class TooMuchMemory(BuildError):  # noqa: N818
    """A run needed more memory than it may have."""


class TooMuchOutput(BuildError):  # noqa: N818
    """A notebook showed more than can be kept."""


@dataclass(frozen=True, kw_only=True)
class RunLimits:
    """What kind of kernel runs get (one of KERNELS), and what each run may use. None is no limit.

    Time holds for each book of a report as well, what may be shown for notebooks alone. A report takes
    several times a notebook's memory, and has a bound of its own.
    """

    kernels: str = "warm"
    seconds: float | None = 3600.0
    memory_mib: int | None = None
    report_memory_mib: int | None = None
    output_mib: int = 64


class Guard:
    """Watches the kernel of one run and ends it where it goes over a limit; `fault` then says which.

    A context manager; between its entry and its exit `began` and `ending` tell it of kernels.
    """

    #: What to do about a run that takes too long.
    late = "look for a loop without an end, or give more with --timeout"

    def __init__(self, limits: RunLimits) -> None:
        self.limits = limits
        self.fault: BuildError | None = None
        #: Whether a kernel ended because its template did.
        self.lost = False
        #: Why the kernel was an ordinary one, where it was to be a warm one.
        self.ordinary = ""
        self.peak_mib: int | None = None
        self._pid: int | None = None
        self._begun: float | None = None
        self._shown = 0
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._watch, name="guard", daemon=True)

    def __enter__(self) -> Guard:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def began(self, pid: int) -> None:
        """Watch the kernel with this process id from now on. Its time runs from here."""
        with self._lock:
            self._pid, self._begun = pid, time.monotonic()

    def ending(self) -> None:
        """Look at the kernel's most memory, and then no more at it: its id may soon be another's."""
        with self._lock:
            self._note_peak()
            self._pid = None

    def showed(self, size: int) -> None:
        """Count output of so many bytes."""
        self._shown += size
        if self._shown > self.limits.output_mib * _MIB:
            self._end(
                TooMuchOutput(
                    "the notebook shows more than can be kept",
                    found=f"more than {self.limits.output_mib} MiB",
                    expected=f"at most {self.limits.output_mib} MiB of text and figures in all cells",
                    todo="print less, or save it to a file",
                )
            )

    def _watch(self) -> None:
        limits = self.limits
        while not self._over.wait(_LOOK_EVERY):
            late = None not in (self._begun, limits.seconds)
            if late and time.monotonic() - self._begun > limits.seconds:
                self._end(
                    TookTooLong(
                        "the run did not end within its time",
                        found=f"more than {limits.seconds:g} s",
                        expected=f"at most {limits.seconds:g} s",
                        todo=self.late,
                    )
                )
            if limits.memory_mib is not None and (has := self._memory() / _MIB) > limits.memory_mib:
                self._end(
                    TooMuchMemory(
                        "the run needs more memory than it may have",
                        found=f"{has:.0f} MiB",
                        expected=f"at most {limits.memory_mib} MiB",
                        todo="give more with --memory, and fewer --workers where there is no more",
                    )
                )

    def _end(self, fault: BuildError) -> None:
        with self._lock:
            self.fault = self.fault or fault
            self._kill()

    def _memory(self) -> int:
        """Return the bytes of memory that what is watched has now."""
        pid = self._pid
        return 0 if pid is None else sum(map(resident, family(pid)))

    def _kill(self) -> None:
        """End what is watched. The lock is held."""
        if self._pid is not None:
            # Of a dead process the system tells nothing.
            self._note_peak()
            with contextlib.suppress(OSError):
                _kill(self._pid)

    def _note_peak(self) -> None:
        if self._pid is not None:
            self.peak_mib = _peak_mib(self._pid) or self.peak_mib


def _kill(pid: int) -> None:
    """End a kernel, and what it has started where processes have groups."""
    if hasattr(os, "killpg"):
        os.killpg(pid, signal.SIGKILL)
    else:
        os.kill(pid, signal.SIGTERM)


def family(pid: int) -> Iterator[int]:
    """Yield a process, all that it has started, and these again; it alone where the system does not say."""
    yield pid
    for child in children(pid):
        yield from family(child)


def children(pid: int) -> list[int]:
    """Return the processes that a process's threads have started; none where the system does not say."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            # A thread may end meanwhile.
            with contextlib.suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return found


def resident(pid: int) -> int:
    """Return the bytes of memory that a process has, what it shares with others included; 0 where unknown."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    return 0


def _peak_mib(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        if found := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text()):
            return round(int(found[1]) / 1024)
    return None
