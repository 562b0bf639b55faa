"""Workers that are forked from a template: fresh as those that are started, and no worse for its end."""

import errno
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from started import is_gone, is_warm, script, soon, started

from analysis.batch import workers
from analysis.batch.failure import WorkerDied
from analysis.batch.kernels import own_files, template
from analysis.batch.kernels.owner import prepare_template
from analysis.batch.kernels.processes import NoTemplate, Template, no_template
from analysis.batch.kernels.spec import install_kernelspec
from analysis.batch.pool import Pool
from analysis.batch.surroundings import inherited
from analysis.core.paths import write_text

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")


def both_at_once(barrier_of: str, number: int) -> tuple[int, int]:
    """Return this worker and what it was forked from, when another worker has begun this as well."""
    folder = Path(barrier_of)
    (folder / str(number)).touch()
    assert soon(lambda: len(list(folder.iterdir())) == 2, 60)
    return os.getpid(), os.getppid()


def nursery() -> tuple[int, int]:
    """Return this worker's nursery, and what that was forked from."""
    pid = prepare_template().process.pid
    return pid, psutil.Process(pid).ppid()


def test_all_workers_come_from_one_template_and_each_has_a_nursery_beside_it(tmp_path) -> None:
    with Pool(2, {}) as pool:
        tasks = [pool.submit(both_at_once, str(tmp_path), number) for number in range(2)]
        (one, template), (other, same) = (task.result(timeout=60) for task in tasks)
        assert one != other
        assert template == same
        assert psutil.Process(template).ppid() == os.getpid()
        beside, worker = pool.submit(nursery).result(timeout=60)
        assert worker in (one, other)
        assert is_warm(beside)
    assert all(is_gone(pid) for pid in (one, other, template, beside))
    # Waited for by who forked them: where nobody adopts orphans they would stay for ever.
    assert not any(map(psutil.pid_exists, (one, other, template, beside)))


def surroundings_here() -> dict[str, object]:
    files = [
        os.readlink(path) for path in Path("/proc/self/fd").iterdir() if int(path.name) > 2 and path.exists()
    ]
    return {
        "variable": os.environ.get("OF_THE_BATCH"),
        "not given": os.environ.get("MPLBACKEND"),
        "folder": os.getcwd(),
        "files": [name for name in files if name.startswith("/") and not name.startswith("/dev/")],
        "threads": {re.sub(r".*\((.*)\)", r"\1", t.name) for t in threading.enumerate()} - {"MainThread"},
        "chance": (random.random(), float(np.random.random())),
        "grammar": sys.modules.get("rfc3987_syntax", "forgotten"),
    }


def test_a_worker_has_what_surrounds_the_batch_and_chance_of_its_own(tmp_path, monkeypatch) -> None:
    found = []
    monkeypatch.setenv("OF_THE_BATCH", "yes")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    monkeypatch.chdir(tmp_path)
    # What multiprocessing takes for the folder that this process began in, and has workers begin in.
    monkeypatch.setattr("multiprocessing.process.ORIGINAL_DIR", str(tmp_path))
    for _ in range(2):
        with Pool(1, {}) as pool:
            found.append(pool.submit(surroundings_here).result(timeout=60))
    for here in found:
        assert here["variable"] == "yes"
        assert here["not given"] is None
        assert here["folder"] == str(tmp_path)
        assert here["grammar"] is None
        assert here["threads"] == {"_end_with_the_parent"}
        assert here["files"] == []
    assert found[0]["chance"][0] != found[1]["chance"][0]
    assert found[0]["chance"][1] != found[1]["chance"][1]


def test_workers_go_on_when_their_template_is_killed_and_the_next_comes_from_another() -> None:
    with Pool(1, {}) as pool:
        worker, template = pool.submit(os.getpid).result(60), pool.submit(os.getppid).result(60)
        os.kill(template, signal.SIGKILL)
        assert soon(lambda: is_gone(template))
        assert pool.submit(os.getpid).result(60) == worker
        assert is_warm(pool.submit(nursery).result(60)[0])
        os.kill(worker, signal.SIGKILL)
        assert soon(lambda: is_gone(worker))
        assert pool.submit(os.getpid).result(60) != worker
        assert pool.submit(os.getppid).result(60) not in (template, os.getpid())


