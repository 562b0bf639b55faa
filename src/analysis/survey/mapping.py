"""The mapping: which column of a file is what. YAML, checked at load."""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from analysis.core import yaml
from analysis.core.errors import DataError
from analysis.core.settings import Code, LanguageCode, Words, Year


def _text(value: object) -> object:
    # 9 and "9" are the same cell of a text file; YAML makes a number of the first.
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_text)]
Recode = dict[Text, Text]


class Column(yaml.Settings):
    """A column, and what its values are replaced with; values that are not named stay."""

    column: Text
    values: Recode = Field({})

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, (str, int)) else value


class UnitColumn(Column):
    """Where the unit is: `name` makes its name of the value, `name_column` reads it."""

    name: str = "{value}"
    name_column: Text | None = None
    prefix: Literal["service", "municipality"] | None = Field(
        None,
        description="what the unit's id begins with; by default the municipality where there are several",
    )


class BackgroundColumn(Column):
    """Where a background variable is; `name` is for questionnaires made from a codebook."""

    name: Words | None = None


class ItemColumn(yaml.Settings):
    """Which item a column holds (`item`, or `service/item`), and what its texts stand for."""

    item: str
    values: dict[Text, int] = Field({})

    @model_validator(mode="before")
    @classmethod
    def _item_alone(cls, value: Any) -> Any:
        return {"item": value} if isinstance(value, str) else value


class Round(yaml.Settings):
    """The year: the same for all rows, or a column."""

    value: Year | None = None
    column: Text | None = None
    values: dict[Text, Year] = Field({})

    @model_validator(mode="before")
    @classmethod
    def _year_alone(cls, value: Any) -> Any:
        return {"value": value} if isinstance(value, int) else value

    @model_validator(mode="after")
    def _one(self) -> Round:
        if (self.value is None) == (self.column is None):
            raise ValueError("expected a year, or 'column' with the name of the column that holds it")
        return self


class Place(yaml.Settings):
    """The municipality: the same for all rows (`code`), or a column that holds codes."""

    code: Code | None = None
    column: Text | None = None
    values: Recode = Field({})
    name: str | None = Field(None, description="what the one municipality is called")
    name_column: Text | None = None
    county: str | None = None
    peer_group: Text | None = None
    inhabitants: int | None = Field(None, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _code_alone(cls, value: Any) -> Any:
        return {"code": value} if isinstance(value, (str, int)) else value

    @model_validator(mode="after")
    def _one(self) -> Place:
        if (self.code is None) == (self.column is None):
            raise ValueError("expected 'code' with a code, or 'column' with the name of a column of codes")
        return self


class FileRule(yaml.Settings):
    """What is known of the files whose name fits `match` (`*` stands for anything)."""

    match: str
    year: Year | None = None
    municipality: Code | None = None
    service: Code | None = None
    not_asked: tuple[Code, ...] = Field((), description="items that these files do not hold")


class Read(yaml.Settings):
    """How the files are written, where it shall not be found out."""

    encoding: str | None = None
    separator: str | None = Field(None, pattern=r"^(.|tab)$")
    decimal: Literal[",", "."] | None = None
    sheet: str | None = None


class Scale(yaml.Settings):
    """The scale of items that come from a codebook."""

    minimum: int
    maximum: int
    dont_know: tuple[int, ...] = ()


class CodebookFile(yaml.Settings):
    """A table of the items, one row each, and which of its columns is what."""

    file: Path
    item: str
    service: str
    text: str
    dimension: str | None = None
    language: LanguageCode = "en"


class ServiceWords(yaml.Settings):
    """What units and users are called, for questionnaires made from a codebook."""

    unit: Words | None = None
    units: Words | None = None
    users: Words | None = None


class Register(yaml.Settings):
    """A table of units, users or municipalities; `columns` says where its names are not the store's."""

    file: Path
    columns: dict[str, Text] = Field({})
    sheet: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _file_alone(cls, value: Any) -> Any:
        return {"file": value} if isinstance(value, str) else value


class Registers(yaml.Settings):
    """The tables that say which units, users and municipalities there are. Each may be left out."""

    units: Register | None = None
    frame: Register | None = None
    groups: Register | None = Field(None, description="users by background variable and value")
    municipalities: Register | None = None


class Mapping(yaml.Settings):
    """How files become checked answers."""

    mapping: Code
    files: tuple[FileRule, ...] = ()
    read: Read = Read()
    year: Round | None = None
    years: tuple[Year, ...] = Field((), description="the rounds to expect; others go to quarantine")
    municipality: Place | None = None
    service: Column | None = Field(None, description="without it every row answers for all services")
    questionnaires: tuple[Path, ...] = ()
    from_codebook: CodebookFile | None = None
    scale: Scale | None = None
    words: ServiceWords = ServiceWords()
    respondent: Text | None = Field(None, description="without it every row is a person")
    unit: UnitColumn | None = Field(None, description="without it a service is one unit")
    weight: Text | None = None
    background: dict[Code, BackgroundColumn] = Field({})
    items: dict[Text, ItemColumn] = Field({}, description="columns that are not called as their item")
    not_asked: tuple[Code, ...] = Field((), description="items that no file holds")
    values: dict[Text, int] = Field({}, description="what texts stand for, in all items")
    dont_know: tuple[Text, ...] = Field((), description="answers that count as none, in all items")
    blank: tuple[Text, ...] = Field((), description="what an empty cell is written as")
    registers: Registers = Registers()
    _path: Path = PrivateAttr(Path("mapping"))

    @model_validator(mode="after")
    def _complete(self) -> Mapping:
        if bool(self.questionnaires) == bool(self.from_codebook):
            raise ValueError("expected either 'questionnaires' or 'from_codebook'")
        if bool(self.from_codebook) != bool(self.scale):
            raise ValueError("expected 'scale' with 'from_codebook', and only there")
        for name in ("year", "municipality"):
            everywhere = bool(self.files) and all(getattr(rule, name) is not None for rule in self.files)
            if getattr(self, name) is None and not everywhere:
                raise ValueError(f"expected {name!r}, for the whole mapping or in every rule of 'files'")
            if getattr(self, name) is not None and any(
                getattr(rule, name) is not None for rule in self.files
            ):
                raise ValueError(
                    f"expected {name!r} for the whole mapping or in the rules of 'files', not both"
                )
        if self.service and any(rule.service for rule in self.files):
            raise ValueError("expected 'service' for the whole mapping or in the rules of 'files', not both")
        return self

    @property
    def path(self) -> Path:
        """The mapping's file."""
        return self._path

    def rule_for(self, file: Path) -> FileRule:
        """Return the first rule that fits the file's name; raise DataError where none of the rules fits."""
        fits = [rule for rule in self.files if fnmatch.fnmatchcase(file.name, rule.match)]
        if self.files and not fits:
            raise DataError(
                "no rule of the mapping fits this file",
                where=str(file),
                found=repr(file.name),
                expected="a name like " + ", ".join(repr(rule.match) for rule in self.files),
                todo=f"add a rule under 'files' in {self.path}",
            )
        return fits[0] if fits else FileRule(match="*")


def load_mapping(path: Path) -> Mapping:
    """Read a mapping's YAML; raise SettingsError naming every key that is wrong."""
    mapping = yaml.load(Path(path), Mapping)
    mapping._path = Path(path)
    return mapping
