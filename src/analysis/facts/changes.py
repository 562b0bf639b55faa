"""Facts on change since the round before: of every topic, and of every unit's overall score."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.facts.families import adjusted
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.order import Comparison, with_ordinal_check
from analysis.facts.table import Fact, tabulate
from analysis.stats.change import between_rounds
from analysis.stats.rounds import changes_over_rounds

#: No test is made on fewer answers than this in either group: disclosure hides such means anyway.
_MINIMUM_FOR_TEST = 5
Key = tuple[str, str]


def changes(survey: ServiceSurvey) -> pd.DataFrame:
    """Give the change since the round before, with what the survey could have seen beside it.

    Topics that are comparable over three rounds or more: the mixed model with the year, over the units;
    else Welch's test, as for each unit by itself. Benjamini-Hochberg over the service's topics, and over
    its units; the verdict stands only where the ordinal check agrees. Refused across a break in wording or
    unit; `detectable_change` says what the survey could have seen.
    """
    topics = {(topic, ""): survey.values(topic) for topic in survey.compared_topics}
    overall = survey.values("overall")
    of_unit = survey.responses.loc[overall.index, "unit"]
    units = {("overall", unit): overall[of_unit == unit] for unit in survey.units_in(survey.year)}
    facts: list[Fact] = []
    beside: list[Fact] = []
    for family, tests in ((topics, _welch(survey, topics) | _model(survey)), (units, _welch(survey, units))):
        pairs = [_change(survey, key, values, tests.get(key)) for key, values in family.items()]
        beside += [detectable for _, detectable in pairs]
        judged = adjusted([change for change, _ in pairs])
        comparisons = [_compared(survey, key[0], family[key], tests.get(key)) for key in family]
        facts += with_ordinal_check(judged, comparisons, "ordinal_change", level=survey.level)
    return tabulate([*facts, *beside])


def _welch(survey: ServiceSurvey, family: dict[Key, pd.Series]) -> dict[Key, dict[str, Any]]:
    """Test every member of a family at once; what cannot be tested is not in the answer."""
    if survey.previous is None:
        return {}
    keys = list(family)
    parts = [
        pd.DataFrame({"score": values, "year": survey.responses.loc[values.index, "year"], "key": number})
        for number, values in enumerate(family.values())
    ]
    rounds = (survey.previous, survey.year)
    try:
        table = between_rounds(
            pd.concat(parts), "score", "year", by="key", rounds=rounds, level=survey.level
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
    three = {topic: rows for topic, rows in parts.items() if _rounds(rows) >= 3}
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
    return {
        (row["score"], ""): {**row, "method": "mixed_model_year"} for row in found.table.to_dict("records")
    }


def _rounds(rows: pd.DataFrame) -> int:
    return int((rows.groupby("year").size() >= _MINIMUM_FOR_TEST).sum())


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
    years = survey.responses.loc[values.index, "year"]
    sizes = [int((years == year).sum()) for year in (since, survey.year)]
    if min(sizes) == 0:
        return _both(change, detectable, "not_measured", "no_answers")
    hidden = any(survey.is_hidden(topic, unit=unit, year=year) for year in (since, survey.year))
    if hidden or min(sizes) < _MINIMUM_FOR_TEST:
        return _both(change, detectable, "suppressed", "")
    if test is None:
        # Nobody's answer differs from the others': to say so would be to show what all answered.
        return _both(change, detectable, "suppressed", "")
    numbers = {name: float(test[name]) for name in ("se", "low", "high", "p")}
    change = replace(change, **numbers, value=float(test["difference"]), level=survey.level, n=min(sizes))
    return change, replace(detectable, value=float(test["detectable"]), n=min(sizes))


def _both(change: Fact, detectable: Fact, state: str, note: str) -> tuple[Fact, Fact]:
    return change.missing(state, note), detectable.missing(state, note)


def _compared(survey: ServiceSurvey, topic: str, values: pd.Series, test: dict | None) -> Comparison:
    if test is not None and test["method"] == "mixed_model_year":
        # The answers that the model rests on: with others, what is hidden would pass for the method.
        values = survey.pooled(topic)["score"]
    years = survey.responses.loc[values.index, "year"]
    before, now = (values[years == year].to_numpy() for year in (survey.previous, survey.year))
    return before, now
