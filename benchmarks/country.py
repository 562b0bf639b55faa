"""Whole countries by the command: what a municipality costs at each size, and what little is made again."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path
from statistics import median

from benchmarks.measure import Measured, measure_command
from benchmarks.results import HEADER, Table, against_goal, figures
from benchmarks.workspace import PROJECT, TILSTAND, make_country, part

#: Municipalities and services of each country that is built; with --full, of a nation, which takes hours.
SIZES = ((5, 4), (20, 4))
FULL = ((10, 20), (100, 20), (350, 20))
#: Of the build that is only looked through: 1,008 runs; with --full, 7,720.
LOOKED_THROUGH = (100, 8)
LOOKED_THROUGH_FULL = (350, 20)
#: From so many runs on the goals for what is made again and for memory are said to be met or not.
ENOUGH = {"again": 1000, "memory": 7000}

MOST_APART = 0.10
MOST_NOTHING = 3
MOST_AGAIN = 0.02
MOST_MIB = 1.5e9 / 2**20


def run_full(root: Path) -> Table:
    """Do it at a nation's sizes."""
    return run(root, FULL, LOOKED_THROUGH_FULL)


def run(
    root: Path,
    sizes: tuple[tuple[int, int], ...] = SIZES,
    looked_through: tuple[int, int] = LOOKED_THROUGH,
) -> Table:
    """Build each country from nothing to its reports, change one row in the last, look through another."""
    rows, each = [], {}
    for municipalities, services in sizes:
        name = make_country(root, municipalities=municipalities, services=services)
        made = _batch(root, name)
        log = _log(root, name)
        each[municipalities] = _of_a_municipality(log)
        rows.append(_row(f"{municipalities} municipalities × {services} services", log, made, municipalities))
        if (municipalities, services) == sizes[-1]:
            full, peak, total = _seconds(log), made.peak_mib, len(log)
            changed, log = _one_row_changed(root, name)
            rows.append(_row("the last again, one row changed", log, changed, None))
        shutil.rmtree(root / "build" / name)
    again = _seconds([line for line in log if line["kind"] != "reference"])
    apart = max(each.values()) / min(each.values()) - 1
    nothing, looked = _nothing_changed(root, looked_through)
    rows.append((f"{looked:,} runs again, nothing changed", f"{looked:,}", *figures(nothing), "", ""))
    goals = (
        against_goal(
            f"a municipality costs the same at {', '.join(map(str, each))} within 10 % (seconds of its runs, "
            "the median of all)",
            f"{100 * apart:.0f} % apart",
            met=apart <= MOST_APART,
        ),
        against_goal(
            f"`tilstand run` with nothing changed under {MOST_NOTHING} s on 1,000 runs",
            f"{nothing.seconds:.1f} s on {looked:,}",
            met=nothing.seconds < MOST_NOTHING,
        ),
        _at_size(
            "one row changed, no figure with it: under 2 % of all runs' seconds, national stage apart",
            f"{100 * again / full:.1f} %",
            met=again < MOST_AGAIN * full,
            runs=total,
            enough=ENOUGH["again"],
        ),
        _at_size(
            f"peak memory under {MOST_MIB:.0f} MiB (1.5 GB) on two workers at 350 municipalities",
            f"{peak:.0f} MiB",
            met=peak < MOST_MIB,
            runs=total,
            enough=ENOUGH["memory"],
        ),
    )
    return Table(
        title="Countries",
        header=(
            *("`tilstand run --workers 2`", "runs made", *HEADER),
            *("processor seconds a municipality", "seconds of its own runs, median"),
        ),
        rows=tuple(rows),
        goal="\n\n".join(goals),
    )


def _batch(root: Path, name: str) -> Measured:
    return measure_command([*TILSTAND, "run", f"params/{name}.yaml", "--workers", "2"], cwd=root)


def _one_row_changed(root: Path, name: str) -> tuple[Measured, list[dict]]:
    place = sorted(line["id"] for line in _log(root, name) if line["kind"] == "service")[0]
    municipality, _, service = place.partition("/")
    store = str(root / "data" / name)
    measure_command(part("change_answer", store, service, municipality), cwd=PROJECT)
    return _batch(root, name), _log(root, name)


def _nothing_changed(root: Path, size: tuple[int, int]) -> tuple[Measured, int]:
    name = make_country(root, municipalities=size[0], services=size[1])
    # A country of that size may have been built: its results are removed by then.
    measure_command(part("pretend_build", str(root), name), cwd=PROJECT)
    looked = _batch(root, name)
    log = [json.loads(line) for line in (root / "build" / name / "runs.jsonl").read_text().splitlines()]
    if any(line["outcome"] != "unchanged" for line in log):
        raise RuntimeError("results that stand were made again")
    return looked, len(log)


def _log(root: Path, name: str) -> list[dict]:
    lines = (root / "build" / name / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    return [line for line in map(json.loads, lines) if line["outcome"] == "done"]


def _seconds(log: list[dict]) -> float:
    return sum(line["seconds"] for line in log)


def _of_a_municipality(log: list[dict]) -> float:
    """Return the median over municipalities of the seconds of their own runs."""
    own: dict[str, float] = defaultdict(float)
    for line in log:
        if line["kind"] != "reference":
            own[line["id"].partition("/")[0]] += line["seconds"]
    return median(own.values())


def _row(what: str, log: list[dict], made: Measured, municipalities: int | None) -> tuple[str, ...]:
    own = ("", "")
    if municipalities is not None:
        own = (f"{made.processor_seconds / municipalities:.1f}", f"{_of_a_municipality(log):.1f}")
    return (what, f"{len(log):,}", *figures(made, decimals=1), *own)


def _at_size(what: str, found: str, *, met: bool, runs: int, enough: int) -> str:
    """Say what was found against a goal that is for a larger batch, where this one is too small for it."""
    if runs >= enough:
        return against_goal(what, found, met=met)
    return f"Goal: {what}. Measured: {found} with {runs:,} runs; the goal is for {enough:,} or more (--full)."


if __name__ == "__main__":
    from benchmarks.__main__ import main

    main(["country"])
