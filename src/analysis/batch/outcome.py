"""What became of a run: made, unchanged, failed or not run, and why."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import Literal

Ending = Literal["done", "unchanged", "failed", "not_run"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of one run. `message` may be shown to anyone: it holds no answer.

    `memory_mib` is the most that its kernel had (a report: its worker with what rendered it), `worker` the
    process that made it, `ordinary` why its kernel was not a warm one, where it was to be one.
    """

    id: str
    outcome: Ending
    seconds: float = 0.0
    memory_mib: int | None = None
    error: str = ""
    message: str = ""
    because: str = ""
    recorded: str = ""
    worker: str = ""
    ordinary: str = ""

    @property
    def stands(self) -> bool:
        """Whether the run's results are there and current."""
        return self.outcome in ("done", "unchanged")


def this_process() -> str:
    """Return what an outcome names as its worker: this process and its machine."""
    return f"{os.getpid()} on {socket.gethostname()}"
