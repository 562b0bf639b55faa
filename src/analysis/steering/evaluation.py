"""What came of measures: their effect by the units without them, or why it cannot be judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.core.settings import Disclosure
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, tabulate
from analysis.stats.effects import Effect, difference_in_differences
from analysis.stats.errors import NotMeasured, NoVariation, TooFewAnswers, TooFewRounds, TooFewUnits
from analysis.steering.elsewhere import ALL_OTHERS, Elsewhere, Scores
from analysis.steering.measure_changes import figure_changes, matching, unit_changes
from analysis.steering.measures import Measure

if TYPE_CHECKING:
    from analysis.steering.context import Steering

#: The start of a fact's note where a measure's effect cannot be judged; the reason stands after it.
CANNOT_JUDGE = "cannot_judge."
_REASONS: tuple[tuple[type[StatisticsError], str], ...] = (
    (TooFewUnits, "few_units"),
    (TooFewRounds, "rounds"),
    (NotMeasured, "not_measured"),
    (TooFewAnswers, "not_measured"),
    (NoVariation, "no_variation"),
)


def shown_scores(surveys: Mapping[str, ServiceSurvey], facts: pd.DataFrame) -> Scores:
    """Give the scores that measures may be judged by: of cells whose mean `facts`, protected, shows.

    `surveys` are the municipality's, by service.
    """
    gone = facts[
        facts["statistic"].eq("mean") & facts["municipality"].ne("") & facts["state"].eq("suppressed")
    ]
    hidden = {
        service: frozenset(zip(rows["unit"], rows["year"].astype(int), rows["topic"], strict=True))
        for service, rows in gone.groupby("service")
    }
    cleared: dict[str, ServiceSurvey] = {}

    def pooled(service: str, topic: str) -> pd.DataFrame:
        # Of most services nothing is judged: their answers need not be read.
        if service not in cleared:
            cleared[service] = replace(surveys[service], hidden=hidden.get(service, frozenset()))
        return cleared[service].pooled(topic)

    return pooled


def measure_facts(
    steering: Steering,
    scores_of: Scores,
    *,
    municipality: str,
    facts: pd.DataFrame,
    level: float = 0.95,
    elsewhere: Elsewhere | None = None,
    thresholds: Disclosure = Disclosure(),
) -> pd.DataFrame:
    """Give what came of every measure that had begun before the round, a `measure_effect` fact each.

    The effect is that of `difference_in_differences`, with the other units of the municipality, or, where
    they are too few and `elsewhere` is given, with those of other municipalities too: those of its comparison
    group, or, where they are too few, of all. A measure in a whole service has no units beside it: then the
    municipality is ranked among other municipalities. The verdict is `worked`, `worse` or
    `no_certain_effect`; `n` is the answers in the units with the measure, before or after, whichever are
    fewer, and `N` these units' number. Beside it `compared_units` counts what it is compared with, as value,
    and in how many other municipalities, as `N`; of a whole service the municipalities themselves.

    Where it cannot be judged the fact is undecided, its note `cannot_judge.` and the reason: `few_units`,
    `no_comparison` (a whole service), `rounds` (none before the start, or none after), `not_measured` (this
    round, or in no unit that has it), `no_variation`, `not_identified`, `few` (answers before or after, under
    what a verdict needs). Then `measure_change` says, without a verdict, what changed in each of its units
    since the last round before the start, and of a whole service what its `change` fact says. An indicator is
    no sample and has no units beside it: its measure is never judged (`indicator`), and `measure_change` is
    the difference between the figures.

    A round in the year of the start counts as before it: the survey is made early in the year.

    Args:
        steering: its plan and rounds.
        scores_of: see `shown_scores`.
        municipality: whose facts they are.
        facts: of its services, for the scale and for the change of a whole service.
        level: level of confidence, as a share.
        elsewhere: the same of other municipalities, and which of them are near.
        thresholds: a unit's round with fewer answers than its `mean` is left out; a unit's change of fewer
            than its `distribution` has no interval.
    """
    found: list[Fact] = []
    for measure in steering.plan.measures:
        if measure.status != "proposed" and measure.start < steering.year:
            blank = _blank(measure, municipality, steering.year, facts)
            if measure.indicator is not None:
                # A service that is not surveyed has no chapter and no name in the facts.
                surveyed = blank.service in set(facts["service"])
                blank = blank if surveyed else replace(blank, service="")
                found.append(blank.missing("undecided", CANNOT_JUDGE + "indicator"))
                if not steering.plan.tells_of_few(
                    measure.service, measure.indicator, thresholds.distribution
                ):
                    found += figure_changes(measure, blank, steering)
                continue
            found += _judged(measure, blank, scores_of, elsewhere, facts, level, thresholds)
    return tabulate(found)


def _blank(measure: Measure, municipality: str, year: int, facts: pd.DataFrame) -> Fact:
    place = {"municipality": municipality, "service": measure.service, "topic": measure.topic}
    scales = matching(facts, place | {"statistic": "mean"})["scale"]
    scale = str(scales.iloc[0]) if len(scales) else ""
    return Fact(
        statistic="measure_effect",
        **place,
        year=year,
        category=measure.id,
        against="" if measure.indicator else "other_units" if measure.units else ALL_OTHERS,
        scale=scale,
    )


def _judged(
    measure: Measure,
    blank: Fact,
    scores_of: Scores,
    elsewhere: Elsewhere | None,
    facts: pd.DataFrame,
    level: float,
    thresholds: Disclosure,
) -> Iterator[Fact]:
    if not len(matching(facts, {"municipality": blank.municipality, "service": measure.service})):
        yield blank.missing("undecided", CANNOT_JUDGE + "not_measured")
        return
    own = _usable(scores_of, measure, thresholds.mean)
    try:
        if blank.year not in set(own["year"]):
            raise NotMeasured("nobody answered in this round")
        against, effect, places = _effect(measure, own, elsewhere, blank, level, thresholds.mean)
    except StatisticsError as error:
        reason = next((word for kind, word in _REASONS if isinstance(error, kind)), "not_identified")
        if reason == "few_units" and not measure.units:
            reason = "no_comparison"
        yield blank.missing("undecided", CANNOT_JUDGE + reason)
        yield from unit_changes(measure, own, blank, facts, level, thresholds.distribution)
        return
    told = _told(measure, replace(blank, against=against), effect)
    if (told.n or 0) < thresholds.distribution:
        # An effect without a verdict would still have an interval, which tells how much so few answers vary.
        yield replace(blank, against=against).missing("undecided", CANNOT_JUDGE + "few")
        yield from unit_changes(measure, own, blank, facts, level, thresholds.distribution)
        return
    yield told
    compared = replace(blank, statistic="compared_units", against=against, scale="number", method="count")
    yield replace(compared, value=float(effect.n_comparison_units), N=places)


def _usable(scores_of: Scores, measure: Measure, fewest: int) -> pd.DataFrame:
    """Take the scores of units' rounds that may be shown by themselves.

    Disclosure control judges units by overall satisfaction and dimensions: a question's cells go with the
    overall ones, and are held to the same number of answers. Cells in which all answered alike go too.
    """
    rows = scores_of(measure.service, measure.topic)
    if measure.topic.startswith("item."):
        shown = scores_of(measure.service, "overall")[["unit", "year"]].drop_duplicates()
        rows = rows.merge(shown, on=["unit", "year"])
    return _large_enough(rows, fewest)


def _large_enough(rows: pd.DataFrame, fewest: int) -> pd.DataFrame:
    cells = rows.groupby(["unit", "year"])["score"]
    return rows[cells.transform("size").ge(fewest) & cells.transform("nunique").gt(1)]


def _effect(
    measure: Measure,
    own: pd.DataFrame,
    elsewhere: Elsewhere | None,
    blank: Fact,
    level: float,
    fewest: int,
) -> tuple[str, Effect, int | None]:
    """Return what it is compared with, the effect, and how many other municipalities are behind that."""

    def estimated(rows: pd.DataFrame, treated: list[str]) -> Effect:
        start = measure.start + 1
        return difference_in_differences(
            rows, "score", "unit", "year", treated, start, selected_low=measure.selected_low, level=level
        )

    # A unit whose rounds are all hidden is none of the data's.
    shown = [unit for unit in measure.units if unit in set(own["unit"])]
    refused = TooFewUnits("the whole service has the measure", found="no units without it")
    if measure.units:
        try:
            return "other_units", estimated(own, shown), None
        except TooFewUnits as error:
            refused = error
    if elsewhere is None:
        raise refused
    # What happened in the municipality in a round happened to all of its units: it is one case, not many.
    column = "unit" if measure.units else "municipality"
    treated = shown if measure.units else [blank.municipality]
    others = _large_enough(elsewhere.scores_of(measure.service, measure.topic), fewest)
    sides = others.groupby(column)["year"].agg(["min", "max"])
    both = sides.index[(sides["min"] <= measure.start) & (sides["max"] > measure.start)]
    for against, rows in elsewhere.circles(others[others[column].isin(both)]):
        places = int(rows["municipality"].nunique())
        if places < elsewhere.fewest:
            continue
        cases = own if measure.units else own.assign(unit=blank.municipality)
        theirs = rows[["year", "score"]].assign(unit=rows[column])
        try:
            effect = estimated(pd.concat([cases, theirs], ignore_index=True), treated)
        except TooFewUnits as error:
            refused = error
        else:
            return against, effect, places
    raise refused


def _told(measure: Measure, blank: Fact, effect: Effect) -> Fact:
    treated = effect.table[effect.table["group"].eq("treated")]
    after = treated["year"] > measure.start
    certain = effect.p <= 1 - effect.level + 1e-12
    direction = "worked" if effect.effect > 0 else "worse"
    units = effect.n_treated_units
    return replace(
        blank,
        value=effect.effect,
        se=effect.se,
        low=effect.low,
        high=effect.high,
        level=effect.level,
        p=effect.p,
        n=int(min(treated.loc[side, "n"].sum() for side in (after, ~after))),
        N=units if measure.units else None,
        verdict=direction if certain else "no_certain_effect",
        method=f"difference_in_differences_{effect.method}" + ("_corrected" if measure.selected_low else ""),
        note="fewer_units" if measure.units and units < len(measure.units) else "",
    )
