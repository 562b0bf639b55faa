"""All services of all municipalities on one page: the national picture and how far municipalities differ."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas
from analysis.show.change import inside
from analysis.show.rows import Heading, Row, draw_rows
from analysis.show.scale import mean_axis
from analysis.show.select import is_number, last_year, nation, one, select, years_of
from analysis.show.sheet import figure_block
from analysis.show.tables import Column, Table, table_block, unbroken
from analysis.show.text import write_callout
from analysis.show.verdicts import shown, state

#: National figures are saved with their standard error alone: the level of their intervals is chosen here.
_LEVEL = 0.95


def headline_country(canvas: Canvas, facts: pd.DataFrame) -> str:
    """Say between what the services' national means lie."""
    say, labels = canvas.language, canvas.labels
    found = [mean for mean in _means(facts) if is_number(mean)]
    if len(found) < 2 or len(_scales(canvas)) > 1:
        return say.text("Where the services stand")
    low, high = min(found, key=_place), max(found, key=_place)
    return say.text(
        "From {low} for {lowest} to {high} for {highest}",
        low=numbers.score(say, low), lowest=inside(labels.service(low.service)),
        high=numbers.score(say, high), highest=inside(labels.service(high.service)),
    )  # fmt: skip


def draw_country(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Draw each service's national mean with the range that half of the municipalities lie in.

    A note in its place where no service has a national picture, or where the services' scales differ.
    """
    say, labels, year = canvas.language, canvas.labels, last_year(facts)
    means = {mean.service: mean for mean in _means(facts)}
    drawn = [mean for mean in means.values() if is_number(mean)]
    if not drawn or len(_scales(canvas)) > 1:
        reason = (
            say.text("The services are measured on different scales: see the table.")
            if drawn
            else say.text("There are too few municipalities for a national picture.")
        )
        return write_callout(canvas, "note", say.text("No figure of the services together"), reason)
    rows = []
    for service, mean in means.items():
        quarter = {q: _quartile(facts, service, q) for q in ("25", "75")}
        ends = (quarter["25"].value, quarter["75"].value) if all(quarter.values()) else None
        rows.append(
            Row(
                name=labels.service(service),
                cells=(
                    numbers.score(say, mean),
                    numbers.count(say, mean.N),
                    _between(canvas, facts, service) if is_number(mean) else state(say, mean).text,
                ),
                value=mean.value,
                band=ends if is_number(mean) else None,
            )
        )
    headings = (
        Heading(say.text("mean"), strong=True),
        Heading(say.text("municipalities")),
        Heading(say.text("half of them")),
    )
    title = say.text("Overall satisfaction, mean of the municipalities")
    listed = "; ".join(
        f"{row.name} {', '.join(cell for cell in (row.cells[0], row.cells[2]))}" for row in rows
    )
    sheet = draw_rows(rows, headings, mean_axis(canvas, drawn[0].service, title))
    return figure_block(
        canvas, "services", sheet,
        caption=say.text(
            "Overall satisfaction by service, {year}: the mean of the municipalities' means, which count "
            "equally, and in grey the range that half of the municipalities lie in.",
            year=year,
        ),
        alt=f"{headline_country(canvas, facts)}. {listed}.",
        data=_table(canvas, facts),
    )  # fmt: skip


def tabulate_country(canvas: Canvas, facts: pd.DataFrame) -> Block:
    """Set services against rounds: national means, spread between municipalities, who is behind them."""
    say = canvas.language
    caption = say.text(
        "The mean of the municipalities' means by service, with its {level} confidence interval. Half of "
        "them: between the lowest and the highest quarter of the municipalities, {year}. Spread: how much "
        "municipalities differ beyond what chance explains, as a standard deviation.",
        level=say.percent(_LEVEL),
        year=last_year(facts),
    )
    return table_block(canvas, "country", _table(canvas, facts), caption=caption)


def _table(canvas: Canvas, facts: pd.DataFrame) -> Table:
    say, labels = canvas.language, canvas.labels
    years, year = years_of(facts), last_year(facts)
    every = select(nation(facts), statistic="mean", topic="overall")
    rows = []
    for mean in _means(facts):
        cells = [labels.service(mean.service)]
        for each in years:
            of_round = one(every, service=mean.service, year=each)
            cells.append(unbroken(shown(say, of_round, numbers.score(say, of_round))))
        spread = one(
            select(nation(facts), statistic="tau", topic="overall", category="municipality", year=year),
            service=mean.service,
        )
        cells += [
            numbers.interval(say, with_interval(mean)),
            _between(canvas, facts, mean.service),
            say.number(spread.value, 2) if spread is not None and is_number(spread) else numbers.EM_RULE,
            numbers.count(say, mean.N),
            numbers.count(say, mean.n),
        ]
        rows.append(tuple(cells))
    columns = (
        Column(say.text("Service"), 24),
        *(Column(str(each), 9, right=True, strong=each == year) for each in years),
        Column(say.text("Interval"), 12, right=True),
        Column(say.text("Half of them"), 13, right=True),
        Column(say.text("Spread"), 9, right=True),
        Column(say.text("Municipalities"), 13, right=True),
        Column(say.text("Answers"), 10, right=True),
    )
    return Table(columns, tuple(rows))


def _means(facts: pd.DataFrame) -> list[Fact]:
    return select(nation(facts), statistic="mean", topic="overall", year=last_year(facts))


def with_interval(mean: Fact) -> Fact:
    """Add the interval of a national mean: its many answers leave no degrees of freedom to count."""
    if mean.value is None or mean.se is None:
        return mean
    half = NormalDist().inv_cdf((1 + _LEVEL) / 2) * mean.se
    return replace(mean, low=mean.value - half, high=mean.value + half)


def _quartile(facts: pd.DataFrame, service: str, percent: str) -> Fact | None:
    found = select(
        nation(facts), statistic="quartile", topic="overall", category=percent, year=last_year(facts)
    )
    return one(found, service=service)


def _between(canvas: Canvas, facts: pd.DataFrame, service: str) -> str:
    ends = [_quartile(facts, service, percent) for percent in ("25", "75")]
    if not all(is_number(end) for end in ends):
        return numbers.EM_RULE
    low, high = (end.value for end in ends)
    return numbers.between(canvas.language, ends[0].scale, low, high)


def _scales(canvas: Canvas) -> set[tuple[int, int]]:
    return {tuple(asked.scale) for asked in canvas.labels.questionnaires.values()}


def _place(mean: Fact) -> tuple[float, str]:
    return mean.value or 0.0, mean.service
