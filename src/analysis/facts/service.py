"""All facts of one service in one municipality, after disclosure control."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.comparisons import changes, national_differences
from analysis.facts.disclosure import hidden_cells, protect
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.levels import consistency, distributions, means
from analysis.facts.quality import data_quality, with_suppressed_count
from analysis.facts.response import response_rates
from analysis.facts.table import join
from analysis.facts.units import unit_comparisons


def describe_service(
    survey: ServiceSurvey, national: pd.DataFrame, *, thresholds: Disclosure, minimum_municipalities: int = 3
) -> pd.DataFrame:
    """Compute every fact of a service and let only what passes disclosure control out.

    `national` is the facts table of the reference stage; its figures are passed on with the rest. The
    `cell` column names the cell of the notebook that shows a fact.
    """
    answered = response_rates(survey)
    # Which cells are hidden follows from counts and means alone; what is pooled over cells comes after.
    scores = means(survey)
    hidden = hidden_cells(join([answered, scores]), thresholds)
    if hidden:
        survey = replace(survey, hidden=hidden)
        scores = means(survey)
    table = join(
        {
            "response": answered,
            "scores": scores,
            "distribution": distributions(survey),
            "reliability": consistency(survey),
            "units": unit_comparisons(survey),
            "change": changes(survey),
            "nation": join(
                [
                    national[national["N"].fillna(0) > minimum_municipalities],
                    national_differences(survey, national, minimum=minimum_municipalities),
                ]
            ),
            "quality": data_quality(survey),
        }
    )
    return with_suppressed_count(
        protect(table, thresholds, parts=survey.parts),
        municipality=survey.municipality,
        service=survey.service,
        year=survey.year,
    )
