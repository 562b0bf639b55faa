"""A template and what it forks, kernels and workers, as the process has them that owns the template."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

import analysis
from analysis.batch.kernels.forked import Child, Forked
from analysis.batch.kernels.template import BEGIN
from analysis.batch.kernels.wire import receive, send
from analysis.batch.surroundings import FIXED, inherited
from analysis.core.errors import BuildError

#: Seconds that a template may take for its imports, on a machine that is busy with other things.
_LONGEST_START = 120
_LONGEST_FORK = 30
_LONGEST_END = 10
#: Libraries' own threads, which would be alive at the fork.
_NO_THREADS = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}


class NoTemplate(BuildError):  # noqa: N818 - the house names errors by what is wrong
    """Kernels cannot be forked here."""


class Template:
    """A template process of this process's own. It ends with this process, however that ends."""

    def __init__(
        self, process: subprocess.Popen | Child, control: socket.socket, printed: BinaryIO | None = None
    ) -> None:
        self.process, self._control, self._printed = process, control, printed
        self._ready = False
        #: Whether it was asked and has not answered: its next answer would be to that.
        self.silent = False

    @classmethod
    def start(cls, environment: Mapping[str, str] | None = None) -> Template:
        """Start a template from nothing: an interpreter that has everything to import.

        It has this process's environment, with the variables of `environment` beside it.
        """
        control, theirs = socket.socketpair()
        # What it prints would stand in the middle of the owner's own words; it is asked for when it fails.
        printed = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the process
        with theirs:
            begin = BEGIN.format(descriptor=theirs.fileno(), owner=os.getpid())
            process = subprocess.Popen(
                [sys.executable, "-c", begin],
                pass_fds=[theirs.fileno()],
                env={**inherited(), **FIXED, **(environment or {}), **_NO_THREADS},
                # Nothing there to be imported by mistake, and no folder held that is to be removed.
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                # Ctrl-C in the terminal is for the owner.
                start_new_session=True,
            )
        return cls(process, control, printed)

    @classmethod
    def beside(cls, pid: int, control: socket.socket) -> Template:
        """Have the nursery that was forked beside this process: it is as it was when it was forked."""
        template = cls(Child(pid), control)
        template._ready = True
        return template

    @property
    def alive(self) -> bool:
        """Whether the process lives."""
        return self.process.poll() is None

    def wait_until_ready(self) -> None:
        """Return when everything is imported; raise NoTemplate where that fails."""
        if not self._ready:
            try:
                message = self._next(_LONGEST_START)
            except NoTemplate:
                self.process.kill()
                raise
            if "ready" not in message:
                raise no_template(str(message.get("error", message)))
            if message["source"] != analysis.__file__:
                # It would make results of another source than the one that is written down with them.
                self.end()
                raise no_template(f"it has {message['source']}, and this process {analysis.__file__}")
            self._ready = True

    def fork(self, what: Mapping[str, Any], files: Sequence[int]) -> Forked | None:
        """Return a new process, or None where the package's source has changed since it was imported.

        `what` and the open `files` are as `child.read_request` takes them. Raises NoTemplate where the
        template is gone or cannot fork.
        """
        self.wait_until_ready()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                send(self._control, {"do": "fork", **what}, [theirs.fileno(), *files])
            except OSError as error:
                ours.close()
                raise no_template(f"it is gone ({error.strerror})") from error
        try:
            answer = self._next(_LONGEST_FORK)
        except NoTemplate:
            ours.close()
            raise
        if "pid" in answer:
            return Forked(answer["pid"], ours)
        ours.close()
        if answer["refused"] == "changed":
            return None
        raise no_template(answer["refused"])

    def retire(self) -> None:
        """Let the process end when the last of its kernels has."""
        with contextlib.suppress(OSError):
            send(self._control, {"do": "retire"})

    def end(self) -> None:
        """End the process and what it has forked."""
        if not self._ready:
            # At its imports it hears of nothing, and has forked nothing.
            self.process.kill()
        self._control.close()
        try:
            self.process.wait(_LONGEST_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _next(self, seconds: float) -> dict[str, Any]:
        self._control.settimeout(seconds)
        try:
            message = receive(self._control)
        except TimeoutError:
            # The kernels that it has forked would end with it: they are let be.
            self.silent = True
            raise no_template(f"no answer within {seconds} s") from None
        finally:
            self._control.settimeout(None)
        if message is None:
            raise no_template("its process ended" + _last_line(self._printed))
        return message[0]


def no_template(why: str) -> NoTemplate:
    """Return the error that says why there is no template."""
    return NoTemplate("no template to fork from", found=why)


def _last_line(printed: BinaryIO | None) -> str:
    if printed is None:
        return ""
    printed.seek(0)
    lines = printed.read()[-4000:].decode(errors="replace").strip().splitlines()
    return f": {lines[-1]}" if lines else ""
