"""A unit's own edition: its result first, and nothing claimed that is not certain."""

import re

import pytest

from analysis.show import draw_units, tabulate_units
from analysis.show.own_unit import (
    certain_topics,
    headline_own_topics,
    headline_own_unit,
    tabulate_own_unit,
    write_own_unit,
)
from analysis.show.select import select
from analysis.show.unit_findings import units_of

# In these facts u0 is above the others, u7 below, u1 neither; u5 is hidden, u6 has nine answers.
HIGH, LOW, ORDINARY, HIDDEN, FEW = "u0", "u7", "u1", "u5", "u6"


def lines_of(block):
    return [line for line in block.markdown.splitlines() if line.startswith("| ")]


def test_the_own_unit_stands_first_whatever_its_result(make, asked, facts):
    canvas = make.canvas(asked, language="en")
    names = canvas.labels.units
    for unit in (HIGH, LOW, ORDINARY, HIDDEN):
        means, _ = units_of(canvas, facts, "overall", first=unit)
        assert means[0].unit == unit
        rest = [mean.unit for mean in means[1:]]
        assert rest == [m.unit for m in units_of(canvas, facts, "overall")[0] if m.unit != unit]
    drawn = draw_units(canvas, facts, first=LOW)
    assert f"{names[LOW]} stands first" in drawn.html
    alternative = drawn.plain.partition(": ")[2].partition(". ")[2]
    assert alternative.startswith(names[LOW])


def test_the_own_unit_stands_before_the_municipality_in_its_table(make, asked, facts, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    head, first, second, *_ = lines_of(tabulate_units(canvas, facts, first=LOW))
    assert first.startswith(f"| {canvas.labels.unit(LOW)} |")
    assert second.startswith("| The municipality |")
    assert len(lines_of(tabulate_units(canvas, facts))) == len(
        lines_of(tabulate_units(canvas, facts, first=LOW))
    )
    assert head


@pytest.mark.parametrize(
    ("unit", "said"),
    [(HIGH, "certainly above the other kindergartens"), (LOW, "certainly below"), (ORDINARY, "")],
)  # fmt: skip
def test_the_heading_gives_a_direction_only_where_it_is_certain(make, asked, facts, unit, said):
    canvas = make.canvas(asked, language="en")
    heading = headline_own_unit(canvas, facts, unit)
    assert re.match(r"Overall satisfaction \d\.\d of 6", heading)
    assert said in heading
    assert said or not re.search("above|below", heading)


def test_a_unit_that_is_hidden_is_told_why_and_no_number_is_shown(make, asked, facts):
    canvas = make.canvas(asked, language="en")
    assert headline_own_unit(canvas, facts, HIDDEN) == "Overall satisfaction: suppressed"
    block = write_own_unit(canvas, facts, HIDDEN)
    assert "too few answers to show results" in block.plain
    assert not re.search(r"\d\.\d", block.plain)


def test_a_unit_with_few_answers_is_read_with_caution(make, asked, facts):
    canvas = make.canvas(asked, language="en")
    said = write_own_unit(canvas, facts, FEW).plain
    assert "Read with caution" in said
    assert "too few answers to tell whether it differs from the other kindergartens" in said


def test_topics_are_named_in_the_heading_only_where_the_unit_stands_out_on_them(make, asked, facts):
    canvas = make.canvas(asked, language="en")
    assert headline_own_topics(canvas, facts, HIGH).startswith("Above the other kindergartens on")
    assert headline_own_topics(canvas, facts, LOW).startswith("Below the other kindergartens on")
    assert headline_own_topics(canvas, facts, ORDINARY) == (
        "No certain difference from the other kindergartens on any topic"
    )
    assert headline_own_topics(canvas, facts, FEW) == (
        f"Too few answers to tell whether {canvas.labels.unit(FEW)} differs from the other kindergartens"
    )


def test_a_heading_over_what_is_hidden_says_so(make, asked, facts):
    canvas = make.canvas(asked, language="en")
    name = canvas.labels.unit(HIDDEN)
    assert headline_own_topics(canvas, facts, HIDDEN) == f"{name}: suppressed"


def test_the_first_page_names_the_topics_on_which_the_unit_stands_out(make, asked, facts):
    canvas = make.canvas(asked, language="en")
    for unit, word in ((HIGH, "Above"), (LOW, "Below")):
        found = [fact for fact in certain_topics(canvas, facts, unit) if fact.topic != "overall"]
        assert found
        said = write_own_unit(canvas, facts, unit).plain
        (sentence,) = re.findall(rf"{word} the other kindergartens on ([^.]*)\.", said)
        for fact in found:
            assert canvas.labels.topic(fact.service, fact.topic).lower() in sentence.lower()
    assert " the other kindergartens on " not in write_own_unit(canvas, facts, ORDINARY).plain


def test_the_unit_s_topics_stand_beside_the_service_s(make, asked, facts, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    rows = lines_of(tabulate_own_unit(canvas, facts, HIGH))
    assert len(rows) == 1 + 1 + 6
    (mean,) = select(facts, statistic="mean", unit=HIGH, topic="overall", year=2025)
    (whole,) = select(facts, statistic="mean", unit="", topic="overall", year=2025, municipality="9901")
    say = canvas.language
    assert f"**{say.number(mean.value, 1)}**" in rows[1]
    assert f"| {say.number(whole.value, 1)} |" in rows[1]
    assert "above the others" in rows[1]


def test_a_hidden_unit_s_topics_are_words(make, asked, facts, tmp_path):
    canvas = make.canvas(asked, tmp_path, language="en")
    for row in lines_of(tabulate_own_unit(canvas, facts, HIDDEN))[1:]:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert sum("suppressed" in cell for cell in cells) >= 4


def test_a_unit_nobody_was_asked_in_has_nothing_to_show(make, asked, facts):
    canvas = make.canvas(asked, language="en")
    rest = facts[facts["unit"].ne(ORDINARY)]
    assert "not measured in this round" in write_own_unit(canvas, rest, ORDINARY).plain
    assert headline_own_unit(canvas, rest, ORDINARY) == "Overall satisfaction: not measured"
