"""The papermill engine `tilstand`: no save after each cell, no fixed waits, an end at once."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import nbformat
from nbclient.client import NotebookClient, timestamp
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager

from analysis.batch.kernels.guard import Guard
from analysis.batch.kernels.listening import Listener, runs_in_a_loop
from analysis.batch.kernels.manager import QuickClient, QuickKernel
from analysis.batch.outputs import read_output, shown_size
from analysis.core.paths import written_whole

#: The name of the entry point: `papermill --engine tilstand`.
ENGINE = "tilstand"

#: Seconds of silence after which a kernel is looked at.
_SILENCE = 1.0
#: What of nbclient is replaced or called here. Where one of them is not there, its own way is taken whole.
_REPLACED = (
    "_async_check_alive",
    "_async_poll_for_reply",
    "_async_poll_kernel_alive",
    "_async_poll_output_msg",
    "_get_timeout",
    "output",
    "process_message",
)


class _Account(NotebookExecutionManager):
    """Keeps what papermill notes of each cell in the notebook, and saves nothing meanwhile."""

    def save(self, **_: Any) -> None:
        """Do nothing: papermill saves the notebook at its end."""

    def autosave_cell(self) -> None:
        """Do nothing."""

    def cell_complete(self, cell: NotebookNode, cell_index: int | None = None, **options: Any) -> None:
        """Note a cell's end, without a parser that knows every way to write a time."""
        noted = cell.metadata.papermill
        began, noted["start_time"] = noted["start_time"], None
        super().cell_complete(cell, cell_index=cell_index, **options)
        noted["start_time"] = began
        if began is not None:
            took = dt.datetime.fromisoformat(noted["end_time"]) - dt.datetime.fromisoformat(began)
            noted["duration"] = took.total_seconds()


class _Interrupted(Exception):  # noqa: N818 - as an interrupt is called
    """Stands for a KeyboardInterrupt while a task waits for a cell.

    An interrupt that a task raises comes out of the event loop twice, the second time where nbclient is about
    to end the kernel.
    """


