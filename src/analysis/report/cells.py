"""What a workbook's cells hold: numbers as readers see them in the report, and words where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from analysis.core.language import Language
from analysis.facts.table import Fact
from analysis.show.numbers import change_decimals, end_decimals
from analysis.show.verdicts import judge, state


@dataclass(frozen=True)
class Number:
    """A number in a cell, rounded as the report writes it, and how it is to be shown."""

    value: float
    decimals: int = 0
    percent: bool = False
    sign: bool = False

    @property
    def format(self) -> str:
        """Excel's number format; its own language settings choose decimal mark and separators."""
        shown = "0" + ("." + "0" * self.decimals if self.decimals else "") + ("%" if self.percent else "")
        if not self.decimals and not self.percent:
            shown = "#,##0"
        return f"+{shown};-{shown};{shown}" if self.sign else shown


#: What stands in a cell; never nothing.
Cell = str | Number


@dataclass(frozen=True)
class SheetTable:
    """One table, which gets a sheet of its own.

    name: what its sheet is called, before it is cut to Excel's length. about: a sentence each on how to read
    it. Every row has a cell a column; `rows` may be empty.
    """

    kind: str
    name: str
    title: str
    about: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.head):
                raise ValueError(f"{self.kind}: {len(self.head)} cells a row expected, found {len(row)}")


def rounded(value: float, decimals: int) -> float:
    """Round as the report's text does, so that a number reads alike in both.

    >>> rounded(4.65, 1), rounded(4.75, 1), rounded(-0.04, 1)
    (4.6, 4.8, 0.0)
    """
    # Half to even on the written decimals, as Babel writes them; Excel alone would round half away from nil.
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals))) + 0.0


def number_of(
    fact: Fact, value: float, *, certain: bool = False, sign: bool = False, decimals: int | None = None
) -> Number:
    """Return a value on the fact's scale: one decimal on an answer scale, none on index, counts, per cent.

    decimals: those of the column on an answer scale, where they have to match others (`shared_decimals`).
    """
    if fact.scale == "share":
        return Number(rounded(100 * value, 0) / 100, percent=True, sign=sign)
    if fact.scale in ("0-100", "count"):
        return Number(rounded(value, 0), sign=sign)
    if decimals is None:
        decimals = change_decimals(fact, certain=certain) if sign else 1
    return Number(rounded(value, decimals), decimals, sign=sign)


def value_cell(
    language: Language, fact: Fact | None, *, sign: bool = False, decimals: int | None = None
) -> Cell:
    """Return a fact's value, or the words for why there is none; `decimals` as for `number_of`."""
    if fact is None or fact.value is None:
        return state(language, fact).word
    certain = judge(language, fact).certain
    return number_of(fact, fact.value, certain=certain, sign=sign, decimals=decimals)


def end_cell(
    language: Language, fact: Fact | None, end: str, *, sign: bool = False, decimals: int | None = None
) -> Cell:
    """Return the end `low` or `high` of a fact's interval, or why there is none; as the report writes it."""
    value = getattr(fact, end) if fact is not None else None
    if fact is None or fact.value is None:
        return state(language, fact).word
    if value is None:
        return language.text("not given")
    if decimals is None and not sign and fact.low is not None and fact.high is not None:
        decimals = end_decimals(fact.scale, fact.low, fact.high)
    return number_of(fact, value, certain=judge(language, fact).certain, sign=sign, decimals=decimals)


def count_cell(language: Language, fact: Fact | None, column: str = "n") -> Cell:
    """Return how many are behind a fact, or why that is not said."""
    value = getattr(fact, column) if fact is not None else None
    if value is not None:
        return Number(float(value))
    said = state(language, fact).word
    return said or language.text("not given")


def verdict_cell(language: Language, fact: Fact | None) -> str:
    """Return what is said of a change or a difference in words alone: a screen reader reads no sign."""
    return judge(language, fact).word or language.text("not given")
