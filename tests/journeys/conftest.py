"""The journeys' projects: one with the demo's data, one with a survey of the operator's own."""

from __future__ import annotations

import pytest
from journey_project import Project, make_project
from operators_survey import Operated, operate

from analysis.demo import make_country


@pytest.fixture(scope="session")
def demo_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose synthetic country has been made."""
    project = make_project(tmp_path_factory.mktemp("analyst") / "project")
    make_country(project.root / "data" / "demo")
    return project


@pytest.fixture(scope="session")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Operated:
    """The operator's way: import, a run with one broken municipality, the repair, a run again."""
    return operate(make_project(tmp_path_factory.mktemp("operator") / "project"))
