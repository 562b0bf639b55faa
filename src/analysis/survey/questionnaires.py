"""The questionnaires of a mapping: its own files, or made from a codebook that lies beside the data."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from analysis.core import yaml
from analysis.core.errors import DataError, SettingsError, nearest
from analysis.survey.codebook import Questionnaire, load_questionnaire
from analysis.survey.mapping import CodebookFile, Mapping
from analysis.survey.readers import Source, read_source

_NORTHERN = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ð": "d", "þ": "th", "ß": "ss"})


def slug(text: str) -> str:
    """Return `text` as a code: small letters a–z and digits, with - between words.

    What leaves nothing (`"***"`) becomes a short hash, so that it is still an id.

    >>> slug("Fire & emergency medical"), slug("Åsgård skole")
    ('fire-emergency-medical', 'aasgaard-skole')
    """
    plain = unicodedata.normalize("NFC", text).lower().translate(_NORTHERN)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    code = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    if not code:
        return f"x{mark}"
    # Cut names keep their difference: two long names may begin with the same words.
    return code if len(code) <= 40 else f"{code[:31].rstrip('-')}-{mark}"


def questionnaires_of(mapping: Mapping, *, beside: Path) -> dict[str, Questionnaire]:
    """Return the mapping's questionnaires by service; `beside` is the folder of the data files.

    Raises SettingsError or DataError where a questionnaire or the codebook is wrong.
    """
    if mapping.from_codebook:
        return _from_codebook(mapping, mapping.from_codebook, beside)
    loaded = [load_questionnaire(mapping.path.parent / path) for path in mapping.questionnaires]
    services = [q.service for q in loaded]
    twice = sorted({s for s in services if services.count(s) > 1})
    if twice:
        raise SettingsError(
            "two questionnaires for the same service",
            where=f"{mapping.path}: questionnaires",
            found=", ".join(twice),
            expected="one questionnaire a service",
        )
    return {q.service: q for q in loaded}


def found_beside(file: Path, mapping: Mapping, *, beside: Path, key: str) -> Path:
    """Return where a file that the mapping names is: beside the data, or beside the mapping."""
    places = [Path(beside) / file, mapping.path.parent / file]
    for place in places:
        if place.is_file():
            return place
    raise DataError(
        "there is no such file",
        where=f"{mapping.path}: {key}",
        found=str(file),
        expected="beside the data or the mapping: " + " or ".join(str(p) for p in places),
        todo="put the file there, or correct the path",
    )


def column_of(source: Source, name: str, *, where: str) -> list[str]:
    """Return a column's cells, without blanks around them; raise DataError where it is not there."""
    if name not in source.columns:
        raise DataError(
            "no such column",
            where=where,
            found=f"{name!r} is not in {source.name}",
            expected=", ".join(source.columns),
            todo=nearest(name, source.columns),
        )
    return [cell.strip() for cell in source.table.column(name).to_pylist()]


def _from_codebook(mapping: Mapping, book: CodebookFile, beside: Path) -> dict[str, Questionnaire]:
    path = found_beside(book.file, mapping, beside=beside, key="from_codebook.file")
    source = read_source(path)
    names = {
        key: getattr(book, key) for key in ("item", "service", "text", "dimension") if getattr(book, key)
    }
    cells = {
        key: column_of(source, name, where=f"{mapping.path}: from_codebook.{key}")
        for key, name in names.items()
    }
    services: dict[str, dict] = {}
    for i, row in enumerate(source.rows):
        name = cells["service"][i]
        content = services.setdefault(slug(name), _service(mapping, name, book.language))
        if content["_name"] != name:
            raise DataError(
                "two services would have the same id",
                where=f"{path}: row {row}",
                found=f"{content['_name']!r} and {name!r}",
                expected=f"one name for {slug(name)!r}",
                todo="write the name alike in all rows of the codebook",
            )
        item = {
            "id": cells["item"][i],
            "text": {book.language: cells["text"][i]},
            **mapping.scale.model_dump(),
        }
        if "dimension" in cells and cells["dimension"][i]:
            item["dimension"] = slug(cells["dimension"][i])
            dimension = {"id": item["dimension"], "name": {book.language: cells["dimension"][i]}}
            if dimension not in content["dimensions"]:
                content["dimensions"].append(dimension)
        content["items"].append(item)
    return {
        service: yaml.check(
            {k: v for k, v in content.items() if k != "_name"},
            Questionnaire,
            where=f"{path}: {content['_name']}",
        )
        for service, content in services.items()
    }


def _service(mapping: Mapping, name: str, language: str) -> dict:
    return {
        "_name": name,
        "service": slug(name),
        # A name stands as a heading; codebooks often have it in small letters.
        "name": {language: name[:1].upper() + name[1:]},
        "dimensions": [],
        "items": [],
        "background": [
            {"id": code, "name": column.name or {language: code}}
            for code, column in mapping.background.items()
        ],
        **mapping.words.model_dump(exclude_none=True),
    }
