"""Statistics: the nested model of all units beside lme4, a service's national stage, a place's facts."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.measure import Measured, measure_command
from benchmarks.results import HEADER, Table, against_goal, figures
from benchmarks.workspace import MUNICIPALITY, PROJECT, SERVICE, part

MUNICIPALITIES, UNITS, PER_UNIT = 350, 10, 30
ANSWERS = 1_000_000
TIMES = 5
GOAL_RATIO, GOAL_MIB = 3, 1_000_000_000 / 2**20
GOAL_NATION, GOAL_SERVICE = 30, 0.5
_LMER = Path(__file__).with_name("parts") / "lme4_once.R"


def run(root: Path) -> Table:
    """Measure each in a process of its own; the model on the same file as lme4, where there is one."""
    rows, goals = [], []
    with tempfile.TemporaryDirectory(dir=root) as name:
        size = (MUNICIPALITIES, UNITS, PER_UNIT)
        measure_command(part("make_nested", name, *map(str, size)), cwd=PROJECT)
        ours, seconds = _last(part("statistics_once", "model", name, str(TIMES)))
        title = f"`fit_units`, {_rows():,} answers, {MUNICIPALITIES} municipalities with {UNITS} units each"
        rows.append(_row(title, seconds, ours))
        rows.append(_beside_lme4(name, ours, seconds, goals))
    with tempfile.TemporaryDirectory(dir=root) as name:
        measure_command(part("make_nation", name, str(ANSWERS), str(MUNICIPALITIES), str(UNITS)), cwd=PROJECT)
        done, nation = _last(part("statistics_once", "nation", name, "1"))
    rows.append(_row(f"national stage of one service, {ANSWERS:,} answers", nation, done))
    goals.append(
        against_goal(
            f"the national stage under {GOAL_NATION} s on two cores",
            f"{nation:.1f} s",
            met=nation < GOAL_NATION,
        )
    )
    done, service = _last(part("statistics_once", "service", str(root), str(TIMES)))
    rows.append(_row(f"facts of one service in one municipality ({MUNICIPALITY}, {SERVICE})", service, done))
    goals.append(
        against_goal(
            f"one service's facts under {1000 * GOAL_SERVICE:.0f} ms",
            f"{1000 * service:.0f} ms",
            met=service < GOAL_SERVICE,
        )
    )
    return Table(
        title="Statistics",
        header=("what", "seconds of the call", *HEADER),
        rows=tuple(rows),
        goal="\n\n".join(goals),
    )


def _rows() -> int:
    return MUNICIPALITIES * UNITS * PER_UNIT


def _last(command: list[str]) -> tuple[Measured, float]:
    """Run a part that prints its results as JSON in the last line, with `seconds` among them."""
    done = measure_command(command, cwd=PROJECT)
    result = json.loads(done.result.splitlines()[-1])
    return Measured(done.seconds, done.processor_seconds, done.peak_mib, result), result["seconds"]


def _row(what: str, seconds: float, measured: Measured) -> tuple[str, ...]:
    return (what, f"{seconds:.2f}", *figures(measured, decimals=1))


def _beside_lme4(folder: str, ours: Measured, seconds: float, goals: list[str]) -> tuple[str, ...]:
    memory = ours.peak_mib < GOAL_MIB
    found = f"{ours.peak_mib:.0f} MiB"
    if not _has_lme4():
        goals.append(against_goal(f"the model within 1 GB ({GOAL_MIB:.0f} MiB)", found, met=memory))
        return ("R's lme4 on the same answers: not installed here", *["–"] * 4)
    done, theirs = _last(["Rscript", "--vanilla", str(_LMER), folder, str(TIMES)])
    for name in ("unit", "municipality", "residual"):
        mine, other = ours.result[name], done.result[name]
        if abs(mine - other) > 1e-3 * other:
            raise RuntimeError(f"the two programs fitted different models: {ours.result}, {done.result}")
    goals.append(
        against_goal(
            f"the model within {GOAL_RATIO} times lme4's time, and 1 GB ({GOAL_MIB:.0f} MiB)",
            f"{seconds / theirs:.2f} times and {found}",
            met=memory and seconds < GOAL_RATIO * theirs,
        )
    )
    return _row("R's lme4 on the same answers", theirs, done)


def _has_lme4() -> bool:
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "--vanilla", "-e", "if (!requireNamespace('lme4', quietly = TRUE)) quit(status = 1)"]
    return subprocess.run(asked, check=False, capture_output=True).returncode == 0


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["statistics"])