def test_a_worker_is_renewed_after_the_task_that_leaves_memory_behind_and_no_other() -> None:
    with Pool(1, {}, renew_after=nursery) as pool:
        first, beside = pool.submit(os.getpid).result(60), pool.submit(nursery).result(60)
        assert beside[1] == first
        second = [pool.submit(os.getpid).result(60) for _ in range(3)]
        assert first != second[0] == second[1] == second[2]
        assert soon(lambda: is_gone(first) and is_gone(beside[0]))
        tasks = [pool.submit(nursery) for _ in range(3)]
        assert len({task.result(60)[1] for task in tasks}) == 3


@pytest.mark.parametrize("fork", [True, False])
def test_a_worker_that_was_started_is_not_renewed(fork, monkeypatch) -> None:
    monkeypatch.setattr(workers.Keeper, "fork", refused)
    with Pool(1, {}, fork=fork, renew_after=os.getpid) as pool:
        assert len({pool.submit(os.getpid).result(60) for _ in range(3)}) == 1


def test_a_worker_goes_on_where_none_is_to_be_had_in_its_place(monkeypatch) -> None:
    with Pool(1, {}, renew_after=os.getpid) as pool:
        first = pool.submit(os.getpid).result(60)
        with monkeypatch.context() as patched:
            patched.setattr("analysis.batch.pool.ProcessPoolExecutor._spawn_process", no_more_processes)
            assert pool.submit(os.getpid).result(60) == first
        assert pool.submit(os.getpid).result(60) != first


def no_more_processes(executor: object) -> None:
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def die_of(number: int) -> None:
    os.kill(os.getpid(), number)


def end_with(code: int) -> None:
    os._exit(code)


@pytest.mark.parametrize(
    ("task", "number", "said"),
    [(die_of, signal.SIGSEGV, "was killed by SIGSEGV"), (end_with, 7, "ended with exit code 7")],
)
def test_how_a_worker_died_is_known(task, number, said, monkeypatch) -> None:
    monkeypatch.setattr("analysis.batch.pool.MOST_DEATHS", 1)
    with Pool(1, {}) as pool, pytest.raises(WorkerDied) as caught:
        pool.submit(task, number).result(timeout=60)
    assert said in " ".join(caught.value.__notes__)


def refused(*_: object) -> None:
    raise no_template("refused")


@pytest.mark.parametrize("where", ["fork", "system"])
def test_where_there_is_no_template_workers_are_started(where, monkeypatch) -> None:
    if where == "fork":
        monkeypatch.setattr(workers.Keeper, "fork", refused)
    else:
        monkeypatch.setattr(workers, "check_possible", refused)
    with Pool(1, {}) as pool:
        assert pool.submit(divmod, 7, 2).result(timeout=60) == (3, 1)
        assert pool.submit(os.getppid).result(timeout=60) == os.getpid()


UNGUARDED = """
import os
from analysis.batch.pool import Pool
print("begun")
with Pool(1, {}) as pool:
    print(pool.submit(os.getenv, "HOME", "here").result() is not None)
"""


