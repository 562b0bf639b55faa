"""What stands in a build folder: the records of its runs, each read once, and the keys that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from analysis.batch.folder import read_record
from analysis.batch.key import Key
from analysis.batch.plan import Plan
from analysis.batch.runs import Run
from analysis.core.names import FACTS


@dataclass
class Standing:
    """The records of a plan's runs. A record is read when it is first asked for, and again after `forget`."""

    plan: Plan
    _records: dict[str, dict[str, Any] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._folders = {run.id: run.folder for run in self.plan.all_runs}

    def record(self, run_id: str) -> dict[str, Any] | None:
        """Return the record of a run whose results are there and whole, else None."""
        if run_id not in self._records:
            # A national stage is asked for by every municipality, and its facts are hashed when it is read.
            self._records[run_id] = read_record(self.plan.build / self._folders[run_id])
        return self._records[run_id]

    def forget(self, run_id: str) -> None:
        """Take it that the run has been made since: its record is read again."""
        self._records.pop(run_id, None)

    def key(self, run: Run) -> Key:
        """Return what a run depends on, with what the runs that it needs have made.

        A notebook reads other runs' facts: it is made again when those differ, not when their run was
        repeated. A report holds the executed notebooks too.
        """
        made = {name: self.record(name) or {} for name in run.needs}
        if run.kind == "report":
            return run.key_parts.with_results({name: record.get("key", "") for name, record in made.items()})
        return run.key_parts.with_results(
            {name: record.get("files", {}).get(FACTS, "") for name, record in made.items()}
        )

    def is_current(self, run: Run) -> bool:
        """Return whether a run's results are there and made of what it depends on now."""
        record = self.record(run.id)
        return record is not None and record["key"] == self.key(run).hash
