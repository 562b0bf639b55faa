"""What a batch file (`params/*.yaml`) says: data, years, places, thresholds, language, formats."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from analysis.core import yaml
from analysis.core.errors import TilstandError
from analysis.core.language import known_languages
from analysis.core.paths import checked_code

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


class Reference(yaml.Settings):
    """What municipalities are compared with."""

    group: Literal["all", "none"] = "all"
    minimum_municipalities: int = Field(
        3, ge=2, description="fewer others than this, and no comparison is made"
    )


class Batch(yaml.Settings):
    """One batch of reports, as its file says it."""

    batch: Code
    title: Words
    data: Path = Field(description="folder of the imported survey, from the batch file's folder")
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
    editions: tuple[Literal["full"], ...] = ("full",)
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
        """The folder of the imported survey, absolute."""
        return (self._path.parent / self.data).resolve()

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
