"""How results print, in a terminal and in JupyterLab: what was found, what is to be noted, the table."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import fields
from html import escape
from typing import Any, ClassVar

import numpy as np
import pandas as pd

_MOST_ROWS = 60
_MOST_NAMED = 12
_WIDTH = 100


class TableResult:
    """A result that holds a tidy `table`, a dataclass.

    It prints its single values, its `notes`, its columns of values by name (coefficients, thresholds), and
    the table. Fields that `_unprinted` names are left out: what stands in the table already.
    """

    table: pd.DataFrame
    _unprinted: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        single, notes, tables = _parts(self, self._unprinted)
        # A line ends between two values, never within one.
        values = ", ".join(f"{name} = {value}".replace(" ", "\0") for name, value in single.items())
        lines = [part.replace("\0", " ") for text in (values, *notes) for part in textwrap.wrap(text, _WIDTH)]
        blocks = [_text(table, index=True) for table in tables]
        return "\n\n".join([*(["\n".join(lines)] if lines else []), *blocks, _text(self.table, index=False)])

    def _repr_html_(self) -> str:
        single, notes, tables = _parts(self, self._unprinted)
        values = ", ".join(f"<b>{escape(name)}</b>&nbsp;{escape(value)}" for name, value in single.items())
        lines = [f"<p>{text}</p>" for text in (values, *map(escape, notes)) if text]
        blocks = [_html(table, index=True) for table in tables]
        return "\n".join([*lines, *blocks, _html(self.table, index=False)])


class ValuesResult:
    """A result of a few named values, a dataclass: prints as one row of them, or as one for each element."""

    @property
    def table(self) -> pd.DataFrame:
        """The values as a tidy data frame, a column for each; on the index of the columns that came in."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        several = [value for value in values.values() if isinstance(value, np.ndarray | pd.Series)]
        length = several[0].size if several else 1
        index = next((value.index for value in several if isinstance(value, pd.Series)), None)
        columns = {
            name: np.ravel(value) if isinstance(value, np.ndarray | pd.Series) else [value] * length
            for name, value in values.items()
        }
        return pd.DataFrame(columns, index=index)

    def __str__(self) -> str:
        return _text(self.table, index=self._has_index(), float_format=_four_digits)

    def _repr_html_(self) -> str:
        return _html(self.table, index=self._has_index(), float_format=_four_digits)

    def _has_index(self) -> bool:
        return any(isinstance(getattr(self, field.name), pd.Series) for field in fields(self))


def _four_digits(number: float) -> str:
    return f"{number:.4g}" if abs(number) < 1000 else f"{number:.0f}"


def _text(table: pd.DataFrame, **how: Any) -> str:
    return table.to_string(max_rows=_MOST_ROWS, **how)


def _html(table: pd.DataFrame, **how: Any) -> str:
    return table.to_html(max_rows=_MOST_ROWS, **how)


def _parts(result: Any, aside: tuple[str, ...]) -> tuple[dict[str, str], list[str], list[pd.DataFrame]]:
    """Give a result's single values as text, its notes, and the tables that stand above its `table`."""
    single: dict[str, str] = {}
    notes: list[str] = []
    frames: list[pd.DataFrame] = []
    columns: list[dict[str, pd.Series]] = []
    for name in (field.name for field in fields(result)):
        value = getattr(result, name)
        if name in ("table", *aside):
            continue
        if name == "notes":
            notes = list(value)
        elif isinstance(value, pd.DataFrame):
            frames += [value.rename_axis(columns=name)] if len(value) else []
        elif isinstance(value, pd.Series):
            # Those of one index stand beside each other: a coefficient and its standard error.
            alike = [group for group in columns if next(iter(group.values())).index.equals(value.index)]
            if alike:
                alike[0][name] = value
            else:
                columns.append({name: value})
        else:
            single[name] = _as_text(value)
    return single, notes, [*(pd.DataFrame(group) for group in columns), *frames]


def _as_text(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return _four_digits(float(value))
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_as_text(each)}" for key, each in value.items()) or "none"
    if isinstance(value, tuple | list):
        named = [_as_text(each) for each in value[:_MOST_NAMED]]
        return ", ".join([*named, "…"] if len(value) > _MOST_NAMED else named) or "none"
    return "none" if value is None else str(value)
