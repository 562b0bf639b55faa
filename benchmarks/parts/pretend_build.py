"""Fill a build with results that stand, without making them: `pretend_build ROOT BATCH`.

Looking through them is what is measured elsewhere: facts are as large as real ones, since those are read;
of other files there are as many as a real run has.
Prints the number of runs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from analysis.batch import keep_batch_file, make_plan
from analysis.batch.folder import FACTS, INDEX, NOTEBOOK, file_hash, write_record
from analysis.batch.standing import Standing
from analysis.core.settings import load_batch

#: Files of a run and of a report, and their bytes.
_FILES = {FACTS: 60_000, NOTEBOOK: 1000} | {f"figures/{n}.svg": 1000 for n in range(14)}
_PAGES = {f"_report/{name}": 1000 for name in ("index.html", "report.pdf", "report.docx", "report.xlsx")}


def main(root: Path, name: str) -> None:
    """Write every run's folder with its record, and the index after them."""
    build = root / "build" / name
    batch = load_batch(root / "params" / f"{name}.yaml")
    build.mkdir(parents=True)
    batch = keep_batch_file(batch, build)
    plan = make_plan(batch, build, notebooks=root / "notebooks")
    standing = Standing(plan)
    for run in plan.runs:
        folder = build / run.folder
        for file, size in (_PAGES if run.kind == "report" else _FILES).items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(bytes(size))
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        hashes = {file: file_hash(path) for file, path in files.items()}
        key = standing.key(run)
        write_record(folder, {"id": run.id, "outcome": "done", **key.recorded(), "files": hashes})
    (build / INDEX).write_text("<!doctype html>")
    print(len(plan.runs))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
