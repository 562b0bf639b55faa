"""Before the next fieldwork: which change each unit will be able to see, and what to do where it is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import floor, sqrt
from typing import Any

import pandas as pd

from analysis.core.settings import Disclosure
from analysis.facts.lookup import Index, index_of
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
    index, frame = index_of(facts), frame_population.sort_values("year", kind="stable")
    # The last count there is: who the users of the next survey will be is not known yet.
    population, users_then = _counted(frame), _counted(frame[frame["year"].eq(steering.year)])
    units = steering.units
    open_then = units[units["valid_to"].isna() | units["valid_to"].ge(after).fillna(False)]
    codes: dict[str, list[str]] = {}
    for service, unit in zip(open_then["service"], open_then["unit"], strict=True):
        codes.setdefault(service, []).append(str(unit))
    for service in dict.fromkeys(filter(None, index.values("service"))):
        users, then = population.get(service, {}), users_then.get(service, {})
        rows = _Service(index, service, steering.year, users, then, thresholds, level, most)
        found += rows.facts(str(steering.plan.municipality), codes.get(service, []))
    return tabulate(found)


def _counted(frame: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return the last known number of users of every unit, by service."""
    counted: dict[str, dict[str, int]] = {}
    for (service, unit), users in frame.groupby(["service", "unit"])["population"].last().items():
        if not pd.isna(users):
            counted.setdefault(service, {})[unit] = int(users)
    return counted


class _Service:
    """What one service's next survey is planned from."""

    def __init__(
        self,
        index: Index,
        service: str,
        year: int,
        population: Mapping[str, int],
        users_then: Mapping[str, int],
        thresholds: Disclosure,
        level: float,
        most: float,
    ) -> None:
        self.service, self.year, self.level, self.most = service, year, level, most
        self.thresholds = thresholds
        self.population, self.users_then = population, users_then
        place = {"service": service, "year": year}
        self.rates, self.answers = (
            {fact.unit: fact for fact in index.find({"statistic": name, **place}) if fact.municipality}
            for name in ("response_rate", "respondents")
        )
        self.sd = _spread(index, place)

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
        users = sum(self.population.get(unit, 0) for unit in units)
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
        known = users is not None and users > 0
        if known and rate is not None:
            # A hair's breadth: 0.29 times 100 is 28.999999999999996.
            answers, note = floor(users * rate + 1e-9), "" if own is not None else "service_rate"
        elif before:
            answers, note = before, "as_last"
        else:
            note = "no_rate" if known else "no_users"
            return counted.missing("not_measured", note), seen.missing("undecided", note)
        size = {"N": users} if known else {}
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
        fact = self.answers.get(unit) or self.rates.get(unit)
        return fact.state if fact is not None else ""

    def _rate(self, unit: str) -> float | None:
        """Return the share of the users who answered last time, the service's for ""."""
        if unit:
            users = self.users_then.get(unit)
        else:
            users = _sum([self.users_then.get(code) for code in self.answers if code])
        answered = self._before(unit)
        if answered and users is not None and users >= answered:
            return answered / float(users)
        rate = self.rates.get(unit)
        return float(rate.value) if rate is not None and rate.state == "measured" else None

    def _before(self, unit: str) -> int:
        answered = self.answers.get(unit)
        return int(answered.value) if answered is not None and answered.value is not None else 0


def _sum(counts: Sequence[int | None]) -> int | None:
    """Add up what is known; None where nothing is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _spread(index: Index, place: Mapping[str, object]) -> float | None:
    """Return the standard deviation of answers within units: the municipality's, else the nation's."""
    where = {**place, "topic": "overall", "state": "measured"}
    for fact in index.find({"statistic": "variance_residual", "unit": "", **where}):
        if fact.municipality and fact.value > 0:
            return sqrt(fact.value)
    for fact in index.find({"statistic": "sd_within", "category": "unit", **where}):
        if not fact.municipality and fact.value > 0:
            return fact.value
    return None
