"""The papermill engine `tilstand`: no save after each cell, no fixed waits, an end at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager

from analysis.batch.kernels.guard import Guard
from analysis.batch.kernels.manager import QuickKernel
from analysis.core.paths import written_whole

#: The name of the entry point: `papermill --engine tilstand`.
ENGINE = "tilstand"


class _Account(NotebookExecutionManager):
    """Keeps what papermill notes of each cell in the notebook, and saves nothing meanwhile."""

    def save(self, **_: Any) -> None:
        """Do nothing: papermill saves the notebook at its end."""

    def autosave_cell(self) -> None:
        """Do nothing."""


class _Client(PapermillNotebookClient):
    """Counts what the cells show, where somebody wants to know."""

    def __init__(self, account: _Account, *, guard: Guard | None, **options: Any) -> None:
        super().__init__(account, **options)
        self._guard = guard

    def process_message(self, msg: dict[str, Any], *rest: Any, **options: Any) -> NotebookNode | None:
        if self._guard is not None:
            self._guard.showed(_size(msg["content"]))
            # What still comes from a kernel that is being ended for it would fill the memory here.
            if self._guard.fault is not None and msg["msg_type"] != "status":
                return None
        return super().process_message(msg, *rest, **options)


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
        return _Client(
            nb_man,
            guard=guard,
            timeout=execution_timeout or options.get("timeout"),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
            **chosen,
        ).execute()


def _save(notebook: NotebookNode, path: str | None) -> None:
    if path is not None:
        with written_whole(Path(path)) as beside:
            nbformat.write(notebook, beside)


def _size(content: dict[str, Any]) -> int:
    shown = [content.get("text", ""), *content.get("data", {}).values(), *content.get("traceback", ())]
    return sum(len(part) for part in shown if isinstance(part, str))
