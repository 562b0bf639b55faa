"""Compute statistics and print how long it took: `statistics_once model|nation|service FOLDER TIMES`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.workspace import MUNICIPALITY, SERVICE


def timed(call: Callable[[], Any], times: int, *, unmeasured: int) -> tuple[float, Any]:
    """Return the median seconds and the last result; calls before them pay for imports that come late."""
    seconds, result = [], None
    for _ in range(unmeasured + times):
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    return median(seconds[unmeasured:]), result


def model(folder: Path, times: int) -> dict[str, float]:
    """Fit the nested model to `answers.csv`."""
    import pandas as pd  # noqa: PLC0415

    from analysis.stats import fit_units  # noqa: PLC0415

    answers = pd.read_csv(folder / "answers.csv")
    seconds, fit = timed(
        lambda: fit_units(answers, "score", "unit", within="municipality"), times, unmeasured=0
    )
    return {
        "seconds": seconds,
        "unit": fit.variance_unit,
        "municipality": fit.variance_within,
        "residual": fit.variance_residual,
    }


def nation(folder: Path, times: int) -> dict[str, float]:
    """Make the national stage of the store in `folder`, reading included."""
    from analysis.batch import open_reference  # noqa: PLC0415

    stage = open_reference(folder / "nation.yaml", SERVICE)
    seconds, facts = timed(stage.measure, times, unmeasured=0)
    return {"seconds": seconds, "facts": len(facts)}


def service(root: Path, times: int) -> dict[str, float]:
    """Describe one service in one municipality of the demo, whose data are made where they are missing."""
    from analysis.batch import open_service  # noqa: PLC0415

    run = open_service(root / "params" / "demo.yaml", MUNICIPALITY, SERVICE)
    seconds, facts = timed(run.measure, times, unmeasured=1)
    return {"seconds": seconds, "facts": len(facts)}


if __name__ == "__main__":
    ways = {"model": model, "nation": nation, "service": service}
    print(json.dumps(ways[sys.argv[1]](Path(sys.argv[2]).resolve(), int(sys.argv[3]))))
