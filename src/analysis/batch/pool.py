"""Worker processes that end with the batch, and that are started anew when one of them is killed."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from types import TracebackType


def usable_processors() -> int:
    """Return how many processors this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pool:
    """A process pool that survives the death of a worker. Started when it gets its first task."""

    def __init__(self, workers: int, environment: Mapping[str, str]) -> None:
        self.workers, self._environment = workers, dict(environment)
        self._executor: ProcessPoolExecutor | None = None

    def submit(self, task: Callable, /, *args: object, **options: object) -> Future:
        """Hand `task` to a worker. A worker's death shows in the result of the future."""
        try:
            return self._started().submit(task, *args, **options)
        except BrokenProcessPool:
            # A worker died with nothing to do.
            self.renew()
            return self._started().submit(task, *args, **options)

    def _started(self) -> ProcessPoolExecutor:
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self.workers,
                # Spawned: papermill's event loop and its threads do not survive a fork.
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self._environment,),
            )
        return self._executor

    def renew(self) -> None:
        """Throw away the workers; the next task gets new ones."""
        executor, self._executor = self._executor, None
        if executor is not None:
            workers = list((executor._processes or {}).values())
            executor.shutdown(wait=False, cancel_futures=True)
            for worker in workers:
                worker.terminate()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._executor is not None:
            self._executor.shutdown()
        else:
            # Interrupted: what is under way is given up, and nobody waits for it.
            self.renew()


def _begin(environment: dict[str, str]) -> None:
    os.environ.update(environment)
    # Imported by way of nbformat and jsonschema, which do without it, it compiles a grammar for 1.5 s.
    sys.modules.setdefault("rfc3987_syntax", None)
    # What it says of a failure stands in the failure's record; on the terminal it would break the bar.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    # A killed batch cannot stop its workers: they would finish their runs under the next batch's feet.
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
