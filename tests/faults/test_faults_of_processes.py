"""Templates that are killed, and many notebooks at once."""

import sys
from contextlib import ExitStack
from dataclasses import replace

import nbformat
import psutil
import pytest
from started import is_warm, started

from analysis.batch import RunLimits, make_plan, run_batch
from analysis.batch.execute import execute
from analysis.batch.kernels.spec import install_kernelspec
from analysis.batch.key import Key
from analysis.batch.pool import Pool
from analysis.batch.surroundings import FIXED, surroundings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels need Linux")

#: The first try ends with its template; a file tells the second that it is one.
KILL_TEMPLATE = """
import os, time
if not (batch.store.parent / "killed").exists():
    (batch.store.parent / "killed").touch()
    os.kill(os.getppid(), 9)
    time.sleep(60)
"""


def test_a_run_whose_template_is_killed_is_made_again_and_nothing_is_left_behind(troubled, tiny) -> None:
    before = {process.pid for process in psutil.process_iter()}
    first, _, second = troubled([KILL_TEMPLATE])
    assert (tiny.root / "killed").exists()
    assert {o.outcome for o in first.outcomes} == {"done"}
    assert {o.outcome for o in second.outcomes} == {"unchanged"}
    new = [process for process in psutil.process_iter() if process.pid not in before]
    # Others may run tests on this machine: ours would be our children, or nobody's.
    ours = {p.pid for p in psutil.Process().children(recursive=True)}
    left = [p.cmdline() for p in new if p.pid in ours and p.status() != psutil.STATUS_ZOMBIE]
    assert [command for command in left if "kernels.template" in " ".join(command)] == []


def copy_of_a_run(tiny, number: int) -> str:
    run = make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks).run("9901/school")
    run = replace(run, folder=f"9901/runs/school-{number}")
    notebook, limits = tiny.notebooks / run.notebook, RunLimits()
    return execute(run, build=tiny.build, notebook=notebook, key=Key({}), limits=limits).outcome


def test_notebooks_handed_out_at_once_all_come_to_their_end(tiny) -> None:
    run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, reports=False, only=["9901/school"])
    with Pool(4, surroundings(tiny.batch.date)) as pool:
        futures = [pool.submit(copy_of_a_run, tiny, number) for number in range(12)]
        assert [future.result(timeout=600) for future in futures] == ["done"] * 12
    made = [nbformat.read(p, as_version=4) for p in tiny.build.glob("9901/runs/school-*/notebook.ipynb")]
    assert len(made) == 12
    assert len({tuple(cell.execution_count for cell in book.cells) for book in made}) == 1


def test_fifty_kernels_of_one_process_live_at_the_same_time(tmp_path, monkeypatch) -> None:
    install_kernelspec(tmp_path / "env")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "env" / "share" / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    for name, value in FIXED.items():
        monkeypatch.setenv(name, value)
    with ExitStack() as stack:
        kernels = [stack.enter_context(started()) for _ in range(50)]
        assert len({kernel.pid for kernel in kernels}) == 50
        assert all(is_warm(kernel.pid) for kernel in kernels)
        assert [kernel.say("print(1 + 1)") for kernel in kernels[::10]] == ["2"] * 5
