"""Warm kernels behave as ordinary ones: fresh, apart from each other, and under their owner's hand."""

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from started import is_gone, is_warm, script, soon, started

from analysis.batch.kernels import owner, processes, provisioner
from analysis.batch.kernels.processes import no_template
from analysis.batch.kernels.spec import install_kernelspec
from analysis.batch.surroundings import FIXED

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="warm kernels need Linux")

OWNER = """
import sys, time
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="tilstand")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(60)
from analysis.batch.kernels.owner import prepare_template
print(prepare_template().process.pid, manager.provisioner.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def kernelspec(tmp_path, monkeypatch):
    install_kernelspec(tmp_path / "env")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "env" / "share" / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    for name, value in FIXED.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def unlucky(monkeypatch):
    """A process that has no template yet, and has said nothing of it."""
    monkeypatch.setattr(owner, "_own", owner.Keeper())
    monkeypatch.setattr(provisioner, "_said", set())
    return monkeypatch


def test_each_kernel_draws_its_own_random_numbers_and_orders_sets_alike() -> None:
    code = "import random, numpy as np; print(random.random(), np.random.rand(), hash('a'))"
    with started() as first, started() as second, started("python3") as ordinary:
        assert [is_warm(k.pid) for k in (first, second, ordinary)] == [True, True, False]
        said = [kernel.say(code).split() for kernel in (first, second, ordinary)]
    assert len({drawn for drawn, _, _ in said}) == len({drawn for _, drawn, _ in said}) == 3
    assert len({order for _, _, order in said}) == 1


def test_environment_folder_and_arguments_are_those_that_were_asked_for(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("OF_ITS_OWN", raising=False)
    look = (
        "import os, sys, time; print(os.environ.get('OF_ITS_OWN'), os.getcwd(), time.tzname[0], sys.path[0])"
    )
    env = {**os.environ, "OF_ITS_OWN": "yes", "TZ": "Asia/Tokyo"}
    with started(cwd=str(tmp_path), env=env) as kernel:
        said, ordinary = kernel.say(look), None
        assert said.startswith(f"yes {tmp_path} JST")
        # What the template was given for itself is not handed on.
        assert kernel.say("print('JE_ARROW_MALLOC_CONF' in os.environ, __name__, sys.argv[0])").startswith(
            "False __main__ "
        )
    with started("python3", cwd=str(tmp_path), env=env) as kernel:
        ordinary = kernel.say(look)
    with started() as other:
        assert other.say(look).startswith(f"None {Path.cwd()} ")
    assert said == ordinary


def test_nothing_of_one_kernel_is_found_in_another() -> None:
    leave = """
import builtins, pandas as pd, matplotlib.pyplot as plt
builtins.left = 1
pd.set_option("display.max_rows", 3)
plt.rcParams["figure.dpi"] = 33
plt.figure(); x = 1
"""
    look = """
import builtins, pandas as pd, matplotlib.pyplot as plt
print(hasattr(builtins, "left"), pd.get_option("display.max_rows") == 3, plt.rcParams["figure.dpi"] == 33,
      plt.get_fignums(), "x" in globals())
"""
    with started() as first:
        first.say(leave)
        with started() as second:
            assert second.say(look) == "False False False [] False"


def test_what_libraries_found_out_at_their_import_is_as_in_an_ordinary_kernel() -> None:
    look = """
import json, locale, logging, sys, warnings
import duckdb, matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd
warnings.simplefilter("ignore"); plt.figure(); plt.close()
# The encoding is the same, written in other letters.
known = pd._config.config._registered_options
options = [(name, repr(pd.get_option(name)).lower()) for name in sorted(known)]
default = known["display.max_columns"].defval
print(json.dumps({
    "pandas": options, "default": default, "numpy": repr(np.get_printoptions()),
    "matplotlib": sorted((k, repr(v)) for k, v in mpl.rcParams.items()), "backend": plt.get_backend(),
    "locale": locale.setlocale(locale.LC_ALL), "flags": repr(sys.flags), "level": logging.getLogger().level,
    "recursion": sys.getrecursionlimit(), "switch": sys.getswitchinterval(),
    "terminal": pd.io.formats.console.in_ipython_frontend() if hasattr(pd.io.formats, "console") else None,
    "hooks": [repr(type(sys.displayhook)), sys.excepthook.__name__],
}))
"""
    with started() as warm, started("python3") as ordinary:
        said = [json.loads(kernel.say(look)) for kernel in (warm, ordinary)]
    assert said[0] == said[1]


def test_the_shell_knows_which_modules_were_there_before_the_first_cell() -> None:
    code = """
