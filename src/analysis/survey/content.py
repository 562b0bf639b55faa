"""What a store holds, as hashes by municipality and service: taken in one pass, kept between runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.core.paths import write_text
from analysis.survey.codebook import load_questionnaire
from analysis.survey.query import hashed_groups
from analysis.survey.schemas import TABLES

#: Beside the data: the hashes of every file, each valid for the bytes that it was taken of.
KEPT = ".content.json"
#: Changes when the hashes are made in another way, so that those that are kept are made anew.
_FORM = 1
ANSWERS, QUESTIONNAIRE = "answers", "questionnaire"

#: Municipality ("" where a row has none), service ("" where the table has none), file: the rows' hash.
Groups = Mapping[tuple[str, str], Mapping[str, str]]


@dataclass(frozen=True)
class Content:
    """The hashes of a store's rows as they were at one moment. Take it with `Store.content`.

    `groups` has, for `answers`, `questionnaire` and every table of the store, the hashes by municipality and
    service.
    """

    groups: Mapping[str, Groups]

    def hash(self, *what: str, service: str | None = None, municipality: str | None = None) -> str:
        """Return one hash of the rows of `what` that are about a service, a municipality, both, or all.

        A row that names a municipality as the one it became part of is about that one too. Rows without a
        service are about all services, questionnaires about all municipalities.
        """
        digest = hashlib.sha256()
        for name in what:
            for place, hashes in self._chosen(name, service, municipality):
                digest.update(json.dumps([name, *place, sorted(hashes.items())]).encode())
        return digest.hexdigest()

    def _chosen(
        self, name: str, service: str | None, municipality: str | None
    ) -> Iterable[tuple[tuple[str, str], Mapping[str, str]]]:
        groups = self.groups.get(name, {})
        if name == QUESTIONNAIRE:
            municipality = ""
        if name in (ANSWERS, QUESTIONNAIRE) or "service" in TABLES[name].columns:
            services = None if service is None else (service,)
        else:
            services = ("",)
        if municipality is not None and services is not None:
            # The usual case, thousands of times in a plan: no search through all groups.
            return [(key, groups[key]) for s in services if (key := (municipality, s)) in groups]
        return [
            (key, hashes)
            for key, hashes in sorted(groups.items())
            if (municipality is None or key[0] == municipality) and (services is None or key[1] in services)
        ]


def take_content(store: Path) -> Content:
    """Return the hashes of a store's content; only files that have changed since the last time are read.

    Of the rows, not of the files: rewriting the same rows in another order, or with another version of
    Parquet, changes nothing. What is known of a file is kept in the store, with the file's own hash.
    """
    store = Path(store)
    kept = _read_kept(store)
    files = {path.relative_to(store).as_posix(): path for path in _files(store)}
    known = {name: _hashes(store, path, kept.get(name)) for name, path in files.items()}
    if known != kept:
        # A store that only others may write to is read all the same, each time anew.
        with suppress(OSError):
            write_text(store / KEPT, json.dumps({"form": _FORM, "files": known}) + "\n")
    groups: dict[str, dict[tuple[str, str], dict[str, str]]] = {}
    for name, entry in known.items():
        what, _, part = _what(files[name])
        into = groups.setdefault(what, {})
        for municipality, service, mark in entry["groups"]:
            into.setdefault((municipality, service), {})[part] = mark
    return Content(groups)


def _files(store: Path) -> list[Path]:
    tables = (store / f"{name}.parquet" for name in TABLES)
    return [
        *sorted(store.glob("responses/service=*/year=*/*.parquet")),
        *sorted(store.glob("questionnaires/*.yaml")),
        *(path for path in tables if path.is_file()),
    ]


def _what(path: Path) -> tuple[str, str, str]:
    """Return what a file holds, the service it is about ("" for more than one) and its part's name."""
    if path.suffix == ".yaml":
        return QUESTIONNAIRE, path.stem, ""
    if path.parent.name.startswith("year="):
        service = path.parent.parent.name.removeprefix("service=")
        return ANSWERS, service, f"{path.parent.name.removeprefix('year=')}/{path.stem}"
    return path.stem, "", ""


def _hashes(store: Path, path: Path, kept: object) -> dict[str, object]:
    with path.open("rb") as file:
        mark = hashlib.file_digest(file, "sha256").hexdigest()
    if isinstance(kept, dict) and kept.get("sha256") == mark:
        return kept
    what, service, _ = _what(path)
    if what == QUESTIONNAIRE:
        text = load_questionnaire(path).model_dump_json()
        groups = [("", service, hashlib.sha256(text.encode()).hexdigest())]
    elif what == ANSWERS:
        rows = hashed_groups(path, ("municipality",), without=("service",))
        groups = [(municipality, service, found) for municipality, found in rows]
    elif what == "municipalities":
        groups = _by_successor(hashed_groups(path, ("code", "successor")))
    else:
        keys = tuple(c for c in ("municipality", "service") if c in TABLES[what].columns)
        # A file's own hash is no content: the same rows saved anew are the same data.
        rows = hashed_groups(path, keys, without=("sha256",))
        groups = [(row[0], row[1] if len(keys) > 1 else "", row[-1]) for row in rows]
    return {"sha256": mark, "groups": [list(group) for group in sorted(groups)]}


def _by_successor(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """Return a hash for every municipality: of its own row and of those that became part of it."""
    about: dict[str, list[str]] = {}
    for code, successor, mark in rows:
        for municipality in {code, successor} - {""}:
            about.setdefault(municipality, []).append(mark)
    return [
        (m, "", hashlib.sha256(" ".join(sorted(marks)).encode()).hexdigest()) for m, marks in about.items()
    ]


def _read_kept(store: Path) -> dict[str, object]:
    try:
        content = json.loads((store / KEPT).read_text(encoding="utf-8"))
        return content["files"] if content["form"] == _FORM else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
