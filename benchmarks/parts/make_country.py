"""Make a synthetic country and its batch file: `make_country ROOT MUNICIPALITIES SERVICES RESPONDENTS`.

The file is `params/<batch>.yaml` in ROOT, the data lie in `data/<batch>`; the batch is named by its sizes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from analysis.demo import make_nation
from benchmarks.workspace import sized

_BATCH = """
batch: {name}
title: {{nb: Brukerundersøkelser 2025, en: User surveys 2025}}
synthetic: true
data: ../data/{name}
date: 2025-06-16
year: 2025
compare_years: [2021, 2023]
municipalities: all
services: all
language: nb
formats: [html, pdf, docx]
"""


def make_country(root: Path, *, municipalities: int, services: int, respondents: int) -> None:
    """Make the data and write the batch file."""
    name = sized(municipalities, services)
    make_nation(
        root / "data" / name, municipalities=municipalities, services=services, respondents=respondents
    )
    (root / "params" / f"{name}.yaml").write_text(_BATCH.format(name=name), encoding="utf-8")


if __name__ == "__main__":
    given = dict(zip(("municipalities", "services", "respondents"), map(int, sys.argv[2:5]), strict=True))
    make_country(Path(sys.argv[1]), **given)
