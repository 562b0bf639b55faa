"""What the appendix on assumptions says of single units and of how scores spread."""

import pytest

from analysis.facts.table import Fact, join, tabulate
from analysis.show import (
    say_differing,
    say_influence,
    say_residuals,
    tabulate_influence,
    tabulate_residuals,
    write_assumptions,
)

SHAPE = ("residual_skewness", "residual_kurtosis", "residual_outside", "ceiling")
PLACE = {"municipality": "9901", "service": "kindergarten", "year": 2025, "against": "year.2023"}
EMPTY = {"value": None, "se": None, "low": None, "high": None, "n": None, "p": None, "p_adjusted": None}


@pytest.fixture
def english(make, asked, tmp_path):
    return make.canvas(asked, tmp_path, language="en")


def with_rows(facts, statistic, topic=None, **values):
    """The facts with values of a statistic changed, of one topic or all."""
    facts = facts.copy()
    rows = facts["statistic"].eq(statistic) & (facts["topic"].eq(topic) if topic else True)
    assert rows.any()
    for column, value in values.items():
        facts.loc[rows, column] = value
    return facts


def differing(topic, verdict, state="measured"):
    fact = Fact(
        statistic="changes_differ",
        topic=topic,
        value=3.1,
        p=0.004,
        n=600,
        scale="number",
        verdict=verdict,
        **PLACE,
    )
    return fact if state == "measured" else fact.missing(state, "one_unit")


def test_each_certain_change_is_told_of(english, rich):
    said = say_influence(english, rich)
    assert "rests on a single unit for information (without Kirkekroken)." in said
    assert "whichever of the units shown is left out: the change in overall satisfaction." in said


def test_all_that_stay_are_told_in_one_sentence(english, rich):
    stay = with_rows(rich, "influence_on_change", verdict="keeps_verdict")
    assert say_influence(english, stay) == (
        "Every certain change stays certain whichever of the units shown is left out."
    )


@pytest.mark.parametrize(
    ("state", "note", "said"),
    [
        ("undecided", "one_unit", "cannot be tried, since there are too few units."),
        ("suppressed", "", "suppressed."),
    ],
)
def test_a_certain_change_that_could_not_be_tried_is_not_passed_over(english, rich, state, note, said):
    gone = with_rows(rich, "influence_on_change", **EMPTY, verdict="", unit="", state=state, note=note)
    told = say_influence(english, gone)
    assert told.startswith("Whether the certain change in overall satisfaction and information rests on")
    assert told.endswith(said)
    assert "no certain change" not in told


def test_no_certain_change_is_said_only_where_there_is_none(english, rich, facts):
    # Certain changes, of which no fact tells what they rest on.
    assert "cannot be tried" in say_influence(english, facts)
    none = with_rows(rich, "change", verdict="no_certain_change")
    assert say_influence(english, none) == "There is no certain change that could rest on a single unit."


def test_a_change_that_could_not_be_tried_has_words_in_the_table(english, rich):
    one = with_rows(
        rich, "influence_on_change", **EMPTY, verdict="", unit="", state="undecided", note="one_unit"
    )
    assert "| cannot be tried |" in tabulate_influence(english, one).markdown
    alone = one[one["statistic"].ne("influence")]
    assert tabulate_influence(english, alone).markdown == "There are too few units to leave one out.\n"


def test_the_captions_say_that_hidden_units_are_not_among_those_tried(english, rich):
    assert "the unit among those shown that counts most" in tabulate_influence(english, rich).markdown
    assert "certain changes" in tabulate_influence(english, rich).markdown
    none = rich[rich["statistic"].ne("influence_on_change")]
    assert "certain changes" not in tabulate_influence(english, none).markdown
    assert "all rounds and units that can be shown and compared" in tabulate_residuals(english, rich).markdown


def test_topics_whose_change_is_not_the_same_in_all_units_are_named(english, rich):
    assert say_differing(english, rich) == ""
    alike = differing("overall", "no_certain_difference")
    unlike, untested = (
        differing("dimension.information", "differ"),
        differing("dimension.access", "", "undecided"),
    )
    said = (
        "The change is certainly not the same in all kindergartens, each topic tested by itself: information."
    )
    facts = join([rich, tabulate([alike, unlike, untested])])
    assert say_differing(english, facts) == said
    assert said in write_assumptions(english, facts).markdown
    assert "cannot be shown" in say_differing(english, join([rich, tabulate([alike])]))
    assert say_differing(english, join([rich, tabulate([untested])])) == ""


def test_topics_that_are_not_described_are_named(english, rich):
    assert "accessibility lie much to one side" in say_residuals(english, rich)
    assert "few answers to say" not in say_residuals(english, rich)
    gaps = rich
    for name in SHAPE:
        gaps = with_rows(gaps, name, "dimension.respect", **EMPTY, state="undecided", note="few")
        gaps = with_rows(gaps, name, "dimension.access", **EMPTY, state="suppressed")
    said = say_residuals(english, gaps)
    assert "Of respectful treatment there are too few answers to say." in said
    assert "How the scores on accessibility spread is suppressed." in said
    assert "accessibility lie much" not in said


def test_of_few_answers_nothing_reassuring_is_said(english, rich, facts):
    even = with_rows(with_rows(rich, "residual_skewness", value=0.1), "ceiling", value=0.1)
    assert say_residuals(english, even) == "Within the units the scores spread evenly enough for the methods."
    assert say_residuals(english, facts).startswith("There are too few answers")
