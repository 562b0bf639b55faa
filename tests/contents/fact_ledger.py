"""A report's facts, looked up by subject and comparison, and what each verdict must look like."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pandas as pd

CERTAIN = ("higher", "lower", "above", "below")
_UP = {"higher", "above"}
#: More than this share of scores at the top of the scale, and the report says so.
_FULL = 0.3


class Ledger:
    """The facts of one municipality's report, the national ones among them."""

    def __init__(self, facts: pd.DataFrame) -> None:
        # Some facts are of the next survey.
        self.year = int(facts.loc[facts["statistic"].eq("mean"), "year"].max())
        self._rows: dict[tuple, list[Any]] = defaultdict(list)
        self._by_statistic: dict[tuple, list[Any]] = defaultdict(list)
        for row in facts.itertuples():
            own, year = row.municipality != "", -1 if pd.isna(row.year) else int(row.year)
            self._rows[own, row.service, row.unit, row.topic, row.statistic, year].append(row)
            if own and year == self.year:
                self._by_statistic[row.statistic, row.service].append(row)

    def fact(
        self, statistic: str, service: str, topic: str, *, unit: str = "", year: int | None = None
    ) -> Any | None:
        """Return the fact of that subject; `nation.mean` is the national one. None where there is none."""
        place, _, name = statistic.rpartition(".")
        found = self._rows[place != "nation", service, unit, topic, name, year or self.year]
        return found[0] if found else None

    def of(self, statistic: str, service: str) -> list[Any]:
        """Return the municipality's latest facts of that statistic."""
        return self._by_statistic[statistic, service]

    def every(self, statistic: str) -> list[Any]:
        """Return the municipality's latest facts of that statistic, of all services."""
        return [row for (name, _), rows in self._by_statistic.items() if name == statistic for row in rows]

    def of_category(self, statistic: str, category: str) -> Any | None:
        """Return the fact of a target or measure, by its id."""
        return next((row for row in self.every(statistic) if row.category == category), None)

    def certain(self, statistic: str, service: str) -> list[Any]:
        """Return those that say a direction."""
        return [row for row in self.of(statistic, service) if row.verdict in CERTAIN]

    def services(self) -> list[str]:
        """Return the services that there are facts of."""
        return sorted({service for _, service in self._by_statistic if service})

    def true_of(self, statistic: str, verdict: str, service: str) -> set[tuple[str, str]]:
        """Return (unit, topic) of all that a heading must name when it names any."""
        rows = [row for row in self.of(statistic, service) if self.says(row, verdict)]
        if "unit_difference" in statistic or statistic == "expected_range":
            shown = [row for row in rows if row.unit and row.topic == "overall"]
            return {(row.unit, row.topic) for row in shown if self._is_shown(row)}
        # Of single items the headings say nothing where there are dimensions.
        grouped = any(row.topic.startswith("dimension.") for row in rows)
        kept = [row for row in rows if not row.unit and not (grouped and row.topic.startswith("item."))]
        return {("", row.topic) for row in kept}

    def speaks(self, statistic: str, verdict: str, service: str, topic: str) -> bool:
        """Tell whether anything of that statistic, or its claim over the report, says so of the topic."""
        names = (statistic, f"report_{statistic}")
        rows = [row for name in names for row in self.of(name, service)]
        return any(row.topic == topic and not row.unit and self.says(row, verdict) for row in rows)

    def spoken(self, service: str, topic: str, *, favour: bool) -> bool:
        """Tell whether something certain speaks for the topic, or against it."""
        high, target = ("higher", "desired") if favour else ("lower", "unacceptable")
        claims = [(s, high) for s in ("change", "national_difference", "peer_difference")]
        return any(self.speaks(s, v, service, topic) for s, v in (*claims, ("target_status", target)))

    def says(self, row: Any, verdict: str) -> bool:
        """Tell whether a fact says this: its verdict does, and so does its own number."""
        if row.state != "measured":
            return False
        if verdict == "full":
            return row.value > _FULL
        if row.verdict != verdict:
            # A strength is one by being there.
            return verdict == row.statistic
        if verdict not in CERTAIN:
            return True
        return (self._beside(row) > 0) == (verdict in _UP)

    def _beside(self, row: Any) -> float:
        # A range holds where it is expected to lie: the mean must be on that side of it.
        if row.statistic != "expected_range":
            return row.value
        mean = self.fact("mean", row.service, row.topic, unit=row.unit)
        return mean.value - row.value if mean is not None else float("nan")

    def _is_shown(self, row: Any) -> bool:
        mean = self.fact("mean", row.service, row.topic, unit=row.unit)
        return mean is not None and mean.state == "measured"


def numbers_of(row: Any | None, parts: tuple[str, ...]) -> list[float]:
    """Return the numbers of a fact that a text must hold; none where it has none."""
    if row is None:
        return []
    factor = 100 if row.scale == "share" else 1
    ends = {"value": ("value",), "interval": ("low", "high"), "n": ("n",), "level": ("level",)}
    names = [name for part in parts for name in ends.get(part, ())]
    values = [(name, getattr(row, name)) for name in names]
    scale = {"n": 1, "level": 100}
    return [float(v) * scale.get(name, factor) for name, v in values if not pd.isna(v)]
