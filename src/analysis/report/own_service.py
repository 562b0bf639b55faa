"""What the edition of one service, or of one unit, says of the municipality's steering, made from facts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from analysis.show import (
    Block,
    Canvas,
    draw_cost_quality,
    headline_costs,
    headline_next_survey,
    headline_red_lines,
    headline_targets,
    tabulate_cost_peers,
    tabulate_cost_quality,
    tabulate_next_survey,
    tabulate_targets,
    write_cost_quality,
    write_heading,
    write_ledger_chapter,
    write_red_lines,
)
from analysis.show.status_sources import tabulate_staff, write_sources
from analysis.steering.context import Steering
from analysis.steering.costs import COST
from analysis.steering.ledger import Ledger

#: What the next survey can show stands in these facts, a row a unit.
_NEXT = ("detectable_next", "expected_answers")


@dataclass(frozen=True)
class OwnSteering:
    """What is adopted, planned and written in the ledger for one service alone, or for one unit of it.

    unit: "" for the whole service.
    """

    steering: Steering
    ledger: Ledger
    unit: str = ""

    def blocks(self, chapter: str, canvas: Canvas, facts: pd.DataFrame) -> tuple[Block, ...]:
        """Return the blocks of a chapter; none where there is nothing to tell.

        `chapter` is scorecard, steering, costs, sources or next_survey; `facts` are the service's, with what
        the municipality's run says of it.
        """
        match chapter:
            case "scorecard":
                return self._scorecard(canvas, facts) if self.steering.plan.targets else ()
            case "costs":
                return self._costs(canvas, facts)
            case "sources":
                return self._sources(canvas, facts)
            case "next_survey":
                return self._next_survey(canvas, facts)
        # A measure without a line is done with: the chapter tells what became of it.
        told = self.ledger.lines or self.steering.plan.measures
        return (write_ledger_chapter(canvas, facts, self.steering, self.ledger),) if told else ()

    def _scorecard(self, canvas: Canvas, facts: pd.DataFrame) -> tuple[Block, ...]:
        return (
            write_heading(canvas, 2, headline_targets(canvas, facts, self.steering), id="targets"),
            tabulate_targets(canvas, facts, self.steering),
            write_heading(canvas, 2, headline_red_lines(canvas, facts, self.steering), id="red-lines"),
            write_red_lines(canvas, facts, self.steering),
        )

    def _costs(self, canvas: Canvas, facts: pd.DataFrame) -> tuple[Block, ...]:
        known = facts[facts["statistic"].eq(COST) & facts["municipality"].ne("") & facts["value"].notna()]
        if known.empty:
            return ()
        return (
            write_heading(canvas, 2, headline_costs(canvas, facts, self.steering), id="costs"),
            write_cost_quality(canvas, facts, self.steering),
            draw_cost_quality(canvas, facts, self.steering),
            tabulate_cost_quality(canvas, facts, self.steering),
            tabulate_cost_peers(canvas, facts, self.steering),
        )

    def _sources(self, canvas: Canvas, facts: pd.DataFrame) -> tuple[Block, ...]:
        say, plan, blocks = canvas.language, self.steering.plan, []
        if plan.staff:
            blocks += [
                write_heading(canvas, 2, say.text("Staff"), id="staff"),
                tabulate_staff(canvas, facts, self.steering),
            ]
        if plan.notes:
            blocks += [
                write_heading(canvas, 2, say.text("Other sources"), id="other-sources"),
                write_sources(canvas, facts, self.steering),
            ]
        return tuple(blocks)

    def _next_survey(self, canvas: Canvas, facts: pd.DataFrame) -> tuple[Block, ...]:
        next_ones = facts["statistic"].isin(_NEXT)
        if not next_ones.any():
            return ()
        if self.unit:
            return (
                tabulate_next_survey(
                    canvas, facts[~next_ones | facts["unit"].isin([self.unit, ""])], self.steering
                ),
            )
        return (
            write_heading(canvas, 2, headline_next_survey(canvas, facts), id="next-survey"),
            tabulate_next_survey(canvas, facts, self.steering),
        )


def narrow_steering(steering: Steering, ledger: Ledger, service: str, unit: str = "") -> OwnSteering:
    """Return what a municipality's plan and ledger hold for one service, or for one unit of it."""
    plan = steering.plan
    own = {
        name: tuple(entry for entry in getattr(plan, name) if entry.service == service)
        for name in ("targets", "measures", "notes", "staff", "focus_areas")
    }
    if unit:
        own["targets"] = tuple(target for target in own["targets"] if target.unit == unit)
        own["measures"] = tuple(measure for measure in own["measures"] if unit in measure.units)
        # A focus area names measures by id, also those that the unit has no part in.
        own["focus_areas"] = ()
    lines = tuple(line for line in ledger.lines if line.service == service)
    return OwnSteering(
        replace(steering, plan=plan.model_copy(update=own)),
        ledger.model_copy(update={"lines": lines}),
        unit,
    )
