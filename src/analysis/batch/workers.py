"""How worker processes begin, forked from one that has imported everything where that can be, and end."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Mapping
from multiprocessing import connection
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from typing import Any

from analysis.batch.kernels.owner import Keeper, check_possible
from analysis.batch.kernels.processes import NoTemplate
from analysis.batch.scratch import clear_scratch_of_the_dead
from analysis.batch.surroundings import inherited


class WorkerContext(SpawnContext):
    """Starts processes as the method "spawn" does, but for the interpreter: a template's fork stands for it.

    The template has the variables of `environment` when it imports. Where there is none, an interpreter is
    started.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._templates = Keeper(environment=environment)

    def Process(self, *arguments: Any, **options: Any) -> SpawnProcess:  # noqa: N802 - multiprocessing's
        """Return a process that is not started yet."""
        try:
            check_possible()
        except NoTemplate:
            return SpawnProcess(*arguments, **options)
        from analysis.batch.forked_worker import ForkedWorker  # noqa: PLC0415 - not on Windows

        process = ForkedWorker(*arguments, **options)
        process.fork = self._templates.fork
        return process

    def end(self) -> None:
        """End what is left of the processes, and the template."""
        self._templates.end()


def is_forked(process: BaseProcess) -> bool:
    """Return whether a process was forked from a template: then another like it costs little."""
    return getattr(process, "forked", False)


def begin_work(environment: Mapping[str, str]) -> None:
    """Make this process ready for tasks: the surroundings of its kernels, and quiet."""
    # Before any run: kernels begin in folders of their own, and would look for relative ones there.
    os.environ.update(inherited())
    os.environ.update(environment)
    clear_scratch_of_the_dead()
    # Imported by way of nbformat and jsonschema, which do without it, it compiles a grammar for 1.5 s.
    sys.modules.setdefault("rfc3987_syntax", None)
    # What it says of a failure stands in the failure's record; on the terminal it would break the bar.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)


def begin(environment: dict[str, str]) -> None:
    """Make this process a worker of the batch that started it, and end with that."""
    if hasattr(os, "setpgrp"):
        # What it starts, such as a renderer, is in its group, and ends with it.
        os.setpgrp()
    begin_work(environment)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    # A killed batch cannot stop its workers: they would finish their runs under the next batch's feet.
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        end_group(os.getpid(), "SIGKILL")
        os._exit(1)


def end_group(pid: int, how: str) -> None:
    """Signal a worker and whatever it has started, where processes have groups and it has one of its own."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.Signals[how])
