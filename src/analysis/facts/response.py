"""Facts on who answered: respondents and response rate, per unit and round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.core.errors import DataError
from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact
from analysis.stats.intervals import wilson


def response_rates(survey: ServiceSurvey) -> list[Fact]:
    """Give respondents and response rate (AAPOR RR1: completes over invited) of every unit and round."""
    return list(_rates(survey))


def _rates(survey: ServiceSurvey) -> Iterator[Fact]:
    for year in survey.years:
        answered = survey.answers_in(year)
        frame = survey.frame[survey.frame["year"] == year]
        asked_of = dict(zip(frame["unit"].tolist(), frame["invited"].tolist(), strict=True))
        units = survey.units_in(year)
        if len(asked_of) < len(frame):
            _refuse_twins(frame["unit"], units, year)
        invited = [_number(asked_of.get(unit)) for unit in units]
        whole = sum(invited) if invited and None not in invited else None
        yield from _pair(survey, year, "", sum(answered.values()), whole)
        for unit, asked in zip(units, invited, strict=True):
            yield from _pair(survey, year, unit, answered.get(unit, 0), asked)


def _refuse_twins(named: pd.Series, units: list[str], year: int) -> None:
    twins = sorted(set(named[named.duplicated()]) & set(units))
    if twins:
        raise DataError(
            "a unit has two numbers of invited in one round",
            where="frame",
            found=f"unit {twins[0]!r} twice in {year}",
            expected="one row a unit and year",
            todo="leave one row of them, or add them up",
        )


def _pair(survey: ServiceSurvey, year: int, unit: str, n: int, invited: int | None) -> Iterator[Fact]:
    place: dict[str, Any] = {
        "municipality": survey.municipality,
        "service": survey.service,
        "unit": unit,
        "year": year,
    }
    yield Fact(statistic="respondents", **place, value=n, n=n, N=invited, scale="count", method="count")
    rate = Fact(statistic="response_rate", **place, scale="share", method="wilson")
    if not invited:
        yield rate.missing("not_measured", "invited_unknown")
    elif n > invited:
        # More answers than invited: the frame is wrong, and a share over 100 % would be too.
        yield rate.missing("not_measured", "invited_too_few")
    else:
        interval = wilson(n, invited, level=survey.level)
        yield Fact(
            statistic="response_rate",
            **place,
            value=n / invited,
            low=interval.low,
            high=interval.high,
            level=survey.level,
            n=n,
            N=invited,
            scale="share",
            method="wilson",
        )


def _number(value: object) -> int | None:
    return None if value is None or pd.isna(value) else int(value)