import sys
known = get_ipython()._sys_modules_keys
import this_is_new
print({"sys", "pandas", "ipykernel", "analysis.show"} <= known, "this_is_new" in known)
"""
    make = "import sys, types; sys.modules['this_is_new'] = types.ModuleType('this_is_new')"
    with started() as kernel:
        kernel.say(make)
        assert kernel.say(code) == "True False"


def test_a_notebook_can_use_processes_and_threads_of_its_own() -> None:
    code = """
import multiprocessing, threading, numpy as np, duckdb, pandas as pd
with multiprocessing.get_context("fork").Pool(2) as pool:
    squares = pool.map(abs, [-1, -2])
found = []
a = np.ones((300, 300))
thread = threading.Thread(target=lambda: found.append(float((a @ a).sum())))
thread.start(); thread.join(30)
frame = pd.DataFrame({"a": range(1000)})
print(squares, found, duckdb.sql("select sum(a)::int from frame").fetchall())
"""
    with started() as kernel:
        assert kernel.say(code) == "[1, 2] [27000000.0] [(499500,)]"


def test_an_interrupt_stops_the_cell_and_not_the_kernel() -> None:
    with started() as kernel:
        kernel.say("x = 3")
        request = kernel.client.execute("import time; print('asleep', flush=True); time.sleep(600)")
        while kernel.client.get_iopub_msg(timeout=30)["content"].get("text") != "asleep\n":
            pass
        kernel.manager.interrupt_kernel()
        reply = kernel.client._recv_reply(request, timeout=30)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert kernel.say("print(x)") == "3"


#: Takes and frees three canvases of a figure, three times over; prints how often memory had to be asked for.
DRAW_AND_FORGET = """
import resource
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3):
    before, held = faults(), [bytearray(10 * 2**20) for _ in range(3)]
    del held
    asked = faults() - before
print(asked)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="other C libraries have their own way")
def test_what_a_figure_has_freed_the_next_one_gets_without_asking_the_system() -> None:
    with started() as kernel:
        # 30 MiB are 7,680 pages.
        assert int(kernel.say(DRAW_AND_FORGET)) < 500


def test_a_restarted_kernel_is_another_process_that_knows_nothing() -> None:
    with started() as kernel:
        kernel.say("x = 3")
        before = kernel.pid
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=60)
        assert kernel.say("print('x' in globals())") == "False"
        assert is_warm(kernel.pid)
        assert kernel.pid != before
        assert is_gone(before)


def test_a_kernel_that_is_asked_to_shut_down_does_so_itself(tmp_path) -> None:
    with started(cwd=str(tmp_path)) as kernel:
        kernel.say("import atexit, pathlib; atexit.register(pathlib.Path('said-goodbye').touch)")
        process, pid = kernel.manager.provisioner.process, kernel.pid
        kernel.manager.shutdown_kernel()
        assert is_gone(pid)
        assert process.returncode == 0
        assert (tmp_path / "said-goodbye").exists()
        assert not kernel.manager.is_alive()


def test_the_death_of_a_kernel_is_seen_and_no_other_dies() -> None:
    with started() as first, started() as second:
        process = first.manager.provisioner.process
        os.kill(first.pid, signal.SIGKILL)
        assert soon(lambda: not first.manager.is_alive())
        assert process.returncode == -signal.SIGKILL
        assert not process.lost
        assert second.say("print(1)") == "1"


def test_a_template_that_is_too_slow_to_fork_keeps_its_kernels_and_gives_way_to_another(monkeypatch) -> None:
    with started() as kernel:
        slow = owner.prepare_template().process
        monkeypatch.setattr(processes, "_LONGEST_FORK", 0.5)
        os.kill(slow.pid, signal.SIGSTOP)
        try:
            with started() as ordinary:
                assert not is_warm(ordinary.pid)
                assert ordinary.say("print(1)") == "1"
        finally:
            os.kill(slow.pid, signal.SIGCONT)
        assert kernel.say("print(2)") == "2"
        # The one that it forks at last, when nobody waits for it any more, is ended.
        assert soon(lambda: {p.pid for p in psutil.Process(slow.pid).children()} == {kernel.pid})
        monkeypatch.setattr(processes, "_LONGEST_FORK", 30)
        with started() as another:
            assert is_warm(another.pid)
            assert owner.prepare_template().process.pid != slow.pid
        assert kernel.say("print(3)") == "3"
    assert soon(lambda: is_gone(slow.pid))


def test_after_its_template_was_killed_a_process_gets_another() -> None:
    with started() as kernel:
        process, template = kernel.manager.provisioner.process, owner.prepare_template().process
        template.kill()
        assert soon(lambda: not kernel.manager.is_alive())
        assert process.lost
        with started() as next_one:
            assert is_warm(next_one.pid)
            assert next_one.say("print(1)") == "1"
    assert owner.prepare_template().process.pid != template.pid


