"""The same inputs give the same bytes in any folder, with any number of workers, in either kind of kernel."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from analysis.batch import RunLimits, run_batch
from analysis.batch.runlog import LOG
from analysis.core.settings import load_batch
from analysis.demo import make_country

PROJECT = Path(__file__).resolve().parents[2]
_BATCH = """
batch: small
title: {nb: Brukerundersøkelser 2025, en: User surveys 2025}
synthetic: true
data: ../data
date: 2025-06-16
year: 2025
compare_years: [2021, 2023]
municipalities: ["9903", "9908"]
services: [kindergarten, school]
steering: steering
editions: [full, national]
language: nb
formats: [html, pdf, docx]
"""


@dataclass(frozen=True)
class Built:
    """Every file of a build folder by its path from there."""

    files: dict[str, bytes]

    def named(self, end: str) -> set[str]:
        return {name for name in self.files if name.endswith(end)}


def built(root: Path, country: Path, *, workers: int, kernels: str) -> Built:
    """Make a batch from a copy of the country in a folder of its own."""
    shutil.copytree(country, root / "data")
    (root / "params/steering").mkdir(parents=True)
    (root / "params/small.yaml").write_text(_BATCH, encoding="utf-8")
    adopted = yaml.safe_load((PROJECT / "params/steering/9903.yaml").read_text(encoding="utf-8"))
    kept = {name: adopted[name] for name in ("version", "municipality", "main_goal", "wheel")}
    (root / "params/steering/9903.yaml").write_text(yaml.safe_dump(kept, allow_unicode=True), "utf-8")
    batch, build = load_batch(root / "params/small.yaml"), root / "build"
    limits = RunLimits(kernels=kernels)
    result = run_batch(batch, build, notebooks=PROJECT / "notebooks", workers=workers, limits=limits)
    assert result.exit_code == 0, str(result)
    found = (path for path in sorted(build.rglob("*")) if path.is_file())
    return Built({path.relative_to(build).as_posix(): path.read_bytes() for path in found})


@pytest.fixture(scope="module")
def builds(tmp_path_factory) -> tuple[Built, Built]:
    """One batch in one worker and warm kernels, the other elsewhere in four and ordinary ones."""
    country = tmp_path_factory.mktemp("country") / "data"
    make_country(country, municipalities=12, services=2)
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("elsewhere, and a longer name")
    warm = "warm" if sys.platform == "linux" else "ordinary"
    return (
        built(one, country, workers=1, kernels=warm),
        built(other / "project", country, workers=4, kernels="ordinary"),
    )


def test_both_batches_have_made_everything_that_a_batch_makes(builds) -> None:
    one, other = builds
    assert set(one.files) == set(other.files)
    for kind in (".html", ".pdf", ".docx", ".xlsx", ".ics", ".svg", ".png", "facts.parquet", ".ipynb"):
        assert one.named(kind), kind


def test_all_but_the_log_and_the_records_of_time_is_the_same_byte_for_byte(builds) -> None:
    one, other = builds
    executed = one.named("/notebook.ipynb")
    timed = {LOG, *executed, *(name.replace("notebook.ipynb", "run.json") for name in executed)}
    assert [name for name in one.files if name not in timed and one.files[name] != other.files[name]] == []
    # Few of many.
    assert len(one.files) > 10 * len(timed)


def test_executed_notebooks_differ_in_the_times_that_were_noted_and_nowhere_else(builds) -> None:
    one, other = builds
    executed = one.named("/notebook.ipynb")
    # The national picture of each service, each municipality's services and the municipality.
    assert len(executed) == 8
    for name in executed:
        assert without_times(one.files[name]) == without_times(other.files[name]), name


def test_their_records_differ_in_the_hash_of_the_notebook_alone(builds) -> None:
    one, other = builds
    for name in sorted(one.named("/notebook.ipynb")):
        record = name.replace("notebook.ipynb", "run.json")
        first, second = (json.loads(build.files[record]) for build in builds)
        assert {file for file in first["files"] if first["files"][file] != second["files"][file]} <= {
            "notebook.ipynb"
        }
        first["files"].pop("notebook.ipynb")
        second["files"].pop("notebook.ipynb")
        assert first == second
    for place in ("9903", "9908"):
        assert one.files[f"{place}/full/run.json"] == other.files[f"{place}/full/run.json"]


def test_the_log_differs_in_when_how_long_how_much_and_who(builds) -> None:
    one, other = (
        {line["id"]: line for line in map(json.loads, build.files[LOG].decode().splitlines())}
        for build in builds
    )
    # These are never replaced: more than one of them had something to do at a time.
    assert len({line["worker"] for line in other.values()}) > 1
    for name, line in one.items():
        for key in ("at", "seconds", "memory_mib", "worker"):
            line.pop(key, None), other[name].pop(key, None)
    assert one == other


def without_times(notebook: bytes) -> Any:
    book = json.loads(notebook)
    for metadata in (book["metadata"], *(cell["metadata"] for cell in book["cells"])):
        for time in ("start_time", "end_time", "duration"):
            metadata.get("papermill", {}).pop(time, None)
        # When the kernel began, was busy and idle.
        metadata.pop("execution", None)
    return book
