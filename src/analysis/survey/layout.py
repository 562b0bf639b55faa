"""Which column of a file holds which item, checked before any row is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.core.errors import DataError, SettingsError, nearest
from analysis.survey.codebook import Questionnaire
from analysis.survey.mapping import FileRule
from analysis.survey.mapping import Mapping as SurveyMapping
from analysis.survey.readers import Source


@dataclass(frozen=True)
class ItemPlace:
    """The column that holds an item, and what its texts stand for."""

    column: str
    values: Mapping[str, int]


def check_columns(mapping: SurveyMapping, source: Source) -> None:
    """Raise DataError naming every column of the mapping, items apart, that the file does not have."""
    named: list[tuple[str, str]] = []
    for key in ("year", "municipality", "service", "unit"):
        rule = getattr(mapping, key)
        if rule is not None and rule.column is not None:
            named.append((key, rule.column))
        if getattr(rule, "name_column", None):
            named.append((f"{key}.name_column", rule.name_column))
    named += [(key, name) for key in ("respondent", "weight") if (name := getattr(mapping, key)) is not None]
    named += [(f"background.{code}", column.column) for code, column in mapping.background.items()]
    _all_there(named, mapping, source, hint="")


def item_places(
    mapping: SurveyMapping,
    source: Source,
    rule: FileRule,
    questionnaires: Mapping[str, Questionnaire],
    services: Iterable[str],
) -> dict[str, dict[str, ItemPlace]]:
    """Return, for each of the services in the file, the column of each item that the file holds.

    An item's column is called as the item unless `items` says otherwise. Raises DataError where a column is
    not in the file and its item is not listed under `not_asked`, and SettingsError where `items` names an
    item that no questionnaire has.
    """
    renamed = _renamed(mapping, questionnaires)
    absent = {*mapping.not_asked, *rule.not_asked}
    places: dict[str, dict[str, ItemPlace]] = {}
    named: list[tuple[str, str]] = []
    for service in services:
        there = {}
        for item in questionnaires[service].item_ids:
            place = renamed.get(f"{service}/{item}") or renamed.get(item) or ItemPlace(item, mapping.values)
            if item in absent and place.column not in source.columns:
                continue
            named.append((f"item {item} of {service}", place.column))
            there[item] = place
        places[service] = there
    _all_there(named, mapping, source, hint="; or list the item under not_asked")
    return places


def _renamed(mapping: SurveyMapping, questionnaires: Mapping[str, Questionnaire]) -> dict[str, ItemPlace]:
    known = {item for q in questionnaires.values() for item in q.item_ids}
    known |= {f"{service}/{item}" for service, q in questionnaires.items() for item in q.item_ids}
    renamed: dict[str, ItemPlace] = {}
    for column, place in mapping.items.items():
        if place.item not in known:
            raise SettingsError(
                "no questionnaire has this item",
                where=f"{mapping.path}: items.{column}",
                found=repr(place.item),
                expected=", ".join(sorted(name for name in known if "/" not in name)[:20]),
                todo=nearest(place.item, known),
            )
        if place.item in renamed:
            raise SettingsError(
                "two columns for the same item",
                where=f"{mapping.path}: items.{column}",
                found=f"{renamed[place.item].column!r} and {column!r} for {place.item!r}",
                expected="one column an item",
            )
        renamed[place.item] = ItemPlace(column, {**mapping.values, **place.values})
    return renamed


def _all_there(named: list[tuple[str, str]], mapping: SurveyMapping, source: Source, *, hint: str) -> None:
    lost = [(key, name) for key, name in named if name not in source.columns]
    if not lost:
        return
    guesses = [f"{name!r}: {guess}" for _, name in lost[:5] if (guess := nearest(name, source.columns))]
    shown = ", ".join(source.columns[:40]) + (", ..." if len(source.columns) > 40 else "")
    raise DataError(
        "the mapping names a column that the file does not have"
        if len(lost) == 1
        else f"the mapping names {len(lost)} columns that the file does not have",
        where=f"{mapping.path} for {source.name}",
        found=", ".join(f"{name!r} ({key})" for key, name in lost[:12]) + (", ..." if len(lost) > 12 else ""),
        expected=shown,
        todo=("; ".join(guesses) or "correct the names in the mapping") + hint,
    )
