"""What the documents say is so: commands and options exist, links lead somewhere, keys are all described."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest
import typer
import yaml

from analysis.cli import app
from analysis.core.settings import Batch, Disclosure, Reference
from analysis.core.yaml import Settings
from analysis.facts.table import COLUMNS, STATES
from analysis.survey.codebook import Item, Questionnaire
from analysis.survey.faults import REASONS
from analysis.survey.mapping import Mapping
from analysis.survey.schemas import TABLES

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = typer.main.get_command(app).commands


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, *kinds: str) -> list[str]:
    return [content for kind, content in FENCE.findall(page.read_text("utf-8")) if kind in kinds]


def command_lines() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        for line in "".join(blocks(page, "sh", "bat")).splitlines():
            found += [(named(page), part.strip()) for part in line.split("&&")]
        # In running text and tables: `tilstand verify build/demo`.
        prose = FENCE.sub("", page.read_text("utf-8"))
        found += [(named(page), code) for code in re.findall(r"`(tilstand [a-z][^`]*)`", prose)]
    return found


def tilstand_lines() -> list[tuple[str, str]]:
    lines = [(page, re.sub(r"^\S*[/\\]?(?=tilstand )", "", line)) for page, line in command_lines()]
    return [(page, line) for page, line in lines if line.startswith("tilstand ") and "COMMAND" not in line]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.+)$", FENCE.sub("", page.read_text("utf-8")))
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    return set(plain)


def test_the_documents_name_enough_commands_to_be_worth_testing() -> None:
    assert {line.split()[1] for _, line in tilstand_lines()} == set(COMMANDS)


@pytest.mark.parametrize(("page", "line"), tilstand_lines(), ids=lambda text: text[:60])
def test_every_command_in_the_documents_can_be_given(page, line) -> None:
    words = shlex.split(line.split(" >> ")[0], comments=True)[1:]
    command = COMMANDS[words[0]]
    # Without arguments a command is only named, as in a heading.
    if len(words) > 1:
        command.make_context(words[0], words[1:], resilient_parsing=False)
    assert command.help


def test_every_option_is_described() -> None:
    page = (ROOT / "docs/reference/command-line.md").read_text("utf-8")
    for name, command in COMMANDS.items():
        (part,) = re.findall(rf"(?ms)^## tilstand {name}\b.*?(?=^## |\Z)", page)
        options = [option for p in command.params for option in p.opts if option.startswith("--")]
        assert [option for option in options if option != "--help" and f"`{option}" not in part] == []


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))
    for page in PAGES:
        text = page.read_text("utf-8")
        asked = re.findall(r"(?m)(?:^|`|#\s*or: )make(?: PYTHON=\S+)? ([a-z]+)\b", text)
        assert set(asked) <= targets, named(page)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_and_pictures_lead_somewhere(page) -> None:
    text = FENCE.sub("", page.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{named(page)}: {target}"
        assert there.is_relative_to(ROOT), f"{named(page)}: {target}"
        assert not anchor or anchor in anchors(there), f"{named(page)}: {target}"


def test_every_page_can_be_reached_from_the_index() -> None:
    seen, waiting = set(), [ROOT / "docs/index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        waiting += [(page.parent / link).resolve() for link in links if "://" not in link]
    assert [named(p) for p in PAGES if p not in seen and named(p) != "README.md"] == []


def test_pictures_are_small_and_say_what_they_show() -> None:
    shown = [m for page in PAGES for m in re.findall(r"!\[(.*?)\]\((\S+?)\)", page.read_text("utf-8"))]
    assert shown
    assert [name for text, name in shown if len(text) < 20] == []
    pictures = list((ROOT / "docs/images").iterdir())
    assert {picture.name: size for picture in pictures if (size := picture.stat().st_size) > 200_000} == {}


def test_files_of_the_project_that_the_documents_name_are_there() -> None:
    rooms = "src|tests|params|notebooks|reports|docs|benchmarks"
    for page in PAGES:
        for name in re.findall(rf"`((?:{rooms})/[\w./*<>-]+)`", page.read_text("utf-8")):
            pattern = re.sub(r"<\w+>", "*", name).rstrip("/")
            assert list(ROOT.glob(pattern)), f"{named(page)}: {name}"


def test_documents_that_the_code_names_are_there() -> None:
    for path in sorted((ROOT / "src").rglob("*.py")):
        for name in re.findall(r"\bdocs/[\w./-]+\.md", path.read_text("utf-8")):
            assert (ROOT / name).is_file(), f"{path.relative_to(ROOT)}: {name}"


def test_modules_that_the_documents_name_are_there() -> None:
    for page in PAGES:
        for name in re.findall(r"`(analysis(?:\.\w+)+)[`(]", page.read_text("utf-8")):
            place = ROOT.joinpath("src", *name.split("."))
            function = place.parent / "__init__.py"
            known = place.is_dir() or place.with_suffix(".py").is_file()
            assert known or place.name in function.read_text("utf-8"), f"{named(page)}: {name}"


def models_in(model: type[Settings]) -> list[type[Settings]]:
    found = []
    for field in model.model_fields.values():
        waiting = [field.annotation]
        while waiting:
            kind = waiting.pop()
            waiting += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, Settings):
                found += [kind, *models_in(kind)]
    return found


@pytest.mark.parametrize(
    ("page", "models"),
    [
        ("batch-file", (Batch, Disclosure, Reference)),
        ("questionnaire", (Questionnaire, Item)),
        ("mapping", (Mapping, *models_in(Mapping))),
    ],
)
def test_every_key_of_a_settings_file_is_described(page, models) -> None:
    text = (ROOT / f"docs/reference/{page}.md").read_text("utf-8")
    code = " ".join(re.findall(r"`[^`]+`", text))
    keys = {key for model in models for key in model.model_fields}
    assert sorted(key for key in keys if not re.search(rf"\b{key}\b", code)) == []


@pytest.mark.parametrize(("key", "default"), [("mean", 5), ("distribution", 10), ("caution", 30)])
def test_documented_thresholds_are_the_codes(key, default) -> None:
    assert getattr(Disclosure(), key) == default
    row = rf"(?m)^\| `{key}` \|.*\| {default} \|$"
    assert re.search(row, (ROOT / "docs/reference/batch-file.md").read_text("utf-8"))


def test_every_column_and_state_of_the_facts_is_described() -> None:
    text = (ROOT / "docs/reference/facts.md").read_text("utf-8")
    assert [name for name in (*COLUMNS, *STATES) if f"`{name}`" not in text] == []


def fact_modules() -> list[ast.Module]:
    rooms = [ROOT / "src/analysis" / room for room in ("facts", "steering")]
    return [ast.parse(path.read_text("utf-8")) for room in rooms for path in sorted(room.rglob("*.py"))]


def texts_of(value: ast.expr) -> set[str]:
    """What an expression may be, as far as it is written out: `"few" if n < 5 else ""`."""
    if isinstance(value, ast.IfExp):
        return texts_of(value.body) | texts_of(value.orelse)
    return {value.value} if isinstance(value, ast.Constant) and isinstance(value.value, str) else set()


def written_as(field: str) -> set[str]:
    """Every text that a column of the facts is given in code, by name or as the reason of a missing one."""
    found: set[str] = set()
    for node in (node for tree in fact_modules() for node in ast.walk(tree)):
        if isinstance(node, ast.Call):
            found |= {t for k in node.keywords if k.arg == field for t in texts_of(k.value)}
            if field == "note" and getattr(node.func, "attr", "") == "missing" and len(node.args) > 1:
                found |= texts_of(node.args[1])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            named = {field, *({"why", "nobody", "_UNKNOWN"} if field == "note" else ())}
            found |= texts_of(node.value) if node.targets[0].id in named else set()
    # What is joined to a name ends in a separator: `cannot_judge.` and a reason.
    return {text for text in found if text and not text.endswith(("_", "."))}


def undescribed(field: str) -> list[str]:
    text = (ROOT / "docs/reference/facts.md").read_text("utf-8")
    return sorted(name for name in written_as(field) if f"`{name}`" not in text)


def test_every_statistic_that_is_computed_is_described() -> None:
    computed = written_as("statistic")
    assert len(computed) > 40
    assert {"peer_distance", "measure_effect", "mean"} <= computed
    assert undescribed("statistic") == []
    text = (ROOT / "docs/reference/facts.md").read_text("utf-8")
    assert [name for name in ("rows_accepted", "rows_read") if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    ("field", "some"), [("note", {"few", "not_tested", "no_figure"}), ("verdict", {"no_difference", "pool"})]
)
def test_every_note_and_verdict_that_a_fact_is_given_is_described(field, some) -> None:
    assert some <= written_as(field)
    assert undescribed(field) == []


@pytest.mark.parametrize("scale", ["share", "count", "number", "log-odds", "points", "percent", "kr"])
def test_every_scale_word_of_the_facts_is_described(scale) -> None:
    text = (ROOT / "docs/reference/facts.md").read_text("utf-8")
    (row,) = re.findall(r"(?m)^\| `scale` \|.*$", text)
    assert f"`{scale}`" in row
    assert written_as("scale") <= {"share", "count", "number", "log-odds", "points", "percent", "0-100"}


def test_every_table_and_reason_of_an_import_is_described() -> None:
    store = (ROOT / "docs/reference/store.md").read_text("utf-8")
    for name, schema in TABLES.items():
        (row,) = re.findall(rf"(?m)^\| {name} \|.*$", store)
        assert [column for column in schema.columns if not re.search(rf"\b{column}\b", row)] == []
    page = (ROOT / "docs/how-to/import-a-survey.md").read_text("utf-8")
    assert [reason for reason in REASONS if f"`{reason}`" not in page] == []


def test_the_tutorials_files_are_read_without_an_error(tmp_path) -> None:
    from analysis.core import yaml as strict

    yamls = blocks(ROOT / "docs/tutorial/first-report.md", "yaml")
    kinds = {"service": Questionnaire, "batch": Batch}
    read = []
    for number, content in enumerate(yamls):
        first = next(iter(yaml.safe_load(content)))
        if first in kinds:
            path = tmp_path / f"{number}.yaml"
            path.write_text(content, encoding="utf-8")
            read.append(strict.load(path, kinds[first]))
    assert [type(settings) for settings in read] == [Questionnaire, Batch]


def test_the_tutorials_file_becomes_what_the_tutorial_says(tmp_path) -> None:
    from analysis.survey import draft, import_files

    page = ROOT / "docs/tutorial/first-report.md"
    script = tmp_path / "make_survey.py"
    script.write_text(blocks(page, "python")[0], encoding="utf-8")
    subprocess.run([sys.executable, str(script)], check=True)
    made = draft(tmp_path / "parents.csv")
    place, asked = blocks(page, "yaml")[:2]
    mapping, changed = re.subn(r"(?m)^municipality: .*CHANGE THIS.*$", place.strip(), made.mapping)
    assert changed == 1
    (tmp_path / made.mapping_name).write_text(mapping, encoding="utf-8")
    (tmp_path / made.questionnaire_name).write_text(asked, encoding="utf-8")
    report = import_files([tmp_path / "parents.csv"], tmp_path / made.mapping_name, tmp_path / "store")
    said = blocks(page, "text")[0].splitlines()
    assert str(report).splitlines()[:3] == said[:3]
    assert (tmp_path / "store" / said[5].split("store/")[1]).is_file()


def test_the_changelog_has_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"\n## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == version
    assert citation["authors"] == [{"name": "Tilstand developers"}]


def test_the_readme_begins_with_what_it_does_then_a_picture_then_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert text.splitlines()[2].startswith("Tilstand turns user surveys")
    places = [text.index(part) for part in ("Tilstand turns", "![", "make demo", "make test")]
    assert places == sorted(places)


def test_a_wrong_command_in_a_document_would_be_seen() -> None:
    with pytest.raises(Exception, match="No such option"):
        COMMANDS["run"].make_context("run", ["params/demo.yaml", "--worker", "2"])
