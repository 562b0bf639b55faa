"""YAML files read strictly: every wrong key and value is named, with its place, all at once."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.core.errors import SettingsError, nearest

Model = TypeVar("Model", bound="Settings")


class Settings(BaseModel):
    """Base of everything read from YAML: frozen, and no key that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Loader(yaml.SafeLoader):
    """YAML 1.2's plain scalars: `no` is a word (Norwegian's old code), 0301 a municipality, not 193."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in rules if tag.rsplit(":", 1)[1] in ("null", "merge", "timestamp")
    ]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|[-+]?\.[0-9]+", "-+.0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))


def _mapping_without_twins(loader: _Loader, node: yaml.MappingNode, deep: bool = False) -> dict:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} stands twice", key_node.start_mark
            )
        seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=deep)


_Loader.add_constructor(
    yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG,
    lambda loader, node: _mapping_without_twins(loader, node, deep=True),
)


if yaml.__with_libyaml__:

    class _QuickLoader(yaml.CSafeLoader):
        """The same rules over the parser in C, which takes an eighth of the time."""

        yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers
        yaml_constructors = _Loader.yaml_constructors


_READ_OTHERWISE = re.compile(r"[\t\r!\x85\u2028\u2029\ufeff]|\.\.\.|---|[|>]#")


def _reads_alike(text: str) -> bool:
    """Tell whether the parser in C refuses, and makes of a text, what the one in Python does."""
    opened = re.search(r"[\[{]", text)
    # Between brackets the one in Python takes no question mark within a word.
    return not _READ_OTHERWISE.search(text) and not (opened and "?" in text[opened.start() :])


def _parsed(text: str) -> Any:
    if yaml.__with_libyaml__ and _reads_alike(text):
        # A fault is told by the other parser below, so that its words do not hang on the machine.
        with suppress(yaml.YAMLError):
            return yaml.load(text, Loader=_QuickLoader)
    return yaml.load(text, Loader=_Loader)


def read_yaml(path: Path) -> Any:
    """Read one YAML file; raise SettingsError, with the line, where it cannot be read."""
    path = Path(path)
    try:
        return _parsed(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        near = [p.name for p in sorted(path.parent.glob("*.yaml"))] if path.parent.is_dir() else []
        raise SettingsError(
            "there is no such file",
            where=str(path),
            expected=f"one of {', '.join(near)}" if near else "a YAML file",
            todo=nearest(path.name, near) or "check the path",
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(
            "the file is not UTF-8", where=str(path), found=f"byte {error.start}", todo="save it as UTF-8"
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise SettingsError(
            "the file is not valid YAML",
            where=f"{path}{line}",
            found=str(getattr(error, "problem", error)),
            todo="mend the line and try again",
        ) from None


def load(path: Path, model: type[Model]) -> Model:
    """Read `path` and check it against `model`; raise SettingsError naming all that is wrong in it."""
    return check(read_yaml(path), model, where=str(path))


def check(content: Any, model: type[Model], *, where: str) -> Model:
    """Check plain content against `model`; raise SettingsError naming all that is wrong in it."""
    if not isinstance(content, dict):
        raise SettingsError(
            "the file holds no settings",
            where=where,
            found="nothing" if content is None else type(content).__name__,
            expected="keys and values, such as " + ", ".join(list(model.model_fields)[:3]),
        )
    try:
        return model.model_validate(content)
    except ValidationError as error:
        problems = [_say(problem, model) for problem in error.errors(include_url=False)]
    if len(problems) == 1:
        what, key, found, expected, todo = problems[0]
        raise SettingsError(what, where=f"{where}: {key}", found=found, expected=expected, todo=todo)
    lines = [
        f"\n  {key}: {what}; found {found}"
        + (f"; expected {expected}" if expected else "")
        + (f"; {todo}" if todo else "")
        for what, key, found, expected, todo in problems
    ]
    raise SettingsError(f"{len(problems)} things to mend" + "".join(lines), where=where)


def _say(problem: dict, model: type[BaseModel]) -> tuple[str, str, str, str, str]:
    place = problem["loc"]
    # pydantic puts the name of a union's branch in the place: no key of the file, so left out.
    place = tuple(p for p in place if isinstance(p, int) or re.fullmatch(r"[\w-]+", str(p)))
    key = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place).lstrip(".") or "(whole file)"
    found = _found(problem.get("input"))
    if problem["type"] == "extra_forbidden":
        known = _known_keys(model, place[:-1])
        return "unknown key", key, repr(place[-1]), ", ".join(known), nearest(str(place[-1]), known)
    if problem["type"] == "missing":
        return "a key is missing", key, "nothing", f"a value for {place[-1]!r}", ""
    expected = problem["msg"].removeprefix("Value error, ").removeprefix("expected ")
    if problem["type"] == "literal_error":
        allowed = re.findall(r"'([^']*)'", problem["ctx"]["expected"])
        near = nearest(str(problem["input"]), allowed)
        return "the value cannot be used", key, found, "one of " + ", ".join(allowed), near
    return "the value cannot be used", key, found, expected[0].lower() + expected[1:], ""


def _found(given: Any) -> str:
    """Show what stood there; of a whole entry its id, since the fault is between its parts."""
    if isinstance(given, dict) and "id" in given:
        return f"the entry with the id {given['id']!r}"
    return repr(given)[:120]


def _known_keys(model: type[BaseModel], place: tuple) -> list[str]:
    """Follow `place` down the models and list the keys that may stand there."""
    for part in place:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = _models_in(model.model_fields[part].annotation)
        if not inner:
            return []
        model = inner[0]
    return list(model.model_fields)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in getattr(annotation, "__args__", ()) for m in _models_in(part)]
