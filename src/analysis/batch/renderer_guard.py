"""Bounds of a report: the time of each of its books, and the memory of what renders them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import replace
from types import TracebackType

from analysis.batch.kernels.guard import Guard, RunLimits, children, family, resident
from analysis.core.errors import BuildError

_MIB = 2**20


class RendererGuard(Guard):
    """Watches a worker that makes a report, and ends the renderers where they go over a limit.

    A context manager; `began_book` is to be called in it for each book. Renderers are what this process
    starts meanwhile, such as pandoc, Typst and Quarto. The process itself is counted and left alone: what
    renders is what grows and hangs, and its end comes back as an error of the renderer.
    """

    late = "look at the figures and tables of the report, or give more with --timeout"

    def __init__(self, limits: RunLimits) -> None:
        super().__init__(replace(limits, memory_mib=limits.report_memory_mib))
        # Such as the nursery of a worker's kernels.
        self._others = set(children(os.getpid()))

    def began_book(self) -> None:
        """Begin a book: the time that it may take runs from here."""
        self.began(os.getpid())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        # What takes less time than lies between two looks.
        self._memory()

    def _end(self, fault: BuildError) -> None:
        # Where nothing renders, what fails next fails for another reason.
        if renderers := self._renderers():
            self.fault = self.fault or fault
            for pid in renderers:
                with suppress(OSError):
                    os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)

    def _memory(self) -> int:
        has = sum(map(resident, (os.getpid(), *self._renderers())))
        self.peak_mib = max(self.peak_mib or 0, round(has / _MIB)) or None
        return has

    def _renderers(self) -> list[int]:
        return [pid for child in children(os.getpid()) if child not in self._others for pid in family(child)]
