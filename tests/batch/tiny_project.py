"""A store of three municipalities and two services, and notebooks that do as little as a run can."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from analysis.core.settings import Batch, load_batch
from analysis.survey import Questionnaire, write_questionnaire, write_responses, write_table

#: Saves one fact: the mean of the first item in the rows that the run is about. Only pandas is imported.
_MEASURE = """
from pathlib import Path
import pandas as pd
from analysis.core.settings import load_batch
batch = load_batch(Path(batch_file))
place, unit = globals().get("municipality", ""), globals().get("service", "")
files = sorted(batch.store.glob(f"responses/service={unit or '*'}/*/*.parquet"))
rows = pd.concat([pd.read_parquet(file) for file in files])
rows = rows[rows["municipality"] == place] if place else rows
"""
_FINISH = """
columns = {columns}
row = dict.fromkeys(columns) | dict.fromkeys(columns[:4] + columns[5:9] + columns[18:], "")
row["fact_id"] = f"{{place or '-'}}/{{unit or '-'}}/mean"
row |= {{"value": float(rows["q1"].mean()), "state": "measured"}}
pd.DataFrame([row])[columns].to_parquet(Path(output) / "facts.parquet")
"""


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook; the first cell is the one that papermill's parameters come after."""
    code = [nbformat.v4.new_code_cell(cell.strip()) for cell in cells]
    code[0].metadata["tags"] = ["parameters"]
    book = nbformat.v4.new_notebook(cells=code)
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)


@dataclass(frozen=True)
class TinyProject:
    """A folder with a store, a batch file and notebooks that run in a moment."""

    root: Path

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def store(self) -> Path:
        return self.root / "data"

    @property
    def batch(self) -> Batch:
        return load_batch(self.root / "params" / "tiny.yaml")

    def write_batch(self, **changed: object) -> None:
        keys = {
            "batch": "tiny",
            "title": "Tiny # no comment",
            "data": "../data",
            "date": "2025-06-16",
            "year": 2025,
            "services": "all",
            "municipalities": "all",
        } | changed
        path = self.root / "params" / "tiny.yaml"
        path.parent.mkdir(exist_ok=True)
        text = "# A small batch.\n" + "".join(
            f"{key}: {value if not isinstance(value, str) or key == 'date' else repr(value)}\n"
            for key, value in keys.items()
        )
        path.write_text(text.replace("'all'", "all"), encoding="utf-8")

    def write_answers(self, service: str, answers: dict[str, list[int]]) -> None:
        """Write the answers of one service in 2025, as lists by municipality."""
        rows = [
            {
                "respondent": f"{service}-{place}-{i}",
                "municipality": place,
                "unit": f"{service}-{place}",
                "q1": a,
            }
            for place, given in answers.items()
            for i, a in enumerate(given)
        ]
        write_responses(self.store, pd.DataFrame(rows).astype({"q1": "Int64"}), service=service, year=2025)

    def write_notebooks(self, **instead: str) -> None:
        """Write the three notebooks; a cell given for one of them stands before its last."""
        from analysis.facts.table import COLUMNS

        finish = _FINISH.format(columns=list(COLUMNS))
        for name, parameters in (
            ("reference", ("batch_file", "service", "output")),
            ("service", ("batch_file", "municipality", "service", "reference", "output")),
            ("municipality", ("batch_file", "municipality", "runs", "output")),
        ):
            first = "".join(f'{parameter} = ""\n' for parameter in parameters) + "report = False"
            write_notebook(self.notebooks / f"{name}.ipynb", first, _MEASURE, instead.get(name, "1"), finish)


@pytest.fixture
def tiny(tmp_path: Path) -> TinyProject:
    """A project with a school in three municipalities and a library in the first of them."""
    project = TinyProject(tmp_path / "project {with} braces")
    project.root.mkdir()
    project.write_batch()
    project.write_notebooks()
    places = {"library": ["9901"], "school": ["9901", "9902", "9903"]}
    units = []
    for service, codes in places.items():
        asked = {"service": service, "name": service.title(), "items": ({"id": "q1", "text": "How is it?"},)}
        write_questionnaire(project.store, Questionnaire.model_validate(asked))
        project.write_answers(service, {code: [4, 5, 6, 3, 4] for code in codes})
        units += [
            {"unit": f"{service}-{c}", "name": service, "municipality": c, "service": service} for c in codes
        ]
    write_table(project.store, "units", pd.DataFrame(units))
    register = pd.DataFrame({"code": ["9901", "9902", "9903"], "name": ["Fagerdal", "Solvik", "Nordlia"]})
    write_table(project.store, "municipalities", register)
    return project
