"""A unit's dialogue with its users: its own lines from finding to measure, and its service's questions."""

import re

import pytest
from test_show_ledger import found, ledger, steering

from analysis.show import write_unit_dialogue

__all__ = ["found", "ledger", "steering"]


@pytest.fixture
def tell(make, asked, found, steering, ledger, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")

    def told(unit: str, lines=None):
        chosen = ledger if lines is None else ledger.model_copy(update={"lines": lines})
        return write_unit_dialogue(canvas, found, steering, chosen, unit)

    return told


def steps(markdown: str) -> dict[str, str]:
    return dict(re.findall(r"^- \*\*(.+?)\.\*\* (.+)$", markdown, re.MULTILINE))


def test_a_unit_s_own_line_goes_from_finding_to_evaluation(tell, ledger) -> None:
    own = tuple(line for line in ledger.lines if "u7" in line.units)
    told = steps(tell("u7", own).markdown)
    assert list(told) == ["Finding", "Question for the user dialogue", "Measure", "Evaluation"]
    assert told["Question for the user dialogue"].endswith(")")
    assert told["Evaluation"] == "Looked at again in the survey of 2027."


def test_the_service_s_questions_are_told_to_every_unit(tell) -> None:
    for unit in ("u7", "u3"):
        block = tell(unit)
        (around,) = [part for part in block.markdown.split("## ") if part.startswith("What all the")]
        assert "Kindergarten: accessibility is unacceptable by the target" in around
    assert "What was found at" not in tell("u3").markdown
    assert "What was found at" in tell("u7").markdown


def test_without_a_line_there_is_nothing_to_tell(tell, ledger) -> None:
    others = tuple(line for line in ledger.lines if line.units and "u3" not in line.units)
    assert tell("u3", others) is None
