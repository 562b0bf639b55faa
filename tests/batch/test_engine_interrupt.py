"""An interrupt while the batch's engine executes a notebook ends the kernel at once, wherever it comes."""

import asyncio
import gc
import os

import nbformat
import pytest
from executed import execute_cells
from started import is_gone

from analysis.batch.kernels.guard import Guard, RunLimits
from analysis.batch.kernels.manager import QuickClient

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a process is interrupted here by a signal")

#: An ordinary kernel's parent is the process that started it, which is the one that executes the notebook.
INTERRUPT = """
import os, pathlib, signal, time
pathlib.Path("pid").write_text(str(os.getpid()))
os.kill(os.getppid(), signal.SIGINT)
time.sleep(15)
pathlib.Path("came-to-its-end").touch()
"""


@pytest.fixture
def execute(tmp_path, monkeypatch):
    """Execute a notebook of one cell in a folder of its own, and return the guard that watched it."""
    monkeypatch.chdir(tmp_path)
    guard = Guard(RunLimits(kernels="ordinary"))

    def run(cell: str) -> Guard:
        with pytest.raises(KeyboardInterrupt):
            execute_cells(tmp_path, cell, guard=guard)
        return guard

    return run


def test_an_interrupt_in_a_cell_ends_its_kernel_and_no_task_is_left_over(execute, tmp_path, caplog) -> None:
    guard = execute(INTERRUPT)
    assert is_gone(int((tmp_path / "pid").read_text()))
    assert not (tmp_path / "came-to-its-end").exists()
    assert guard.peak_mib > 20
    # What has been noted of the cell by then is kept.
    (cell,) = nbformat.read(tmp_path / "out.ipynb", 4).cells
    assert cell.metadata.papermill.start_time
    # A task whose error nobody has asked for says so when it is thrown away.
    gc.collect()
    assert caplog.text == ""


def test_an_interrupt_where_an_event_loop_runs_already_does_not_wait_for_the_cell(execute, tmp_path) -> None:
    async def inside() -> Guard:
        return execute(INTERRUPT)

    loop = asyncio.new_event_loop()
    try:
        guard = loop.run_until_complete(inside())
    finally:
        loop.close()
    assert is_gone(int((tmp_path / "pid").read_text()))
    assert not (tmp_path / "came-to-its-end").exists()
    assert guard.peak_mib > 20


def test_an_interrupt_while_the_kernel_starts_ends_it(execute, monkeypatch) -> None:
    started = []
    began = Guard.began
    monkeypatch.setattr(Guard, "began", lambda self, pid: (started.append(pid), began(self, pid)))

    async def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(QuickClient, "wait_for_ready", interrupted)
    guard = execute("1")
    assert [is_gone(pid) for pid in started] == [True]
    assert guard.peak_mib is not None
