"""The small project that faults are tried on."""

import sys
from pathlib import Path

# The project and the stand-ins of the batch's own tests.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "batch"))

import pandas as pd
import pytest
from tiny_project import TinyProject, tiny

from analysis.batch import BatchResult, RunLimits, run_batch
from analysis.survey import write_table

__all__ = ["tiny"]


@pytest.fixture
def troubled(tiny):
    """Run a batch of schools, one municipality for each cell of trouble and one without any.

    Returns the result, the names of the runs in trouble in the cells' order, and the result of a second batch
    in which no cell makes trouble.
    """

    def tried(cells: list[str], **limits: object) -> tuple[BatchResult, list[str], BatchResult]:
        places = [f"99{number:02}" for number in range(1, len(cells) + 1)]
        _make_places(tiny, [*places, "9999"])
        lines = ["if (batch.store.parent / 'trouble').exists():", "    pass"]
        for place, cell in zip(places, cells, strict=True):
            lines += [f"    if place == {place!r}:"]
            lines += [f"        {line}" for line in cell.strip().splitlines()]
        tiny.write_notebooks(service="\n".join(lines))
        (tiny.root / "trouble").touch()
        options = {
            "notebooks": tiny.notebooks,
            "reports": False,
            "workers": 2,
            "limits": RunLimits(**limits),
        }
        first = run_batch(tiny.batch, tiny.build, **options)
        (tiny.root / "trouble").unlink()
        second = run_batch(tiny.batch, tiny.build, **options)
        return first, [f"{place}/school" for place in places], second

    return tried


def _make_places(tiny: TinyProject, places: list[str]) -> None:
    tiny.write_batch(services=["school"], municipalities=places)
    tiny.write_answers("school", {place: [4, 5, 6, 3, 4] for place in places})
    units = [
        {"unit": f"school-{p}", "name": "school", "municipality": p, "service": "school"} for p in places
    ]
    write_table(tiny.store, "units", pd.DataFrame(units))
    write_table(tiny.store, "municipalities", pd.DataFrame({"code": places, "name": places}))
