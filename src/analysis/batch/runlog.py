"""What happened in a batch, one line of JSON a run; earlier batches' logs are kept beside it."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from analysis.batch.outcome import Outcome
from analysis.batch.plan import Plan
from analysis.batch.runs import Run
from analysis.batch.schedule import Watch

LOG = "runs.jsonl"
#: How many earlier logs are kept, the latest as `runs.1.jsonl`.
KEPT = 9


class RunLog:
    """Writes every outcome down before it is shown; a context. What cannot be written stops no batch."""

    def __init__(self, plan: Plan, watch: Watch) -> None:
        self._build, self._watch = plan.build, watch
        self._kinds = {run.id: run.kind for run in plan.runs}
        self._file: TextIO | None = None

    def __enter__(self) -> RunLog:
        # A full disk fails runs; it must not stop the ones that need no more room.
        with contextlib.suppress(OSError):
            keep_earlier_log(self._build)
            self._file = (self._build / LOG).open("w", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()

    def began(self, run: Run) -> None:
        """Hand it on."""
        self._watch.began(run)

    def ended(self, outcome: Outcome) -> None:
        """Write the line, and hand it on. What does not go onto the disk now is tried again with the next."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                now = dt.datetime.now().astimezone()
                self._file.write(log_line(outcome, self._kinds[outcome.id], now) + "\n")
                self._file.flush()
        self._watch.ended(outcome)


def log_line(outcome: Outcome, kind: str, at: dt.datetime) -> str:
    """Return a run's line in the log, which is not protected: of an error its class, not its words.

    >>> ended = Outcome(id="9901/school", outcome="not_run", because="reference/school failed")
    >>> line = log_line(ended, "service", dt.datetime(2025, 6, 16, 9, 30, tzinfo=dt.UTC))
    >>> line[:75]
    '{"at": "2025-06-16T09:30:00+00:00", "id": "9901/school", "kind": "service",'
    >>> line[76:]
    '"outcome": "not_run", "seconds": 0.0, "because": "reference/school failed"}'
    """
    content: dict[str, Any] = {
        "at": at.isoformat(timespec="seconds"),
        "id": outcome.id,
        "kind": kind,
        "outcome": outcome.outcome,
        "seconds": round(outcome.seconds, 2),
        "memory_mib": outcome.memory_mib,
        "worker": outcome.worker,
        "ordinary_kernel": outcome.ordinary,
        "error": outcome.error,
        "because": outcome.because,
    }
    return json.dumps({k: v for k, v in content.items() if v not in ("", None)}, ensure_ascii=False)


def keep_earlier_log(build: Path) -> None:
    """Make room for a new log: the last one becomes `runs.1.jsonl`, that one `runs.2.jsonl`, up to KEPT.

    A log in which nothing was made is not kept: a batch given every night would push out those that say more.
    """
    latest = build / LOG
    if not latest.is_file() or not _says_something(latest):
        return
    older = [latest, *(build / f"runs.{number}.jsonl" for number in range(1, KEPT + 1))]
    gap = next((n for n, path in enumerate(older) if not path.exists()), KEPT)
    for number in range(gap, 0, -1):
        os.replace(older[number - 1], older[number])


def _says_something(log: Path) -> bool:
    with log.open(encoding="utf-8", errors="replace") as lines:
        return any('"outcome": "unchanged"' not in line for line in lines)
