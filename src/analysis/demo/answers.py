"""Drawing one round of answers: who of those asked answers, and what."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.demo import profiles as p
from analysis.demo.model import Model
from analysis.demo.users import Users

#: Share of respondents who stop after some dimension and leave the rest unanswered.
STOPS = 0.03
#: Share of background questions left unanswered.
BACKGROUND_MISSING = 0.02


def draw_round(model: Model, year: int, asked: Users, rng: np.random.Generator) -> pd.DataFrame:
    """Return one round's respondents: respondent, municipality, unit, background, items (empty = none)."""
    t = model.years.index(year)
    unit, kind, person = _draw_respondents(model, t, asked, rng)
    answers = _draw_answers(model, t, unit, kind, person, rng)
    order = rng.permutation(len(unit))
    units = model.register.units
    # Numbers are given after shuffling: they must not say in which order people were drawn.
    columns = {
        "respondent": [f"{model.profile.service}-{year}-{i:06d}" for i in range(1, len(unit) + 1)],
        "municipality": units["municipality"].to_numpy()[unit[order]],
        "unit": units["unit"].to_numpy()[unit[order]],
    }
    for v, (name, traits) in enumerate(model.profile.background.items()):
        values = np.array([trait.value for trait in traits], dtype=object)[model.kinds[kind[order], v]]
        values[rng.random(len(unit)) < BACKGROUND_MISSING] = None
        columns[name] = values
    items = pd.DataFrame(answers[order], columns=list(model.questionnaire.item_ids)).astype("Int16")
    return pd.concat([pd.DataFrame(columns), items.mask(items == 0)], axis=1)


def _draw_respondents(
    model: Model, t: int, asked: Users, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return unit (number), kind of user and own satisfaction (standard normal) of everybody who answers."""
    invited, exact = model.register.invited[:, t], model.register.answers[:, t]
    unit, kind = asked.unit, asked.kind
    person = rng.normal(size=len(unit))
    ready = model.readiness[unit, t] + model.reply[kind] + p.REPLY_BY_SATISFACTION * person
    ready += rng.normal(size=len(unit))
    # Where the number of answers is planted, the readiest in the unit answer.
    order = np.lexsort((-ready, unit))
    starts = np.concatenate([[0], np.cumsum(invited)[:-1]])
    rank = np.empty(len(unit), dtype=int)
    rank[order] = np.arange(len(unit)) - starts[unit[order]]
    answers = np.where(exact[unit] >= 0, rank < exact[unit], ready > 0)
    return unit[answers], kind[answers], person[answers]


def _draw_answers(
    model: Model,
    t: int,
    unit: np.ndarray,
    kind: np.ndarray,
    person: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return answers as they are written down (respondents × items), 0 where there is none."""
    people, (size, items) = len(unit), model.loading.T.shape
    dimensions = model.effects[unit, t] + model.score[kind, None]
    dimensions += p.PERSON_DIMENSION_SD * rng.normal(size=(people, size))
    latent = model.level[t] + dimensions @ model.loading.T + p.PERSON_SD * person[:, None]
    latent += p.ITEM_SD * rng.normal(size=(people, items))
    low, high = model.questionnaire.scale
    answers = np.clip(np.floor(latent + 0.5), low, high).astype(int)
    forced = model.forced[unit, t]
    answers = np.where(forced > 0, forced, answers)
    turned = np.array([item.reversed for item in model.questionnaire.items])
    answers[:, turned] = low + high - answers[:, turned]
    none = rng.random((people, items)) < model.missing
    none |= _after_stopping(model, people, rng)
    return np.where(none, 0, answers)


def _after_stopping(model: Model, people: int, rng: np.random.Generator) -> np.ndarray:
    """Return which answers are missing since the respondent had stopped; never inside a dimension."""
    order = {d: k for k, d in enumerate(model.dimensions)}
    block = np.array([order.get(item.dimension, len(order)) for item in model.questionnaire.items])
    last = np.where(rng.random(people) < STOPS, rng.integers(0, len(order), size=people), len(order))
    return block[None, :] > last[:, None]
