"""A notebook that goes wrong in any way fails alone, is named, and is all that a second batch makes."""

import sys

import pytest

#: What a cell does, and what its run is then said to have failed with.
TROUBLE = {
    "raises": ("raise ValueError('Kari answered 2')", "ValueError"),
    "exits": ("import sys; sys.exit(0)", "NotFinished"),
    "exits without a word": ("import os; os._exit(0)", "DeadKernelError"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "DeadKernelError"),
    "hangs and hears nothing": (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(1)",
        "TookTooLong",
    ),
    "fills memory": ("held = []\nwhile True: held.append(b'x' * 2**24)", "TooMuchMemory"),
    "has a process fill memory": (
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'x = b\"x\" * 2**30; input()'])",
        "TooMuchMemory",
    ),
    # On a loaded machine the kernel holds all its memory may before the first of it has been heard.
    "prints without end": ("while True: print('x' * 10_000)", "TooMuchOutput or TooMuchMemory"),
    "is killed between two cells": (
        # The next cell has to wait until it happens.
        "import os, subprocess, sys\n"
        "kill = f'import os, time; time.sleep(0.2); os.kill({os.getpid()}, 9)'\n"
        "subprocess.Popen([sys.executable, '-c', kill], start_new_session=True)\n"
        "get_ipython().events.register('pre_run_cell', lambda info: __import__('time').sleep(30))",
        "DeadKernelError",
    ),
}
LIMITS = {"seconds": 20, "memory_mib": 900, "output_mib": 2}
#: Ordinary kernels take seconds to start: what may differ is tried with them.
DIFFERS = ("crashes", "hangs and hears nothing", "fills memory", "prints without end")


@pytest.mark.parametrize(("kind", "names"), [("warm", tuple(TROUBLE)), ("ordinary", DIFFERS)])
def test_every_fault_is_named_every_other_run_done_and_a_second_batch_makes_the_rest(
    troubled, kind, names
) -> None:
    if kind == "warm" and sys.platform != "linux":
        pytest.skip("warm kernels need Linux")
    cells, errors = zip(*(TROUBLE[name] for name in names), strict=True)
    first, runs, second = troubled(list(cells), kernels=kind, **LIMITS)

    assert first.exit_code == 1
    failed = {o.id: o.error for o in first.failed}
    assert set(failed) == set(runs)
    assert all(failed[run] in error.split(" or ") for run, error in zip(runs, errors, strict=True))
    done = {o.id for o in first.outcomes if o.outcome == "done"}
    assert done == {"reference/school", "9999/school", "9999/municipality"}
    for run in runs:
        assert f"failed: {run}: {failed[run]}" in str(first)
    assert "Kari" not in str(first)
    over = {o.error: o.message for o in first.failed if o.error.startswith("Too")}
    for error, limit in (("TookTooLong", "20 s"), ("TooMuchMemory", "900 MiB"), ("TooMuchOutput", "2 MiB")):
        if error in failed.values():
            assert f"at most {limit}" in over[error]
            assert "to do:" in over[error]

    assert all(o.memory_mib > 100 for o in first.failed if o.error in ("TooMuchMemory", "TookTooLong"))

    assert second.exit_code == 0
    places = {run.partition("/")[0] for run in runs}
    made = {o.id for o in second.outcomes if o.outcome == "done"}
    assert made == {*runs, *(f"{place}/municipality" for place in places)}
