"""How worker processes begin: forked from a template that has imported everything, where that can be."""

from __future__ import annotations

from collections.abc import Mapping
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

from analysis.batch.kernels.owner import Keeper, check_possible
from analysis.batch.kernels.processes import NoTemplate


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
