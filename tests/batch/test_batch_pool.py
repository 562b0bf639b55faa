"""Worker processes: as many as there is room for, and none is left when its batch is given up."""

import errno
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from started import is_gone, soon

from analysis.batch import capacity, pool, scratch
from analysis.batch.failure import WorkerDied
from analysis.batch.pool import Pool


def test_there_are_as_many_workers_as_processors_and_memory_allow(monkeypatch) -> None:
    monkeypatch.setattr(capacity, "usable_processors", lambda: 8)
    found = {}
    for gib in (0.5, 2, 4, 64, None):
        memory = None if gib is None else int(gib * 2**30)
        monkeypatch.setattr(capacity, "usable_memory", lambda memory=memory: memory)
        found[gib] = capacity.usable_workers()
    assert found == {0.5: 1, 2: 2, 4: 4, 64: 8, None: 8}


def test_more_tasks_than_workers_are_all_done_by_no_more_processes() -> None:
    with Pool(2, {"SEEN": "yes"}) as workers:
        futures = [workers.submit(os.getenv, "SEEN") for _ in range(7)]
        processes = {workers.submit(os.getpid).result(timeout=60) for _ in range(5)}
        assert [future.result(timeout=60) for future in futures] == ["yes"] * 7
    assert 1 <= len(processes) <= 2
    assert all(is_gone(pid) for pid in processes)


def test_an_error_comes_back_as_it_was_raised_and_the_worker_goes_on() -> None:
    with Pool(1, {}) as workers:
        with pytest.raises(ZeroDivisionError):
            workers.submit(divmod, 1, 0).result(timeout=60)
        assert workers.submit(divmod, 7, 2).result(timeout=60) == (3, 1)


def test_a_worker_that_was_killed_with_nothing_to_do_is_replaced() -> None:
    with Pool(1, {}) as workers:
        first = workers.submit(os.getpid).result(timeout=60)
        psutil.Process(first).kill()
        assert soon(lambda: is_gone(first))
        assert workers.submit(os.getpid).result(timeout=60) != first


def test_a_process_that_cannot_be_started_fails_its_task_and_leaves_the_one_before_as_it_ended(
    monkeypatch,
) -> None:
    with Pool(1, {}) as workers:
        first = workers.submit(os.getpid)
        first.result(timeout=60)
        psutil.Process(first.result()).kill()
        assert soon(lambda: is_gone(first.result()))
        with monkeypatch.context() as patched:
            patched.setattr(pool.ProcessPoolExecutor, "_spawn_process", no_more_processes)
            with pytest.raises(BlockingIOError):
                workers.submit(os.getpid).result(timeout=60)
        assert workers.submit(divmod, 7, 2).result(timeout=60) == (3, 1)


def test_tasks_wait_for_the_workers_there_are_where_no_more_can_be_started(monkeypatch) -> None:
    with Pool(2, {}) as workers:
        assert workers.submit(divmod, 7, 2).result(timeout=60) == (3, 1)
        monkeypatch.setattr(pool.ProcessPoolExecutor, "_spawn_process", no_more_processes)
        futures = [workers.submit(os.getpid) for _ in range(4)]
        assert len({future.result(timeout=60) for future in futures}) == 1


def no_more_processes(self) -> None:
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def test_a_task_whose_workers_all_die_unknown_is_given_up(monkeypatch) -> None:
    monkeypatch.setattr(pool, "_processes", lambda worker: [])
    monkeypatch.setattr(pool, "MOST_DEATHS", 2)
    with Pool(1, {}) as workers, pytest.raises(WorkerDied) as caught:
        workers.submit(die).result(timeout=60)
    assert caught.value.__notes__ == ["a process that nothing is known of"] * 2


@pytest.mark.skipif(os.name != "posix", reason="processes have groups there")
@pytest.mark.parametrize("how", ["killed", "given up"])
def test_what_a_worker_has_started_ends_with_it(how, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pool, "MOST_DEATHS", 1)
    kept = tmp_path / "pid"
    with pytest.raises(WorkerDied if how == "killed" else KeyboardInterrupt):
        start_something(kept, how)
    assert soon(lambda: is_gone(int(kept.read_text())))


def start_something(kept: Path, how: str) -> None:
    with Pool(1, {}) as workers:
        task = workers.submit(start_and_wait, str(kept), how)
        if how == "killed":
            task.result(timeout=60)
        assert soon(lambda: kept.exists() and kept.read_text(), 60)
        raise KeyboardInterrupt


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def start_and_wait(kept: str, how: str) -> None:
    renderer = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(kept).write_text(str(renderer.pid))
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    renderer.wait()


def test_scratch_of_dead_processes_is_cleared_and_that_of_the_living_is_not(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with scratch.scratch_folder() as living:
        machine = living.name.split("-")[1]
        # No process has that number: it is higher than any can be.
        dead, others = (tmp_path / f"ts-{m}-{2**22 + 1}-abc" for m in (machine, "zzzz"))
        for folder in (dead, others):
            folder.mkdir()
            (folder / "kernel.json").touch()
        scratch.clear_scratch_of_the_dead.__wrapped__()
        assert (living.is_dir(), dead.exists(), others.is_dir()) == (True, False, True)
    assert not living.exists()


def given_up(found: list) -> None:
    with Pool(1, {}) as workers:
        found.append(workers.submit(os.getpid).result(timeout=60))
        found += [workers.submit(time.sleep, 600), workers.submit(time.sleep, 600)]
        raise KeyboardInterrupt


def test_workers_of_a_batch_that_is_given_up_end_at_once() -> None:
    found = []
    with pytest.raises(KeyboardInterrupt):
        given_up(found)
    pid, doing, _ = found
    assert soon(lambda: is_gone(pid))
    assert soon(doing.done)
