"""A municipality's answers are read service by service, where somebody asks for them."""

import pandas as pd
import pytest

from analysis.batch.opening import services_of
from analysis.batch.places import choose_places
from analysis.batch.surveys import Surveys
from analysis.core.errors import DataError
from analysis.survey import open_store, write_table


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


def test_a_municipalitys_services_are_those_that_its_batch_chooses(tiny) -> None:
    # A service that has users invited in the municipality and no unit, and one that has neither.
    store = open_store(tiny.store)
    frame = store.frame()
    invited = pd.DataFrame(
        {"service": ["library"], "year": [2025], "municipality": ["9902"], "unit": ["l9"]}
        | {name: [10] for name in ("population", "invited", "reached") if name in frame}
    )
    write_table(tiny.store, "frame", pd.concat([frame, invited.reindex(columns=frame.columns)]))
    store = open_store(tiny.store)
    chosen = choose_places(tiny.batch, store).services
    assert chosen
    assert {place: services_of(tiny.batch, store, place) for place in chosen} == chosen
    with pytest.raises(DataError, match="none of the batch's services"):
        services_of(tiny.batch, store, "0000")
