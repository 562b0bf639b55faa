"""The house rules: rooms import from their left only, modules are short, what is public is explained."""

import ast
import importlib
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "analysis"
# In the order in which data goes; batch, audit and demo look on from the side.
ROOMS = ("core", "survey", "stats", "facts", "steering", "show", "report", "batch", "audit", "demo", "cli")
ONE_WAY = ROOMS[: ROOMS.index("report") + 1]
MODULES = sorted(SOURCE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}
LONGEST = 260


def named(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}: a relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = [name.split(".") for name in names]
    return {p[1] for p in parts if p[0] == "analysis" and len(p) > 1 and p[1] in ROOMS}


def public_definitions(tree: ast.Module) -> list[ast.AST]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]


def test_every_folder_is_a_room() -> None:
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(ROOMS) - {"cli"}


@pytest.mark.parametrize("room", ONE_WAY)
def test_a_room_imports_only_rooms_to_its_left(room) -> None:
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    wrong = {
        named(p): sorted(r) for p in MODULES if room_of(p) == room and (r := imported_rooms(p) - allowed)
    }
    assert wrong == {}


def test_nothing_imports_the_command_line() -> None:
    assert [named(path) for path in MODULES if "cli" in imported_rooms(path)] == []


def test_modules_are_short() -> None:
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: n for name, n in lengths.items() if n > LONGEST} == {}


def test_everything_public_says_what_it_is() -> None:
    silent = []
    for path, tree in TREES.items():
        silent += [named(path)] * (ast.get_docstring(tree) is None)
        for node in public_definitions(tree):
            members = node.body if isinstance(node, ast.ClassDef) else []
            # The private classes' methods are told by the protocol that they fill.
            methods = [m for m in members if isinstance(m, ast.FunctionDef) and not m.name.startswith("_")]
            silent += [f"{named(path)}: {n.name}" for n in (node, *methods) if ast.get_docstring(n) is None]
    assert silent == []


def test_a_rooms_face_says_what_others_may_call() -> None:
    for room in ROOMS[:-1]:
        nodes = [n for n in TREES[SOURCE / room / "__init__.py"].body if isinstance(n, ast.ImportFrom)]
        called = {a.asname or a.name for n in nodes for a in n.names if n.module.startswith("analysis.")}
        face = importlib.import_module(f"analysis.{room}")
        said = getattr(face, "__all__", [])
        assert called <= set(said), room
        assert [name for name in said if not hasattr(face, name)] == [], room


def test_nothing_is_left_open() -> None:
    # Written apart, so that this file does not hold the words itself.
    words = "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error"))
    left = [
        f"{named(p)}: {hit[0]}"
        for p in MODULES
        if (hit := re.search(rf"\b({words})\b", p.read_text("utf-8")))
    ]
    assert left == []


def test_words_for_readers_are_in_catalogues_not_in_code() -> None:
    # Norwegian letters in code, docstrings and comments apart, are words that a reader sees.
    # Three modules hold such words for a reason: what columns are called, how letters become ids, and the
    # renderer's own words beside Quarto's.
    meant = {"survey/guesses.py", "survey/questionnaires.py", "report/embedded/words.py"}
    found = []
    for path, tree in TREES.items():
        if named(path) in meant or room_of(path) == "demo":
            continue
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        told = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, documented) and ast.get_docstring(node) is not None
        }
        found += [
            f"{named(path)}:{node.lineno}: {node.value[:40]!r}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in told
            and re.search("[æøåÆØÅ]", node.value)
        ]
    assert found == []
