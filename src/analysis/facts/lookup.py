"""Facts looked up by what is asked of them, by an index made once for a table and kept while it lives."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from analysis.facts.table import COLUMNS, Fact

_FIELDS = [name for name in COLUMNS if name != "fact_id"]


class Rows:
    """A table's rows as plain values, missing ones as None, and as facts, made when first asked for."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table
        self._columns: dict[str, list] = {}
        self._fields: dict[str, list] = {}
        self._facts: dict[int, Fact] = {}

    def column(self, name: str) -> list:
        """Return a column's values; KeyError where there is none of that name."""
        if name not in self._columns:
            self._columns[name] = _values(self._table[name])
        return self._columns[name]

    def fact(self, row: int) -> Fact:
        """Return the fact in a row, counted from 0."""
        found = self._facts.get(row)
        if found is None:
            if not self._fields:
                self._fields = {name: self.column(name) for name in _FIELDS}
            found = Fact(**{name: values[row] for name, values in self._fields.items()})
            self._facts[row] = found
        return found


@dataclass(frozen=True, eq=False)
class Index:
    """Some of a table's rows, in its order, and which of them have which values.

    rows: the whole table's; places: those of them that are the index's own.
    """

    rows: Rows
    places: Sequence[int]
    _groups: dict[tuple[object, tuple[str, ...]], dict[tuple, list[int]]] = field(default_factory=dict)
    _known: dict[str, object] = field(default_factory=dict)

    def find(self, where: dict[str, object]) -> list[Fact]:
        """Return the facts whose columns have these values (a tuple: one of these); None finds nothing."""
        asked = {name: held if isinstance(held, tuple) else (held,) for name, held in where.items()}
        # By statistic first: a table has a hundred of them, and most questions name one.
        statistics = asked.pop("statistic", None)
        columns = tuple(asked)
        parts = [None] if statistics is None else _once(statistics)
        keys = list(product(*(_once(wanted) for wanted in asked.values())))
        found = [hit for part in parts for key in keys if (hit := self._group(part, columns).get(key))]
        places = found[0] if len(found) == 1 else sorted(place for hit in found for place in hit)
        return [self.rows.fact(place) for place in places]

    def only(self, column: str, fits: Callable[[object], bool]) -> Index:
        """Return the index of the rows of which the column's value fits."""
        held = self.rows.column(column)
        return Index(self.rows, [place for place in self.places if fits(held[place])])

    def values(self, name: str) -> list:
        """Return a column's values in these rows."""
        column = self.rows.column(name)
        return [column[place] for place in self.places]

    def known(self, name: str, work_out: Callable[[Index], object]) -> object:
        """Return what is worked out once from these rows and asked for again and again, by its name."""
        if name not in self._known:
            self._known[name] = work_out(self)
        return self._known[name]

    def forget(self, name: str) -> None:
        """Let what is known by that name be worked out anew."""
        self._known.pop(name, None)

    def _group(self, statistic: str | None, columns: tuple[str, ...]) -> dict[tuple, list[int]]:
        if (statistic, columns) not in self._groups:
            places = self.places
            if statistic is not None:
                parts = self.known("by statistic", lambda index: index._by(("statistic",), index.places))
                places = parts.get((statistic,), ())
            self._groups[statistic, columns] = self._by(columns, places)
        return self._groups[statistic, columns]

    def _by(self, columns: tuple[str, ...], places: Sequence[int]) -> dict[tuple, list[int]]:
        if not columns:
            return {(): list(places)}
        held = [self.rows.column(name) for name in columns]
        group: dict[tuple, list[int]] = {}
        for place in places:
            group.setdefault(tuple([column[place] for column in held]), []).append(place)
        return group


@dataclass(frozen=True, eq=False)
class _Kept:
    table: weakref.ref
    blocks: object
    columns: pd.Index
    shadow: pd.DataFrame
    index: Index


_KEPT: dict[int, _Kept] = {}


def index_of(table: pd.DataFrame) -> Index:
    """Return the table's index: the one that is kept, or a new one where the table was changed since.

    What is written into a column's array past the table, `table["value"].array[0] = 1.0`, is not seen.
    """
    kept = _KEPT.get(id(table))
    if kept is not None and kept.table() is table and _are_as_kept(table, kept):
        return kept.index
    return _keep(table, Index(Rows(table.copy(deep=False)), range(len(table))))


def part_of(table: pd.DataFrame, index: Index) -> pd.DataFrame:
    """Return the rows of a table that an index of it (`Index.only`) holds, with that index."""
    places, inside = (np.asarray(of.places, dtype="int64") for of in (index_of(table), index))
    # Both are in the table's order.
    part = table.iloc[np.searchsorted(places, inside)]
    _keep(part, index)
    return part


def kept_part(table: pd.DataFrame, name: str, column: str, fits: Callable[[object], bool]) -> pd.DataFrame:
    """Return the rows of which the column fits: the same table whenever it is asked for by that name."""
    index = index_of(table)

    def make(index: Index) -> tuple[pd.DataFrame, Index]:
        inside = index.only(column, fits)
        return part_of(table, inside), inside

    part, inside = index.known(name, make)
    if index_of(part) is inside:
        return part
    # Somebody changed the part in place: it is theirs, and not what is asked for here.
    index.forget(name)
    return index.known(name, make)[0]


def _keep(table: pd.DataFrame, index: Index) -> Index:
    key = id(table)
    gone = weakref.ref(table, lambda _: _KEPT.pop(key, None))
    # A second frame on the same data: because of it pandas copies what is changed in place, and the change
    # shows in the blocks. Without it a value set in a notebook would leave the blocks as they were.
    _KEPT[key] = _Kept(gone, _blocks(table), table.columns, table.copy(deep=False), index)
    return index


def _are_as_kept(table: pd.DataFrame, kept: _Kept) -> bool:
    # Another name for a column leaves the blocks as they were.
    return kept.blocks is _blocks(table) and kept.columns is table.columns


def _blocks(table: pd.DataFrame) -> object:
    # pandas has no public mark of a change in place.
    return table._mgr.blocks


def _once(wanted: tuple) -> list:
    return [value for value in dict.fromkeys(wanted) if value is not None]


def _values(held: pd.Series) -> list:
    if isinstance(held.dtype, pd.StringDtype):
        # The same few words in thousands of rows: one object each.
        codes, words = held.factorize()
        known = [*words.tolist(), None]
        return [known[code] for code in codes.tolist()]
    return [None if gone else value for value, gone in zip(held.tolist(), held.isna().tolist(), strict=True)]
