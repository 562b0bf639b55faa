"""A municipality's answers are read service by service, where somebody asks for them."""

import pytest

from analysis.batch.surveys import Surveys


def test_each_service_is_read_once_and_only_when_it_is_asked_for() -> None:
    read = []
    surveys = Surveys(("school", "water"), lambda service: read.append(service) or f"answers to {service}")
    assert list(surveys) == ["school", "water"]
    assert "water" in surveys
    assert read == []
    assert [surveys["water"], surveys["water"]] == ["answers to water"] * 2
    assert read == ["water"]


def test_another_service_is_not_there() -> None:
    surveys = Surveys(("school",), str.upper)
    assert "library" not in surveys
    assert surveys.get("library") is None
    with pytest.raises(KeyError, match="library"):
        surveys["library"]
