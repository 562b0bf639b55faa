"""A small survey of two kindergartens, and what it takes to import it."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.survey import ImportReport, Store, import_files, open_store

QUESTIONNAIRE = """
service: kindergarten
name: {en: Kindergarten, nb: Barnehage}
items:
  - {id: food, text: Is the food good, dont_know: [9]}
  - {id: staff, text: Are the staff kind, dont_know: [9]}
background:
  - {id: place, name: {en: Place}}
"""
MAPPING = """
mapping: test
year: 2025
municipality: {code: "9901", name: Fagerdal}
questionnaires: [kindergarten.yaml]
respondent: id
unit: enhet
"""
ROWS = "id,enhet,food,staff\n1,Nord,6,5\n2,Nord,4,9\n3,Sør,1,\n"


class Desk:
    """A folder to put files in, with a questionnaire and a mapping, and a store to import into."""

    mapping = MAPPING

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder, folder / "store"
        self.write("kindergarten.yaml", QUESTIONNAIRE)

    def write(self, name: str, text: str, encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode(encoding))
        return path

    def load(
        self,
        rows: str | Path = ROWS,
        *,
        mapping: str = MAPPING,
        more: str = "",
        name: str = "s.csv",
        **how: str,
    ) -> ImportReport:
        file = rows if isinstance(rows, Path) else self.write(name, rows)
        return import_files([file], self.write("mapping.yaml", mapping + more), self.store, **how)

    def opened(self) -> Store:
        return open_store(self.store)

    def reasons(self) -> dict[str, int]:
        table = self.opened().import_reasons()
        return dict(zip(table["reason"], table["count"], strict=True))

    def quarantine(self) -> str:
        return "".join(p.read_text("utf-8-sig") for p in sorted(self.store.glob("_quarantine/*.csv")))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)
