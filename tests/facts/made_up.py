"""Small surveys and nations made up for one purpose each, where every answer is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.facts import Fact, ServiceSurvey, prepare, tabulate
from analysis.survey import Questionnaire

PLACE = {"municipality": "9901", "service": "library"}
TOPICS = ("overall", "dimension.staff", "dimension.stock")


def questionnaire(
    *, overall: bool = True, casemix: bool = True, comparable_from: int | None = None
) -> Questionnaire:
    """Ask one item a dimension, staff and stock, and one on all; `comparable_from` is of the staff's."""
    items: list[dict[str, Any]] = [
        {"id": f"{name}_1", "dimension": name, "text": {"en": name}} for name in ("staff", "stock")
    ]
    items[0]["comparable_from"] = comparable_from
    items.append({"id": "all_in_all", "text": {"en": "all"}})
    age = {"id": "age", "name": {"en": "Age"}, "casemix": casemix}
    age["values"] = {value: {"en": value} for value in ("young", "middle", "old")}
    return Questionnaire.model_validate(
        {
            "service": "library",
            "name": {"en": "Library"},
            "dimensions": [{"id": name, "name": {"en": name}} for name in ("staff", "stock")],
            "items": items,
            "overall": "all_in_all" if overall else None,
            "background": [age],
        }
    )


def answers(
    unit: str,
    year: int,
    n: int,
    *,
    seed: int = 1,
    municipality: str = "9901",
    age: Sequence[str | None] | None = None,
    **given: Any,
) -> pd.DataFrame:
    """Give n respondents' rows: at random from 2 to 6, or as given for `staff`, `stock` and `overall`."""
    dice = np.random.default_rng([seed, year, *unit.encode()])
    column = {"staff": "staff_1", "stock": "stock_1", "overall": "all_in_all"}
    drawn = {name: dice.integers(2, 7, n).astype(float) for name in column.values()}
    ages = age if age is not None else ["old" if i % 3 else "young" for i in range(n)]
    place = {"municipality": municipality, "unit": unit, "year": year, "age": np.asarray(ages, dtype=object)}
    values = {column[name]: np.broadcast_to(np.asarray(v, dtype=float), n) for name, v in given.items()}
    return pd.DataFrame(place | drawn | values, index=range(n))


def survey(
    rows: Iterable[pd.DataFrame],
    *,
    years: tuple[int, ...] = (2023, 2025),
    asked: Questionnaire | None = None,
    peer_group: str = "2",
    users: Mapping[str, int] | None = None,
) -> ServiceSurvey:
    """Prepare a municipality's survey; `users` are the last round's by age, none where it is not known."""
    responses = pd.concat(rows, ignore_index=True)
    units = sorted(responses["unit"].unique())
    nothing = pd.array([pd.NA] * len(units), dtype="Int64")
    register = pd.DataFrame({"unit": units, "name": units, "valid_from": nothing, "valid_to": nothing})
    groups = [(units[0], years[-1], "age", value, count) for value, count in (users or {}).items()]
    return prepare(
        **PLACE,
        questionnaire=asked or questionnaire(),
        years=years,
        responses=responses,
        units=register.assign(successor=None, **PLACE),
        frame=pd.DataFrame([(u, y, 500) for u in units for y in years], columns=["unit", "year", "invited"]),
        groups=pd.DataFrame(groups, columns=["unit", "year", "variable", "value", "population"]),
        imports=pd.DataFrame(columns=["year", "rows_read", "accepted"]),
        reasons=pd.DataFrame(columns=["year", "reason", "count"]),
        peer_group=peer_group,
    )


def nation(
    *, places: int = 24, units: int = 60, without: Iterable[str] = (), year: int = 2025
) -> pd.DataFrame:
    """Make the reference stage's facts of a nation around 4; `without` leaves statistics out."""
    facts = []
    for topic in TOPICS:
        at = {"service": "library", "topic": topic, "year": year, "scale": "1-6", "n": 5000}
        values = {
            ("mean", ""): 4.0, ("peer_mean", "2"): 4.1, ("adjusted_mean", ""): 4.05,
            ("adjusted_peer_mean", "2"): 4.15, ("casemix_beta", "age=young"): 0.3,
            ("casemix_beta", "age=middle"): 0.1, ("casemix_centre", "age=young"): 0.25,
            ("casemix_centre", "age=middle"): 0.2, ("theta", "municipality"): 4.0,
            ("tau", "municipality"): 0.15,
        }  # fmt: skip
        facts += [
            Fact(statistic=s, category=c, value=v, se=0.02, N=places, **at) for (s, c), v in values.items()
        ]
        facts += [
            Fact(statistic=s, category="unit", value=v, N=units, **at)
            for s, v in (("theta", 4.0), ("tau", 0.2), ("sd_within", 1.0))
        ]
        facts.append(
            Fact(statistic="casemix_beta", category="age=old", value=0.0, note="reference", N=places, **at)
        )
        if topic != "overall":
            share, low, high = (0.7, 0.6, 0.8) if topic == "dimension.staff" else (0.3, 0.2, 0.4)
            part = at | {"value": share, "low": low, "high": high, "level": 0.95, "scale": "share"}
            facts.append(Fact(statistic="importance", N=places, **part))
    return tabulate(fact for fact in facts if fact.statistic not in set(without))
