"""Forked processes, with what their users know of `subprocess.Popen`."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import time

from analysis.batch.kernels.wire import receive


class Forked:
    """A process that a template has forked, with the methods of `subprocess.Popen` that provisioners use.

    It is not this process's child: the template tells of its end.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid, self._channel = pid, channel
        self.returncode: int | None = None
        #: Whether it ended because its template did, which is no fault of what it ran.
        self.lost = False

    def poll(self) -> int | None:
        """Return the exit code (-n for signal n), or None while the process lives."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when there is one; raise subprocess.TimeoutExpired if it takes longer."""
        if self._look(timeout) is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process alone; nothing happens where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process."""
        self.send_signal(signal.SIGKILL)

    def _look(self, timeout: float | None) -> int | None:
        if self.returncode is None and _has_something(self._channel, timeout):
            message = receive(self._channel)
            self._channel.close()
            self.lost = message is None
            self.returncode = -signal.SIGKILL if message is None else message[0]["exit"]
            if self.lost:
                # The system ends it with its template; what it has started itself would live on.
                with contextlib.suppress(OSError):
                    os.killpg(self.pid, signal.SIGKILL)
        return self.returncode


class Child:
    """A process that this one has forked itself, with what `Template` uses of `subprocess.Popen`."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code (-n for signal n), or None while the process lives."""
        return self._look(os.WNOHANG)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when there is one; raise subprocess.TimeoutExpired if it takes longer."""
        if timeout is None:
            return self._look(0)
        last = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > last:
                raise subprocess.TimeoutExpired("a forked process", timeout)
            time.sleep(0.01)
        return self.returncode

    def kill(self) -> None:
        """End the process."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _look(self, how: int) -> int | None:
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, how)
            except ChildProcessError:
                # Somebody else has waited for it.
                self.returncode = -signal.SIGKILL
            else:
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode


def _has_something(channel: socket.socket, timeout: float | None) -> bool:
    # select() knows the first 1024 descriptors only, and a Jupyter server has more.
    waiting = select.poll()
    waiting.register(channel, select.POLLIN)
    return bool(waiting.poll(None if timeout is None else 1000 * timeout))
