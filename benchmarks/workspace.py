"""A folder of its own with what a run needs, so that a benchmark leaves the project as it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
MUNICIPALITY, SERVICE = "9903", "kindergarten"
TILSTAND = (sys.executable, "-m", "analysis.cli")


@contextmanager
def workspace() -> Iterator[Path]:
    """Give a copy of the project's notebooks, reports and settings, without data; removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="tilstand-bench-", ignore_cleanup_errors=True) as name:
        root = Path(name)
        for folder in ("notebooks", "reports", "params"):
            shutil.copytree(PROJECT / folder, root / folder)
        for file in ("_quarto.yml", "requirements.lock"):
            shutil.copy(PROJECT / file, root / file)
        yield root


def demo_build(root: Path) -> Path:
    """Return the demo's build in `root` with one municipality's report, which is made where it is missing."""
    build = root / "build" / "demo"
    if not (build / MUNICIPALITY / "full" / "_quarto.yml").is_file():
        command = [*TILSTAND, "run", "params/demo.yaml", "--only", MUNICIPALITY, "--no-render"]
        subprocess.run(command, cwd=root, check=True, stdout=subprocess.DEVNULL)
    return build


def make_country(root: Path, *, municipalities: int, services: int) -> str:
    """Make a synthetic country in `root`, and return its batch's name.

    It has as many respondents to a service and municipality as one of 350 municipalities, 20 services and a
    million respondents.
    """
    name = sized(municipalities, services)
    respondents = round(1_000_000 * municipalities * services / (350 * 20))
    sizes = map(str, (municipalities, services, respondents))
    if not (root / "data" / name).is_dir():
        command = part("make_country", str(root), *sizes)
        subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
    return name


def sized(municipalities: int, services: int) -> str:
    """Return the name of the batch of a country of that size."""
    return f"country-{municipalities}-{services}"


def part(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of `benchmarks.parts`; the project is its working folder."""
    return [sys.executable, "-m", f"benchmarks.parts.{name}", *arguments]
