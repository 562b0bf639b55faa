"""One service in one file: which rows are good, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.survey.answers import read_answers
from analysis.survey.codebook import Questionnaire
from analysis.survey.columns import coded
from analysis.survey.faults import together
from analysis.survey.keys import Keys
from analysis.survey.layout import ItemPlace
from analysis.survey.mapping import Mapping as SurveyMapping
from analysis.survey.readers import Source
from analysis.survey.unit_ids import read_units


@dataclass(frozen=True)
class Checked:
    """What the checks made of one service's rows in one file.

    `read` has every row: position in the source, municipality (None where not known), year (0 where not
    known). `good` has the rows without faults as the store keeps them, with `position` and `year`. `faults`
    has position, reason, column and value; `seen` the units that occur.
    """

    source: Source
    service: str | None
    read: pd.DataFrame
    good: pd.DataFrame
    faults: pd.DataFrame
    seen: pd.DataFrame


def check_service(
    source: Source,
    mapping: SurveyMapping,
    keys: Keys,
    questionnaire: Questionnaire,
    places: Mapping[str, ItemPlace],
    register: pd.DataFrame | None,
) -> Checked:
    """Check one service's rows of a file: units against the register, answers against the scale.

    A row with a fault goes to quarantine for this service only: its answers about other services stand. A
    row without a single answer about the service is good, and kept with empty items.
    """
    service = questionnaire.service
    everyone = np.arange(source.table.num_rows)
    mine = everyone if keys.service is None else everyone[keys.service.each(lambda s: s == service, bool)]
    municipality, year = keys.municipality.at(mine), keys.year[mine]
    unit, name = mapping.unit, mapping.unit.name_column if mapping.unit else None
    units = read_units(
        mapping,
        service,
        units=coded(source, unit.column, recode=unit.values, blank=mapping.blank).at(mine) if unit else None,
        names=coded(source, name, blank=mapping.blank).at(mine) if name else None,
        municipality=municipality,
        year=year,
        register=register,
        whole_name=_one_wording(questionnaire.name),
    )
    answers, bad_answers = read_answers(source, questionnaire, places, mapping, mine)
    bad_units = units.faults
    wrong = together(
        [
            keys.faults[np.isin(keys.faults["position"], mine)],
            *(_placed(f, mine) for f in (bad_units, bad_answers)),
        ]
    )
    columns = {"position": mine, "respondent": keys.respondent.take(mine).array, "year": year}
    columns |= {"municipality": municipality.text().array, "unit": units.ids.array}
    if keys.weight is not None:
        columns["weight"] = keys.weight[mine]
    for code, column in mapping.background.items():
        cells = coded(source, column.column, recode=column.values, blank=mapping.blank)
        columns[code] = cells.at(mine).text().array
    rows = pd.concat([pd.DataFrame(columns), answers], axis=1)
    good = rows[~np.isin(mine, wrong["position"])].reset_index(drop=True)
    return Checked(source, service, rows[["position", "municipality", "year"]], good, wrong, units.seen)


def rows_of_no_service(source: Source, keys: Keys, known: Mapping[str, Questionnaire]) -> Checked | None:
    """Return the rows that are about no service with a questionnaire, None where there are none."""
    if keys.service is None:
        return None
    lost = np.flatnonzero(~keys.service.each(lambda service: service in known, bool))
    if not len(lost):
        return None
    read = pd.DataFrame(
        {
            "position": lost,
            "municipality": keys.municipality.at(lost).text().array,
            "year": keys.year[lost],
        }
    )
    wrong = keys.faults[np.isin(keys.faults["position"], lost)].reset_index(drop=True)
    return Checked(source, None, read, read.iloc[:0], wrong, pd.DataFrame())


def _placed(faults: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """Turn places among the service's rows into places in the file."""
    return faults.assign(position=rows[faults["position"].to_numpy("int64")])


def _one_wording(words: dict[str, str] | str) -> str:
    return words if isinstance(words, str) else words.get("nb") or next(iter(words.values()))
