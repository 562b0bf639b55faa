"""An operator's own survey: three municipalities' libraries, two branches each, asked in two years."""

from __future__ import annotations

import json
import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from journey_project import Project, files_in

QUESTIONNAIRE = """
service: library
name: {nb: Bibliotek, en: Library}
users: {nb: lånere, en: borrowers}
unit: {nb: filial, en: branch}
units: {nb: filialer, en: branches}
overall: satisfaction
dimensions:
  - {id: staff, name: {nb: Betjening, en: Staff}}
  - {id: stock, name: {nb: Utvalg, en: Stock}}
items:
  - {id: staff_1, dimension: staff, text: {nb: De ansatte hjelper., en: The staff help.}, dont_know: [9]}
  - {id: staff_2, dimension: staff, text: {nb: De ansatte vet mye., en: The staff know.}, dont_know: [9]}
  - {id: stock_1, dimension: stock, text: {nb: Jeg finner det., en: I find it.}, dont_know: [9]}
  - {id: stock_2, dimension: stock, text: {nb: Det er nok nytt., en: There is news.}, dont_know: [9]}
  - {id: satisfaction, text: {nb: Alt i alt er jeg fornøyd., en: All in all.}, dont_know: [9]}
"""
MAPPING = """
mapping: library
year: {column: aar}
years: [2023, 2025]
municipality: {column: kommune}
questionnaires: [../questionnaires/library.yaml]
respondent: nr
unit: {column: filial, prefix: municipality}
registers:
  municipalities: ../../raw/kommuner.csv
  units: ../../raw/filialer.csv
  frame: ../../raw/invitert.csv
"""
BATCH = """
batch: library
title: {nb: Lånerundersøkelsen 2025, en: Survey of borrowers 2025}
data: ../data/library
date: 2025-10-01
year: 2025
compare_years: [2023]
language: nb
"""
ITEMS = ("staff_1", "staff_2", "stock_1", "stock_2", "satisfaction")
PLACES = {"9901": "Fagerdal", "9902": "Solvik", "9903": "Nordlia"}
BRANCHES = ("Hovedbiblioteket", "Bokbussen")
#: What the operator's office has added to the notebook: a file of its own for each municipality.
LOCAL_CELL = """
#| label: local
#| include: false
import pandas as pd

visits = pd.read_csv(run.batch.store.parent / "local" / f"{municipality}.csv")["visits"]
int(visits.sum())
"""
#: What stands in one municipality's file by mistake. Nothing of it may come out.
SECRET = "Kari Solvik 12"


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it left."""

    exit_code: int
    said: str
    runs: dict[str, dict] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Operated:
    """The operator's project after the journey, with how it was after each step."""

    project: Project
    imported: Ended
    broken: Ended
    repaired: Ended

    @property
    def build(self) -> Path:
        return self.project.root / "build" / "library"

    @property
    def store(self) -> Path:
        return self.project.root / "data" / "library"


def operate(project: Project) -> Operated:
    """Import the survey, run with one broken municipality, repair it and run again."""
    write_survey(project)
    files = [f"raw/svar-{year}.csv" for year in (2023, 2025)]
    imported = project.tilstand(
        "import", *files, "--mapping", "params/mappings/library.yaml", "--into", "data/library"
    )
    broken = _run(project)
    project.write("data/local/9902.csv", "visits\n12\n")
    return Operated(project, _ended(imported), broken, _run(project))


def write_survey(project: Project) -> None:
    """Write the survey's files, and the office's own cell into the notebook of services."""
    project.write("params/questionnaires/library.yaml", QUESTIONNAIRE)
    project.write("params/mappings/library.yaml", MAPPING)
    project.write("params/library.yaml", BATCH)
    codes = "".join(f"{code},{name}\n" for code, name in PLACES.items())
    project.write("raw/kommuner.csv", "code,name\n" + codes)
    branches = "".join(f"{branch},{branch},{code}\n" for code in PLACES for branch in BRANCHES)
    project.write("raw/filialer.csv", "unit,name,municipality\n" + branches)
    invited = "".join(f"{b},{code},{y},60\n" for code in PLACES for b in BRANCHES for y in (2023, 2025))
    project.write("raw/invitert.csv", "unit,municipality,year,invited\n" + invited)
    for year in (2023, 2025):
        project.write(f"raw/svar-{year}.csv", _answers(year))
    for code in PLACES:
        project.write(f"data/local/{code}.csv", f"visits\n{SECRET if code == '9902' else 30}\n")
    path = project.root / "notebooks" / "service.ipynb"
    notebook = nbformat.read(path, as_version=4)
    place = next(i for i, cell in enumerate(notebook.cells) if cell["id"] == "open") + 1
    notebook.cells.insert(place, nbformat.v4.new_code_cell(LOCAL_CELL.strip(), id="local"))
    nbformat.write(notebook, path)


def _answers(year: int) -> str:
    dice = random.Random(year)
    lines = ["nr;aar;kommune;filial;" + ";".join(ITEMS)]
    for code in PLACES:
        for b, branch in enumerate(BRANCHES):
            for person in range(40):
                mood = dice.gauss(4.3 - 0.5 * b, 0.7)
                given = [min(6, max(1, round(mood + dice.gauss(0, 0.8)))) for _ in ITEMS]
                cells = [9 if dice.random() < 0.03 else answer for answer in given]
                lines.append(f"{code}-{b}-{person};{year};{code};{branch};" + ";".join(map(str, cells)))
    # Two rows that no import may take: an answer outside the scale, and the first respondent again.
    lines.append(f"9901-x;{year};9901;Bokbussen;77;3;3;3;3")
    lines.append(f"9901-0-0;{year};9901;Bokbussen;3;3;3;3;3")
    return "\n".join(lines) + "\n"


def _run(project: Project) -> Ended:
    ended = _ended(project.tilstand("run", "params/library.yaml", "--workers", 2))
    build = project.root / "build" / "library"
    lines = (build / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    runs = {line["id"]: line for line in map(json.loads, lines)}
    return Ended(ended.exit_code, ended.said, runs, files_in(build))


def _ended(done: subprocess.CompletedProcess[str]) -> Ended:
    return Ended(done.returncode, done.stdout + done.stderr)
