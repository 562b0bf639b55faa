"""Whole batches, executed, whose data and build are in a bucket that other machines write to as well."""

import os
import subprocess
import sys

import pytest
from started import script, soon

from analysis.batch import read_record, run_batch
from analysis.core.errors import BuildError, DataError
from analysis.core.remote import copy_of, open_remote

RUN = """
import sys
from pathlib import Path
from analysis.batch import run_batch
from analysis.core.settings import load_batch
if __name__ == "__main__":
    batch, build, notebooks = sys.argv[1:]
    result = run_batch(load_batch(Path(batch)), build, notebooks=Path(notebooks), reports=False, workers=2)
    sys.exit(result.exit_code)
"""
#: In 9902 the cell waits, as a long computation would, until the file beside the copy of the data is gone.
WAIT = """
import time
while place == "9902" and (batch.store.parent / "wait").exists():
    (batch.store.parent / "waiting").touch()
    time.sleep(0.1)
"""


@pytest.fixture
def stored(tiny, bucket):
    """The small project, whose data are in a bucket and nowhere else."""
    data = open_remote(f"{bucket}/data")
    for path in sorted(p for p in tiny.store.rglob("*") if p.is_file()):
        data.files.put_file(str(path), data.path(path.relative_to(tiny.store).as_posix()))
        path.unlink()
    tiny.write_batch(data=data.address, services=["school"])
    return tiny


def test_a_bucket_is_held_by_one_batch_and_what_it_made_is_fetched_by_the_next(
    stored, bucket, tmp_path, monkeypatch
) -> None:
    build, options = f"{bucket}/build", {"notebooks": stored.notebooks, "reports": False, "workers": 2}
    stored.write_notebooks(service=WAIT)
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    (here / "wait").touch()
    command = [sys.executable, script(tmp_path / "run.py", RUN), stored.batch.path, build, stored.notebooks]
    first = subprocess.Popen(command, env=os.environ | {"TILSTAND_CACHE": str(here)})
    try:
        assert soon((here / "waiting").exists, seconds=120)
        # Another machine, with a copy of nothing.
        monkeypatch.setenv("TILSTAND_CACHE", str(elsewhere))
        with pytest.raises(BuildError, match="another batch") as caught:
            run_batch(stored.batch, build, **options)
        assert caught.value.found.startswith(f"process {first.pid} on ")
        assert not copy_of(build).exists()
        (here / "wait").unlink()
        assert first.wait(timeout=120) == 0
    finally:
        first.kill()
        first.wait()

    again = run_batch(stored.batch, build, **options)
    assert again.exit_code == 0
    assert {outcome.outcome for outcome in again.outcomes} == {"unchanged"}
    assert "9902/school" in {outcome.id for outcome in again.outcomes}
    assert read_record(copy_of(build) / "9902/runs/school")["outcome"] == "done"
    assert (copy_of(build) / "9902/runs/school/notebook.ipynb").is_file()


def test_a_bucket_that_is_not_there_is_named_and_not_made(tiny, bucket) -> None:
    files = open_remote(bucket).files
    buckets = files.ls("")
    with pytest.raises(DataError, match="cannot be reached") as caught:
        run_batch(tiny.batch, f"{bucket}-mistyped/build", notebooks=tiny.notebooks, reports=False)
    assert "-mistyped" in caught.value.where
    files.invalidate_cache()
    assert files.ls("") == buckets
