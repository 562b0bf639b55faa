"""Seconds, processor time and the most memory of a command or a call, with all processes that it starts.

Nothing heavy may be imported in a process that calls `measure_command`: on Linux the most memory of a new
process begins at what the process that started it had.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any

import psutil

_MIB = 2**20
# Linux gives it in KiB, macOS in bytes.
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024
# Adding up what the system knows of a process takes milliseconds, and many for a large one: at most so often,
# and never so often that looking takes more than this share of the time.
_SAMPLE_EVERY, _SAMPLE_SHARE = 0.25, 0.01
_PR_SET_CHILD_SUBREAPER = 36
_LONGEST_ORPHAN = 10.0


@dataclass(frozen=True)
class Measured:
    """Wall-clock and processor seconds, the most memory at once in MiB, and what came back."""

    seconds: float
    processor_seconds: float
    peak_mib: float
    result: Any = None


class _TreePeak:
    """Looks again and again at how much memory a process and all below it have together.

    Pages that processes share are counted once where the system tells (`Pss` in Linux).
    """

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._root, self._over = psutil.Process(pid), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _TreePeak:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        wait = _SAMPLE_EVERY
        while not self._over.wait(wait):
            began = time.thread_time()
            try:
                processes = [self._root, *self._root.children(recursive=True)]
            except psutil.Error:
                return
            self.peak = max(self.peak, sum(map(_memory, processes)))
            wait = max(_SAMPLE_EVERY, (time.thread_time() - began) / _SAMPLE_SHARE)


def _memory(process: psutil.Process) -> int:
    with contextlib.suppress(OSError):
        # The sum alone: to read every mapping, as psutil does, takes the system several times as long.
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
        if found := re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE):
            return 1024 * int(found[1])
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def measure_command(
    command: Sequence[str], *, cwd: Path, environment: Mapping[str, str] | None = None
) -> Measured:
    """Run a command in `cwd` and measure it with its processes; `result` is what it printed.

    Raises RuntimeError, with the end of what it printed, where it does not end well.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        _adopt_orphans()
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=printed, stderr=subprocess.STDOUT, text=True
        )
        with _TreePeak(process.pid) as tree:
            _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        outlived = _time_of_orphans()
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read()
    if process.returncode != 0:
        raise RuntimeError(f"exit code {process.returncode}: {' '.join(command)}\n{text[-3000:]}")
    # A peak between two looks is missed; the largest process's own is not.
    peak = max(tree.peak / _MIB, used.ru_maxrss * _MAXRSS_UNIT / _MIB)
    return Measured(seconds, used.ru_utime + used.ru_stime + outlived, peak, text)


def _adopt_orphans() -> None:
    """Become the parent of processes whose own ends before them: the system gives their times to it alone.

    A template of kernels ends just after its worker, and with it goes the time of all its kernels.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _time_of_orphans() -> float:
    """Wait until what a command has left behind has ended, and return its processor seconds."""
    spent, last = 0.0, time.monotonic() + _LONGEST_ORPHAN
    while time.monotonic() < last:
        try:
            pid, _, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        spent += used.ru_utime + used.ru_stime
        if not pid:
            time.sleep(0.01)
    return spent


def measure_call(call: Callable[[], Any]) -> Measured:
    """Call a function and measure this process and those that it starts; `result` is what it returned.

    Memory is what the whole process has meanwhile, not what the call added.
    """
    used, start = _processor_seconds(), time.perf_counter()
    with _TreePeak(os.getpid()) as tree:
        result = call()
    return Measured(time.perf_counter() - start, _processor_seconds() - used, tree.peak / _MIB, result)


def middle(measured: Sequence[Measured]) -> Measured:
    """Return the medians of several measurements, with the result of the last."""
    return Measured(
        median(m.seconds for m in measured),
        median(m.processor_seconds for m in measured),
        median(m.peak_mib for m in measured),
        measured[-1].result,
    )


def _processor_seconds() -> float:
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)
