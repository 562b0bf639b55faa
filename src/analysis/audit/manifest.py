"""What a build was made with and of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analysis.batch import checked_build, read_plan, read_record
from analysis.batch.fingerprint import file_hash, source_hash, versions
from analysis.batch.folder import run_folders
from analysis.core.errors import TilstandError
from analysis.core.names import FACTS
from analysis.core.paths import project_root


def describe_environment() -> dict[str, Any]:
    """Return the versions of Python and the packages, and the hashes of the source and the lock file.

    >>> sorted(describe_environment())
    ['lock', 'source', 'versions']
    """
    try:
        lock = project_root() / "requirements.lock"
        locked = file_hash(lock) if lock.is_file() else ""
    except TilstandError:
        locked = ""
    return {"versions": versions(), "source": source_hash(), "lock": locked}


def describe_build(build: Path) -> dict[str, Any]:
    """Return a build's batch, the versions it was made with, and each run's key and hash of facts.

    A run without results has "" for both. Raises BuildError where this is no build folder.
    """
    build = checked_build(build)
    plan = read_plan(build)
    records = {run_id: read_record(folder) or {} for run_id, folder in run_folders(build)}
    runs = {
        run["id"]: {
            "key": records.get(run["id"], {}).get("key", ""),
            "facts": records.get(run["id"], {}).get("files", {}).get(FACTS, ""),
        }
        for run in plan["runs"]
        if run["kind"] != "report"
    }
    return {
        "batch": plan["batch"],
        "batch_file": file_hash(build / "batch.yaml"),
        "versions": plan["environment"],
        "runs": runs,
    }
