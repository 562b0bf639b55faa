"""What came of measures: their effect by the units without them, or why it cannot be judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.core.errors import StatisticsError
from analysis.core.settings import Disclosure
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, tabulate
from analysis.stats.change import between_rounds
from analysis.stats.effects import Effect, difference_in_differences
from analysis.stats.errors import NotMeasured, NoVariation, TooFewAnswers, TooFewRounds, TooFewUnits
from analysis.steering.measures import Measure

if TYPE_CHECKING:
    from analysis.steering.context import Steering

#: Service and topic in, a row a respondent out: `unit`, `year`, `score`; of cells that may be shown alone.
Scores = Callable[[str, str], pd.DataFrame]
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
    cleared = {
        service: replace(survey, hidden=hidden.get(service, frozenset()))
        for service, survey in surveys.items()
    }
    return lambda service, topic: cleared[service].pooled(topic)


def measure_facts(
    steering: Steering,
    scores_of: Scores,
    *,
    municipality: str,
    facts: pd.DataFrame,
    level: float = 0.95,
    others_of: Scores | None = None,
    thresholds: Disclosure = Disclosure(),
) -> pd.DataFrame:
    """Give what came of every measure that had begun before the round, a `measure_effect` fact each.

    The effect is that of `difference_in_differences`, with the other units of the municipality, or, where
    they are too few and `others_of` is given, with those of other municipalities too. A measure in a whole
    service has no units beside it: then the municipality is ranked among other municipalities. The verdict
    is `worked`, `worse` or `no_certain_effect`; `n` is the answers in the units with the measure, before or
    after, whichever are fewer, and `N` these units' number.

    Where it cannot be judged the fact is undecided, its note `cannot_judge.` and the reason: `few_units`,
    `no_comparison` (a whole service), `rounds` (none before the start, or none after), `not_measured` (this
    round, or in no unit that has it), `no_variation`, `not_identified`. Then `measure_change` says, without
    a verdict, what changed in each of its units since the last round before the start, and of a whole
    service what its `change` fact says.

    A round in the year of the start counts as before it: the survey is made early in the year.

    Args:
        steering: its plan and rounds.
        scores_of: see `shown_scores`.
        municipality: whose facts they are.
        facts: of its services, for the scale and for the change of a whole service.
        level: level of confidence, as a share.
        others_of: the same of all other municipalities, with a column `municipality`; unit ids are their own.
        thresholds: a unit's round with fewer answers than its `mean` is left out.
    """
    found: list[Fact] = []
    for measure in steering.plan.measures:
        if measure.status != "proposed" and measure.start < steering.year:
            blank = _blank(measure, municipality, steering.year, facts)
            found += _judged(measure, blank, scores_of, others_of, facts, level, thresholds.mean)
    return tabulate(found)


def _blank(measure: Measure, municipality: str, year: int, facts: pd.DataFrame) -> Fact:
    place = {"municipality": municipality, "service": measure.service, "topic": measure.topic}
    scales = _own(facts, place | {"statistic": "mean"})["scale"]
    scale = str(scales.iloc[0]) if len(scales) else ""
    return Fact(
        statistic="measure_effect",
        **place,
        year=year,
        category=measure.id,
        against="other_units" if measure.units else "other_municipalities",
        scale=scale,
    )


def _judged(
    measure: Measure,
    blank: Fact,
    scores_of: Scores,
    others_of: Scores | None,
    facts: pd.DataFrame,
    level: float,
    fewest: int,
) -> Iterator[Fact]:
    if not len(_own(facts, {"municipality": blank.municipality, "service": measure.service})):
        yield blank.missing("undecided", CANNOT_JUDGE + "not_measured")
        return
    own = _usable(scores_of, measure, fewest)
    try:
        if blank.year not in set(own["year"]):
            raise NotMeasured("nobody answered in this round")
        against, effect = _effect(measure, own, others_of, blank, level, fewest)
    except StatisticsError as error:
        reason = next((word for kind, word in _REASONS if isinstance(error, kind)), "not_identified")
        if reason == "few_units" and not measure.units:
            reason = "no_comparison"
        yield blank.missing("undecided", CANNOT_JUDGE + reason)
        yield from _changes(measure, own, blank, facts, level)
        return
    yield _told(measure, replace(blank, against=against), effect)


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
    others_of: Scores | None,
    blank: Fact,
    level: float,
    fewest: int,
) -> tuple[str, Effect]:
    def estimated(rows: pd.DataFrame, treated: list[str]) -> Effect:
        start = measure.start + 1
        return difference_in_differences(
            rows, "score", "unit", "year", treated, start, selected_low=measure.selected_low, level=level
        )

    if measure.units:
        try:
            return "other_units", estimated(own, list(measure.units))
        except TooFewUnits:
            if others_of is None:
                raise
    elif others_of is None:
        raise TooFewUnits("the whole service has the measure", found="no units without it")
    others = _large_enough(others_of(measure.service, measure.topic), fewest)
    if measure.units:
        rows = pd.concat([own, others[["unit", "year", "score"]]], ignore_index=True)
        return "other_municipalities", estimated(rows, list(measure.units))
    # What happened in the municipality in a round happened to all of its units: it is one case, not many.
    theirs = others[["year", "score"]].assign(unit=others["municipality"])
    rows = pd.concat([own.assign(unit=blank.municipality), theirs], ignore_index=True)
    return "other_municipalities", estimated(rows, [blank.municipality])


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


def _changes(
    measure: Measure, own: pd.DataFrame, blank: Fact, facts: pd.DataFrame, level: float
) -> Iterator[Fact]:
    if not measure.units:
        yield from _whole_change(measure, blank, facts)
        return
    rows = own[own["unit"].isin(measure.units)]
    before = rows.loc[rows["year"] <= measure.start, "year"]
    if before.empty or blank.year is None:
        return
    rounds = (int(before.max()), blank.year)
    try:
        table = between_rounds(rows, "score", "year", by="unit", rounds=rounds, level=level).table
    except StatisticsError:
        return
    for row in table.sort_values("unit").to_dict("records"):
        yield replace(
            blank,
            statistic="measure_change",
            unit=row["unit"],
            against=f"year.{rounds[0]}",
            value=float(row["difference"]),
            **{name: float(row[name]) for name in ("se", "low", "high")},
            level=level,
            n=int(min(row["n_from"], row["n_to"])),
            method="welch",
        )


def _whole_change(measure: Measure, blank: Fact, facts: pd.DataFrame) -> Iterator[Fact]:
    place = {"municipality": blank.municipality, "service": measure.service, "topic": measure.topic}
    rows = _own(facts, place | {"statistic": "change", "unit": "", "state": "measured"})
    for row in rows[rows["year"].eq(blank.year).fillna(False)].to_dict("records"):
        numbers = {name: float(row[name]) for name in ("value", "se", "low", "high", "level")}
        yield replace(
            blank,
            statistic="measure_change",
            against=row["against"],
            **numbers,
            n=None if pd.isna(row["n"]) else int(row["n"]),
            method=row["method"],
        )


def _own(facts: pd.DataFrame, where: Mapping[str, Any]) -> pd.DataFrame:
    for column, value in where.items():
        facts = facts[facts[column].eq(value).to_numpy(dtype=bool)]
    return facts
