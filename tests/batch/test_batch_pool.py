"""Worker processes: as many as there is room for, and none is left when its batch is given up."""

import os
import time

import psutil
import pytest
from started import is_gone, soon

from analysis.batch import pool
from analysis.batch.pool import Pool


def test_there_are_as_many_workers_as_processors_and_memory_allow(monkeypatch) -> None:
    monkeypatch.setattr(pool, "usable_processors", lambda: 8)
    found = {}
    for gib in (0.5, 2, 4, 64, None):
        memory = None if gib is None else int(gib * 2**30)
        monkeypatch.setattr(pool, "usable_memory", lambda memory=memory: memory)
        found[gib] = pool.usable_workers()
    assert found == {0.5: 1, 2: 2, 4: 5, 64: 8, None: 8}


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
