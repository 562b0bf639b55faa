"""A municipality's scores adjusted for who its users are, by effects that the nation was fitted with."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.facts.inputs import ServiceSurvey
from analysis.stats.casemix import CaseMix
from analysis.survey.codebook import Questionnaire

REFERENCE_LEVEL = "reference"


def adjusters(questionnaire: Questionnaire) -> list[str]:
    """Return the background variables that lie outside the service's control."""
    return [variable.id for variable in questionnaire.background if variable.casemix]


def adjustments(survey: ServiceSurvey, national: pd.DataFrame) -> dict[str, pd.Series | None]:
    """Give this round's adjusted scores by topic, for the topics that the nation has effects for.

    None for a topic where a group of users is too small: what adjusting did would tell of it.

    Who did not give their background counts with the score as it is: left out, their answers would follow
    from the difference between the means with and without them.
    """
    names = adjusters(survey.questionnaire)
    mixes = case_mixes(national) if set(names) <= set(survey.responses.columns) else {}
    found = {}
    # As Python's own texts: each topic sorts them anew.
    background = survey.responses[names].astype(object) if mixes else None
    for topic in survey.topics if names else ():
        if topic not in mixes:
            continue
        mix, values = mixes[topic], survey.values(topic, year=survey.year)
        rows = background.take(values.index).assign(score=values)
        small = smallest_group(rows, names) < survey.thresholds.mean
        found[topic] = None if small else adjusted_or_own(rows, mix)
    return found


def smallest_group(rows: pd.DataFrame, names: list[str]) -> int:
    """Count the respondents with the rarest of the values that somebody has; of no value at all, 0.

    What is made of the composition tells how many had each value: of a group of one, who answered what.
    """
    known = [codes[codes >= 0] for codes, _ in (pd.factorize(rows[name]) for name in names)]
    return min((int(np.bincount(codes).min()) for codes in known if len(codes)), default=0)


def adjusted_or_own(rows: pd.DataFrame, mix: CaseMix) -> pd.Series:
    """Adjust the `score` of those whose background is known in full, and leave the others' as it is."""
    known = np.ones(len(rows), dtype=bool)
    for column, terms in mix.adjusters.items():
        levels = [mix.reference[column], *terms] if terms is not None else rows[column].dropna().unique()
        known &= rows[column].isin(levels).to_numpy(dtype=bool)
    values = rows["score"].to_numpy(dtype=float).copy()
    if known.any():
        values[known] = mix.adjusted_scores(rows[known], "score")
    return pd.Series(values, index=rows.index)


def case_mixes(national: pd.DataFrame) -> dict[str, CaseMix]:
    """Read the topics' effects from the reference stage's facts; a topic without any is not there."""
    wanted = national["statistic"].isin(("casemix_beta", "casemix_centre")) & national["municipality"].eq("")
    beta: dict[str, dict[str, float]] = {}
    centre: dict[str, dict[str, float]] = {}
    reference: dict[str, dict[str, str]] = {}
    rows = national[wanted & national["state"].eq("measured")]
    each = [rows[name].tolist() for name in ("statistic", "topic", "category", "value", "note")]
    for statistic, topic, category, value, note in zip(*each, strict=True):
        if statistic == "casemix_centre":
            centre.setdefault(topic, {})[category] = value
        elif note == REFERENCE_LEVEL:
            variable, _, level = category.partition("=")
            reference.setdefault(topic, {})[variable] = level
        else:
            beta.setdefault(topic, {})[category] = value
    return {
        topic: CaseMix(
            beta=pd.Series(effects), centre=pd.Series(centre[topic]), reference=reference.get(topic, {})
        )
        for topic, effects in beta.items()
        if set(centre.get(topic, ())) == set(effects)
    }
