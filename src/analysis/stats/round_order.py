"""Which round comes before which: numbers and dates by size, an ordered categorical by its categories."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.core.errors import nearest
from analysis.stats.errors import NotComparable, OutOfRange, TooFewRounds
from analysis.stats.frames import present_columns
from analysis.stats.given import checked_rounds, shown


@dataclass(frozen=True, eq=False)
class RoundOrder:
    """A frame whose rounds sort in time; where they were ordered categories they are places in `names`."""

    frame: pd.DataFrame
    year: Hashable
    names: pd.Index | None = None

    def place(self, name: Any) -> Any:
        """Give a round as it stands in the frame.

        Raises:
            OutOfRange: no category is called so.
        """
        if self.names is None:
            return name
        if not pd.api.types.is_scalar(name) or name not in self.names:
            raise OutOfRange(
                f"no round of {self.year!r} to start from", found=shown(name), expected=self.called(range(12))
            )
        return int(self.names.get_loc(name))

    def called(self, values: Any) -> str:
        """List rounds as they are called, for a message."""
        if self.names is None:
            return ", ".join(map(str, values))
        return ", ".join(str(self.names[place]) for place in values if 0 <= place < len(self.names))

    def pair(self, rounds: Any) -> tuple[Any, Any]:
        """Give an earlier and a later round to be compared, as they stand in the frame.

        Raises:
            NotComparable: they are not two, or not in order.
            TooFewRounds: one of them is not among the data's.
        """
        if self.names is None:
            checked_rounds(rounds)
        elif not isinstance(rounds, tuple | list | np.ndarray) or len(rounds) != 2:
            raise NotComparable(
                "rounds to compare", found=shown(rounds), expected="an earlier and a later one"
            )
        two = tuple(rounds)
        there = self._known()
        for each in two:
            if each not in there:
                quoted = isinstance(each, str) and each in map(str, there)
                raise TooFewRounds(
                    "a change needs two rounds of the data",
                    found=f"no round {shown(each)} in {self.year!r}, but {', '.join(map(str, there[:12]))}",
                    expected="two of these",
                    todo="write it without quotes" if quoted else nearest(str(each), map(str, there)),
                )  # fmt: skip
        places = [self.place(each) for each in two]
        if not places[0] < places[1]:
            raise NotComparable(
                "rounds to compare", found=shown(two), expected="an earlier and a later one, as in the data",
                todo=f"the order there is {', '.join(map(str, there))}",
            )  # fmt: skip
        return places[0], places[1]

    def _known(self) -> list[Any]:
        found = np.sort(pd.unique(self.frame[self.year].dropna()))
        return found.tolist() if self.names is None else self.names[found.astype(int)].tolist()

    def named(self, table: pd.DataFrame, *columns: str) -> pd.DataFrame:
        """Put the rounds' names for their places in the table's columns."""
        if self.names is None:
            return table
        names = {
            column: [None if pd.isna(place) else self.names[int(place)] for place in table[column]]
            for column in columns
        }
        return table.assign(**names)


def rounds_in_order(frame: pd.DataFrame, year: Hashable) -> RoundOrder:
    """Give a frame's rounds so that they sort in time.

    Raises:
        NotComparable: several rounds that are text, which has no order in time: "March 2022" sorts before
            "Sept 2021".
        NotMeasured: the column is missing.

    >>> answers = pd.DataFrame({"year": pd.Categorical(["May", "April"], ["April", "May"], ordered=True)})
    >>> rounds_in_order(answers, "year").frame["year"].tolist()
    [1, 0]
    """
    present_columns(frame, [year])
    column = frame[year]
    ordered = isinstance(column.dtype, pd.CategoricalDtype) and bool(column.cat.ordered)
    if ordered and not _sorts(column):
        places = pd.array(column.cat.codes.to_numpy(), dtype="Int64")
        places[column.isna().to_numpy()] = pd.NA
        other = frame.copy(deep=False)
        other[year] = places
        return RoundOrder(other, year, column.cat.categories)
    if not ordered and not pd.api.types.is_numeric_dtype(column.dtype):
        _refuse_text(column)
    return RoundOrder(frame, year)


def _sorts(column: pd.Series) -> bool:
    # Categories that are numbers in order are those numbers: 2025 lies between 2024 and 2026.
    levels = column.cat.categories
    return pd.api.types.infer_dtype(levels) != "string" and levels.is_monotonic_increasing


def _refuse_text(column: pd.Series) -> None:
    names = column.dropna().astype(object)
    # What mixes text with numbers is refused for that, further on.
    if pd.api.types.infer_dtype(names, skipna=True) == "string" and names.nunique() > 1:
        name = column.name
        raise NotComparable(
            f"the rounds in {name!r} are text, which has no order in time",
            found=", ".join(repr(str(each)) for each in names.unique()[:4]),
            expected="numbers, dates or an ordered categorical",
            todo=f"frame[{name!r}] = pd.Categorical(frame[{name!r}], [first, …, last], ordered=True)",
        )  # fmt: skip


def last_round(column: pd.Series, present: pd.Series) -> Any:
    """Give the last of the rounds in `present`, complete rows of a frame in which they are `column`.

    Raises:
        NotComparable: several rounds that are text.
    """
    if isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered:
        places = column.cat.categories.get_indexer(pd.unique(present))
        return column.cat.categories[places.max()]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        _refuse_text(column)
    return present.max()
