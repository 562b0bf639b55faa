"""What a batch would make, and why: every run held against the record of when it was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.batch.folder import PROTECTED
from analysis.batch.key import RESULTS
from analysis.batch.plan import Plan
from analysis.batch.runs import Run
from analysis.batch.standing import Standing

Ending = Literal["run", "depends", "unchanged"]

_HEADINGS: dict[Ending, str] = {
    "run": "would run",
    "depends": "would run only if what they need comes out otherwise than before",
    "unchanged": "unchanged",
}
#: How many runs are named for a reason, and how many needed runs in one.
_NAMED, _NEEDS_NAMED = 8, 2


@dataclass(frozen=True)
class Intent:
    """What would become of one run: made, made if what it needs changes, or left as it is; and why."""

    id: str
    ending: Ending
    why: str = ""


@dataclass(frozen=True)
class Intents:
    """What would become of every run of a plan, in the plan's order."""

    intents: tuple[Intent, ...]

    def __str__(self) -> str:
        """Return the counts and, for each reason, some of its runs."""
        return self.told(every=False)

    def told(self, *, every: bool) -> str:
        """Return the counts and, for each reason, the runs: all of them, or some."""
        counts = ", ".join(
            f"{n} {heading}"
            for ending, heading in _HEADINGS.items()
            if (n := sum(intent.ending == ending for intent in self.intents))
        )
        lines = [f"{len(self.intents)} runs: {counts or 'nothing to do'}"]
        for ending in ("run", "depends"):
            reasons: dict[str, list[str]] = {}
            for intent in self.intents:
                if intent.ending == ending:
                    reasons.setdefault(intent.why, []).append(intent.id)
            if reasons:
                lines += ["", f"{_HEADINGS[ending]}:"]
            for why, ids in reasons.items():
                shown = ids if every else ids[:_NAMED]
                more = f" and {len(ids) - len(shown)} more" if len(shown) < len(ids) else ""
                lines += [f"  {len(ids)}: {why}", f"      {', '.join(shown)}{more}"]
        return "\n".join(lines)


def read_intents(plan: Plan) -> Intents:
    """Say what carrying out a plan would make, and why. Nothing is written in the build folder."""
    standing = Standing(plan)
    found: dict[str, Intent] = {}
    for run in plan.runs:
        found[run.id] = _intent(run, plan, standing, found)
    return Intents(tuple(found.values()))


def _intent(run: Run, plan: Plan, standing: Standing, known: dict[str, Intent]) -> Intent:
    if run.id in plan.forced:
        return Intent(run.id, "run", "forced")
    record = standing.record(run.id)
    if record is None:
        return Intent(run.id, "run", _why_missing(run, plan))
    changed = standing.key(run).changed(record)
    own = [name for name in changed if not name.startswith(RESULTS)]
    made = {name for name in run.needs if known[name].ending == "run"}
    # A report holds its runs' notebooks: it is made anew with them, whatever their facts come to.
    certain = made if run.kind == "report" else set()
    stands = [name for name in run.needs if known[name].ending == "unchanged" and RESULTS + name in changed]
    if own or stands or certain:
        needed = [name for name in run.needs if name in certain or name in stands]
        return Intent(run.id, "run", "changed: " + ", ".join([*own, *_results(needed)]))
    open_needs = [name for name in run.needs if known[name].ending != "unchanged"]
    if open_needs:
        return Intent(run.id, "depends", ", ".join(_results(open_needs)))
    return Intent(run.id, "unchanged")


def _why_missing(run: Run, plan: Plan) -> str:
    if (plan.build / PROTECTED / run.id).exists():
        return "failed the last time"
    return "not whole" if (plan.build / run.folder).exists() else "not made yet"


def _results(needed: list[str]) -> list[str]:
    """Name the results that a run needs; where they are many, by their number.

    >>> _results(["a/x", "a/y", "a/z"]), _results(["a/x"])
    (['results of 3 runs that it needs'], ['results of a/x'])
    """
    if len(needed) > _NEEDS_NAMED:
        return [f"results of {len(needed)} runs that it needs"]
    return [RESULTS + name for name in needed]
