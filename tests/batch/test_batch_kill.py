"""A batch that is killed in the middle loses nothing that was whole, and the next one makes the rest."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from analysis.batch import read_record, run_batch

RUN = """
import sys
from pathlib import Path
from analysis.batch import run_batch
from analysis.core.settings import load_batch
if __name__ == "__main__":
    batch, build, notebooks = map(Path, sys.argv[1:])
    run_batch(load_batch(batch), build, notebooks=notebooks, reports=False, workers=1)
"""
#: In 9902 the cell waits, as a long computation would, until the file is gone.
WAIT = """
import time
while place == "9902" and (batch.store.parent / "wait").exists():
    (batch.store.parent / "waiting").touch()
    time.sleep(0.1)
"""


@pytest.mark.skipif(os.name != "posix", reason="a process is killed here by a signal")
def test_a_kill_in_the_middle_of_a_run_leaves_whole_runs_and_nothing_else(tiny) -> None:
    tiny.write_batch(services=["school"])
    tiny.write_notebooks(service=WAIT)
    (tiny.root / "wait").touch()
    script = tiny.root / "run.py"
    script.write_text(RUN)
    batch = subprocess.Popen([sys.executable, script, tiny.batch.path, tiny.build, tiny.notebooks])
    try:
        last = time.monotonic() + 120
        while not (tiny.root / "waiting").exists():
            assert batch.poll() is None
            assert time.monotonic() < last
            time.sleep(0.05)
        # One run in its middle, some done, some not begun.
        os.kill(batch.pid, signal.SIGKILL)
    finally:
        batch.kill()
        batch.wait()

    done = [json.loads(line)["id"] for line in (tiny.build / "runs.jsonl").read_text().splitlines()]
    assert done[:2] == ["reference/school", "9901/school"]
    assert read_record(tiny.build / "9901/runs/school") is not None
    assert not (tiny.build / "9902/runs/school").exists()

    (tiny.root / "wait").unlink()
    again = run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, reports=False, workers=2)
    ends = {outcome.id: outcome.outcome for outcome in again.outcomes}
    assert again.exit_code == 0
    assert {name for name, end in ends.items() if end == "unchanged"} == set(done)
    assert ends["9902/school"] == "done"
    assert [path.name for path in tiny.build.rglob(".*")] == []
