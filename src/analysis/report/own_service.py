"""What one service's own edition says of targets and measures, made from the municipality's facts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from analysis.show import (
    Block,
    Canvas,
    headline_red_lines,
    headline_targets,
    tabulate_targets,
    write_heading,
    write_ledger_chapter,
    write_red_lines,
)
from analysis.steering.context import Steering
from analysis.steering.ledger import Ledger


@dataclass(frozen=True)
class OwnSteering:
    """What is adopted, planned and written in the ledger for one service alone."""

    steering: Steering
    ledger: Ledger

    def blocks(self, chapter: str, canvas: Canvas, facts: pd.DataFrame) -> tuple[Block, ...]:
        """Return the blocks of the chapter `scorecard` or `steering`; none where there is nothing to tell.

        `facts` are the service's, with what the municipality's run says of it.
        """
        if chapter == "scorecard":
            return self._scorecard(canvas, facts) if self.steering.plan.targets else ()
        lines = self.ledger.lines
        return (write_ledger_chapter(canvas, facts, self.steering, self.ledger),) if lines else ()

    def _scorecard(self, canvas: Canvas, facts: pd.DataFrame) -> tuple[Block, ...]:
        return (
            write_heading(canvas, 2, headline_targets(canvas, facts, self.steering), id="targets"),
            tabulate_targets(canvas, facts, self.steering),
            write_heading(canvas, 2, headline_red_lines(canvas, facts, self.steering), id="red-lines"),
            write_red_lines(canvas, facts, self.steering),
        )


def narrow_steering(steering: Steering, ledger: Ledger, service: str) -> OwnSteering:
    """Return what a municipality's plan and ledger hold for one service."""
    plan = steering.plan
    own = {
        name: tuple(entry for entry in getattr(plan, name) if entry.service == service)
        for name in ("targets", "measures", "notes", "staff", "focus_areas")
    }
    lines = tuple(line for line in ledger.lines if line.service == service)
    return OwnSteering(
        replace(steering, plan=plan.model_copy(update=own)), ledger.model_copy(update={"lines": lines})
    )
