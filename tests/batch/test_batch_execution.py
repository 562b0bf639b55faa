"""Notebooks really executed: what fails is told apart from what succeeds, and the next batch mends it."""

import json
import sys

import nbformat
import pandas as pd
import pytest

from analysis.batch import read_record, run_batch

#: Three ways to fail while a file stands outside the data; in 9903 the surroundings are looked at instead.
TROUBLE = """
import os, sys, signal
if (batch.store.parent / "trouble").exists() and place:
    if unit == "library":
        sys.exit(0)
    if (place, unit) == ("9901", "school"):
        raise ValueError("the mother of Kari answered 2")
    if (place, unit) == ("9902", "school"):
        os.kill(os.getpid(), signal.SIGKILL)
print(sys.executable)
print({name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "PYTHONHASHSEED", "SOURCE_DATE_EPOCH")})
print(os.listdir("."))
"""


@pytest.fixture
def troubled(tiny, monkeypatch):
    # A user's kernelspec, profile and plotting backend of their own must not matter.
    monkeypatch.setenv("MPLBACKEND", "TkAgg")
    monkeypatch.setenv("JUPYTER_PATH", str(tiny.root / "no kernels here"))
    tiny.write_notebooks(service=TROUBLE)
    (tiny.root / "trouble").touch()
    return tiny


def test_failures_stop_no_other_run_and_the_next_batch_makes_only_what_is_missing(troubled) -> None:
    tiny = troubled
    options = {"notebooks": tiny.notebooks, "reports": False, "workers": 2}
    first = run_batch(tiny.batch, tiny.build, **options)
    ends = {o.id: o for o in first.outcomes}

    assert first.exit_code == 1
    assert {o.id for o in first.failed} == {"9901/library", "9901/school", "9902/school"}
    assert {name for name, o in ends.items() if o.outcome == "done"} == {
        *("reference/library", "reference/school", "9903/school", "9903/municipality")
    }
    assert ends["9902/municipality"].because == "9902/school failed"
    # An exit raises nothing and papermill calls a killed kernel's cells completed: both are failures.
    assert ends["9901/library"].error == "NotFinished"
    assert ends["9902/school"].error == "DeadKernelError"
    assert ends["9901/school"].error == "ValueError"

    kept = tiny.build / "_protected" / "9901" / "school"
    assert "the mother of Kari answered 2" in (kept / "error.txt").read_text()
    assert "Kari" in (kept / "notebook.ipynb").read_text()
    assert (tiny.build / "_protected").stat().st_mode & 0o077 == 0
    # What is not protected tells the class and where to look, and no answer.
    log = (tiny.build / "runs.jsonl").read_text()
    assert "Kari" not in str(first) + log
    assert "_protected/9901/school/error.txt" in str(first)
    assert {json.loads(line)["id"] for line in log.splitlines()} == set(ends)
    assert not (tiny.build / "9901" / "runs" / "school").exists()

    looked = nbformat.read(tiny.build / "9903/runs/school/notebook.ipynb", as_version=4)
    printed = "".join(o.text for cell in looked.cells for o in cell.get("outputs", []))
    epoch = str(int(pd.Timestamp(tiny.batch.date, tz="UTC").timestamp()))
    for expected in (sys.executable, "'PYTHONHASHSEED': '0'", epoch, "'OMP_NUM_THREADS': '1'"):
        assert expected in printed
    # The bytes do not depend on where the build lies.
    assert str(tiny.root) not in nbformat.writes(looked).replace(sys.executable, "")
    record = read_record(tiny.build / "9903/runs/school")
    assert set(record["files"]) == {"facts.parquet", "notebook.ipynb"}
    assert ends["9903/school"].memory_mib > 20

    (tiny.root / "trouble").unlink()
    second = run_batch(tiny.batch, tiny.build, **options)
    made = {o.id for o in second.outcomes if o.outcome == "done"}
    assert second.exit_code == 0
    assert made == {"9901/library", "9901/school", "9902/school", "9901/municipality", "9902/municipality"}
    assert not (tiny.build / "_protected" / "9901").exists()

    third = run_batch(tiny.batch, tiny.build, **options)
    assert {o.outcome for o in third.outcomes} == {"unchanged"}
