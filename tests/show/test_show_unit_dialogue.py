"""A unit's dialogue with its users: its own lines from finding to measure, and its service's questions."""

import re

import pytest
from test_show_ledger import found, ledger, steering

from analysis.show import write_unit_dialogue
from analysis.show.own_unit import certain_topics

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
    told = steps(tell("u7", own).markdown.partition("### ")[2])
    assert list(told) == ["Finding", "Question for the user dialogue", "Measure", "Evaluation"]
    assert told["Question for the user dialogue"].endswith(")")
    assert told["Evaluation"] == "Looked at again in the survey of 2027."


def test_the_service_s_questions_are_told_to_every_unit(tell) -> None:
    for unit in ("u7", "u3"):
        block = tell(unit)
        (around,) = [part for part in block.markdown.split("## ") if part.startswith("What all the")]
        assert "Kindergarten: accessibility is unacceptable by the target" in around


def section(markdown: str, title: str) -> str:
    """Return what stands under a heading of the second level, "" where there is none."""
    parts = [part for part in markdown.split("\n## ") if part.removeprefix("## ").startswith(title)]
    return parts[0] if parts else ""


def test_what_was_found_at_the_unit_stands_first_each_with_a_question(tell, make, asked, found) -> None:
    canvas = make.canvas(asked, language="en")
    for unit, word, question in (
        ("u7", "▼\u00a0below the others", "want to be different"),
        ("u0", "▲\u00a0above the others", "must not be lost"),
    ):
        told = tell(unit).markdown
        own = section(told, f"Found at {canvas.labels.unit(unit)}")
        assert told.startswith("## Found at")
        topics = [f for f in certain_topics(canvas, found, unit) if f.topic != "overall" or unit == "u0"]
        assert topics
        for fact in topics:
            (line,) = re.findall(
                rf"^- \*\*{canvas.labels.topic(fact.service, fact.topic)}\.\*\* (.+)$", own, re.M
            )
            assert line.startswith(word)
            assert question in line


def test_nothing_is_found_at_a_unit_that_is_like_the_others(tell) -> None:
    assert "Found at" not in tell("u1").markdown


def test_a_measure_that_rests_on_the_service_is_not_told_as_the_unit_s_own_finding(tell, ledger) -> None:
    (line,) = [line for line in ledger.lines if line.finding_kind == "unit_below" and "u7" in line.units]
    shared = line.model_copy(update={"finding_kind": "below_others", "units": ("u3",)})
    told = tell("u3", (shared,)).markdown
    assert "need not be so at" in section(told, "Measures that")
    assert "### " not in section(told, "Found at")


def test_without_a_line_there_is_nothing_to_tell(tell, ledger) -> None:
    others = tuple(line for line in ledger.lines if line.units and "u3" not in line.units)
    assert tell("u3", others) is None
