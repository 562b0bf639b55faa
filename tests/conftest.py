"""How tests are shared out when they run in several processes."""

import pytest

#: The evaluator looks at what the operator built: one process makes the build once, for both.
_TOGETHER = ("test_operators_journey.py", "test_evaluators_journey.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, which makes what they share once."""
    for item in items:
        group = "operators build" if item.path.name in _TOGETHER else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
