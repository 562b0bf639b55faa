"""How the users of one service answer: every effect that the data are drawn from, as arrays."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from analysis.demo import profiles as p
from analysis.demo import scripts as s
from analysis.demo.places import Register
from analysis.demo.profiles import Profile
from analysis.survey import Questionnaire


@dataclass(frozen=True)
class Model:
    """Where answers come from. Axes: U units, T rounds, K dimensions, J items, C kinds of user.

    An answer is `level[T,J]`, plus the respondent's dimensions (`effects[U,T,K]`, `score[C]` and chance)
    weighted by `loading[J,K]`, plus what is the respondent's and the item's own, rounded and cut to the
    scale. High is good here for every item; reversed ones are turned when they are written down.
    """

    profile: Profile
    questionnaire: Questionnaire
    register: Register
    level: np.ndarray
    loading: np.ndarray
    effects: np.ndarray
    kinds: np.ndarray
    shares: np.ndarray
    score: np.ndarray
    reply: np.ndarray
    readiness: np.ndarray
    missing: np.ndarray
    forced: np.ndarray

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Ids of the dimensions, in the order of the arrays."""
        return tuple(d.id for d in self.questionnaire.dimensions)

    @property
    def years(self) -> tuple[int, ...]:
        """The rounds, oldest first."""
        return self.register.years


def make_model(
    profile: Profile,
    questionnaire: Questionnaire,
    register: Register,
    *,
    scripts: list[s.Script],
    rng: np.random.Generator,
) -> Model:
    """Draw the country's effects in one service and add the planted ones."""
    dimensions = [d.id for d in questionnaire.dimensions]
    kinds, base, score, reply = _kinds_of_user(profile)
    same = np.zeros(len(register.units), dtype=bool)
    for script in scripts:
        if script.kind == "no_variance":
            same |= register.chosen(script)
    loading = np.array(
        [[_load(i.dimension, d, profile.weights) for d in dimensions] for i in questionnaire.items]
    )
    readiness = _readiness(profile, register, rng)
    # Units in which nothing differs have the same kinds of users and the same will to answer, too.
    _, first, group = np.unique(register.units["place"], return_index=True, return_inverse=True)
    readiness[same] = readiness[first][group][same]
    return Model(
        profile=profile,
        questionnaire=questionnaire,
        register=register,
        level=_levels(profile, questionnaire, register.years, rng),
        loading=loading,
        effects=_effects(register, dimensions, scripts, same, rng),
        kinds=kinds,
        shares=_shares(profile, base, same, rng),
        score=score,
        reply=reply,
        readiness=readiness,
        missing=rng.uniform(0.02, 0.09, len(questionnaire.items)),
        forced=_forced(register, questionnaire, scripts),
    )


def _load(own: str | None, dimension: str, weights: dict[str, float]) -> float:
    return weights[dimension] if own is None else float(own == dimension)


def _kinds_of_user(profile: Profile) -> tuple[np.ndarray, list[np.ndarray], np.ndarray, np.ndarray]:
    """Return every combination of traits (C × variables, as numbers), and what each brings with it."""
    traits = list(profile.background.values())
    kinds = np.array(list(itertools.product(*(range(len(t)) for t in traits))))
    base = [np.array([trait.share for trait in group]) for group in traits]
    score = sum(np.array([t.score for t in group])[kinds[:, v]] for v, group in enumerate(traits))
    reply = sum(np.array([t.reply for t in group])[kinds[:, v]] for v, group in enumerate(traits))
    return kinds, base, score, reply


def _shares(
    profile: Profile, base: list[np.ndarray], same: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return each unit's shares of the kinds of user (U × C): units differ by `profile.spread`."""
    shares = np.ones((len(same), 1))
    for group, spread in zip(base, profile.spread.values(), strict=True):
        tilt = rng.normal(0, spread, (len(same), len(group)))
        tilt[same] = 0
        share = group * np.exp(tilt)
        share /= share.sum(axis=1, keepdims=True)
        shares = (shares[:, :, None] * share[:, None, :]).reshape(len(same), -1)
    return shares


def _readiness(profile: Profile, register: Register, rng: np.random.Generator) -> np.ndarray:
    place = register.units["place"].to_numpy()
    places = place.max() + 1
    here = rng.normal(0, 0.12, places)
    moving = rng.normal(0, 0.06, (places, len(register.years))) - 0.03 * np.arange(len(register.years))
    moving[[i for i in s.STILL_PLACES if i < places]] = 0
    own = rng.normal(0, 0.10, len(place))
    return ndtri(profile.reply) + (here[:, None] + moving)[place] + own[:, None]


def _levels(
    profile: Profile, questionnaire: Questionnaire, years: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    level = np.tile(profile.level + rng.normal(0, 0.18, len(questionnaire.items)), (len(years), 1))
    for j, item in enumerate(questionnaire.items):
        before = np.array([bool(item.comparable_from) and year < item.comparable_from for year in years])
        level[before, j] += s.OLD_WORDING_EFFECT
    return level


def _effects(
    register: Register,
    dimensions: list[str],
    scripts: list[s.Script],
    same: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    place = register.units["place"].to_numpy()
    places, rounds, size = place.max() + 1, len(register.years), len(dimensions)
    town = rng.normal(0, p.MUNICIPALITY_SD, (places, 1)) + rng.normal(
        0, p.MUNICIPALITY_DIMENSION_SD, (places, size)
    )
    steps = rng.normal(0, p.DRIFT_SD, (places, rounds, size))
    steps[:, 0] = 0
    steps[[i for i in s.STILL_PLACES if i < places]] = 0
    own = rng.normal(0, p.UNIT_SD, (len(place), 1)) + rng.normal(0, p.UNIT_DIMENSION_SD, (len(place), size))
    for script in scripts:
        if script.kind in ("unit_low", "unit_high"):
            # In place of the drawn effect: a low unit must not have been drawn high.
            own[register.chosen(script)] = 0
        if script.kind.startswith(("change", "measure")):
            # In place of the drift: the effect is what is planted, no more and no less.
            steps[np.ix_([script.place], register.rounds(script), _touched(script, dimensions))] = 0
    own[same] = 0
    effects = town[place][:, None, :] + np.cumsum(steps, axis=1)[place] + own[:, None, :]
    for script in scripts:
        cells = np.ix_(register.chosen(script), register.rounds(script), _touched(script, dimensions))
        effects[cells] += script.effect
    return effects


def _touched(script: s.Script, dimensions: list[str]) -> list[int]:
    return [k for k, d in enumerate(dimensions) if not script.topics or d in script.topics]


def _forced(register: Register, questionnaire: Questionnaire, scripts: list[s.Script]) -> np.ndarray:
    """Return the answer that everybody gives where that is planted, else 0 (U × T × J)."""
    forced = np.zeros((len(register.units), len(register.years), len(questionnaire.items)), dtype=int)
    for script in scripts:
        answer = {"same_answer": 5, "end_of_scale": questionnaire.scale[1]}.get(script.kind)
        if answer:
            items = [j for j, i in enumerate(questionnaire.items) if {i.id, i.dimension} & set(script.topics)]
            forced[np.ix_(register.chosen(script), register.rounds(script), items)] = answer
    return forced
