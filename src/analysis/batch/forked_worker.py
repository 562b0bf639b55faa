"""A worker that a template forks, as multiprocessing has its processes. Not to be imported on Windows."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from multiprocessing import connection, reduction, resource_tracker, spawn, util
from multiprocessing.context import SpawnProcess, set_spawning_popen
from multiprocessing.popen_spawn_posix import Popen
from typing import Any

from analysis.batch.kernels.forked import Forked
from analysis.batch.kernels.processes import NoTemplate
from analysis.batch.surroundings import inherited

#: Longer than the template takes to tell of an end that is seen already.
_LONGEST_REPORT = 5


class ForkedWorker(SpawnProcess):
    """A process to be forked by `fork`, which is `Keeper.fork`."""

    fork: Callable[..., Forked]

    @property
    def forked(self) -> bool:
        """Whether it was: it was started where there was no template."""
        return isinstance(self._popen, _ForkedPopen) and self._popen.is_forked

    @staticmethod
    def _Popen(process: ForkedWorker) -> Popen:  # noqa: N802 - multiprocessing's
        return _ForkedPopen(process)

    def __getstate__(self) -> dict[str, Any]:
        # It is sent to the process itself, which has no use for the template.
        return {name: value for name, value in vars(self).items() if name != "fork"}


class _ForkedPopen(Popen):
    """As multiprocessing's own, with another way to start the process and to learn of its end."""

    _forked: Forked | None = None

    def __init__(self, process: ForkedWorker) -> None:
        self._asking = threading.Lock()
        super().__init__(process)

    @property
    def is_forked(self) -> bool:
        """Whether there was a template to fork it."""
        return self._forked is not None

    def _launch(self, process: ForkedWorker) -> None:
        tracker = resource_tracker.getfd()
        self._fds.append(tracker)
        told = io.BytesIO()
        # Without the script that the batch was started by: no task is defined there, and it may have no guard
        # against being run again.
        preparation = spawn.get_preparation_data(process.name)
        preparation = {name: value for name, value in preparation.items() if not name.startswith("init_main")}
        set_spawning_popen(self)
        try:
            reduction.dump(preparation, told)
            reduction.dump(process, told)
        finally:
            set_spawning_popen(None)
        theirs: list[int] = []
        ours: list[int] = []
        try:
            # It holds the writing end of the first for as long as it lives, and reads from the second.
            for mine in (0, 1):
                pair = os.pipe()
                ours.append(pair[mine])
                theirs.append(pair[1 - mine])
            self.pid = self._start(process, sorted({*self._fds, *theirs}), theirs[1], tracker)
            self.sentinel = ours[0]
            with open(ours[1], "wb", closefd=False) as file:
                file.write(told.getbuffer())
        finally:
            self.finalizer = util.Finalize(self, util.close_fds, ours)
            for end in theirs:
                os.close(end)

    def _start(self, process: ForkedWorker, files: list[int], pipe: int, tracker: int) -> int:
        wanted = {
            "environment": inherited(),
            "folder": os.getcwd(),
            "numbers": files,
            "pipe": pipe,
            "tracker": tracker,
        }
        try:
            with open(os.devnull, "r+b", buffering=0) as nothing:
                streams = [number if _is_stream(number) else nothing.fileno() for number in range(3)]
                self._forked = process.fork({"worker": wanted}, [*streams, *files])
        except NoTemplate:
            command = spawn.get_command_line(tracker_fd=tracker, pipe_handle=pipe)
            return util.spawnv_passfds(spawn.get_executable(), command, files)
        return self._forked.pid

    def poll(self, flag: int = os.WNOHANG) -> int | None:
        """Return the exit code (-n for signal n), or None while the process lives; wait where `flag` is 0."""
        if self._forked is None:
            return super().poll(flag)
        # The template tells of the end, but may itself be gone while the process lives.
        if self.returncode is None and connection.wait([self.sentinel], None if flag == 0 else 0):
            # Asked by several threads, and told once.
            with self._asking:
                try:
                    self.returncode = self._forked.wait(_LONGEST_REPORT)
                except subprocess.TimeoutExpired:
                    self.returncode = -signal.SIGKILL
        return self.returncode


def _is_stream(number: int) -> bool:
    """Return whether a process started here would have it: it may be closed, or a file of this one's own."""
    try:
        return os.get_inheritable(number)
    except OSError:
        return False
