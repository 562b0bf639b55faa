"""What a forked process does to be as fresh as one that was started, before it becomes a kernel."""

from __future__ import annotations

import contextlib
import ctypes
import locale
import os
import random
import signal
import sys
import time
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Request:
    """What is wanted of a kernel: ipykernel's own arguments, and what `subprocess.Popen` would be given.

    `streams` are open descriptors for its standard input, output and error.
    """

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    streams: list[int]


def become_kernel(request: Request) -> None:
    """Be the kernel that is asked for until it is shut down. Call it in a newly forked process alone."""
    template = os.getppid()
    # A group of its own: signals for the kernel reach what it has started, and nothing else.
    os.setsid()
    _die_with_the_parent(template)
    for number, stream in enumerate(request.streams):
        os.dup2(stream, number)
    for stream in request.streams:
        if stream > 2:
            os.close(stream)
    # As the launcher of ordinary kernels says it.
    os.environ.clear()
    os.environ.update(request.environment | {"JPY_PARENT_PID": str(template)})
    os.chdir(request.folder)
    time.tzset()
    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_CTYPE, "")
    _begin_chance_anew()
    _set_drawing()

    import ipykernel_launcher  # noqa: PLC0415 - imported in the template

    from analysis.batch.kernels.app import WarmApp  # noqa: PLC0415

    sys.argv = [ipykernel_launcher.__file__, *request.arguments]
    # Given, because the default is read when the class is defined, which was in the template: the kernel
    # would outlive its owner.
    WarmApp.launch_instance(argv=request.arguments, parent_handle=template)


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


def _set_drawing() -> None:
    """Take the drawing backend from the environment, as matplotlib does when it is imported."""
    import matplotlib as mpl  # noqa: PLC0415

    if backend := os.environ.get("MPLBACKEND"):
        with contextlib.suppress(ValueError):
            mpl.rcParams["backend"] = mpl.rcParamsOrig["backend"] = backend
