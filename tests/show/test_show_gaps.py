"""What is said where a number has no interval, where a group is too small, and where methods are mixed."""

import re

import pytest

from analysis.facts import wording
from analysis.facts.table import Fact, join, tabulate
from analysis.show import (
    draw_change,
    draw_development,
    draw_funnel,
    draw_priorities,
    draw_units,
    tabulate_groups,
    tabulate_items,
    tabulate_nation,
    tabulate_peers,
    tabulate_scorecard,
    tabulate_services,
    tabulate_shrunken,
    tabulate_units,
    tabulate_weighted,
    write_lead,
)

PLACE = {"municipality": "9901", "service": "kindergarten", "year": 2025}
NUMBERS = ("value", "se", "low", "high", "level", "n", "p", "p_adjusted")
#: All that shows a mean.
MEANS = (
    write_lead, draw_units, draw_funnel, draw_development, draw_priorities, draw_change, tabulate_units,
    tabulate_items, tabulate_nation, tabulate_scorecard, tabulate_services, tabulate_shrunken,
    tabulate_weighted,
)  # fmt: skip


@pytest.fixture
def english(make, asked, tmp_path):
    return make.canvas(asked, tmp_path, language="en")


def without(facts, rows, names=("se", "low", "high", "level"), **values):
    """The facts with those numbers taken from some rows, and other values set there."""
    facts = facts.copy()
    assert rows.any()
    for name in names:
        facts.loc[rows, name] = None
    for name, value in values.items():
        facts.loc[rows, name] = value
    return facts


@pytest.mark.parametrize("language", ["nb", "en"])
@pytest.mark.parametrize("show_block", MEANS, ids=lambda block: block.__name__)
def test_a_mean_without_an_interval_is_shown_all_the_same(show_block, language, make, asked, rich, tmp_path):
    bare = without(rich, rich["statistic"].isin(("mean", "index")) & rich["municipality"].ne(""), n=7)
    block = show_block(make.canvas(asked, tmp_path, language=language), bare)
    words = re.sub(r"<svg.*?</svg>", "", block.markdown, flags=re.S)
    assert not re.search(r"\b(nan|None|NaN|<NA>)\b", words)
    assert re.search(r"\d[.,]\d", words)


@pytest.mark.parametrize(
    ("language", "said"), [("nb", "uten konfidensintervall"), ("en", "no confidence interval")]
)
def test_a_sentence_says_that_there_is_no_interval(language, said, make, asked):
    labels = make.canvas(asked, language=language).labels
    mean = Fact(statistic="mean", topic="overall", value=4.2, n=7, scale="1-6", note="no_spread", **PLACE)
    rows = tabulate([mean]).itertuples()
    # As a fact, and as a row of the table, where a number that is missing is no None.
    for each in (mean, next(rows)):
        assert f"({said}; 7 " in wording.level(each, labels)


def test_a_unit_table_sets_a_rule_where_the_interval_would_stand(english, rich):
    bare = without(rich, rich["statistic"].eq("mean") & rich["unit"].eq("u1"))
    row = next(x for x in tabulate_units(english, bare).markdown.splitlines() if x.startswith("| Myrvoll"))
    assert "| 5.2\N{NO-BREAK SPACE}(–) |" in row


def test_a_change_of_few_answers_has_its_value_and_no_verdict(english, rich):
    topic = rich["statistic"].eq("change") & rich["topic"].eq("overall")
    few = without(
        rich, topic, ("se", "low", "high", "level", "p", "p_adjusted"),
        verdict="", state="undecided", note="few", n=8, method="welch",
    )  # fmt: skip
    unit = Fact(
        statistic="change", unit="u1", topic="overall", against="year.2023", value=0.4, n=8, scale="1-6",
        state="undecided", note="few", **PLACE,
    )  # fmt: skip
    facts = join([few, tabulate([unit])])
    drawn = draw_change(english, facts).markdown
    row = next(line for line in drawn.splitlines() if line.startswith("| Overall"))
    assert "| \\+0.3 | – |" in row
    assert "cannot be decided with so few answers" in row
    assert "too few answers to decide" in wording.change(unit, english.labels)


def test_a_caption_tells_of_the_model_only_where_a_change_is_measured_by_it(english, rich):
    within, two = (
        "within the units over all rounds that can be compared",
        "Where only two rounds can be compared",
    )
    changes = rich["statistic"].eq("change")
    every = without(rich, changes, (), method="mixed_model_year")
    mixed = without(every, changes & rich["topic"].eq("overall"), (), method="welch")
    # A change that is not there was not measured in any way.
    unmeasured = without(rich, changes & rich["value"].isna(), (), method="mixed_model_year")
    # The figure beside the table does not say it again.
    assert within not in draw_change(english, every).markdown
    assert within not in tabulate_scorecard(english, rich).markdown
    assert within not in tabulate_scorecard(english, unmeasured).markdown
    assert within in tabulate_scorecard(english, every).markdown
    assert two not in tabulate_scorecard(english, every).markdown
    assert two in tabulate_scorecard(english, mixed).markdown


def test_a_caption_says_that_some_units_are_not_part_of_a_change(english, rich):
    said = "Units that are hidden or cannot be compared are not part of the change."
    left = without(
        rich, rich["statistic"].eq("change") & rich["topic"].eq("overall"), (), note="some_left_out"
    )
    assert said in tabulate_scorecard(english, left).markdown
    assert said not in tabulate_scorecard(english, rich).markdown


