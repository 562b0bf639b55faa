"""Columns of text handled by their distinct values, so that a million rows cost what a few values do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.survey.readers import Source

#: Stands for "no answer" among whole numbers that fit in 16 bits.
NONE = int(np.iinfo("int16").min)
_WHOLE = re.compile(r"[+-]?\d{1,9}(?:[.,]0+)?")


@dataclass(frozen=True)
class Coded:
    """A column as numbers into its distinct values; `""` stands for an empty cell."""

    index: np.ndarray
    values: tuple[str, ...]

    def each(self, of: Callable[[str], object], dtype: object) -> np.ndarray:
        """Return `of(value)` for every row, asked once for each distinct value."""
        return np.array([of(value) for value in self.values], dtype=dtype)[self.index]

    def text(self) -> pd.Series:
        """Return the values as text, None where the cell is empty."""
        known = pd.array([value or None for value in self.values], dtype=pd.StringDtype())
        return pd.Series(known.take(self.index))

    def at(self, rows: np.ndarray) -> Coded:
        """Return the same column for some of the rows."""
        return Coded(self.index[rows], self.values)


def constant(value: str, n: int) -> Coded:
    """Return a column that holds the same value in `n` rows."""
    return Coded(np.zeros(n, dtype="int32"), (value,))


def coded(
    source: Source, column: str, *, recode: Mapping[str, object] | None = None, blank: Iterable[str] = ()
) -> Coded:
    """Read a column of a file: blanks around a cell removed, values replaced, empty cells as `""`.

    `recode` and `blank` are compared without regard to capitals.
    """
    cells = source.table.column(column).combine_chunks().dictionary_encode()
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    wanted = {str(old).strip().casefold(): str(new) for old, new in (recode or {}).items()}
    empty = {str(word).strip().casefold() for word in blank}
    stripped = [value.strip() for value in cells.dictionary.to_pylist()]
    values = ["" if v.casefold() in empty else wanted.get(v.casefold(), v) for v in stripped]
    distinct = list(dict.fromkeys(values))
    place = {value: i for i, value in enumerate(distinct)}
    merged = np.array([place[value] for value in values], dtype="int32")
    return Coded(merged[cells.indices.to_numpy(zero_copy_only=False)], tuple(distinct))


def whole(text: str) -> int | None:
    """Return the whole number that a cell holds, None where it holds something else.

    >>> whole("5"), whole("5,0"), whole("5,5"), whole("five")
    (5, 5, None, None)
    """
    return int(re.split("[.,]", text)[0]) if _WHOLE.fullmatch(text) else None


def decimal_number(text: str, mark: str | None) -> float:
    """Return the number in a cell, NaN where there is none; `mark` is the decimal mark, None for either.

    >>> decimal_number("1,25", None), decimal_number("1,25", ".")
    (1.25, nan)
    """
    plain = "".join(text.split())
    other = {",": ".", ".": ","}.get(mark or "")
    if other and other in plain:
        return float("nan")
    return float(plain.replace(",", ".")) if re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?", plain) else float("nan")