@pytest.mark.parametrize("closed", [False, True], ids=["", "without a standard input"])
def test_a_script_that_has_no_guard_is_not_run_again_by_its_workers(closed, tmp_path) -> None:
    command = f"exec {sys.executable} {script(tmp_path / 'analysis_of_mine.py', UNGUARDED)}"
    done = subprocess.run(
        ["sh", "-c", command + (" <&-" if closed else "")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.splitlines() == ["begun", "True"]
    assert done.stderr == ""
    assert done.returncode == 0


def start_a_kernel_and_wait(kept: str) -> None:
    """Start a warm kernel, say who is who, and wait."""
    with started("tilstand") as kernel:
        pids = [os.getpid(), prepare_template().process.pid, kernel.pid]
        write_text(Path(kept), " ".join(map(str, pids)))
        kernel.say("import time; time.sleep(600)")


@pytest.mark.parametrize("which", ["worker", "template first"])
def test_a_killed_workers_nursery_and_kernel_end_with_it(which, tmp_path, monkeypatch) -> None:
    install_kernelspec(tmp_path / "env")
    environment = {
        "JUPYTER_PATH": str(tmp_path / "env/share/jupyter"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    kept = tmp_path / "pids"
    monkeypatch.setattr("analysis.batch.pool.MOST_DEATHS", 1)
    with Pool(1, environment) as pool:
        task = pool.submit(start_a_kernel_and_wait, str(kept))
        assert soon(kept.exists, 60)
        worker, *others = (int(pid) for pid in kept.read_text().split())
        if which != "worker":
            template = psutil.Process(worker).ppid()
            os.kill(template, signal.SIGKILL)
            assert soon(lambda: is_gone(template))
            # Long enough for whatever would end with it.
            time.sleep(0.3)
            assert not any(map(is_gone, (worker, *others)))
        os.kill(worker, signal.SIGKILL)
        assert soon(lambda: all(map(is_gone, (worker, *others))))
        with pytest.raises(WorkerDied):
            task.result(timeout=60)


def test_a_batch_that_is_given_up_while_its_template_imports_ends_at_once(monkeypatch) -> None:
    ends = []

    def interrupted(template: Template) -> None:
        ends.append(template.process)
        raise KeyboardInterrupt

    monkeypatch.setattr(Template, "wait_until_ready", interrupted)
    with pytest.raises(KeyboardInterrupt), Pool(1, {}) as pool:
        pool.submit(os.getpid)
    assert [process.poll() for process in ends] == [-signal.SIGKILL]


def test_two_pools_of_one_process_have_a_template_each_and_end_by_themselves() -> None:
    with Pool(1, {"OF": "one"}) as one:
        with Pool(1, {"OF": "other"}) as other:
            assert [pool.submit(os.getenv, "OF").result(60) for pool in (one, other)] == ["one", "other"]
            template = other.submit(os.getppid).result(60)
            assert one.submit(os.getppid).result(60) != template
        assert soon(lambda: is_gone(template))
        assert one.submit(os.getenv, "OF").result(60) == "one"


def test_when_the_source_has_changed_the_next_worker_comes_from_another_template(monkeypatch) -> None:
    catalogue = next(own_files.CATALOGUES.rglob("*.po"))
    before = catalogue.stat()
    with Pool(1, {}) as pool:
        worker, template = pool.submit(os.getpid).result(60), pool.submit(os.getppid).result(60)
        try:
            os.utime(catalogue, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
            os.kill(worker, signal.SIGKILL)
            assert soon(lambda: is_gone(worker))
            assert pool.submit(os.getppid).result(60) != template
        finally:
            os.utime(catalogue, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_a_template_of_another_source_is_not_used(monkeypatch) -> None:
    monkeypatch.setattr("analysis.__file__", "/elsewhere/analysis/__init__.py")
    with pytest.raises(NoTemplate, match="elsewhere"):
        Template.start().wait_until_ready()


def test_folders_that_python_is_found_by_are_whole_paths_elsewhere(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["src", "/opt/own", ""]))
    assert inherited()["PYTHONPATH"] == os.pathsep.join([str(tmp_path / "src"), "/opt/own"])


def test_a_worker_finds_the_package_where_its_batch_does_whatever_folder_a_kernel_begins_in(
    tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "src")
    workers.begin_work({})
    assert os.environ["PYTHONPATH"] == str(tmp_path / "src")


class EndError(Exception):
    """Stands for the end of the process."""


def test_a_worker_whose_nursery_cannot_be_forked_is_one_without(monkeypatch) -> None:
    def become(request: object, at_end: object) -> None:
        raise EndError

    def no_more() -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(template, "become_worker", become)
    monkeypatch.setattr(template.os, "fork", no_more)
    files = set(os.listdir("/proc/self/fd"))
    with pytest.raises(EndError):
        template._stand_beside(SimpleNamespace(placed=lambda: None), {})
    assert set(os.listdir("/proc/self/fd")) == files


def test_files_of_a_worker_get_their_numbers_though_others_have_them() -> None:
    # In a process of its own: it gives up whatever has these numbers.
    code = """
import os
from analysis.batch.kernels.child import WorkerRequest
pipes = [os.pipe() for _ in range(3)]
streams = [os.open(os.devnull, os.O_RDWR) for _ in range(3)]
one, other, third = (write for _, write in pipes)
# Crosswise: each wants the number of the next.
request = WorkerRequest({}, "/", streams, [one, other, third], [other, third, one], other, third)
placed = request.placed()
for number, text in zip(placed.numbers, (b"1", b"2", b"3"), strict=True):
    os.write(number, text)
print([os.read(read, 9).decode() for read, _ in pipes], min(placed.streams) > max(placed.numbers))
placed.close()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['1', '2', '3'] True"


def test_where_nothing_can_be_forked_the_batch_is_imported_and_its_workers_are_to_be_started(
    tmp_path,
) -> None:
    # What Windows does not have cannot be imported here either.
    code = """
import sys
for name in ("fcntl", "multiprocessing.popen_fork", "multiprocessing.popen_spawn_posix"):
    sys.modules[name] = None
import analysis.batch.run
from analysis.batch.workers import WorkerContext, is_forked
sys.platform = "win32"
process = WorkerContext({}).Process()
print(type(process).__name__, is_forked(process))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "SpawnProcess False"
