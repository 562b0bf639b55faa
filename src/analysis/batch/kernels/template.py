"""The template: a process that has imported what notebooks import, and forks a kernel for each request.

Run as a process of its own by `analysis.batch.kernels.processes`. It imports, reads files of the package,
sets the type that every figure needs, and computes nothing else: what has computed may hold threads and locks
that no fork survives.
"""

from __future__ import annotations

import contextlib
import gc
import os
import platform
import select
import signal
import socket
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from analysis.batch.kernels.child import Request, become_kernel
from analysis.batch.kernels.own_files import change_times, have_changed, list_own_files, read_own_files
from analysis.batch.kernels.pages import gather_pages
from analysis.batch.kernels.wire import receive, send

#: What the process is started with. pandas asks when it is imported whether it is in a notebook, and shows
#: tables in another width where it is not. It is imported with the first module of the package, so it must be
#: told before that.
BEGIN = """
import builtins, types
builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)
import pandas
del builtins.get_ipython
from analysis.batch.kernels.template import main
main({descriptor}, {owner})
"""
#: What a notebook's cells import, and the kernel itself. matplotlib's inline backend is not among them:
#: imported before there is a kernel, it shows figures as text.
IMPORTS = (
    "numpy",
    "scipy.stats",
    "pandas",
    "pyarrow.parquet",
    "duckdb",
    "matplotlib.pyplot",
    "statsmodels.api",
    "statsmodels.formula.api",
    "seaborn",
    "analysis.batch.opening",
    "analysis.batch.municipality",
    "analysis.show",
    "analysis.stats.cumulative",
    "analysis.batch.kernels.app",
    "ipykernel_launcher",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "encodings.idna",
    "faulthandler",
    "importlib.readers",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
    # What those above import when they are first used.
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "font_source_sans_pro",
    "importlib.resources.readers",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "pandas.core.arrays.arrow._arrow_utils",
    "pandas.core.arrays.arrow.extension_types",
    "pandas.core.methods.to_dict",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "pyarrow.dataset",
    "pyarrow.pandas_compat",
    "weightipy",
)
_NOT_BEFORE_THE_FORK = "matplotlib_inline.backend_inline"
#: How often the owner is looked for, in seconds; its end is most often seen at once, by its channel's end.
_LOOK_FOR_OWNER = 1.0


def main(descriptor: int, owner: int) -> None:
    """Import, say so, then fork kernels on request until the owner (a process id) is gone.

    Returns in the template at its end, and in each kernel at the kernel's end: either process then finishes
    as Python processes do.
    """
    # Put there for `python -c`; a kernel adds its own folder itself.
    sys.path.remove("")
    control = socket.socket(fileno=descriptor)
    try:
        for name in IMPORTS:
            import_module(name)
        # Before what they say is read: what changes meanwhile is seen by its time.
        sources = change_times(list_own_files())
        # Here, for it imports ipykernel.
        from analysis.batch.kernels.app import list_modules  # noqa: PLC0415

        # Asked for by every kernel, and found out by starting a process.
        platform.uname().processor  # noqa: B018
        read_own_files()
        # What that imported comes to it.
        sources = change_times(list_own_files()) | sources
        check_single_thread()
        list_modules()
    except Exception as error:
        send(control, {"error": f"{type(error).__name__}: {error}"})
        return
    # What is there now is never freed: kernels share its pages for as long as nobody writes to them.
    gc.collect()
    gc.freeze()
    gather_pages()
    nursery = _Nursery(control, owner, sources)
    send(control, {"ready": os.getpid()})
    request = nursery.serve()
    if request is not None:
        become_kernel(request)


def check_single_thread() -> None:
    """Raise RuntimeError where another thread lives, or what must not be imported before a fork is.

    The system is asked, not Python: libraries start threads of their own.
    """
    tasks = [path / "comm" for path in Path("/proc/self/task").iterdir()]
    if len(tasks) > 1:
        raise RuntimeError("threads are alive: " + ", ".join(sorted(t.read_text().strip() for t in tasks)))
    if _NOT_BEFORE_THE_FORK in sys.modules:
        raise RuntimeError(f"{_NOT_BEFORE_THE_FORK} is imported")


@dataclass
class _Nursery:
    control: socket.socket
    owner: int
    sources: dict[str, int]

    def __post_init__(self) -> None:
        self.kernels: dict[int, socket.socket] = {}
        self.retired = False
        self.wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.own_files = (self.wake, waker)
        # Without a handler the signal is ignored, and nothing wakes the waiting below.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

    def serve(self) -> Request | None:
        """Fork kernels; return a request in a kernel's process, None in the template when it is to end."""
        # select() knows the first 1024 descriptors only, and each kernel has one here.
        waiting = select.poll()
        for file in (self.control.fileno(), self.wake):
            waiting.register(file, select.POLLIN)
        while os.getppid() == self.owner and not (self.retired and not self.kernels):
            ready = dict(waiting.poll(1000 * _LOOK_FOR_OWNER))
            if self.wake in ready:
                os.read(self.wake, 4096)
                self._report_deaths()
            if self.control.fileno() in ready:
                message = receive(self.control)
                if message is None:
                    break
                request = self._answer(*message)
                if request is not None:
                    return request
        for pid in self.kernels:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
        return None

    def _answer(self, content: dict[str, Any], files: list[int]) -> Request | None:
        if content["do"] == "retire":
            self.retired = True
            return None
        if have_changed(self.sources):
            send(self.control, {"refused": "changed"})
        else:
            try:
                check_single_thread()
                pid = os.fork()
            except (OSError, RuntimeError) as error:
                send(self.control, {"refused": str(error)})
            else:
                report, *streams = files
                if pid == 0:
                    self._let_go(report)
                    return Request(streams=streams, **content["kernel"])
                self.kernels[pid] = socket.socket(fileno=report)
                files = streams
                send(self.control, {"pid": pid})
        for file in files:
            os.close(file)
        return None

    def _let_go(self, report: int) -> None:
        """Close in a kernel what is the template's: an open copy would hide the template's end."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for file in (*self.own_files, report):
            os.close(file)
        self.control.close()
        for channel in self.kernels.values():
            channel.close()

    def _report_deaths(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            with contextlib.suppress(KeyError, OSError), self.kernels.pop(pid) as channel:
                send(channel, {"exit": os.waitstatus_to_exitcode(status)})
