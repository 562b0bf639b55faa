"""A whole synthetic country: any number of municipalities and services, read in by the import as files."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core.errors import TilstandError
from analysis.demo.country import SEED, YEARS, questionnaire_folder
from analysis.demo.files import write_files
from analysis.demo.folder import country_folder
from analysis.demo.further import further_services
from analysis.demo.model import Model, make_model
from analysis.demo.places import Register, list_units, make_municipalities
from analysis.demo.profiles import PROFILES, Profile
from analysis.demo.trail import make_indicators
from analysis.demo.truth import Truth, save_truth
from analysis.survey import Questionnaire, import_files, load_mapping, load_questionnaire, write_table

#: About as many municipalities as Norway has, and as many services as a large one surveys.
MUNICIPALITIES, SERVICES, RESPONDENTS = 350, 20, 1_000_000
#: Units are added with inhabitants, up to the service's own number.
_INHABITANTS_A_UNIT, _UNITS = 7_000, 6


def make_nation(
    into: Path,
    *,
    municipalities: int = MUNICIPALITIES,
    services: int = SERVICES,
    respondents: int = RESPONDENTS,
    seed: int = SEED,
) -> Truth:
    """Make a synthetic country of this size in the folder `into`, and return what is known of it.

    It has `respondents` accepted answers, divided evenly over services and the rounds 2021, 2023 and 2025,
    and over municipalities by the square root of their inhabitants. Nothing is planted in it. Its files
    (CSV, with some rows that are refused) and registers go through `import_files` as anybody's do. A
    synthetic country that is there already is replaced; the same sizes and seed give the same rows. Raises
    TilstandError where the size cannot be made or the folder holds other data.
    """
    known = _services()
    _check_size(municipalities, services, respondents, most=len(known))
    places = make_municipalities(municipalities, seed)
    chosen = known[:services]
    each = _shared_out(respondents, len(chosen) * len(YEARS))
    with country_folder(Path(into)) as folder:
        for number, (profile, questionnaire) in enumerate(chosen):
            share = each[number * len(YEARS) : (number + 1) * len(YEARS)]
            model = _make_service(profile, questionnaire, places, share, seed)
            # One service at a time: the memory needed is that of one, however many there are.
            raw = folder / ".files"
            mapping = write_files(raw, model, places, seed)
            import_files(sorted(raw.glob(f"{profile.service}_*.csv")), load_mapping(mapping), folder)
            shutil.rmtree(raw)
        write_table(
            folder, "indicators", make_indicators(places, [p.service for p, _ in chosen], YEARS, seed)
        )
        truth = Truth(
            seed=seed,
            years=YEARS,
            municipalities=tuple(places["code"]),
            services=tuple(profile.service for profile, _ in chosen),
            plantings=(),
            parameters={},
            means=pd.DataFrame({"municipality": pd.Series(dtype=str)}),
        )
        save_truth(truth, folder)
    return truth


def _services() -> list[tuple[Profile, Questionnaire]]:
    asked = questionnaire_folder()
    first = [(p, load_questionnaire(asked / f"{p.service}.yaml")) for p in PROFILES]
    return first + further_services()


def _check_size(municipalities: int, services: int, respondents: int, *, most: int) -> None:
    least = municipalities * services * len(YEARS)
    if municipalities < 1 or not 1 <= services <= most or respondents < least:
        raise TilstandError(
            "a synthetic country of this size cannot be made",
            where="make_nation",
            found=f"{municipalities} municipalities, {services} services, {respondents} respondents",
            expected=f"1 municipality or more, 1 to {most} services, {least} respondents or more: one for "
            f"each of both in each of {len(YEARS)} rounds",
        )


def _shared_out(total: int, parts: int) -> list[int]:
    """Divide a number into whole parts that differ by 1 at most.

    >>> _shared_out(10, 3)
    [4, 3, 3]
    """
    return [total // parts + (number < total % parts) for number in range(parts)]


def _make_service(
    profile: Profile, questionnaire: Questionnaire, places: pd.DataFrame, answers: list[int], seed: int
) -> Model:
    # A stream of its own for every service: another service more or less changes nothing in this one.
    rng = np.random.default_rng([seed, 6, *profile.service.encode()])
    register = _make_register(profile, places, answers, rng)
    return make_model(profile, questionnaire, register, scripts=[], rng=rng)


def _make_register(
    profile: Profile, places: pd.DataFrame, totals: list[int], rng: np.random.Generator
) -> Register:
    """Return the units with so many users that the exact number of answers of each round comes of them."""
    inhabitants = places["inhabitants"].to_numpy()
    most = min(profile.max_units, _UNITS)
    counts = np.clip(np.round(inhabitants / _INHABITANTS_A_UNIT), 1, most).astype(int)
    units = list_units(profile, places, counts, rng)
    place = units["place"].to_numpy()
    size = np.sqrt(inhabitants[place]) / counts[place] * np.exp(rng.normal(0, 0.3, len(place)))
    share = size / size.sum()
    answers = np.column_stack([rng.multinomial(total, share) for total in totals])
    usual = np.round(share * max(totals) / profile.reply).astype(int)[:, None]
    # Somebody who does not answer in every unit, and never more answers than users.
    population = np.maximum(usual, np.ceil(answers * 1.15).astype(int)) + 2
    unreached = np.round(population * rng.uniform(0, 0.05, len(units))[:, None]).astype(int)
    return Register(units, YEARS, population, population - unreached, answers)
