"""The codebook: what a service's questionnaire asks, on which scale, in which dimension."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from analysis.core import yaml
from analysis.core.settings import Code, Words, Year


class Item(yaml.Settings):
    """One question, answered by a whole number from `minimum` to `maximum`."""

    id: Code
    text: Words
    dimension: Code | None = None
    minimum: int = 1
    maximum: int = 6
    reversed: bool = Field(False, description="a high answer is a bad one; turned before it is averaged")
    dont_know: tuple[int, ...] = Field((), description="answers that count as none")
    wording: int = Field(1, ge=1, description="version of the wording")
    comparable_from: Year | None = Field(
        None, description="first year whose answers can be compared with this wording and scale"
    )
    ends: tuple[Words, Words] | None = Field(None, description="what the lowest and highest answer mean")

    @model_validator(mode="after")
    def _scale(self) -> Item:
        if self.minimum >= self.maximum:
            raise ValueError(f"minimum below maximum, found {self.minimum} and {self.maximum}")
        inside = [code for code in self.dont_know if self.minimum <= code <= self.maximum]
        if inside:
            raise ValueError(f"don't-know codes outside the scale, found {inside}")
        return self


class Dimension(yaml.Settings):
    """A group of items that are averaged."""

    id: Code
    name: Words


class Background(yaml.Settings):
    """A background variable: kept with the answers, never shown for a person."""

    id: Code
    name: Words
    values: dict[str, Words] = Field({}, description="what the codes mean")
    casemix: bool = Field(
        False, description="outside the service's control: comparisons with others are adjusted for it"
    )


class Questionnaire(yaml.Settings):
    """Everything a service asks its users."""

    service: Code
    name: Words
    users: Words = Field({"en": "users", "nb": "brukere"}, description="who answers, in the plural")
    unit: Words = Field({"en": "unit", "nb": "enhet"}, description="what a unit is called, in the singular")
    units: Words = Field({"en": "units", "nb": "enheter"}, description="the same in the plural")
    dimensions: tuple[Dimension, ...] = ()
    items: tuple[Item, ...] = Field(min_length=1)
    overall: Code | None = Field(None, description="the item on overall satisfaction")
    background: tuple[Background, ...] = ()

    @model_validator(mode="after")
    def _names_fit(self) -> Questionnaire:
        names = [x.id for x in (*self.items, *self.background)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"every item and background variable once, found twice: {twice}")
        known = [d.id for d in self.dimensions]
        if len(set(known)) < len(known) or "overall" in known:
            raise ValueError(f"every dimension once, and none called 'overall', found {known}")
        lost = sorted({i.dimension for i in self.items if i.dimension} - set(known))
        if lost:
            raise ValueError(f"dimensions among {known}, found {lost}")
        empty = [d for d in known if not any(i.dimension == d for i in self.items)]
        if empty:
            raise ValueError(f"at least one item in every dimension, found none in {empty}")
        if self.overall and self.overall not in names:
            raise ValueError(f"'overall' to name an item, found {self.overall!r}")
        scales = {(i.minimum, i.maximum) for i in self.items}
        if len(scales) > 1:
            raise ValueError(f"one scale for all items of a service, found {sorted(scales)}")
        return self

    @property
    def scale(self) -> tuple[int, int]:
        """Lowest and highest answer."""
        return self.items[0].minimum, self.items[0].maximum

    def item(self, name: str) -> Item:
        """Return the item with that id; raise KeyError where there is none."""
        return next(i for i in self.items if i.id == name) if name in self.item_ids else _no_item(name)

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The items' ids, in the questionnaire's order."""
        return tuple(i.id for i in self.items)


def _no_item(name: str) -> Item:
    raise KeyError(name)


def load_questionnaire(path: Path) -> Questionnaire:
    """Read a questionnaire's YAML; raise SettingsError naming every key that is wrong."""
    path = Path(path)
    try:
        there = path.stat()
    except OSError:
        return yaml.load(path, Questionnaire)
    content = _read(path, (there.st_size, there.st_mtime_ns, there.st_ino))
    # Made anew for each who asks: its texts by language are dicts, which anybody may change.
    return yaml.check(content, Questionnaire, where=str(path))


@lru_cache(maxsize=64)
def _read(path: Path, state: tuple[int, int, int]) -> Any:
    # A run asks for it three times, and reading takes twenty times as long as checking; who edits the file in
    # a long-lived kernel gets what it holds then.
    return yaml.read_yaml(path)