class _Client(PapermillNotebookClient):
    """Counts what the cells show, where somebody wants to know."""

    def __init__(self, account: _Account, *, guard: Guard | None, **options: Any) -> None:
        super().__init__(account, **options)
        self._guard = guard
        # A caller's own event loop (a JupyterLab cell) has this client's in another thread. An interrupt then
        # ends the kernel by a task of that loop, which must not wait for what comes from the kernel alone.
        self._may_listen = not runs_in_a_loop() and all(hasattr(NotebookClient, name) for name in _REPLACED)
        self._listener: Listener | None = None
        self._index = 0

    @property
    def _listens(self) -> bool:
        """Whether nothing but the kernel's messages ends a cell, so that there is no need for more tasks."""
        if not self._may_listen or type(self.kc) is not QuickClient:
            return False
        return self.timeout_func is None and self._get_timeout(None) is None

    def _async_poll_output_msg(
        self, parent_msg_id: str, cell: NotebookNode, cell_index: int
    ) -> Coroutine[Any, Any, None]:
        self._index = cell_index
        return (
            _nothing() if self._listens else super()._async_poll_output_msg(parent_msg_id, cell, cell_index)
        )

    def _async_poll_kernel_alive(self) -> Coroutine[Any, Any, None]:
        return _nothing() if self._listens else super()._async_poll_kernel_alive()

    async def _async_poll_for_reply(
        self, msg_id: str, cell: NotebookNode, timeout: int | None, *tasks: asyncio.Future
    ) -> dict[str, Any]:
        """Return the reply to a request when the kernel is idle again, and has said what it had to say."""
        if not self._listens:
            return await super()._async_poll_for_reply(msg_id, cell, timeout, *tasks)
        self._listener = self._listener or Listener(self.kc)
        idle, reply, last = False, None, float("inf")

        def take(message: dict[str, Any]) -> None:
            nonlocal idle
            try:
                self.process_message(message, cell, self._index)
            except CellExecutionComplete:
                idle = True

        while reply is None or not idle:
            heard = time.monotonic()
            try:
                answer = self._listener.hear(msg_id, take, _SILENCE)
            except KeyboardInterrupt:
                raise _Interrupted from None
            if answer is not None:
                reply, last = answer, time.monotonic() + self.iopub_timeout
                if self.record_timing:
                    cell["metadata"]["execution"]["shell.execute_reply"] = timestamp(reply)
            elif time.monotonic() - heard > _SILENCE / 2:
                await self._async_check_alive()
            if not idle and time.monotonic() > last:
                if not self.raise_on_iopub_timeout:
                    break
                raise CellTimeoutError.error_from_timeout_and_cell(
                    "Timeout waiting for IOPub output", self.iopub_timeout, cell
                )
        return reply

    def execute_cell(self, *cell: Any, **options: Any) -> NotebookNode:
        try:
            return super().execute_cell(*cell, **options)
        except _Interrupted:
            raise KeyboardInterrupt from None

    def process_message(self, msg: dict[str, Any], *rest: Any, **options: Any) -> NotebookNode | None:
        if self._guard is not None:
            self._guard.showed(shown_size(msg["content"]))
            # What still comes from a kernel that is being ended for it would fill the memory here.
            if self._guard.fault is not None and msg["msg_type"] != "status":
                return None
        return super().process_message(msg, *rest, **options)

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Keep a plain output as it is; nbclient checks the others, and may refuse them."""
        special = display_id or self.clear_before_next_output
        special = special or self.output_hook_stack[msg["parent_header"].get("msg_id")]
        out = None if special else read_output(msg["msg_type"], msg["content"])
        if out is None:
            return super().output(outs, msg, display_id, cell_index)
        outs.append(out)
        return out


class TilstandEngine(NBClientEngine):
    """Executes a notebook as papermill's own engine does, with less around the cells.

    papermill saves the notebook when it has ended, and this engine where papermill does not: when the kernel
    died. A kill before that leaves none. Takes the options of papermill's own engine; `guard`; and `settle`,
    which is called with the notebook before its first cell and may change it.
    """

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: str | None = None,
        progress_bar: bool | dict = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        settle: Callable[[NotebookNode], None] | None = None,
        **options: Any,
    ) -> NotebookNode:
        """Execute `nb` and return it with outputs and papermill's account of each cell."""
        if settle is not None:
            settle(nb)
        account = _Account(nb, progress_bar=progress_bar, log_output=log_output)
        account.notebook_start()
        try:
            cls.execute_managed_notebook(account, kernel_name, log_output=log_output, **options)
        except BaseException:
            account.notebook_complete()
            # Where that cannot be, it is the first error that is to be heard of.
            with contextlib.suppress(OSError):
                _save(account.nb, output_path)
            raise
        finally:
            account.cleanup_pbar()
        account.notebook_complete()
        return account.nb

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        guard: Guard | None = None,
        **options: Any,
    ) -> NotebookNode:
        """Execute the cells; the kernel gets no time to say goodbye."""
        own = ("input_path", "timeout", "startup_timeout")
        chosen = {
            "kernel_manager_class": QuickKernel,
            "shutdown_kernel": "immediate",
            "coalesce_streams": True,
        }
        chosen |= {name: value for name, value in options.items() if name not in own}
        client = _Client(
            nb_man,
            guard=guard,
            timeout=execution_timeout or options.get("timeout"),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
            **chosen,
        )
        try:
            return client.execute()
        except BaseException as error:
            # nbclient ends a kernel that has started. This one was interrupted before that.
            try:
                if client.owns_km and client.km is not None:
                    client._cleanup_kernel()
            finally:
                raise error


async def _nothing() -> None:
    """Be done at once."""


def _save(notebook: NotebookNode, path: str | None) -> None:
    if path is not None:
        with written_whole(Path(path)) as beside:
            nbformat.write(notebook, beside)
