"""Workers and schedulers that go away, with runs that only pretend: each ends as the local processes' do."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from pretended import pretend
from started import soon

from analysis.batch import BatchResult, cluster, errand, make_plan, run_batch, schedule
from analysis.batch.cluster import Cluster
from analysis.batch.errand import ClusterLost
from analysis.batch.failure import MOST_DEATHS
from analysis.batch.plan import Plan
from analysis.core.errors import SettingsError

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="workers are killed here by a signal")


@pytest.fixture(scope="module")
def local():
    """A scheduler in this process, with two workers in processes of their own."""
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, silence_logs=60, memory_limit=None) as started:
        yield started.scheduler_address


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


def run(tiny, address: str | None, **options) -> BatchResult:
    return run_batch(tiny.batch, tiny.build, notebooks=tiny.notebooks, cluster=address, workers=2, **options)


def plan_of(tiny) -> Plan:
    return make_plan(tiny.batch, tiny.build, notebooks=tiny.notebooks)


def ends(result: BatchResult) -> dict[str, str]:
    return {outcome.id: outcome.outcome for outcome in result.outcomes}


@pytest.mark.parametrize("silent", [1, 99], ids=["once", "always"])
def test_workers_that_do_not_answer_are_asked_again_and_not_for_ever(silent, pretending) -> None:
    asked = []

    def ask(task, paths, *, on_error: str, callback_timeout: float) -> dict:
        asked.append(callback_timeout)
        if len(asked) <= silent:
            raise TimeoutError
        if len(asked) == silent + 1:
            return {"tcp://gone": OSError("connection broken")}
        return {"tcp://gone": OSError("connection broken"), "tcp://here": task(paths)}

    workers = Cluster("tcp://scheduler", {}, plan_of(pretending))
    workers._client = SimpleNamespace(run=ask, nthreads=lambda: {"tcp://here": 1})
    if silent == 1:
        assert set(workers._ask_workers({})) == {"tcp://here"}
    else:
        with pytest.raises(ClusterLost, match="the workers do not answer"):
            workers._ask_workers({})
    assert len(asked) == 3
    assert 0 < asked[0] < 600


@pytest.mark.parametrize("where", ["cluster", "here"])
def test_a_run_that_kills_three_workers_is_set_aside_with_its_log_and_every_other_is_done(
    pretending, local, where
) -> None:
    want(pretending, "die", "9901/library")
    found = ends(run(pretending, local if where == "cluster" else None))
    assert {name for name, end in found.items() if end == "failed"} == {"9901/library"}
    assert {name for name, end in found.items() if end == "not_run"} == {"9901/municipality", "9901/full"}
    assert list(found.values()).count("done") == len(found) - 3
    log = (pretending.build / "_protected/9901/library/error.txt").read_text()
    assert "WorkerDied" in log
    deaths = [line for line in log.splitlines() if "process " in line and " on " in line]
    assert len({line.split("process ")[1] for line in deaths}) == 3
    assert not list(pretending.build.rglob(".*.part*"))

    want(pretending, "done", "9901/library")
    assert set(ends(run(pretending, local)).values()) == {"done", "unchanged"}
    assert not (pretending.build / "_protected/9901").exists()


@pytest.mark.parametrize("where", ["cluster", "here"])
def test_a_run_whose_worker_is_killed_once_is_made_by_another(pretending, local, where) -> None:
    want(pretending, "die once", "9901/library", "9902/school")
    result = run(pretending, local if where == "cluster" else None)
    assert set(ends(result).values()) == {"done"}
    assert not (pretending.root / "wanted/9901-library").exists()
    assert not (pretending.build / "_protected").exists()


def test_a_failing_run_is_not_tried_again_on_a_cluster(pretending, local) -> None:
    want(pretending, "fail", "9903/school")
    result = run(pretending, local)
    assert [(o.id, o.error) for o in result.failed] == [("9903/school", "ValueError")]
    assert set(ends(run(pretending, local, only=("9901", "9902"))).values()) == {"unchanged"}


@pytest.fixture
def apart(tmp_path):
    """A scheduler and a worker as commands start them; returns its address and its process."""
    known = tmp_path / "scheduler.json"
    path = os.pathsep.join(str(Path(p).resolve()) for p in sys.path if p)
    surroundings = {**os.environ, "PYTHONPATH": path}
    where = ["--scheduler-file", str(known), "--no-dashboard"]
    commands = (
        ["scheduler", "--port", "0", "--host", "127.0.0.1", *where],
        ["worker", "--nthreads", "1", "--no-nanny", "--death-timeout", "5", *where],
    )
    options = {"env": surroundings, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [subprocess.Popen([sys.executable, "-m", "dask", *c], **options) for c in commands]
    try:
        assert soon(known.exists, 60)
        with distributed.Client(scheduler_file=str(known), set_as_default=False) as client:
            yield client.scheduler.address, started[0]
    finally:
        for process in started:
            process.kill()
            process.wait()


def test_an_interrupted_batch_holds_its_build_until_what_workers_have_begun_is_done(
    pretending, local
) -> None:
    want(pretending, "wait", "9902/school")
    held = []

    def interrupt() -> None:
        if soon((pretending.root / "waiting").exists, 60):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(3)
            held.append((pretending.build / ".lock").exists())
        want(pretending, "done", "9902/school")

    thread = threading.Thread(target=interrupt, daemon=True)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        run(pretending, local)
    thread.join()
    assert held == [True]
    assert (pretending.build / "9902/runs/school/run.json").is_file()
    again = ends(run(pretending, None))
    assert (again["9902/school"], set(again.values())) == ("unchanged", {"done", "unchanged"})


def test_a_batch_whose_scheduler_goes_away_says_so_and_a_second_one_makes_the_rest(
    pretending, apart, monkeypatch
) -> None:
    monkeypatch.setattr(cluster, "_END_WITHIN", 1)
    address, scheduler = apart
    want(pretending, "wait", "9902/school")

    def kill() -> None:
        if soon((pretending.root / "waiting").exists, 60):
            scheduler.send_signal(signal.SIGKILL)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    result = run(pretending, address)
    thread.join()
    assert result.exit_code == 1
    assert f"stopped: {address}: the cluster went away in the middle of the batch" in str(result)
    assert "what has been made is not made again" in str(result)
    ended = {o.id: (o.outcome, o.because) for o in result.outcomes}
    assert ended["reference/school"] == ("done", "")
    assert ended["9902/school"] == ended["9902/full"] == ("not_run", "the cluster was lost")
    log = (pretending.build / "runs.jsonl").read_text().splitlines()
    assert {json.loads(line)["id"] for line in log} == set(ended)
    want(pretending, "done", "9902/school")
    again = ends(run(pretending, None))
    assert set(again.values()) == {"done", "unchanged"}
    assert again["reference/school"] == "unchanged"
    assert not list(pretending.build.rglob(".*"))


def test_a_run_whose_deaths_cannot_be_read_fails_and_one_that_only_waited_is_not_called_a_killer(
    pretending, monkeypatch
) -> None:
    workers = Cluster("tcp://scheduler", {}, plan_of(pretending))
    given = [cluster._Given(errand.Errand(b"", {}, pretending.build / "marks", {})) for _ in range(2)]
    workers._open.update(given)
    given[0].given_up = MOST_DEATHS - 1
    workers._judge(given[0])
    waited = given[0].future.exception(timeout=0)
    assert "most of them before they had begun it" in str(waited)
    assert "3 times" in waited.found

    monkeypatch.setattr(errand, "read_deaths", lambda marks: (_ for _ in ()).throw(OSError("stale handle")))
    workers._judge(given[1])
    assert str(given[1].future.exception(timeout=0)) == "stale handle"


def test_an_address_where_nobody_answers_is_named(pretending, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "_ANSWER_WITHIN", 1)
    with pytest.raises(ClusterLost, match="no scheduler answers") as caught:
        run(pretending, "tcp://127.0.0.1:9")
    assert "dask scheduler" in str(caught.value)


def test_a_worker_that_would_make_other_results_is_refused(pretending, local, monkeypatch) -> None:
    other = {**errand.made_by(), "packages": "others"}
    monkeypatch.setattr(errand, "made_by", lambda: other)
    with pytest.raises(ClusterLost, match="its packages differ"):
        run(pretending, local)


def test_a_worker_that_does_not_see_a_folder_is_refused(pretending, local, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "look_around", without_data)
    with pytest.raises(ClusterLost, match="does not see the data"):
        run(pretending, local)


def without_data(paths: dict[str, str]) -> dict[str, dict]:
    seen = errand.look_around(paths)
    return {**seen, "there": {**seen["there"], "the data": False}}


def test_without_dask_it_is_said_what_to_install(pretending, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match=r"tilstand\[cluster\]"):
        run(pretending, "tcp://127.0.0.1:8786")


#: Each kernel leaves what its process was started as.
TELL_OF_THE_KERNEL = """
import psutil
kernels = batch.store.parent / "kernels"
kernels.mkdir(exist_ok=True)
(kernels / str(psutil.Process().pid)).write_text(" ".join(psutil.Process().cmdline()))
"""


def test_real_notebooks_give_the_same_bytes_in_warm_kernels_on_a_cluster_as_here(tiny, local) -> None:
    tiny.write_notebooks(reference=TELL_OF_THE_KERNEL)
    only = {"notebooks": tiny.notebooks, "reports": False, "only": ["reference/school"], "workers": 2}
    assert run_batch(tiny.batch, tiny.build, cluster=local, **only).exit_code == 0
    assert run_batch(tiny.batch, tiny.root / "here", **only).exit_code == 0
    made = [folder / "reference/school/facts.parquet" for folder in (tiny.build, tiny.root / "here")]
    assert made[0].read_bytes() == made[1].read_bytes()
    assert set(ends(run_batch(tiny.batch, tiny.build, **only)).values()) == {"unchanged"}
    started_as = [path.read_text() for path in (tiny.root / "kernels").iterdir()]
    assert ["kernels.template" in command for command in started_as] == [sys.platform == "linux"] * 2
