"""Who the users of one service are in one round: of which kind is each, and how many has a unit of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.demo.model import Model


@dataclass(frozen=True)
class Users:
    """Users one by one, unit after unit: the number of the unit and of the kind of user."""

    unit: np.ndarray
    kind: np.ndarray


def draw_users(model: Model, count: np.ndarray, rng: np.random.Generator) -> Users:
    """Draw `count` users of each unit, kinds by the unit's shares."""
    unit = np.repeat(np.arange(len(count)), count)
    edges = np.cumsum(model.shares, axis=1)
    edges[:, -1] = 1.0
    return Users(unit, (rng.random(len(unit))[:, None] > edges[unit]).sum(axis=1))


def draw_asked(model: Model, year: int, rng: np.random.Generator) -> Users:
    """Draw those who are invited in one round, whether they answer or not."""
    return draw_users(model, model.register.invited[:, model.years.index(year)], rng)


def count_groups(model: Model, year: int, asked: Users, rng: np.random.Generator) -> pd.DataFrame:
    """Return how many users each unit has with each value of each background variable, as the store has it.

    The invited are counted as they were drawn, so that no group has more answers than users; only those whom
    the invitation did not reach are drawn here. Every value of a variable has a row, those without users too.
    """
    t = model.years.index(year)
    population = model.register.population[:, t]
    unreached = draw_users(model, population - model.register.invited[:, t], rng)
    counts = np.zeros(model.shares.shape, dtype=int)
    for users in (asked, unreached):
        np.add.at(counts, (users.unit, users.kind), 1)
    here = model.register.units.loc[population > 0, ["municipality", "service", "unit"]]
    parts = []
    for v, (variable, traits) in enumerate(model.profile.background.items()):
        for i, trait in enumerate(traits):
            group = counts[:, model.kinds[:, v] == i].sum(axis=1)[population > 0]
            parts.append(here.assign(year=year, variable=variable, value=trait.value, population=group))
    return pd.concat(parts, ignore_index=True)
