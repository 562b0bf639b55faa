"""Before the next fieldwork: which change each unit will be able to see, and what to do where it is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import floor, sqrt
from typing import Any

import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.table import Fact, tabulate
from analysis.stats.power import detectable_difference
from analysis.steering.context import Steering
from analysis.steering.wheel import next_survey

#: The largest change that a unit may need for its own results to be worth waiting for, in points.
MOST = 1.0
#: The probability with which such a change is found.
POWER = 0.8


def next_survey_facts(
    facts: pd.DataFrame,
    steering: Steering,
    frame_population: pd.DataFrame,
    *,
    thresholds: Disclosure = Disclosure(),
    level: float = 0.95,
    most: float = MOST,
) -> pd.DataFrame:
    """Give, for every unit that will be open, the answers to expect and the smallest change they can show.

    Args:
        facts: the services' protected facts: answers, response rates, spread.
        steering: the municipality's units, rounds and wheel.
        frame_population: users, with columns service, unit, year and population (`Store.frame`).
        thresholds: under `mean` expected answers a unit is asked in another way, under `distribution` it is
            pooled with others.
        level: level of confidence of the test.
        most: a unit that sees no change under so many points is pooled with others.

    Returns:
        `expected_answers` (value; N users) and `detectable_next` (verdict alone, pool or ask_otherwise), per
        unit; `detectable_next` of the service's units that are to be pooled, together, under the category
        "pooled", and of the whole service. Suppressed where the last answers are: neither number nor verdict
        may tell them.

    Expected answers are N times the share of all the unit's users who answered last time, rounded down: as
    many as last time where it has as many users. Where the users of that round are not known, the share is
    the response rate of those invited, which expects too many where not all were. The service's share where
    the unit has none of its own; as many as last time where users or shares are not known. The change is
    `detectable_difference(n last time, n expected, sd)`, sd that of answers within units in the municipality,
    else in the nation.
    """
    after = next_survey(steering.plan.wheel, steering.years)
    found: list[Fact] = []
    for service in [code for code in facts["service"].unique() if code]:
        rows = _Service(facts, service, steering.year, frame_population, thresholds, level, most)
        units = steering.units
        open_then = units["valid_to"].isna() | units["valid_to"].ge(after).fillna(False)
        codes = units.loc[units["service"].eq(service) & open_then, "unit"]
        found += rows.facts(str(steering.plan.municipality), [str(code) for code in codes])
    return tabulate(found)


class _Service:
    """What one service's next survey is planned from."""

    def __init__(
        self,
        facts: pd.DataFrame,
        service: str,
        year: int,
        frame: pd.DataFrame,
        thresholds: Disclosure,
        level: float,
        most: float,
    ) -> None:
        self.service, self.year, self.level, self.most = service, year, level, most
        self.thresholds = thresholds
        own = facts[facts["service"].eq(service) & facts["year"].eq(year) & facts["municipality"].ne("")]
        self.rates = own[own["statistic"].eq("response_rate")].set_index("unit")
        self.answers = own[own["statistic"].eq("respondents")].set_index("unit")
        frame = frame[frame["service"].eq(service)].sort_values("year", kind="stable")
        # The last count there is: who the users of the next survey will be is not known yet.
        self.population = frame.groupby("unit")["population"].last()
        self.users_then = frame[frame["year"].eq(year)].groupby("unit")["population"].last()
        self.sd = _spread(facts, own, service, year)

    def facts(self, municipality: str, units: list[str]) -> list[Fact]:
        place = {"municipality": municipality, "service": self.service, "year": self.year, "topic": "overall"}
        out: list[Fact] = []
        expected: dict[str, int] = {}
        before: dict[str, int] = {}
        pooled: list[str] = []
        for unit in units:
            counted, seen = self._unit(place, unit)
            out += [counted, seen]
            if counted.value is not None:
                expected[unit], before[unit] = int(counted.value), self._before(unit)
                if seen.verdict in ("pool", "ask_otherwise"):
                    pooled.append(unit)
        if len(pooled) > 1:
            fact = replace(self._fact(place, category="pooled"), N=len(pooled))
            answers, last = (sum(of[unit] for unit in pooled) for of in (expected, before))
            out.append(self._judged(fact, answers, last))
        return [*out, *self._whole(place, units)]

    def _whole(self, place: dict[str, Any], units: list[str]) -> Iterator[Fact]:
        rate, before = self._rate(""), self._before("")
        users = int(self.population.reindex(units).fillna(0).sum())
        if rate is not None and users:
            yield self._judged(replace(self._fact(place), N=users), floor(users * rate + 1e-9), before)
        elif before:
            yield self._judged(self._fact(place), before, before)

    def _unit(self, place: dict[str, Any], unit: str) -> tuple[Fact, Fact]:
        counted = Fact(
            statistic="expected_answers", **place, unit=unit, scale="count", method="population_times_rate"
        )
        seen = self._fact(place, unit=unit)
        users, state = self.population.get(unit), self._state(unit)
        if state == "suppressed":
            return counted.missing("suppressed"), seen.missing("suppressed")
        own, before = self._rate(unit), self._before(unit)
        rate = own if own is not None else self._rate("")
        known = users is not None and not pd.isna(users) and users > 0
        if known and rate is not None:
            # A hair's breadth: 0.29 times 100 is 28.999999999999996.
            answers, note = floor(int(users) * rate + 1e-9), "" if own is not None else "service_rate"
        elif before:
            answers, note = before, "as_last"
        else:
            note = "no_rate" if known else "no_users"
            return counted.missing("not_measured", note), seen.missing("undecided", note)
        size = {"N": int(users)} if known else {}
        counted = replace(counted, value=answers, note=note, **size)
        return counted, self._judged(replace(seen, **size), answers, before)

    def _judged(self, fact: Fact, answers: int, before: int) -> Fact:
        if answers < self.thresholds.mean:
            return replace(fact, state="undecided", note="few", verdict="ask_otherwise")
        if self.sd is None:
            return replace(fact, state="undecided", note="no_spread")
        # Without answers last time there is nothing to measure a change from: two rounds like the next one.
        least = detectable_difference(before or answers, answers, self.sd, power=POWER, level=self.level)
        # As it is written, with one decimal: a table that says 1.0 must not say that it is above.
        alone = round(least, 1) <= self.most and answers >= self.thresholds.distribution
        return replace(fact, value=float(least), level=self.level, verdict="alone" if alone else "pool")

    def _fact(self, place: dict[str, Any], **fields: str) -> Fact:
        return Fact(statistic="detectable_next", **place, **fields, scale="points", method="noncentral_t")

    def _state(self, unit: str) -> str:
        if unit in self.answers.index:
            return str(self.answers.at[unit, "state"])
        return str(self.rates.at[unit, "state"]) if unit in self.rates.index else ""

    def _rate(self, unit: str) -> float | None:
        """Return the share of the users who answered last time, the service's for ""."""
        asked = [code for code in self.answers.index if code]
        users = self.users_then.get(unit) if unit else self.users_then.reindex(asked).sum(min_count=1)
        answered = self._before(unit)
        if answered and users is not None and not pd.isna(users) and users >= answered:
            return answered / float(users)
        if unit not in self.rates.index or self.rates.at[unit, "state"] != "measured":
            return None
        return float(self.rates.at[unit, "value"])

    def _before(self, unit: str) -> int:
        if unit not in self.answers.index or pd.isna(self.answers.at[unit, "value"]):
            return 0
        return int(self.answers.at[unit, "value"])


def _spread(facts: pd.DataFrame, own: pd.DataFrame, service: str, year: int) -> float | None:
    """Return the standard deviation of answers within units: the municipality's, else the nation's."""
    rows = own[own["statistic"].eq("variance_residual") & own["topic"].eq("overall") & own["unit"].eq("")]
    rows = rows[rows["state"].eq("measured") & rows["value"].gt(0)]
    if len(rows):
        return sqrt(float(rows["value"].iloc[0]))
    rows = facts[
        facts["municipality"].eq("")
        & facts["service"].eq(service)
        & facts["statistic"].eq("sd_within")
        & facts["topic"].eq("overall")
        & facts["category"].eq("unit")
        & facts["year"].eq(year)
        & facts["state"].eq("measured")
        & facts["value"].gt(0)
    ]
    return float(rows["value"].iloc[0]) if len(rows) else None
