"""Tasks carried out by the workers of an existing Dask scheduler."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import pickle
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

from analysis.batch.errand import (
    ClusterLost,
    Errand,
    carry,
    check_worker,
    last_word,
    look_around,
    made_by,
    wait_for_what_is_begun,
)
from analysis.core.errors import SettingsError
from analysis.core.remote import brought, is_address

if TYPE_CHECKING:
    from pathlib import Path

    from distributed import Client

    from analysis.batch.plan import Plan

#: Seconds that a scheduler may take to answer, and that a batch waits for workers while there is none.
_ANSWER_WITHIN = 20
_WORKERS_WITHIN = 600
#: For what a worker has to import before it can say what it is, and how often it is asked.
_LOOK_WITHIN, _ASKED = 90, 3
#: Seconds that a batch which is given up waits for what its workers have begun.
_END_WITHIN = 60
#: One that works, one that waits: a worker that ends its task has the next already.
_TASKS_PER_WORKER = 2


@dataclass(eq=False)
class _Given:
    """A task, the future that its giver holds, and how often the scheduler has given it up."""

    errand: Errand
    future: Future = field(default_factory=Future)
    given_up: int = 0


class Cluster:
    """The workers of the Dask scheduler at `address`, which see the plan's folders as this machine does.

    Raises SettingsError where Dask is not installed, ClusterLost where nobody answers or a worker would make
    other results than this machine.
    """

    def __init__(self, address: str, environment: Mapping[str, str], plan: Plan) -> None:
        self.address, self._environment, self._plan = address, dict(environment), plan
        #: Where workers note which task they begin. Named like all that is half-written: never kept.
        self._marks = plan.build / f".attempts.part-{os.getpid()}-{os.urandom(4).hex()}"
        self._numbers = itertools.count()
        self._open: set[_Given] = set()
        self._lock, self._over, self._workers = threading.RLock(), threading.Event(), 1
        data = plan.batch.data
        self._data = (data, brought(data)) if is_address(data) else ("", "")

    @property
    def at_once(self) -> int:
        """How many tasks keep every worker at work; follows as workers come and go."""
        return max(self._workers, 1) * _TASKS_PER_WORKER

    def submit(self, task: Callable, /, *args: object, **options: object) -> Future:
        """Hand `task` to a worker; pickled, with what follows."""
        call = pickle.dumps(partial(task, *args, **options))
        marks = self._marks / str(next(self._numbers))
        given = _Given(Errand(call, self._environment, marks, made_by(), *self._data))
        with self._lock:
            self._open.add(given)
        self._send(given)
        return given.future

    def _send(self, given: _Given) -> None:
        try:
            doing = self._executor.submit(carry, given.errand)
        except Exception as error:
            self._lose(given, self._gone(f"{type(error).__name__}: {error}"))
        else:
            doing.add_done_callback(partial(self._done, given))

    def _done(self, given: _Given, doing: Future) -> None:
        error = None if doing.cancelled() else doing.exception()
        if doing.cancelled():
            # Of ours nobody is cancelled but by leaving: the scheduler was restarted, or has gone away.
            self._lose(given, self._gone("it has given up this batch's runs"))
        elif error is None:
            self._settle(given, lambda: given.future.set_result(doing.result()))
        elif type(error).__name__ in ("KilledWorker", "WorkerDied"):
            # In a thread of its own: this is the client's, which must not wait for the disk.
            threading.Thread(target=self._judge, args=(given,), daemon=True).start()
        else:
            self._settle(given, lambda: given.future.set_exception(error))

    def _judge(self, given: _Given) -> None:
        """Set aside what took its workers with it; hand out again what only waited at such a worker."""
        given.given_up += 1
        if (error := last_word(given.errand.marks, given.given_up)) is None:
            self._send(given)
        else:
            self._settle(given, lambda: given.future.set_exception(error))

    def _settle(self, given: _Given, settle: Callable[[], None]) -> None:
        with self._lock:
            if given in self._open:
                self._open.remove(given)
                settle()

    def _lose(self, given: _Given, error: ClusterLost) -> None:
        self._settle(given, lambda: given.future.set_exception(error))

    def __enter__(self) -> Cluster:
        self._client = _connected(self.address)
        try:
            self._executor = self._client.get_executor(pure=False, retries=0)
            self._marks.mkdir(parents=True)
            self._check_workers()
        except BaseException:
            self._leave()
            raise
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(_END_WITHIN if kind is not None else 0)

    def _leave(self, seconds: float = 0) -> None:
        self._over.set()
        try:
            with contextlib.suppress(Exception):
                # What is not begun is cancelled with its client; what is under way comes to its end, whole.
                self._client.close(timeout=2)
            # Here, where the build is still held: the next batch would work in the same folders.
            wait_for_what_is_begun(self._marks, seconds)
        finally:
            shutil.rmtree(self._marks, ignore_errors=True)

    def _wait_for_workers(self) -> None:
        deadline = time.monotonic() + _ANSWER_WITHIN
        while not (found := self._client.nthreads()):
            if time.monotonic() > deadline:
                raise ClusterLost(
                    "the scheduler has no workers",
                    where=self.address,
                    todo=f"start some: dask worker {self.address} --nthreads 1",
                )
            time.sleep(0.2)
        self._workers = len(found)

    def _check_workers(self) -> None:
        steering = self._plan.batch.steering
        seen = {
            "the build folder": self._marks,
            "the notebooks": self._plan.notebooks,
            "the batch file": self._plan.build / "batch.yaml",
        }
        if not self._data[0]:
            seen["the data"] = self._plan.batch.store
        if steering is not None:
            seen["the steering folder"] = (self._plan.batch.path.parent / steering).resolve()
        for worker, found in sorted(self._ask_workers(seen).items()):
            check_worker(worker, found, seen)

    def _ask_workers(self, seen: Mapping[str, Path]) -> dict[str, object]:
        """Return what each worker says of itself, without those that went away meanwhile."""
        paths = {name: str(path) for name, path in seen.items()}
        for _ in range(_ASKED):
            self._wait_for_workers()
            # One that is killed while it is asked would make this wait for ever; the limit is an option of
            # Dask's `sync`, by which this waits.
            with contextlib.suppress(TimeoutError):
                said = self._client.run(look_around, paths, on_error="return", callback_timeout=_LOOK_WITHIN)
                here = self._client.nthreads()
                if answers := {worker: found for worker, found in said.items() if worker in here}:
                    return answers
        raise ClusterLost(
            "the workers do not answer",
            where=self.address,
            found=f"asked {_ASKED} times, each was silent for {_LOOK_WITHIN} s or went away",
            expected="workers that are there for this batch",
            todo="look at the workers' own logs, start them again and give the same command",
        )

    def _watch(self) -> None:
        """Follow how many workers there are; end what is under way once the scheduler or all have gone."""
        seen = time.monotonic()
        while not self._over.wait(0.5):
            why = ""
            try:
                if self._client.status == "running":
                    self._workers = len(self._client.nthreads())
                    seen = time.monotonic() if self._workers else seen
                    if time.monotonic() - seen > _WORKERS_WITHIN:
                        why = f"it has had no worker for {_WORKERS_WITHIN} s"
                else:
                    why = "the connection is broken"
            except Exception as error:
                why = type(error).__name__
            if why and not self._over.is_set():
                with self._lock:
                    for given in tuple(self._open):
                        self._lose(given, self._gone(why))

    def _gone(self, why: str) -> ClusterLost:
        return ClusterLost(
            "the cluster went away in the middle of the batch",
            where=self.address,
            found=why,
            expected="a scheduler with workers, until the batch has ended",
            todo="start them again and give the same command: what has been made is not made again",
        )


def _connected(address: str) -> Client:
    try:
        from distributed import Client  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        raise SettingsError(
            "Dask is not installed",
            where="--cluster",
            expected="the package distributed",
            todo='pip install "tilstand[cluster]"',
        ) from None
    for name in ("distributed", "distributed.client"):
        # What matters of it becomes an error or a failure's record; on the terminal it would break the bar.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=_ANSWER_WITHIN, set_as_default=False, name="tilstand")
    except (OSError, ValueError, TypeError) as error:
        raise ClusterLost(
            "no scheduler answers",
            where=f"--cluster {address}",
            found=f"{type(error).__name__}: {error}",
            expected="the address of a Dask scheduler, such as tcp://10.0.0.5:8786",
            todo="start one: dask scheduler",
        ) from None
