"""From the store's rows to a service's survey: who answered nothing is left out, the others are scored."""

from __future__ import annotations

import pandas as pd

from analysis.facts.inputs import ServiceSurvey
from analysis.stats.scores import dimension_scores
from analysis.survey.codebook import Questionnaire


def prepare(
    *,
    municipality: str,
    service: str,
    questionnaire: Questionnaire,
    years: tuple[int, ...],
    responses: pd.DataFrame,
    units: pd.DataFrame,
    frame: pd.DataFrame,
    groups: pd.DataFrame,
    imports: pd.DataFrame,
    reasons: pd.DataFrame,
    peer_group: str = "",
    level: float = 0.95,
    min_answered: float = 0.5,
) -> ServiceSurvey:
    """Compute the scores of every respondent and keep them with what belongs to them.

    A respondent who answered none of the service's items is left out: in a survey of many services such
    a row says that the person had no view of this one.
    """
    items = list(questionnaire.item_ids)
    answered = responses[responses[items].notna().any(axis=1)].reset_index(drop=True)
    return ServiceSurvey(
        municipality=municipality,
        service=service,
        questionnaire=questionnaire,
        years=years,
        responses=answered,
        scores=_scores(answered, questionnaire, min_answered),
        units=units,
        frame=frame,
        groups=groups,
        peer_group=peer_group,
        imports=imports,
        reasons=reasons,
        level=level,
    )


def _scores(answered: pd.DataFrame, asked: Questionnaire, min_answered: float) -> pd.DataFrame:
    if len(answered):
        return dimension_scores(answered, asked, min_answered=min_answered)
    # Nobody answered: each topic is reported as not measured.
    return pd.DataFrame(columns=[*(d.id for d in asked.dimensions), "overall"], dtype="float64")
