"""Worker processes that end with the batch, each replaced when it is killed, its task done by another."""

from __future__ import annotations

import contextlib
import datetime as dt
import multiprocessing
import signal
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Protocol

from analysis.batch.failure import MOST_DEATHS, WorkerDied
from analysis.batch.workers import WorkerContext, begin, end_group, is_forked


class Executor(Protocol):
    """Where tasks are carried out, as a context: processes on this machine, or a cluster's.

    A task whose worker dies is done again by another; one that took MOST_DEATHS workers with it ends with
    WorkerDied. An error that a task raises is the end of it.
    """

    @property
    def at_once(self) -> int:
        """How many tasks to hand out at a time, so that no worker is idle."""

    def submit(self, task: Callable, /, *args: object, **options: object) -> Future:
        """Hand out `task`, to be called with what follows."""

    def __enter__(self) -> Executor:
        """Have workers."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the workers, and of what they do where the block was left by an error."""


@dataclass
class _Given:
    """A task, the future that its giver holds, and how the workers died that had it."""

    call: partial
    future: Future = field(default_factory=Future)
    deaths: list[str] = field(default_factory=list)


class Pool:
    """So many processes on this machine, started when there are tasks for them.

    Each is a pool of one: a broken `ProcessPoolExecutor` ends all its workers, and does not say whose task
    it was.
    """

    def __init__(
        self,
        workers: int,
        environment: Mapping[str, str],
        *,
        fork: bool = True,
        renew_after: Callable | None = None,
    ) -> None:
        """Have up to `workers` processes with the variables of `environment`.

        They are forked from one that has imported everything, where that is possible; without `fork` each is
        an interpreter of its own. A forked one that has done the task `renew_after` is replaced by a fresh
        one, which costs little: a process never gives back all the memory that large work took.
        """
        self._renew_after = renew_after
        self.at_once, self._environment = workers, dict(environment)
        self._all: list[ProcessPoolExecutor] = []
        self._idle: list[ProcessPoolExecutor] = []
        self._spent: set[ProcessPoolExecutor] = set()
        self._waiting: deque[_Given] = deque()
        self._closed = False
        # Not forked from this process: papermill's event loop and its threads would not survive it.
        self._context = WorkerContext(environment) if fork else multiprocessing.get_context("spawn")
        # Futures call back in threads of their own, and in the one that hands out.
        self._lock = threading.RLock()

    def submit(self, task: Callable, /, *args: object, **options: object) -> Future:
        """Hand `task` to the next worker that is free."""
        given = _Given(partial(task, *args, **options))
        with self._lock:
            self._waiting.append(given)
            self._hand_on()
        return given.future

    def _hand_on(self) -> None:
        while self._waiting and not self._closed and (self._idle or len(self._all) < self.at_once):
            given = self._waiting.popleft()
            try:
                worker, doing = self._begin(given)
            except BrokenProcessPool:
                # It died with nothing to do.
                self._waiting.appendleft(given)
                continue
            except (OSError, RuntimeError) as error:
                # No process or thread more is to be had of the system now.
                if self._all:
                    # Somebody is at work and comes here at the end of it.
                    self._waiting.appendleft(given)
                    return
                given.future.set_exception(error)
                continue
            doing.add_done_callback(partial(self._done, worker, given))

    def _begin(self, given: _Given) -> tuple[ProcessPoolExecutor, Future]:
        """Have an idle worker begin a task, or a new one."""
        if not self._idle:
            return self._begin_anew(given)
        worker = self._idle.pop()
        if worker in self._spent:
            self._spent.remove(worker)
            # Where no other is to be had, it goes on.
            with contextlib.suppress(OSError, RuntimeError):
                begun = self._begin_anew(given)
                self._all.remove(worker)
                worker.shutdown(wait=False)
                return begun
        try:
            return worker, worker.submit(given.call)
        except BrokenProcessPool:
            self._all.remove(worker)
            raise

    def _begin_anew(self, given: _Given) -> tuple[ProcessPoolExecutor, Future]:
        worker = self._new()
        try:
            return worker, worker.submit(given.call)
        except (OSError, RuntimeError):
            self._all.remove(worker)
            # Where only a thread was lacking, there is a process that nobody gives anything to do.
            processes = _processes(worker)
            worker.shutdown(wait=False)
            for process in processes:
                process.terminate()
            raise

    def _new(self) -> ProcessPoolExecutor:
        worker = ProcessPoolExecutor(
            1,
            mp_context=self._context,
            initializer=begin,
            initargs=(self._environment,),
        )
        self._all.append(worker)
        return worker

    def _done(self, worker: ProcessPoolExecutor, given: _Given, doing: Future) -> None:
        error = None if doing.cancelled() else doing.exception()
        with self._lock:
            if doing.cancelled() or self._closed:
                given.future.cancel()
            elif isinstance(error, BrokenProcessPool):
                # Not shut down here, which could wait for this very call: it ends by itself.
                self._all.remove(worker)
                died = [_death(process) for process in _processes(worker)]
                given.deaths += died or ["a process that nothing is known of"]
                if len(given.deaths) < MOST_DEATHS:
                    self._waiting.appendleft(given)
                else:
                    given.future.set_exception(WorkerDied.after(given.deaths))
            else:
                self._idle.append(worker)
                if given.call.func is self._renew_after and any(map(is_forked, _processes(worker))):
                    self._spent.add(worker)
                if error is None:
                    given.future.set_result(doing.result())
                else:
                    given.future.set_exception(error)
            # Last: whoever waits for this task must hear of it, whatever becomes of the next.
            self._hand_on()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end(at_once=kind is not None)
        finally:
            self._closed = True
            if isinstance(self._context, WorkerContext):
                self._context.end()

    def _end(self, *, at_once: bool) -> None:
        with self._lock:
            self._closed = at_once
            workers = list(self._all)
        processes = [process for worker in workers for process in _processes(worker)]
        for worker in workers:
            # Interrupted: what is under way is given up, and nobody waits for it.
            worker.shutdown(wait=not at_once, cancel_futures=at_once)
        if at_once:
            for process in processes:
                end_group(process.pid, "SIGTERM")
                process.terminate()


def _processes(worker: ProcessPoolExecutor) -> list[BaseProcess]:
    return list((worker._processes or {}).values())


def _death(process: BaseProcess) -> str:
    # Its renderers would write on in the folder where the next worker begins.
    end_group(process.pid, "SIGKILL")
    process.join(timeout=5)
    code = process.exitcode
    how = f"ended with exit code {code}"
    if code is not None and code < 0:
        how = f"was killed by {signal.Signals(-code).name}"
    return f"{dt.datetime.now():%Y-%m-%d %H:%M:%S}: process {process.pid} on {socket.gethostname()} {how}"
