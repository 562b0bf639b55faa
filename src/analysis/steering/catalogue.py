"""The catalogue: services as products, in product groups and service groups: each reader's level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pandas as pd
from pydantic import Field, model_validator

from analysis.core import yaml
from analysis.core.errors import SettingsError, nearest
from analysis.core.settings import Code, Words
from analysis.survey.codebook import Questionnaire


class Product(yaml.Settings):
    """What a user gets, and what it costs.

    `service` is the questionnaire that its users answer, `cost` the indicator of its cost. Either may be
    missing: a product without a survey, or whose cost nobody has worked out.
    """

    id: Code
    name: Words
    service: Code | None = Field(None, description="the service whose survey asks its users")
    cost: Code | None = Field(None, description="its cost per user, an indicator of the indicators table")
    topic: Code | None = Field(None, description="what the indicators table files its cost under")

    @model_validator(mode="after")
    def _fits(self) -> Product:
        if self.topic is not None and self.cost is None:
            raise ValueError("cost, since there is a topic to find it under")
        return self

    @property
    def cost_topic(self) -> str:
        """What the indicators table files its cost under: the product's own topic, else its service."""
        return self.topic or self.service or self.id


class ProductGroup(yaml.Settings):
    """Products that one head of service answers for."""

    id: Code
    name: Words
    products: tuple[Product, ...] = Field(min_length=1)


