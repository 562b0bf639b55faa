"""Facts on change since the round before: of every topic, and of every unit's overall score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.families import adjusted, without_spread
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.order import with_ordinal_check
from analysis.facts.table import Fact
from analysis.facts.unit_changes import from_means, own_spreads
from analysis.stats.change import between_rounds
from analysis.stats.rounds import changes_over_rounds

Key = tuple[str, str]


def changes(survey: ServiceSurvey, scores: Sequence[Fact]) -> list[Fact]:
    """Give the change since the round before, with what the survey could have seen beside it.

    Topics that are comparable over three rounds or more: the mixed model with the year, over the units;
    else Welch's test. Each unit by itself: Welch's test on its two means and standard errors as `scores`,
    the facts of `analysis.facts.levels`, has them. Benjamini-Hochberg over the service's topics, and over its
    units; the verdict stands only where the ordinal check agrees. Refused across a break in wording or unit;
    `detectable_change` says what the survey could have seen.
    """
    topics = {(topic, ""): survey.values(topic) for topic in survey.compared_topics}
    overall = survey.values("overall")
    of_unit = survey.responses["unit"].to_numpy(dtype=object)[overall.index]
    units = {("overall", unit): overall[of_unit == unit] for unit in survey.units_in(survey.year)}
    tests = _welch(survey, topics)
    models = _model(survey)
    facts, beside = _tested(survey, topics, tests | models)
    comparisons = [_compared(survey, values) if key not in models else None for key, values in topics.items()]
    strata = {
        i: _both_rounds(survey, topic) for i, (topic, unit) in enumerate(topics) if (topic, unit) in models
    }
    judged = with_ordinal_check(facts, comparisons, "ordinal_change", strata=strata, level=survey.level)
    own = own_spreads(scores, survey)
    unit_facts, unit_beside = _tested(survey, units, from_means(survey, scores))
    comparisons = [_compared(survey, values) if unit in own else None for (_, unit), values in units.items()]
    judged += with_ordinal_check(unit_facts, comparisons, "ordinal_change", level=survey.level)
    return [*judged, *beside, *unit_beside]


def _tested(
    survey: ServiceSurvey, family: dict[Key, pd.Series], tests: dict[Key, dict[str, Any]]
) -> tuple[list[Fact], list[Fact]]:
    pairs = [_change(survey, key, values, tests.get(key)) for key, values in family.items()]
    return adjusted([change for change, _ in pairs]), [detectable for _, detectable in pairs]


def _welch(survey: ServiceSurvey, family: dict[Key, pd.Series]) -> dict[Key, dict[str, Any]]:
    """Test every member of a family at once; what cannot be tested is not in the answer."""
    if survey.previous is None:
        return {}
    keys = list(family)
    columns = {
        "score": np.concatenate([values.to_numpy() for values in family.values()]),
        "year": np.concatenate([survey.years_of(values) for values in family.values()]),
        "key": np.repeat(np.arange(len(keys)), [len(values) for values in family.values()]),
    }
    rounds = (survey.previous, survey.year)
    try:
        table = between_rounds(
            pd.DataFrame(columns), "score", "year", by="key", rounds=rounds, level=survey.level
        ).table
    except StatisticsError:
        return {}
    return {keys[row["key"]]: {**row, "method": "welch"} for row in table.to_dict("records")}


def _model(survey: ServiceSurvey) -> dict[Key, dict[str, Any]]:
    """Test the topics that are comparable over three rounds by the model over the units.

    Of cells that may be shown alone: with a model over hidden units too, two of them could be told from it
    and the total together.
    """
    if survey.previous is None or len(survey.rounds) < 3:
        return {}
    parts = {topic: survey.pooled(topic) for topic in survey.compared_topics}
    three = {topic: rows for topic, rows in parts.items() if _rounds(survey, rows) >= 3}
    if not three:
        return {}
    index = survey.responses.index
    columns = {topic: rows["score"].reindex(index) for topic, rows in three.items()}
    frame = survey.responses[["unit", "year"]].assign(**columns)
    try:
        found = changes_over_rounds(
            frame, list(three), "year", "unit", rounds=(survey.previous, survey.year), level=survey.level
        )
    except StatisticsError:
        return {}
    rows = found.table.to_dict("records")
    return {(row["score"], ""): {**row, "method": "mixed_model_year"} for row in rows}


def _rounds(survey: ServiceSurvey, rows: pd.DataFrame) -> int:
    return int((np.unique(rows["year"], return_counts=True)[1] >= survey.thresholds.mean).sum())


def _change(survey: ServiceSurvey, key: Key, values: pd.Series, test: dict | None) -> tuple[Fact, Fact]:
    topic, unit = key
    since = survey.previous
    place: dict[str, Any] = {
        **survey.place(topic, unit=unit),
        "against": f"year.{since}" if since else "year",
        "scale": survey.scale,
    }
    change = Fact(statistic="change", **place, method="welch" if test is None else test["method"])
    detectable = Fact(statistic="detectable_change", **place, method="t_power")
    if since is None:
        return _both(change, detectable, "not_comparable", "one_round")
    if survey.wording_break(topic, since):
        return _both(change, detectable, "not_comparable", "wording")
    if unit and survey.unit_break(unit, since):
        return _both(change, detectable, "not_comparable", "unit")
    before, now = _compared(survey, values)
    if min(len(before), len(now)) == 0:
        return _both(change, detectable, "not_measured", "no_answers")
    hidden = any(survey.is_hidden(topic, unit=unit, year=year) for year in (since, survey.year))
    if hidden or min(len(before), len(now)) < survey.thresholds.mean:
        return _both(change, detectable, "suppressed", "")
    n = min(len(before), len(now))
    if n < survey.thresholds.distribution:
        # Whether they vary is not said of so few, either.
        value = float(now.mean() - before.mean())
        few = without_spread(replace(change, value=value, n=n, method="welch"))
        return few, detectable.missing("undecided", "few")
    if test is None:
        # Nobody's answer differs from the others': to say so would be to show what all answered.
        return _both(change, detectable, "suppressed", "")
    used = int(min(test["n_from"], test["n_to"]))
    left_out = test["n_from"] + test["n_to"] < len(before) + len(now)
    numbers = {name: float(test[name]) for name in ("se", "low", "high", "p")}
    change = replace(
        change, **numbers, value=float(test["difference"]), level=survey.level, n=used,
        note="some_left_out" if left_out else "",
    )  # fmt: skip
    return change, replace(detectable, value=float(test["detectable"]), n=used)


def _both(change: Fact, detectable: Fact, state: str, note: str) -> tuple[Fact, Fact]:
    return change.missing(state, note), detectable.missing(state, note)


def _compared(survey: ServiceSurvey, values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    return survey.in_year(values, survey.previous), survey.in_year(values, survey.year)


def _both_rounds(survey: ServiceSurvey, topic: str) -> pd.DataFrame:
    """Return what the model rests on of the two rounds: the answers that may be shown and compared."""
    rows = survey.pooled(topic)
    return rows[rows["year"].isin((survey.previous, survey.year))]
