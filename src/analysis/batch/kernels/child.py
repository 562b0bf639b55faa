"""What a forked process does to be as fresh as one that was started, before it is a kernel or a worker."""

from __future__ import annotations

import contextlib
import ctypes
import locale
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

_PR_SET_PDEATHSIG = 1
#: Of glibc, in bytes: what is free at the heap's end and is kept, and from which size on a piece of memory is
#: not taken from the heap (32 MiB is the most there is).
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT = {_M_TRIM_THRESHOLD: 64 * 2**20, _M_MMAP_THRESHOLD: 32 * 2**20}


@dataclass(frozen=True)
class Request:
    """What is wanted of a kernel: ipykernel's own arguments, and what `subprocess.Popen` would be given.

    `streams` are open descriptors for its standard input, output and error.
    """

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    streams: list[int]


@dataclass(frozen=True)
class WorkerRequest:
    """What is wanted of a worker: what multiprocessing would start a new interpreter with.

    `files` are open descriptors, to be had under the `numbers` that they have in the batch's own process.
    `pipe` and `tracker` are two of these: where the worker reads what it is to do, and where it notes what
    somebody has to clear away after it.
    """

    environment: dict[str, str]
    folder: str
    streams: list[int]
    files: list[int]
    numbers: list[int]
    pipe: int
    tracker: int

    def placed(self) -> WorkerRequest:
        """Give the files their numbers, whatever has them now."""
        # Out of the way first: one may have the number that another is to have.
        free = max(self.numbers) + 1
        moved = [_moved(file, free) for file in (*self.streams, *self.files)]
        streams, files = moved[:3], moved[3:]
        for file, number in zip(files, self.numbers, strict=True):
            os.dup2(file, number)
            os.close(file)
        return replace(self, streams=streams, files=self.numbers)

    def close(self) -> None:
        """Close all that is open, in a process that is not to be the worker."""
        for file in (*self.streams, *self.files):
            os.close(file)


def _moved(file: int, least: int) -> int:
    """Return another descriptor of an open file, of that number or above, in the place of this one."""
    # Here: Windows, which forks nothing, has no such module.
    import fcntl  # noqa: PLC0415

    other = fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, least)
    os.close(file)
    return other


def read_request(content: dict[str, Any], files: list[int]) -> Request | WorkerRequest:
    """Return what a message to a template asks for, with the open files that came with it."""
    if "kernel" in content:
        return Request(streams=files, **content["kernel"])
    return WorkerRequest(streams=files[:3], files=files[3:], **content["worker"])


def become_kernel(request: Request) -> None:
    """Be the kernel that is asked for until it is shut down. Call it in a newly forked process alone."""
    template = os.getppid()
    # A group of its own: signals for the kernel reach what it has started, and nothing else.
    os.setsid()
    _die_with_the_parent(template)
    # As the launcher of ordinary kernels says it.
    _take_surroundings(request, {"JPY_PARENT_PID": str(template)})

    import ipykernel_launcher  # noqa: PLC0415 - imported in the template

    from analysis.batch.kernels.app import WarmApp  # noqa: PLC0415

    sys.argv = [ipykernel_launcher.__file__, *request.arguments]
    # Given, because the default is read when the class is defined, which was in the template: the kernel
    # would outlive its owner.
    WarmApp.launch_instance(argv=request.arguments, parent_handle=template)


def become_worker(request: WorkerRequest, at_end: Callable[[], None]) -> None:
    """Be the worker that is asked for, call `at_end`, and end. Call it in a newly forked process alone."""
    _take_surroundings(request, {})

    from multiprocessing.spawn import spawn_main  # noqa: PLC0415 - imported in the template

    # By this it knows itself to be started by multiprocessing.
    sys.argv = ["-c", "--multiprocessing-fork"]
    try:
        spawn_main(pipe_handle=request.pipe, tracker_fd=request.tracker)
    except EOFError:
        # The batch was given up before it had said what there is to do.
        os._exit(1)
    except SystemExit as end:
        at_end()
        sys.stdout.flush()
        sys.stderr.flush()
        # As multiprocessing ends what it forks: what was imported is the template's to clear away.
        os._exit(int(end.code or 0))


def _take_surroundings(request: Request | WorkerRequest, more: dict[str, str]) -> None:
    for number, stream in enumerate(request.streams):
        os.dup2(stream, number)
    for stream in request.streams:
        if stream > 2:
            os.close(stream)
    os.environ.clear()
    os.environ.update(request.environment | more)
    os.chdir(request.folder)
    time.tzset()
    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, "")
    _begin_chance_anew()
    _set_drawing()
    _keep_what_is_freed()


def _die_with_the_parent(parent: int) -> None:
    # The poller that ipykernel has for this looks once a second, from a thread that a long computation in C
    # holds up.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _begin_chance_anew() -> None:
    """Give the random generators that are shared by name a state of their own, as a new process has."""
    import numpy as np  # noqa: PLC0415

    random.seed()
    np.random.seed()


def _keep_what_is_freed() -> None:
    """Have the C library keep freed memory up to some size, where it is glibc.

    Figures are drawn on canvases of megabytes, one after the other. The system would take each back, and give
    it page by page again.
    """
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):
        for option, size in _KEPT.items():
            mallopt(option, size)


def _set_drawing() -> None:
    """Take the drawing backend from the environment, as matplotlib does when it is imported."""
    import matplotlib as mpl  # noqa: PLC0415

    if backend := os.environ.get("MPLBACKEND"):
        with contextlib.suppress(ValueError):
            mpl.rcParams["backend"] = mpl.rcParamsOrig["backend"] = backend
