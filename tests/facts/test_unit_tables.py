"""Units beside each other on many topics: what is found where there is something, and nothing else."""

from __future__ import annotations

from made_up import TOPICS, answers, survey

from analysis.facts import tabulate
from analysis.facts.units import unit_comparisons

UNITS = tuple(f"u{i:02d}" for i in range(12))


def test_a_table_of_equal_units_marks_one_in_at_most_one_of_twenty():
    marked = 0
    draws = 60
    for seed in range(draws):
        equal = survey((answers(unit, 2025, 20, seed=seed) for unit in UNITS), years=(2025,))
        facts = tabulate(unit_comparisons(equal))
        marked += facts["verdict"].isin(["above", "below"]).any()
    # Of 60 draws at one in twenty, more than 7 come once in two hundred times.
    assert marked <= 7


def test_a_unit_that_differs_on_one_topic_is_found_on_that_topic_alone():
    low = [2, 3, 2, 3, 2, 2, 3, 2, 3, 2, 2, 3, 2, 2, 3, 2, 3, 2, 2, 3]
    rows = [answers(unit, 2025, 20) for unit in UNITS[1:]]
    facts = tabulate(unit_comparisons(survey([*rows, answers(UNITS[0], 2025, 20, staff=low)], years=(2025,))))
    found = facts[facts["verdict"].isin(["above", "below"])]
    assert found[["topic", "unit", "verdict"]].to_numpy().tolist() == [["dimension.staff", "u00", "below"]]
    others = facts[facts["statistic"].eq("unit_difference") & facts["topic"].ne("dimension.staff")]
    # Where the units as a whole are not certainly different, none of them is looked for.
    assert (others["p_adjusted"] == 1).all()
    assert set(TOPICS) == set(facts["topic"])
