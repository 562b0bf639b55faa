"""What was achieved on a target: its result in each round, on the target's scale, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.facts.table import COLUMNS, Fact
from analysis.steering.targets import Target
from analysis.survey.codebook import Questionnaire

if TYPE_CHECKING:
    from analysis.steering.context import Steering

#: What the scorecard reads of the services' facts.
_READ = ("mean", "top_box", "shrunken_mean", "change", "report_change")
#: Units of measure that a target's scale calls by a word.
SCALES = {"%": "percent"}
_NUMBERS = ("value", "se", "low", "high")
#: Service, unit, year, topic and statistic.
Key = tuple[str, str, int, str, str]


@dataclass(frozen=True)
class Sources:
    """Where results are found: the services' facts by what they are about, and the steering settings."""

    facts: Mapping[Key, Fact]
    steering: Steering
    questionnaires: Mapping[str, Questionnaire]
    municipality: str

    def find(self, target: Target, statistic: str, year: int, *, unit: str | None = None) -> Fact | None:
        """Return the fact on a target's topic, of its unit or the given one."""
        place = target.unit or "" if unit is None else unit
        return self.facts.get((target.service, place, year, str(target.topic), statistic))


def read_sources(
    facts: pd.DataFrame, steering: Steering, questionnaires: Mapping[str, Questionnaire], municipality: str
) -> Sources:
    """Look up the municipality's own facts that targets are held against."""
    services = {target.service for target in steering.plan.targets}
    chosen = facts[
        facts["municipality"].eq(municipality)
        & facts["statistic"].isin(_READ)
        & facts["service"].isin(services)
        & facts["year"].notna()
    ]
    names = [name for name in COLUMNS if name != "fact_id"]
    columns = [[None if pd.isna(v) else v for v in chosen[name].tolist()] for name in names]
    found = [Fact(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]
    by_subject = {(f.service, f.unit, int(f.year or 0), f.topic, f.statistic): f for f in found}
    return Sources(by_subject, steering, questionnaires, municipality)


def results(target: Target, sources: Sources, place: Mapping[str, Any]) -> list[Fact]:
    """Give a target's result in each of the last three rounds, oldest first.

    A round before the wording or the unit changed is not comparable; a round that was measured by another
    template is never held against a target of the common one. `place` is what the facts say of where.
    """
    years = sources.steering.years[-3:]
    blanks = [Fact(statistic="target_result", **place, year=year, scale=target.scale) for year in years]
    if not target.measured:
        return [blank.missing("not_measured") for blank in blanks]
    figures = _figures(target, sources) if target.indicator is not None else None
    out = []
    for blank, year in zip(blanks, years, strict=True):
        fact = _score(blank, target, sources) if figures is None else _figure(blank, figures, sources)
        # Another template's figures may be known or not: that it was measured is what the plan says.
        unknown = figures is not None and figures.empty
        otherwise = not target.common_template and (fact.state != "not_measured" or unknown)
        if otherwise or year in target.other_template:
            fact = blank.missing("not_measured_common_template")
        out.append(fact)
    return out


def rescaled(fact: Fact, scale: str) -> Fact | None:
    """Return a fact on a target's scale, None where the one cannot be told from the other.

    A score is written in points from 0 to 100 by 100 (score - minimum) / (maximum - minimum), a share as
    per cent; a difference and a standard error take the factor alone.
    """
    start, factor = _conversion(fact.scale, scale)
    if not factor:
        return None
    if "change" in fact.statistic:
        start = 0.0
    moved = {
        name: factor * (value - (0.0 if name == "se" else start))
        for name in _NUMBERS
        if (value := getattr(fact, name)) is not None
    }
    return replace(fact, **moved, scale=scale)


def written_decimals(values: Sequence[float]) -> int:
    """Return how many decimals supplied figures came with: as many as the one with most.

    >>> written_decimals([34.9, 35.0]), written_decimals([231000.0]), written_decimals([])
    (1, 0, 0)
    """
    exponents = [Decimal(str(value)).normalize().as_tuple().exponent for value in values]
    return max([0, *(-int(exponent) for exponent in exponents)])


def comparable_from(target: Target, sources: Sources) -> tuple[int, str]:
    """Return the first year whose results can be compared with this round's, and what changed then.

    The year is 0 and nothing is said where all rounds can be compared.
    """
    asked, unit, last = sources.questionnaires.get(target.service), target.unit, sources.steering.years[-1]
    breaks = [(0, "")]
    if asked is not None:
        breaks += [(i.comparable_from, "wording") for i in _items(target, asked) if i.comparable_from]
    if unit is not None:
        register = sources.steering.units
        opened = register.loc[register["unit"].eq(unit), "valid_from"].dropna()
        merged = register.loc[register["successor"].eq(unit).fillna(False), "valid_to"].dropna() + 1
        breaks += [(int(year), "unit") for year in (*opened, *merged)]
    change = sources.find(target, "change", last)
    since = change.against.removeprefix("year.") if change is not None else ""
    if change is not None and change.state == "not_comparable" and since.isdigit():
        breaks.append((int(since) + 1, change.note))
    return max(breaks)


def _score(blank: Fact, target: Target, sources: Sources) -> Fact:
    year = int(blank.year or 0)
    source = sources.find(target, "top_box" if target.scale == "percent" else "mean", year)
    if source is None or source.state == "not_measured":
        return blank.missing("not_measured")
    first, why = comparable_from(target, sources)
    if year < first:
        return blank.missing("not_comparable", why)
    if source.state != "measured":
        return blank.missing(source.state, source.note)
    told = rescaled(source, target.scale)
    if told is None:
        return blank.missing("not_comparable", "scale")
    kept = {name: getattr(told, name) for name in (*_NUMBERS, "level", "n", "method")}
    return replace(blank, **kept)


def _figures(target: Target, sources: Sources) -> pd.DataFrame:
    """Return the municipality's figures of a target's indicator, oldest first."""
    every = sources.steering.indicators
    asked = every["indicator"].eq(target.indicator) & every["topic"].eq(target.service)
    return every[asked & every["municipality"].eq(sources.municipality)].sort_values("year")


def _figure(blank: Fact, figures: pd.DataFrame, sources: Sources) -> Fact:
    year = int(blank.year or 0)
    row = latest_figure(figures, year, sources.steering.years)
    if row is None:
        return blank.missing("not_measured")
    if not _same_measure(row["unit"], blank.scale):
        return blank.missing("not_comparable", "scale")
    note = "" if int(row["year"]) == year else f"year.{int(row['year'])}"
    return replace(blank, value=float(row["value"]), method="supplied", note=note)


def latest_figure(figures: pd.DataFrame, year: int, rounds: Sequence[int]) -> pd.Series | None:
    """Return the latest figure since the round before, None where there is none.

    Accounts are often not closed when a survey is made. `figures` are of one indicator, oldest first.
    """
    earlier = [other for other in rounds if other < year]
    gap = rounds[1] - rounds[0] if len(rounds) > 1 else 1
    since = earlier[-1] if earlier else year - gap
    rows = figures[figures["year"].gt(since) & figures["year"].le(year) & figures["value"].notna()]
    return None if rows.empty else rows.iloc[-1]


def _same_measure(unit: object, scale: str) -> bool:
    """Tell whether a figure's unit of measure is the target's; a figure without one is taken to be."""
    given = "" if unit is None or pd.isna(unit) else str(unit).strip()
    return not given or SCALES.get(given, given) == scale


def _conversion(of: str, to: str) -> tuple[float, float]:
    """Return start and factor of the way from one scale to another, factor 0 where there is none."""
    if of == to:
        return 0.0, 1.0
    if (of, to) == ("share", "percent"):
        return 0.0, 100.0
    low, _, high = of.partition("-")
    if to == "0-100" and low.isdigit() and high.isdigit():
        return float(low), 100 / (float(high) - float(low))
    return 0.0, 0.0


def _items(target: Target, asked: Questionnaire) -> list[Any]:
    kind, _, name = str(target.topic).partition(".")
    if kind == "dimension":
        return [item for item in asked.items if item.dimension == name]
    wanted = name if kind == "item" else asked.overall
    return [item for item in asked.items if not wanted or item.id == wanted]
