"""The processes of a template as their owner has them: the template itself, and the kernels that it forks."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any, BinaryIO

from analysis.batch.kernels.template import BEGIN
from analysis.batch.kernels.wire import receive, send
from analysis.batch.surroundings import FIXED
from analysis.core.errors import BuildError

#: Seconds that a template may take for its imports, on a machine that is busy with other things.
_LONGEST_START = 120
_LONGEST_FORK = 30
#: Libraries' own threads, which would be alive at the fork.
_NO_THREADS = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}


class NoTemplate(BuildError):  # noqa: N818 - the house names errors by what is wrong
    """Kernels cannot be forked here."""


class ForkedKernel:
    """A kernel that a template has forked, with the methods of `subprocess.Popen` that provisioners use.

    It is not this process's child: the template tells of its end.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, channel: socket.socket) -> None:
        self.pid, self._channel = pid, channel
        self.returncode: int | None = None
        #: Whether it ended because its template did, which is no fault of what it ran.
        self.lost = False

    def poll(self) -> int | None:
        """Return the exit code (-n for signal n), or None while the kernel lives."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code when there is one; raise subprocess.TimeoutExpired if it takes longer."""
        if self._look(timeout) is None:
            raise subprocess.TimeoutExpired("ipykernel_launcher", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel alone; nothing happens where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
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


class Template:
    """A template process of this process's own. It ends with this process, however that ends."""

    def __init__(self) -> None:
        self.environment = {**os.environ, **FIXED, **_NO_THREADS}
        self._control, theirs = socket.socketpair()
        self._ready = False
        # What it prints would stand in the middle of the owner's own words; it is asked for when it fails.
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the process
        with theirs:
            begin = BEGIN.format(descriptor=theirs.fileno(), owner=os.getpid())
            self.process = subprocess.Popen(
                [sys.executable, "-c", begin],
                pass_fds=[theirs.fileno()],
                env=self.environment,
                # Nothing there to be imported by mistake, and no folder held that is to be removed.
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=self._printed,
                stderr=self._printed,
                # Ctrl-C in the terminal is for the owner.
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        """Whether the process lives."""
        return self.process.poll() is None

    def wait_until_ready(self) -> None:
        """Return when everything is imported; raise NoTemplate where that fails."""
        if not self._ready:
            message = self._next(_LONGEST_START)
            if "ready" not in message:
                raise no_template(str(message.get("error", message)))
            self._ready = True

    def fork(
        self, arguments: list[str], environment: Mapping[str, str], folder: str, streams: list[int]
    ) -> ForkedKernel | None:
        """Return a new kernel, or None where the package's source has changed since it was imported.

        Raises NoTemplate where the template is gone or cannot fork.
        """
        self.wait_until_ready()
        ours, theirs = socket.socketpair()
        kernel = {"arguments": arguments, "environment": dict(environment), "folder": folder}
        with theirs:
            try:
                send(self._control, {"do": "fork", "kernel": kernel}, [theirs.fileno(), *streams])
            except OSError as error:
                ours.close()
                raise no_template(f"it is gone ({error.strerror})") from error
        answer = self._next(_LONGEST_FORK)
        if "pid" in answer:
            return ForkedKernel(answer["pid"], ours)
        ours.close()
        if answer["refused"] == "changed":
            return None
        raise no_template(answer["refused"])

    def retire(self) -> None:
        """Let the process end when the last of its kernels has."""
        with contextlib.suppress(OSError):
            send(self._control, {"do": "retire"})

    def end(self) -> None:
        """End the process and its kernels."""
        self._control.close()
        self.process.wait()

    def _next(self, seconds: float) -> dict[str, Any]:
        self._control.settimeout(seconds)
        try:
            message = receive(self._control)
        except TimeoutError:
            self.process.kill()
            raise no_template(f"no answer within {seconds} s") from None
        finally:
            self._control.settimeout(None)
        if message is None:
            raise no_template("its process ended" + _last_line(self._printed))
        return message[0]


def _has_something(channel: socket.socket, timeout: float | None) -> bool:
    # select() knows the first 1024 descriptors only, and a Jupyter server has more.
    waiting = select.poll()
    waiting.register(channel, select.POLLIN)
    return bool(waiting.poll(None if timeout is None else 1000 * timeout))


def no_template(why: str) -> NoTemplate:
    """Return the error that says why there is no template."""
    return NoTemplate("no template to fork kernels from", found=why)


def _last_line(printed: BinaryIO) -> str:
    printed.seek(0)
    lines = printed.read()[-4000:].decode(errors="replace").strip().splitlines()
    return f": {lines[-1]}" if lines else ""
