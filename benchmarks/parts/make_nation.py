"""Write a store of a country's answers on a service: `make_nation FOLDER ROWS MUNICIPALITIES UNITS`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.survey import (
    Questionnaire,
    load_questionnaire,
    write_questionnaire,
    write_responses,
    write_table,
)
from benchmarks.workspace import PROJECT, SERVICE

YEARS = (2021, 2023, 2025)
BATCH = """
batch: nation
title: National stage
synthetic: true
data: store
date: 2025-06-16
year: 2025
compare_years: [2021, 2023]
municipalities: all
services: [{service}]
language: en
formats: [html]
"""


def make_nation(folder: Path, *, rows: int, municipalities: int, units: int, seed: int = 1) -> None:
    """Write a store and a batch file: three rounds of a third each, one answer in twenty missing."""
    random, store = np.random.default_rng(seed), folder / "store"
    questionnaire = load_questionnaire(PROJECT / "params" / "questionnaires" / f"{SERVICE}.yaml")
    codes = 1101 + np.arange(municipalities)
    places = np.repeat(codes, units)
    names = np.char.add(
        np.char.add(places.astype(str), "-"), np.tile(np.arange(1, units + 1), municipalities).astype(str)
    )
    level = 4.3 + 0.2 * np.repeat(random.standard_normal(municipalities), units)
    level += 0.25 * random.standard_normal(places.size)
    frame = []
    for number, year in enumerate(YEARS):
        size = rows // len(YEARS) + (number < rows % len(YEARS))
        unit = np.sort(random.integers(places.size, size=size))
        answers = _answers(questionnaire, level[unit], random)
        who = {"respondent": np.arange(1, size + 1).astype(str), "municipality": places[unit].astype(str)}
        table = pd.DataFrame({**who, "unit": names[unit], **answers})
        write_responses(store, table, service=SERVICE, year=year)
        counted = 2 * np.bincount(unit, minlength=places.size)
        frame.append(pd.DataFrame({"unit": names, "year": year, "population": counted, "invited": counted}))
    _write_registers(store, codes, places, names, pd.concat(frame, ignore_index=True))
    write_questionnaire(store, questionnaire)
    (folder / "nation.yaml").write_text(BATCH.format(service=SERVICE), encoding="utf-8")


def _answers(
    questionnaire: Questionnaire, level: np.ndarray, random: np.random.Generator
) -> dict[str, np.ndarray | pd.array]:
    size, answers = level.size, {}
    for background in questionnaire.background:
        answers[background.id] = random.choice(list(background.values), size)
    respondent = level + 0.7 * random.standard_normal(size)
    for item in questionnaire.items:
        value = np.clip(np.round(respondent + 0.9 * random.standard_normal(size)), item.minimum, item.maximum)
        answers[item.id] = pd.array(np.where(random.random(size) < 0.05, np.nan, value), dtype="Int64")
    return answers


def _write_registers(
    store: Path, codes: np.ndarray, places: np.ndarray, names: np.ndarray, frame: pd.DataFrame
) -> None:
    nothing = {"valid_from": None, "valid_to": None, "successor": None}
    place = {"municipality": places.astype(str), "service": SERVICE}
    units = pd.DataFrame({"unit": names, "name": names, **place}).assign(**nothing)
    write_table(store, "units", units)
    write_table(store, "frame", frame.merge(units[["unit", "municipality", "service"]], on="unit"))
    towns = pd.DataFrame({"code": codes.astype(str), "name": [f"Municipality {code}" for code in codes]})
    # Sizes and groups of peers as a country has them: a few large places, many small ones.
    sizes = 3000 + 40_000 * (np.arange(codes.size) % 7 == 0)
    groups = (1 + np.arange(codes.size) % 7).astype(str)
    write_table(
        store,
        "municipalities",
        towns.assign(county="1", peer_group=groups, inhabitants=sizes, **nothing),
    )


if __name__ == "__main__":
    given = dict(zip(("rows", "municipalities", "units"), map(int, sys.argv[2:5]), strict=True))
    make_nation(Path(sys.argv[1]), **given)
