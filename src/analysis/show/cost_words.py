"""What is said of cost and quality: a service's cost beside the others', and its users' satisfaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.facts.table import Fact
from analysis.show import numbers
from analysis.show.blocks import Block, Canvas, join
from analysis.show.select import is_number, nation, one, own, select
from analysis.show.supplied import between, in_unit, supplied
from analysis.show.text import write_list
from analysis.show.verdicts import state
from analysis.steering.context import Steering
from analysis.steering.costs import COST


@dataclass(frozen=True)
class Subject:
    """A service or product with its cost and what its users say of it; never one figure made of both.

    costs: one fact a year, oldest first. quartiles: the others' 25, 50 and 75 per cent, of the last year.
    spread: the municipalities' quartiles of overall satisfaction. beside: its difference from the nation as
    adjusted over the report, `alone` as adjusted within the service.
    """

    name: str
    service: str
    product: str
    costs: tuple[Fact, ...]
    quartiles: tuple[Fact, ...]
    satisfaction: Fact | None
    country: Fact | None
    spread: tuple[Fact, ...]
    beside: Fact | None
    alone: Fact | None

    @property
    def cost(self) -> Fact:
        """The latest cost, or why there is none."""
        return self.costs[-1]

    @property
    def compared(self) -> bool:
        """Whether there are others' costs to compare with."""
        return all(is_number(fact) for fact in self.quartiles) and len(self.quartiles) == 3


def subjects_of(
    canvas: Canvas, facts: pd.DataFrame, steering: Steering, *, against: str = "nation"
) -> list[Subject]:
    """Return every service and product that has a fact on its cost, in the catalogue's order.

    against: whose quartiles they are set beside, `nation` or `peers.<group>`.
    """
    mine = own(facts)
    every = [f for f in select(mine, topic=f"indicator.{COST}") if not f.unit and f.statistic == COST]
    products = {placed.product.id: placed.product for placed in steering.catalogue.products()}
    order = steering.catalogue.ordered({fact.service for fact in every if fact.service})
    places = dict.fromkeys((f.service, _product(f)) for f in every if not f.against)
    keys = sorted(places, key=lambda key: (order.index(key[0]) if key[0] else len(order), key[1] != ""))
    found = []
    for service, product in keys:
        part = [f for f in every if (f.service, _product(f)) == (service, product)]
        name = canvas.labels.service(service) if service else ""
        if product:
            name = canvas.language.pick(products[product].name) if product in products else product
        found.append(
            Subject(
                name=name, service=service, product=product,
                costs=tuple(sorted((f for f in part if not f.against), key=lambda f: f.year or 0)),
                quartiles=tuple(f for f in part if f.against == against),
                **_quality(facts, service, steering.year),
            )
        )  # fmt: skip
    return found


def _quality(facts: pd.DataFrame, service: str, year: int) -> dict[str, object]:
    place = {"service": service, "year": year, "topic": "overall"}
    differences = select(
        own(facts), **place, statistic=("report_national_difference", "national_difference"), unit=""
    )
    return {
        "satisfaction": one(select(own(facts), **place, statistic="mean", unit="")),
        "country": one(select(nation(facts), **place, statistic="mean")),
        "spread": tuple(select(nation(facts), **place, statistic="quartile")),
        "beside": one(differences, statistic="report_national_difference") or one(differences),
        "alone": one(differences, statistic="national_difference"),
    }


def _product(fact: Fact) -> str:
    # "25" or "" of a service, "<product>.25" or "<product>" of a product.
    return fact.category.rpartition(".")[0] if fact.against else fact.category


def cost_cell(canvas: Canvas, series: Sequence[Fact]) -> str:
    """Write the last of a series of figures with its year, or why there is none."""
    say, fact = canvas.language, series[-1]
    if is_number(fact):
        return say.text("{value} ({year})", value=supplied(say, fact, series), year=fact.year)
    return state(say, fact).text if fact.state == "suppressed" else say.text("no figure")


def middle_half(canvas: Canvas, quartiles: Sequence[Fact], series: Sequence[Fact]) -> str:
    """Write the others' middle half, one unit of measure for both ends."""
    say = canvas.language
    low, high = (between(say, fact, series) for fact in (quartiles[0], quartiles[-1]))
    mark = in_unit(say, "", series[-1].scale)
    return f"{low.removesuffix(mark).rstrip()}–{high}"


