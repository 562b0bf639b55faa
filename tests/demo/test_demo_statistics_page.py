"""The reference page of the statistics: its examples run, and it names what the functions take and give."""

import contextlib
import importlib
import inspect
import io
import re
from pathlib import Path

import pytest

from analysis.stats import errors

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/statistics.md"
BLOCKS = re.findall(r"^```(python|text)\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
SECTIONS = re.findall(r"^### `(\w+)\((.*?)\)`\n\nFrom `([\w.]+)`", PAGE.read_text("utf-8"), re.MULTILINE)


def test_the_examples_of_the_page_run_and_print_what_it_says(country, tmp_path, monkeypatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "demo").symlink_to(country[0].path)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    said, compared = "", 0
    for kind, content in BLOCKS:
        if kind == "text":
            assert said == content
            compared += 1
            continue
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(content, PAGE.name, "exec"), names)
        said = out.getvalue()
    assert compared >= 4
    assert names["fit"].table["se"].gt(names["fit"].table["conditional_se"]).all()


@pytest.mark.parametrize(("name", "arguments", "module"), SECTIONS)
def test_a_function_is_called_as_the_page_says(name, arguments, module) -> None:
    parameters = inspect.signature(getattr(importlib.import_module(module), name)).parameters
    for part in (each.strip() for each in re.split(r", (?![^\[(]*[\])])", arguments)):
        argument, equals, default = part.partition("=")
        if argument == "*":
            continue
        assert argument in parameters
        if equals:
            assert repr(parameters[argument].default) == default.replace('"', "'")


def test_the_page_has_every_function_of_the_face_and_only_errors_that_exist() -> None:
    described = {name for name, *_ in SECTIONS}
    assert described >= {
        "dimension_scores", "index_0_100", "mean_interval", "wilson", "cronbach_alpha", "between_rounds",
        "fit_units", "pairwise", "expected_range", "funnel", "adjust", "cumulative_logit", "calibrate",
        "shapley_shares", "difference_in_differences", "detectable_difference", "plan_sample",
        "band_probabilities",
    }  # fmt: skip
    text = PAGE.read_text("utf-8")
    named = {
        name for part in re.findall(r"Refuses: (.*)", text) for name in re.findall(r"`([A-Z]\w+)`", part)
    }
    assert {name for name in named if not hasattr(errors, name)} == {"NoComparison"}
