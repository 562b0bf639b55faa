"""Background figures of municipalities: what tells which of them are alike."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.core.errors import nearest
from analysis.stats.errors import NotMeasured

#: The one background figure of the register itself. It is compared by its logarithm: twice as many is as far
#: apart among small municipalities as among large ones.
INHABITANTS = "inhabitants"


def background(
    indicators: pd.DataFrame, names: Iterable[str], *, year: int, register: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return a row a municipality and a column a figure: its latest value up to `year`, missing where none.

    With the register, the municipalities are those that there are in that year; else those with a figure.

    Raises NotMeasured for a figure that no municipality has.
    """
    there = indicators[indicators["year"].le(year) & indicators["value"].notna()].sort_values("year")
    key = there["topic"].astype(str) + "." + there["indicator"].astype(str)
    columns: dict[str, pd.Series] = {}
    for name in names:
        if name == INHABITANTS and register is not None:
            column = register.set_index("code")[INHABITANTS].astype("Float64").astype(float)
            # A municipality without inhabitants is one whose number is not known.
            columns[name] = column.where(column > 0)
        else:
            columns[name] = there[key.eq(name)].groupby("municipality")["value"].last().astype(float)
        if columns[name].notna().sum() == 0:
            known = sorted({*key, *([INHABITANTS] if register is not None else [])})
            raise NotMeasured(
                "no municipality has this background figure",
                found=f"{name} in {year} or before",
                expected="one of " + ", ".join(known[:12]) + (", …" if len(known) > 12 else ""),
                todo=nearest(name, known) or "import the figure, or choose others",
            )
    every = _there_in(register, year) if register is not None else set(indicators["municipality"])
    return pd.DataFrame(columns, index=pd.Index(sorted(map(str, every)), name="municipality"))


def _there_in(register: pd.DataFrame, year: int) -> set[str]:
    # A merged municipality's last figures would make it a neighbour for ever.
    there = pd.Series(True, index=register.index)
    if "valid_to" in register:
        there &= register["valid_to"].isna() | register["valid_to"].ge(year).fillna(False)
    if "valid_from" in register:
        there &= register["valid_from"].isna() | register["valid_from"].le(year).fillna(False)
    return {str(code) for code in register.loc[there.astype(bool), "code"]}
