"""Workers and schedulers of a cluster that go away, with runs that only pretend."""

import os
import signal
import sys
import threading
import time

import pytest
from pretended import pretend

from analysis.batch import read_record, run_batch, schedule
from analysis.batch.errand import ClusterLost
from analysis.batch.folder import FACTS

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="workers are killed here by a signal")


@pytest.fixture
def local():
    """A scheduler in this process, with two workers in processes of their own."""
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, silence_logs=50, memory_limit=None) as cluster:
        yield cluster


@pytest.fixture
def pretending(tiny, monkeypatch):
    monkeypatch.setattr(schedule, "execute", pretend)
    monkeypatch.setattr(schedule, "make_report", pretend)
    monkeypatch.setattr("analysis.report.write_index", lambda build, batch: None, raising=False)
    return tiny


def want(tiny, word: str, *ids: str) -> None:
    folder = tiny.root / "wanted"
    folder.mkdir(exist_ok=True)
    for name in ids:
        (folder / name.replace("/", "-")).write_text(word)


def ends(tiny, cluster) -> dict[str, object]:
    result = run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, cluster=cluster.scheduler_address)
    return {outcome.id: outcome for outcome in result.outcomes}


def test_faults(pretending, local) -> None:
    t=time.time()
    first = ends(pretending, local)
    print({k: v.outcome for k, v in first.items()}, time.time()-t)
    t=time.time()
    print({k: v.outcome for k, v in ends(pretending, local).items()}, time.time()-t)
    want(pretending, "die", "9901/library")
    t=time.time()
    pretending.write_notebooks(service="2")
    found = ends(pretending, local)
    print({k: v.outcome for k, v in found.items()}, time.time()-t)
    print((pretending.build / "_protected/9901/library/error.txt").read_text())
    assert 0
