"""True means: what the answers come to on average, after rounding and cutting to the scale."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analysis.demo import profiles as p
from analysis.demo.model import Model

_NODES = 15


def expected_answer(mean: np.ndarray, sd: float, scale: tuple[int, int] = (1, 6)) -> np.ndarray:
    """Return the mean of a normal variable rounded to whole numbers and cut to the scale.

    E = low + Σ Φ((mean − k − ½)/sd) over k = low, …, high − 1: the sum of the shares above each threshold.

    >>> expected_answer(np.array([3.5, 5.0]), 1.0).round(3).tolist()
    [3.5, 4.927]
    """
    low, high = scale
    cuts = np.arange(low, high) + 0.5
    return low + ndtr((np.asarray(mean)[..., None] - cuts) / sd).sum(axis=-1)


def expected_means(model: Model) -> pd.DataFrame:
    """Return the true means of every unit, municipality, round, dimension and item of one service.

    Columns: municipality, service, unit (empty for the whole municipality), year, topic, mean (all users,
    had they answered everything), mean_answering (what the survey finds on average: those who answer, with
    the items that they answer) and answers (expected number of respondents). Reversed items are turned:
    high is good throughout.
    """
    users, answering, replies = _unit_means(model)
    forced = model.forced > 0
    for means in (users, answering):
        means[forced] = model.forced[forced]
    weights_users, weights_answering = _item_weights(model)
    users = np.concatenate([users @ weights_users.T, users], axis=2)
    answering = np.concatenate([answering @ weights_answering.T, answering], axis=2)
    return _as_table(model, users, answering, replies)


def _unit_means(model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return item means of all users and of those who answer (U × T × J), and expected answers (U × T)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    # One axis Q for what moves all items of a user alike: kind of user by own satisfaction.
    move = (model.score[:, None] + p.PERSON_SD * nodes).ravel()
    chance = ndtr(
        model.readiness[:, :, None, None] + model.reply[:, None] + p.REPLY_BY_SATISFACTION * nodes
    ) * (model.shares[:, None, :, None] * weights)
    chance = chance.reshape(*chance.shape[:2], -1)
    all_users = (model.shares[:, :, None] * weights).reshape(len(model.shares), -1)
    base = model.level + model.effects @ model.loading.T
    users, answering = np.empty_like(base), np.empty_like(base)
    for j, load in enumerate(model.loading):
        sd = float(np.sqrt(p.ITEM_SD**2 + p.PERSON_DIMENSION_SD**2 * (load**2).sum()))
        # The curve is smooth: read from a fine table it is right to 1e-6, and much faster.
        grid = np.linspace(base[..., j].min() + move.min(), base[..., j].max() + move.max(), 4001)
        curve = expected_answer(grid, sd, model.questionnaire.scale)
        for t in range(base.shape[1]):
            values = np.interp(base[:, t, j, None] + move, grid, curve)
            users[:, t, j] = (values * all_users).sum(axis=1)
            answering[:, t, j] = (values * chance[:, t]).sum(axis=1) / chance[:, t].sum(axis=1)
    planted = model.register.answers
    replies = np.where(planted >= 0, planted, model.register.invited * chance.sum(axis=2))
    return users, answering, replies


def _item_weights(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Return how items weigh in a dimension (K × J): all answered; and as they are answered on average.

    A score needs at least half of the items. Which are missing does not depend on the answers, so the mean
    score is a weighted mean of the items' means, over all patterns of answering by their chance.
    """
    equal = np.zeros(model.loading.T.shape)
    found = np.zeros(model.loading.T.shape)
    for k, dimension in enumerate(model.dimensions):
        items = [j for j, i in enumerate(model.questionnaire.items) if i.dimension == dimension]
        equal[k, items] = 1 / len(items)
        total = 0.0
        for pattern in itertools.product((0, 1), repeat=len(items)):
            if sum(pattern) * 2 < len(items):
                continue
            answered = np.array(pattern, dtype=bool)
            chance = float(np.prod(np.where(answered, 1 - model.missing[items], model.missing[items])))
            found[k, items] += chance * answered / answered.sum()
            total += chance
        found[k, items] /= total
    return equal, found


def _as_table(model: Model, users: np.ndarray, answering: np.ndarray, replies: np.ndarray) -> pd.DataFrame:
    units, years = model.register.units, model.years
    topics = [*model.dimensions, *model.questionnaire.item_ids]
    index = pd.MultiIndex.from_product([units.index, years, topics], names=["row", "year", "topic"])
    rows = pd.DataFrame(
        {"mean": users.ravel(), "mean_answering": answering.ravel()}, index=index
    ).reset_index()
    rows["population"] = np.repeat(model.register.population.ravel(), len(topics))
    rows["answers"] = np.repeat(replies.ravel(), len(topics))
    rows = rows[rows["population"] > 0].join(units[["municipality", "service", "unit"]], on="row")
    keys = ["municipality", "service", "year", "topic"]
    sums = (
        rows.assign(
            mean=rows["mean"] * rows["population"], mean_answering=rows["mean_answering"] * rows["answers"]
        )
        .groupby(keys, sort=False)[["mean", "mean_answering", "population", "answers"]]
        .sum()
        .reset_index()
    )
    sums["mean"] /= sums["population"]
    sums["mean_answering"] /= sums["answers"]
    columns = ["municipality", "service", "unit", "year", "topic", "mean", "mean_answering", "answers"]
    both = pd.concat([sums.assign(unit=""), rows])[columns]
    # Six decimals: what other machines' libraries may give in the last digits does not show.
    return both.round({"mean": 6, "mean_answering": 6, "answers": 3}).reset_index(drop=True)
