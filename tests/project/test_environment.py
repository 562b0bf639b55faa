"""The three lists of packages hold together: pyproject.toml, requirements.lock, environment.yml."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
DIRECT = [Requirement(text) for text in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"])]
# Where conda-forge calls a package otherwise than pip does.
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "great-tables": "great_tables",
    "jupyter-client": "jupyter_client",
    "matplotlib": "matplotlib-base",
    "pandera": "pandera-pandas",
    "typst": "typst-py",
}


def pins() -> list[tuple[Requirement, int]]:
    """Give each pinned requirement of the lock with the number of its hashes."""
    found = []
    kept = "\n".join(line for line in LOCK.splitlines() if line[:1] not in ("#", "-"))
    for block in re.split(r"\n(?=[A-Za-z0-9])", kept):
        line = block.splitlines()[0].rstrip(" \\")
        found.append((Requirement(line), len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block))))
    return found


PINS = pins()


def locked(name: str) -> list[Requirement]:
    return [pin for pin, _ in PINS if canonicalize_name(pin.name) == canonicalize_name(name)]


def version(pin: Requirement) -> Version:
    (specifier,) = pin.specifier
    assert specifier.operator == "=="
    return Version(specifier.version)


def conda_lists() -> tuple[dict[str, Requirement], list[str]]:
    plain = [entry for entry in CONDA["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    return {Requirement(entry).name: Requirement(entry) for entry in plain}, pip


@pytest.mark.parametrize("wanted", DIRECT, ids=lambda r: r.name)
def test_every_dependency_is_locked_in_an_allowed_version_for_every_python(wanted) -> None:
    pinned = locked(wanted.name)
    for python in ("3.11", "3.12", "3.13"):
        surroundings = {"python_version": python, "python_full_version": f"{python}.9"}
        fits = [p for p in pinned if p.marker is None or p.marker.evaluate(surroundings)]
        assert len(fits) == 1, f"{wanted.name} on Python {python}: {[str(p) for p in fits]}"
        assert wanted.specifier.contains(version(fits[0]), prereleases=True)


def test_everything_in_the_lock_is_pinned_with_hashes() -> None:
    assert len(PINS) > len(DIRECT)
    assert [str(pin) for pin, hashes in PINS if hashes == 0 or not version(pin)] == []


def test_the_lock_names_no_place_that_packages_come_from() -> None:
    said = re.findall(
        r"(?m)^\s*(?:--(?:extra-)?index|--find-links|-f |-i |-e ).*|\w+://.*| @ .*|\bfile:.*", LOCK
    )
    assert said == []


def test_the_lock_is_for_every_system_and_python() -> None:
    markers = [str(pin.marker) for pin, _ in PINS if pin.marker]
    # Locked for one system, a lock names none.
    for word in ("win32", "darwin", "python_full_version < '3.12'"):
        assert any(word in marker.replace('"', "'") for marker in markers), word
    assert PROJECT["requires-python"] == ">=3.11"


def test_quarto_is_an_extra_and_comes_with_conda() -> None:
    extras = PROJECT["optional-dependencies"]
    assert [Requirement(text).name for text in extras["quarto"]] == ["quarto-cli"]
    assert "quarto-cli" not in {requirement.name for requirement in DIRECT}
    assert locked("quarto-cli") == []
    conda, pip = conda_lists()
    assert str(conda["quarto"].specifier) == str(Requirement(extras["quarto"][0]).specifier)
    assert not any(entry.startswith("quarto") for entry in pip)


def test_conda_and_pip_name_the_same_packages_from_the_same_versions() -> None:
    conda, pip = conda_lists()
    by_pip = {Requirement(entry).name: Requirement(entry) for entry in pip if not entry.startswith("-")}
    ours = {CONDA_NAMES.get(r.name, r.name): str(r.specifier) for r in DIRECT}
    theirs = {name: str(r.specifier) for name, r in (conda | by_pip).items()}
    assert {name: theirs.pop(name) for name in ("python", "pip", "quarto")}["python"] == ">=3.11"
    assert theirs == ours
    assert CONDA["channels"] == ["conda-forge"]


def test_conda_installs_the_project_itself_and_names_no_index() -> None:
    _, pip = conda_lists()
    assert [entry for entry in pip if entry.startswith("-")] == ["-e ."]


def test_the_hooks_use_the_locked_ruff() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    revs = {Path(repo["repo"]).name: repo["rev"] for repo in hooks}
    (ruff,) = locked("ruff")
    assert revs["ruff-pre-commit"] == f"v{version(ruff)}"


def test_the_notebook_hook_keeps_outputs() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    (strip,) = [hook for repo in hooks for hook in repo["hooks"] if hook["id"] == "nbstripout"]
    assert {"--keep-output", "--keep-count", "--keep-id"} <= set(strip["args"])


def test_the_ci_runs_make_test_and_may_be_run() -> None:
    script = ROOT / ".ci" / "run"
    assert script.read_text("utf-8").splitlines()[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in script.read_text("utf-8")
    assert script.read_text("utf-8").rstrip().splitlines()[-1] == "make test"
    assert script.stat().st_mode & 0o111
