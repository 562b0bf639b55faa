"""What a batch file (`params/*.yaml`) says: data, years, places, thresholds, language, formats."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from analysis.core import yaml
from analysis.core.errors import TilstandError
from analysis.core.language import known_languages
from analysis.core.paths import checked_code
from analysis.core.remote import copy_of, is_address

#: A text per language (`{nb: Barnehage, en: Kindergarten}`), or one text for all.
Words = dict[str, str] | str


def _code(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError("a code of letters, digits, - and _")
    try:
        return checked_code(value, where="")
    except TilstandError:
        raise ValueError(
            "expected 1 to 64 letters a–z, digits, - or _, beginning with a letter or digit"
        ) from None


def _language(code: str) -> str:
    if code not in known_languages():
        raise ValueError("one of " + ", ".join(known_languages()))
    return code


def _list_or_all(value: object) -> object:
    if value == "all":
        return ALL
    if isinstance(value, (list, tuple)):
        return value
    raise ValueError("the word all, or a list of codes")


#: What `municipalities: all` and `services: all` are read as.
ALL = ("all",)


Code = Annotated[str, BeforeValidator(_code)]
Chosen = Annotated[tuple[Code, ...], BeforeValidator(_list_or_all)]
Year = Annotated[int, Field(ge=1900, le=2100)]
LanguageCode = Annotated[str, AfterValidator(_language)]
Format = Literal["html", "pdf", "docx"]
#: What a report may be made as; `analysis.steering.editions` says what each holds.
EditionName = Literal["full", "unit", "service", "director", "council", "national"]
EDITIONS: tuple[str, ...] = get_args(EditionName)


class Disclosure(yaml.Settings):
    """From how many answers something may be shown (see docs/methods.md)."""

    mean: int = Field(5, ge=3, description="mean and n")
    distribution: int = Field(10, ge=3, description="distribution, verdict and free text")
    caution: int = Field(30, ge=3, description="a caution stands beside results under this n")

    @model_validator(mode="after")
    def _ordered(self) -> Disclosure:
        if not self.mean <= self.distribution <= self.caution:
            raise ValueError(
                f"mean ≤ distribution ≤ caution, not {self.mean}, {self.distribution}, {self.caution}"
            )
        return self


def _weights(value: object) -> object:
    if isinstance(value, (list, tuple)) and all(isinstance(name, str) for name in value):
        if len(set(value)) < len(value):
            raise ValueError("every figure once")
        return dict.fromkeys(value, 1.0)
    if isinstance(value, dict):
        return value
    raise ValueError("a list of figures, or each figure with its weight, such as {inhabitants: 2}")


class Reference(yaml.Settings):
    """What municipalities are compared with: all, and a comparison group.

    `peers: group` is the group code of the register; `peers: nearest` the `neighbours` municipalities that
    are most alike by the background figures `on`, with what each counts.
    """

    group: Literal["all", "none"] = "all"
    minimum_municipalities: int = Field(
        3, ge=2, description="fewer others than this, and no comparison is made"
    )
    peers: Literal["group", "nearest"] = "group"
    neighbours: int = Field(8, ge=1, description="how many municipalities the nearest are")
    on: Annotated[
        dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]], BeforeValidator(_weights)
    ] = Field(
        {"inhabitants": 1.0},
        min_length=1,
        description="figures that tell how alike municipalities are: inhabitants or <topic>.<indicator>",
    )

    @model_validator(mode="after")
    def _enough(self) -> Reference:
        if self.peers == "group" and self.model_fields_set & {"neighbours", "on"}:
            raise ValueError("peers: nearest beside neighbours and on, which choose them")
        if self.peers == "nearest" and self.neighbours < self.minimum_municipalities:
            raise ValueError(
                f"neighbours of at least minimum_municipalities, {self.minimum_municipalities}, found "
                f"{self.neighbours}: of fewer nothing is shown"
            )
        return self


class Batch(yaml.Settings):
    """One batch of reports, as its file says it."""

    batch: Code
    title: Words
    data: str = Field(
        description="folder of the imported survey, from the batch file's folder, or an address such as s3://…"
    )
    date: dt.date = Field(description="the date that reports and files carry")
    year: Year
    compare_years: tuple[Year, ...] = ()
    municipalities: Chosen = ALL
    services: Chosen = ALL
    reference: Reference = Reference()
    steering: Path | None = Field(None, description="folder of the municipalities' steering files")
    disclosure: Disclosure = Disclosure()
    language: LanguageCode = "nb"
    formats: tuple[Format, ...] = ("html", "pdf", "docx")
    editions: tuple[EditionName, ...] = ("full",)
    synthetic: bool = Field(False, description="labels every page as synthetic data")
    level: float = Field(0.95, ge=0.5, lt=1)
    min_answered: float = Field(0.5, gt=0, le=1, description="share of a dimension's items to answer")
    _path: Path = PrivateAttr()

    @model_validator(mode="after")
    def _years_before(self) -> Batch:
        late = [year for year in self.compare_years if year >= self.year]
        if late:
            raise ValueError(f"compare_years before the year {self.year}, found {late}")
        for name in ("compare_years", "municipalities", "services", "formats", "editions"):
            given = getattr(self, name)
            if isinstance(given, tuple) and len(set(given)) < len(given):
                raise ValueError(f"every value of {name} once, found {list(given)}")
            if name not in ("compare_years",) and given == ():
                raise ValueError(f"at least one value in {name}")
        return self

    @property
    def path(self) -> Path:
        """The batch file."""
        return self._path

    @property
    def store(self) -> Path:
        """The folder of the imported survey, absolute; of data at an address, this machine's copy."""
        return copy_of(self.data) if is_address(self.data) else (self._path.parent / self.data).resolve()

    def steering_file(self, name: str) -> Path | None:
        """Return what is called so in the steering folder or the one around it; None where neither has it."""
        if self.steering is None:
            return None
        folder = (self._path.parent / self.steering).resolve()
        return next((at / name for at in (folder, folder.parent) if (at / name).exists()), None)

    @property
    def years(self) -> tuple[int, ...]:
        """All rounds of the report, oldest first."""
        return (*sorted(self.compare_years), self.year)


def load_batch(path: Path) -> Batch:
    """Read a batch file; raise SettingsError naming every key that is wrong."""
    batch = yaml.load(Path(path), Batch)
    batch._path = Path(path).resolve()
    return batch
