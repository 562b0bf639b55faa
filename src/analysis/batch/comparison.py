"""Whom a batch's municipalities are compared with: a comparison group, and units of other municipalities."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.core.errors import SettingsError, StatisticsError
from analysis.core.settings import Batch
from analysis.facts import ServiceSurvey, grouped, prepare
from analysis.steering import Elsewhere, Peers, nearest_of_all, nearest_peers, same_group, scores_elsewhere
from analysis.survey import Store


def comparison_groups(batch: Batch, store: Store) -> dict[str, frozenset[str]]:
    """Return the municipalities of every comparison group, by the group's name.

    Of the nearest every municipality has a group of its own, with itself in it. Raises SettingsError where
    the figures that the batch names are not there, or tell nobody apart.
    """
    register = store.municipalities()
    if batch.reference.peers == "group":
        return grouped(dict(zip(register["code"], register["peer_group"], strict=True)))
    try:
        every = nearest_of_all(store.indicators(), register=register, **_choice(batch))
    except StatisticsError as error:
        raise _told(batch, error) from error
    return {peers.name: frozenset(peers.members) for peers in every.values()}


def comparison_group(batch: Batch, store: Store, municipality: str) -> Peers | None:
    """Return whom a municipality is compared with and why.

    None where the register gives it no group, or the batch compares with nobody.

    Raises SettingsError where the nearest cannot be told: it lacks a figure, or too few others have all.
    """
    if batch.reference.group == "none":
        return None
    register = store.municipalities()
    if batch.reference.peers == "group":
        own = register.loc[register["code"].eq(municipality), "peer_group"]
        return same_group(municipality, register) if own.notna().any() else None
    try:
        return nearest_peers(municipality, store.indicators(), register=register, **_choice(batch))
    except StatisticsError as error:
        raise _told(batch, error) from error


def open_elsewhere(batch: Batch, store: Store, municipality: str, peers: Peers | None) -> Elsewhere | None:
    """Return the units of other municipalities that measures may be compared with; read once they are asked.

    None where the batch compares with nobody.
    """
    if batch.reference.group == "none":
        return None
    return Elsewhere(
        scores_of=scores_elsewhere(partial(_others, batch, store, municipality), batch.disclosure),
        group=peers.name if peers else "",
        peers=frozenset(peers.codes) if peers else frozenset(),
        fewest=batch.reference.minimum_municipalities,
    )


def _others(batch: Batch, store: Store, municipality: str, service: str) -> ServiceSurvey:
    """Read all other municipalities' answers to a service as if they were one municipality's."""
    responses = store.responses(service, years=batch.years)
    register = store.municipalities()
    merged = set(register["successor"].dropna())
    opened = register.loc[register["valid_from"].gt(min(batch.years)).fillna(False), "code"]
    # One that took over another, or is new, is not the same before and after.
    left_out = {municipality, *merged, *opened}
    empty = pd.DataFrame()
    return prepare(
        municipality="",
        service=service,
        questionnaire=store.questionnaire(service),
        years=batch.years,
        responses=responses[~responses["municipality"].isin(left_out)],
        units=store.units(service=service),
        frame=empty,
        groups=empty,
        imports=empty,
        reasons=empty,
        level=batch.level,
        min_answered=batch.min_answered,
    )


def _choice(batch: Batch) -> dict[str, object]:
    return {"k": batch.reference.neighbours, "weights": batch.reference.on, "year": batch.year}


def _told(batch: Batch, error: StatisticsError) -> SettingsError:
    return SettingsError(
        error.what,
        where=f"{batch.path}: reference",
        found=error.found,
        expected=error.expected,
        todo=error.todo or "choose other figures in on, fewer neighbours, or peers: group",
    )