def test_whether_units_differ_is_said_of_all_rounds_together_where_there_are_several(
    make, asked, rich, english
):
    assert "All rounds taken together, the kindergartens differ" in tabulate_shrunken(english, rich).markdown
    one_round = rich["statistic"].eq("change") & rich["topic"].eq("overall")
    alone = without(rich, one_round, NUMBERS, verdict="", state="not_comparable", note="wording")
    first = make.with_statistics(make.facts(asked, years=(2025,)), asked)
    for facts in (alone, first):
        said = tabulate_shrunken(english, facts).markdown
        assert said.startswith("The kindergartens differ")
        assert "all comparable rounds" not in said


@pytest.mark.parametrize("verdict", ["no_difference", "uncertain", "ranking", "no_ranking"])
def test_every_verdict_on_the_units_has_words_for_one_round_and_for_several(verdict, make, asked):
    labels = make.canvas(asked).labels
    fact = Fact(statistic="variance_unit", topic="overall", value=0.1, scale="1-6", verdict=verdict, **PLACE)
    assert wording.ranking(fact, labels, rounds=3).startswith("Når alle målingene ses under ett, ")
    assert "målingene" not in wording.ranking(fact, labels)


def test_what_the_composition_moves_carries_its_sign(english, rich):
    minus = "\N{MINUS SIGN}"
    assert f"overall satisfaction (from {minus}0.16 to {minus}0.05)" in tabulate_peers(english, rich).plain
    moved = without(rich, rich["statistic"].eq("peer_difference_adjusted"), (), value=0.31)
    assert f"overall satisfaction (from {minus}0.2 to +0.3)" in tabulate_peers(english, moved).plain
    # What would be written alike has another decimal.
    near = without(rich, rich["statistic"].eq("peer_difference_adjusted"), (), value=-0.18)
    near = without(near, near["statistic"].eq("peer_difference"), (), se=0.03)
    assert f"overall satisfaction (from {minus}0.16 to {minus}0.18)" in tabulate_peers(english, near).plain


def test_how_far_the_adjustment_moves_the_own_means_stands_under_the_nation_alone(english, rich):
    said = "own means by at most 0.08 ("
    assert said in tabulate_nation(english, rich).markdown
    assert said not in tabulate_peers(english, rich).markdown
    little = rich.assign(value=rich["value"].where(rich["statistic"].ne("casemix_shift"), -0.004))
    assert "own means by less than 0.01;" in tabulate_nation(english, little).markdown


def test_a_small_group_of_users_is_why_nothing_is_adjusted(english, rich):
    why = "too few have answered in a group of them"
    adjusted = rich["statistic"].isin(
        ("national_difference_adjusted", "peer_difference_adjusted", "casemix_shift")
    )
    gone = {"verdict": "", "state": "undecided", "note": "few_in_group"}
    none = without(rich, adjusted, NUMBERS, **gone)
    for show_block in (tabulate_nation, tabulate_peers):
        block = show_block(english, none)
        assert why in block.markdown
        assert "Adjusted for users" not in block.markdown
        assert why not in show_block(english, rich).markdown
    one = tabulate_nation(english, without(rich, adjusted & rich["topic"].eq("overall"), NUMBERS, **gone))
    row = next(line for line in one.markdown.splitlines() if line.startswith("| Overall"))
    assert "◇\N{NO-BREAK SPACE}too few answers in a group of users" in row


@pytest.mark.parametrize(
    ("state", "note", "said"),
    [
        ("undecided", "few", "There are too few answers to weight"),
        ("undecided", "few_in_group", "too few have answered in a group of users"),
        ("undecided", "too_uneven", "a few answers would count for many"),
        ("undecided", "no_weights", "cannot be brought to the users"),
        ("suppressed", "", "The weighted results are suppressed"),
        ("not_measured", "no_groups", "composition is not known"),
    ],
)
def test_why_there_are_no_weighted_results_is_said(english, rich, state, note, said):
    weighted = rich["statistic"].isin(("weighted_mean", "design_effect"))
    block = tabulate_weighted(english, without(rich, weighted, NUMBERS, state=state, note=note))
    assert said in block.plain
    assert "|" not in block.markdown


def test_a_topic_without_weights_says_why_in_its_row(english, rich):
    one = rich["statistic"].eq("weighted_mean") & rich["topic"].eq("overall")
    block = tabulate_weighted(english, without(rich, one, NUMBERS, state="undecided", note="few_in_group"))
    row = next(line for line in block.markdown.splitlines() if line.startswith("| Overall"))
    assert "too few answers in a group of users" in row


def test_a_share_of_the_users_may_be_hidden_too(english, rich):
    small = rich["category"].eq("child_age=under-3")
    hidden = without(rich, small, (*NUMBERS, "N"), verdict="", state="suppressed", note="")
    row = next(x for x in tabulate_groups(english, hidden).markdown.splitlines() if "under 3" in x)
    assert row.count("⊘") >= 3
    assert not re.search(r"\d", row.replace("under 3", ""))


def test_years_of_supplied_figures_are_no_rounds(english, rich):
    cost = Fact(statistic="cost_per_user", value=240_000, scale="number", **(PLACE | {"year": 2024}))
    facts = join([rich, tabulate([cost])])
    assert tabulate_services(english, facts).markdown == tabulate_services(english, rich).markdown
