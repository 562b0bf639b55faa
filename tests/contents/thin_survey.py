"""Small surveys made by hand, and all that the notebooks show of them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd

from analysis import show
from analysis.core.language import Language
from analysis.core.paths import project_root
from analysis.core.settings import Disclosure
from analysis.facts import (
    Fact,
    Labels,
    describe_service,
    join,
    prepare,
    protect,
    report_claims,
    strengths_and_improvements,
    tabulate,
    totals,
)
from analysis.steering import Ledger, Steering
from analysis.steering.catalogue import default_catalogue
from analysis.steering.context import MODEL
from analysis.steering.model import load_model
from analysis.steering.plan import SteeringPlan
from analysis.survey import Questionnaire

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
PLACE = {"municipality": "9901", "service": "library"}
ASKED = Questionnaire.model_validate(
    {
        "service": "library",
        "name": {"nb": "Bibliotek", "en": "Library"},
        "users": {"nb": "lånere", "en": "borrowers"},
        "dimensions": [
            {"id": "staff", "name": {"nb": "Betjening", "en": "Staff"}},
            {"id": "stock", "name": {"nb": "Utvalg", "en": "Stock"}},
        ],
        "items": [
            {"id": "staff_1", "dimension": "staff", "text": {"nb": "De hjelper.", "en": "They help."}},
            {"id": "staff_2", "dimension": "staff", "text": {"nb": "De vet.", "en": "They know."}},
            {"id": "stock_1", "dimension": "stock", "text": {"nb": "Nok bøker.", "en": "Enough books."}},
            {"id": "stock_2", "dimension": "stock", "text": {"nb": "For gamle.", "en": "Too old."}}
            | {"reversed": True},
            {"id": "all_in_all", "text": {"nb": "Alt i alt.", "en": "All in all."}},
        ],
        "overall": "all_in_all",
        "background": [
            {
                "id": "age",
                "name": {"nb": "Alder", "en": "Age"},
                "values": {"young": {"nb": "Ung", "en": "Young"}, "old": {"nb": "Gammel", "en": "Old"}},
                "casemix": True,
            }
        ],
    }
)
ITEMS = list(ASKED.item_ids)


def answers(unit: str, year: int, n: int, *, always: float | None = None, seed: int = 1) -> pd.DataFrame:
    """Make n respondents of a unit in a round, who answer at random or all the same to every item."""
    dice = np.random.default_rng([seed, year, n])
    given = dice.integers(2, 7, size=(n, len(ITEMS))) if always is None else np.full((n, len(ITEMS)), always)
    rows = pd.DataFrame(given.astype(float), columns=ITEMS)
    names = [f"{unit}-{year}-{i}" for i in range(n)]
    age = ["old" if i % 3 else "young" for i in range(n)]
    place = pd.DataFrame({"respondent": names, "unit": unit, "year": year, "age": age})
    return pd.concat([place, rows], axis=1)


@dataclass(frozen=True)
class Thin:
    """A survey of a service with little in it."""

    rows: tuple[pd.DataFrame, ...]
    units: tuple[str, ...] = ("a", "b")
    years: tuple[int, ...] = (2023, 2025)
    nation: bool = True

    def facts(self) -> pd.DataFrame:
        """Return the service's facts as its notebook measures them."""
        empty = pd.DataFrame(
            {"respondent": [], "unit": [], "year": [], "age": []} | {item: [] for item in ITEMS}
        )
        responses = pd.concat(self.rows, ignore_index=True) if self.rows else empty.astype({"year": int})
        read = responses.groupby("year").size()
        imports = pd.DataFrame(
            {"file": "x.csv", "year": read.index, "rows_read": read + 1, "accepted": read, **PLACE}
        )
        register = pd.DataFrame({"unit": self.units, "name": [f"Filial {u}" for u in self.units], **PLACE})
        register[["valid_from", "valid_to"]] = pd.array([pd.NA], dtype="Int64")[0]
        invited = [(u, year, 60) for u in self.units for year in self.years]
        survey = prepare(
            **PLACE,
            questionnaire=ASKED,
            years=self.years,
            responses=responses.assign(municipality="9901"),
            units=register.astype({"valid_from": "Int64", "valid_to": "Int64"}).assign(successor=None),
            frame=pd.DataFrame(invited, columns=["unit", "year", "invited"]).assign(population=100),
            groups=pd.DataFrame(
                [(u, year, "age", value, 50) for u, year, _ in invited for value in ("young", "old")],
                columns=["unit", "year", "variable", "value", "population"],
            ),
            peer_group="2",
            imports=imports.reset_index(drop=True),
            reasons=pd.DataFrame({"year": read.index, "reason": "outside_scale", "count": 1}),
        )
        return describe_service(survey, self._national(), thresholds=Disclosure())

    def _national(self) -> pd.DataFrame:
        many = {"n": 900, "N": 24 if self.nation else 1}
        facts = []
        for topic in ("overall", "dimension.staff", "dimension.stock"):
            place = {"service": "library", "topic": topic, "scale": "1-6", "method": "national"}
            for year in self.years:
                now = place | many | {"year": year}
                facts += [
                    Fact(statistic="mean", value=4.2, se=0.04, **now),
                    Fact(statistic="peer_mean", category="2", value=4.1, se=0.05, **now),
                ]
            values = {
                ("adjusted_mean", ""): 4.2, ("adjusted_peer_mean", "2"): 4.1,
                ("casemix_beta", "age=young"): 0.2,
                ("casemix_centre", "age=young"): 0.4, ("theta", "unit"): 4.2, ("tau", "unit"): 0.2,
                ("sd_within", "unit"): 1.0, ("theta", "municipality"): 4.2, ("tau", "municipality"): 0.1,
            }  # fmt: skip
            facts += [Fact(statistic=s, category=c, value=v, se=0.04, **now) for (s, c), v in values.items()]
            facts.append(
                Fact(statistic="casemix_beta", category="age=old", value=0.0, note="reference", **now)
            )
            if topic != "overall":
                share = now | {"scale": "share", "value": 0.5, "low": 0.4, "high": 0.6, "level": 0.95}
                facts.append(Fact(statistic="importance", **share))
        return tabulate(facts)

    def labels(self, language: str) -> Labels:
        """Return the names that its report shows."""
        return Labels(
            language=Language(language),
            municipality="Fjordvik",
            questionnaires={"library": ASKED},
            units={unit: f"Filial {unit}" for unit in self.units},
        )