class ServiceGroup(yaml.Settings):
    """Product groups that belong together in the municipality's steering."""

    id: Code
    name: Words
    product_groups: tuple[ProductGroup, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Placed:
    """A product with the groups that it is in."""

    product: Product
    product_group: ProductGroup
    service_group: ServiceGroup


class Catalogue(yaml.Settings):
    """All products in their groups, in the order in which reports name them.

    >>> garten = Product(id="place", name="Kindergarten place", service="kindergarten", cost="cost_per_user")
    >>> early = ProductGroup(id="early", name="Early years", products=(garten,))
    >>> children = ServiceGroup(id="children", name="Children", product_groups=(early,))
    >>> catalogue = Catalogue(service_groups=(children,))
    >>> catalogue.services, catalogue.group_of("kindergarten").id, catalogue.group_of("school")
    (('kindergarten',), 'children', None)
    """

    service_groups: tuple[ServiceGroup, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> Catalogue:
        levels = {
            "service groups": [group.id for group in self.service_groups],
            "product groups": [g.id for group in self.service_groups for g in group.product_groups],
            "products": [placed.product.id for placed in self.products()],
        }
        for level, ids in levels.items():
            twice = sorted({id for id in ids if ids.count(id) > 1})
            if twice:
                raise ValueError(f"every id among the {level} once, found twice: {twice}")
        homes: dict[str, set[str]] = {}
        for placed in self.products():
            if placed.product.service:
                homes.setdefault(placed.product.service, set()).add(placed.service_group.id)
        torn = sorted(service for service, groups in homes.items() if len(groups) > 1)
        if torn:
            # A survey's results stand in one place, or they would be counted twice in what sums groups up.
            raise ValueError(f"every service in one service group, found in more: {torn}")
        return self

    def products(self, service: str | None = None) -> Iterator[Placed]:
        """Give every product with its groups, or those whose users `service` asks."""
        for group in self.service_groups:
            for part in group.product_groups:
                for product in part.products:
                    if service is None or product.service == service:
                        yield Placed(product, part, group)

    @property
    def services(self) -> tuple[str, ...]:
        """The surveyed services, in the catalogue's order."""
        return tuple(dict.fromkeys(p.product.service for p in self.products() if p.product.service))

    def group_of(self, service: str) -> ServiceGroup | None:
        """Return the service group that a service is in, None where the catalogue does not have it."""
        return next((placed.service_group for placed in self.products(service)), None)

    def ordered(self, services: Iterable[str]) -> tuple[str, ...]:
        """Return the services in the catalogue's order; those it does not have last, in the order given."""
        given = list(dict.fromkeys(services))
        known = [service for service in self.services if service in given]
        return (*known, *(service for service in given if service not in known))


def default_catalogue(questionnaires: Mapping[str, Questionnaire]) -> Catalogue:
    """Make a catalogue of what is surveyed: every service a group and a product of its own, cost unknown.

    The cost is looked for under the service's id as `cost_per_user`, where the indicators table has it.
    Raises SettingsError where there are no services.
    """
    if not questionnaires:
        raise SettingsError("no services to make a catalogue of", expected="at least one questionnaire")
    return Catalogue(
        service_groups=tuple(_alone(service, asked) for service, asked in questionnaires.items())
    )


def load_catalogue(
    path: Path | None,
    *,
    questionnaires: Mapping[str, Questionnaire],
    indicators: pd.DataFrame | None = None,
) -> Catalogue:
    """Read a catalogue and check it against what is surveyed and counted.

    Without a file, or with one that has none of the services, every service is a group of its own. A surveyed
    service that the file leaves out gets a group of its own, last, so that no result is lost. Raises
    SettingsError naming every key that is wrong, a service that no questionnaire asks about, and a cost that
    no municipality has a figure for (a typing error; that one municipality lacks the figure is no error, and
    is said where it would stand).
    """
    if path is None:
        return default_catalogue(questionnaires)
    catalogue = yaml.load(Path(path), Catalogue)
    shared = set(catalogue.services) & set(questionnaires)
    if not shared and not all(nearest(service, questionnaires) for service in catalogue.services):
        # Of other services altogether: it stands beside a batch that it is not of.
        return default_catalogue(questionnaires)
    for where, placed in _places(path, catalogue):
        _check(placed.product, where, questionnaires, indicators)
    left = {id: asked for id, asked in questionnaires.items() if id not in catalogue.services}
    if not left:
        return catalogue
    taken = {placed.product.id for placed in catalogue.products()}
    taken |= {placed.product_group.id for placed in catalogue.products()}
    taken |= {group.id for group in catalogue.service_groups}
    added = tuple(_alone(service, asked, taken) for service, asked in left.items())
    return Catalogue(service_groups=(*catalogue.service_groups, *added))


def _alone(service: str, asked: Questionnaire, taken: Set[str] = frozenset()) -> ServiceGroup:
    # The file may have used the service's id for something else.
    id = next(id for n in count(1) if (id := service if n == 1 else f"{service}-{n}") not in taken)
    product = Product(id=id, name=asked.name, service=service, cost="cost_per_user")
    part = ProductGroup(id=id, name=asked.name, products=(product,))
    return ServiceGroup(id=id, name=asked.name, product_groups=(part,))


def _places(path: Path, catalogue: Catalogue) -> Iterator[tuple[str, Placed]]:
    for i, group in enumerate(catalogue.service_groups):
        for j, part in enumerate(group.product_groups):
            for k, product in enumerate(part.products):
                key = f"service_groups[{i}].product_groups[{j}].products[{k}]"
                yield f"{path}: {key}", Placed(product, part, group)


def _check(
    product: Product, where: str, questionnaires: Mapping[str, Questionnaire], indicators: pd.DataFrame | None
) -> None:
    if product.service is not None and product.service not in questionnaires:
        raise SettingsError(
            "no questionnaire asks about this service",
            where=f"{where}.service",
            found=repr(product.service),
            expected="one of " + ", ".join(questionnaires),
            todo=nearest(product.service, questionnaires)
            or "leave service out where its users are not asked",
        )
    # Where no figures have been delivered at all, that is said in the report.
    if product.cost is None or indicators is None or len(indicators) == 0:
        return
    known = sorted({str(name) for name in indicators["indicator"]})
    if product.cost not in known:
        raise SettingsError(
            "no municipality has a figure for this cost",
            where=f"{where}.cost",
            found=repr(product.cost),
            expected="one of " + ", ".join(known),
            todo=nearest(product.cost, known) or "import the figures, or leave cost out",
        )
    topics = sorted({str(name) for name in indicators.loc[indicators["indicator"] == product.cost, "topic"]})
    if product.topic is not None and product.topic not in topics:
        raise SettingsError(
            "no municipality has a figure for this cost",
            where=f"{where}.topic",
            found=repr(product.topic),
            expected="one of " + ", ".join(topics),
            todo=nearest(product.topic, topics) or "import the figures, or leave topic out",
        )
