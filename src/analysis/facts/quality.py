"""Facts on the data themselves: rows read, rows set aside, answers missing, results hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from analysis.facts.inputs import ServiceSurvey
from analysis.facts.table import Fact, join, tabulate


def data_quality(survey: ServiceSurvey) -> list[Fact]:
    """Give rows read, accepted and quarantined by reason per round, and missing answers per item."""
    return [*_rows(survey), *_missing(survey)]


def with_suppressed_count(table: pd.DataFrame, *, municipality: str, service: str, year: int) -> pd.DataFrame:
    """Add, to facts that have passed disclosure control, how many of them were hidden."""
    hidden = int((table["state"] == "suppressed").sum())
    fact = Fact(
        statistic="suppressed_facts",
        municipality=municipality,
        service=service,
        year=year,
        value=hidden,
        scale="count",
        method="count",
        cell="disclosure",
    )
    return join([table, tabulate([fact])])


def _rows(survey: ServiceSurvey) -> Iterator[Fact]:
    for year in survey.years:
        place: dict[str, Any] = {
            "municipality": survey.municipality,
            "service": survey.service,
            "year": year,
            "scale": "count",
            "method": "count",
        }
        rows = survey.imports[survey.imports["year"] == year]
        for statistic, column in (("rows_read", "rows_read"), ("rows_accepted", "accepted")):
            fact = Fact(statistic=statistic, **place)
            if len(rows):
                count = int(rows[column].sum())
                yield Fact(**{**fact.__dict__, "value": count, "n": count})
            else:
                yield fact.missing("not_measured", "not_imported")
        reasons = survey.reasons[survey.reasons["year"] == year].groupby("reason", sort=True)["count"].sum()
        for reason, count in reasons.items():
            yield Fact(statistic="rows_quarantined", category=str(reason), **place, value=int(count))


def _missing(survey: ServiceSurvey) -> Iterator[Fact]:
    for topic in survey.item_topics:
        fact = Fact(
            statistic="missing_share",
            municipality=survey.municipality,
            service=survey.service,
            year=survey.year,
            topic=topic,
            scale="share",
            method="count",
        )
        given = survey.given(topic.partition(".")[2], survey.year)
        if not len(given):
            yield fact.missing("not_measured", "no_answers")
            continue
        yield Fact(**{**fact.__dict__, "value": float(np.isnan(given).mean()), "n": len(given)})
