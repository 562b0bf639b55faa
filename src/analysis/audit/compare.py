"""Compare two facts tables, fact by fact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Two floats that differ by less than this share of the larger are the same number: the last digits of a sum
#: may depend on the processor.
RELATIVE = 1e-9


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same: which fact of which run, in which column, and both values."""

    run: str
    fact_id: str
    column: str
    built: str
    again: str

    def __str__(self) -> str:
        what = f" {self.column}" if self.column else ""
        return f"{self.run}: {self.fact_id}:{what} {self.built} in the build, {self.again} now"


def compare_facts(built: pd.DataFrame, again: pd.DataFrame, *, run: str) -> tuple[Difference, ...]:
    """Return every difference between the facts of a build and those made again, in the build's order.

    Facts are matched by `fact_id`. A fact that only one table has is one difference; otherwise each column
    that differs is one. Missing values are the same as each other and as nothing else.

    >>> one = pd.DataFrame({"fact_id": ["a", "b"], "value": [1.0, 2.0]})
    >>> [str(d) for d in compare_facts(one, one.assign(value=[1.0, 2.5]), run="9901/school")]
    ['9901/school: b: value 2.0 in the build, 2.5 now']
    """
    found = [
        Difference(run, str(name), "", "stands twice", "stands once")
        for name in built.loc[built["fact_id"].duplicated(), "fact_id"]
    ]
    left = built.drop_duplicates("fact_id").set_index("fact_id")
    right = again.drop_duplicates("fact_id").set_index("fact_id")
    found += [
        Difference(run, str(i), "", "there", "not there") for i in left.index.difference(right.index, False)
    ]
    found += [
        Difference(run, str(i), "", "not there", "there") for i in right.index.difference(left.index, False)
    ]
    both = left.index.intersection(right.index, sort=False)
    for column in dict.fromkeys([*left.columns, *right.columns]):
        if column not in left or column not in right:
            there = ("a column", "no column") if column in left else ("no column", "a column")
            found.append(Difference(run, "(all facts)", column, *there))
            continue
        a, b = left.loc[both, column], right.loc[both, column]
        for name in both[~_same(a, b)]:
            found.append(Difference(run, str(name), column, _written(a[name]), _written(b[name])))
    return tuple(found)


def _same(a: pd.Series, b: pd.Series) -> np.ndarray:
    missing_a, missing_b = a.isna().to_numpy(), b.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(a) and pd.api.types.is_numeric_dtype(b):
        x, y = (s.to_numpy("float64", na_value=np.nan) for s in (a, b))
        with np.errstate(invalid="ignore"):
            near = np.abs(x - y) <= RELATIVE * np.maximum(np.abs(x), np.abs(y))
        # Infinities of either sign are "near" each other: both sides of the comparison are infinite.
        same = (x == y) | (near & np.isfinite(x) & np.isfinite(y))
    else:
        same = a.astype(object).to_numpy() == b.astype(object).to_numpy()
        same = np.where(missing_a | missing_b, False, same).astype(bool)
    return np.where(missing_a | missing_b, missing_a & missing_b, same)


def _written(value: object) -> str:
    if pd.isna(value):
        return "nothing"
    return (
        repr(float(value))
        if isinstance(value, float)
        else repr(value)
        if isinstance(value, str)
        else str(value)
    )
