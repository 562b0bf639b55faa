"""What tests of all kinds share: an object store, and how they are shared out to several processes."""

import signal
from typing import Any

import pytest
from object_store import bucket, object_store

__all__ = ["bucket", "object_store"]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # As shells start what runs in the background: nothing here would hear of an interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)

#: The evaluator looks at what the operator built: one process makes the build once, for both.
_TOGETHER = ("test_operators_journey.py", "test_evaluators_journey.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file in one process, which makes what they share once."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        # xdist's own groups (--dist loadgroup) are marks on a test's id, which pytest 9.2 no longer reads.
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "operators build" if file.rpartition("/")[2] in _TOGETHER else file

    return ByFile(config, log)
