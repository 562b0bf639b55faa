"""The demo country, made once, and the facts of its services."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from analysis.core.settings import Disclosure
from analysis.demo import make_country
from analysis.facts import describe_country, describe_service, gather, grouped, prepare
from analysis.survey import Store, open_store

YEARS = (2021, 2023, 2025)


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's 24 municipalities as a store."""
    folder = tmp_path_factory.mktemp("country") / "demo"
    make_country(folder)
    return folder


class Described:
    """Facts of the demo's services, each computed once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.national = cache(self._national)
        self.survey = cache(self._survey)
        self.facts = cache(self._facts)

    def _national(self, service: str) -> pd.DataFrame:
        asked = self.store.questionnaire(service)
        peers = grouped(self.store.municipalities().set_index("code")["peer_group"].to_dict())
        rounds = (gather(self.store.responses(service, years=[y]), asked, year=y, peers=peers) for y in YEARS)
        return describe_country(rounds)

    def _survey(self, municipality: str, service: str):
        place = {"municipality": municipality, "service": service}
        return prepare(
            **place,
            questionnaire=self.store.questionnaire(service),
            years=YEARS,
            responses=self.store.responses(service, municipality=municipality, years=YEARS),
            units=self.store.units(**place),
            frame=self.store.frame(**place, years=YEARS),
            groups=self.store.frame_groups(**place, years=YEARS),
            peer_group=self.store.municipalities().set_index("code").at[municipality, "peer_group"],
            imports=self.store.imports(**place),
            reasons=self.store.import_reasons(**place),
        )

    def _facts(self, municipality: str, service: str) -> pd.DataFrame:
        survey = self.survey(municipality, service)
        return describe_service(survey, self.national(service), thresholds=Disclosure())


@pytest.fixture(scope="session")
def described(country: Path) -> Described:
    """Facts of any service of the demo: `described.facts(municipality, service)`."""
    return Described(open_store(country))
