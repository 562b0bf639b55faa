"""What became of a run: made, unchanged, failed or not run, and why."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

Ending = Literal["done", "unchanged", "failed", "not_run"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of one run. `message` may be shown to anyone: it holds no answer."""

    id: str
    outcome: Ending
    seconds: float = 0.0
    memory_mib: int | None = None
    error: str = ""
    message: str = ""
    because: str = ""
    recorded: str = ""

    @property
    def stands(self) -> bool:
        """Whether the run's results are there and current."""
        return self.outcome in ("done", "unchanged")

    def line(self) -> str:
        """Return the run's line in `runs.jsonl`, which is not protected: the error's class, not its words.

        >>> Outcome(id="9901/school", outcome="not_run", because="reference/school failed").line()
        '{"id": "9901/school", "outcome": "not_run", "seconds": 0.0, "because": "reference/school failed"}'
        """
        content = {k: v for k, v in asdict(self).items() if k not in ("message", "recorded")}
        content["seconds"] = round(self.seconds, 2)
        return json.dumps({k: v for k, v in content.items() if v not in ("", None)}, ensure_ascii=False)
