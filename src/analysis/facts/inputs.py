"""What one service in one municipality brings to its facts: answers, scores, units, invited, lineage."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.lineage import open_or_answered, unbroken_from
from analysis.survey.codebook import Questionnaire


@dataclass(frozen=True)
class ServiceSurvey:
    """The rounds of one service in one municipality.

    `responses` has a row a respondent (columns `year`, `unit` and one a item), `scores` the same rows with
    a column a dimension and `overall`; `frame` says how many were invited, a row a unit and year, `groups`
    how many users there are with each background value. `peer_group` is the municipality's, "" for none.
    `hidden` names the cells (unit, "" for the whole, year, topic) that may not be shown: nothing else may
    depend on what is in them; see `pooled`.
    """

    municipality: str
    service: str
    questionnaire: Questionnaire
    years: tuple[int, ...]
    responses: pd.DataFrame
    scores: pd.DataFrame
    units: pd.DataFrame
    frame: pd.DataFrame
    groups: pd.DataFrame
    imports: pd.DataFrame
    reasons: pd.DataFrame
    peer_group: str = ""
    level: float = 0.95
    thresholds: Disclosure = field(default_factory=Disclosure)
    hidden: frozenset[tuple[str, int, str]] = frozenset()

    @property
    def year(self) -> int:
        """The round that the report is about."""
        return self.years[-1]

    @property
    def scale(self) -> str:
        """The answers' scale as facts name it, for instance "1-6"."""
        return "{}-{}".format(*self.questionnaire.scale)

    @cached_property
    def rounds(self) -> tuple[int, ...]:
        """The rounds in which somebody answered."""
        present = set(self._year_of.tolist())
        return tuple(year for year in self.years if year in present)

    @property
    def previous(self) -> int | None:
        """The last round before this year's in which somebody answered, None where there is none."""
        earlier = [year for year in self.rounds if year < self.year]
        return earlier[-1] if earlier else None

    @property
    def topics(self) -> tuple[str, ...]:
        """Overall and every dimension, the way facts name them."""
        return ("overall", *(f"dimension.{d.id}" for d in self.questionnaire.dimensions))

    @property
    def item_topics(self) -> tuple[str, ...]:
        """Every item, the way facts name them."""
        return tuple(f"item.{name}" for name in self.questionnaire.item_ids)

    @property
    def compared_topics(self) -> tuple[str, ...]:
        """What is tested between rounds: the dimensions, or the items where there are no dimensions."""
        return self.topics if self.questionnaire.dimensions else ("overall", *self.item_topics)

    @property
    def parts(self) -> dict[str, list[str]]:
        """The items that each topic is an average of; an overall item is an average of none."""
        asked = self.questionnaire
        parts = {
            f"dimension.{d.id}": [f"item.{i.id}" for i in asked.items if i.dimension == d.id]
            for d in asked.dimensions
        }
        return parts if asked.overall else {"overall": list(self.item_topics), **parts}

    def place(self, topic: str, *, year: int | None = None, unit: str = "") -> dict[str, Any]:
        """Return the fields of a `Fact` that say place, round (this year's by default) and topic."""
        return {
            "municipality": self.municipality,
            "service": self.service,
            "unit": unit,
            "year": self.year if year is None else year,
            "topic": topic,
        }

    def values(self, topic: str, *, year: int | None = None) -> pd.Series:
        """Return the respondents' scores on a topic, missing left out; items turned so that high is good."""
        if ("values", topic, year) not in self._kept:
            places, scores = self._answered(topic, year)
            name = topic.partition(".")[2] or "overall"
            self._kept["values", topic, year] = pd.Series(scores, index=places, name=name)
        return self._kept["values", topic, year]

    @cached_property
    def _kept(self) -> dict[tuple, Any]:
        # A topic is asked for many times over, round by round; its pooled rows as well.
        return {}

    def numbers(self, topic: str, *, year: int) -> np.ndarray:
        """Return a round's scores on a topic, as `values` has them, without saying whose each is."""
        return self._answered(topic, year)[1]

    def _answered(self, topic: str, year: int | None) -> tuple[np.ndarray, np.ndarray]:
        """Give the places of those respondents who have a score on a topic, and their scores."""
        if ("answered", topic, year) not in self._kept:
            if year is None:
                column = self._column(topic)
                places = np.flatnonzero(~np.isnan(column))
                found = places, column[places]
            else:
                places, scores = self._answered(topic, None)
                kept = self._year_of[places] == year
                found = places[kept], scores[kept]
            for part in found:
                part.flags.writeable = False
            self._kept["answered", topic, year] = found
        return self._kept["answered", topic, year]

    def _column(self, topic: str) -> np.ndarray:
        kind, _, name = topic.partition(".")
        if kind != "item":
            return self.scores[name or "overall"].to_numpy(dtype=float, na_value=np.nan)
        values = self._answers[name]
        return sum(self.questionnaire.scale) - values if self.questionnaire.item(name).reversed else values

    @cached_property
    def _answers(self) -> dict[str, np.ndarray]:
        # All at once: a frame takes longer to give a column than to give all.
        asked = [name for name in self.questionnaire.item_ids if name in self.responses]
        answers = self.responses[asked].to_numpy(dtype=float, na_value=np.nan)
        return dict(zip(asked, answers.T, strict=True))

    @cached_property
    def _year_of(self) -> np.ndarray:
        return self.responses["year"].to_numpy()

    def given(self, item: str, year: int) -> np.ndarray:
        """Return a round's answers to an item as they were given, not turned; NaN where there is none."""
        return self._answers[item][self._year_of == year]

    @cached_property
    def _unit_of(self) -> np.ndarray:
        # As Python's own texts: what sorts and groups them here takes columns of Arrow apart each time.
        return self.responses["unit"].to_numpy(dtype=object)

    def in_year(self, values: pd.Series, year: int | None) -> np.ndarray:
        """Return those of a topic's scores, as `values` gives them, that are of a round."""
        return values.to_numpy()[self.years_of(values) == year]

    def years_of(self, values: pd.Series) -> np.ndarray:
        """Return the round of each of a topic's scores, as `values` gives them."""
        return self._year_of[values.index]

    def by_unit(self, topic: str, *, year: int) -> dict[str, np.ndarray]:
        """Return each unit's scores on a topic in a round, the units being those of `units_in`."""
        places, scores = self._answered(topic, year)
        number = self._cells[0][places]
        of = {cell: n for n, cell in enumerate(self._cells[1])}
        return {unit: scores[number == of.get((unit, year), -1)] for unit in self.units_in(year)}

    def answers_in(self, year: int) -> dict[str, int]:
        """Count the respondents of each unit that answered in a round."""
        number, cells = self._cells
        counted = np.bincount(number[number >= 0].astype(int), minlength=len(cells)).tolist()
        return {unit: n for (unit, at), n in zip(cells, counted, strict=True) if at == year}

    def cells_of(self, rows: pd.Series | pd.DataFrame) -> np.ndarray:
        """Number the unit and round of each respondent in `rows`, which have the responses' index."""
        return self._cells[0][rows.index]

    def pooled(self, topic: str, *, year: int | None = None) -> pd.DataFrame:
        """Return the scores that figures over several units or rounds may be made of: unit, year, score.

        Cells that are hidden are left out: a pooled variance, a contrast with the others or a model over all
        rounds would tell, together with what is shown, what each of them holds. So are rounds from before a
        change of wording or of the unit.
        """
        if ("pooled", topic, year) not in self._kept:
            self._kept["pooled", topic, year] = self._shown_rows(topic, year)
        return self._kept["pooled", topic, year]

    def _shown_rows(self, topic: str, year: int | None) -> pd.DataFrame:
        values = self.values(topic, year=year)
        places, cells = self._cells
        broken = {at: self.wording_break(topic, at) for at in {at for _, at in cells}}
        kept = np.array(
            [
                (unit, at, topic) not in self.hidden and not broken[at] and not self.unit_break(unit, at)
                for unit, at in cells
            ],
            dtype=bool,
        )
        values = values[kept[places[values.index]]]
        unit = pd.Series(self._unit_of[values.index], index=values.index, dtype=object)
        columns = {"unit": unit, "year": self._year_of[values.index], "score": values.to_numpy()}
        return pd.DataFrame(columns, index=values.index)

    @cached_property
    def _cells(self) -> tuple[np.ndarray, list[tuple[str, int]]]:
        """Give each respondent's unit and round as a number, and what the numbers stand for."""
        groups = self.responses.groupby(["unit", "year"], sort=True)
        cells = [(unit, int(year)) for unit, year in groups.groups] if len(self.responses) else []
        return groups.ngroup().to_numpy(), cells

    def is_hidden(self, topic: str, *, unit: str = "", year: int | None = None) -> bool:
        """Tell whether a mean may not be shown: of this round, or of `year`, and of the whole or a unit."""
        return (unit, self.year if year is None else year, topic) in self.hidden

    def units_in(self, year: int) -> list[str]:
        """Return the units that were open in a round, or answered in it, in the register's order."""
        if ("open", year) not in self._kept:
            answered = {unit for unit, at in self._cells[1] if at == year}
            self._kept["open", year] = open_or_answered(self.units, answered, year)
        return list(self._kept["open", year])

    def wording_break(self, topic: str, since: int) -> bool:
        """Tell whether the wording or scale behind a topic changed after `since`."""
        kind, _, name = topic.partition(".")
        asked = self.questionnaire
        if kind == "item":
            items = [asked.item(name)]
        elif kind == "dimension":
            items = [i for i in asked.items if i.dimension == name]
        else:
            items = [asked.item(asked.overall)] if asked.overall else list(asked.items)
        return any(i.comparable_from is not None and i.comparable_from > since for i in items)

    def unit_break(self, unit: str, since: int) -> bool:
        """Tell whether a unit was opened, or took over another one, after `since`."""
        return self._unbroken_from.get(unit, since) > since

    @cached_property
    def _unbroken_from(self) -> dict[str, int]:
        # Asked for every unit, round and topic: looked up in the register it was a third of a run's time.
        return unbroken_from(self.units)
