"""Everything an import reads, read and checked for form before the store is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.core.errors import DataError, SettingsError, nearest
from analysis.survey.checks import Checked, check_service, rows_of_no_service
from analysis.survey.codebook import Questionnaire
from analysis.survey.keys import Keys, read_keys
from analysis.survey.layout import ItemPlace, check_columns, item_places
from analysis.survey.mapping import FileRule
from analysis.survey.mapping import Mapping as SurveyMapping
from analysis.survey.questionnaires import questionnaires_of
from analysis.survey.readers import Source, read_source
from analysis.survey.registers import RegisterTables, load_registers


@dataclass(frozen=True)
class Gathered:
    """One file: its rows, the rule that fits it, every row's keys, and each service's item columns."""

    source: Source
    rule: FileRule
    keys: Keys
    places: Mapping[str, Mapping[str, ItemPlace]]


@dataclass(frozen=True)
class Batch:
    """All files of an import with what they are read by."""

    mapping: SurveyMapping
    files: tuple[Gathered, ...]
    questionnaires: Mapping[str, Questionnaire]
    registers: RegisterTables

    @property
    def services(self) -> list[str]:
        """The services that occur in the files, in the order of their questionnaires."""
        return [name for name in self.questionnaires if any(name in file.places for file in self.files)]

    def checked(self, service: str) -> list[Checked]:
        """Check one service's rows in all files."""
        return [
            check_service(
                file.source,
                self.mapping,
                file.keys,
                self.questionnaires[service],
                file.places[service],
                self.registers.units,
            )
            for file in self.files
            if service in file.places
        ]

    def homeless(self) -> list[Checked]:
        """Return the rows that are about no service with a questionnaire."""
        parts = [rows_of_no_service(file.source, file.keys, self.questionnaires) for file in self.files]
        return [part for part in parts if part is not None]


def gather(
    files: Iterable[Path],
    mapping: SurveyMapping,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
) -> Batch:
    """Read files, codebook and registers; raise DataError or SettingsError for whatever has a wrong form."""
    paths = [Path(file) for file in files]
    if not paths:
        raise DataError("no files to import", where="import", expected="at least one survey file")
    twice = sorted({str(p) for p in paths if [q.resolve() for q in paths].count(p.resolve()) > 1})
    if twice:
        raise DataError("the same file is given twice", where="import", found=", ".join(twice))
    rules = [mapping.rule_for(path) for path in paths]
    questionnaires = questionnaires_of(mapping, beside=paths[0].parent)
    _check_names(mapping, questionnaires)
    registers = load_registers(mapping, questionnaires=questionnaires, beside=paths[0].parent)
    written = mapping.read
    sources = [
        read_source(
            path,
            sheet=sheet if sheet is not None else written.sheet,
            encoding=encoding or written.encoding,
            separator=separator or written.separator,
        )
        for path in paths
    ]
    for source in sources:
        check_columns(mapping, source)
    gathered = []
    for source, rule in zip(sources, rules, strict=True):
        keys = read_keys(
            source,
            mapping,
            rule,
            questionnaires=questionnaires,
            registers=registers,
            decimal=decimal or written.decimal,
        )
        services = [name for name in questionnaires if keys.service is None or name in keys.service.values]
        places = item_places(mapping, source, rule, questionnaires, services)
        gathered.append(Gathered(source, rule, keys, places))
    batch = Batch(mapping, tuple(gathered), questionnaires, registers)
    if not batch.services:
        found = dict.fromkeys(value for file in gathered for value in file.keys.service.values)
        raise DataError(
            "no row is about a service that has a questionnaire",
            where=", ".join(source.name for source in sources),
            found=", ".join(repr(value) for value in list(found)[:10]),
            expected=", ".join(questionnaires),
            todo=f"say under service.values of {mapping.path} which service each value means",
        )
    return batch


def _check_names(mapping: SurveyMapping, questionnaires: Mapping[str, Questionnaire]) -> None:
    variables = {variable.id for q in questionnaires.values() for variable in q.background}
    items = {item for q in questionnaires.values() for item in q.item_ids}
    given = [
        *(("background variable", f"background.{code}", code, variables) for code in mapping.background),
        *(("item", "not_asked", item, items) for item in mapping.not_asked),
    ]
    for i, rule in enumerate(mapping.files):
        given.append(("service", f"files[{i}].service", rule.service, questionnaires))
        given += [("item", f"files[{i}].not_asked", item, items) for item in rule.not_asked]
    for what, key, name, known in given:
        if name is not None and name not in known:
            raise SettingsError(
                f"no questionnaire has this {what}",
                where=f"{mapping.path}: {key}",
                found=repr(name),
                expected=", ".join(sorted(known)[:20]) or f"no {what}: the questionnaires have none",
                todo=nearest(name, known),
            )
