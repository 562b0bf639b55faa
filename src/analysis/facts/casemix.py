"""A municipality's scores adjusted for who its users are, by effects that the nation was fitted with."""

from __future__ import annotations

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.inputs import ServiceSurvey
from analysis.stats.casemix import CaseMix
from analysis.survey.codebook import Questionnaire

REFERENCE_LEVEL = "reference"


def adjusters(questionnaire: Questionnaire) -> list[str]:
    """Return the background variables that lie outside the service's control."""
    return [variable.id for variable in questionnaire.background if variable.casemix]


def adjustments(survey: ServiceSurvey, national: pd.DataFrame) -> dict[str, pd.Series]:
    """Give this round's adjusted scores by topic, for the topics that the nation has effects for.

    Who did not give their background counts with the score as it is: left out, their answers would follow
    from the difference between the means with and without them.
    """
    names = adjusters(survey.questionnaire)
    national = national[national["statistic"].isin(("casemix_beta", "casemix_centre"))]
    found = {}
    for topic in survey.topics if names else ():
        mix = case_mix(national, topic)
        values = survey.values(topic, year=survey.year)
        if mix is None or not set(names) <= set(survey.responses.columns):
            continue
        rows = survey.responses.loc[values.index, names].assign(score=values)
        found[topic] = adjusted_or_own(rows, mix)
    return found


def adjusted_or_own(rows: pd.DataFrame, mix: CaseMix) -> pd.Series:
    """Adjust the `score` of those whose background is known in full, and leave the others' as it is."""
    known = pd.Series(True, index=rows.index)
    for column, terms in mix.adjusters.items():
        levels = [mix.reference[column], *terms] if terms is not None else rows[column].dropna().unique()
        known &= rows[column].isin(levels)
    values = rows["score"].astype(float).copy()
    if known.any():
        values[known] = mix.adjusted_scores(rows[known], "score")
    return values


def case_mix(national: pd.DataFrame, topic: str) -> CaseMix | None:
    """Read a topic's effects from the reference stage's facts; None where there are none."""
    wanted = national["statistic"].isin(("casemix_beta", "casemix_centre")) & national["topic"].eq(topic)
    rows = national[wanted & national["municipality"].eq("") & national["state"].eq("measured")]
    beta, centre = (rows[rows["statistic"] == name] for name in ("casemix_beta", "casemix_centre"))
    if not len(beta) or not len(centre):
        return None
    levels = beta[beta["note"] != REFERENCE_LEVEL]
    references = beta.loc[beta["note"] == REFERENCE_LEVEL, "category"].str.partition("=")
    means = centre.set_index("category")["value"]
    try:
        return CaseMix(
            beta=levels.set_index("category")["value"],
            centre=means[levels["category"]],
            reference=dict(zip(references[0], references[2], strict=True)),
        )
    except StatisticsError:
        return None
