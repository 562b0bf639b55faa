"""All facts of one service in one municipality, after disclosure control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.changes import changes
from analysis.facts.diagnostics import diagnostics
from analysis.facts.disclosure import hidden_cells, protect
from analysis.facts.expected import expected_ranges
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.levels import consistency, distributions, means
from analysis.facts.nonresponse import nonresponse
from analysis.facts.others import differences_from_others
from analysis.facts.priorities import priorities
from analysis.facts.quality import data_quality, with_suppressed_count
from analysis.facts.response import response_rates
from analysis.facts.table import Fact, join, tabulate
from analysis.facts.units import unit_comparisons


def describe_service(
    survey: ServiceSurvey, national: pd.DataFrame, *, thresholds: Disclosure, minimum_municipalities: int = 3
) -> pd.DataFrame:
    """Compute every fact of a service and let only what passes disclosure control out.

    `national` is the facts table of the reference stage; its figures are passed on with the rest. The
    `cell` column names the cell of the notebook that shows a fact.
    """
    survey = replace(survey, thresholds=thresholds)
    elsewhere = _spreads(national)
    answered = response_rates(survey)
    # Which cells are hidden follows from counts and means alone; what is pooled over cells comes after.
    scores = means(survey, elsewhere)
    hidden = hidden_cells(tabulate([*answered, *scores]), thresholds, parts=survey.parts)
    if hidden:
        survey = replace(survey, hidden=hidden)
        scores = means(survey, elsewhere)
    changed = changes(survey, scores)
    before = {
        "response": [*answered, *nonresponse(survey)],
        "scores": scores,
        "distribution": distributions(survey),
        "reliability": consistency(survey),
        "units": [*unit_comparisons(survey), *expected_ranges(survey, scores, national)],
        "change": changed,
    }
    passed_on = _passed_on(national, survey.peer_group, minimum_municipalities)
    after = {
        "nation": differences_from_others(survey, national, minimum=minimum_municipalities),
        "priorities": priorities(survey, scores, national),
        "diagnostics": diagnostics(survey, changed),
        "quality": data_quality(survey),
    }
    table = join([_of_cells(before), passed_on.assign(cell="nation"), _of_cells(after)])
    return with_suppressed_count(
        protect(table, thresholds, parts=survey.parts),
        municipality=survey.municipality,
        service=survey.service,
        year=survey.year,
    )


def _of_cells(facts: Mapping[str, list[Fact]]) -> pd.DataFrame:
    # One table of them all: every table that is made and joined costs what a hundred rows do.
    every = [(fact, cell) for cell, some in facts.items() for fact in some]
    return tabulate([fact for fact, _ in every], cell=[cell for _, cell in every])


def _spreads(national: pd.DataFrame) -> dict[str, float]:
    """Return the standard deviation within units per topic, as the nation has it."""
    within = national["statistic"].eq("sd_within") & national["category"].eq("unit")
    rows = national[within & national["state"].eq("measured")]
    return dict(zip(rows["topic"], rows["value"].astype(float), strict=True))


def _passed_on(national: pd.DataFrame, peer_group: str, minimum: int) -> pd.DataFrame:
    """Keep what this municipality is shown beside: not other peer groups, nor the adjusters' means."""
    of_peers = national["statistic"].isin(("peer_mean", "adjusted_peer_mean"))
    wanted = ~of_peers | national["category"].eq(peer_group)
    wanted &= ~national["statistic"].eq("casemix_centre")
    return national[wanted & (national["N"].fillna(0) > minimum)]
