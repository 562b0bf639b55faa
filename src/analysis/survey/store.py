"""The store: a folder of checked survey data, read so that a run meets only its own rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core.errors import DataError, nearest
from analysis.survey.codebook import Questionnaire, load_questionnaire
from analysis.survey.content import ANSWERS, QUESTIONNAIRE, Content, take_content
from analysis.survey.query import Rows, read_rows, read_table, summarised, who_answered
from analysis.survey.schemas import TABLES
from analysis.survey.staging import finish
from analysis.survey.writing import response_file


@dataclass(frozen=True)
class Store:
    """Imported survey data in one folder. Open it with `open_store`."""

    path: Path

    def services(self) -> tuple[str, ...]:
        """Return the services that have answers, in alphabetical order."""
        return tuple(sorted(p.name.removeprefix("service=") for p in self.path.glob("responses/service=*")))

    def years(self, service: str) -> tuple[int, ...]:
        """Return the rounds of a service, oldest first; raise DataError for a service that is not there."""
        folder = self.path / "responses" / f"service={service}"
        if not folder.is_dir():
            raise DataError(
                "no such service in the data",
                where=str(self.path),
                found=repr(service),
                expected=", ".join(self.services()),
                todo=nearest(service, self.services()),
            )
        return tuple(
            sorted(int(p.parent.name.removeprefix("year=")) for p in folder.glob("year=*/*.parquet"))
        )

    def questionnaire(self, service: str) -> Questionnaire:
        """Return what the service's users were asked."""
        return load_questionnaire(self.path / "questionnaires" / f"{service}.yaml")

    def municipalities(self) -> pd.DataFrame:
        """Return code, name, county, peer_group, inhabitants, valid_from, valid_to and successor of each."""
        return self._table("municipalities")

    def units(self, *, municipality: str | None = None, service: str | None = None) -> pd.DataFrame:
        """Return unit, name, municipality, service, valid_from, valid_to and successor of each unit."""
        return self._table("units", municipality=municipality, service=service)

    def frame(
        self,
        *,
        municipality: str | None = None,
        service: str | None = None,
        years: Iterable[int] | None = None,
    ) -> pd.DataFrame:
        """Return users (`population`) and `invited` per municipality, service, unit and year, if known."""
        return self._table("frame", municipality=municipality, service=service, year=years)

    def frame_groups(
        self,
        *,
        municipality: str | None = None,
        service: str | None = None,
        years: Iterable[int] | None = None,
    ) -> pd.DataFrame:
        """Return how many users of each unit have each value of each background variable.

        Columns: municipality, service, unit, year, variable, value, population. Empty where no register said.
        A variable's counts come to at most the unit's `population` in `frame`: of some users it is not known.
        """
        return self._table("frame_groups", municipality=municipality, service=service, year=years)

    def indicators(self, *, municipality: str | None = None, topic: str | None = None) -> pd.DataFrame:
        """Return figures from other sources: municipality, topic, indicator, year, value, unit, source."""
        return self._table("indicators", municipality=municipality, topic=topic)

    def imports(self, *, municipality: str | None = None, service: str | None = None) -> pd.DataFrame:
        """Return rows read, accepted and quarantined per file, service, year and municipality.

        Rows whose municipality, service or year could not be read have none there, and come only when
        nothing is chosen.
        """
        return self._table("imports", municipality=municipality, service=service)

    def import_reasons(self, *, municipality: str | None = None, service: str | None = None) -> pd.DataFrame:
        """Return how many rows went to quarantine for each reason, per file, service, year, municipality."""
        return self._table("import_reasons", municipality=municipality, service=service)

    def responses(
        self, service: str, *, municipality: str | None = None, years: Iterable[int] | None = None
    ) -> pd.DataFrame:
        """Return answers, one row a respondent, in the order year, municipality, unit, respondent.

        Columns: respondent, municipality, unit, year (int), weight (if there is one), the background
        variables (text), the items (float, NaN where there is no answer or a don't know). A respondent who
        answered none of the items has a row too. Years without data give no rows.
        """
        rows = self._rows(service, municipality, years)
        items = self.questionnaire(service).item_ids
        order = ["year", "municipality", "unit", "respondent"]
        if not rows.files:
            return pd.DataFrame(columns=["respondent", "municipality", "unit", "year", *items])
        frame = read_rows(rows, order)
        kept = {name: frame[name].to_numpy("float64") if name in frame else np.nan for name in items}
        others = [c for c in frame.columns if c not in (*items, *order) and _is_kept(frame[c])]
        front = frame[["respondent", "municipality", "unit", "year", *others]]
        return pd.concat([front, pd.DataFrame(kept, index=frame.index)], axis=1)

    def people(
        self, service: str, *, municipality: str | None = None, years: Iterable[int] | None = None
    ) -> dict[int, set[str]]:
        """Return who answered at least one of the service's items, by round, those who did not left out."""
        return who_answered(self._rows(service, municipality, years), self.questionnaire(service).item_ids)

    def summary(self, service: str, years: Iterable[int] | None = None) -> pd.DataFrame:
        """Return n, mean and sd (n − 1) of every item's answers as given, computed inside DuckDB.

        One row per municipality, unit, year and item, so that a whole country's rows need not be in memory.
        Reversed items are not turned. Where nobody answered, n is 0 and mean is NaN; sd is NaN under n = 2.
        """
        return summarised(self._rows(service, None, years), self.questionnaire(service).item_ids)

    def content(self) -> Content:
        """Return the hashes of all that is in the store now, by municipality and service."""
        return take_content(self.path)

    def data_hash(self, service: str | None = None, municipality: str | None = None) -> str:
        """Return the sha256 of all rows about this service and municipality, with what is known of them.

        Of the content, not of the files: rewriting the same rows in another order, or with another version of
        Parquet, changes nothing. For many of them at once take `content` once.
        """
        return self.content().hash(
            ANSWERS, QUESTIONNAIRE, *TABLES, service=service, municipality=municipality
        )

    def _rows(self, service: str, municipality: str | None, years: Iterable[int] | None) -> Rows:
        chosen = self.years(service) if years is None else sorted(set(years) & set(self.years(service)))
        files = tuple(str(response_file(self.path, service, year)) for year in chosen)
        return Rows(files=files, municipality=municipality)

    def _table(self, name: str, **chosen: str | Iterable[int] | None) -> pd.DataFrame:
        return read_table(self.path, name, **chosen)


def open_store(path: Path) -> Store:
    """Open a folder of imported data; raise DataError where it is missing or holds no answers."""
    path = Path(path)
    finish(path)
    store = Store(path)
    if not store.services():
        raise DataError(
            "no survey data here",
            where=str(path),
            found="no answers in the folder" if path.is_dir() else "no such folder",
            expected="a folder made by tilstand import",
            todo="import data first: tilstand import FILE --mapping MAPPING --into " + str(path),
        )
    return store


def _is_kept(column: pd.Series) -> bool:
    # Numbers that are no item of the questionnaire are answers to a question no longer asked.
    return column.name == "weight" or not pd.api.types.is_numeric_dtype(column)