def write_cost_quality(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> Block:
    """Say of every service and product what it costs beside others and what its users say of it.

    Those of which the same is said, since nothing is known of them, share a line. Nothing where no cost at
    all is known, which the figure's place says.
    """
    subjects = subjects_of(canvas, facts, steering)
    if not any(is_number(subject.cost) for subject in subjects):
        return join(canvas, [])
    names: dict[str, list[str]] = {}
    for subject in subjects:
        names.setdefault(say_subject(canvas, subject), []).append(subject.name)
    return write_list(canvas, list(names), leads=[canvas.language.series(of) for of in names.values()])


def headline_costs(canvas: Canvas, facts: pd.DataFrame, steering: Steering) -> str:
    """Say which services' cost is among the highest and lowest quarter of the municipalities."""
    say = canvas.language
    subjects = subjects_of(canvas, facts, steering)
    known = [subject for subject in subjects if is_number(subject.cost)]
    high, low = (
        say.series([subject.name for subject in known if subject.cost.verdict == verdict])
        for verdict in ("highest_quarter", "lowest_quarter")
    )
    if high and low:
        return say.text("Cost among the highest quarter: {high}; among the lowest: {low}", high=high, low=low)
    if high:
        return say.text("Cost among the highest quarter: {high}", high=high)
    if low:
        return say.text("Cost among the lowest quarter: {low}", low=low)
    if any(subject.cost.verdict for subject in known):
        return say.text("Costs in the middle half of the municipalities")
    return say.text("Costs, with nothing to compare them with") if known else say.text("No cost to show")


def say_subject(canvas: Canvas, subject: Subject) -> str:
    """Say in two or three sentences what a service costs beside others and what its users say of it."""
    return " ".join(part for part in (_say_cost(canvas, subject), _say_quality(canvas, subject)) if part)


def _say_cost(canvas: Canvas, subject: Subject) -> str:
    say, cost = canvas.language, subject.cost
    if not is_number(cost):
        return say.text("The cost per user is not known: no figure has been supplied.")
    parts = {"value": supplied(say, cost, subject.costs), "year": cost.year}
    if not subject.compared:
        return say.text(
            "The cost per user was {value} in {year}; there are too few others to compare with.", **parts
        )
    parts["number"] = say.count(subject.quartiles[0].N or 0)
    parts["middle"] = middle_half(canvas, subject.quartiles, subject.costs)
    if cost.verdict == "lowest_quarter":
        return say.text(
            "The cost per user was {value} in {year}, among the lowest quarter of {number} other "
            "municipalities, whose middle half lies at {middle}.",
            **parts,
        )
    if cost.verdict == "highest_quarter":
        return say.text(
            "The cost per user was {value} in {year}, among the highest quarter of {number} other "
            "municipalities, whose middle half lies at {middle}.",
            **parts,
        )
    return say.text(
        "The cost per user was {value} in {year}, in the middle half of {number} other municipalities, "
        "which lies at {middle}.",
        **parts,
    )


def _say_quality(canvas: Canvas, subject: Subject) -> str:
    say, mean = canvas.language, subject.satisfaction
    if not subject.service:
        return say.text("Its users have not been asked.")
    if not is_number(mean):
        return say.text("Overall satisfaction: {reason}.", reason=state(say, mean).word)
    parts = {"mean": numbers.score(say, mean), "interval": numbers.interval(say, mean)}
    verdict = subject.beside.verdict if subject.beside else ""
    if verdict == "higher":
        return say.text(
            "Overall satisfaction is {mean} ({interval}), certainly above the mean of the municipalities.",
            **parts,
        )
    if verdict == "lower":
        return say.text(
            "Overall satisfaction is {mean} ({interval}), certainly below the mean of the municipalities.",
            **parts,
        )
    if verdict and subject.alone is not None and subject.alone.verdict in ("higher", "lower"):
        return say.text(
            "Overall satisfaction is {mean} ({interval}). The difference from the mean of the municipalities "
            "is certain only within the service, not when the whole report is counted in.",
            **parts,
        )
    if verdict:
        return say.text(
            "Overall satisfaction is {mean} ({interval}), with no certain difference from the mean of the "
            "municipalities.",
            **parts,
        )
    return say.text("Overall satisfaction is {mean} ({interval}).", **parts)
