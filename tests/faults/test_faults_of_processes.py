"""Templates that are killed, and many notebooks at once."""

import asyncio
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from io import StringIO
from multiprocessing import resource_tracker

import nbformat
import psutil
import pytest
from rich.console import Console
from started import is_warm, started

from analysis.batch import RunLimits, make_plan, run_batch
from analysis.batch.execute import execute
from analysis.batch.kernels.guard import Guard
from analysis.batch.kernels.manager import kernel_in
from analysis.batch.kernels.spec import install_kernelspec
from analysis.batch.key import Key
from analysis.batch.pool import Pool
from analysis.batch.scratch import scratch_folder
from analysis.batch.surroundings import FIXED, surroundings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels need Linux")

#: The first try ends with what forked its kernel; a file tells the second that it is one.
KILL_NURSERY = """
import os, psutil, time
if not (batch.store.parent / "killed").exists():
    (batch.store.parent / "killed").write_text(psutil.Process().environ().get("TRIED_IN", ""))
    os.kill(os.getppid(), 9)
    time.sleep(60)
"""


#: Ends the template that all workers were forked from: its kernel's nursery's worker's parent.
KILL_TEMPLATE = """
import psutil
template = psutil.Process().parents()[2]
assert "kernels.template" in " ".join(template.cmdline())
template.kill()
(batch.store.parent / "killed").write_text(str(template.pid))
"""
#: Then ends the worker that this is run by, once: the next one can come from a new template alone.
KILL_WORKER = """
import psutil, time
while not (batch.store.parent / "killed").exists():
    time.sleep(0.02)
if not (batch.store.parent / "again").exists():
    (batch.store.parent / "again").touch()
    psutil.Process().parents()[1].kill()
    time.sleep(60)
(batch.store.parent / "again").write_text(str(psutil.Process().parents()[2].pid))
"""


def test_workers_outlive_a_template_that_is_killed_and_the_next_one_comes_from_another(
    troubled, tiny
) -> None:
    first, _, second = troubled([KILL_TEMPLATE, KILL_WORKER])
    assert {o.outcome for o in first.outcomes} == {"done"}
    killed, another = ((tiny.root / name).read_text() for name in ("killed", "again"))
    assert killed != another
    assert {o.outcome for o in second.outcomes} == {"unchanged"}


def test_a_run_whose_nursery_is_killed_is_made_again_and_nothing_is_left_behind(
    troubled, tiny, monkeypatch
) -> None:
    # It outlives the batch, as this process does.
    resource_tracker.ensure_running()
    # What is left behind has another parent by then, and others may run tests on this machine: ours are told
    # by what they were started with, which the kernel tells us that it has.
    monkeypatch.setenv("TRIED_IN", str(tiny.root))
    first, _, second = troubled([KILL_NURSERY])
    assert (tiny.root / "killed").read_text() == str(tiny.root)
    assert {o.outcome for o in first.outcomes} == {"done"}
    assert {o.outcome for o in second.outcomes} == {"unchanged"}
    living = [process.info for process in psutil.process_iter(["cmdline", "environ"])]
    ours = [p for p in living if (p["environ"] or {}).get("TRIED_IN") == str(tiny.root)]
    assert [p["cmdline"] for p in ours] == []


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


def test_fifty_kernels_of_runs_are_started_in_one_moment_and_none_meets_another() -> None:
    async def says(number: int) -> tuple[str, str]:
        # Short, as a run's own: the names of sockets may be no longer.
        with scratch_folder() as folder, Guard(RunLimits()) as guard:
            kernel = kernel_in(folder, guard)()
            await kernel.start_kernel(cwd=str(folder))
            client = kernel.client()
            client.start_channels()
            try:
                await client.wait_for_ready(120)
                heard = []
                hook = heard.append
                await client.execute_interactive(f"print({number})", output_hook=hook, timeout=60)
            finally:
                client.stop_channels()
                await kernel.shutdown_kernel(now=True)
            return kernel.transport, "".join(m["content"].get("text", "") for m in heard).strip()

    async def all_at_once() -> list[tuple[str, str]]:
        return await asyncio.gather(*map(says, range(50)))

    assert asyncio.run(all_at_once()) == [("ipc", str(number)) for number in range(50)]


def test_a_batch_without_a_template_says_once_why_its_kernels_are_ordinary(tiny, monkeypatch) -> None:
    wrong = tiny.root / "wrong"
    wrong.mkdir()
    (wrong / "seaborn.py").write_text("raise ImportError('no seaborn today')")
    monkeypatch.setenv("PYTHONPATH", str(wrong), prepend=os.pathsep)
    said = StringIO()
    options = {"notebooks": tiny.notebooks, "reports": False, "workers": 1, "only": ["9902/school"]}
    result = run_batch(tiny.batch, tiny.build, **options, console=Console(file=said))
    assert {o.outcome for o in result.outcomes} == {"done"}
    lines = [line for line in said.getvalue().splitlines() if "Ordinary kernels" in line]
    assert len(lines) == 1
    assert "no seaborn today" in said.getvalue()
    assert "ordinary kernels instead of warm ones in 3 runs: " in str(result)


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
