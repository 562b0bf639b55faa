"""Formulas over a frame's columns: the rows that they can be made from, and the design that they make."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np
import pandas as pd

from analysis.stats.arrays import is_number
from analysis.stats.errors import NotMeasured, OutOfRange
from analysis.stats.frames import complete_rows, number_column, present_columns
from analysis.stats.given import shown

ROUNDS = "C(year)"
"""The fixed part of a model where none is given: a mean for every round."""

_ROUNDS_AND_UNITS = "C(year) + C(unit)"


def fixed_formula(frame: pd.DataFrame, fixed: str, year: str) -> tuple[str, list[str]]:
    """Give the fixed part as it fits the frame, and what is to be noted of it.

    `ROUNDS`, which is what stands where nobody said anything, means the frame's rounds, whatever their column
    is called. A frame without that column is of one round, and the fixed part is the intercept alone: but not
    where another column has nearly the name, since the rounds would be taken as one in silence.

    Raises:
        NotMeasured: there is no column `year`, but one that was probably meant.
    """
    if not isinstance(fixed, str) or fixed != ROUNDS:
        return fixed, []
    if year in frame.columns:
        return f"C(Q({year!r}))" if year != "year" else fixed, []
    if not isinstance(year, str):
        raise NotMeasured("no column of the round", found=shown(year), expected="the name of one")
    meant = [c for c in frame.columns if SequenceMatcher(None, str(c).lower(), year.lower()).ratio() > 0.7]
    if meant:
        raise NotMeasured(
            f"no column {year!r} in the data",
            found=f"columns {', '.join(map(str, frame.columns[:12]))}",
            expected=f"the round of each answer in {year!r}",
            todo=f"give year={meant[0]!r}, or fixed='1' where all answers are of one round",
        )
    return "1", [f"There is no column {year!r}: all answers are taken as one round."]


def rows_and_design(
    frame: pd.DataFrame, columns: Sequence[str], formula: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the rows with a value in all of `columns` and of the formula's, and make the formula's design.

    Raises:
        NotMeasured: a column is missing, or the formula has a left side or cannot be made from the frame's
            columns.
        OutOfRange: a number is infinite, also one that the formula makes.
    """
    present_columns(frame, [])
    if not isinstance(formula, str):
        raise NotMeasured("no formula", found=shown(formula), expected="a formula over the frame's columns")
    if formula == ROUNDS and "year" in frame.columns:
        rows = complete_rows(frame, [*columns, "year"])
        return rows, _of_rounds(_in_order(rows["year"], frame["year"]))
    if formula == _ROUNDS_AND_UNITS and _are_plain(frame):
        rows = complete_rows(frame, [*columns, *(c for c in frame.columns if c in ("unit", "year"))])
        return rows, _of_rounds_and_units(rows)
    # Imported when a model is fitted: it is slow to import, and most of what uses this room fits none.
    import patsy  # noqa: PLC0415

    try:
        parts = patsy.ModelDesc.from_formula(formula)
        terms = parts.rhs_termlist
        used = {factor.code: _columns(factor.code) for term in terms for factor in term.factors}
    except (patsy.PatsyError, SyntaxError) as error:
        raise _no_formula(formula, error) from error
    if parts.lhs_termlist:
        raise NotMeasured(
            "the formula has a left side", found=shown(formula), expected="the right side only",
            todo=f"write {formula.partition('~')[2].strip()!r}: the score is named by itself",
        )  # fmt: skip
    named = [column for column in frame.columns if any(column in names for names in used.values())]
    rows = complete_rows(frame, [*columns, *named])
    if rows.empty:
        return rows, pd.DataFrame()
    # Patsy takes numbers that come as objects, as a database gives them, for levels.
    for column in named:
        if frame[column].dtype == object and is_number(frame[column]):
            rows[column] = number_column(rows, column)
    # Patsy looks at every single value for its levels; as a category it is told them.
    only_as_levels = [
        c for c in named if all(code == f"C({c})" for code, names in used.items() if c in names)
    ]
    told = rows[named].astype(dict.fromkeys(only_as_levels, "category"))
    for column in named:
        if _is_ordered(frame[column]):
            told[column] = _in_order(rows[column], frame[column])
    try:
        with np.errstate(all="ignore"):
            design = patsy.dmatrix(formula, told, eval_env=patsy.EvalEnvironment([]), return_type="dataframe")
    except (patsy.PatsyError, TypeError, ValueError, ArithmeticError) as error:
        raise _no_formula(formula, error) from error
    # Patsy leaves out the rows in which a term has no value.
    if len(design) < len(rows) or not np.isfinite(design.to_numpy(dtype=float)).all():
        raise OutOfRange(
            f"the formula {formula!r} gives what is no finite number", found="a quotient by 0, for instance",
            expected="a number for every row",
        )  # fmt: skip
    return rows, design


def _are_plain(frame: pd.DataFrame) -> bool:
    """Tell whether rounds are whole numbers and units text, as they nearly always are."""
    if not ({"year", "unit"} <= set(frame.columns) and frame.columns.is_unique):
        return False
    year, unit = frame["year"].dtype, frame["unit"]
    return isinstance(year, np.dtype) and year.kind == "i" and pd.api.types.infer_dtype(unit) == "string"


def _is_ordered(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype) and bool(column.cat.ordered)


def _in_order(values: pd.Series, column: pd.Series) -> pd.Series:
    """Give complete rows' values as categories in the order that their column has, where it has one."""
    if not _is_ordered(column):
        return values
    there = column.cat.categories.intersection(pd.unique(values), sort=False)
    return values.astype(pd.CategoricalDtype(there, ordered=True))


def _of_rounds(year: pd.Series) -> pd.DataFrame:
    """Make what patsy makes of `ROUNDS`; most models have it, and patsy takes longer than the fit."""
    if not len(year):
        return pd.DataFrame()
    if _is_ordered(year):
        rounds, place = year.cat.categories, year.cat.codes.to_numpy()
    else:
        rounds, place = np.unique(year.to_numpy(), return_inverse=True)
    others = {f"C(year)[T.{at}]": (place == k).astype(float) for k, at in enumerate(rounds[1:], start=1)}
    return pd.DataFrame({"Intercept": np.ones(len(year)), **others})


def _columns(code: str) -> set[str]:
    """Name the columns in a factor such as `C(year)`: its names, without those of functions, and Q("…")."""
    tree = ast.parse(code)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    functions = {id(call.func) for call in calls}
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in functions}
    quoted = [call.args[0] for call in calls if getattr(call.func, "id", "") == "Q" and call.args]
    return names | {argument.value for argument in quoted if isinstance(argument, ast.Constant)}


def _no_formula(formula: str, error: Exception) -> NotMeasured:
    return NotMeasured(
        f"the formula {formula!r} cannot be made from the data",
        found=str(error).splitlines()[0],
        expected="a formula over the frame's columns, without the score",
    )


def _of_rounds_and_units(rows: pd.DataFrame) -> pd.DataFrame:
    """Make what patsy makes of `_ROUNDS_AND_UNITS`, in the order in memory that it has there."""
    if rows.empty:
        return pd.DataFrame()
    columns = {"Intercept": np.ones(len(rows))}
    for name in ("year", "unit"):
        levels, place = np.unique(rows[name].to_numpy(), return_inverse=True)
        columns |= {
            f"C({name})[T.{at}]": (place == k).astype(float) for k, at in enumerate(levels[1:], start=1)
        }
    return pd.DataFrame(np.column_stack(list(columns.values())), columns=list(columns))
