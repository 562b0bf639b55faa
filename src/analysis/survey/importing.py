"""Import: files become a store, or none of them does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.survey.checks import Checked
from analysis.survey.counts import counted, counted_broken, mark_duplicates, summed
from analysis.survey.gathering import Batch, Gathered, gather
from analysis.survey.import_report import ImportReport
from analysis.survey.mapping import Mapping, load_mapping
from analysis.survey.merging import merge_counts, merge_responses
from analysis.survey.places import merge_places
from analysis.survey.quarantine import FOLDER, quarantine_file, write_quarantine
from analysis.survey.staging import removed, staged
from analysis.survey.unit_ids import no_twins
from analysis.survey.writing import write_questionnaire


def import_files(
    files: Iterable[Path],
    mapping: Mapping | Path,
    into: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    decimal: str | None = None,
) -> ImportReport:
    """Check files by a mapping and put their answers into the store at `into`.

    What the files hold of a municipality in one round of one service replaces what was there of it before, so
    that importing a file again changes nothing; files that hold parts of the same round belong in one import.
    Rows that fail a check go to `_quarantine` in the store, each with its reason. `sheet`, `encoding`,
    `separator` and `decimal` (the decimal mark) go before what the mapping says.

    Raises SettingsError for a wrong mapping and DataError for files that cannot be read or do not fit it;
    nothing is written then. An import that is killed leaves the store as it was, or as it shall be.
    """
    known = mapping if isinstance(mapping, Mapping) else load_mapping(mapping)
    batch = gather(files, known, sheet=sheet, encoding=encoding, separator=separator, decimal=decimal)
    into = Path(into)
    with staged(into) as stage:
        return _filled(into, stage, batch)


def _filled(into: Path, stage: Path, batch: Batch) -> ImportReport:
    faulty: dict[Path, list[Checked]] = {file.source.path: [] for file in batch.files}
    counts, reasons, seen, rounds = [], [], [], []
    for service in batch.services:
        write_questionnaire(stage, batch.questionnaires[service])
        parts = mark_duplicates(batch.checked(service), column=batch.mapping.respondent)
        units = pd.concat([part.seen for part in parts], ignore_index=True).drop_duplicates(["unit", "value"])
        no_twins(units, batch.mapping)
        good = pd.concat([part.good for part in parts], ignore_index=True)
        read = pd.concat([part.read for part in parts], ignore_index=True)
        seen.append(units[units["unit"].isin(good["unit"].unique())].drop_duplicates("unit"))
        rounds.append(good[["municipality", "unit", "year"]].drop_duplicates().assign(service=service))
        for year, places in read[read["year"] > 0].groupby("year")["municipality"]:
            rows = good[good["year"] == year].drop(columns=["position", "year"])
            merge_responses(
                into, stage, rows, service=service, year=int(year), municipalities=places.dropna().unique()
            )
        _take(parts, counts, reasons, faulty)
    _take(batch.homeless(), counts, reasons, faulty)
    for file in batch.files:
        if file.source.broken:
            services = list(file.places) if file.keys.service is None or file.rule.service else [None]
            broken = counted_broken(file.source, services=services, **_known_place(file, batch.mapping))
            counts.append(broken[0])
            reasons.append(broken[1])
    imports = summed(counts, ["rows_read", "accepted", "quarantined"])
    why = summed(reasons, ["count"])
    table = merge_counts(into, stage, imports, why)
    merge_places(into, stage, batch, seen=pd.concat(seen), rounds=pd.concat(rounds), read=imports)
    written = [write_quarantine(stage, file.source, faulty[file.source.path]) for file in batch.files]
    _remove_old_quarantine(into, stage, table)
    return ImportReport(into, imports, why, _notes(batch), tuple(name for name in written if name))


def _take(parts: list[Checked], counts: list, reasons: list, faulty: dict[Path, list[Checked]]) -> None:
    for part in parts:
        if len(part.read):
            numbers, why = counted(part)
            counts.append(numbers)
            reasons.append(why)
        # The good rows are on their way to the disk; kept here they would double a large import's memory.
        faulty[part.source.path].append(replace(part, good=part.good.iloc[:0].copy()))


def _known_place(file: Gathered, mapping: Mapping) -> dict[str, object]:
    year = file.rule.year or (mapping.year.value if mapping.year else None)
    municipality = file.rule.municipality or (mapping.municipality.code if mapping.municipality else None)
    return {"year": year, "municipality": municipality}


def _remove_old_quarantine(into: Path, stage: Path, imports: pd.DataFrame) -> None:
    rejected = imports[imports["quarantined"] > 0]
    pairs = zip(rejected["file"], rejected["sha256"], strict=True)
    wanted = {quarantine_file(name, mark) for name, mark in pairs}
    for old in sorted((into / FOLDER).glob("*.csv")):
        if f"{FOLDER}/{old.name}" not in wanted:
            removed(stage, f"{FOLDER}/{old.name}")


def _notes(batch: Batch) -> tuple[str, ...]:
    notes = []
    used = _used_columns(batch.mapping)
    for file in batch.files:
        used |= {place.column for items in file.places.values() for place in items.values()}
    for file in batch.files:
        unread = [name for name in file.source.columns if name not in used]
        notes.append(f"{file.source.name}: read as {file.source.written}")
        if unread:
            notes.append(f"{file.source.name}: columns that the mapping does not name: {', '.join(unread)}")
    if batch.registers.units is None:
        notes.append("no register of units in the mapping: the units are those that the files name")
    if batch.registers.frame is None:
        notes.append("no register of users in the mapping: response rates are not known")
    elif batch.registers.groups is None and any(q.background for q in batch.questionnaires.values()):
        notes.append("no register of background groups in the mapping: who did not answer is not known")
    return tuple(notes)


def _used_columns(mapping: Mapping) -> set[str | None]:
    rules = (mapping.year, mapping.municipality, mapping.service, mapping.unit, *mapping.background.values())
    columns = {getattr(rule, name, None) for rule in rules for name in ("column", "name_column")}
    return columns | {mapping.respondent, mapping.weight}