def report_facts(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the service's facts with those that the municipality's notebook adds."""
    counts = facts[facts["statistic"].eq("respondents") & facts["unit"].eq("")].dropna(subset="value")
    people = counts.set_index("year")["value"].astype("int64")
    own = {
        "front": totals(facts, people, municipality="9901"),
        "certain": report_claims(facts),
        "strengths": strengths_and_improvements(facts, thresholds=Disclosure()),
    }
    return join([facts, protect(join(own), Disclosure())])


EMPTY_LEDGER = Ledger(municipality="9901", year=2025, lines=())


def nothing_adopted(labels: Labels) -> Steering:
    """Return the steering of a municipality that has adopted nothing and has no figures."""
    units = pd.DataFrame(
        {"unit": list(labels.units), "name": list(labels.units.values()), "service": "library"}
    )
    units[["valid_from", "valid_to"]] = pd.array([pd.NA], dtype="Int64")[0]
    figures = ["municipality", "topic", "indicator", "year", "value", "unit", "source"]
    return Steering(
        plan=SteeringPlan(municipality="9901"),
        model=load_model(project_root() / MODEL),
        catalogue=default_catalogue({"library": ASKED}),
        indicators=pd.DataFrame(columns=figures),
        units=units.astype({"valid_from": "Int64", "valid_to": "Int64"}).assign(successor=None),
        years=(2023, 2025),
    )


def show_all(facts: pd.DataFrame, labels: Labels, folder: Path | None) -> dict[str, show.Block]:
    """Return the blocks of both notebooks' own cells, made of these facts: a report's, with a folder."""
    blocks = {}
    for notebook, prefix, table in (
        ("service", "library", facts),
        ("municipality", "municipality", report_facts(facts)),
    ):
        canvas = show.Canvas(report=folder is not None, folder=folder, prefix=prefix, labels=labels)
        run = SimpleNamespace(
            peers=None,
            names={},
            canvas=canvas,
            steering=nothing_adopted(labels),
            ledger=lambda _: EMPTY_LEDGER,
        )
        known = {"show": show, "run": run, "facts": table}
        for cell in nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", as_version=4).cells:
            if cell.cell_type == "code" and "show." in cell.source:
                blocks[f"{notebook}.{cell['id']}"] = eval(
                    compile(ast.parse(cell.source, mode="eval"), cell["id"], "eval"), dict(known)
                )
    return blocks
