"""Where processes are forked: on request, from one that has imported what they need, until its owner ends."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.batch.kernels.child import Request, WorkerRequest, read_request
from analysis.batch.kernels.own_files import have_changed
from analysis.batch.kernels.wire import receive, send

#: matplotlib's inline backend: imported before there is a kernel, it shows figures as text.
_NOT_BEFORE_THE_FORK = "matplotlib_inline.backend_inline"
#: How often the owner is looked for, in seconds; its end is most often seen at once, by its channel's end.
_LOOK_FOR_OWNER = 1.0


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
class Nursery:
    """Forks on request of the process `owner`, which has the other end of `control`.

    `sources` are the times of change of the files that were imported: when they differ, nothing is forked.
    """

    control: socket.socket
    owner: int
    sources: dict[str, int]

    def __post_init__(self) -> None:
        self.children: dict[int, socket.socket] = {}
        self.retired = False
        self.wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.own_files = (self.wake, waker)
        # Without a handler the signal is ignored, and nothing wakes the waiting below.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

    def serve(self) -> Request | WorkerRequest | None:
        """Fork; return what is asked of it in a new process, None in this one when it is to end."""
        # select() knows the first 1024 descriptors only, and each child has one here.
        waiting = select.poll()
        for file in (self.control.fileno(), self.wake):
            waiting.register(file, select.POLLIN)
        while os.getppid() == self.owner and not (self.retired and not self.children):
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
        for pid in self.children:
            # It may not be the first of its group yet.
            for end in (os.killpg, os.kill):
                with contextlib.suppress(OSError):
                    end(pid, signal.SIGKILL)
        return None

    def _answer(self, content: dict[str, Any], files: list[int]) -> Request | WorkerRequest | None:
        if content["do"] == "retire":
            self.retired = True
            self._end_unwanted()
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
                report, *given = files
                if pid == 0:
                    self._let_go(report)
                    return read_request(content, given)
                self.children[pid] = socket.socket(fileno=report)
                files = given
                send(self.control, {"pid": pid})
        for file in files:
            os.close(file)
        return None

    def _end_unwanted(self) -> None:
        """End what its owner has given up waiting for, and so knows nothing of."""
        for pid, channel in self.children.items():
            gone = select.poll()
            gone.register(channel, 0)
            if gone.poll(0):
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)

    def _let_go(self, report: int) -> None:
        """Close in a child what is the nursery's: an open copy would hide the nursery's end."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for file in (*self.own_files, report):
            os.close(file)
        self.control.close()
        for channel in self.children.values():
            channel.close()

    def _report_deaths(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            with contextlib.suppress(KeyError, OSError), self.children.pop(pid) as channel:
                send(channel, {"exit": os.waitstatus_to_exitcode(status)})
