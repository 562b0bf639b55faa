"""All facts of the reference stage: the national picture of one service, which every municipality reads."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.core.errors import DataError
from analysis.facts.country import Country
from analysis.facts.national import national_answers, national_levels
from analysis.facts.national_casemix import national_casemix
from analysis.facts.national_drivers import national_drivers
from analysis.facts.national_range import national_range
from analysis.facts.table import join


def describe_country(rounds: Iterable[Country], *, minimum_municipalities: int = 3) -> pd.DataFrame:
    """Compute every national fact of a service; all but the levels are of the last round alone.

    `rounds` come oldest first and are used one after the other: of a generator's rounds the one before is
    let go once the next is made. Raises DataError where there is none.
    """
    tables: dict[str, list[pd.DataFrame]] = {"levels": []}
    country = None
    for country in rounds:
        levels = national_levels(country, minimum_municipalities=minimum_municipalities)
        tables["levels"].append(levels)
    if country is None:
        raise DataError("no answers in any round", expected="at least one round of the service")
    parts = {"levels": join(tables["levels"])}
    for cell, describe in (
        ("answers", national_answers),
        ("range", national_range),
        ("casemix", national_casemix),
        ("drivers", national_drivers),
    ):
        parts[cell] = describe(country, minimum_municipalities=minimum_municipalities)
    return join(parts)
