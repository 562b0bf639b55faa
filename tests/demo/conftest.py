"""One synthetic country for all tests of the room: making it takes two seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analysis.demo import Truth, make_country
from analysis.survey import Store, open_store


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Truth]:
    folder = tmp_path_factory.mktemp("country") / "demo"
    truth = make_country(folder)
    return open_store(folder), truth


@pytest.fixture(scope="session")
def store(country: tuple[Store, Truth]) -> Store:
    return country[0]


@pytest.fixture(scope="session")
def truth(country: tuple[Store, Truth]) -> Truth:
    return country[1]


@pytest.fixture(scope="session")
def scored(store: Store) -> Callable[[str], pd.DataFrame]:
    """Answers of a service, reversed items turned, with a column per dimension: the mean of its items."""
    kept: dict[str, pd.DataFrame] = {}

    def score(service: str) -> pd.DataFrame:
        if service not in kept:
            questionnaire = store.questionnaire(service)
            frame = store.responses(service)
            low, high = questionnaire.scale
            for item in (i for i in questionnaire.items if i.reversed):
                frame[item.id] = low + high - frame[item.id]
            for dimension in questionnaire.dimensions:
                items = frame[[i.id for i in questionnaire.items if i.dimension == dimension.id]]
                enough = items.notna().sum(axis=1) * 2 >= items.shape[1]
                frame[dimension.id] = items.mean(axis=1).where(enough)
            kept[service] = frame
        return kept[service]

    return score


@pytest.fixture(scope="session")
def params() -> Path:
    return Path(__file__).resolve().parents[2] / "params"