def test_template_and_kernels_end_with_an_owner_that_is_killed(tmp_path) -> None:
    own = subprocess.Popen(
        [sys.executable, script(tmp_path / "own.py", OWNER)], stdout=subprocess.PIPE, text=True
    )
    try:
        template, kernel = map(int, own.stdout.readline().split())
        assert not is_gone(template)
        assert not is_gone(kernel)
    finally:
        own.kill()
        own.wait()
    assert soon(lambda: is_gone(template) and is_gone(kernel))


def test_where_nothing_can_be_forked_kernels_are_ordinary_and_that_is_said_once(unlucky, caplog) -> None:
    unlucky.setattr(owner, "check_possible", lambda: (_ for _ in ()).throw(no_template("it needs Linux")))
    for _ in range(2):
        with started() as kernel:
            assert not is_warm(kernel.pid)
            assert kernel.say("print(1)") == "1"
    said = [record.getMessage() for record in caplog.records if "ordinary kernel" in record.getMessage()]
    assert said == ["An ordinary kernel instead of a warm one: it needs Linux"]


def test_a_template_that_cannot_import_says_what_and_kernels_are_ordinary(unlucky, caplog, tmp_path) -> None:
    (tmp_path / "seaborn.py").write_text("raise ImportError('no seaborn today')")
    unlucky.setenv("PYTHONPATH", str(tmp_path))
    with started() as kernel:
        assert not is_warm(kernel.pid)
    assert "no seaborn today" in caplog.text


def test_a_kernel_with_another_start_of_its_interpreter_is_an_ordinary_one(caplog, unlucky) -> None:
    with started(env={**os.environ, "PYTHONWARNINGS": "error::UserWarning"}) as kernel:
        assert not is_warm(kernel.pid)
    assert "PYTHONWARNINGS" in caplog.text


def test_the_kernelspec_names_this_interpreter_and_the_provisioner(tmp_path) -> None:
    spec = json.loads((install_kernelspec(tmp_path) / "kernel.json").read_text())
    assert spec["argv"][0] == sys.executable
    assert spec["display_name"] == "Python (Tilstand, warm)"
    assert spec["metadata"]["kernel_provisioner"] == {"provisioner_name": provisioner.PROVISIONER}


ASK_TWICE = """
import ctypes, sys
from analysis.batch.kernels.nursery import check_single_thread
check_single_thread()
print("alone")
{then}
check_single_thread()
"""
#: One of a library's own, which Python does not know of.
A_THREAD = """
system, thread = ctypes.CDLL(None), ctypes.c_ulong()
system.pthread_create(ctypes.byref(thread), None, system.pause, None)
system.pthread_setname_np(thread, b"of_a_library")
"""
A_MODULE = "sys.modules['matplotlib_inline.backend_inline'] = sys"


@pytest.mark.parametrize(
    ("then", "named"),
    [(A_THREAD, "of_a_library"), (A_MODULE, "matplotlib_inline.backend_inline")],
    ids=["thread", "module"],
)
def test_a_process_that_must_not_be_forked_is_told_by_its_threads_and_modules(
    then, named, monkeypatch
) -> None:
    # In a process of its own, since this one may have threads; and that one would have pyarrow's.
    monkeypatch.setenv("JE_ARROW_MALLOC_CONF", "background_thread:false")
    command = [sys.executable, "-c", ASK_TWICE.format(then=then)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "alone\n"
    assert re.search(rf"^RuntimeError: .*{named}", done.stderr, re.MULTILINE)


def channels(pid: int) -> set[str]:
    """Return the sockets and pipes that a process has open, as the system numbers them."""
    found = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(os.readlink(path))
    return {name for name in found if name.startswith(("socket:", "pipe:"))}


def test_a_kernel_has_no_channel_of_its_template_nor_of_kernels_before_it() -> None:
    with started() as first, started() as second:
        template = channels(owner.prepare_template().process.pid)
        # Its owner's, its own for waking up, and one by each kernel.
        assert len(template) >= 4
        assert [channels(kernel.pid) & template for kernel in (first, second)] == [set(), set()]
        assert channels(first.pid) & channels(second.pid) == set()


def test_a_template_whose_source_has_changed_forks_no_more_and_stays_for_its_kernels() -> None:
    import socket

    from analysis.batch.kernels.nursery import Nursery
    from analysis.batch.kernels.wire import receive, send

    ours, theirs = socket.socketpair()
    wakeup, handler = signal.set_wakeup_fd(-1), signal.getsignal(signal.SIGCHLD)
    try:
        nursery = Nursery(theirs, os.getppid(), {"gone.py": 1})
        send(ours, {"do": "fork", "kernel": {}})
        send(ours, {"do": "retire"})
        assert nursery.serve() is None
        assert receive(ours)[0] == {"refused": "changed"}
    finally:
        signal.set_wakeup_fd(wakeup)
        signal.signal(signal.SIGCHLD, handler)
        ours.close()
        theirs.close()
        for file in nursery.own_files:
            os.close(file)
