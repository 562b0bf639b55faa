"""A service's answers and registers as the files that somebody would send: CSV, with a mapping beside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import yaml

from analysis.demo.answers import draw_round
from analysis.demo.model import Model
from analysis.demo.users import count_groups, draw_asked
from analysis.survey import write_questionnaire

#: Shares of the answers that come once more with a fault in them, for the import to refuse.
_REFUSED = {"outside_scale": 0.003, "duplicate_respondent": 0.002, "unknown_unit": 0.001}


def write_files(folder: Path, model: Model, places: pd.DataFrame, seed: int) -> Path:
    """Write a file for each round, the registers, questionnaire and mapping; return the mapping's path."""
    service, years = model.profile.service, model.years
    groups = []
    for year in years:
        rng = np.random.default_rng([seed, 7, year, *service.encode()])
        asked = draw_asked(model, year, rng)
        answers = _with_faults(_as_sent(draw_round(model, year, asked, rng), service), model, rng)
        _write(folder / f"{service}_{year}.csv", answers)
        groups.append(count_groups(model, year, asked, rng))
    units = model.register.units
    number = _number(units["unit"], service)
    _write(folder / "units.csv", units[["name", "municipality", "service"]].assign(unit=number))
    _write(folder / "frame.csv", _frame(model, number))
    counted = pd.concat(groups, ignore_index=True)
    _write(folder / "groups.csv", counted.assign(unit=_number(counted["unit"], service)))
    _write(folder / "municipalities.csv", places)
    asked_of = write_questionnaire(folder, model.questionnaire)
    mapping = {
        "mapping": service,
        "files": [{"match": f"{service}_{year}.csv", "year": year, "service": service} for year in years],
        "municipality": {"column": "municipality"},
        "questionnaires": [asked_of.relative_to(folder).as_posix()],
        "respondent": "respondent",
        "unit": {"column": "unit"},
        "background": {name: name for name in model.profile.background},
        "registers": {name: f"{name}.csv" for name in ("units", "frame", "groups", "municipalities")},
    }
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(mapping, sort_keys=False), encoding="utf-8")
    return path


def _as_sent(answers: pd.DataFrame, service: str) -> pd.DataFrame:
    return answers.assign(unit=_number(answers["unit"], service))


def _number(units: pd.Series, service: str) -> pd.Series:
    """Return what a municipality calls its unit: the number at the end of the id."""
    return units.str.rpartition(f"-{service}-")[2]


def _with_faults(answers: pd.DataFrame, model: Model, rng: np.random.Generator) -> pd.DataFrame:
    """Return the answers with some further rows among them that an import must refuse."""
    counts = [max(1, round(share * len(answers))) for share in _REFUSED.values()]
    copied = answers.iloc[rng.choice(len(answers), size=sum(counts))].reset_index(drop=True)
    reason = np.repeat(list(_REFUSED), counts)
    new = reason != "duplicate_respondent"
    ids = [f"{name}-{number:04d}" for number, name in enumerate(copied["respondent"])]
    copied["respondent"] = copied["respondent"].where(~new, ids)
    item = model.questionnaire.item_ids[0]
    copied.loc[reason == "outside_scale", item] = model.questionnaire.scale[1] + 1
    copied.loc[reason == "unknown_unit", "unit"] = "77"
    # Behind the first copy of each respondent: the later row is the one that is refused.
    return pd.concat([answers, copied], ignore_index=True)


def _frame(model: Model, number: pd.Series) -> pd.DataFrame:
    register = model.register
    parts = [
        register.units[["municipality", "service"]].assign(
            unit=number, year=year, population=register.population[:, t], invited=register.invited[:, t]
        )
        for t, year in enumerate(model.years)
    ]
    return pd.concat(parts, ignore_index=True)


def _write(path: Path, table: pd.DataFrame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pa.csv.write_csv(pa.Table.from_pandas(table, preserve_index=False), path)
