"""The registers of the synthetic country: its municipalities, their units, and who is asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.demo.names import COUNTIES, name_municipalities, name_units
from analysis.demo.profiles import Profile
from analysis.demo.scripts import DEFAULT_PLACES, MERGED_FROM, STILL_PLACES, Script

_INHABITANTS = (61_300, 8_400, 38_900, 14_200, 17_700, 27_100, 5_200, 24_600, 3_300, 19_800, 11_500, 26_400)
_INHABITANTS += (4_100, 31_700, 9_600, 21_300, 45_800, 22_900, 6_700, 29_400, 16_100, 7_900, 12_800, 86_500)
#: Upper ends of the peer groups by inhabitants; the largest municipalities are group 4.
_PEER_ENDS = (7_000, 15_000, 28_000)


@dataclass(frozen=True)
class Register:
    """The units of one service and how many users they have and ask.

    `units` has unit, name, municipality, service, valid_from, valid_to, successor, place (number of the
    municipality from 0) and number (from 1 in the municipality). `population` and `invited` are arrays of
    units by rounds, 0 where the unit is not there; `answers` is the exact number of answers planted, else −1.
    """

    units: pd.DataFrame
    years: tuple[int, ...]
    population: np.ndarray
    invited: np.ndarray
    answers: np.ndarray

    def chosen(self, script: Script) -> np.ndarray:
        """Return which units a script means, as a mask: those it names, or all of the municipality."""
        here = (self.units["place"] == script.place).to_numpy()
        return here & self.units["number"].isin(script.units).to_numpy() if script.units else here

    def rounds(self, script: Script) -> np.ndarray:
        """Return in which rounds a script holds, as a mask."""
        return np.array([script.since is None or year >= script.since for year in self.years])


def make_municipalities(count: int, seed: int) -> pd.DataFrame:
    """Return the register of municipalities as the store has it, codes from 9901 on (99001 from 100 on).

    >>> make_municipalities(2, 1)[["code", "name", "inhabitants"]].values.tolist()
    [['9901', 'Skjolmvik', 61300], ['9902', 'Varnbygd', 8400]]
    """
    rng = np.random.default_rng([seed, 1])
    further = np.exp(rng.normal(9.4, 0.9, size=max(0, count - len(_INHABITANTS)))).round(-2)
    inhabitants = np.concatenate([_INHABITANTS[:count], further]).astype(int)
    start = 99_000 if count > 99 else 9_900
    return pd.DataFrame(
        {
            "code": [str(start + i + 1) for i in range(count)],
            "name": name_municipalities(count),
            "county": [COUNTIES[(3 * i) // 2 % len(COUNTIES)] for i in range(count)],
            "peer_group": [str(1 + int(np.searchsorted(_PEER_ENDS, n))) for n in inhabitants],
            "inhabitants": inhabitants,
        }
    )


def make_register(
    profile: Profile,
    municipalities: pd.DataFrame,
    *,
    years: tuple[int, ...],
    scripts: list[Script],
    rng: np.random.Generator,
) -> Register:
    """Return the units of one service in every municipality, with the planted mergers, starts and sizes."""
    counts = np.clip(np.round(1 + municipalities["inhabitants"] / 3_500), 4, profile.max_units).astype(int)
    units = list_units(profile, municipalities, counts, rng)
    typical = _typical_users(profile, municipalities, units["place"].to_numpy(), rng)
    moving = rng.normal(0, 0.04, (len(units), len(years)))
    moving[units["place"].isin(STILL_PLACES)] = 0
    population = np.round(typical[:, None] * (1 + moving)).astype(int)
    answers = np.full(population.shape, -1)
    bare = Register(units, years, population, population, answers)
    for script in (s for s in scripts if s.answers is not None):
        cells = np.ix_(bare.chosen(script), bare.rounds(script))
        answers[cells] = script.answers
        # Small units, not large ones that few answered in: about half of those asked answer.
        population[bare.chosen(script)] = max(14, round(2.1 * script.answers) + 2)
    for script in (s for s in scripts if s.kind in ("merged_unit", "new_unit")):
        _close_or_open(bare, script)
    unreached = np.round(population * rng.uniform(0, 0.05, len(units))[:, None]).astype(int)
    return Register(units, years, population, population - unreached, answers)


def _typical_users(
    profile: Profile, municipalities: pd.DataFrame, place: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return each unit's size: smaller where few live, but not where other small units are planted."""
    density = np.clip((municipalities["inhabitants"] / 20_000) ** 0.4, 0.5, 1.2).to_numpy()[place]
    size = profile.typical_users * np.exp(rng.normal(0, 0.35, len(place)))
    planted = np.isin(place, DEFAULT_PLACES)
    return np.where(planted, np.clip(size, 34, None), np.clip(size * density, 12, None))


def list_units(
    profile: Profile, municipalities: pd.DataFrame, counts: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the units of one service, `counts` of them in each municipality (see `Register.units`)."""
    place = np.repeat(np.arange(len(counts)), counts)
    number = np.concatenate([np.arange(1, n + 1) for n in counts])
    code = municipalities["code"].to_numpy()[place]
    return pd.DataFrame(
        {
            "unit": [f"{c}-{profile.service}-{n:02d}" for c, n in zip(code, number, strict=True)],
            "name": [name for n in counts for name in name_units(profile.service, int(n), rng)],
            "municipality": code,
            "service": profile.service,
            "valid_from": pd.Series([pd.NA] * len(code), dtype="Int64"),
            "valid_to": pd.Series([pd.NA] * len(code), dtype="Int64"),
            "successor": pd.Series([None] * len(code), dtype=object),
            "place": place,
            "number": number,
        }
    )


def _close_or_open(register: Register, script: Script) -> None:
    units, years = register.units, np.array(register.years)
    rows = np.flatnonzero(register.chosen(script))
    if script.kind == "new_unit":
        units.loc[rows, "valid_from"] = script.since
        register.population[np.ix_(rows, years < script.since)] = 0
        return
    closed, successor = rows[:-1], rows[-1]
    after = years >= MERGED_FROM
    register.population[successor, after] += register.population[np.ix_(closed, after)].sum(axis=0)
    register.population[np.ix_(closed, after)] = 0
    units.loc[closed, "valid_to"] = MERGED_FROM - 1
    units.loc[closed, "successor"] = units.loc[successor, "unit"]
