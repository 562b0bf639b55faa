"""A first mapping and questionnaire for a file that nobody has described yet."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from analysis.core.errors import DataError, TilstandError
from analysis.core.paths import checked_code, write_text
from analysis.survey.columns import coded
from analysis.survey.guesses import Guess, guess_columns, twins
from analysis.survey.questionnaires import slug
from analysis.survey.readers import Source, read_source

_NO_YEAR, _NO_PLACE = 2000, "my-municipality"


@dataclass(frozen=True)
class Draft:
    """Two YAML texts with a comment beside everything that is a guess, and the names they should have.

    The mapping names the questionnaire's file, so both belong in one folder.
    """

    mapping: str
    questionnaire: str
    mapping_name: str
    questionnaire_name: str


def draft(
    file: Path, *, sheet: str | None = None, encoding: str | None = None, separator: str | None = None
) -> Draft:
    """Guess a mapping and a questionnaire for a file with one row a respondent.

    The draft imports the file as it is; what it says must be checked by a person. Raises DataError where the
    file cannot be read, or no column looks like answers on a scale.
    """
    source = read_source(file, sheet=sheet, encoding=encoding, separator=separator)
    guess = guess_columns(source)
    if not guess.items:
        raise DataError(
            "no column looks like answers on a scale",
            where=str(file),
            found=", ".join(source.columns[:20]),
            expected="columns of whole numbers such as 1 to 6, one row a respondent",
            todo="write the mapping by hand: see params/mappings for examples",
        )
    words = [part for part in re.split(r"[^a-z]+", slug(source.path.stem)) if part]
    service = "-".join(words)[:40].strip("-") or "service"
    ids = _ids([*guess.items, *guess.background])
    return Draft(
        mapping=_mapping(source, guess, ids, sheet, encoding, separator),
        questionnaire=_questionnaire(source, guess, service, ids),
        mapping_name=f"{source.path.stem}.mapping.yaml",
        questionnaire_name=_questionnaire_name(source),
    )


def write_draft(made: Draft, folder: Path) -> tuple[Path, Path]:
    """Write a draft's mapping and questionnaire into a folder; return both paths.

    Raises DataError where one of the files is there: it may have been corrected by hand.
    """
    paths = Path(folder) / made.mapping_name, Path(folder) / made.questionnaire_name
    for path in paths:
        if path.exists():
            raise DataError(
                "the file is there already", where=str(path), todo="move it, or choose another folder"
            )
    write_text(paths[0], made.mapping)
    write_text(paths[1], made.questionnaire)
    return paths


def _mapping(
    source: Source,
    guess: Guess,
    ids: dict[str, str],
    sheet: str | None,
    encoding: str | None,
    separator: str | None,
) -> str:
    lines = [
        f"# A draft made from {source.name} ({source.table.num_rows} rows, {source.written}).",
        "# Every line with GUESS is one: check it.",
        f"mapping: {_said(slug(source.path.stem))}",
        f"questionnaires: [{_said(_questionnaire_name(source))}]",
    ]
    given = {"sheet": sheet, "encoding": encoding, "separator": separator}
    if any(given.values()):
        lines.append("read: {" + ", ".join(f"{k}: {_said(v)}" for k, v in given.items() if v) + "}")
    lines += ["", *_year(source, guess), *_municipality(source, guess)]
    if guess.respondent:
        lines.append(f"respondent: {_said(guess.respondent)}  # GUESS: tells the respondents apart")
    else:
        lines.append("# GUESS: no column tells the respondents apart, so every row is a person.")
    lines += _unit(source, guess)
    if guess.weight:
        lines.append(f"weight: {_said(guess.weight)}  # GUESS")
    if guess.background:
        lines += ["background:  # GUESS: few different values, and no scale"]
        lines += [f"  {_said(ids[name])}: {{column: {_said(name)}}}" for name in guess.background]
    renamed = [name for name in guess.items if ids[name] != name]
    if renamed:
        lines += ["items:  # columns whose name cannot be an id"]
        lines += [f"  {_said(name)}: {_said(ids[name])}" for name in renamed]
    if guess.values:
        lines += ["values:  # GUESS: the order of the answers, the worst first"]
        lines += [f"  {_said(text)}: {number}" for text, number in guess.values.items()]
    if guess.dont_know_words:
        said = ", ".join(_said(word) for word in guess.dont_know_words)
        lines.append(f"dont_know: [{said}]  # GUESS: answers that count as none")
    if guess.unread:
        lines += ["", "# Not read:", *(f"#   {_said(name)}" for name in guess.unread)]
    return "\n".join(lines) + "\n"


def _year(source: Source, guess: Guess) -> list[str]:
    if guess.year:
        return [f"year: {{column: {_said(guess.year)}}}  # GUESS"]
    found = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", source.path.stem)
    if found:
        return [f"year: {found[0]}  # GUESS: from the file's name"]
    return [f"year: {_NO_YEAR}  # CHANGE THIS: neither the file nor its name says which year it is"]


def _municipality(source: Source, guess: Guess) -> list[str]:
    if guess.municipality is None:
        return [f"municipality: {{code: {_NO_PLACE}}}  # CHANGE THIS: the file does not say whose it is"]
    cells = coded(source, guess.municipality)
    names = [value for value in cells.values if value]
    name = _said(guess.municipality)
    if all(_is_code(value) for value in names):
        return [f"municipality: {{column: {name}}}  # GUESS"]
    return [
        "municipality:  # GUESS: names, made into codes; better are the codes of a register",
        f"  column: {name}",
        f"  name_column: {name}",
        "  values:",
        *(f"    {_said(value)}: {_said(slug(value))}" for value in names),
    ]


def _unit(source: Source, guess: Guess) -> list[str]:
    if guess.unit is None:
        return ["# GUESS: no column names a unit, so the service is one unit."]
    same = twins(coded(source, guess.unit), slug)
    if not same:
        return [f"unit: {{column: {_said(guess.unit)}}}  # GUESS"]
    return [
        "unit:  # GUESS",
        f"  column: {_said(guess.unit)}",
        "  values:  # GUESS: two ways to write the same unit",
        *(f"    {_said(value)}: {_said(first)}" for value, first in same.items()),
    ]


def _questionnaire(source: Source, guess: Guess, service: str, ids: dict[str, str]) -> str:
    low, high = guess.scale
    codes = f", dont_know: [{', '.join(map(str, guess.dont_know))}]" if guess.dont_know else ""
    lines = [
        f"# A draft made from {source.name}. Check it: names and wordings are the file's headings.",
        f"service: {service}",
        f"name: {_said(service.replace('-', ' ').capitalize())}  # GUESS: from the file's name",
        "",
        f"# GUESS: answers from {low} to {high}"
        + (f"; {', '.join(map(str, guess.dont_know))} lie beyond the scale: don't know?" if codes else ""),
        "# Give each item a dimension (under dimensions: {id, name}) if the questionnaire has any.",
        "items:",
    ]
    for name in guess.items:
        lines.append(
            f"  - {{id: {_said(ids[name])}, text: {_said(name)}, minimum: {low}, maximum: {high}{codes}}}"
        )
    if guess.overall:
        lines += ["", f"overall: {_said(ids[guess.overall])}  # GUESS: from its heading"]
    if guess.background:
        lines += ["", "background:"]
        lines += [f"  - {{id: {_said(ids[name])}, name: {_said(name)}}}" for name in guess.background]
    return "\n".join(lines) + "\n"


def _questionnaire_name(source: Source) -> str:
    return f"{source.path.stem}.questionnaire.yaml"


def _ids(names: list[str]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for name in names:
        code = name if _is_code(name) else slug(name)
        n = 2
        while code in ids.values():
            code = f"{slug(name)}-{n}"
            n += 1
        ids[name] = code
    return ids


def _is_code(text: str) -> bool:
    try:
        return bool(checked_code(text, where=""))
    except TilstandError:
        return False


def _said(text: str) -> str:
    """Write a text as YAML reads it back: JSON's strings are YAML's, whatever stands in them."""
    return json.dumps(text, ensure_ascii=False)
