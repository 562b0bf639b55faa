"""Verdicts, states and numbers as readers see them; what figures look like."""

import itertools

import pytest

from analysis.core.language import Language
from analysis.facts.table import Fact
from analysis.show import headline_change, headline_response, headline_units, numbers, style
from analysis.show.verdicts import judge

EN, NB = Language("en"), Language("nb")
SURE = Fact(statistic="change", value=0.04, low=0.01, high=0.07, scale="1-6", verdict="higher")


def test_a_certain_change_that_would_read_as_nil_has_two_decimals():
    assert numbers.change(NB, SURE, certain=True) == "+0,04"
    assert numbers.change_interval(EN, SURE, certain=True) == "+0.01 to +0.07"
    assert numbers.change(NB, SURE, certain=False) == "0,0"


@pytest.mark.parametrize(
    ("scale", "value", "written"),
    [("1-6", 4.651, "4,7"), ("0-100", 72.4, "72"), ("share", 0.612, "61\N{NO-BREAK SPACE}%")],
)  # fmt: skip
def test_decimals_follow_the_scale(scale, value, written):
    assert numbers.score(NB, Fact(statistic="x", value=value, scale=scale)) == written


def test_an_interval_of_shares_has_one_per_cent_sign():
    fact = Fact(statistic="x", value=0.6, low=0.554, high=0.668, scale="share")
    assert numbers.interval(NB, fact) == "55–67\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize(
    ("fact", "sign", "certain"),
    [
        (SURE, "▲", True),
        (Fact(statistic="change", value=-1, verdict="lower"), "▼", True),
        (Fact(statistic="change", value=-1, verdict="no_certain_change"), "", False),
        (Fact(statistic="unit_difference", value=-1, verdict="no_difference"), "", False),
        (Fact(statistic="change").missing("undecided", "few"), "◇", False),
        (Fact(statistic="change").missing("suppressed"), "⊘", False),
        (Fact(statistic="change").missing("not_comparable", "wording"), "≠", False),
        (Fact(statistic="mean").missing("not_measured"), "○", False),
        (None, "○", False),
    ],
)
def test_every_verdict_and_state_has_words_and_only_a_certain_one_a_direction(fact, sign, certain):
    verdict = judge(EN, fact)
    assert verdict.sign == sign
    assert verdict.certain == certain
    assert verdict.word


def test_headlines_say_the_finding(make, asked, facts):
    canvas = make.canvas(asked, language="en")
    assert headline_units(canvas, facts) == "Solbakken above the other kindergartens, Skogstua below"
    assert (
        headline_change(canvas, facts)
        == "Certain rise in overall satisfaction and fall in information since 2023"
    )
    assert headline_response(canvas, facts) == "Answers from 320 of 520 parents (62%)"


def test_one_unit_is_not_compared(make, asked):
    facts = make.facts(asked, units=1)
    assert headline_units(make.canvas(asked, language="en"), facts).startswith("Too few kindergartens")


def test_colours_of_text_and_marks_have_contrast():
    # WCAG 2.2: 4.5:1 for text (1.4.3), 3:1 for marks (1.4.11).
    assert all(
        style.contrast(colour, "white") >= 4.5 for colour in (style.OWN, style.ACCENT, style.QUIET, style.INK)
    )
    assert style.contrast(style.PALE, "white") >= 3


def test_numbers_in_bars_can_be_read_on_every_tone():
    from analysis.show.bars import HIGH, LOW, MIDDLE

    for tone in (*LOW, *HIGH, MIDDLE):
        assert style.contrast(tone, style.readable_on(tone)) >= 4.5, tone


@pytest.mark.parametrize("width", [45.0, 60.0, 112.0, 161.5])
@pytest.mark.parametrize("strong", [True, False])
def test_each_line_of_wrapped_text_holds_as_many_words_as_fit(width, strong):
    # Among them pairs of letters that the font sets closest and widest.
    text = "Tilgjengelighet To AV. Vi AVAVAV WA Ty LT ganger, Staff rate er «trenger» ⊘ og ▲ over de andre."
    lines = style.wrap(text, width, strong=strong, lines=20)
    assert "".join(lines).replace("-", "").replace(" ", "") == text.replace(" ", "")
    assert all(style.text_width(line, strong=strong) <= width for line in lines)
    for line, after in itertools.pairwise(lines):
        if not line.endswith("-"):
            assert style.text_width(f"{line} {after.split(' ')[0]}", strong=strong) > width


def test_wrapped_text_fits_and_loses_nothing():
    text = "Donaudampfschifffahrtsgesellschaft på Øvre Langmyråsen natur- og gårdsbarnehage"
    lines = style.wrap(text, 60.0)
    assert all(style.text_width(line) <= 60.0 for line in lines)
    assert "".join(lines).replace("-", "").replace(" ", "") == text.replace("-", "").replace(" ", "")
    assert style.wrap(text, 60.0, lines=2)[-1].endswith("…")


def test_a_figure_of_the_analysts_own_has_the_reports_type():
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    import seaborn as sns

    with mpl.rc_context({"backend": "agg"}), style.drawing():
        axes = sns.pointplot(x=["2023", "2025"], y=[4.2, 4.5])
        axes.set_title("Trivsel")
        axes.figure.canvas.draw()
        assert axes.title.get_fontname() == "Source Sans Pro"
        plt.close(axes.figure)


def test_drawing_leaves_the_notebooks_settings_alone():
    import matplotlib as mpl

    before = mpl.rcParams["font.size"]
    with style.drawing():
        assert mpl.rcParams["svg.hashsalt"] == "tilstand"
    assert mpl.rcParams["font.size"] == before
    assert mpl.rcParams["svg.hashsalt"] != "tilstand"
