"""Making the synthetic country: a whole store, and the truth beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core.errors import TilstandError
from analysis.core.paths import project_root
from analysis.demo import profiles as p
from analysis.demo.answers import draw_round
from analysis.demo.expected import expected_means
from analysis.demo.folder import country_folder
from analysis.demo.model import Model, make_model
from analysis.demo.places import make_municipalities, make_register
from analysis.demo.resolve import resolve_plantings
from analysis.demo.scripts import MINIMUM_MUNICIPALITIES, scripts_for
from analysis.demo.trail import make_indicators, make_trail, write_quarantine
from analysis.demo.truth import Truth, save_truth
from analysis.demo.users import count_groups, draw_asked
from analysis.survey import (
    Questionnaire,
    load_questionnaire,
    write_questionnaire,
    write_responses,
    write_table,
)

YEARS = (2021, 2023, 2025)
SEED = 20250601


def make_country(
    into: Path,
    *,
    seed: int = SEED,
    municipalities: int = 24,
    services: int = 4,
    questionnaires: Path | None = None,
) -> Truth:
    """Write a synthetic country's survey into the folder `into`, as a store, with its truth beside it.

    A synthetic country that is there already is replaced. The same seed and sizes give the same bytes. It
    has at least 12 municipalities, since the planted truths need them, and services in the order
    kindergarten, school, nursing-home, building-permits. `questionnaires` is the folder of their YAML files,
    by default the project's `params/questionnaires`. Raises TilstandError where the size cannot be made or
    the folder holds other data.
    """
    _check_size(municipalities, services)
    asked = Path(questionnaires or questionnaire_folder())
    places = make_municipalities(municipalities, seed)
    rounds: dict[tuple[str, int], pd.DataFrame] = {}
    models, means, plantings, groups = [], [], [], []
    for profile in p.PROFILES[:services]:
        model = _make_service(profile, load_questionnaire(asked / f"{profile.service}.yaml"), places, seed)
        drawn = {}
        for year in YEARS:
            drawn[year], counted = _draw_year(model, year, seed)
            groups.append(counted)
        table = expected_means(model)
        plantings += resolve_plantings(model, scripts_for(profile.service, municipalities), table, drawn)
        rounds |= {(profile.service, year): frame for year, frame in drawn.items()}
        models.append(model)
        means.append(table)
    truth = Truth(
        seed=seed,
        years=YEARS,
        municipalities=tuple(places["code"]),
        services=tuple(m.profile.service for m in models),
        plantings=tuple(plantings),
        parameters={m.profile.service: _parameters(m) for m in models},
        means=pd.concat(means, ignore_index=True),
    )
    with country_folder(Path(into)) as folder:
        _write_store(folder, places, models, rounds, seed)
        write_table(folder, "frame_groups", pd.concat(groups, ignore_index=True))
        save_truth(truth, folder)
    return truth


def questionnaire_folder() -> Path:
    """Return the folder of the project's questionnaires."""
    beside_the_source = Path(__file__).resolve().parents[3] / "params" / "questionnaires"
    return beside_the_source if beside_the_source.is_dir() else project_root() / "params" / "questionnaires"


def _check_size(municipalities: int, services: int) -> None:
    if municipalities < MINIMUM_MUNICIPALITIES or not 1 <= services <= len(p.PROFILES):
        raise TilstandError(
            "a synthetic country of this size cannot be made",
            where="make_country",
            found=f"{municipalities} municipalities, {services} services",
            expected=f"at least {MINIMUM_MUNICIPALITIES} municipalities, 1 to {len(p.PROFILES)} services",
        )


def _make_service(profile: p.Profile, questionnaire: Questionnaire, places: pd.DataFrame, seed: int) -> Model:
    # A stream of its own for every service: another service more or less changes nothing in this one.
    rng = np.random.default_rng([seed, 0, *profile.service.encode()])
    scripts = scripts_for(profile.service, len(places))
    register = make_register(profile, places, years=YEARS, scripts=scripts, rng=rng)
    return make_model(profile, questionnaire, register, scripts=scripts, rng=rng)


def _draw_year(model: Model, year: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one round's answers, and how many users each unit has by background."""
    rng = np.random.default_rng([seed, 2, year, *model.profile.service.encode()])
    asked = draw_asked(model, year, rng)
    # A stream of its own: counting more or fewer users changes no answer.
    others = np.random.default_rng([seed, 5, year, *model.profile.service.encode()])
    return draw_round(model, year, asked, rng), count_groups(model, year, asked, others)


def _write_store(
    store: Path,
    places: pd.DataFrame,
    models: list[Model],
    rounds: dict[tuple[str, int], pd.DataFrame],
    seed: int,
) -> None:
    write_table(store, "municipalities", places)
    units = pd.concat([m.register.units for m in models], ignore_index=True)
    write_table(store, "units", units.drop(columns=["place", "number"]).infer_objects())
    write_table(store, "frame", pd.concat([_frame(m) for m in models], ignore_index=True))
    services = [m.profile.service for m in models]
    write_table(store, "indicators", make_indicators(places, services, YEARS, seed))
    for model in models:
        write_questionnaire(store, model.questionnaire)
    for (service, year), frame in rounds.items():
        write_responses(store, frame, service=service, year=year)
    imports, reasons, set_aside = make_trail(rounds, seed)
    write_table(store, "imports", imports)
    write_table(store, "import_reasons", reasons)
    write_quarantine(store, set_aside)


def _frame(model: Model) -> pd.DataFrame:
    units, years = model.register.units, model.years
    rows = units.loc[units.index.repeat(len(years)), ["municipality", "service", "unit"]].reset_index(
        drop=True
    )
    rows["year"] = np.tile(years, len(units))
    rows["population"] = model.register.population.ravel()
    rows["invited"] = model.register.invited.ravel()
    return rows[rows["population"] > 0]


def _parameters(model: Model) -> dict:
    profile = model.profile
    return {
        "case_mix": {
            name: {trait.value: trait.score for trait in traits}
            for name, traits in profile.background.items()
        },
        "weights_in_satisfaction": profile.weights,
        "sd": {
            "person": p.PERSON_SD,
            "person_dimension": p.PERSON_DIMENSION_SD,
            "item": p.ITEM_SD,
            "unit": p.UNIT_SD,
            "unit_dimension": p.UNIT_DIMENSION_SD,
            "municipality": p.MUNICIPALITY_SD,
            "municipality_dimension": p.MUNICIPALITY_DIMENSION_SD,
            "drift": p.DRIFT_SD,
        },
    }
