"""A batch that is interrupted ends at once, says so and goes on later; another in its folder is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest
from started import soon

from analysis.batch import read_record, run_batch

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a process is interrupted here by a signal")

TILSTAND = (sys.executable, "-m", "analysis.cli")
#: In 9902 the cell waits, as a long computation would, until the file is gone.
WAIT = """
import time
while place == "9902" and (batch.store.parent / "wait").exists():
    (batch.store.parent / "waiting").touch()
    time.sleep(0.1)
"""


def started(tiny) -> subprocess.Popen:
    """Start the command in the project's folder, as the head of a group of its own like a terminal's job."""
    return subprocess.Popen(
        [
            *TILSTAND,
            "run",
            tiny.batch.path,
            "--build",
            tiny.build,
            "--workers",
            "1",
        ],
        cwd=tiny.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def project(tiny):
    """A project whose batch waits in its third run."""
    tiny.write_batch(services=["school"])
    tiny.write_notebooks(service=WAIT)
    for name in ("_quarto.yml", "requirements.lock"):
        (tiny.root / name).touch()
    (tiny.root / "reports").mkdir()
    (tiny.root / "wait").touch()
    return tiny


@pytest.mark.parametrize("to_all", [True, False], ids=["as a terminal does it", "the command alone"])
def test_an_interrupted_batch_ends_at_once_says_so_and_is_gone_on_with(project, to_all) -> None:
    tiny = project
    batch = started(tiny)
    try:
        assert soon((tiny.root / "waiting").exists, 60)
        family = psutil.Process(batch.pid).children(recursive=True)
        second = subprocess.run(
            [*TILSTAND, "run", tiny.batch.path, "--build", tiny.build],
            cwd=tiny.root,
            capture_output=True,
            text=True,
            check=False,
        )
        (os.killpg if to_all else os.kill)(batch.pid, signal.SIGINT)
        said, _ = batch.communicate(timeout=30)
    finally:
        batch.kill()
        batch.wait()
    assert second.returncode == 2
    assert "another batch is at work in this build folder" in second.stderr
    assert f"process {batch.pid} on " in second.stderr

    assert batch.returncode == 130
    assert "Interrupted: " in said
    assert "Traceback" not in said
    assert soon(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family))
    assert read_record(tiny.build / "9901/runs/school") is not None
    assert not (tiny.build / "9902/runs/school").exists()

    (tiny.root / "wait").unlink()
    again = run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, reports=False, workers=1)
    ends = {outcome.id: outcome.outcome for outcome in again.outcomes}
    assert again.exit_code == 0
    assert {name for name, end in ends.items() if end == "unchanged"} >= {"reference/school", "9901/school"}
    assert ends["9902/school"] == "done"
    assert (tiny.build / "runs.1.jsonl").is_file()
    assert [path.name for path in tiny.build.rglob(".*")] == []
