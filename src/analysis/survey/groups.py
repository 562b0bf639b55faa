"""Users by background group: what a register says of them, held against the codebook and against N."""

from __future__ import annotations

from collections.abc import Mapping as Named

import pandas as pd

from analysis.core.errors import DataError, nearest
from analysis.survey.codebook import Background, Questionnaire
from analysis.survey.mapping import Mapping

#: What one statement of a register is about: how a unit's users divide by one variable in one round.
DIVISION = ["municipality", "service", "unit", "year", "variable"]


def coded_groups(
    table: pd.DataFrame, mapping: Mapping, questionnaires: Named[str, Questionnaire]
) -> pd.DataFrame:
    """Return the register of groups with the codebook's values; a row without a service is one for each.

    `table` has variable, value and perhaps service, its index the rows of the file. Values are replaced as
    the data's are. A row whose service is not said counts for the services that ask about the variable.
    Raises DataError for a service, variable or value that no questionnaire has.
    """
    known = {(q.service, variable.id): variable for q in questionnaires.values() for variable in q.background}
    variables = sorted({variable for _, variable in known})
    parts = []
    # Few different groups, many rows: each is looked up once.
    columns = [column for column in ("service", "variable", "value") if column in table]
    for key, rows in table.groupby(columns, sort=False, dropna=False):
        said = dict(zip(columns, key, strict=True))
        where = f"{mapping.path}: registers.groups, row {rows.index[0]}"
        service, variable = said.get("service"), said["variable"]
        if "service" in said and service not in questionnaires:
            raise DataError(
                "the mapping has no questionnaire for this service",
                where=where,
                found="no service" if pd.isna(service) else repr(service),
                expected=", ".join(questionnaires),
                todo=nearest(str(service), questionnaires),
            )
        asking = [s for s in ([service] if "service" in said else questionnaires) if (s, variable) in known]
        if not asking:
            raise DataError(
                "no questionnaire has this background variable",
                where=where,
                found=repr(variable) + (f" of {service}" if "service" in said else ""),
                expected=", ".join(variables) or "none: the questionnaires have no background variables",
                todo=nearest(variable, variables),
            )
        value = _recoded(said["value"], variable, mapping)
        for name in asking:
            _check_value(value, known[name, variable], name, where=where)
            parts.append(rows.assign(service=name, value=value))
    whole = pd.concat(parts).sort_index(kind="stable")
    return whole.astype({"service": pd.StringDtype(), "value": pd.StringDtype()})


def _recoded(value: str, variable: str, mapping: Mapping) -> str:
    column = mapping.background.get(variable)
    wanted = {old.strip().casefold(): new for old, new in column.values.items()} if column else {}
    return wanted.get(value.casefold(), value)


def _check_value(value: str, variable: Background, service: str, *, where: str) -> None:
    # A codebook that does not say what the values are cannot say which are wrong.
    if variable.values and value not in variable.values:
        raise DataError(
            "the background variable has no such value",
            where=where,
            found=f"{value!r} of {variable.id} in {service}",
            expected=", ".join(variable.values),
            todo=nearest(value, variable.values)
            or f"say under background.{variable.id}.values of the mapping which value is meant",
        )


def check_sums(groups: pd.DataFrame, frame: pd.DataFrame, *, where: str) -> None:
    """Raise DataError where a variable's counts come to more users than the unit has.

    Fewer is no fault: a register seldom knows everybody's background. Nor is a unit whose number of users
    is not known: the groups are then all that is known of them.
    """
    sums = groups.groupby(DIVISION, as_index=False)["population"].sum()
    both = sums.merge(frame, on=DIVISION[:-1], suffixes=("", "_all"))
    over = both[(both["population"] > both["population_all"]).fillna(False).astype(bool)]
    if len(over):
        first = over.iloc[0]
        raise DataError(
            "the groups of a unit have more users than the unit",
            where=where,
            found=f"{first['population']} by {first['variable']} in "
            + ", ".join(str(first[key]) for key in DIVISION[:-1]),
            expected=f"at most {first['population_all']}, the unit's population",
            todo="correct the counts of the groups, or the unit's population",
        )
